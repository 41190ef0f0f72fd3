//! What an admin sets about the network beside its policy, and the wordings of consents, which are only ever added to.

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the schema is written in sea-orm-migration's own vocabulary")
)]

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const PURPOSES: [&str; 3] = ["privacy", "text_reminders", "marketing"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        for column in columns() {
            manager.alter_table(Table::alter().table("networks").add_column(column).to_owned()).await?;
        }
        manager.create_table(consent_wordings()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("consent_wordings").to_owned()).await?;
        for column in columns().iter().rev() {
            let name = column.get_column_name().clone();
            manager.alter_table(Table::alter().table("networks").drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

fn columns() -> [ColumnDef; 6] {
    let retention = Expr::col("retention_days").between(1, 3_650);
    [
        // Counts the edits of the settings alone: `data_version` counts those of clinics too.
        big_integer("settings_version").default(0).take(),
        integer("retention_days").default(180).check(retention).take(),
        text_null("privacy_url").take(),
        text_null("terms_url").take(),
        // JSON: codes to labels, and names to colours.
        text("services").default("{}").take(),
        text("colors").default("{}").take(),
    ]
}

fn consent_wordings() -> TableCreateStatement {
    Table::create()
        .table("consent_wordings")
        .col(big_pk_auto("id"))
        .col(text("purpose").check(Expr::col("purpose").is_in(PURPOSES)))
        .col(text("version"))
        .col(text("locale"))
        .col(text("text"))
        .col(timestamp_with_time_zone("published_at"))
        .index(
            Index::create().unique().name("consent_wordings_version_key").col("purpose").col("version").col("locale"),
        )
        .to_owned()
}
