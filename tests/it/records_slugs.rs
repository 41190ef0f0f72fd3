//! A clinic's addresses are permanent: slugs, those it once had, and those of an older site (rule I9).

use axum::http::Method;
use serde_json::{Value, json};

use crate::records::{austin, patch};
use crate::support::{Client, TestApp, on_each_database};

const CLINICS: &str = "/api/v1/admin/clinics";
const WATERFRONT: &str = "stipplecrown-boston-waterfront";

/// Where a public address leads.
async fn leads_to(client: &Client, path: &str) -> String {
    let answer = client.get(path).await;
    assert_eq!(answer.status(), 301, "{path}: {}", answer.text());
    answer.header("location").trim_start_matches("http://127.0.0.1:8080").to_owned()
}

async fn refused(client: &Client, code: &str, edit: Value, word: &str) {
    let told = patch(client, code, &edit).await.problem(422, "invalid");
    assert_eq!(told["errors"][0]["code"], word, "{edit}: {told}");
}

#[tokio::test]
async fn i9_a_new_name_keeps_the_slug_and_a_new_slug_leaves_a_redirect() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let (editor, anon) = (app.editor().await, app.anon());
        let renamed = patch(&editor, "BOS-01", &json!({ "name": "Harbor Studio" })).await.ok();
        assert_eq!(renamed["slug"], WATERFRONT);
        let moved = patch(&editor, "BOS-01", &json!({ "slug": "harbor-studio" })).await.ok();
        assert_eq!((&moved["slug"], &moved["old_slugs"]), (&json!("harbor-studio"), &json!([WATERFRONT])));
        assert_eq!(anon.get("/api/v1/clinics/harbor-studio").await.ok()["code"], "BOS-01");
        assert_eq!(leads_to(&anon, &format!("/api/v1/clinics/{WATERFRONT}")).await, "/api/v1/clinics/harbor-studio");
        assert_eq!(leads_to(&anon, "/api/v1/clinics/HARBOR-studio").await, "/api/v1/clinics/harbor-studio");
        let entry = editor.get("/api/v1/admin/audit?clinic=BOS-01").await.ok()["data"][0]["changes"].clone();
        assert_eq!(entry, json!([{ "field": "slug", "old": WATERFRONT, "new": "harbor-studio" }]));
        // A second one, and back: every slug it ever had leads to the present one.
        assert_eq!(patch(&editor, "BOS-01", &json!({ "slug": "harbor" })).await.status(), 200);
        assert_eq!(leads_to(&anon, &format!("/api/v1/clinics/{WATERFRONT}")).await, "/api/v1/clinics/harbor");
        let back = patch(&editor, "BOS-01", &json!({ "slug": WATERFRONT })).await.ok();
        assert_eq!(back["old_slugs"].as_array().unwrap().len(), 2, "{back}");
        assert_eq!(anon.get(&format!("/api/v1/clinics/{WATERFRONT}")).await.ok()["code"], "BOS-01");
        for old in ["harbor", "harbor-studio"] {
            assert_eq!(
                leads_to(&anon, &format!("/api/v1/clinics/{old}")).await,
                format!("/api/v1/clinics/{WATERFRONT}")
            );
        }
    })
    .await;
}

/// What is below a clinic's address goes the way of the address.
#[tokio::test]
async fn i9_every_call_that_takes_a_slug_takes_an_old_one_in_any_case() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let (editor, anon) = (app.editor().await, app.anon());
        assert_eq!(patch(&editor, "BOS-01", &json!({ "slug": "harbor" })).await.status(), 200);
        let times = "/api/v1/clinics/harbor/availability";
        for old in [WATERFRONT, "Stipplecrown-BOSTON-waterfront", "HARBOR"] {
            assert_eq!(leads_to(&anon, &format!("/api/v1/clinics/{old}/availability")).await, times, "{old}");
            let explained = anon.get(&format!("/api/v1/explain?near=02110&clinic={old}")).await.ok();
            assert_eq!(explained["clinic"], "harbor", "{old}");
            let free = anon.get(times).await.ok()["next"]["starts_at"].clone();
            let hold = anon.post("/api/v1/holds", &json!({ "clinic": old, "starts_at": free })).await;
            assert_eq!(hold.status(), 201, "{old}: {}", hold.text());
        }
        let retire = async |code: &str, query: &str| {
            let path = format!("{CLINICS}/{code}?confirm=true{query}");
            assert_eq!(editor.request(Method::DELETE, &path).header("if-match", "*").await.status(), 200);
        };
        retire("BOS-02", "").await;
        let gone =
            anon.get("/api/v1/clinics/stipplecrown-boston-back-bay/availability").await.problem(410, "clinic_closed");
        assert_eq!(gone["nearest"].as_array().unwrap().len(), 3);
        retire("BOS-02", "&moved_to=BOS-01").await;
        assert_eq!(leads_to(&anon, "/api/v1/clinics/stipplecrown-boston-back-bay/availability").await, times);
    })
    .await;
}

#[tokio::test]
async fn i9_no_slug_ever_leads_to_another_clinic() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        refused(&editor, "BOS-02", json!({ "slug": WATERFRONT }), "slug_taken").await;
        assert_eq!(patch(&editor, "BOS-01", &json!({ "slug": "harbor" })).await.status(), 200);
        refused(&editor, "BOS-02", json!({ "slug": WATERFRONT }), "slug_taken").await;
        for wrong in ["search", "admin", "availability", "Harbor", "a b", "a--b", "-", "é", "a/b"] {
            refused(&editor, "BOS-02", json!({ "slug": wrong }), "invalid_value").await;
        }
        let own = json!({ "code": "A1", "name": "X", "slug": "harbor", "city": "Austin", "state": "TX", "zip": "78701" });
        editor.post(CLINICS, &own).await.problem(422, "invalid");
        // Nor by a name: from the API and from an import.
        let body = json!({ "code": "A2", "name": "Stipplecrown Boston - Waterfront", "city": "Austin", "state": "TX", "zip": "78701" });
        assert_eq!(editor.post(CLINICS, &body).await.json()["slug"], format!("{WATERFRONT}-austin"));
        app.clinic("A3").with("name", "Stipplecrown Boston - Waterfront").city("Dallas", "TX").zip("75201").create().await;
        assert_eq!(editor.get(&format!("{CLINICS}/A3")).await.ok()["slug"], format!("{WATERFRONT}-dallas"));
        app.clinic("A4").with("name", "Admin").zip("78701").create().await;
        assert_eq!(editor.get(&format!("{CLINICS}/A4")).await.ok()["slug"], "admin-austin");
    })
    .await;
}

#[tokio::test]
async fn i9_an_address_of_the_older_site_leads_to_its_clinic_for_good() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let (editor, anon) = (app.editor().await, app.anon());
        let clinic = format!("/locations/massachusetts/boston/{WATERFRONT}");
        // In the demonstration's file: https://www.example.com/old/boston
        for path in ["/old/boston", "/old/boston/", "/old/bost%6Fn?utm_source=mail"] {
            assert_eq!(leads_to(&anon, path).await, clinic, "{path}");
        }
        anon.get("/old/boston/x").await.problem(404, "not_found");
        anon.post("/old/boston", &json!({})).await.problem(404, "not_found");
        let edit =
            json!({ "legacy_urls": ["https://old.example.com/clínica/", "http://a.example.com/api/v1/clinics"] });
        assert_eq!(patch(&editor, "BOS-01", &edit).await.status(), 200);
        assert_eq!(leads_to(&anon, "/cl%C3%ADnica").await, clinic);
        anon.get("/old/boston").await.problem(404, "not_found");
        assert!(anon.get("/api/v1/clinics").await.ok()["data"].is_array(), "a route of ours answers itself");
        let head = anon.request(Method::HEAD, "/cl%C3%ADnica").await;
        assert_eq!(head.status(), 301);
    })
    .await;
}

#[tokio::test]
async fn i9_two_clinics_cannot_claim_one_address_of_the_older_site() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let claim = json!({ "legacy_urls": ["http://elsewhere.example.com/old/boston/?x=1"] });
        refused(&editor, "BOS-02", claim, "legacy_url_taken").await;
        let mut body = austin("A1");
        body["legacy_urls"] = json!(["https://www.example.com/old/boston"]);
        editor.post(CLINICS, &body).await.problem(422, "invalid");
        let file = "code,legacy_urls\nBOS-02,https://www.example.com/old/boston\n";
        let refused = app.try_import(file).await.expect_err("claimed by BOS-01");
        assert!(format!("{refused:?}").contains("leads to BOS-01 already"), "{refused:?}");
        // In one file they can change hands.
        app.import("code,legacy_urls\nBOS-02,https://www.example.com/old/boston\nBOS-01,-\n").await;
        assert!(leads_to(&app.anon(), "/old/boston").await.ends_with("back-bay"));
    })
    .await;
}

#[tokio::test]
async fn i9_under_a_prefix_the_older_site_s_addresses_answer_at_the_root_and_below() {
    on_each_database(async |database| {
        let app = TestApp::builder(database).public_url("https://example.com/find").demonstration().start().await;
        for path in ["/old/boston", "/find/old/boston"] {
            let answer = app.anon().get(path).await;
            let expected = format!("https://example.com/find/locations/massachusetts/boston/{WATERFRONT}");
            assert_eq!((answer.status(), answer.header("location")), (301, &*expected), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn i9_moves_lead_to_a_clinic_and_not_in_a_circle() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        assert_eq!(patch(&editor, "BOS-01", &json!({ "status": "closed", "moved_to": "BOS-02" })).await.status(), 200);
        assert_eq!(patch(&editor, "BOS-02", &json!({ "status": "closed", "moved_to": "NYC-01" })).await.status(), 200);
        refused(&editor, "NYC-01", json!({ "moved_to": "BOS-01" }), "moved_in_a_circle").await;
        refused(&editor, "NYC-01", json!({ "moved_to": "NYC-01" }), "moved_in_a_circle").await;
        refused(&editor, "NYC-01", json!({ "moved_to": "NYC-99" }), "clinic_unknown").await;
        let retire =
            editor.request(Method::DELETE, &format!("{CLINICS}/NYC-01?moved_to=BOS-01")).header("if-match", "*");
        retire.await.problem(422, "invalid");
        let to = editor.get(&format!("{CLINICS}/NYC-01")).await.ok()["slug"].clone();
        let leads = leads_to(&app.anon(), &format!("/api/v1/clinics/{WATERFRONT}")).await;
        assert_eq!(leads, format!("/api/v1/clinics/{}", to.as_str().unwrap()));
    })
    .await;
}
