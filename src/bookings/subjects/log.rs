//! The log of erasures: a text file outside the database, one line an erasure, only ever appended to.
//!
//! ```text
//! 2026-12-01T15:00:00.000000Z 0f3c.. phone 9a61.. key=77d0.. cancelled=0 marks=5be2..,c410..
//! ```

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};

use super::model::Kind;
use crate::db;

/// Says what the file is to whoever finds it.
const HEAD: &str =
    "# Erasures on request, made again after a backup is restored: keep this file, and not with the backups.\n";

/// Where it is; cheap to clone.
#[derive(Clone, Debug)]
pub struct ErasureLog {
    path: Arc<Path>,
}

/// One line: that somebody was erased, and nothing about whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// The number of the receipt.
    pub id: String,
    pub at: DateTime<Utc>,
    pub kind: Kind,
    pub fingerprint: String,
    /// Which key the fingerprint was made with.
    pub key: String,
    pub cancelled: usize,
    /// Of the bookings that were emptied.
    pub marks: Vec<String>,
}

/// What a log holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    pub erasures: Vec<Erasure>,
    /// Numbers of lines that cannot be read. The end of one that a crash cut off was never answered with a receipt.
    pub unreadable: Vec<usize>,
}

impl ErasureLog {
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path: path.into() }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a line; when this returns, it is on the disk. Programs that append at the same moment follow one another.
    ///
    /// # Errors
    /// Whatever the disk says; then the line may be there or not.
    pub fn append(&self, erasure: &Erasure) -> io::Result<()> {
        let mut file = self.open()?;
        file.lock()?;
        let length = file.seek(SeekFrom::End(0))?;
        let mut line = if length == 0 { HEAD.to_owned() } else { String::new() };
        // The line before may have been cut off by a crash.
        if length > 0 && !ends_a_line(&mut file)? {
            line.push('\n');
        }
        line.push_str(&write(erasure));
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        if length == 0 { db::sync_folder(&self.path) } else { Ok(()) }
    }

    /// Whether a line could be appended; leaves nothing behind.
    ///
    /// # Errors
    /// Why not.
    pub fn try_append(&self) -> io::Result<()> {
        if self.path.exists() { self.open().map(drop) } else { db::Draft::beside(&self.path).map(drop) }
    }

    fn open(&self) -> io::Result<File> {
        db::make_private(&self.path)?;
        OpenOptions::new().read(true).append(true).mode(0o600).open(&self.path)
    }

    /// Everything in it; nothing when there is no file.
    ///
    /// # Errors
    /// When it is there and cannot be read: what was erased might come back unseen.
    pub fn read(&self) -> anyhow::Result<Lines> {
        match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Lines::default()),
            read => {
                let bytes = read.with_context(|| format!("cannot read the log of erasures {}", self.path.display()))?;
                Ok(parse(&String::from_utf8_lossy(&bytes)))
            }
        }
    }
}

fn ends_a_line(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn write(erasure: &Erasure) -> String {
    let Erasure { id, at, kind, fingerprint, key, cancelled, marks } = erasure;
    let (at, kind) = (at.to_rfc3339_opts(SecondsFormat::Micros, true), kind.as_str());
    format!("{at} {id} {kind} {fingerprint} key={key} cancelled={cancelled} marks={}\n", marks.join(","))
}

/// A line that is there twice counts once: its transaction was tried again.
fn parse(text: &str) -> Lines {
    let (mut lines, mut seen) = (Lines::default(), HashSet::new());
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        match read_line(line) {
            Some(erasure) if seen.insert(erasure.id.clone()) => lines.erasures.push(erasure),
            Some(_) => {}
            None => lines.unreadable.push(i + 1),
        }
    }
    lines
}

fn read_line(line: &str) -> Option<Erasure> {
    let mut words = line.split(' ');
    let erasure = Erasure {
        at: words.next()?.parse().ok()?,
        id: words.next()?.to_owned(),
        kind: Kind::parse(words.next()?)?,
        fingerprint: words.next()?.to_owned(),
        key: words.next()?.strip_prefix("key=")?.to_owned(),
        cancelled: words.next()?.strip_prefix("cancelled=")?.parse().ok()?,
        marks: words
            .next()?
            .strip_prefix("marks=")?
            .split(',')
            .filter(|mark| !mark.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    words.next().is_none().then_some(erasure)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn erasure(id: &str, marks: &[&str]) -> Erasure {
        Erasure {
            id: id.to_owned(),
            at: "2026-12-01T15:00:00.123456Z".parse().unwrap(),
            kind: Kind::Phone,
            fingerprint: "f".repeat(64),
            key: "0123456789abcdef".to_owned(),
            cancelled: 1,
            marks: marks.iter().map(|mark| (*mark).to_owned()).collect(),
        }
    }

    fn log() -> (tempfile::TempDir, ErasureLog) {
        let folder = tempfile::TempDir::new().unwrap();
        let log = ErasureLog::at(folder.path().join("clinics.db.erasures"));
        (folder, log)
    }

    #[test]
    fn what_is_appended_is_read_again_from_a_private_file() {
        let (_folder, log) = log();
        assert_eq!(log.read().unwrap(), Lines::default());
        let appended = [erasure("a", &["1", "2"]), erasure("b", &[])];
        for erasure in &appended {
            log.append(erasure).unwrap();
        }
        log.append(&appended[0]).unwrap();
        assert_eq!(log.read().unwrap(), Lines { erasures: appended.to_vec(), unreadable: Vec::new() });
        assert_eq!(fs::metadata(log.path()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_line_that_a_crash_cut_off_spoils_no_other() {
        let (_folder, log) = log();
        log.append(&erasure("a", &["1"])).unwrap();
        let whole = fs::read_to_string(log.path()).unwrap();
        for end in whole.find("2026").unwrap() + 1..whole.len() - 1 {
            fs::write(log.path(), &whole[..end]).unwrap();
            log.append(&erasure("b", &["2"])).unwrap();
            let lines = log.read().unwrap();
            assert_eq!(lines.erasures.last().unwrap(), &erasure("b", &["2"]), "cut at {end}");
        }
    }

    #[test]
    fn looking_whether_it_can_be_written_leaves_no_trace() {
        let (folder, log) = log();
        log.try_append().unwrap();
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        assert!(ErasureLog::at(folder.path().join("no/such/folder/log")).try_append().is_err());
    }
}
