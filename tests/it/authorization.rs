//! Who may call what: strangers, lesser roles, and accounts outside their scope.

use axum::http::Method;
use clinic_directory::accounts::{Role, Scope};
use clinic_directory::routes;
use serde_json::{Value, json};

use crate::support::{TestApp, on_each_database};

/// Every call behind a login and the least role that it takes. One that is not listed here fails the walk.
#[rustfmt::skip]
const CALLS: &[(&str, &str, Role)] = &[
    ("GET", "/api/v1/admin/audit", Role::Editor),
    ("GET", "/api/v1/admin/tokens", Role::Admin),
    ("POST", "/api/v1/admin/tokens", Role::Admin),
    ("DELETE", "/api/v1/admin/tokens/{id}", Role::Admin),
    ("GET", "/api/v1/admin/users", Role::Admin),
    ("POST", "/api/v1/admin/users", Role::Admin),
    ("PATCH", "/api/v1/admin/users/{id}", Role::Admin),
    ("POST", "/api/v1/admin/users/{id}/reset-link", Role::Admin),
    ("GET", "/api/v1/admin/clinics", Role::Editor),
    ("POST", "/api/v1/admin/clinics", Role::Editor),
    ("GET", "/api/v1/admin/clinics/{code}", Role::Editor),
    ("PATCH", "/api/v1/admin/clinics/{code}", Role::Editor),
    ("DELETE", "/api/v1/admin/clinics/{code}", Role::Editor),
    ("PUT", "/api/v1/admin/clinics/{code}/hours", Role::Editor),
    ("GET", "/api/v1/admin/network", Role::Admin),
    ("PATCH", "/api/v1/admin/network", Role::Admin),
    ("GET", "/api/v1/admin/closures", Role::Editor),
    ("POST", "/api/v1/admin/closures", Role::Editor),
    ("GET", "/api/v1/admin/closures/{id}", Role::Editor),
    ("PATCH", "/api/v1/admin/closures/{id}", Role::Editor),
    ("DELETE", "/api/v1/admin/closures/{id}", Role::Editor),
    ("GET", "/api/v1/admin/rebooking", Role::Editor),
    ("POST", "/api/v1/staff/blocks", Role::Clinic),
    ("DELETE", "/api/v1/staff/blocks/{id}", Role::Clinic),
    ("GET", "/api/v1/staff/bookings", Role::Clinic),
    ("POST", "/api/v1/staff/bookings", Role::Agent),
    ("PATCH", "/api/v1/staff/bookings/{id}", Role::Clinic),
    ("POST", "/api/v1/staff/bookings/{id}/cancel", Role::Agent),
    ("POST", "/api/v1/staff/bookings/{id}/reschedule", Role::Agent),
    ("POST", "/api/v1/staff/bookings/search", Role::Agent),
    ("POST", "/api/v1/staff/caller", Role::Agent),
    ("POST", "/api/v1/staff/calls", Role::Agent),
    ("POST", "/api/v1/admin/subjects/erase", Role::Admin),
    ("POST", "/api/v1/admin/subjects/export", Role::Admin),
    ("GET", "/api/v1/admin/export.csv", Role::Editor),
    ("GET", "/api/v1/admin/imports", Role::Editor),
    ("POST", "/api/v1/admin/imports", Role::Editor),
    ("GET", "/api/v1/admin/imports/{id}", Role::Editor),
    ("POST", "/api/v1/admin/imports/{id}/apply", Role::Editor),
    ("POST", "/api/v1/admin/imports/{id}/undo", Role::Editor),
    ("GET", "/api/v1/staff/clinics/{slug}", Role::Agent),
    ("GET", "/api/v1/staff/explain", Role::Agent),
    ("POST", "/api/v1/staff/holds", Role::Agent),
    ("GET", "/api/v1/staff/rebooking", Role::Agent),
    ("POST", "/api/v1/staff/rebooking/{id}/claim", Role::Agent),
    ("DELETE", "/api/v1/staff/rebooking/{id}/claim", Role::Agent),
];

/// The calls behind a login as the API's description has them, which is made from the router's own routes.
fn described() -> Vec<(String, String)> {
    let text = routes::description(&"http://127.0.0.1:8080".parse().expect("a URL")).expect("serialises");
    let description: Value = serde_json::from_str(&text).expect("JSON");
    let paths = description["paths"].as_object().expect("paths").iter();
    let behind_login =
        paths.filter(|(path, _)| ["/api/v1/staff/", "/api/v1/admin/"].iter().any(|start| path.starts_with(start)));
    let calls = behind_login.flat_map(|(path, item)| {
        item.as_object().expect("operations").keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    calls.collect()
}

#[test]
fn every_call_behind_a_login_is_listed_with_its_least_role() {
    let mut described = described();
    described.sort();
    let mut listed: Vec<(String, String)> =
        CALLS.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    listed.sort();
    assert_eq!(described, listed);
}

#[tokio::test]
async fn the_walk_as_every_role_over_every_call() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        // Whatever is done to the first user or token is done to nobody who walks.
        app.agent().await;
        let mut walkers = vec![(None, app.anon())];
        for role in Role::ALL {
            walkers.push((Some(role), app.user(role, &Scope::All).await));
        }
        for (method, path, least) in CALLS {
            // Who asks is judged before what is asked: ids that name nothing and an empty body will do.
            let path: String = path.split('{').enumerate().fold(String::new(), |path, (i, part)| {
                path + if i == 0 { part } else { "1" }
                    + if i == 0 { "" } else { part.split_once('}').expect("closed").1 }
            });
            for (role, client) in &walkers {
                let method = Method::from_bytes(method.as_bytes()).expect("a method");
                let status = client.send(method.clone(), &path, &json!({})).await.status();
                let told = format!("{method} {path} as {role:?}: {status}");
                match role {
                    None => assert_eq!(status, 401, "{told}"),
                    Some(role) if role < least => assert_eq!(status, 403, "{told}"),
                    Some(_) => assert!(![401, 403].contains(&status) && status < 500, "{told}"),
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_stranger_is_asked_for_credentials_and_a_lesser_role_is_refused() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let staff = "/api/v1/staff/clinics/stipplecrown-boston-waterfront";
        let stranger = app.anon().get(staff).await;
        assert_eq!((stranger.status(), stranger.header("www-authenticate")), (401, "Bearer"));
        for wrong in ["Bearer cd_unknown", "Bearer", "Basic YTpi"] {
            assert_eq!(app.anon().get(staff).header("authorization", wrong).await.status(), 401, "{wrong}");
        }
        assert_eq!(app.clinic_staff(&["BOS-01"]).await.get(staff).await.status(), 403);
        assert_eq!(app.agent().await.get(staff).await.ok()["code"], "BOS-01");
        assert_eq!(app.agent().await.get("/api/v1/admin/audit").await.status(), 403);
        assert_eq!(app.editor().await.get("/api/v1/admin/audit").await.ok()["data"], serde_json::json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_lies_outside_the_scope_is_not_there() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let scope = Scope::from_parts(["clinic:BOS-02"]).expect("a scope");
        let agent = app.user(Role::Agent, &scope).await;
        let answer = agent.get("/api/v1/staff/clinics/stipplecrown-boston-waterfront").await;
        assert_eq!(answer.status(), 404);
        let editor = app.user(Role::Editor, &scope).await;
        assert_eq!(editor.get("/api/v1/admin/audit?clinic=BOS-01").await.status(), 422);
        assert_eq!(editor.get("/api/v1/admin/audit?clinic=BOS-02").await.status(), 200);
    })
    .await;
}
