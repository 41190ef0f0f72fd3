use anyhow::{Context, bail};
use migration::{MigrationStatus, Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

/// Which way to take the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Direction {
    /// Apply everything that is pending.
    Up,
    /// Revert the newest change.
    Down,
}

/// Any number will do, as long as every replica uses the same.
const ADVISORY_LOCK: i64 = 0x0C11_41C5;

/// Applies or reverts migrations; replicas that start together wait for one another.
///
/// # Errors
/// When the database is newer than this program, or a migration fails (it then left no trace).
pub async fn migrate(db: &DatabaseConnection, direction: Direction) -> anyhow::Result<()> {
    if db.get_database_backend() == DbBackend::Sqlite {
        return run(db, direction).await;
    }
    // Held by the transaction: PostgreSQL lets go of it when the transaction ends, however that happens.
    let guard = super::begin_write(db).await.context("cannot reach the database")?;
    let lock = format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})");
    guard.execute_raw(Statement::from_string(DbBackend::Postgres, lock)).await.context("cannot lock the schema")?;
    let outcome = run(db, direction).await;
    guard.commit().await.context("cannot unlock the schema")?;
    outcome
}

async fn run(db: &DatabaseConnection, direction: Direction) -> anyhow::Result<()> {
    refuse_newer(db).await?;
    match direction {
        Direction::Up if Migrator::get_pending_migrations(db).await?.is_empty() => Ok(()),
        Direction::Up => Migrator::up(db, None).await.context("cannot bring the schema up to date"),
        Direction::Down => Migrator::down(db, Some(1)).await.context("cannot revert the newest schema change"),
    }
}

/// A database that a newer program migrated may hold what this one would misread.
async fn refuse_newer(db: &DatabaseConnection) -> anyhow::Result<()> {
    Migrator::install(db).await.context("cannot write to the database")?;
    let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let applied = Migrator::get_migration_models(db).await.context("cannot read the schema's version")?;
    match applied.iter().find(|model| !known.contains(&model.version)) {
        Some(model) => bail!(
            "the database is newer than this program (it knows the change \"{}\"): run the newer program, or restore a backup",
            model.version
        ),
        None => Ok(()),
    }
}

/// One line per migration: its name, and whether it is applied.
///
/// # Errors
/// When the database cannot be read.
pub async fn status(db: &DatabaseConnection) -> anyhow::Result<Vec<(String, bool)>> {
    refuse_newer(db).await?;
    let migrations = Migrator::get_migration_with_status(db).await?;
    Ok(migrations
        .iter()
        .map(|migration| (migration.name().to_owned(), migration.status() == MigrationStatus::Applied))
        .collect())
}
