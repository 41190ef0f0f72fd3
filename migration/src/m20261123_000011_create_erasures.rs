//! Which erasures on request this database has seen: a restored one has not seen those made since its backup.

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the schema is written in sea-orm-migration's own vocabulary")
)]

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const KINDS: [&str; 2] = ["phone", "email"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(erasures()).await?;
        let by_person =
            Index::create().name("erasures_fingerprint_idx").table("erasures").col("fingerprint").to_owned();
        manager.create_index(by_person).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("erasures").to_owned()).await
    }
}

fn erasures() -> TableCreateStatement {
    Table::create()
        .table("erasures")
        .col(text("id").primary_key())
        .col(timestamp_with_time_zone("erased_at"))
        .col(text("kind").check(Expr::col("kind").is_in(KINDS)))
        // Keyed: nobody who reads the database can find the number by trying them all.
        .col(text("fingerprint"))
        .col(integer("bookings"))
        .col(integer("cancelled"))
        .col(timestamp_with_time_zone("applied_at"))
        .to_owned()
}
