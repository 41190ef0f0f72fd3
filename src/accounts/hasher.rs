//! argon2id at the library's own strength (19 MiB, two passes): so much memory and time that only a few run at once, beside
//! the threads that answer requests.

use std::sync::Arc;
use std::thread::available_parallelism;

use anyhow::anyhow;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use super::error::AccountError;
use super::password::{Password, typed};

/// Who waits longer has given up: at 20 to 40 ms each, this many take some seconds.
const LONGEST_LINE: usize = 200;
/// When the line will be shorter.
pub const RETRY_AFTER_SECS: u32 = 5;
/// Compared with when there is nothing to compare with, so that both take as long. Nobody knows a password to it.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and compares passwords, a bounded number at once. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hasher {
    running: Arc<Semaphore>,
    line: Arc<Semaphore>,
}

/// The right to use one core and 19 MiB for one password.
#[derive(Debug)]
pub struct Turn(OwnedSemaphorePermit);

impl Default for Hasher {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self { running: Arc::new(Semaphore::new((cores / 2).max(1))), line: Arc::new(Semaphore::new(LONGEST_LINE)) }
    }
}

impl Hasher {
    /// Waits in line for a turn.
    ///
    /// # Errors
    /// [`AccountError::Busy`] at once when the line is too long.
    pub async fn turn(&self) -> Result<Turn, AccountError> {
        let _place = self.line.try_acquire().map_err(|_| AccountError::Busy)?;
        let permit = self.running.clone().acquire_owned().await.map_err(|_| AccountError::Busy)?;
        Ok(Turn(permit))
    }
}

impl Turn {
    /// The PHC string of a password, with a salt of its own.
    ///
    /// # Errors
    /// When the library or its thread fails.
    pub async fn hash(self, password: Password) -> anyhow::Result<String> {
        self.run(move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|error| anyhow!("argon2: {error}"))
        })
        .await?
    }

    /// Whether a password that was typed belongs to this hash. Without one it takes as long and is false.
    ///
    /// # Errors
    /// When its thread fails.
    pub async fn verify(self, password: &str, hash: Option<String>) -> anyhow::Result<bool> {
        let password = typed(password);
        self.run(move || {
            let is_right = is_right(&password, hash.as_deref().unwrap_or(DECOY));
            is_right && hash.is_some()
        })
        .await
    }

    /// The turn ends with the work, also when nobody waits for the outcome any more.
    async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
        let outcome = spawn_blocking(move || {
            let outcome = work();
            drop(self.0);
            outcome
        });
        outcome.await.map_err(|error| anyhow!("a password could not be judged: {error}"))
    }
}

fn is_right(password: &str, hash: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_password_belongs_to_its_hash_alone() {
        let hasher = Hasher::default();
        let password = Password::choose("gravel otter", &[]).unwrap();
        let hash = hasher.turn().await.unwrap().hash(password.clone()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hasher.turn().await.unwrap().hash(password).await.unwrap(), hash, "a salt of its own");
        for (typed, hash, is_right) in [
            ("gravel otter", Some(hash.clone()), true),
            ("gravel otters", Some(hash), false),
            ("gravel otter", None, false),
            ("", None, false),
        ] {
            assert_eq!(hasher.turn().await.unwrap().verify(typed, hash).await.unwrap(), is_right, "{typed}");
        }
    }

    /// A hash that could not be read would be refused at once, and tell who has an account.
    #[test]
    fn the_decoy_takes_as_long_as_a_hash() {
        let hash = Argon2::default().hash_password(b"gravel otter").unwrap().to_string();
        let took = |hash: &str| {
            let times = [(); 5].map(|()| {
                let started = Instant::now();
                assert!(!is_right("gravel lantern", hash));
                started.elapsed()
            });
            times.into_iter().min().unwrap()
        };
        assert!(took(DECOY) * 2 > took(&hash));
    }

    #[tokio::test]
    async fn beyond_the_line_nobody_waits() {
        let hasher = Hasher { running: Arc::new(Semaphore::new(1)), line: Arc::new(Semaphore::new(1)) };
        let turn = hasher.turn().await.unwrap();
        let waiting = tokio::spawn({
            let hasher = hasher.clone();
            async move { hasher.turn().await.is_ok() }
        });
        while hasher.line.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(hasher.turn().await, Err(AccountError::Busy)));
        drop(turn);
        assert!(waiting.await.unwrap());
        assert!(hasher.turn().await.is_ok());
    }
}
