//! Tokens: derived from a nonce (of a booking, of the link for the first admin) with a secret that is not in the database, and
//! stored as a hash of themselves.
//!
//! Whoever reads the database can therefore neither use nor make one, and an answer that was lost on its way can be given
//! again. They are found by their hash, so nothing here compares secrets byte by byte.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Shorter keys could be guessed.
const SHORTEST_KEY: usize = 32;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 16;
/// A token that names nothing we could have made is not hashed: 256 bits are 43 letters.
const TOKEN_LENGTH: usize = 43;

/// The key from which every token is derived; kept outside the database, the same on every replica. Cheap to clone.
#[derive(Clone)]
pub struct SecretKey(Arc<[u8]>);

/// The SHA-256 of a token, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(pub String);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey")
    }
}

impl SecretKey {
    /// A key that the operator chose.
    ///
    /// # Errors
    /// When it is shorter than 32 characters.
    pub fn new(key: &str) -> anyhow::Result<Self> {
        if key.len() < SHORTEST_KEY {
            bail!("the secret key must have at least {SHORTEST_KEY} characters; openssl rand -hex 32 makes a good one");
        }
        Ok(Self(key.as_bytes().into()))
    }

    /// The key in a file that only its owner may read; a missing one is made.
    ///
    /// # Errors
    /// When the file cannot be read or made, others may read it, or what it holds is too short.
    pub fn in_file(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        if !path.exists() && Self::make(path).with_context(|| format!("cannot make the secret key in {shown}"))? {
            tracing::info!("made a secret key in {shown}; keep it: without it the links of existing bookings end");
        }
        Self::read(path).with_context(|| format!("cannot use the secret key in {shown}"))
    }

    /// Makes the file unless another program that starts now was faster. It gets its name when it is whole: nobody ever reads
    /// half a key, be it beside this program or after its crash.
    fn make(path: &Path) -> std::io::Result<bool> {
        let draft = path.with_added_extension(new_nonce());
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        let key = URL_SAFE_NO_PAD.encode(random::<KEY_BYTES>());
        let written = file.write_all(key.as_bytes()).and_then(|()| file.sync_all());
        let named = written.and_then(|()| std::fs::hard_link(&draft, path));
        std::fs::remove_file(&draft)?;
        match named {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            outcome => outcome.map(|()| true),
        }
    }

    /// The key in a file that is there.
    ///
    /// # Errors
    /// When the file cannot be read, others may read it, or what it holds is too short.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        const OTHERS: u32 = 0o077;
        let mut file = OpenOptions::new().read(true).open(path)?;
        if file.metadata()?.permissions().mode() & OTHERS != 0 {
            bail!("others may read it: chmod 600 it, or make a new one");
        }
        let mut key = String::new();
        file.read_to_string(&mut key)?;
        Self::new(key.trim())
    }

    /// What confirms, extends or releases a hold.
    #[must_use]
    pub fn hold_token(&self, nonce: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac("hold", nonce.as_bytes()))
    }

    /// What shows, moves or cancels a booking.
    #[must_use]
    pub fn manage_token(&self, nonce: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac("manage", nonce.as_bytes()))
    }

    /// What sets the first admin up.
    #[must_use]
    pub fn setup_token(&self, nonce: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac("setup", nonce.as_bytes()))
    }

    /// The name of a booking in calendars: stable, and no way to anything.
    #[must_use]
    pub fn calendar_uid(&self, nonce: &str) -> String {
        const UID_BYTES: usize = 16;
        hex(&self.mac("calendar", nonce.as_bytes())[..UID_BYTES])
    }

    /// A fingerprint of a request. Keyed, because a phone number could be found from a plain hash by trying them all.
    #[must_use]
    pub fn fingerprint(&self, request: &[u8]) -> String {
        hex(&self.mac("request", request))
    }

    /// What stands for a person, by phone or e-mail, where they themselves must not stand.
    #[must_use]
    pub fn person(&self, kind: &str, value: &str) -> String {
        hex(&self.mac("person", format!("{kind}:{value}").as_bytes()))
    }

    /// What tells this key from another one, and nothing about either.
    #[must_use]
    pub fn mark(&self) -> String {
        const MARK_BYTES: usize = 8;
        hex(&self.mac("mark", &[])[..MARK_BYTES])
    }

    fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

impl TokenHash {
    /// The hash of a text that somebody gave as a token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(hex(&Sha256::digest(token.as_bytes())))
    }

    /// As [`TokenHash::of`]; `None` for what cannot be a token of ours.
    #[must_use]
    pub fn of_ours(token: &str) -> Option<Self> {
        (token.len() == TOKEN_LENGTH).then(|| Self::of(token))
    }
}

/// What tokens are derived from.
#[must_use]
pub fn new_nonce() -> String {
    hex(&random::<NONCE_BYTES>())
}

/// A token of 256 bits that nobody can foresee, for what is not derived from the secret key.
#[must_use]
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(random::<KEY_BYTES>())
}

/// Bytes that nobody can foresee.
///
/// # Panics
/// When the operating system has no randomness to give, without which no token would be safe.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_one_booking_differ_by_purpose_and_by_key() {
        let key = SecretKey::new(&"k".repeat(32)).unwrap();
        let other = SecretKey::new(&"l".repeat(32)).unwrap();
        let tokens = [
            key.hold_token("n"),
            key.manage_token("n"),
            key.setup_token("n"),
            other.hold_token("n"),
            key.hold_token("m"),
        ];
        assert!(tokens.iter().all(|token| token.len() == TOKEN_LENGTH));
        let distinct: std::collections::BTreeSet<_> = tokens.iter().collect();
        assert_eq!(distinct.len(), tokens.len());
        assert_eq!(key.hold_token("n"), tokens[0]);
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(SecretKey::new("secret").is_err());
    }

    #[test]
    fn the_file_is_made_once_for_its_owner_alone() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("key");
        let first = SecretKey::in_file(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(SecretKey::in_file(&path).unwrap().hold_token("n"), first.hold_token("n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(format!("{:#}", SecretKey::in_file(&path).unwrap_err()).contains("others may read it"));
    }
}
