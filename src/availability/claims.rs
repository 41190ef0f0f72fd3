use std::ops::Range;

use chrono::{DateTime, Utc};

/// The width of a bucket: bookings start and end on multiples of five minutes as instants.
pub const BUCKET_SECS: i64 = 300;

/// The buckets that `[start, end)` touches; a bucket is the epoch divided by [`BUCKET_SECS`], rounded down.
#[must_use]
pub fn buckets(start: DateTime<Utc>, end: DateTime<Utc>) -> Range<i64> {
    buckets_of_secs(start.timestamp(), end.timestamp() + i64::from(end.timestamp_subsec_nanos() > 0))
}

pub(super) fn buckets_of_secs(start: i64, end: i64) -> Range<i64> {
    start.div_euclid(BUCKET_SECS)..(end + BUCKET_SECS - 1).div_euclid(BUCKET_SECS)
}

/// One seat of one clinic, taken for one bucket: a row of the claims table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub bucket: i64,
    /// From 1; above the capacity after it was lowered, or by an override.
    pub seat: u16,
    /// A hold's expiry; `None` for a booking or a block.
    pub held_until: Option<DateTime<Utc>>,
}

impl Claim {
    /// Rule A8: a hold is live while now is before its expiry.
    fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.held_until.is_none_or(|expires| now < expires)
    }
}

/// The claims of one clinic, one per bucket and seat. Expired holds may stay in: they count for nothing.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// By bucket, then seat.
    sorted: Vec<Claim>,
}

impl FromIterator<Claim> for Claims {
    /// In any order; of two claims on the same bucket and seat the later one counts.
    fn from_iter<I: IntoIterator<Item = Claim>>(claims: I) -> Self {
        let mut sorted: Vec<_> = claims.into_iter().collect();
        sorted.sort_by_key(|claim| (claim.bucket, claim.seat));
        sorted.dedup_by(|later, earlier| {
            let same = (later.bucket, later.seat) == (earlier.bucket, earlier.seat);
            if same {
                *earlier = *later;
            }
            same
        });
        Self { sorted }
    }
}

impl Claims {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// When the next hold that is live at `now` runs out, and with it what these claims allow changes.
    #[must_use]
    pub fn next_expiry(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.sorted.iter().filter_map(|claim| claim.held_until).filter(|until| now < *until).min()
    }

    /// Takes a seat for a run of buckets, in place of whatever expired hold was there.
    pub fn add(&mut self, buckets: Range<i64>, seat: u16, held_until: Option<DateTime<Utc>>) {
        for bucket in buckets {
            let claim = Claim { bucket, seat, held_until };
            match self.sorted.binary_search_by_key(&(bucket, seat), |claim| (claim.bucket, claim.seat)) {
                Ok(at) => self.sorted[at] = claim,
                Err(at) => self.sorted.insert(at, claim),
            }
        }
    }

    /// Frees a seat for a run of buckets; buckets it did not hold are left alone.
    pub fn release(&mut self, buckets: &Range<i64>, seat: u16) {
        self.sorted.retain(|claim| claim.seat != seat || !buckets.contains(&claim.bucket));
    }

    /// The claims on a run of buckets, expired holds included, by bucket and seat.
    pub fn within(&self, buckets: &Range<i64>) -> impl Iterator<Item = &Claim> + use<'_> {
        self.from(buckets.start).within(buckets)
    }

    /// The claims from a bucket on, for questions about later and later buckets.
    pub(super) fn from(&self, bucket: i64) -> ClaimsAhead<'_> {
        let first = self.sorted.partition_point(|claim| claim.bucket < bucket);
        ClaimsAhead { ahead: &self.sorted[first..] }
    }

    /// How many more consultations can be held on these buckets, one after the other (rule A8).
    #[must_use]
    pub fn remaining(&self, buckets: &Range<i64>, capacity: u16, now: DateTime<Utc>) -> u16 {
        self.from(buckets.start).remaining(buckets, capacity, now)
    }

    /// The same as if no hold were live: tells a slot that is held from one that is booked.
    pub(super) fn remaining_without_holds(&self, buckets: &Range<i64>, capacity: u16) -> u16 {
        free_seats(self.within(buckets).filter(|claim| claim.held_until.is_none()), capacity)
    }
}

/// Claims read in the order of their buckets: a list of slots passes over each claim once instead of searching per
/// slot.
pub(super) struct ClaimsAhead<'a> {
    ahead: &'a [Claim],
}

impl<'a> ClaimsAhead<'a> {
    /// Rule A8: seats of 1 to `capacity` free throughout the buckets, less the seats above capacity that are claimed
    /// anywhere in them, never below 0; so every consultation shown can be held, one after the other.
    ///
    /// Forgets the claims before these buckets: the next question must not start earlier.
    pub fn remaining(&mut self, buckets: &Range<i64>, capacity: u16, now: DateTime<Utc>) -> u16 {
        free_seats(self.within(buckets).filter(|claim| claim.is_live(now)), capacity)
    }

    fn within(&mut self, buckets: &Range<i64>) -> impl Iterator<Item = &'a Claim> + use<'a> {
        let passed = self.ahead.iter().take_while(|claim| claim.bucket < buckets.start).count();
        self.ahead = &self.ahead[passed..];
        let end = buckets.end;
        self.ahead.iter().take_while(move |claim| claim.bucket < end)
    }
}

fn free_seats<'a>(claims: impl Iterator<Item = &'a Claim>, capacity: u16) -> u16 {
    let mut seats = SeatSet::default();
    for claim in claims {
        seats.insert(claim.seat);
    }
    capacity.saturating_sub(seats.len())
}

/// Distinct seats. Each takes one from the capacity: a seat up to it is not free throughout, one above it is taken off.
#[derive(Default)]
struct SeatSet {
    /// Seats 1 to 127, which is every seat that a capacity of at most 100 needs: no allocation in the ordinary case.
    low: u128,
    high: Vec<u16>,
}

impl SeatSet {
    fn insert(&mut self, seat: u16) {
        if seat < 128 {
            self.low |= 1 << seat;
        } else if !self.high.contains(&seat) {
            self.high.push(seat);
        }
    }

    fn len(&self) -> u16 {
        let count = self.low.count_ones() as usize + self.high.len();
        u16::try_from(count).unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(secs, 0).unwrap()
    }

    #[test]
    fn a8_buckets_are_half_open_and_cover_broken_minutes() {
        assert_eq!(buckets(at(600), at(900)), 2..3);
        assert_eq!(buckets(at(600), at(901)), 2..4);
        assert_eq!(buckets(at(599), at(900)), 1..3);
        assert_eq!(buckets(at(-1), at(0)), -1..0);
    }

    #[test]
    fn a8_a_hold_is_live_until_the_instant_it_expires() {
        let mut claims = Claims::default();
        claims.add(2..4, 1, Some(at(1_000)));
        let before = at(1_000) - chrono::TimeDelta::milliseconds(1);
        assert_eq!(claims.remaining(&(2..4), 1, before), 0);
        assert_eq!(claims.remaining(&(2..4), 1, at(1_000)), 1);
        assert_eq!(claims.remaining_without_holds(&(2..4), 1), 1);
    }

    #[test]
    fn a8_a_claim_above_capacity_takes_one_off_however_many_buckets_it_spans() {
        let mut claims = Claims::default();
        claims.add(0..6, 4, None);
        claims.add(0..6, 300, None);
        assert_eq!(claims.remaining(&(0..6), 3, at(0)), 1);
        assert_eq!(claims.remaining(&(0..6), 1, at(0)), 0);
        assert_eq!(claims.remaining(&(6..12), 1, at(0)), 1);
    }

    #[test]
    fn a_released_seat_is_free_and_a_claim_replaces_an_expired_one() {
        let mut claims: Claims =
            [3, 1, 2, 2].map(|bucket| Claim { bucket, seat: 1, held_until: Some(at(0)) }).into_iter().collect();
        claims.add(2..3, 1, None);
        assert_eq!(claims.within(&(1..4)).count(), 3);
        assert_eq!(claims.remaining(&(1..4), 1, at(0)), 0);
        claims.release(&(2..3), 1);
        assert_eq!(claims.remaining(&(1..4), 1, at(0)), 1);
    }

    fn any_claims() -> impl Strategy<Value = Vec<Claim>> {
        let claim = (0i64..20, 1u16..8, prop::option::of(0i64..3)).prop_map(|(bucket, seat, expires)| Claim {
            bucket,
            seat,
            held_until: expires.map(at),
        });
        prop::collection::vec(claim, 0..30)
    }

    proptest! {
        #[test]
        fn a8_remaining_equals_the_words_of_the_rule(
            rows in any_claims(), from in 0i64..20, length in 1i64..8, capacity in 1u16..7, now in 0i64..3
        ) {
            let claims: Claims = rows.into_iter().collect();
            let live: BTreeSet<(i64, u16)> = claims
                .within(&(i64::MIN..i64::MAX))
                .filter(|claim| claim.held_until.is_none_or(|expires| at(now) < expires))
                .map(|claim| (claim.bucket, claim.seat))
                .collect();
            let span = from..from + length;
            let claimed = |seat: u16| span.clone().any(|bucket| live.contains(&(bucket, seat)));
            let free = (1..=capacity).filter(|seat| !claimed(*seat)).count();
            let above = (capacity + 1..=10).filter(|seat| claimed(*seat)).count();
            prop_assert_eq!(usize::from(claims.remaining(&span, capacity, at(now))), free.saturating_sub(above));
        }

        /// What is shown can be held: hold after hold, by the judge of rules B, succeeds as often as `remaining` says.
        #[test]
        fn a8_what_is_shown_can_be_held(
            rows in any_claims(), from in 0i64..20, length in 1i64..8, capacity in 1u16..7, now in 0i64..3
        ) {
            let mut claims: Claims = rows.into_iter().collect();
            let span = from..from + length;
            for _ in 0..claims.remaining(&span, capacity, at(now)) {
                let live = |claims: &Claims, bucket: i64| -> Vec<u16> {
                    let claims = claims.within(&(bucket..bucket + 1)).filter(|claim| claim.is_live(at(now)));
                    claims.map(|claim| claim.seat).collect()
                };
                prop_assert!(span.clone().all(|bucket| live(&claims, bucket).len() < usize::from(capacity)));
                let seat = (1..=capacity).find(|seat| span.clone().all(|bucket| !live(&claims, bucket).contains(seat)));
                prop_assert!(seat.is_some());
                claims.add(span.clone(), seat.unwrap(), None);
            }
        }
    }
}
