//! Users, their API tokens, and the audit log, which is only ever appended to.

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the schema is written in sea-orm-migration's own vocabulary")
)]

use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const ROLES: [&str; 4] = ["clinic", "agent", "editor", "admin"];
const VIAS: [&str; 4] = ["session", "token", "command", "system"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(users()).await?;
        manager.create_table(api_tokens()).await?;
        manager.create_table(audit_entries()).await?;
        for column in ["clinic_id", "user_id"] {
            let name = format!("audit_entries_{column}_idx");
            let index = Index::create().name(name).table("audit_entries").col(column).col("id").to_owned();
            manager.create_index(index).await?;
        }
        let append_only = match manager.get_database_backend() {
            DbBackend::Postgres => APPEND_ONLY_POSTGRES,
            _ => APPEND_ONLY_SQLITE,
        };
        manager.get_connection().execute_unprepared(append_only).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["audit_entries", "api_tokens", "users"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION refuse_change()").await?;
        }
        Ok(())
    }
}

const APPEND_ONLY_SQLITE: &str = "\
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;";

const APPEND_ONLY_POSTGRES: &str = "\
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is only appended to'; END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();";

fn users() -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(big_pk_auto("id"))
        // In lower case: one person has one account, however the address is typed.
        .col(text("email").unique_key())
        .col(text("role").check(Expr::col("role").is_in(ROLES)))
        .col(text("scope"))
        // An account without a password waits for its one-time link to be opened.
        .col(text_null("password_hash"))
        .col(boolean("is_disabled"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

fn api_tokens() -> TableCreateStatement {
    Table::create()
        .table("api_tokens")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(text("name"))
        .col(text("token_hash").unique_key())
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("last_used_at"))
        .col(timestamp_with_time_zone_null("revoked_at"))
        .foreign_key(ForeignKey::create().from("api_tokens", "user_id").to("users", "id"))
        .to_owned()
}

/// Without foreign keys: what it tells of may be gone, the entry stays.
fn audit_entries() -> TableCreateStatement {
    Table::create()
        .table("audit_entries")
        .col(big_pk_auto("id"))
        .col(timestamp_with_time_zone("at"))
        .col(big_integer_null("user_id"))
        .col(text("via").check(Expr::col("via").is_in(VIAS)))
        .col(text_null("address"))
        .col(text("action"))
        .col(text("subject"))
        .col(big_integer_null("subject_id"))
        .col(big_integer_null("clinic_id"))
        .col(text("changes"))
        .col(text_null("reason"))
        .to_owned()
}
