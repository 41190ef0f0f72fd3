//! Clinics, their special hours, and the slugs that lead to them from elsewhere.

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the schema is written in sea-orm-migration's own vocabulary")
)]

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const STATUSES: [&str; 4] = ["open", "temporarily_closed", "coming_soon", "closed"];
const PIN_PRECISIONS: [&str; 2] = ["exact", "zip"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(clinics()).await?;
        // The snapshot reads "what changed since version N".
        manager
            .create_index(
                Index::create().name("clinics_data_version_idx").table("clinics").col("data_version").to_owned(),
            )
            .await?;
        manager.create_table(special_hours()).await?;
        manager.create_table(slug_redirects()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["slug_redirects", "special_hours", "clinics"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn clinics() -> TableCreateStatement {
    let mut table = Table::create();
    table.table("clinics").col(big_pk_auto("id"));
    identity(&mut table);
    place(&mut table);
    contact_and_texts(&mut table);
    hours_and_policy(&mut table);
    table
        .col(big_integer("data_version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

fn identity(table: &mut TableCreateStatement) {
    table
        .col(text("code").unique_key().check(Expr::cust("length(code) between 1 and 60")))
        .col(text("slug").unique_key())
        .col(text("name"))
        .col(text("status").check(Expr::col("status").is_in(STATUSES)))
        .col(text_null("status_note"))
        .col(text_null("status_note_es"))
        .col(date_null("opens_on"))
        .col(date_null("temporarily_closed_on"))
        .col(date_null("reopens_on"))
        .col(date_null("closed_on"))
        .col(text_null("moved_to"))
        .col(text_null("region"));
}

fn place(table: &mut TableCreateStatement) {
    table
        .col(text_null("street"))
        .col(text_null("unit"))
        .col(text("city"))
        .col(text("state").check(Expr::cust("length(state) = 2")))
        .col(text_null("zip").check(Expr::cust("length(zip) = 5")))
        .col(text("country"))
        .col(double("lat").check(Expr::col("lat").between(-90.0, 90.0)))
        .col(double("lon").check(Expr::col("lon").between(-180.0, 180.0)))
        .col(text("pin_precision").check(Expr::col("pin_precision").is_in(PIN_PRECISIONS)))
        .col(text("time_zone"));
}

fn contact_and_texts(table: &mut TableCreateStatement) {
    table
        .col(text_null("phone"))
        .col(text_null("booking_phone"))
        .col(text_null("email"))
        .col(text_null("website"))
        .col(text("services"))
        .col(text("languages"))
        .col(integer("priority"))
        .col(text_null("description"))
        .col(text_null("description_es"))
        .col(text_null("directions_note"))
        .col(text_null("directions_note_es"))
        .col(text_null("accessibility"))
        .col(text_null("photo_url"))
        .col(text("legacy_urls"))
        .col(text_null("internal_notes"));
}

fn hours_and_policy(table: &mut TableCreateStatement) {
    table
        .col(text_null("hours"))
        .col(text_null("consultation_hours"))
        .col(boolean("offers_consultations"))
        .col(integer_null("duration_min").check(Expr::col("duration_min").between(5, 480)))
        .col(integer_null("step_min").check(Expr::col("step_min").between(5, 480)))
        .col(integer_null("turnover_min").check(Expr::col("turnover_min").between(0, 240)))
        .col(integer_null("capacity").check(Expr::col("capacity").between(1, 100)))
        .col(integer_null("min_notice_min").check(Expr::col("min_notice_min").between(0, 43_200)))
        .col(integer_null("horizon_days").check(Expr::col("horizon_days").between(0, 1_000)));
}

fn special_hours() -> TableCreateStatement {
    Table::create()
        .table("special_hours")
        .col(big_pk_auto("id"))
        .col(big_integer("clinic_id"))
        .col(date("held_on"))
        .col(text("windows"))
        .col(text_null("note"))
        .index(Index::create().unique().name("special_hours_clinic_day_key").col("clinic_id").col("held_on"))
        .foreign_key(&mut to_clinic("special_hours"))
        .to_owned()
}

fn slug_redirects() -> TableCreateStatement {
    Table::create()
        .table("slug_redirects")
        .col(text("slug").primary_key())
        .col(big_integer("clinic_id"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut to_clinic("slug_redirects"))
        .to_owned()
}

fn to_clinic(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "clinic_id").to("clinics", "id").on_delete(ForeignKeyAction::Cascade).to_owned()
}
