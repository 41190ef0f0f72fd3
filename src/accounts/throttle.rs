//! Guessing gets slower and slower: per account, whether it exists or not, and per client network. In the database, so that
//! neither a restart nor another replica forgets.
//!
//! An attempt counts as a failure before its password is judged: a thousand that come at once are a thousand. What turns out
//! right is taken back.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use ipnet::{IpNet, Ipv6Net};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
};

use super::error::AccountError;
use crate::entities::login_attempt as row;
use crate::token::TokenHash;
use crate::web::ClientAddress;

/// A person mistypes; a network has many persons.
const FREE_OF_ACCOUNT: i32 = 5;
const FREE_OF_ADDRESS: i32 = 30;
/// The first wait; each failure doubles it.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(15);
/// Longer would let anybody lock anybody out.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// Failures that are this old say nothing.
pub const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(1);

/// Whom an attempt is counted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    account: String,
    /// None for direct clients on this machine: behind a proxy that is not trusted they would be everybody.
    address: Option<String>,
}

impl Attempt {
    /// `email` as it was typed: what is no address has no account, and is counted like one.
    #[must_use]
    pub fn new(email: &str, client: Option<ClientAddress>) -> Self {
        let account = format!("account:{}", TokenHash::of(&email.trim().to_lowercase()).0);
        let address = client.filter(|client| !(client.is_direct && client.ip.is_loopback()));
        Self { account, address: address.map(|client| format!("address:{}", network(client.ip))) }
    }

    /// In the order in which they are locked.
    fn keys(&self) -> impl Iterator<Item = (&str, i32)> {
        let address = self.address.as_deref().map(|key| (key, FREE_OF_ADDRESS));
        std::iter::once((&*self.account, FREE_OF_ACCOUNT)).chain(address)
    }
}

/// Whoever has one IPv6 address has its /64.
fn network(ip: IpAddr) -> IpNet {
    const OF_ONE_CUSTOMER: u8 = 64;
    match ip {
        IpAddr::V4(_) => ip.into(),
        IpAddr::V6(v6) => Ipv6Net::new(v6, OF_ONE_CUSTOMER).map_or(ip.into(), |net| net.trunc().into()),
    }
}

/// How long to wait after this many failures.
fn wait(failures: i32, free: i32) -> TimeDelta {
    let Ok(beyond) = u32::try_from(failures - free) else { return TimeDelta::zero() };
    let doubled = 2_i32.checked_pow(beyond).and_then(|times| FIRST_WAIT.checked_mul(times));
    doubled.map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
}

/// Refuses while an account or address has to wait.
fn judge(found: &row::Model, free: i32, now: DateTime<Utc>) -> Result<(), AccountError> {
    let left = found.last_at + wait(counted(found, now), free) - now;
    if left <= TimeDelta::zero() {
        return Ok(());
    }
    let secs = left.num_milliseconds().unsigned_abs().div_ceil(1_000);
    Err(AccountError::Blocked { retry_after_secs: u32::try_from(secs).unwrap_or(u32::MAX) })
}

fn counted(found: &row::Model, now: DateTime<Utc>) -> i32 {
    if now - found.last_at < FORGOTTEN_AFTER { found.failures } else { 0 }
}

/// Counts an attempt, in a transaction of its own that ends before the password is judged.
///
/// # Errors
/// [`AccountError::Blocked`]; then it is not counted.
pub async fn count(db: &impl ConnectionTrait, attempt: &Attempt, now: DateTime<Utc>) -> Result<(), AccountError> {
    for (key, free) in attempt.keys() {
        let found = lock(db, key, now).await?;
        judge(&found, free, now)?;
        let counted = row::ActiveModel {
            failures: Set(counted(&found, now).saturating_add(1)),
            last_at: Set(now),
            ..Default::default()
        };
        row::Entity::update_many().set(counted).filter(row::Column::Key.eq(key)).exec(db).await?;
    }
    Ok(())
}

/// The row, made when there is none; others wait for it.
async fn lock(db: &impl ConnectionTrait, key: &str, now: DateTime<Utc>) -> Result<row::Model, DbErr> {
    let first = row::Model { key: key.to_owned(), failures: 0, last_at: now };
    let insert = row::Entity::insert(row::ActiveModel::from(first.clone()));
    let unless_there = OnConflict::column(row::Column::Key).do_nothing().to_owned();
    insert.on_conflict(unless_there).try_insert().exec_without_returning(db).await?;
    Ok(row::Entity::find_by_id(key).lock_exclusive().one(db).await?.unwrap_or(first))
}

/// Takes an attempt back that was right: the account starts anew, the address loses this one failure.
///
/// # Errors
/// When the database refuses.
pub async fn clear(db: &impl ConnectionTrait, attempt: &Attempt) -> Result<(), DbErr> {
    row::Entity::delete_by_id(&*attempt.account).exec(db).await?;
    let Some(address) = &attempt.address else { return Ok(()) };
    let less = row::Entity::update_many().col_expr(row::Column::Failures, Expr::col(row::Column::Failures).sub(1));
    less.filter(row::Column::Key.eq(address)).filter(row::Column::Failures.gt(0)).exec(db).await?;
    Ok(())
}

/// Forgets what says nothing any more.
///
/// # Errors
/// When the database refuses.
pub async fn forget(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    let old = row::Entity::delete_many().filter(row::Column::LastAt.lt(now - FORGOTTEN_AFTER));
    old.exec(db).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_stops_growing() {
        let seconds: Vec<i64> = (3..14).map(|failures| wait(failures, 5).num_seconds()).collect();
        assert_eq!(seconds, [0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(wait(i32::MAX, 5), LONGEST_WAIT);
    }

    #[test]
    fn an_account_is_one_however_it_is_typed_and_a_network_is_one_customer() {
        let client = |ip: &str| Some(ClientAddress { ip: ip.parse().unwrap(), is_direct: false, is_tls: true });
        let at = |email, ip| Attempt::new(email, client(ip));
        assert_eq!(at("ana@example.com", "2001:db8::1"), at(" Ana@Example.com", "2001:db8::ffff:1"));
        assert_ne!(at("ana@example.com", "2001:db8::1"), at("ana@example.com", "2001:db8:0:1::1"));
        assert_ne!(at("ana@example.com", "203.0.113.1"), at("ana@example.com", "203.0.113.2"));
        let keys = format!("{:?}", at("ana@example.com", "203.0.113.1"));
        assert!(!keys.contains("ana"), "{keys}");
        let direct = ClientAddress { ip: [127, 0, 0, 1].into(), is_direct: true, is_tls: false };
        assert_eq!(Attempt::new("ana@example.com", Some(direct)).address, None);
    }
}
