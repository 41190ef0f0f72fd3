//! Users and tokens: who makes them, within which scope, and that somebody remains who can.

use axum::http::Method;
use chrono::TimeDelta;
use clinic_directory::accounts::{AccountError, Actor, Role, Scope, UserChange, change_user};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, Response, TestApp, on_each_database};

const USERS: &str = "/api/v1/admin/users";
const TOKENS: &str = "/api/v1/admin/tokens";

async fn patch(client: &Client, id: i64, body: &Value) -> Response {
    client.send(Method::PATCH, &format!("{USERS}/{id}"), body).await
}

/// What the log says was done, the oldest first.
async fn actions(app: &TestApp) -> Vec<Value> {
    let log = app.editor().await.get("/api/v1/admin/audit?limit=100").await.ok();
    let mut entries = log["data"].as_array().expect("entries").clone();
    entries.reverse();
    entries
}

#[tokio::test]
async fn nobody_changes_their_own_rights() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.admin().await;
        let own = app.logged_in(Role::Admin, &Scope::All).await;
        let id = app.user_id(app.emails().await.last().expect("one")).await;
        for body in [
            json!({"role": "editor"}),
            json!({"role": "admin"}),
            json!({"scope": ["region:South"]}),
            json!({"is_disabled": true}),
            json!({"email": "new@example.com", "is_disabled": false}),
        ] {
            let ask = own.request(Method::PATCH, &format!("{USERS}/{id}")).header("content-type", "application/json");
            ask.body(body.to_string()).await.problem(403, "own_account");
        }
        let ask = own.request(Method::PATCH, &format!("{USERS}/{id}")).header("content-type", "application/json");
        assert_eq!(ask.body(r#"{"email": "new@example.com"}"#).await.ok()["email"], "new@example.com");
        let agent = app.logged_in(Role::Agent, &Scope::All).await;
        let id = app.user_id(app.emails().await.last().expect("one")).await;
        let ask = agent.request(Method::PATCH, &format!("{USERS}/{id}")).header("content-type", "application/json");
        ask.body(r#"{"role": "admin"}"#).await.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn two_admins_who_demote_each_other_at_once_leave_one() {
    on_each_database(async |database| {
        for body in [json!({"role": "agent"}), json!({"is_disabled": true}), json!({"scope": ["region:South"]})] {
            let database = database.another().await;
            let app = TestApp::empty(&database).await;
            let (a, b) = (app.admin().await, app.admin().await);
            let emails = app.emails().await;
            let ids = [app.user_id(&emails[0]).await, app.user_id(&emails[1]).await];
            let (first, second) = join(patch(&a, ids[1], &body), patch(&b, ids[0], &body)).await;
            let mut statuses = [first.status(), second.status()];
            statuses.sort_unstable();
            // The slower one may already have lost the right to ask.
            assert!(statuses[0] == 200 && [401, 403, 404, 409].contains(&statuses[1]), "{statuses:?} {body}");
            database.dispose().await;
        }
    })
    .await;
}

/// Both were let in before either was done: what is left is judged in the transaction.
#[tokio::test]
async fn of_two_admins_who_are_demoted_at_once_one_remains() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let emails = [app.person(Role::Admin, &Scope::All).await, app.person(Role::Admin, &Scope::All).await];
        let ids = [app.user_id(&emails[0]).await, app.user_id(&emails[1]).await];
        let change = async |id, role| {
            let change = UserChange { role: Some(role), ..UserChange::default() };
            change_user(&app.state.accounts, &Actor::command(), id, change).await
        };
        for round in 0..20 {
            let outcomes = join(change(ids[0], Role::Agent), change(ids[1], Role::Agent)).await;
            match outcomes {
                (Ok(_), Err(AccountError::LastAdmin)) => change(ids[0], Role::Admin).await.expect("again"),
                (Err(AccountError::LastAdmin), Ok(_)) => change(ids[1], Role::Admin).await.expect("again"),
                both => panic!("round {round}: {both:?}"),
            };
        }
    })
    .await;
}

#[tokio::test]
async fn one_admin_of_all_clinics_remains() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let last = app.person(Role::Admin, &Scope::All).await;
        // An admin of some clinics could not make one of all.
        app.person(Role::Admin, &Scope::from_parts(["region:South"]).expect("a scope")).await;
        let id = app.user_id(&last).await;
        for change in [
            UserChange { role: Some(Role::Editor), ..UserChange::default() },
            UserChange { scope: Scope::from_parts(["region:South"]).ok(), ..UserChange::default() },
            UserChange { is_disabled: Some(true), ..UserChange::default() },
        ] {
            let outcome = change_user(&app.state.accounts, &Actor::command(), id, change).await;
            assert!(matches!(outcome, Err(AccountError::LastAdmin)), "{outcome:?}");
        }
        app.browser().log_in(&last, PASSWORD).await;
        app.disable(&last).await;
    })
    .await;
}

#[tokio::test]
async fn an_admin_of_some_clinics_gives_nobody_more() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let all = app.person(Role::Admin, &Scope::All).await;
        let south = Scope::from_parts(["region:South", "clinic:BOS-01"]).expect("a scope");
        let within = app.person(Role::Agent, &Scope::from_parts(["clinic:BOS-01"]).expect("a scope")).await;
        let admin = app.user(Role::Admin, &south).await;
        let listed = admin.get(USERS).await.ok();
        let listed: Vec<&str> =
            listed["data"].as_array().expect("users").iter().filter_map(|u| u["email"].as_str()).collect();
        assert!(listed.contains(&&*within) && !listed.contains(&&*all), "{listed:?}");
        for body in [
            json!({"email": "a@example.com", "role": "clinic"}),
            json!({"email": "a@example.com", "role": "clinic", "scope": ["all"]}),
            json!({"email": "a@example.com", "role": "clinic", "scope": ["region:North"]}),
        ] {
            assert_eq!(admin.post(USERS, &body).await.problem(422, "invalid")["errors"][0]["field"], "scope");
        }
        let (all_id, within_id) = (app.user_id(&all).await, app.user_id(&within).await);
        patch(&admin, within_id, &json!({"scope": ["all"]})).await.problem(422, "invalid");
        patch(&admin, all_id, &json!({"role": "clinic"})).await.problem(404, "user_unknown");
        admin.post(&format!("{USERS}/{all_id}/reset-link"), &json!({})).await.problem(404, "user_unknown");
        let token = admin.post(TOKENS, &json!({"name": "t", "email": all})).await.problem(422, "invalid");
        assert_eq!(token["errors"][0]["field"], "email");
        let made = app.admin().await.post(TOKENS, &json!({"name": "t", "email": all})).await.json();
        let of_all = format!("{TOKENS}/{}", made["id"]);
        admin.request(Method::DELETE, &of_all).await.problem(404, "token_unknown");
        assert!(!admin.get(TOKENS).await.text().contains(&all));
        assert_eq!(patch(&admin, within_id, &json!({"role": "editor"})).await.ok()["role"], "editor");
    })
    .await;
}

#[tokio::test]
async fn a_token_acts_as_its_user_or_as_less_until_it_is_revoked() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let admin = app.admin().await;
        let scope = Scope::from_parts(["clinic:BOS-01"]).expect("a scope");
        let email = app.person(Role::Editor, &scope).await;
        let made = admin.post(TOKENS, &json!({"name": "call centre", "email": email, "role": "agent"})).await;
        assert_eq!(made.status(), 201);
        let made = made.json();
        let token = made["token"].as_str().expect("a token");
        assert!(token.starts_with("cd_") && token.len() == 46, "{token}");
        let program = app.anon().with_header("authorization", &format!("Bearer {token}"));
        let of = |slug: &str| format!("/api/v1/staff/clinics/stipplecrown-boston-{slug}");
        assert_eq!(program.get(&of("waterfront")).await.status(), 200);
        assert_eq!(program.get("/api/v1/admin/audit").await.status(), 403, "less than the user");
        let other = admin.get("/api/v1/clinics?city=Boston&state=MA").await.ok();
        let other = other["data"].as_array().expect("clinics").iter().find(|clinic| clinic["code"] != "BOS-01");
        let slug = other.expect("another")["slug"].as_str().expect("a slug").to_owned();
        assert_eq!(program.get(&format!("/api/v1/staff/clinics/{slug}")).await.status(), 404);

        let listed = admin.get(TOKENS).await.ok();
        let listed =
            listed["data"].as_array().expect("tokens").iter().find(|t| t["id"] == made["id"]).expect("it").clone();
        let seen = (&listed["name"], &listed["email"], &listed["role"], &listed["last_used_at"]);
        assert_eq!(seen, (&json!("call centre"), &json!(email), &json!("agent"), &json!("2026-12-01T15:00:00Z")));
        assert!(listed.get("token").is_none() && listed.get("token_hash").is_none());

        let id = app.user_id(&email).await;
        patch(&admin, id, &json!({"role": "clinic"})).await.ok();
        assert_eq!(program.get(&of("waterfront")).await.status(), 403, "never more than the user");
        patch(&admin, id, &json!({"role": "editor"})).await.ok();
        let path = format!("{TOKENS}/{}", made["id"]);
        assert_eq!(admin.request(Method::DELETE, &path).await.status(), 204);
        assert_eq!(program.get(&of("waterfront")).await.status(), 401);
        admin.request(Method::DELETE, &path).await.problem(404, "token_unknown");
    })
    .await;
}

/// Whoever holds a token may be why the account was disabled.
#[tokio::test]
async fn a_token_of_a_disabled_user_stays_revoked_when_the_user_is_enabled() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        let email = app.person(Role::Editor, &Scope::All).await;
        let id = app.user_id(&email).await;
        let token = admin.post(TOKENS, &json!({"name": "export", "email": email})).await.json();
        let bearer = format!("Bearer {}", token["token"].as_str().expect("a token"));
        let program = app.anon().with_header("authorization", &bearer);
        assert_eq!(program.get("/api/v1/admin/audit").await.status(), 200);
        for is_disabled in [true, false] {
            patch(&admin, id, &json!({"is_disabled": is_disabled})).await.ok();
            assert_eq!(program.get("/api/v1/admin/audit").await.status(), 401, "{is_disabled}");
        }
        assert!(!admin.get(TOKENS).await.text().contains("export"));
        assert_eq!(admin.get(USERS).await.status(), 200, "other users' tokens stay");
        let log = actions(&app).await;
        let names: Vec<&str> = log.iter().map(|entry| entry["action"].as_str().expect("text")).collect();
        assert_eq!(names, ["user.create", "token.create", "user.disable", "token.revoke", "user.enable"]);
        let user = json!({"field": "user", "old": id});
        assert_eq!((&log[3]["subject_id"], &log[3]["changes"][1]), (&token["id"], &user));
    })
    .await;
}

#[tokio::test]
async fn a_user_is_found_however_the_address_is_typed_and_what_is_no_text_is_nobody() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        let email = app.person(Role::Editor, &Scope::All).await;
        let typed = format!(" {} ", email.to_uppercase());
        assert_eq!(admin.post(TOKENS, &json!({"name": "t", "email": typed})).await.status(), 201);
        let path = format!("/api/v1/admin/audit?actor=%20{}%20", email.to_uppercase());
        assert_eq!(admin.get(&path).await.ok()["data"], json!([]));
        for wrong in ["%00", "nobody@example.com"] {
            let told = admin.get(&format!("/api/v1/admin/audit?actor={wrong}")).await.problem(422, "invalid");
            assert_eq!(told["errors"][0]["field"], "actor", "{wrong}");
        }
        let told = admin.post(TOKENS, &json!({"name": "t", "email": "a\u{0}@example.com"})).await;
        assert_eq!(told.problem(422, "invalid")["errors"][0]["field"], "email");
    })
    .await;
}

#[tokio::test]
async fn the_last_use_is_written_once_a_minute() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        let last_used = async || admin.get(TOKENS).await.ok()["data"][0]["last_used_at"].clone();
        assert_eq!(last_used().await, "2026-12-01T15:00:00Z");
        app.clock.advance(TimeDelta::seconds(59));
        assert_eq!(last_used().await, "2026-12-01T15:00:00Z");
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(last_used().await, "2026-12-01T15:01:00Z");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_about_a_user_or_token_is_named() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        let email = app.person(Role::Agent, &Scope::All).await;
        let id = app.user_id(&email).await;
        let field = |problem: Value| problem["errors"][0]["field"].as_str().expect("a field").to_owned();
        let fine = json!({"email": "a@example.com", "role": "agent", "scope": ["all"]});
        for (member, value) in [
            ("email", json!(null)),
            ("email", json!("ana")),
            ("email", json!("ana@example.com\nb@example.com")),
            ("email", json!(5)),
            ("role", json!(null)),
            ("role", json!("owner")),
            ("role", json!("Admin")),
            ("scope", json!([])),
            ("scope", json!("all")),
            ("scope", json!(["everything"])),
            ("scope", json!(["region:A\nall"])),
            ("scope", json!(vec!["clinic:A"; 1_001])),
            ("password", json!("gravel otter lantern")),
            ("id", json!(1)),
        ] {
            let mut body = fine.clone();
            body[member] = value;
            assert!(field(admin.post(USERS, &body).await.problem(422, "invalid")).starts_with(member), "{body}");
        }
        for body in [
            json!({"role": null}),
            json!({"scope": null}),
            json!({"is_disabled": null}),
            json!({"email": null}),
            json!({"is_disabled": "yes"}),
            json!({"password_hash": "x"}),
        ] {
            let member = body.as_object().expect("members").keys().next().expect("one").clone();
            assert_eq!(field(patch(&admin, id, &body).await.problem(422, "invalid")), member);
        }
        patch(&admin, id, &json!({"email": app.emails().await[0]})).await.problem(409, "email_taken");
        patch(&admin, 999, &json!({"role": "agent"})).await.problem(404, "user_unknown");
        patch(&admin, id, &json!({})).await.ok();
        admin.post(USERS, &json!({"email": email.to_uppercase(), "role": "agent"})).await.problem(409, "email_taken");
        for (body, member) in [
            (json!({}), "name"),
            (json!({"name": "  "}), "name"),
            (json!({"name": "a".repeat(101)}), "name"),
            (json!({"name": "a\u{0}b"}), "name"),
            (json!({"name": "t", "role": "owner"}), "role"),
            (json!({"name": "t", "email": email, "role": "editor"}), "role"),
            (json!({"name": "t", "email": "nobody@example.com"}), "email"),
            (json!({"name": "t", "scope": ["all"]}), "scope"),
        ] {
            assert_eq!(field(admin.post(TOKENS, &body).await.problem(422, "invalid")), member, "{body}");
        }
        app.disable(&email).await;
        admin.post(TOKENS, &json!({"name": "t", "email": email})).await.problem(409, "user_disabled");
    })
    .await;
}

#[tokio::test]
async fn lists_are_cut_into_pages() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        for _ in 0..4 {
            app.agent().await;
        }
        for path in ["/api/v1/admin/users?limit=0", "/api/v1/admin/users?cursor=x", "/api/v1/admin/tokens?limit=101"] {
            admin.get(path).await.problem(422, "invalid");
        }
        for path in [USERS, TOKENS] {
            let (mut ids, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = admin.get(&format!("{path}?limit=2{cursor}")).await.ok();
                ids.extend(
                    page["data"].as_array().expect("a list").iter().map(|one| one["id"].as_i64().expect("a key")),
                );
                let Some(next) = page["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert!(ids.len() == 5 && ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn i8_what_is_done_about_accounts_is_in_the_log_without_addresses_and_passwords() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let admin = app.admin().await;
        let browser = app.browser();
        let email = app.person(Role::Agent, &Scope::All).await;
        let id = app.user_id(&email).await;
        browser.submit("/login", &[("email", &email), ("password", "wrong")]).await;
        let login = browser.form("/login", &[("email", &email), ("password", PASSWORD)]);
        let login = login.peer("203.0.113.9:4000").await;
        browser.keep(&login);
        let fields = [("current", PASSWORD), ("password", "copper walnut anthem")];
        assert_eq!(browser.submit("/account/password", &fields).await.status(), 303);
        browser.submit("/logout", &[]).await;
        patch(&admin, id, &json!({"role": "editor", "scope": ["region:South"]})).await.ok();
        patch(&admin, id, &json!({"email": "other@example.com"})).await.ok();
        let made = admin.post(TOKENS, &json!({"name": "t", "email": "other@example.com"})).await.json();
        admin.request(Method::DELETE, &format!("{TOKENS}/{}", made["id"])).await;
        admin.post(&format!("{USERS}/{id}/reset-link"), &json!({})).await;
        patch(&admin, id, &json!({"is_disabled": true})).await.ok();
        patch(&admin, id, &json!({"is_disabled": false})).await.ok();

        let log = actions(&app).await;
        let names: Vec<&str> = log.iter().map(|entry| entry["action"].as_str().expect("text")).collect();
        assert_eq!(
            names,
            [
                "user.create",
                "user.login",
                "user.set_password",
                "user.logout",
                "user.update",
                "user.update",
                "token.create",
                "token.revoke",
                "user.reset_password",
                "user.disable",
                "user.enable"
            ]
        );
        assert_eq!((&log[1]["address"], &log[1]["via"]), (&json!("203.0.113.9"), &json!("session")));
        assert_eq!(log[2]["changes"], json!([{"field": "password", "personal": true}]));
        let role = json!({"field": "role", "old": "agent", "new": "editor"});
        let scope = json!({"field": "scope", "old": ["all"], "new": ["region:South"]});
        assert_eq!((&log[4]["changes"], &log[4]["via"]), (&json!([role, scope]), &json!("token")));
        assert_eq!(log[5]["changes"], json!([{"field": "email", "personal": true}]));
        let changes: String = log.iter().map(|entry| entry["changes"].to_string()).collect();
        for private in ["@example.com", "gravel", "copper", "cd_"] {
            assert!(!changes.contains(private), "{private}: {changes}");
        }
        let metrics = app.anon().get("/metrics").peer("127.0.0.1:4000").await.text();
        assert!(metrics.contains("clinic_directory_failed_logins_total 1\n"), "{metrics}");
    })
    .await;
}
