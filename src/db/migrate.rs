use anyhow::{Context, bail};
use migration::{IntoSchemaManagerConnection, Migrator, MigratorTrait, SchemaManager, seaql_migrations};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityName, EntityTrait, QuerySelect};

use super::safekeeping;

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

/// Applies or reverts migrations; programs that start together wait for one another. A SQLite database in which somebody has
/// entered something is copied first.
///
/// # Errors
/// When the database is newer than this program, no copy can be made, or a migration fails (it then left no trace).
pub async fn migrate(db: &DatabaseConnection, direction: Direction) -> anyhow::Result<()> {
    change(db, direction, true).await
}

/// Brings up to date what is a copy itself.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_copy(db: &DatabaseConnection) -> anyhow::Result<()> {
    change(db, Direction::Up, false).await
}

async fn change(db: &DatabaseConnection, direction: Direction, is_copied_first: bool) -> anyhow::Result<()> {
    if direction == Direction::Up && is_current(db).await? {
        return Ok(());
    }
    // SQLite's write lock is the lock; PostgreSQL's ends with the transaction, however that ends.
    let transaction = super::begin_write(db).await.context("cannot write to the database")?;
    if db.get_database_backend() == DbBackend::Postgres {
        let lock = format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})");
        transaction.execute_unprepared(&lock).await.context("cannot lock the schema")?;
    }
    let applied = applied(&transaction).await?;
    refuse_newer(&applied)?;
    let copy = match next(direction, &applied) {
        // Beside the transaction: it holds the writer back, so that the copy is of the moment before.
        Some(change) if is_copied_first => safekeeping::copy_before(db, direction, &change).await?,
        _ => None,
    };
    let outcome = match direction {
        Direction::Up => Migrator::up(&transaction, None).await.context("cannot bring the schema up to date"),
        Direction::Down => {
            Migrator::down(&transaction, Some(1)).await.context("cannot revert the newest schema change")
        }
    };
    let kept = match outcome {
        Ok(()) => transaction.commit().await.context("cannot keep the schema's change"),
        Err(error) => Err(error),
    };
    match copy {
        Some(copy) => {
            kept.with_context(|| format!("the database is as it was, and a copy of it is {}", copy.display()))
        }
        None => kept,
    }
}

/// The first change that this direction makes.
fn next(direction: Direction, applied: &[String]) -> Option<String> {
    match direction {
        Direction::Up => known().into_iter().find(|name| !applied.contains(name)),
        Direction::Down => newest(applied),
    }
}

fn newest(applied: &[String]) -> Option<String> {
    known().into_iter().rfind(|name| applied.contains(name))
}

/// Whether there is nothing to apply: then nobody is waited for.
async fn is_current(db: &DatabaseConnection) -> anyhow::Result<bool> {
    let applied = applied(db).await?;
    refuse_newer(&applied)?;
    Ok(known().iter().all(|name| applied.contains(name)))
}

fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// The changes that the database has seen; none in an empty one. The migrator's own way to ask would make the table first.
pub(super) async fn applied<'c>(db: impl IntoSchemaManagerConnection<'c>) -> anyhow::Result<Vec<String>> {
    let manager = SchemaManager::new(db);
    let read = async {
        if !manager.has_table(seaql_migrations::Entity.table_name()).await? {
            return Ok::<_, DbErr>(Vec::new());
        }
        let versions = seaql_migrations::Entity::find().select_only().column(seaql_migrations::Column::Version);
        versions.into_tuple().all(manager.get_connection()).await
    };
    read.await.context("cannot read the schema's version")
}

/// A database that a newer program migrated may hold what this one would misread.
pub(super) fn refuse_newer(applied: &[String]) -> anyhow::Result<()> {
    let known = known();
    match applied.iter().find(|name| !known.contains(name)) {
        Some(name) => bail!(
            "the database is newer than this program (it knows the change \"{name}\"): run the newer program, or restore a backup"
        ),
        None => Ok(()),
    }
}

/// Refuses a schema that this program would misread before it is brought up to date.
///
/// # Errors
/// When changes are pending, or the database is newer than this program.
pub async fn refuse_behind(db: &DatabaseConnection) -> anyhow::Result<()> {
    let pending = status(db).await?.iter().filter(|(_, is_applied)| !is_applied).count();
    match pending {
        0 => Ok(()),
        1 => bail!("the database's schema is behind this program, 1 change is pending: run `migrate up` first"),
        _ => {
            bail!("the database's schema is behind this program, {pending} changes are pending: run `migrate up` first")
        }
    }
}

/// Every migration's name, and whether it is applied.
///
/// # Errors
/// When the database cannot be read, or is newer than this program.
pub async fn status(db: &DatabaseConnection) -> anyhow::Result<Vec<(String, bool)>> {
    let applied = applied(db).await?;
    refuse_newer(&applied)?;
    Ok(known().into_iter().map(|name| (name.clone(), applied.contains(&name))).collect())
}
