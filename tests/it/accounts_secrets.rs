//! What the database gives away (nothing that lets anybody in), and that looking changes nothing.

use axum::http::Method;
use clinic_directory::accounts::{Role, Scope, setup_link};
use clinic_directory::routes;
use clinic_directory::token::TokenHash;
use serde_json::{Value, json};

use crate::support::{TestApp, on_each_database, tables};

const FIRST: &str = "gravel otter lantern";
const SECOND: &str = "copper walnut anthem";

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn token(link: &str) -> String {
    link.split_once("?token=").expect("a token").1.to_owned()
}

async fn setup(app: &TestApp) -> String {
    let link = setup_link(&app.state.accounts, &app.state.bookings.secret).await;
    link.expect("readable").expect("no admin yet").url
}

/// Everything that somebody was given or chose, on the way through every door there is.
async fn secrets(app: &TestApp) -> Vec<String> {
    let mut secrets = vec![FIRST.to_owned(), SECOND.to_owned()];
    let setup = token(&setup(app).await);
    let browser = app.browser();
    let admin = [("token", &*setup), ("email", "root@example.com"), ("password", FIRST)];
    assert_eq!(browser.submit("/setup", &admin).await.status(), 303);
    browser.log_in("root@example.com", FIRST).await;
    secrets.extend([setup, browser.cookie().expect("a session")]);
    let post = async |path: &str, body: Value| {
        let ask = browser.request(Method::POST, path).header("content-type", "application/json");
        ask.body(body.to_string()).await.json()
    };
    let api_token = text(&post("/api/v1/admin/tokens", json!({"name": "t"})).await["token"]);
    let program = app.anon().with_header("authorization", &format!("Bearer {api_token}"));
    assert_eq!(program.get("/api/v1/admin/users").await.status(), 200);
    let used =
        token(&text(&post("/api/v1/admin/users", json!({"email": "a@example.com", "role": "agent"})).await["link"]));
    let fields = [("token", &*used), ("password", SECOND)];
    assert_eq!(app.browser().submit("/reset", &fields).await.status(), 303);
    let open =
        token(&text(&post("/api/v1/admin/users", json!({"email": "b@example.com", "role": "agent"})).await["link"]));
    let fields = [("current", FIRST), ("password", SECOND)];
    assert_eq!(browser.submit("/account/password", &fields).await.status(), 303);
    app.browser().submit("/login", &[("email", "a@example.com"), ("password", FIRST)]).await;
    secrets.extend([api_token, used, open, browser.cookie().expect("a session")]);
    secrets
}

#[tokio::test]
async fn a_dump_of_the_database_holds_no_usable_token_or_password() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let secrets = secrets(&app).await;
        assert_eq!(secrets.len(), 8);
        let dump = tables::everything(&app.state.db, &[]).await;
        for secret in &secrets {
            assert!(!dump.contains(secret), "{secret}");
            // Nor the token without what every token starts with.
            assert!(!dump.contains(secret.trim_start_matches("cd_")), "{secret}");
        }
        // It is the whole dump: what is stored of a token is in it.
        assert!(dump.contains(&TokenHash::of(secrets.last().expect("the session's")).0));
        assert!(dump.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
        // What is stored lets nobody in.
        for table in ["sessions", "api_tokens", "one_time_links"] {
            for row in tables::rows(&app.state.db, table).await {
                let hash = text(&row["token_hash"]);
                let browser = app.browser();
                browser.set_cookie(&hash);
                assert_eq!(browser.get("/api/v1/admin/users").await.status(), 401);
                let bearer = app.anon().get("/api/v1/admin/users").header("authorization", &format!("Bearer {hash}"));
                assert_eq!(bearer.await.status(), 401);
                assert_eq!(browser.get(&format!("/reset?token={hash}")).await.status(), 410);
            }
        }
    })
    .await;
}

/// The tokens of the addresses above are in no answer's headers and no error either.
#[tokio::test]
async fn a_token_in_an_address_does_not_travel() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let token = token(&setup(&app).await);
        let shown = app.browser().get(&format!("/setup?token={token}")).await;
        assert_eq!(
            (shown.header("referrer-policy"), shown.header("cache-control")),
            ("no-referrer", "no-store, private")
        );
        assert!(!format!("{:?}", shown.headers).contains(&token));
        assert!(!shown.text().contains("http"), "nothing is loaded from, or linked to, elsewhere");
        let gone = app.browser().get(&format!("/reset?token={token}")).await;
        assert!(gone.status() == 410 && !gone.text().contains(&token));
    })
    .await;
}

/// When something was used is written down, and is nobody's state.
const SEEN: [&str; 2] = ["last_seen_at", "last_used_at"];

#[tokio::test]
async fn get_never_changes_anything() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let setup = setup(&app).await;
        let browser = app.logged_in(Role::Admin, &Scope::All).await;
        let admin = app.admin().await;
        let email = json!({"email": "new@example.com", "role": "agent"});
        let made = admin.post("/api/v1/admin/users", &email).await.json();
        let reset = text(&made["link"]);
        let description = routes::description(&"http://127.0.0.1:8080".parse().expect("a URL")).expect("serialises");
        let description: Value = serde_json::from_str(&description).expect("JSON");
        let mut paths: Vec<String> = ["/login", "/account", "/logout"].map(str::to_owned).to_vec();
        paths.extend([&setup, &reset].map(|link| link.trim_start_matches("http://127.0.0.1:8080").to_owned()));
        for (path, item) in description["paths"].as_object().expect("paths") {
            if item.get("get").is_some() {
                for part in ["1", "BOS-01", "stipplecrown-boston-waterfront"] {
                    let filled: String = path
                        .split('{')
                        .map(|piece| {
                            piece.split_once('}').map_or(piece.to_owned(), |(_, rest)| format!("{part}{rest}"))
                        })
                        .collect();
                    paths.extend([filled.clone(), format!("{filled}?near=02110"), format!("{filled}?clinic=BOS-01")]);
                }
            }
        }
        assert!(paths.len() > 100, "{paths:?}");
        let before = tables::everything(&app.state.db, &SEEN).await;
        for path in &paths {
            for status in [browser.get(path).await.status(), admin.get(path).await.status()] {
                assert!(status < 500, "{path}: {status}");
            }
            browser.request(Method::HEAD, path).await;
        }
        let after = tables::everything(&app.state.db, &SEEN).await;
        let changed: Vec<_> = after.lines().filter(|line| !before.contains(line)).collect();
        assert!(before == after, "{changed:#?}");
    })
    .await;
}
