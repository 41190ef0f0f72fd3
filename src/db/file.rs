use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sea_orm::sqlx::sqlite::SqliteConnectOptions;

use crate::token::new_nonce;

/// What holds visitors' data is for its owner alone.
const OWNER_ONLY: u32 = 0o600;

/// The file of a `sqlite://` URL; `None` for another database.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    if !url.starts_with("sqlite:") {
        return None;
    }
    let options: SqliteConnectOptions = url.parse().ok()?;
    Some(options.get_filename().to_owned())
}

/// `FILE` with something after its name, in the same folder.
#[must_use]
pub fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Makes a missing file, empty and for its owner alone: SQLite would make it for everybody to read.
///
/// # Errors
/// When it is missing and cannot be made.
pub fn make_private(file: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// A file that is being made beside the one it will be; dropped unfinished, it is gone.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
}

impl Draft {
    /// An empty one, for its owner alone.
    ///
    /// # Errors
    /// When nothing can be made in that folder.
    pub fn beside(file: &Path) -> io::Result<Self> {
        let path = beside(file, &format!(".{}.part", new_nonce()));
        make_private(&path)?;
        Ok(Self { path })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, which nothing else may have.
    ///
    /// # Errors
    /// `AlreadyExists` when something has it; whatever the disk says.
    pub fn keep_as(self, file: &Path) -> io::Result<()> {
        self.sync()?;
        link_or_rename(&self.path, file)?;
        sync_folder(file)
    }

    /// Gives it its name in place of whatever had it.
    ///
    /// # Errors
    /// Whatever the disk says; then nothing has changed.
    pub fn replace(self, file: &Path) -> io::Result<()> {
        self.sync()?;
        fs::rename(&self.path, file)?;
        sync_folder(file)
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What SQLite may have left beside it is of no more use than itself; kept, it has another name already.
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let _not_there = fs::remove_file(beside(&self.path, suffix));
        }
    }
}

/// Gives a file a second name that nothing else may have. Where the file system knows no second names it gets a new one.
///
/// # Errors
/// `AlreadyExists` when something has the name; whatever the disk says.
pub fn link_or_rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
        Ok(()) => Ok(()),
    }
}

/// A name is on the disk when its folder is.
///
/// # Errors
/// Whatever the disk says.
pub fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Which file a name leads to: another one with the same name is another file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// `None` when there is none.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        Some(Self { device: found.dev(), inode: found.ino() })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_draft_is_private_takes_no_name_that_is_taken_and_leaves_nothing_behind() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("copy");
        let draft = Draft::beside(&file).unwrap();
        assert_eq!(fs::metadata(draft.path()).unwrap().permissions().mode() & 0o777, OWNER_ONLY);
        draft.keep_as(&file).unwrap();
        let refused = Draft::beside(&file).unwrap().keep_as(&file).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        fs::write(&file, "old").unwrap();
        Draft::beside(&file).unwrap().replace(&file).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn the_file_of_a_url_is_read_as_the_driver_reads_it() {
        assert_eq!(sqlite_file("sqlite://clinics.db"), Some("clinics.db".into()));
        assert_eq!(sqlite_file("sqlite:///data/a%20b.db?mode=rwc"), Some("/data/a b.db".into()));
        assert_eq!(sqlite_file("postgres://localhost/clinics"), None);
    }
}
