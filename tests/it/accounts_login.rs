//! Logging in and out: what a session is given for, and what ends it.

use axum::http::Method;
use chrono::TimeDelta;
use clinic_directory::accounts::{Role, Scope};
use serde_json::json;

use crate::support::{PASSWORD, TestApp, on_each_database};

const AUDIT: &str = "/api/v1/admin/audit";

#[tokio::test]
async fn a_session_is_as_good_as_a_token_for_each_role() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        for (role, staff, audit, users) in [
            (Role::Clinic, 403, 403, 403),
            (Role::Agent, 200, 403, 403),
            (Role::Editor, 200, 200, 403),
            (Role::Admin, 200, 200, 200),
        ] {
            let browser = app.logged_in(role, &Scope::All).await;
            let paths = ["/api/v1/staff/clinics/stipplecrown-boston-waterfront", AUDIT, "/api/v1/admin/users"];
            for (path, status) in paths.into_iter().zip([staff, audit, users]) {
                assert_eq!(browser.get(path).await.status(), status, "{path} as {role:?}");
            }
        }
        let scope = Scope::from_parts(["clinic:BOS-02"]).expect("a scope");
        let outside = app.logged_in(Role::Agent, &scope).await;
        assert_eq!(outside.get("/api/v1/staff/clinics/stipplecrown-boston-waterfront").await.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn the_login_says_the_same_to_everybody_who_is_not_let_in() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let email = app.person(Role::Editor, &Scope::All).await;
        let disabled = app.person(Role::Editor, &Scope::All).await;
        app.disable(&disabled).await;
        let browser = app.browser();
        let mut answers = Vec::new();
        for (email, password) in [
            (&*email, "gravel otter lanterns"),
            (&disabled, PASSWORD),
            ("nobody@example.com", PASSWORD),
            ("no address", PASSWORD),
        ] {
            let answer = browser.submit("/login", &[("email", email), ("password", password)]).await;
            assert_eq!((answer.status(), browser.cookie()), (401, None), "{email}");
            assert!(!answer.text().contains("gravel"), "the password does not come back");
            let text = answer.text().replace(email, "");
            answers
                .push(text[text.find("role=\"alert\"").expect("a reason")..].split("</p>").next().map(str::to_owned));
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
        browser.log_in(&format!(" {} ", email.to_uppercase()), PASSWORD).await;
        assert_eq!(browser.get(AUDIT).await.status(), 200);
    })
    .await;
}

/// Session fixation: a token that somebody else knows never becomes a session.
#[tokio::test]
async fn each_login_has_a_token_of_its_own_and_ends_the_session_before() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let email = app.person(Role::Editor, &Scope::All).await;
        let (victim, attacker) = (app.browser(), app.browser());
        let planted = "A".repeat(43);
        victim.set_cookie(&planted);
        attacker.set_cookie(&planted);
        victim.log_in(&email, PASSWORD).await;
        let first = victim.cookie().expect("a session");
        assert_ne!(first, planted);
        assert_eq!(attacker.get(AUDIT).await.status(), 401);
        // The attacker's own session, planted into the victim's browser, is not the victim's afterwards.
        attacker.log_in(&app.person(Role::Clinic, &Scope::All).await, PASSWORD).await;
        victim.set_cookie(&attacker.cookie().expect("a session"));
        victim.log_in(&email, PASSWORD).await;
        assert_ne!(victim.cookie(), attacker.cookie());
        assert_eq!((attacker.get(AUDIT).await.status(), victim.get(AUDIT).await.status()), (401, 200));
        let second = victim.cookie().expect("a session");
        victim.log_in(&email, PASSWORD).await;
        attacker.set_cookie(&second);
        assert_eq!(attacker.get(AUDIT).await.status(), 401, "the session before has ended");
        attacker.set_cookie(&first);
        assert_eq!(attacker.get(AUDIT).await.status(), 200, "another browser's session goes on");
    })
    .await;
}

#[tokio::test]
async fn a_session_that_was_logged_out_cannot_be_replayed() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let browser = app.logged_in(Role::Admin, &Scope::All).await;
        let token = browser.cookie().expect("a session");
        let answer = browser.submit("/logout", &[]).await;
        assert_eq!((answer.status(), answer.header("location"), browser.cookie()), (303, "/login", None));
        browser.set_cookie(&token);
        browser.get(AUDIT).await.problem(401, "unauthorized");
        assert_eq!(browser.submit("/logout", &[]).await.status(), 303, "again is fine");
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_unused_and_after_twelve_hours_used() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let email = app.person(Role::Editor, &Scope::All).await;
        let browser = app.browser();
        browser.log_in(&email, PASSWORD).await;
        app.clock.advance(TimeDelta::minutes(30) - TimeDelta::milliseconds(1));
        assert_eq!(browser.get(AUDIT).await.status(), 200);
        app.clock.advance(TimeDelta::minutes(30));
        assert_eq!(browser.get(AUDIT).await.status(), 401, "idle");
        browser.log_in(&email, PASSWORD).await;
        for _ in 0..35 {
            app.clock.advance(TimeDelta::minutes(20));
            assert_eq!(browser.get(AUDIT).await.status(), 200);
        }
        app.clock.advance(TimeDelta::minutes(20) - TimeDelta::milliseconds(1));
        assert_eq!(browser.get(AUDIT).await.status(), 200);
        app.clock.advance(TimeDelta::milliseconds(1));
        assert_eq!(browser.get(AUDIT).await.status(), 401, "after twelve hours");
    })
    .await;
}

#[tokio::test]
async fn a_change_of_role_and_a_disabled_account_take_effect_at_once() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        for patch in [json!({"role": "agent"}), json!({"scope": ["region:South"]}), json!({"is_disabled": true})] {
            let email = app.person(Role::Admin, &Scope::All).await;
            let id = app.user_id(&email).await;
            let token = admin.post("/api/v1/admin/tokens", &json!({"email": email, "name": "t"})).await.json();
            let bearer = format!("Bearer {}", token["token"].as_str().expect("a token"));
            let (browser, program) = (app.browser(), app.anon().with_header("authorization", &bearer));
            browser.log_in(&email, PASSWORD).await;
            assert_eq!((browser.get(AUDIT).await.status(), program.get(AUDIT).await.status()), (200, 200));
            admin.send(Method::PATCH, &format!("/api/v1/admin/users/{id}"), &patch).await.ok();
            let by_token = match &patch {
                patch if patch["role"].is_string() => 403,
                patch if patch["is_disabled"] == true => 401,
                _ => 200,
            };
            assert_eq!(
                (browser.get(AUDIT).await.status(), program.get(AUDIT).await.status()),
                (401, by_token),
                "{patch}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn another_password_ends_every_session_but_the_one_that_set_it() {
    on_each_database(async |database| {
        const OTHER: &str = "copper walnut anthem";
        let app = TestApp::empty(database).await;
        let email = app.person(Role::Editor, &Scope::All).await;
        let (here, elsewhere) = (app.browser(), app.browser());
        here.log_in(&email, PASSWORD).await;
        elsewhere.log_in(&email, PASSWORD).await;
        let before = here.cookie().expect("a session");
        for (current, password, status, told) in [
            ("wrong", OTHER, 401, "The current password is wrong"),
            (PASSWORD, "short", 422, "At least 12"),
            (PASSWORD, "password1234", 422, "Others would try this among the first"),
            (
                PASSWORD,
                &format!("{}1", email.split('@').next().expect("split")),
                422,
                "Others would try this among the first",
            ),
        ] {
            let answer = here.submit("/account/password", &[("current", current), ("password", password)]).await;
            assert_eq!(answer.status(), status, "{password}");
            assert!(answer.text().contains(told), "{}", answer.text());
        }
        let answer = here.submit("/account/password", &[("current", PASSWORD), ("password", OTHER)]).await;
        assert_eq!(answer.status(), 303, "{}", answer.text());
        assert_ne!(here.cookie().as_deref(), Some(&*before));
        assert_eq!((here.get(AUDIT).await.status(), elsewhere.get(AUDIT).await.status()), (200, 401));
        elsewhere.set_cookie(&before);
        assert_eq!(elsewhere.get(AUDIT).await.status(), 401);
        elsewhere.log_in(&email, OTHER).await;
        assert!(here.get("/account").await.text().contains("Here and at 1 other place."));
        assert_eq!(here.submit("/account/sessions", &[]).await.status(), 303);
        assert_eq!((here.get(AUDIT).await.status(), elsewhere.get(AUDIT).await.status()), (200, 401));
    })
    .await;
}

#[tokio::test]
async fn a_page_of_another_site_cannot_write() {
    on_each_database(async |database| {
        let app = TestApp::builder(database).public_url("https://clinics.example/find").start().await;
        let email = app.person(Role::Admin, &Scope::All).await;
        let browser = app.browser();
        let login = browser.form("/find/login", &[("email", &email), ("password", PASSWORD)]).await;
        browser.keep(&login);
        let cookie = format!("__Host-session={}", browser.cookie().expect("a session"));
        let user = json!({"email": "new@example.com", "role": "agent"});
        let write = |headers: &[(&str, &str)]| {
            let mut ask = app.anon().post("/find/api/v1/admin/users", &user).header("cookie", &cookie);
            for (name, value) in headers {
                ask = ask.header(name, value);
            }
            ask
        };
        for foreign in [
            &[][..],
            &[("sec-fetch-site", ""), ("origin", "")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", "https://other.example")],
            &[("origin", "https://other.example")],
            &[("origin", "null")],
            &[("origin", "https://other.example"), ("host", "clinics.example")],
            &[("origin", "https://clinics.example.org"), ("host", "clinics.example")],
        ] {
            write(foreign).await.problem(403, "cross_site");
        }
        // The proxy asks by its own name; visitors see the public one.
        assert_eq!(write(&[("origin", "https://clinics.example"), ("host", "10.0.0.1")]).await.status(), 201);
        for own in [
            &[("sec-fetch-site", "same-origin")][..],
            // As forms of a page without a referrer are sent.
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("origin", "http://10.0.0.1"), ("host", "10.0.0.1")],
        ] {
            write(own).await.problem(409, "email_taken");
        }
        // A program shows a token; whether it also says where it is from does not matter.
        let program = app.admin().await;
        for headers in [&[][..], &[("origin", "https://other.example"), ("sec-fetch-site", "cross-site")]] {
            let mut ask = program.post("/find/api/v1/admin/users", &user);
            for (name, value) in headers {
                ask = ask.header(name, value);
            }
            ask.await.problem(409, "email_taken");
        }
        // A word before the token that is none leaves the cookie to judge by.
        write(&[("authorization", "Bearer"), ("sec-fetch-site", "cross-site")]).await.problem(403, "cross_site");
        let reading = app.anon().get("/find/api/v1/admin/users").header("cookie", &cookie);
        assert_eq!(reading.header("sec-fetch-site", "cross-site").await.status(), 200);
        for path in ["/find/login", "/find/setup", "/find/reset", "/find/logout", "/find/account/password"] {
            let foreign = app.anon().request(Method::POST, path).header("host", "localhost");
            let answer = foreign.header("sec-fetch-site", "cross-site").await;
            assert!(
                answer.status() == 403 && answer.text().contains("This form was not sent from our pages"),
                "{path}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn over_plain_http_the_login_refuses_and_names_the_fix() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        for path in ["/login", "/setup?token=a", "/reset?token=a", "/account"] {
            let open = app.anon().get(path).header("host", "clinics.example").peer("203.0.113.9:4000").await;
            assert_eq!(open.status(), 403, "{path}");
            let told = open.text();
            assert!(told.contains("X-Forwarded-Proto: https") && told.contains("--trusted-proxies"), "{told}");
            let behind = |peer: &str| {
                let ask = app.anon().get(path).header("host", "clinics.example").header("x-forwarded-proto", "https");
                ask.peer(peer)
            };
            assert_eq!(behind("203.0.113.9:4000").await.status(), 403, "{path} through a stranger");
            assert_ne!(behind("127.0.0.1:4000").await.status(), 403, "{path} through a trusted proxy");
            for host in ["localhost:8080", "127.0.0.1", "[::1]:80"] {
                assert_ne!(app.anon().get(path).header("host", host).await.status(), 403, "{path} on {host}");
            }
        }
        let post = app.anon().request(Method::POST, "/login").header("host", "clinics.example");
        assert_eq!(post.body("email=a&password=b").await.status(), 403);
    })
    .await;
}

#[tokio::test]
async fn after_the_login_only_paths_of_this_service_are_gone_to() {
    on_each_database(async |database| {
        let app = TestApp::builder(database).public_url("https://clinics.example/find").start().await;
        let email = app.person(Role::Editor, &Scope::All).await;
        let browser = app.browser();
        for (next, location) in [
            ("/find/console?q=1", "/find/console?q=1"),
            ("", "/find/account"),
            ("//other.example/find/", "/find/account"),
            ("https://other.example/find/", "/find/account"),
            ("/find/\r\nSet-Cookie: a=b", "/find/account"),
        ] {
            let answer =
                browser.submit("/find/login", &[("email", &email), ("password", PASSWORD), ("next", next)]).await;
            assert_eq!((answer.status(), answer.header("location")), (303, location), "{next:?}");
        }
        let shown = app.browser().get("/find/login?next=%22%3E%3Cscript%3E").await.text();
        assert!(!shown.contains("<script>") && shown.contains("action=\"/find/login\""), "{shown}");
        let stranger = app.browser().get("/find/account").await;
        assert_eq!((stranger.status(), stranger.header("location")), (303, "/find/login?next=%2Ffind%2Faccount"));
    })
    .await;
}

#[tokio::test]
async fn pages_are_pages_also_when_they_refuse_and_run_nothing() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let browser = app.logged_in(Role::Clinic, &Scope::All).await;
        let anon = app.browser();
        for (answer, status) in [
            (anon.get("/login").await, 200),
            (browser.get("/account").await, 200),
            (anon.get("/login?nex=a").await, 422),
            (anon.get("/setup?token=a").await, 410),
            (anon.get("/reset").await, 410),
            (anon.get("/logout").await, 405),
            (anon.form("/login", &[("mail", "a")]).await, 422),
            (anon.form("/account/password", &[]).await, 401),
            (anon.request(Method::POST, "/login").body("{}").await, 415),
            (anon.form("/login", &[("email", &"a".repeat(70_000))]).await, 413),
        ] {
            let text = answer.text();
            assert_eq!(answer.status(), status, "{text}");
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{text}");
            let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; \
                          base-uri 'none'; frame-ancestors 'none'; img-src 'self'";
            assert_eq!(answer.header("content-security-policy"), policy);
            assert_eq!(answer.header("cache-control"), "no-store, private");
            assert_eq!(answer.header("referrer-policy"), "no-referrer");
            assert!(text.starts_with("<!doctype html>") && text.contains("<h1"), "{text}");
            for running in ["<script", "style=", " onclick", "javascript:"] {
                assert!(!text.contains(running), "{running}: {text}");
            }
        }
    })
    .await;
}

/// Each input has a label, and what is wrong is tied to it.
#[tokio::test]
async fn forms_are_labelled_and_their_errors_belong_to_fields() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let browser = app.logged_in(Role::Clinic, &Scope::All).await;
        let refused = app.browser().submit("/login", &[("email", "a@example.com"), ("password", "b")]).await.text();
        for text in [app.browser().get("/login").await.text(), browser.get("/account").await.text(), refused.clone()] {
            for input in text.split("<input ").skip(1).filter(|input| !input.contains("type=\"hidden\"")) {
                let id = input.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
                assert!(text.contains(&format!("<label for=\"{id}\">")), "{id}");
            }
        }
        assert!(refused.contains("role=\"alert\"") && refused.contains("<title>Error: Sign in"), "{refused}");
        let missing = app.browser().submit("/login", &[("email", "a@example.com"), ("password", "")]).await;
        let text = missing.text();
        assert_eq!(missing.status(), 422);
        assert!(
            text.contains("One thing is missing") && text.contains("href=\"#password\">Give your password</a>"),
            "{text}"
        );
        assert!(text.contains("aria-invalid=\"true\" aria-describedby=\"password-mistake\""), "{text}");
        assert!(text.contains("value=\"a@example.com\""), "what was typed is still there");
    })
    .await;
}

/// Whoever shows nothing costs the database nothing; the login page itself neither.
#[tokio::test]
async fn a_request_without_credentials_asks_the_database_nothing() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let browser = app.logged_in(Role::Admin, &Scope::All).await;
        clinic_directory::db::close(&app.state.db).await;
        for path in [AUDIT, "/api/v1/admin/users", "/api/v1/staff/clinics/stipplecrown-boston-waterfront"] {
            app.anon().get(path).await.problem(401, "unauthorized");
            assert_eq!(browser.get(path).await.status(), 503, "{path}");
        }
        assert_eq!(app.anon().get("/api/v1/nearest?near=02110").await.status(), 200);
        assert_eq!(app.browser().get("/login").await.status(), 200);
        let login = app.browser().submit("/login", &[("email", "a@example.com"), ("password", "b")]).await;
        assert_eq!((login.status(), login.header("content-type")), (503, "text/html; charset=utf-8"));
    })
    .await;
}
