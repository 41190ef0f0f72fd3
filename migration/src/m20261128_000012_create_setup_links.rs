//! The link for the first admin: one at most, which every replica can print again.

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
        // Those of before could be printed once only; the next start makes another one.
        let links = manager.get_connection();
        links.execute_unprepared("DELETE FROM one_time_links WHERE user_id IS NULL").await?;
        manager.create_table(setup_links()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("setup_links").to_owned()).await
    }
}

fn setup_links() -> TableCreateStatement {
    Table::create()
        .table("setup_links")
        // Of replicas that start together one inserts, and the others find its row.
        .col(big_integer("id").primary_key().check(Expr::col("id").eq(1)))
        .col(text("nonce"))
        .col(text("token_hash"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .to_owned()
}
