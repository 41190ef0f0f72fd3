//! Sessions, one-time links, failed logins, and tokens that may do less than their user.

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the schema is written in sea-orm-migration's own vocabulary")
)]

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const ROLES: [&str; 4] = ["clinic", "agent", "editor", "admin"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(sessions()).await?;
        manager.create_table(one_time_links()).await?;
        manager.create_table(login_attempts()).await?;
        for table in ["sessions", "one_time_links"] {
            let name = format!("{table}_user_id_idx");
            manager.create_index(Index::create().name(name).table(table).col("user_id").to_owned()).await?;
        }
        replace(manager, api_tokens().col(text_null("role").check(Expr::col("role").is_in(ROLES)))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, &mut api_tokens()).await?;
        for table in ["login_attempts", "one_time_links", "sessions"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// Made anew: nothing before this change could make a token, and a column that is added and dropped again leaves PostgreSQL
/// another schema than before.
async fn replace(manager: &SchemaManager<'_>, table: &mut TableCreateStatement) -> Result<(), DbErr> {
    manager.drop_table(Table::drop().table("api_tokens").to_owned()).await?;
    manager.create_table(table.to_owned()).await
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

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(text("token_hash").unique_key())
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("last_seen_at"))
        .foreign_key(ForeignKey::create().from("sessions", "user_id").to("users", "id"))
        .to_owned()
}

fn one_time_links() -> TableCreateStatement {
    Table::create()
        .table("one_time_links")
        .col(big_pk_auto("id"))
        // Null in the link that makes the first admin.
        .col(big_integer_null("user_id"))
        .col(text("token_hash").unique_key())
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .foreign_key(ForeignKey::create().from("one_time_links", "user_id").to("users", "id"))
        .to_owned()
}

/// Without a foreign key: addresses that have no account are counted as well, or their absence would show.
fn login_attempts() -> TableCreateStatement {
    Table::create()
        .table("login_attempts")
        .col(text("key").primary_key())
        .col(integer("failures"))
        .col(timestamp_with_time_zone("last_at"))
        .to_owned()
}
