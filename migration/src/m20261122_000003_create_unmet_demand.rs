//! How often people searched, and how far their nearest clinic was: counters by day, ZIP3 and band, nothing personal.

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
                    .table("unmet_demand")
                    .col(date("searched_on"))
                    .col(text("zip3").check(Expr::cust("length(zip3) = 3")))
                    .col(integer("band_mi"))
                    .col(big_integer("searches"))
                    .primary_key(Index::create().col("searched_on").col("zip3").col("band_mi"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("unmet_demand").to_owned()).await
    }
}
