//! What a running service is made of.

use std::sync::Arc;

use axum::extract::FromRef;
use futures_util::FutureExt;
use sea_orm::DatabaseConnection;

use crate::accounts::Accounts;
use crate::bookings::subjects::ErasureLog;
use crate::bookings::{self, BookingState, Limits, RateLimits, Views};
use crate::clinics::Records;
use crate::clock::Clock;
use crate::db::{LongWrites, Writes};
use crate::directory::Directory;
use crate::token::SecretKey;
use crate::web::page::{Brand, Pages};
use crate::web::{Appearance, Metrics, Observer, PublicUrl, TrustedProxies};

/// Everything the routes need; cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    pub db: DatabaseConnection,
    pub clock: Clock,
    pub directory: Directory,
    /// Where clinics and settings are changed; a change is public once its verb has returned.
    pub records: Records,
    pub bookings: BookingState,
    pub accounts: Accounts,
    pub erasures: ErasureLog,
    /// Whether the database takes writes, as last seen.
    pub writes: Writes,
    pub links: PublicUrl,
    /// What all pages share.
    pub pages: Pages,
    pub metrics: Metrics,
    pub observer: Observer,
    /// `/metrics` has a listener of its own, so the public one does not answer it.
    pub has_metrics_listener: bool,
}

/// What the operator chose.
#[derive(Clone, Debug)]
pub struct Settings {
    pub links: PublicUrl,
    pub proxies: TrustedProxies,
    pub has_metrics_listener: bool,
    /// From which the tokens of holds and bookings are derived.
    pub secret: SecretKey,
    pub limits: Limits,
    /// Where it is written that somebody was erased; outside the database.
    pub erasures: ErasureLog,
    /// Of the pages.
    pub appearance: Appearance,
}

impl AppState {
    /// Reads the directory into memory and wires everything together.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn new(db: DatabaseConnection, clock: Clock, settings: Settings) -> anyhow::Result<Self> {
        let Settings { links, proxies, has_metrics_listener, secret, limits, erasures, appearance } = settings;
        let metrics = Metrics::default();
        let directory = Directory::open(db.clone(), clock.clone(), links.clone(), metrics.clone()).await?;
        let observer = Observer::new(metrics.clone(), proxies, links.prefix());
        let long_writes = LongWrites::default();
        let bookings = BookingState {
            db: db.clone(),
            clock: clock.clone(),
            directory: directory.clone(),
            secret,
            limits: Arc::new(RateLimits::new(limits)),
            followed: Arc::default(),
            views: Arc::new(Views::new(long_writes.clone())),
        };
        bookings::show_all(&bookings).await?;
        let publisher = bookings.clone();
        let publish = move || bookings::publish(publisher.clone()).boxed();
        let records = Records::published_by(db.clone(), long_writes, publish);
        let shown = directory.clone();
        let brand = move || Brand::from(&shown.snapshot().network);
        let pages = Pages::new(links.clone(), Arc::new(appearance), brand);
        let accounts = Accounts::new(db.clone(), clock.clone(), links.clone());
        let accounts = Accounts { failed_logins: metrics.failed_logins.clone(), ..accounts };
        Ok(Self {
            db,
            clock,
            directory,
            records,
            bookings,
            accounts,
            erasures,
            writes: Writes::default(),
            links,
            pages,
            metrics,
            observer,
            has_metrics_listener,
        })
    }
}

impl FromRef<AppState> for Accounts {
    fn from_ref(state: &AppState) -> Self {
        state.accounts.clone()
    }
}
