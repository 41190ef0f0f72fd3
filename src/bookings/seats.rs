//! Who gets a seat. The primary key of the claims is the judge; what is read before only chooses which seat to try.
//!
//! On PostgreSQL every hold first locks its clinic's row as a foreign key does, which holds do not feel among themselves.
//! An override takes that lock alone. So nobody is under way who has not seen the claim above capacity that it leaves, and
//! while there is such a claim, holds around it go one by one: two of them on different seats could otherwise each count
//! one claim too few. SQLite has one writer at a time and needs none of this.
//!
//! The clinic's hours, dates and closures come from memory. They count only if memory is level with what is committed once
//! the lock is held ([`still_current`]); else the verb starts again with what is there by then (rule B16).

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::LockType;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::claims::{self, ClaimRow, Owner};
use super::error::BookingError;
use super::model::Status;
use super::state::still_current;
use super::store;
use crate::availability::{Agenda, Claims, NotOffered, Slot, buckets};
use crate::clinics::{ClinicId, store as clinics};
use crate::directory::{Entry, Snapshot};

/// One consultation that somebody wants.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// By which it is judged, once it is sure that nothing newer is committed.
    snapshot: &'a Snapshot,
    pub entry: &'a Entry,
    pub starts_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
    /// When every seat is taken, take one above the capacity (rule B9).
    pub overrides: bool,
}

/// The seat to try, and the slot it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    pub seat: u16,
    pub slot: Slot,
}

impl<'a> Wish<'a> {
    /// A time at a clinic.
    ///
    /// # Errors
    /// The clinic is not in the directory.
    pub fn new(
        snapshot: &'a Snapshot,
        clinic: ClinicId,
        starts_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Self, BookingError> {
        let entry = snapshot.by_id(clinic).ok_or(BookingError::UnknownClinic)?;
        Ok(Self { snapshot, entry, starts_at, now, overrides: false })
    }

    /// What it would occupy, turnover included (rule A9).
    #[must_use]
    pub fn buckets(&self) -> Range<i64> {
        let minutes = i64::from(self.entry.policy.duration_min) + i64::from(self.entry.policy.turnover_min);
        buckets(self.starts_at, self.starts_at + TimeDelta::minutes(minutes))
    }

    /// Frees what ran out, then judges the wish and picks the lowest seat.
    pub async fn choose(&self, db: &DatabaseTransaction) -> Result<Choice, BookingError> {
        let lock = if self.overrides { LockType::Update } else { LockType::KeyShare };
        if !clinics::lock(db, self.entry.id, lock).await? {
            return Err(BookingError::UnknownClinic);
        }
        still_current(db, self.snapshot).await?;
        if !self.entry.clinic.offers_consultations {
            return Err(BookingError::NoConsultations);
        }
        let mut rows = self.live(db).await?;
        if !self.overrides && rows.iter().any(|row| row.seat > i32::from(self.entry.policy.capacity)) {
            clinics::lock(db, self.entry.id, LockType::NoKeyUpdate).await?;
            rows = self.live(db).await?;
        }
        self.judge(&rows)
    }

    /// Claims the chosen seat for a booking, or the next one that is still free; the seat it got.
    pub async fn take(&self, db: &DatabaseTransaction, booking_id: i64, choice: Choice) -> Result<u16, BookingError> {
        let mut seat = choice.seat;
        loop {
            if claims::take(db, Owner::Booking(booking_id), self.entry.id, &self.buckets(), seat).await? {
                return Ok(seat);
            }
            claims::free(db, booking_id).await?;
            // Somebody took it since: their claims are committed, so each round sees more of them and the loop ends.
            seat = self.choose(db).await?.seat;
        }
    }

    /// The claims in these buckets once expired holds are gone.
    async fn live(&self, db: &impl ConnectionTrait) -> Result<Vec<ClaimRow>, DbErr> {
        let rows = self.read(db).await?;
        let is_expired = |row: &&ClaimRow| row.held_until().is_some_and(|until| until <= self.now);
        let mut expired: Vec<i64> = rows.iter().filter(is_expired).filter_map(|row| row.booking_id).collect();
        if expired.is_empty() {
            return Ok(rows);
        }
        expired.sort_unstable();
        expired.dedup();
        store::end_holds(db, &expired, Status::Expired, Some(self.now), self.now).await?;
        self.read(db).await
    }

    async fn read(&self, db: &impl ConnectionTrait) -> Result<Vec<ClaimRow>, DbErr> {
        claims::claims(db, &[self.entry.id], &self.buckets()).await
    }

    fn judge(&self, rows: &[ClaimRow]) -> Result<Choice, BookingError> {
        let claims = claims::as_claims(rows);
        let schedule = self.entry.schedule();
        let agenda = Agenda { schedule: &schedule, policy: &self.entry.policy, claims: &claims, now: self.now };
        match agenda.explain(self.starts_at) {
            Ok(slot) => Ok(Choice { seat: free_seat(&claims, &self.buckets(), 1), slot }),
            Err(NotOffered::Booked | NotOffered::Held) if self.overrides => Ok(self.above_capacity(&claims)),
            Err(NotOffered::Booked | NotOffered::Held) => {
                Err(BookingError::SlotTaken { retry_at: rows.iter().filter_map(ClaimRow::held_until).min() })
            }
            Err(reason) => Err(BookingError::NotOffered(reason)),
        }
    }

    fn above_capacity(&self, claims: &Claims) -> Choice {
        let ends_at = self.starts_at + TimeDelta::minutes(self.entry.policy.duration_min.into());
        let slot = Slot { starts_at: self.starts_at, ends_at, remaining: 0 };
        Choice { seat: free_seat(claims, &self.buckets(), self.entry.policy.capacity + 1), slot }
    }
}

/// The lowest seat from `first` on that nobody claims in any of the buckets.
fn free_seat(claims: &Claims, buckets: &Range<i64>, first: u16) -> u16 {
    let is_free = |seat: &u16| claims.within(buckets).all(|claim| claim.seat != *seat);
    (first..u16::MAX).find(is_free).unwrap_or(u16::MAX)
}
