use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;
use url::Url;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// An empty database of the test's own, without a schema until something opens it.
#[derive(Debug)]
pub struct TestDatabase {
    pub backend: Backend,
    /// As `--database-url` takes it.
    pub url: String,
    /// A temporary folder of the test's own; SQLite's file is in it.
    pub folder: TempDir,
}

impl TestDatabase {
    /// A SQLite file that does not exist yet.
    pub fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("clinics.db").display());
        Self { backend: Backend::Sqlite, url, folder }
    }

    async fn postgres(server: &Url) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        administer(server, &format!("CREATE DATABASE {name}")).await;
        let mut url = server.clone();
        url.set_path(&name);
        Self { backend: Backend::Postgres, url: url.into(), folder: TempDir::new().expect("a temporary folder") }
    }

    /// Another database beside this one, of the same kind.
    pub async fn another(&self) -> Self {
        match self.backend {
            Backend::Sqlite => Self::sqlite(),
            Backend::Postgres => Self::postgres(&postgres_server().expect("this database has one")).await,
        }
    }

    /// Removes what outlives the folder.
    pub async fn dispose(self) {
        if let (Backend::Postgres, Some(server)) = (self.backend, postgres_server()) {
            let url: Url = self.url.parse().expect("made from one");
            let name = url.path().trim_start_matches('/');
            // The program under test may have left connections behind.
            administer(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// Where PostgreSQL is, as `tests/with-postgres` says.
pub fn postgres_server() -> Option<Url> {
    let url = std::env::var("TEST_POSTGRES_URL").ok()?;
    Some(url.parse().expect("TEST_POSTGRES_URL is a URL"))
}

/// One connection beside the application's.
pub async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url.to_owned());
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the database of the tests")
}

async fn administer(server: &Url, sql: &str) {
    let db = connect(server.as_str()).await;
    db.execute_unprepared(sql).await.expect(sql);
    db.close().await.expect("closes");
}

/// Runs the test on a fresh SQLite database and then on a fresh PostgreSQL one.
pub async fn on_each_database(test: impl AsyncFn(&TestDatabase)) {
    run_on(TestDatabase::sqlite(), &test).await;
    match postgres_server() {
        Some(server) => run_on(TestDatabase::postgres(&server).await, &test).await,
        None => say_skipped(),
    }
}

async fn run_on(database: TestDatabase, test: &impl AsyncFn(&TestDatabase)) {
    let outcome = AssertUnwindSafe(test(&database)).catch_unwind().await;
    let backend = database.backend;
    database.dispose().await;
    if let Err(panic) = outcome {
        eprintln!("failed on {backend:?}");
        resume_unwind(panic);
    }
}

fn say_skipped() {
    static ONCE: Once = Once::new();
    // Where nothing may be skipped this panics, and so does every later call.
    ONCE.call_once(|| {
        super::skipped("PostgreSQL, because TEST_POSTGRES_URL is not set (tests/run brings its own server)");
    });
}
