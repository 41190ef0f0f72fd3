use sea_orm::{DbErr, RuntimeErr};

use crate::error::AppError;

/// What a database error means for the caller. sea-orm's own classifier knows only two kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DbFault {
    /// A unique key, foreign key, exclusion or check refused the row.
    Conflict,
    /// Somebody else was in the way (serialization, deadlock, busy): the same transaction may succeed if run again.
    Retry,
    /// The server is away, shutting down, out of connections, or the file is read-only.
    Unavailable,
    /// No room left to write.
    Full,
    /// Anything else: a mistake of ours.
    Bug,
}

impl DbFault {
    /// Classifies by SQLSTATE (PostgreSQL) or the extended result code (SQLite), never by message text.
    #[must_use]
    pub fn of(error: &DbErr) -> Self {
        match error {
            DbErr::ConnectionAcquire(_) => Self::Unavailable,
            DbErr::Conn(RuntimeErr::SqlxError(error))
            | DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error)) => Self::of_sqlx(error),
            _ => Self::Bug,
        }
    }

    fn of_sqlx(error: &sea_orm::sqlx::Error) -> Self {
        use sea_orm::sqlx::Error;
        match error {
            Error::Io(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed | Error::Tls(_) => {
                Self::Unavailable
            }
            Error::Database(error) => error.code().map_or(Self::Bug, |code| Self::of_code(&code)),
            _ => Self::Bug,
        }
    }

    /// A SQLSTATE has five characters (PostgreSQL manual, appendix A); SQLite's codes are decimal and shorter
    /// (<https://sqlite.org/rescode.html>).
    fn of_code(code: &str) -> Self {
        const SQLSTATE_LENGTH: usize = 5;
        if code.len() == SQLSTATE_LENGTH { Self::of_sqlstate(code) } else { Self::of_sqlite(code) }
    }

    fn of_sqlite(code: &str) -> Self {
        // The low byte is the primary code, the rest says more about it.
        match code.parse::<i32>().map(|code| code & 0xff) {
            Ok(5 | 6) => Self::Retry,
            Ok(8 | 10 | 14 | 23) => Self::Unavailable,
            Ok(13) => Self::Full,
            Ok(19) => Self::Conflict,
            _ => Self::Bug,
        }
    }

    fn of_sqlstate(code: &str) -> Self {
        match code {
            "40001" | "40P01" | "55P03" => Self::Retry,
            "53100" | "53200" => Self::Full,
            "25006" => Self::Unavailable,
            _ if code.starts_with("23") => Self::Conflict,
            _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => Self::Unavailable,
            _ => Self::Bug,
        }
    }
}

/// What a client hears when the database does not answer: that trying again may help, or that the fault is ours.
impl From<DbErr> for AppError {
    fn from(error: DbErr) -> Self {
        const RETRY_AFTER_SECS: u32 = 5;
        match DbFault::of(&error) {
            DbFault::Retry | DbFault::Unavailable | DbFault::Full => {
                tracing::warn!(%error, "the database cannot do this right now");
                Self::Unavailable { retry_after_secs: RETRY_AFTER_SECS }
            }
            DbFault::Conflict | DbFault::Bug => Self::Internal(error.into()),
        }
    }
}

/// The same for work that fails in other ways, too.
#[must_use]
pub fn told(error: anyhow::Error) -> AppError {
    match error.downcast::<DbErr>() {
        Ok(error) => error.into(),
        Err(error) => AppError::Internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, fault) in [
            ("2067", DbFault::Conflict), // SQLITE_CONSTRAINT_UNIQUE
            ("1555", DbFault::Conflict), // SQLITE_CONSTRAINT_PRIMARYKEY
            ("275", DbFault::Conflict),  // SQLITE_CONSTRAINT_CHECK
            ("5", DbFault::Retry),
            ("517", DbFault::Retry), // SQLITE_BUSY_SNAPSHOT
            ("13", DbFault::Full),
            ("8", DbFault::Unavailable), // SQLITE_READONLY
            ("23505", DbFault::Conflict),
            ("23P01", DbFault::Conflict),
            ("40001", DbFault::Retry),
            ("40P01", DbFault::Retry),
            ("57P01", DbFault::Unavailable),
            ("08006", DbFault::Unavailable),
            ("53100", DbFault::Full),
            ("42601", DbFault::Bug),
        ] {
            assert_eq!(DbFault::of_code(code), fault, "{code}");
        }
    }
}
