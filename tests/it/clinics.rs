//! Lists, one clinic's address for good (rule I9), states and cities.

use std::collections::HashSet;

use insta::assert_json_snapshot;
use serde_json::json;

use crate::support::{TestApp, codes, on_each_database};

#[tokio::test]
async fn pages_walk_every_clinic_exactly_once_and_in_order() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let whole = app.anon().get("/api/v1/clinics?limit=100").await.ok();
        assert_eq!(whole["page"], json!({"limit": 100, "total": 75, "next": null}));
        for limit in [1, 7, 25, 75] {
            let mut walked = Vec::new();
            let mut next = format!("/api/v1/clinics?limit={limit}");
            loop {
                let page = app.anon().get(&next).await.ok();
                assert!(codes(&page).len() <= limit);
                walked.extend(codes(&page).iter().map(ToString::to_string));
                let Some(cursor) = page["page"]["next"].as_str() else { break };
                next = format!("/api/v1/clinics?limit={limit}&cursor={cursor}");
            }
            assert_eq!(walked, codes(&whole), "pages of {limit}");
        }
    })
    .await;
}

#[tokio::test]
async fn lists_are_ordered_by_state_city_name_and_leave_out_closed_clinics() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let list = app.anon().get("/api/v1/clinics?limit=100").await.ok();
        let keys: Vec<_> = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|clinic| ["state", "city", "name", "code"].map(|key| clinic[key].as_str().unwrap()))
            .collect();
        assert!(keys.is_sorted());
        let found: HashSet<_> = codes(&list).into_iter().collect();
        assert!(!found.contains("DEN-01"), "closed for good");
        assert!(found.contains("MSY-01") && found.contains("TUS-01"), "withheld ones are listed with their status");
    })
    .await;
}

#[tokio::test]
async fn a_cursor_outlives_edits_and_a_foreign_one_is_refused() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let first = app.anon().get("/api/v1/clinics?state=TX&limit=2").await.ok();
        let cursor = first["page"]["next"].as_str().unwrap();
        let last = codes(&first)[1];
        app.edit(last).with("closed_on", "2026-11-30").create().await;
        let second = app.anon().get(&format!("/api/v1/clinics?state=TX&limit=2&cursor={cursor}")).await.ok();
        assert_eq!(second["data"][0]["city"], "Dallas");
        let refused = app.anon().get("/api/v1/clinics?cursor=xyz").await.problem(422, "invalid");
        assert_eq!(refused["errors"][0]["field"], "cursor");
    })
    .await;
}

#[tokio::test]
async fn lists_are_filtered_by_state_city_words_and_service() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let list = async |query: &str| app.anon().get(&format!("/api/v1/clinics?{query}")).await.ok();
        for state in ["state=TX", "state=texas", "state=Texas", "state=tx"] {
            assert_eq!(list(state).await["page"]["total"], 7, "{state}");
        }
        assert_eq!(codes(&list("state=MO&city=Kansas+City").await), ["MCI-01"]);
        assert_eq!(codes(&list("city=st-louis").await), ["STL-01"]);
        assert_eq!(codes(&list("q=back+bay").await), ["BOS-02"]);
        assert_eq!(codes(&list("q=BOS-02").await), ["BOS-02"]);
        assert_eq!(codes(&list("q=no-such-words").await), Vec::<&str>::new());
        let smp = list("service=scar_camouflage&limit=100").await;
        assert!(
            smp["data"]
                .as_array()
                .unwrap()
                .iter()
                .all(|clinic| clinic["services"].to_string().contains("\"scar_camouflage\""))
        );
        assert_eq!(list("state=WY").await["page"]["total"], 0);
        app.anon().get("/api/v1/clinics?city=Atlantis").await.problem(404, "city_unknown");
        app.anon().get("/api/v1/clinics?state=Bavaria").await.problem(404, "state_unknown");
    })
    .await;
}

#[tokio::test]
async fn a_clinic_answers_with_everything_about_it() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let clinic = app.anon().get("/api/v1/clinics/stipplecrown-boston-waterfront").await.ok();
        assert_json_snapshot!("clinic", clinic);
        let spanish = app.anon().get("/api/v1/clinics/stipplecrown-boston-waterfront?lang=es").await.ok();
        assert_eq!(spanish["directions_note"], "Entre por el lado del agua; el ascensor está a la izquierda.");
        let unknown_hours = app.anon().get("/api/v1/clinics?q=BIL-01").await.ok();
        assert_eq!(unknown_hours["data"][0]["hours"], json!(null));
        assert_eq!(unknown_hours["data"][0]["open"]["state"], "unknown");
    })
    .await;
}

#[tokio::test]
async fn i9_a_moved_clinic_leads_to_its_successor_and_upper_case_to_the_slug() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let denver = |code: &str| format!("/api/v1/clinics?q={code}");
        let new = app.anon().get(&denver("DEN-02")).await.ok()["data"][0]["url"].as_str().unwrap().to_owned();
        let old = app.state.directory.snapshot().by_code("DEN-01").unwrap().clinic.slug.to_string();
        for slug in [old, new.rsplit('/').next().unwrap().to_uppercase()] {
            let response = app.anon().get(&format!("/api/v1/clinics/{slug}")).await;
            let slug_of = |address: &str| address.rsplit('/').next().unwrap().to_owned();
            assert_eq!((response.status(), slug_of(response.header("location"))), (301, slug_of(&new)), "{slug}");
            assert!(response.header("location").contains("/api/v1/clinics/"), "{slug}");
        }
    })
    .await;
}

#[tokio::test]
async fn i9_moves_in_a_row_lead_to_the_last_one_and_never_in_a_circle() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let closed = |code: &'static str, to: &'static str| {
            app.clinic(code).at(30.25, -97.75).with("closed_on", "2026-01-01").with("moved_to", to).create()
        };
        closed("A", "B").await;
        closed("B", "C").await;
        app.clinic("C").at(30.26, -97.75).create().await;
        closed("SELF", "SELF").await;
        closed("X", "Y").await;
        closed("Y", "X").await;
        for slug in ["clinic-a", "clinic-b"] {
            let response = app.anon().get(&format!("/api/v1/clinics/{slug}")).await;
            assert_eq!(response.status(), 301);
            assert_eq!(response.header("location"), "http://127.0.0.1:8080/api/v1/clinics/clinic-c", "{slug}");
        }
        for slug in ["clinic-self", "clinic-x", "clinic-y"] {
            app.anon().get(&format!("/api/v1/clinics/{slug}")).await.problem(410, "clinic_closed");
        }
    })
    .await;
}

#[tokio::test]
async fn i9_a_clinic_closed_for_good_answers_410_with_the_nearest_open_ones() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        app.edit("BOS-02").with("closed_on", "2026-11-30").create().await;
        let gone = app.anon().get("/api/v1/clinics/stipplecrown-boston-back-bay").await.problem(410, "clinic_closed");
        let offered: Vec<_> = gone["nearest"].as_array().unwrap().iter().map(|clinic| clinic["code"].clone()).collect();
        assert_eq!(offered, ["BOS-01", "PVD-01", "HFD-01"]);
        app.anon().get("/api/v1/clinics/no-such-clinic").await.problem(404, "clinic_unknown");
    })
    .await;
}

#[tokio::test]
async fn i11_a_closing_date_is_reached_at_the_clinics_own_midnight() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        app.edit("HNL-01").with("closed_on", "2026-12-02").create().await;
        let status = async || {
            app.refresh().await;
            app.anon().get("/api/v1/clinics/stipplecrown-honolulu-ala-moana").await.status()
        };
        app.clock.set("2026-12-02T09:59:59Z");
        assert_eq!(status().await, 200);
        app.clock.set("2026-12-02T10:00:00Z");
        assert_eq!(status().await, 410);
    })
    .await;
}

#[tokio::test]
async fn states_and_cities_count_open_clinics_and_add_up() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let states = app.anon().get("/api/v1/states").await.ok();
        let listed = states["data"].as_array().unwrap();
        let names: Vec<_> = listed.iter().map(|state| state["name"].as_str().unwrap()).collect();
        assert!(names.is_sorted() && names.len() >= 30, "{names:?}");
        for (code, slug) in [("DC", "district-of-columbia"), ("PR", "puerto-rico"), ("NM", "new-mexico")] {
            assert!(listed.iter().any(|state| state["code"] == code && state["slug"] == slug), "P7: {code}");
        }
        let mut open = 0;
        for state in listed {
            let cities =
                app.anon().get(&format!("/api/v1/states/{}/cities", state["slug"].as_str().unwrap())).await.ok();
            let counted: u64 =
                cities["data"].as_array().unwrap().iter().map(|city| city["clinics"].as_u64().unwrap()).sum();
            assert_eq!(state["clinics"], counted, "{state}");
            open += counted;
        }
        // 76 clinics: one closed, one temporarily closed, one coming soon.
        assert_eq!(open, 73);
        app.anon().get("/api/v1/states/bavaria/cities").await.problem(404, "state_unknown");
        assert_eq!(app.anon().get("/api/v1/states/WY/cities").await.ok()["data"], json!([]));
    })
    .await;
}
