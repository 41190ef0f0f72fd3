//! A copy of a SQLite database as it was before each change of its schema.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::Direction;
use super::copy::{contents, copy_over};
use super::file::beside;

/// So many copies are kept, the newest ones.
const KEPT: usize = 3;
const BEFORE: &str = ".before-";
const COPY: &str = ".bak";

/// Copies the database as it is before a change, and says so; `None` when there is nothing to lose.
pub(super) async fn copy_before(
    db: &DatabaseConnection,
    direction: Direction,
    change: &str,
) -> anyhow::Result<Option<PathBuf>> {
    let Some(file) = file_of(db).await? else { return Ok(None) };
    if contents(db).await?.is_empty() {
        return Ok(None);
    }
    let down = if direction == Direction::Down { "down-" } else { "" };
    let copy = beside(&file, &format!("{BEFORE}{down}{change}{COPY}"));
    copy_over(db, &copy)
        .await
        .context("the database is as it was, because it could not be copied before its change")?;
    tracing::info!("a copy of the database as it is before its schema changes: {}", copy.display());
    forget_oldest(&file);
    Ok(Some(copy))
}

/// The file behind a connection.
async fn file_of(db: &DatabaseConnection) -> anyhow::Result<Option<PathBuf>> {
    if db.get_database_backend() != DbBackend::Sqlite {
        return Ok(None);
    }
    let main = Statement::from_string(DbBackend::Sqlite, "SELECT file FROM pragma_database_list WHERE name = 'main'");
    let row = db.query_one_raw(main).await?;
    let file: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(file.filter(|file| !file.is_empty()).map(PathBuf::from))
}

/// A copy that cannot be removed takes room, nothing worse.
fn forget_oldest(file: &Path) {
    for copy in copies(file).into_iter().skip(KEPT) {
        if fs::remove_file(&copy).is_ok() {
            tracing::info!("an older copy was removed: {}", copy.display());
        }
    }
}

/// The copies beside a file, the newest first.
fn copies(file: &Path) -> Vec<PathBuf> {
    let start = beside(file, BEFORE);
    let Some(folder) = start.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
    else {
        return Vec::new();
    };
    let start = start.file_name().unwrap_or_default().to_string_lossy();
    let found = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(&*start) && name.ends_with(COPY)
    });
    let modified = |entry: &fs::DirEntry| entry.metadata().and_then(|found| found.modified());
    let mut dated: Vec<(SystemTime, PathBuf)> =
        found.map(|entry| (modified(&entry).unwrap_or(SystemTime::UNIX_EPOCH), entry.path())).collect();
    dated.sort();
    dated.into_iter().rev().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_copies_are_kept_and_nothing_else_is_touched() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("clinics.db");
        let at = |name: &str| folder.path().join(name);
        for (age, name) in [
            "clinics.db.before-1.bak",
            "clinics.db.before-2.bak",
            "clinics.db.before-down-2.bak",
            "clinics.db.before-3.bak",
        ]
        .iter()
        .enumerate()
        {
            let made = fs::File::create(at(name)).unwrap();
            made.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(age as u64)).unwrap();
        }
        for other in ["clinics.db", "other.db.before-0.bak", "clinics.db.before-you-go.txt"] {
            fs::write(at(other), "").unwrap();
        }
        forget_oldest(&file);
        assert!(!at("clinics.db.before-1.bak").exists());
        assert_eq!(folder.path().read_dir().unwrap().count(), 6);
    }
}
