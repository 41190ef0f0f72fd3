//! Closures of one clinic or many, for whole days or parts of them.

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the schema is written in sea-orm-migration's own vocabulary")
)]

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const SCOPES: [&str; 5] = ["clinics", "region", "state", "all", "circle"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("closures")
                    .col(big_pk_auto("id"))
                    .col(text("scope").check(Expr::col("scope").is_in(SCOPES)))
                    .col(text_null("target"))
                    .col(double_null("lat").check(Expr::col("lat").between(-90, 90)))
                    .col(double_null("lon").check(Expr::col("lon").between(-180, 180)))
                    .col(double_null("radius_m").check(Expr::col("radius_m").gte(0)))
                    .col(date("starts_on"))
                    .col(date("ends_on").check(Expr::cust("ends_on >= starts_on")))
                    .col(text("windows"))
                    .col(text_null("note"))
                    .col(text_null("note_es"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(timestamp_with_time_zone_null("lifted_at"))
                    .check(Expr::cust("(scope IN ('clinics', 'region', 'state')) = (target IS NOT NULL)"))
                    .check(Expr::cust(
                        "(scope = 'circle') = (lat IS NOT NULL AND lon IS NOT NULL AND radius_m IS NOT NULL)",
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("closures").to_owned()).await
    }
}
