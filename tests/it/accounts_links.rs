//! Links that work once: for the first admin, and to set a password.

use axum::http::Method;
use chrono::TimeDelta;
use clinic_directory::accounts::{Role, Scope, setup_link};
use clinic_directory::token::SecretKey;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{PASSWORD, TestApp, on_each_database, tables};

const OTHER: &str = "copper walnut anthem";

/// The path and query of a link.
fn local(link: &str) -> &str {
    link.strip_prefix("http://127.0.0.1:8080").expect("a link of the public URL")
}

fn token(link: &str) -> &str {
    link.split_once("?token=").expect("a token").1
}

async fn setup(app: &TestApp) -> String {
    let link = setup_link(&app.state.accounts, &app.state.bookings.secret).await;
    link.expect("readable").expect("there is no admin").url
}

#[tokio::test]
async fn the_first_admin_is_set_up_once() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let link = setup(&app).await;
        let browser = app.browser();
        for _ in 0..2 {
            let form = browser.get(local(&link)).await;
            assert_eq!(form.status(), 200, "to look at it does not use it up");
            assert!(form.text().contains("name=\"email\""));
        }
        let token = token(&link);
        for (email, password, told) in [
            ("root", PASSWORD, "This e-mail address has no @"),
            ("a@example.com", "short", "At least 12 characters are needed"),
        ] {
            let refused = browser.submit("/setup", &[("token", token), ("email", email), ("password", password)]).await;
            assert_eq!(refused.status(), 422);
            assert!(refused.text().contains(told), "{}", refused.text());
        }
        let posts = ["one@example.com", "two@example.com"].map(|email| {
            let browser = app.browser();
            async move {
                browser.submit("/setup", &[("token", token), ("email", email), ("password", PASSWORD)]).await.status()
            }
        });
        let mut statuses = join_all(posts).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 410], "two at once make one admin");
        assert_eq!(browser.get(local(&link)).await.status(), 410);
        assert!(setup_link(&app.state.accounts, &app.state.bookings.secret).await.expect("readable").is_none());
        let email = app.emails().await.pop().expect("one");
        browser.log_in(&email, PASSWORD).await;
        let users = browser.get("/api/v1/admin/users").await.ok();
        assert_eq!((&users["data"][0]["role"], &users["data"][0]["scope"]), (&json!("admin"), &json!(["all"])));
    })
    .await;
}

/// Whoever is there first and is no admin of all clinics must not lock the admin out.
#[tokio::test]
async fn the_setup_link_works_until_there_is_an_admin_of_all_clinics() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let link = setup(&app).await;
        let editor = app.person(Role::Editor, &Scope::All).await;
        app.person(Role::Admin, &Scope::from_parts(["region:South"]).expect("a region")).await;
        assert_eq!(setup(&app).await, link);
        assert_eq!(app.browser().get(local(&link)).await.status(), 200);
        let taken = [("token", token(&link)), ("email", &*editor), ("password", PASSWORD)];
        let refused = app.browser().submit("/setup", &taken).await;
        assert_eq!(refused.status(), 409, "the address is somebody else's");
        assert!(refused.text().contains("a user with this e-mail already"));
        assert_eq!(app.browser().get(local(&link)).await.status(), 200, "which did not use it up");
        app.person(Role::Admin, &Scope::All).await;
        let gone = app.browser().get(local(&link)).await;
        assert_eq!(gone.status(), 410);
        assert!(gone.text().contains("clinic-directory user add --role admin"), "the way out: {}", gone.text());
        let fields = [("token", token(&link)), ("email", "a@example.com"), ("password", PASSWORD)];
        let gone = app.browser().submit("/setup", &fields).await;
        assert!(gone.status() == 410 && gone.text().contains("clinic-directory user add --role admin"));
        assert_eq!(app.emails().await.len(), 3);
    })
    .await;
}

/// Whoever made the admin: another program knows of no link.
#[tokio::test]
async fn the_setup_link_is_gone_whoever_made_the_admin() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let link = setup(&app).await;
        app.admin().await;
        assert_eq!(app.browser().get(local(&link)).await.status(), 410);
        let fields = [("token", token(&link)), ("email", "a@example.com"), ("password", PASSWORD)];
        assert_eq!(app.browser().submit("/setup", &fields).await.status(), 410);
        assert_eq!(app.emails().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn every_replica_makes_the_same_setup_link_and_the_database_holds_none() {
    on_each_database(async |database| {
        let apps = [TestApp::empty(database).await, TestApp::empty(database).await];
        let links = join_all(apps.iter().map(setup)).await;
        assert_eq!(links[0], links[1], "also when they start together");
        assert_eq!(TestApp::empty(database).await.browser().get(local(&links[0])).await.status(), 200);
        assert!(!tables::everything(&apps[0].state.db, &[]).await.contains(token(&links[0])));
        // With another key what is stored says nothing: that service makes a link of its own.
        let other = SecretKey::new("another key of the tests, long enough to be one").expect("long enough");
        let own = setup_link(&apps[0].state.accounts, &other).await.expect("readable").expect("no admin yet").url;
        assert_ne!(own, links[0]);
        assert_eq!(apps[1].browser().get(local(&own)).await.status(), 200);
        assert_eq!(apps[1].browser().get(local(&links[0])).await.status(), 410);
    })
    .await;
}

#[tokio::test]
async fn the_setup_link_ends_after_a_day_and_is_followed_by_another() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let first = setup(&app).await;
        app.clock.advance(TimeDelta::hours(24) - TimeDelta::milliseconds(1));
        assert_eq!(setup(&app).await, first);
        assert_eq!(app.browser().get(local(&first)).await.status(), 200);
        app.clock.advance(TimeDelta::milliseconds(1));
        assert_eq!(app.browser().get(local(&first)).await.status(), 410);
        let second = setup(&app).await;
        assert_eq!(app.browser().get(local(&first)).await.status(), 410);
        assert_eq!(app.browser().get(local(&second)).await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn a_new_user_sets_a_password_with_the_link_once() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        let body = json!({"email": "Ana@Example.com", "role": "agent", "scope": ["region:South"]});
        let added = admin.post("/api/v1/admin/users", &body).await;
        assert_eq!(added.status(), 201);
        let added = added.json();
        assert_eq!((&added["email"], &added["has_password"]), (&json!("ana@example.com"), &json!(false)));
        let link = added["link"].as_str().expect("a link");
        let browser = app.browser();
        for _ in 0..2 {
            assert_eq!(browser.get(local(link)).await.status(), 200);
        }
        let fields = [("token", token(link)), ("password", PASSWORD)];
        let answer = browser.submit("/reset", &fields).await;
        assert_eq!((answer.status(), answer.header("location")), (303, "/login?set=1"));
        assert!(browser.get("/login?set=1").await.text().contains("Your password is set. Sign in with it."));
        assert_eq!(browser.submit("/reset", &fields).await.status(), 410);
        assert_eq!(browser.get(local(link)).await.status(), 410);
        browser.log_in("ana@example.com", PASSWORD).await;
        let account = browser.get("/account").await.text();
        assert!(account.contains("ana@example.com") && account.contains("region:South"), "{account}");
    })
    .await;
}

#[tokio::test]
async fn a_link_that_resets_a_password_ends_sessions_failures_and_other_links() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        let email = app.person(Role::Editor, &Scope::All).await;
        let id = app.user_id(&email).await;
        let browser = app.browser();
        browser.log_in(&email, PASSWORD).await;
        for _ in 0..6 {
            app.browser().submit("/login", &[("email", &email), ("password", "wrong")]).await;
        }
        let path = format!("/api/v1/admin/users/{id}/reset-link");
        let links = [admin.post(&path, &json!({})).await.json(), admin.post(&path, &json!({})).await.json()];
        let [first, second] = links.each_ref().map(|made| made["link"].as_str().expect("a link"));
        assert_eq!(browser.get("/api/v1/admin/audit").await.status(), 200, "until it is used nothing changes");
        assert_eq!(browser.get(local(first)).await.status(), 410, "replaced");
        assert_eq!(browser.submit("/reset", &[("token", token(second)), ("password", OTHER)]).await.status(), 303);
        assert_eq!(browser.get("/api/v1/admin/audit").await.status(), 401);
        assert_eq!(app.browser().submit("/login", &[("email", &email), ("password", PASSWORD)]).await.status(), 401);
        browser.log_in(&email, OTHER).await;
    })
    .await;
}

#[tokio::test]
async fn a_link_ends_after_a_day_and_with_the_account() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        let id = app.user_id(&app.person(Role::Editor, &Scope::All).await).await;
        let (path, user) = (format!("/api/v1/admin/users/{id}/reset-link"), format!("/api/v1/admin/users/{id}"));
        let made = admin.post(&path, &json!({})).await.json();
        let link = made["link"].as_str().expect("a link");
        assert_eq!(made["link_expires_at"], "2026-12-02T15:00:00Z");
        app.clock.advance(TimeDelta::hours(24) - TimeDelta::milliseconds(1));
        assert_eq!(app.browser().get(local(link)).await.status(), 200);
        app.clock.advance(TimeDelta::milliseconds(1));
        let fields = [("token", token(link)), ("password", OTHER)];
        assert_eq!(app.browser().submit("/reset", &fields).await.status(), 410);
        let made = admin.post(&path, &json!({})).await.json();
        admin.send(Method::PATCH, &user, &json!({"is_disabled": true})).await.ok();
        let fields = [("token", token(made["link"].as_str().expect("a link"))), ("password", OTHER)];
        assert_eq!(app.browser().submit("/reset", &fields).await.status(), 410);
        admin.post(&path, &json!({})).await.problem(409, "user_disabled");
    })
    .await;
}

/// Whoever knew the old password may be why the account was disabled.
#[tokio::test]
async fn an_account_that_is_enabled_again_needs_another_password() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        let email = app.person(Role::Editor, &Scope::All).await;
        let path = format!("/api/v1/admin/users/{}", app.user_id(&email).await);
        let disabled = admin.send(Method::PATCH, &path, &json!({"is_disabled": true})).await.ok();
        assert_eq!((&disabled["is_disabled"], &disabled["link"]), (&json!(true), &json!(null)));
        let enabled = admin.send(Method::PATCH, &path, &json!({"is_disabled": false})).await.ok();
        assert_eq!(app.browser().submit("/login", &[("email", &email), ("password", PASSWORD)]).await.status(), 401);
        let link = enabled["link"].as_str().expect("a link");
        assert_eq!(app.browser().submit("/reset", &[("token", token(link)), ("password", OTHER)]).await.status(), 303);
        app.browser().log_in(&email, OTHER).await;
        let same = admin.send(Method::PATCH, &path, &json!({"is_disabled": false})).await.ok();
        assert_eq!(same["link"], json!(null), "nothing changed");
    })
    .await;
}
