use std::sync::atomic::{AtomicU32, Ordering};

use clinic_directory::accounts::{self, Actor, NewUser, Role, Scope, TOKEN_PREFIX, UserChange, store};
use clinic_directory::app::{AppState, Settings};
use clinic_directory::bookings::Limits;
use clinic_directory::bookings::subjects::ErasureLog;
use clinic_directory::clinics::import::{DEMONSTRATION, LoadError, Loaded, Open, Request, load};
use clinic_directory::clinics::{Flavour, export, store as clinics};
use clinic_directory::db;
use clinic_directory::front::Front;
use clinic_directory::token::{SecretKey, TokenHash};
use clinic_directory::web::Appearance;
use sea_orm::ConnectionTrait;

use super::clinic::ClinicBuilder;
use super::{Browser, Client, FakeClock, TestDatabase};

/// Of everybody who logs in.
pub const PASSWORD: &str = "gravel otter lantern";

/// A running application on a test's own database; requests go through all that the server calls, in process.
#[derive(Debug)]
pub struct TestApp {
    pub state: AppState,
    pub clock: FakeClock,
    front: Front,
}

/// What differs from an ordinary service.
#[derive(Debug)]
pub struct TestAppBuilder<'d> {
    database: &'d TestDatabase,
    public_url: &'d str,
    has_demonstration: bool,
    has_metrics_listener: bool,
    appearance: Appearance,
}

impl<'d> TestAppBuilder<'d> {
    pub fn public_url(self, public_url: &'d str) -> Self {
        Self { public_url, ..self }
    }

    /// Starts with the demonstration network.
    pub fn demonstration(self) -> Self {
        Self { has_demonstration: true, ..self }
    }

    /// As with `--metrics-listen`.
    pub fn metrics_listener(self) -> Self {
        Self { has_metrics_listener: true, ..self }
    }

    /// As with `--tile-url`, `--logo` and `--clinic-type`.
    pub fn appearance(self, appearance: Appearance) -> Self {
        Self { appearance, ..self }
    }

    pub async fn start(self) -> TestApp {
        let clock = FakeClock::default();
        let db = db::open(&self.database.url).await.expect("the database opens");
        let settings = Settings {
            links: self.public_url.parse().expect("a public URL"),
            proxies: "127.0.0.0/8,::1".parse().expect("networks"),
            has_metrics_listener: self.has_metrics_listener,
            secret: SecretKey::new("a key of the tests, long enough to be one").expect("long enough"),
            limits: Limits::default(),
            erasures: ErasureLog::at(self.database.folder.path().join("erasures")),
            appearance: self.appearance,
        };
        let state = AppState::new(db, clock.clock(), settings).await.expect("the application starts");
        let front = Front::new(&state);
        let app = TestApp { state, clock, front };
        if self.has_demonstration {
            app.import(DEMONSTRATION).await;
        }
        app
    }
}

impl TestApp {
    /// An application whose links start with `http://127.0.0.1:8080`.
    pub fn builder(database: &TestDatabase) -> TestAppBuilder<'_> {
        let public_url = "http://127.0.0.1:8080";
        TestAppBuilder {
            database,
            public_url,
            has_demonstration: false,
            has_metrics_listener: false,
            appearance: Appearance::default(),
        }
    }

    /// Without any clinic.
    pub async fn empty(database: &TestDatabase) -> Self {
        Self::builder(database).start().await
    }

    /// With the demonstration network.
    pub async fn demonstration(database: &TestDatabase) -> Self {
        Self::builder(database).demonstration().start().await
    }

    /// With the demonstration's clinics as if they were the network's own: they can be edited by imports.
    pub async fn network(database: &TestDatabase) -> Self {
        let app = Self::demonstration(database).await;
        let owned = "UPDATE networks SET is_demo = FALSE, name = 'Clinic Directory', settings_version = 0";
        app.state.db.execute_unprepared(owned).await.expect("updated");
        // What is in memory says otherwise.
        Self::builder(database).start().await
    }

    /// A visitor whom nobody knows.
    pub fn anon(&self) -> Client {
        Client::new(self.front.clone())
    }

    /// Somebody who works at these clinics.
    pub async fn clinic_staff(&self, codes: &[&str]) -> Client {
        let parts: Vec<String> = codes.iter().map(|code| format!("clinic:{code}")).collect();
        let scope = Scope::from_parts(parts.iter().map(String::as_str)).expect("codes");
        self.user(Role::Clinic, &scope).await
    }

    /// Somebody who answers calls for all clinics.
    pub async fn agent(&self) -> Client {
        self.user(Role::Agent, &Scope::All).await
    }

    /// Somebody who keeps all records.
    pub async fn editor(&self) -> Client {
        self.user(Role::Editor, &Scope::All).await
    }

    /// Somebody who may do everything.
    pub async fn admin(&self) -> Client {
        self.user(Role::Admin, &Scope::All).await
    }

    /// A new user with an API token: `editor-1@example.com` and so on.
    pub async fn user(&self, role: Role, scope: &Scope) -> Client {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let email = format!("{}-{}@example.com", role.as_str(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let (db, now) = (&self.state.db, self.clock.now());
        let user = store::insert_user(db, &email, role, scope, now).await.expect("a new address");
        let token = format!("{TOKEN_PREFIX}token-of-{email}");
        store::insert_token(db, user, "tests", None, &TokenHash::of(&token), now).await.expect("a new token");
        Client::new(self.front.clone()).with_header("authorization", &format!("Bearer {token}"))
    }

    /// Somebody's browser.
    pub fn browser(&self) -> Browser {
        Browser::new(self.anon())
    }

    /// A new user with [`PASSWORD`]; the e-mail address.
    pub async fn person(&self, role: Role, scope: &Scope) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let email = format!("{}-person-{}@example.com", role.as_str(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let new = NewUser { email: &email, role, scope: scope.clone(), password: Some(PASSWORD) };
        accounts::add_user(&self.state.accounts, &Actor::command(), new).await.expect("a new address");
        email
    }

    /// Every user's address.
    pub async fn emails(&self) -> Vec<String> {
        let users = store::emails(&self.state.db).await.expect("readable");
        users.into_iter().map(|(_, email)| email).collect()
    }

    /// The key of a user.
    pub async fn user_id(&self, email: &str) -> i64 {
        store::by_email(&self.state.db, email).await.expect("readable").expect("there is one").id
    }

    /// Ends a user's access. Another admin remains, or is made.
    pub async fn disable(&self, email: &str) {
        self.person(Role::Admin, &Scope::All).await;
        let change = UserChange { is_disabled: Some(true), ..UserChange::default() };
        let id = self.user_id(email).await;
        accounts::change_user(&self.state.accounts, &Actor::command(), id, change).await.expect("can be disabled");
    }

    /// The browser of somebody who has just logged in.
    pub async fn logged_in(&self, role: Role, scope: &Scope) -> Browser {
        let browser = self.browser();
        browser.log_in(&self.person(role, scope).await, PASSWORD).await;
        browser
    }

    /// Imports a file that must be fine, and waits until its clinics are public.
    pub async fn import(&self, csv: impl AsRef<[u8]>) -> Loaded {
        self.try_import(csv).await.expect("the file is fine")
    }

    /// Imports a file as `import FILE --keep-pins` does: tests put clinics anywhere.
    pub async fn try_import(&self, csv: impl AsRef<[u8]>) -> Result<Loaded, LoadError> {
        self.import_as(csv, Flavour::Spreadsheet).await
    }

    /// Imports a file of either flavour.
    pub async fn import_as(&self, csv: impl AsRef<[u8]>, flavour: Flavour) -> Result<Loaded, LoadError> {
        let request = Request { file: csv.as_ref(), flavour, open: Open::KeepPins };
        let loaded = load(&self.state.db, self.clock.now(), request, |_| {}).await?;
        self.refresh().await;
        Ok(loaded)
    }

    /// Every clinic as CSV, as `export` writes it.
    pub async fn export(&self, flavour: Flavour) -> Vec<u8> {
        let stored = clinics::Changed::all().collect(&self.state.db).await.expect("readable");
        let mut clinics: Vec<_> = stored.into_iter().map(|stored| stored.clinic).collect();
        clinics.sort_by(|a, b| a.code.cmp(&b.code));
        export(&clinics, flavour).expect("in memory")
    }

    /// What the follower does by itself a moment later.
    pub async fn refresh(&self) {
        self.state.directory.refresh().await.expect("the snapshot is built");
    }

    /// A clinic to be, in Austin, Texas, until it is said to be elsewhere.
    pub fn clinic(&self, code: &str) -> ClinicBuilder<'_> {
        ClinicBuilder::new(self, code)
    }

    /// What an import of one row changes about a clinic.
    pub fn edit(&self, code: &str) -> ClinicBuilder<'_> {
        ClinicBuilder::edit(self, code)
    }
}
