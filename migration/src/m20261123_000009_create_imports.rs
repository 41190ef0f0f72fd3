//! Imports: what a file would change row by row, what was decided, and what it takes to take it back.

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the schema is written in sea-orm-migration's own vocabulary")
)]

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const STATUSES: [&str; 4] = ["planning", "planned", "applied", "undone"];
const RESULTS: [&str; 5] = ["create", "change", "same", "decision", "error"];
const OUTCOMES: [&str; 6] = ["applied", "skipped", "restored", "removed", "closed", "kept"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(imports()).await?;
        manager.create_table(import_rows()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["import_rows", "imports"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn imports() -> TableCreateStatement {
    Table::create()
        .table("imports")
        .col(big_pk_auto("id"))
        .col(text("status").check(Expr::col("status").is_in(STATUSES)))
        .col(big_integer_null("user_id"))
        .col(text_null("file_name"))
        .col(boolean("is_raw"))
        .col(boolean("is_demonstration"))
        .col(boolean("retires_demonstration"))
        .col(big_integer("data_version"))
        .col(integer("to_create"))
        .col(integer("to_change"))
        .col(integer("same"))
        .col(integer("to_decide"))
        .col(integer("errors"))
        .col(text("notes"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("applied_at"))
        .col(timestamp_with_time_zone_null("undone_at"))
        .to_owned()
}

fn import_rows() -> TableCreateStatement {
    Table::create()
        .table("import_rows")
        .col(big_integer("import_id"))
        .col(integer("row"))
        .col(text("code"))
        .col(text("result").check(Expr::col("result").is_in(RESULTS)))
        .col(boolean("is_skippable"))
        .col(big_integer_null("clinic_id"))
        .col(big_integer_null("base_version"))
        .col(text_null("changes"))
        .col(big_integer_null("fix_clinic_id"))
        .col(big_integer_null("fix_base_version"))
        .col(text_null("fix_changes"))
        .col(text("problems"))
        .col(text("notes"))
        .col(text_null("outcome").check(Expr::col("outcome").is_in(OUTCOMES)))
        .col(text_null("reason"))
        .col(text_null("written_hash"))
        .primary_key(Index::create().col("import_id").col("row"))
        .foreign_key(
            ForeignKey::create()
                .from("import_rows", "import_id")
                .to("imports", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
