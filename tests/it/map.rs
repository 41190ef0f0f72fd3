//! The map's files: what the browser fetches to draw all clinics (issue: one compact, cached file).

use std::io::Read;

use chrono::TimeDelta;
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::support::{Client, Response, TestApp, on_each_database};

const CLINICS: &str = "/locations/clinics.json";
const OUTLINE: &str = "/locations/outline.json";

async fn paths(client: &Client) -> Vec<String> {
    let file = client.get(CLINICS).await.ok();
    file["c"].as_array().unwrap().iter().map(|clinic| clinic[2].as_str().unwrap().to_owned()).collect()
}

fn tag(response: &Response) -> &str {
    response.header("etag")
}

#[tokio::test]
async fn the_map_has_every_open_clinic_once() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let file = app.anon().get(CLINICS).await.ok();
        let clinics = file["c"].as_array().unwrap();
        let waterfront: Vec<&Value> =
            clinics.iter().filter(|clinic| clinic[3] == "Stipplecrown Boston - Waterfront").collect();
        assert_eq!(waterfront.len(), 1, "{file}");
        let [lat, lon] = [0, 1].map(|at| waterfront[0][at].as_f64().unwrap());
        let known = app.anon().get("/api/v1/clinics/stipplecrown-boston-waterfront").await.ok();
        assert!((lat - known["lat"].as_f64().unwrap()).abs() <= 0.000_051, "{lat} {known}");
        assert!((lon - known["lon"].as_f64().unwrap()).abs() <= 0.000_051, "{lon}");
        assert_eq!(waterfront[0][2], "massachusetts/boston/stipplecrown-boston-waterfront");
        let states = app.anon().get("/api/v1/states").await.ok();
        let listed: u64 =
            states["data"].as_array().unwrap().iter().map(|state| state["clinics"].as_u64().unwrap()).sum();
        assert_eq!(clinics.len() as u64, listed);
    })
    .await;
}

#[tokio::test]
async fn n10_the_map_follows_edits_and_the_calendar_but_not_the_minute() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let first = app.anon().get(CLINICS).await;
        assert_eq!(first.header("cache-control"), "public, max-age=30");
        app.clock.advance(TimeDelta::minutes(1));
        let again = app.anon().get(CLINICS).header("if-none-match", tag(&first)).await;
        assert_eq!((again.status(), again.body.len()), (304, 0), "nothing has changed");
        app.edit("BOS-01").with("name", "Quoted \"North\" <b>").create().await;
        let edited = app.anon().get(CLINICS).header("if-none-match", tag(&first)).await;
        assert!(edited.ok().to_string().contains(r#"Quoted \"North\" <b>"#));
        assert_ne!(tag(&edited), tag(&first));

        let is_there = |paths: Vec<String>| paths.iter().any(|path| path.starts_with("arizona/tucson/"));
        assert!(!is_there(paths(&app.anon()).await), "coming soon");
        let opens = "2027-03-02T12:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        app.clock.advance(opens - app.clock.now());
        app.state.directory.refresh().await.unwrap();
        let flipped = app.anon().get(CLINICS).header("if-none-match", tag(&edited)).await;
        assert_eq!(flipped.status(), 200, "a status has flipped without an edit");
        assert!(is_there(paths(&app.anon()).await));
    })
    .await;
}

#[tokio::test]
async fn the_maps_files_travel_packed() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for (path, content_type) in [(CLINICS, "application/json"), (OUTLINE, "application/geo+json")] {
            let plain = app.anon().get(path).await;
            let packed = app.anon().get(path).header("accept-encoding", "br, gzip").await;
            assert_eq!((plain.status(), packed.status()), (200, 200));
            assert_eq!(packed.header("content-encoding"), "gzip");
            assert_eq!((plain.header("content-type"), packed.header("content-type")), (content_type, content_type));
            let mut text = Vec::new();
            GzDecoder::new(&*packed.body).read_to_end(&mut text).unwrap();
            assert!(text == plain.body && packed.body.len() * 2 < plain.body.len(), "{path}");
            assert_eq!(tag(&plain), tag(&packed), "a weak tag is for both");
            for response in [&plain, &packed] {
                let vary: Vec<_> =
                    response.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
                assert!(vary.join(",").contains("accept-encoding"), "{vary:?}");
            }
            let held = app.anon().get(path).header("if-none-match", tag(&plain)).await;
            assert_eq!((held.status(), held.body.len()), (304, 0), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_network_without_clinics_has_an_empty_map() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        assert_eq!(app.anon().get(CLINICS).await.body, br#"{"c":[]}"#);
        assert_eq!(app.anon().get(OUTLINE).await.ok()["features"].as_array().unwrap().len(), 56);
    })
    .await;
}
