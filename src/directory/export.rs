use anyhow::Context;

use super::Directory;
use crate::accounts::Scope;
use crate::clinics::{Flavour, export};

/// The clinics of a scope as CSV, in the order of their codes, with whatever any process has changed by now.
///
/// # Errors
/// When the database cannot be read.
pub async fn export_clinics(directory: &Directory, scope: Scope, flavour: Flavour) -> anyhow::Result<Vec<u8>> {
    directory.catch_up().await?;
    let snapshot = directory.snapshot();
    let written = tokio::task::spawn_blocking(move || {
        let inside = snapshot.entries().iter().filter(|entry| entry.is_in(&scope));
        let mut clinics: Vec<_> = inside.map(|entry| &entry.clinic).collect();
        clinics.sort_by(|a, b| a.code.cmp(&b.code));
        export(clinics, flavour)
    });
    written.await.context("the export was not written")?
}
