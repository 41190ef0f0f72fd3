//! Forms that are wrong come back: with what was typed, with the field named, with the right status.

use axum::http::Method;
use clinic_directory::accounts::{Role, Scope};

use crate::support::{Browser, Client, PASSWORD, Response, TestApp, on_each_database};

const FORM: &str = "application/x-www-form-urlencoded";
const BOOK: &str = "/book/stipplecrown-boston-waterfront";

/// Sends a body that no form of ours has.
async fn send(browser: &Browser, path: &str, content_type: &str, body: &str) -> Response {
    browser.request(Method::POST, path).header("content-type", content_type).body(body.to_owned()).await
}

fn check(answer: &Response, status: u16, parts: &[&str]) {
    let text = answer.text();
    assert_eq!((answer.status(), answer.header("content-type")), (status, "text/html; charset=utf-8"), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_read_is_shown_again() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let browser = app.browser();
        let typed = "value=\"a@example.com\"";
        let oversized = format!("email=a%40example.com&password={}", "x".repeat(70_000));
        for (content_type, body, status, parts) in [
            (
                FORM,
                "email=a%40example.com&email=b%40example.com&password=x&next=/console",
                422,
                vec![
                    typed,
                    "One thing needs a look",
                    "href=\"#email\">This was sent twice",
                    "aria-describedby=\"email-mistake\"",
                    "value=\"/console\"",
                ],
            ),
            (FORM, "email=a%40example.com&passwort=x", 422, vec![typed, "something that does not belong to it"]),
            (
                FORM,
                "password=secret+words",
                422,
                vec!["One thing is missing", "href=\"#email\">Give your e-mail address"],
            ),
            (FORM, "", 422, vec!["2 things need a look", "Give your e-mail address", "Give your password"]),
            ("application/json", "{}", 415, vec!["What was sent could not be read"]),
            ("text/plain", "email=a@example.com", 415, vec!["What was sent could not be read"]),
            (FORM, "email=%ff%fe&password=x", 401, vec!["The e-mail or the password is wrong"]),
            (FORM, &oversized, 413, vec!["That was more than this form takes"]),
        ] {
            let answer = send(&browser, "/login", content_type, body).await;
            check(&answer, status, &parts);
            check(&answer, status, &["<h1>Sign in</h1>", "name=\"email\"", "<title>Error: Sign in"]);
            assert!(!answer.text().contains("secret words"), "a password never comes back");
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_of_a_session_that_has_ended_leads_to_the_sign_in_and_back() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let browser = app.logged_in(Role::Agent, &Scope::All).await;
        let twice = send(&browser, "/account/password", FORM, "current=a&current=b&password=c").await;
        check(&twice, 422, &["<h1>Your account</h1>", "href=\"#current\">This was sent twice"]);
        let missing = browser.form("/account/password", &[("current", ""), ("password", "")]).await;
        check(&missing, 422, &["2 things need a look", "Give your current password"]);
        browser.submit("/logout", &[]).await;
        for path in ["/account/password", "/account/sessions"] {
            let ended = browser.form(path, &[("current", PASSWORD), ("password", "gravel otter lamp")]).await;
            check(&ended, 401, &["Signed out for safety. Sign in to go on.", "name=\"next\" value=\"/account\""]);
            assert!(!ended.text().contains("otter"), "a password never comes back");
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_of_a_link_that_is_gone_says_what_to_do() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let browser = app.browser();
        for (path, way) in [("/reset", "Ask an admin for another one"), ("/setup", "user add --role admin")] {
            let fields = [("token", "gone"), ("password", PASSWORD)];
            check(&browser.form(path, &fields).await, 410, &["This link does not work any more", way]);
            let unreadable = send(&browser, path, "application/json", "{}").await;
            check(&unreadable, 415, &["This form could not be read"]);
        }
    })
    .await;
}

/// The cookie of a visitor who just held the first time of a week.
async fn hold(anon: &Client, starts_at: &str) -> String {
    let body = form_urlencoded(&[("starts_at", starts_at)]);
    let held = anon.request(Method::POST, BOOK).header("content-type", FORM).header("sec-fetch-site", "same-origin");
    let held = held.body(body).await;
    assert_eq!(held.status(), 303, "{}", held.text());
    held.header("set-cookie").split(';').next().expect("split").to_owned()
}

fn form_urlencoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[tokio::test]
async fn a_visitor_s_details_come_back_whatever_is_wrong_with_them() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let anon = app.anon();
        let slots =
            anon.get("/api/v1/clinics/stipplecrown-boston-waterfront/availability?from=2026-12-04&days=1").await;
        let starts_at = slots.ok()["days"][0]["slots"][0]["starts_at"].as_str().expect("a time").to_owned();
        let cookie = hold(&anon, &starts_at).await;
        let note = "wheelchair ".repeat(40);
        for (fields, status, parts) in [
            (
                vec![("name", "Ana"), ("name", "Bea"), ("phone", "512 555 0134")],
                422,
                vec!["href=\"#name\">This was sent twice"],
            ),
            (vec![("name", ""), ("phone", "512 555 0134")], 422, vec!["One thing is missing", "Give your name"]),
            (
                vec![("name", "Ana"), ("phone", "555"), ("note", &note)],
                422,
                vec!["2 things need a look", "has 3 digits", "under 300 characters", "wheelchair wheelchair"],
            ),
            (vec![("name", "Ana"), ("mail", "x")], 422, vec!["something that does not belong to it"]),
        ] {
            let path = format!("{BOOK}/confirm");
            let mut sent = vec![("starts_at", &*starts_at)];
            sent.extend(fields.iter().copied());
            let ask = anon.request(Method::POST, &path).header("content-type", FORM).header("cookie", &cookie);
            let answer = ask.header("sec-fetch-site", "same-origin").body(form_urlencoded(&sent)).await;
            check(&answer, status, &parts);
            let name = fields[0].1;
            check(&answer, status, &[&format!("id=\"name\" name=\"name\" type=\"text\" value=\"{name}\"")]);
        }
    })
    .await;
}
