//! Guessing passwords gets slow, whoever is guessed at, and wherever it comes from.

use chrono::TimeDelta;
use clinic_directory::accounts::{Role, Scope};
use futures_util::future::join_all;

use crate::support::{PASSWORD, Response, TestApp, TestDatabase, on_each_database};

async fn guess(app: &TestApp, email: &str, password: &str) -> Response {
    app.browser().form("/login", &[("email", email), ("password", password)]).await
}

async fn guess_from(app: &TestApp, peer: &str, email: &str) -> u16 {
    app.browser().form("/login", &[("email", email), ("password", "wrong")]).peer(peer).await.status()
}

fn seconds(answer: &Response) -> i64 {
    answer.header("retry-after").parse().expect("seconds")
}

#[tokio::test]
async fn after_five_failures_even_the_right_password_waits_longer_and_longer() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let email = app.person(Role::Editor, &Scope::All).await;
        // The same for an address without an account: the wait tells nothing.
        for email in [&*email, "nobody@example.com"] {
            for _ in 0..5 {
                assert_eq!(guess(&app, email, "wrong").await.status(), 401);
            }
            for wait in [15, 30, 60] {
                let refused = guess(&app, email, PASSWORD).await;
                assert_eq!((refused.status(), seconds(&refused)), (429, wait), "{email}");
                assert!(refused.text().contains("Too many failed attempts"));
                app.clock.advance(TimeDelta::seconds(wait) - TimeDelta::milliseconds(1));
                assert_eq!(seconds(&guess(&app, email, PASSWORD).await), 1, "{email}");
                app.clock.advance(TimeDelta::milliseconds(1));
                assert_eq!(guess(&app, email, "wrong").await.status(), 401, "{email}");
            }
        }
        app.clock.advance(TimeDelta::seconds(120));
        assert_eq!(guess(&app, &email, PASSWORD).await.status(), 303);
        for _ in 0..5 {
            assert_eq!(guess(&app, &email, "wrong").await.status(), 401, "success starts anew");
        }
        app.clock.advance(TimeDelta::days(1));
        for _ in 0..5 {
            assert_eq!(guess(&app, &email, "wrong").await.status(), 401, "a day is forgotten");
        }
    })
    .await;
}

#[tokio::test]
async fn guesses_that_come_at_once_are_counted_one_by_one() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let email = app.person(Role::Editor, &Scope::All).await;
        let answers = join_all((0..20).map(|_| guess(&app, &email, "wrong"))).await;
        let judged = answers.iter().filter(|answer| answer.status() == 401).count();
        assert_eq!(judged, 5);
        assert!(answers.iter().all(|answer| [401, 429].contains(&answer.status())));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_guesses_at_many_accounts_waits_for_all_of_them() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let email = app.person(Role::Editor, &Scope::All).await;
        for i in 0..30 {
            let of_one_network = format!("[2001:db8::{i:x}]:4000");
            assert_eq!(guess_from(&app, &of_one_network, &format!("person-{i}@example.com")).await, 401, "{i}");
        }
        assert_eq!(guess_from(&app, "[2001:db8::ffff:1]:4000", &email).await, 429);
        assert_eq!(guess_from(&app, "[2001:db8:0:1::1]:4000", &email).await, 401, "another network");
        assert_eq!(guess_from(&app, "203.0.113.9:4000", &email).await, 401);
    })
    .await;
}

#[tokio::test]
async fn logins_of_a_whole_office_do_not_lock_it_out() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let email = app.person(Role::Clinic, &Scope::All).await;
        for _ in 0..35 {
            let login = app.browser().form("/login", &[("email", &email), ("password", PASSWORD)]);
            assert_eq!(login.peer("203.0.113.9:4000").await.status(), 303);
        }
    })
    .await;
}

#[tokio::test]
async fn a_restart_forgets_no_failure() {
    on_each_database(async |database: &TestDatabase| {
        let app = TestApp::empty(database).await;
        for _ in 0..5 {
            guess(&app, "nobody@example.com", "wrong").await;
        }
        let restarted = TestApp::empty(database).await;
        assert_eq!(guess(&restarted, "nobody@example.com", "wrong").await.status(), 429);
    })
    .await;
}
