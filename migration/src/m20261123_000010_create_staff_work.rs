//! What staff work on: visits that wait for another time, calls, and by whom and by which name a booking is found.

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the schema is written in sea-orm-migration's own vocabulary")
)]

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const CAUSES: [&str; 3] = ["closure", "block", "status"];
const OUTCOMES: [&str; 10] = [
    "booked",
    "rescheduled",
    "cancelled",
    "information",
    "nothing_suitable",
    "too_far",
    "complaint",
    "wrong_number",
    "not_reached",
    "other",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(rebookings()).await?;
        manager.create_table(calls()).await?;
        for column in booking_columns() {
            manager.alter_table(Table::alter().table("bookings").add_column(column).to_owned()).await?;
        }
        let made = Table::alter().table("idempotency_keys").add_column(big_integer_null("made_id")).to_owned();
        manager.alter_table(made).await?;
        let db = manager.get_connection();
        // Close to how the program folds a name; it folds again whenever one is written.
        db.execute_unprepared("UPDATE bookings SET name_key = ' ' || lower(name) || ' ' WHERE name IS NOT NULL")
            .await?;
        db.execute_unprepared("CREATE INDEX bookings_email_idx ON bookings (lower(email))").await?;
        for column in ["phone", "held_by"] {
            let name = format!("bookings_{column}_idx");
            manager.create_index(Index::create().name(name).table("bookings").col(column).to_owned()).await?;
        }
        waiting(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in ["waiting", "held_by", "phone", "email"] {
            let name = format!("bookings_{index}_idx");
            manager.drop_index(Index::drop().name(name).table("bookings").to_owned()).await?;
        }
        for (table, column) in [("idempotency_keys", "made_id"), ("bookings", "name_key"), ("bookings", "held_by")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        for table in ["calls", "rebookings"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// The work list is read by the visit's time.
async fn waiting(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut index = Index::create().name("bookings_waiting_idx").table("bookings").col("starts_at").to_owned();
    manager.create_index(index.cond_where(Expr::col("status").eq("needs_rebooking")).to_owned()).await
}

fn booking_columns() -> [ColumnDef; 2] {
    // The user who held it for a caller.
    let held_by = big_integer_null("held_by");
    let mut name_key = text_null("name_key");
    // Whoever erases the name and forgets this hears so.
    name_key.check(Expr::cust("name_key IS NULL OR name IS NOT NULL"));
    [held_by, name_key]
}

/// Why a visit waits for another time, and who is calling its visitor. The status in `bookings` says that it does.
fn rebookings() -> TableCreateStatement {
    Table::create()
        .table("rebookings")
        .col(big_integer("booking_id").primary_key())
        .col(text("cause").check(Expr::col("cause").is_in(CAUSES)))
        .col(big_integer_null("cause_id"))
        .col(timestamp_with_time_zone("displaced_at"))
        .col(big_integer_null("claimed_by"))
        .col(timestamp_with_time_zone_null("claimed_until"))
        .col(integer("attempts"))
        .col(timestamp_with_time_zone_null("attempted_at"))
        .foreign_key(
            ForeignKey::create()
                .from("rebookings", "booking_id")
                .to("bookings", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

/// Without foreign keys: what a call was about may be gone, that it was made stays.
fn calls() -> TableCreateStatement {
    Table::create()
        .table("calls")
        .col(big_pk_auto("id"))
        .col(big_integer_null("user_id"))
        .col(timestamp_with_time_zone("at"))
        .col(text("outcome").check(Expr::col("outcome").is_in(OUTCOMES)))
        .col(text_null("place"))
        .col(big_integer_null("clinic_id"))
        .col(big_integer_null("booking_id"))
        .to_owned()
}
