//! What the other records say about an edit: keys and slugs are nobody else's, addresses of the older site lead to one
//! clinic, moves lead to a clinic and not in a circle (rule I9), and nobody edits a clinic out of their own scope.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbErr};

use super::id::ClinicId;
use super::legacy::legacy_path;
use super::model::Clinic;
use super::{addresses, store};
use crate::accounts::Scope;
use crate::error::FieldErrors;

/// A draft, beside the record it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'c> {
    /// `None` for a new clinic.
    pub stored: Option<(ClinicId, &'c Clinic)>,
    pub clinic: &'c Clinic,
}

impl Draft<'_> {
    fn id(&self) -> Option<ClinicId> {
        self.stored.map(|(id, _)| id)
    }

    /// Whether the draft says something else than the record; a new one does.
    fn differs<T: PartialEq>(&self, part: impl Fn(&Clinic) -> &T) -> bool {
        self.stored.is_none_or(|(_, stored)| part(stored) != part(self.clinic))
    }

    /// Judges the draft against the other records, in the transaction that will write it.
    ///
    /// # Errors
    /// When the database cannot be read; the inner result are the fields that cannot be so.
    pub async fn check(&self, db: &impl ConnectionTrait, scope: &Scope) -> anyhow::Result<Result<(), FieldErrors>> {
        let mut errors = FieldErrors::default();
        self.check_scope(scope, &mut errors);
        self.check_slug(db, &mut errors).await?;
        self.check_legacy_urls(db, &mut errors).await?;
        self.check_move(db, scope, &mut errors).await?;
        Ok(errors.or(()))
    }

    fn check_scope(&self, scope: &Scope, errors: &mut FieldErrors) {
        if !scope.covers(&self.clinic.code, self.clinic.region.as_deref()) {
            let field = if self.stored.is_some() { "region" } else { "code" };
            errors.push(
                field,
                "outside_scope",
                "would lie outside the scope of this account, which could not see it again",
            );
        }
    }

    async fn check_slug(&self, db: &impl ConnectionTrait, errors: &mut FieldErrors) -> Result<(), DbErr> {
        // A new clinic without one is given a free one.
        if self.clinic.slug.is_empty() || !self.differs(|clinic| &clinic.slug) {
            return Ok(());
        }
        let owner = addresses::slug_owner(db, &self.clinic.slug).await?;
        if owner.is_some() && owner != self.id() {
            errors.push("slug", "slug_taken", "leads to another clinic, and a slug is permanent: choose another one");
        }
        Ok(())
    }

    async fn check_legacy_urls(&self, db: &impl ConnectionTrait, errors: &mut FieldErrors) -> Result<(), DbErr> {
        if self.clinic.legacy_urls.is_empty() || !self.differs(|clinic| &clinic.legacy_urls) {
            return Ok(());
        }
        let others = addresses::legacy_urls(db, self.id()).await?;
        let owner = |path: &str| {
            let has = |urls: &[Box<str>]| urls.iter().any(|url| legacy_path(url).as_deref() == Some(path));
            others.iter().find(|(_, urls)| has(urls)).map(|(code, _)| code)
        };
        for (i, url) in self.clinic.legacy_urls.iter().enumerate() {
            if let Some(code) = legacy_path(url).and_then(|path| owner(&path)) {
                let detail = format!("leads to {code} already: one address leads to one clinic, whatever the host");
                errors.push(&format!("legacy_urls[{i}]"), "legacy_url_taken", detail);
            }
        }
        Ok(())
    }

    async fn check_move(
        &self,
        db: &impl ConnectionTrait,
        scope: &Scope,
        errors: &mut FieldErrors,
    ) -> anyhow::Result<()> {
        let Some(target) = self.clinic.moved_to.as_deref().filter(|_| self.differs(|clinic| &clinic.moved_to)) else {
            return Ok(());
        };
        if *target == *self.clinic.code {
            errors.push("moved_to", "moved_in_a_circle", "is this clinic itself");
        } else if store::find(db, scope, target).await?.is_none() {
            errors.push("moved_to", "clinic_unknown", "is the code of no clinic in the scope of this account");
        } else if self.is_circle(db, target).await? {
            let detail = format!("{target} has itself moved to {}, at once or by way of others", self.clinic.code);
            errors.push("moved_to", "moved_in_a_circle", detail);
        }
        Ok(())
    }

    async fn is_circle(&self, db: &impl ConnectionTrait, target: &str) -> Result<bool, DbErr> {
        let mut passed = HashSet::new();
        let mut next = Some(target.to_owned());
        while let Some(code) = next {
            if *code == *self.clinic.code {
                return Ok(true);
            }
            // An older circle among others ends somewhere too.
            next = if passed.insert(code.clone()) { store::moved_to(db, &code).await?.flatten() } else { None };
        }
        Ok(false)
    }
}
