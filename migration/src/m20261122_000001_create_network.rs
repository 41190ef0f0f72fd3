//! The network's settings: exactly one row, also the counter of committed changes (`data_version`).

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the schema is written in sea-orm-migration's own vocabulary")
)]

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("networks")
                    .col(big_integer("id").primary_key().check(Expr::col("id").eq(1)))
                    .col(text("name"))
                    .col(text_null("phone"))
                    .col(boolean("is_demo"))
                    .col(big_integer("data_version"))
                    .col(integer("duration_min").check(Expr::col("duration_min").between(5, 480)))
                    .col(integer("step_min").check(Expr::col("step_min").between(5, 480)))
                    .col(integer("turnover_min").check(Expr::col("turnover_min").between(0, 240)))
                    .col(integer("capacity").check(Expr::col("capacity").between(1, 100)))
                    .col(integer("min_notice_min").check(Expr::col("min_notice_min").between(0, 43_200)))
                    .col(integer("horizon_days").check(Expr::col("horizon_days").between(0, 1_000)))
                    .col(integer("hold_min").check(Expr::col("hold_min").between(1, 60)))
                    .col(double("wait_day_mi").check(Expr::col("wait_day_mi").between(0, 1_000)))
                    .col(timestamp_with_time_zone("updated_at"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("networks").to_owned()).await
    }
}
