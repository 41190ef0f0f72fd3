//! Bookings and the claims that keep them apart, blocks, consents, and the keys of requests that were already answered.

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the schema is written in sea-orm-migration's own vocabulary")
)]

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const STATUSES: [&str; 9] =
    ["held", "expired", "released", "confirmed", "needs_rebooking", "cancelled", "arrived", "completed", "no_show"];
const SEATS: [&str; 2] = ["all", "one"];
const PURPOSES: [&str; 3] = ["privacy", "text_reminders", "marketing"];
const CHANNELS: [&str; 2] = ["web", "verbal"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(bookings()).await?;
        for index in booking_indexes() {
            manager.create_index(index).await?;
        }
        manager.create_table(blocks()).await?;
        let by_change = Index::create().name("blocks_updated_at_idx").table("blocks").col("updated_at").to_owned();
        manager.create_index(by_change).await?;
        manager.create_table(slot_claims()).await?;
        for owner in ["booking_id", "block_id"] {
            let name = format!("slot_claims_{owner}_idx");
            manager.create_index(Index::create().name(name).table("slot_claims").col(owner).to_owned()).await?;
        }
        manager.create_table(booking_consents()).await?;
        manager
            .create_index(
                Index::create()
                    .name("booking_consents_booking_id_idx")
                    .table("booking_consents")
                    .col("booking_id")
                    .to_owned(),
            )
            .await?;
        manager.create_table(idempotency_keys()).await?;
        let created = Index::create()
            .name("idempotency_keys_created_at_idx")
            .table("idempotency_keys")
            .col("created_at")
            .to_owned();
        manager.create_index(created).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["idempotency_keys", "booking_consents", "slot_claims", "blocks", "bookings"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn bookings() -> TableCreateStatement {
    let mut table = Table::create();
    table.table("bookings").col(big_pk_auto("id")).col(big_integer("clinic_id"));
    table.col(text("status").check(Expr::col("status").is_in(STATUSES)));
    visit(&mut table);
    tokens(&mut table);
    personal(&mut table);
    table
        .col(text_null("source"))
        .col(text_null("campaign"))
        .col(text_null("contact_by"))
        .col(text_null("locale"))
        .col(text_null("visitor_time_zone"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("confirmed_at"))
        .col(timestamp_with_time_zone_null("cancelled_at"))
        .col(timestamp_with_time_zone_null("erased_at"))
        .foreign_key(&mut reference("bookings", "clinic_id", "clinics", ForeignKeyAction::Cascade))
        .to_owned()
}

/// When and where: the instant, the wall clock it was agreed on, and the buckets it occupies, turnover included.
fn visit(table: &mut TableCreateStatement) {
    table
        .col(timestamp_with_time_zone("starts_at"))
        .col(timestamp_with_time_zone("ends_at"))
        .col(text("local_starts"))
        .col(text("time_zone"))
        .col(big_integer("first_bucket"))
        .col(big_integer("last_bucket").check(Expr::cust("last_bucket >= first_bucket")))
        .col(integer("seat").check(Expr::col("seat").gte(1)))
        // The clinic whose seat the last move gave up: every process has to read that one's claims again.
        .col(big_integer_null("moved_from"))
        .col(text_null("override_reason"))
        .col(timestamp_with_time_zone_null("expires_at"))
        .col(integer("extensions"))
        .col(integer("sequence"));
}

/// What leads to a booking. Tokens are derived from the nonce with a secret that is not here, and stored hashed.
fn tokens(table: &mut TableCreateStatement) {
    table
        .col(text("token_nonce"))
        .col(text("hold_token_hash").unique_key())
        .col(text_null("manage_token_hash").unique_key())
        .col(text_null("visitor_token_hash"))
        .col(text_null("reference").unique_key().check(Expr::cust("length(reference) = 6")));
}

/// Columns that erasing empties.
fn personal(table: &mut TableCreateStatement) {
    table.col(text_null("name")).col(text_null("phone")).col(text_null("email")).col(text_null("note"));
}

fn booking_indexes() -> [IndexCreateStatement; 4] {
    let on = |name: &str, column: &'static str| Index::create().name(name).table("bookings").col(column).to_owned();
    let mut one_hold = on("bookings_one_hold_per_visitor_key", "visitor_token_hash");
    // A visitor has one live hold: of two that are taken at the same moment, one is refused here.
    one_hold.unique().cond_where(Expr::col("status").eq("held"));
    let mut by_expiry = on("bookings_held_expires_at_idx", "expires_at");
    by_expiry.cond_where(Expr::col("status").eq("held"));
    let mut by_day = on("bookings_clinic_starts_at_idx", "clinic_id");
    by_day.col("starts_at");
    // Every process asks for what changed since it last looked.
    let by_change = on("bookings_updated_at_idx", "updated_at");
    [one_hold, by_expiry, by_day, by_change]
}

fn blocks() -> TableCreateStatement {
    Table::create()
        .table("blocks")
        .col(big_pk_auto("id"))
        .col(big_integer("clinic_id"))
        .col(timestamp_with_time_zone("starts_at"))
        .col(timestamp_with_time_zone("ends_at"))
        .col(text("seats").check(Expr::col("seats").is_in(SEATS)))
        .col(text("reason"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("lifted_at"))
        .foreign_key(&mut reference("blocks", "clinic_id", "clinics", ForeignKeyAction::Cascade))
        .to_owned()
}

/// The referee: whatever anybody checked before, one seat of one clinic is taken once per bucket.
fn slot_claims() -> TableCreateStatement {
    Table::create()
        .table("slot_claims")
        .col(big_integer("clinic_id"))
        .col(big_integer("bucket"))
        .col(integer("seat").check(Expr::col("seat").gte(1)))
        .col(big_integer_null("booking_id"))
        .col(big_integer_null("block_id"))
        .primary_key(Index::create().col("clinic_id").col("bucket").col("seat"))
        .check(Expr::cust("(booking_id IS NULL) <> (block_id IS NULL)"))
        .foreign_key(&mut reference("slot_claims", "booking_id", "bookings", ForeignKeyAction::Cascade))
        .foreign_key(&mut reference("slot_claims", "block_id", "blocks", ForeignKeyAction::Cascade))
        .to_owned()
}

fn booking_consents() -> TableCreateStatement {
    Table::create()
        .table("booking_consents")
        .col(big_pk_auto("id"))
        .col(big_integer("booking_id"))
        .col(text("purpose").check(Expr::col("purpose").is_in(PURPOSES)))
        .col(boolean("granted"))
        .col(text("wording_version"))
        .col(text("channel").check(Expr::col("channel").is_in(CHANNELS)))
        .col(text_null("locale"))
        .col(timestamp_with_time_zone("recorded_at"))
        .foreign_key(&mut reference("booking_consents", "booking_id", "bookings", ForeignKeyAction::Cascade))
        .to_owned()
}

fn idempotency_keys() -> TableCreateStatement {
    Table::create()
        .table("idempotency_keys")
        .col(text("scope"))
        .col(text("key_hash"))
        .col(text("request_hash"))
        .col(integer_null("status"))
        .col(big_integer_null("booking_id"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("scope").col("key_hash"))
        .foreign_key(&mut reference("idempotency_keys", "booking_id", "bookings", ForeignKeyAction::Cascade))
        .to_owned()
}

fn reference(
    table: &'static str,
    column: &'static str,
    to: &'static str,
    on_delete: ForeignKeyAction,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(to, "id").on_delete(on_delete).to_owned()
}
