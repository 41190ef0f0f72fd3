//! How often one visitor may try. Against scripts that would hold a whole day, not against people.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::token::TokenHash;
use crate::web::ClientAddress;

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

/// Attempts a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub holds_per_address: NonZeroU32,
    pub holds_per_visitor: NonZeroU32,
    pub bookings_per_address: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        const fn of(attempts: u32) -> NonZeroU32 {
            NonZeroU32::new(attempts).expect("above zero")
        }
        Self { holds_per_address: of(20), holds_per_visitor: of(10), bookings_per_address: of(10) }
    }
}

/// The counters of one process.
#[derive(Debug)]
pub struct RateLimits {
    holds_by_address: Keyed<IpAddr>,
    holds_by_visitor: Keyed<String>,
    bookings_by_address: Keyed<IpAddr>,
    holds_by_account: Keyed<i64>,
}

/// Attempts a minute of one account to hold a time for callers: a script that runs wild, not a busy agent.
const HOLDS_PER_ACCOUNT: NonZeroU32 = NonZeroU32::new(60).expect("above zero");

/// Too many attempts; whole seconds until the next one is welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    pub retry_after_secs: u32,
}

impl RateLimits {
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            holds_by_address: keyed(limits.holds_per_address),
            holds_by_visitor: keyed(limits.holds_per_visitor),
            bookings_by_address: keyed(limits.bookings_per_address),
            holds_by_account: keyed(HOLDS_PER_ACCOUNT),
        }
    }

    /// Counts an attempt to take a slot.
    ///
    /// # Errors
    /// When the address or the visitor has tried too often.
    pub fn hold(&self, client: Option<ClientAddress>, visitor: Option<&TokenHash>) -> Result<(), TooMany> {
        let Some(address) = limited(client) else { return Ok(()) };
        check(&self.holds_by_address, &address)?;
        visitor.map_or(Ok(()), |visitor| check(&self.holds_by_visitor, &visitor.0))
    }

    /// Counts an attempt of staff to take a slot.
    ///
    /// # Errors
    /// When the account has tried too often.
    pub fn staff_hold(&self, user: Option<i64>) -> Result<(), TooMany> {
        user.map_or(Ok(()), |user| check(&self.holds_by_account, &user))
    }

    /// Counts an attempt to make a booking.
    ///
    /// # Errors
    /// When the address has tried too often.
    pub fn booking(&self, client: Option<ClientAddress>) -> Result<(), TooMany> {
        limited(client).map_or(Ok(()), |address| check(&self.bookings_by_address, &address))
    }

    /// Drops counters that are full again.
    pub fn forget_idle(&self) {
        self.holds_by_address.retain_recent();
        self.holds_by_visitor.retain_recent();
        self.bookings_by_address.retain_recent();
        self.holds_by_account.retain_recent();
    }
}

fn keyed<K: std::hash::Hash + Eq + Clone>(per_minute: NonZeroU32) -> Keyed<K> {
    RateLimiter::new(Quota::per_minute(per_minute), DashMapStateStore::default(), MonotonicClock)
}

fn check<K: std::hash::Hash + Eq + Clone>(limiter: &Keyed<K>, key: &K) -> Result<(), TooMany> {
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(MonotonicClock.now());
        TooMany { retry_after_secs: u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1) }
    })
}

/// Whom the limits count: everybody but a direct client on this machine, so that load tests measure the service. A
/// provider hands out IPv6 by networks of 64 bits: their addresses are one visitor.
fn limited(client: Option<ClientAddress>) -> Option<IpAddr> {
    const INTERFACE_BITS: u32 = 64;
    let client = client.filter(|client| !(client.is_direct && client.ip.is_loopback()))?;
    Some(match client.ip {
        IpAddr::V6(ip) => IpAddr::V6(((ip.to_bits() >> INTERFACE_BITS) << INTERFACE_BITS).into()),
        IpAddr::V4(ip) => IpAddr::V4(ip),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(ip: &str, is_direct: bool) -> ClientAddress {
        ClientAddress { ip: ip.parse().unwrap(), is_direct, is_tls: false }
    }

    #[test]
    fn the_attempt_above_the_limit_is_told_when_to_come_back() {
        let limits = RateLimits::new(Limits::default());
        let someone = Some(client("203.0.113.9", true));
        assert!((0..20).all(|_| limits.hold(someone, None).is_ok()));
        let refused = limits.hold(someone, None).unwrap_err();
        assert!((1..=4).contains(&refused.retry_after_secs), "{refused:?}");
        assert!(limits.hold(Some(client("203.0.113.10", true)), None).is_ok());
    }

    #[test]
    fn a_visitor_token_is_counted_wherever_it_comes_from() {
        let limits = RateLimits::new(Limits::default());
        let visitor = TokenHash::of("visitor");
        assert!((0..10).all(|i| limits.hold(Some(client(&format!("203.0.113.{i}"), true)), Some(&visitor)).is_ok()));
        assert!(limits.hold(Some(client("203.0.113.99", true)), Some(&visitor)).is_err());
    }

    #[test]
    fn a_network_of_ipv6_is_one_visitor() {
        let limits = RateLimits::new(Limits::default());
        assert!((0..10).all(|i| limits.booking(Some(client(&format!("2001:db8::{i}"), false))).is_ok()));
        assert!(limits.booking(Some(client("2001:db8::ffff", false))).is_err());
        assert!(limits.booking(Some(client("2001:db8:0:1::1", false))).is_ok());
    }

    #[test]
    fn a_direct_client_on_this_machine_is_not_limited() {
        let limits = RateLimits::new(Limits::default());
        assert!((0..100).all(|_| limits.hold(Some(client("127.0.0.1", true)), None).is_ok()));
        assert!((0..30).any(|_| limits.hold(Some(client("127.0.0.1", false)), None).is_err()));
    }
}
