use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection};

use super::{erase_again, postgres};
use crate::bookings::subjects::ErasureLog;
use crate::db::{self, Contents, Draft, FileId};
use crate::token::SecretKey;

/// What SQLite keeps beside a file that is in use. Left there, it would be taken for the restored one's.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];
/// A login must not outlive what it was for, nor a link work twice.
const ENDED: [&str; 3] = ["sessions", "one_time_links", "setup_links"];

/// What `restore` is asked for.
#[derive(Debug)]
pub struct Restore<'a> {
    pub database_url: &'a str,
    /// The backup.
    pub file: &'a Path,
    /// Also in the place of a database that holds something.
    pub yes: bool,
    /// Of the service; what was erased is found again with it.
    pub secret: Option<SecretKey>,
    pub erasures: ErasureLog,
    pub now: DateTime<Utc>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restored {
    /// The backup is the database.
    Done { contents: Contents, replaced: Option<PathBuf> },
    /// Nothing was done: there is a database in the place, and this is what it holds.
    InTheWay(String),
    /// PostgreSQL is restored by its own tool: the line to type.
    ByItsOwnTool(String),
}

/// Puts a backup in the place of a SQLite database: checked, brought up to date, and without those who were erased since. The
/// database that was there is kept beside it.
///
/// # Errors
/// When the backup is damaged, no backup, or newer than this program; when a service runs on the database in its place. Then
/// nothing was changed.
pub async fn restore(asked: &Restore<'_>) -> anyhow::Result<Restored> {
    if asked.database_url.starts_with("postgres") {
        return Ok(Restored::ByItsOwnTool(postgres::restore_line(asked.database_url, asked.file)));
    }
    let Some(target) = db::sqlite_file(asked.database_url) else {
        bail!("the database URL must start with sqlite:// or postgres://, as in sqlite://clinics.db");
    };
    let (draft, contents) = prepared(asked, &target).await.context("nothing was restored")?;
    let held = hold(&target).await?;
    if !held.is_empty && !asked.yes {
        return Ok(Restored::InTheWay(held.says));
    }
    let aside = dated(&target, asked.now);
    let placed = put_in_place(draft, &target, &aside, !held.is_empty);
    if let Some(db) = held.db {
        db::close(&db).await;
    }
    placed.with_context(|| format!("{} could not be put in place; nothing was restored", target.display()))?;
    Ok(Restored::Done { contents, replaced: (!held.is_empty).then_some(aside) })
}

/// A copy of the backup beside the target, as the service is to find it.
async fn prepared(asked: &Restore<'_>, target: &Path) -> anyhow::Result<(Draft, Contents)> {
    let (file, shown) = (asked.file, asked.file.display());
    let found = fs::metadata(file).with_context(|| format!("cannot read {shown}"))?;
    if !found.is_file() {
        bail!("{shown} is no file");
    }
    if FileId::of(file) == FileId::of(target) {
        bail!("{shown} is the database itself");
    }
    if fs::metadata(db::beside(file, "-wal")).is_ok_and(|wal| wal.len() > 0) {
        bail!(
            "{shown} was copied from a running service, or is in use: part of it is in the file {shown}-wal; use `backup`"
        );
    }
    let draft = Draft::beside(target).with_context(|| format!("cannot write beside {}", target.display()))?;
    copy_bytes(file, draft.path()).with_context(|| format!("cannot copy {shown}"))?;
    let contents = inspected(&draft).await.with_context(|| format!("{shown} cannot be restored"))?;
    made_ready(asked, &draft).await?;
    Ok((draft, contents))
}

/// Not `fs::copy`: the draft stays for its owner alone, whatever the backup is.
fn copy_bytes(from: &Path, to: &Path) -> io::Result<u64> {
    io::copy(&mut File::open(from)?, &mut OpenOptions::new().write(true).truncate(true).open(to)?)
}

async fn inspected(draft: &Draft) -> anyhow::Result<Contents> {
    let db = db::connect_file(draft.path(), false).await?;
    let contents = db::inspect(&db).await;
    db::close(&db).await;
    contents
}

async fn made_ready(asked: &Restore<'_>, draft: &Draft) -> anyhow::Result<()> {
    let db = db::connect_file(draft.path(), false).await?;
    let outcome = async {
        db::migrate_copy(&db).await?;
        erase_again(&db, asked.secret.as_ref(), &asked.erasures, asked.now).await?;
        end_logins(&db).await
    }
    .await;
    db::close(&db).await;
    outcome
}

async fn end_logins(db: &DatabaseConnection) -> anyhow::Result<()> {
    let held = db::contents(db).await?;
    for table in ENDED.into_iter().filter(|table| held.of(table) > 0) {
        db.execute_unprepared(&format!("DELETE FROM {table}")).await.context("cannot end the logins")?;
    }
    Ok(())
}

/// What is in the place, held so that nobody else opens it meanwhile.
struct Held {
    db: Option<DatabaseConnection>,
    is_empty: bool,
    says: String,
}

async fn hold(target: &Path) -> anyhow::Result<Held> {
    let nothing = Held { db: None, is_empty: true, says: String::new() };
    if fs::metadata(target).is_err() {
        return Ok(nothing);
    }
    let unreadable =
        |error: &anyhow::Error| Held { is_empty: false, says: format!("cannot be read ({error:#})"), db: None };
    let db = match db::connect_alone(target).await {
        Ok(Some(db)) => db,
        Ok(None) => bail!("{} is in use: stop the service first, then restore, then start it", target.display()),
        // What cannot be read is what a backup is for.
        Err(error) => return Ok(unreadable(&error)),
    };
    Ok(match db::contents(&db).await {
        Ok(contents) => Held { is_empty: contents.is_empty(), says: format!("holds {contents}"), db: Some(db) },
        Err(error) => Held { db: Some(db), ..unreadable(&error) },
    })
}

fn dated(target: &Path, now: DateTime<Utc>) -> PathBuf {
    db::beside(target, &format!(".replaced-{}", now.format("%Y%m%dT%H%M%SZ")))
}

/// The target's name leads to the old file or to the new one at every moment, where the file system can do that.
fn put_in_place(draft: Draft, target: &Path, aside: &Path, is_kept: bool) -> io::Result<()> {
    if is_kept {
        db::link_or_rename(target, aside)?;
    }
    for companion in COMPANIONS {
        let left = db::beside(target, companion);
        if left.exists() {
            fs::rename(&left, db::beside(aside, companion))?;
        }
    }
    let placed = draft.replace(target);
    if placed.is_err() && is_kept && !target.exists() {
        fs::rename(aside, target)?;
    }
    placed
}
