//! The schema, one file per change, in order. Every change has a way back and runs in one transaction on both databases.

use sea_orm_migration::prelude::{MigrationTrait, async_trait};

pub use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait, SchemaManager, seaql_migrations};

mod m20261122_000001_create_network;
mod m20261122_000002_create_clinics;
mod m20261122_000003_create_unmet_demand;
mod m20261122_000004_create_bookings;
mod m20261123_000005_create_closures;
mod m20261123_000006_create_accounts;
mod m20261123_000007_create_sessions;
mod m20261123_000008_extend_network;
mod m20261123_000009_create_imports;
mod m20261123_000010_create_staff_work;
mod m20261123_000011_create_erasures;
mod m20261128_000012_create_setup_links;
mod m20261128_000013_keep_first_answers;

/// Applies and reverts the ordered list below.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_create_network::Migration),
            Box::new(m20261122_000002_create_clinics::Migration),
            Box::new(m20261122_000003_create_unmet_demand::Migration),
            Box::new(m20261122_000004_create_bookings::Migration),
            Box::new(m20261123_000005_create_closures::Migration),
            Box::new(m20261123_000006_create_accounts::Migration),
            Box::new(m20261123_000007_create_sessions::Migration),
            Box::new(m20261123_000008_extend_network::Migration),
            Box::new(m20261123_000009_create_imports::Migration),
            Box::new(m20261123_000010_create_staff_work::Migration),
            Box::new(m20261123_000011_create_erasures::Migration),
            Box::new(m20261128_000012_create_setup_links::Migration),
            Box::new(m20261128_000013_keep_first_answers::Migration),
        ]
    }
}
