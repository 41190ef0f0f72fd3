//! An entity tag stands for one body (rule N10): whatever changes an answer changes its tag.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::explain::fill;
use crate::support::{TestApp, TestDatabase};

/// Addresses whose answers depend on the question, the minute, the data and the dates.
const ADDRESSES: [&str; 18] = [
    "/api/v1/nearest?near=85701",
    "/api/v1/nearest?near=85701&limit=1",
    "/api/v1/nearest?near=85701&open_now=true",
    "/api/v1/nearest?near=85702",
    "/api/v1/nearest?near=Tucson,+AZ",
    "/api/v1/nearest?near=Tucson,AZ",
    "/api/v1/nearest?near=Arizona",
    "/api/v1/nearest?lat=32.2&lon=-110.9",
    "/api/v1/explain?near=85701&clinic=stipplecrown-tucson-downtown",
    "/api/v1/clinics?state=AZ",
    "/api/v1/clinics?state=AZ&lang=es",
    "/api/v1/states",
    "/api/v1/states/arizona/cities",
    "/api/v1/places/suggest?q=tucs",
    "/api/v1/places/suggest?q=tucs&limit=1",
    "/api/v1/places/resolve?q=tucson",
    "/api/v1/places/resolve?q=Tucson",
    "/api/v1/clinics/stipplecrown-tucson-downtown",
];

/// The body behind each tag seen so far, by address.
#[derive(Default)]
struct Seen(HashMap<(&'static str, String), Vec<u8>>);

impl Seen {
    async fn look(&mut self, app: &TestApp, when: &str) {
        for address in ADDRESSES {
            for accept in ["application/json", "application/geo+json"] {
                let response = app.anon().get(address).header("accept", accept).await;
                assert_eq!(response.status(), 200, "{address}: {}", response.text());
                let tag = response.header("etag").to_owned();
                let body = self.0.entry((address, tag)).or_insert_with(|| response.body.clone());
                assert!(*body == response.body, "{address} {when}: one tag, two bodies");
            }
        }
    }
}

#[tokio::test]
async fn n10_two_bodies_never_share_a_tag() {
    let database = TestDatabase::sqlite();
    let app = TestApp::network(&database).await;
    let mut seen = Seen::default();
    seen.look(&app, "at first").await;
    app.clock.advance(TimeDelta::minutes(1));
    seen.look(&app, "a minute later").await;
    app.edit("PHX-01").with("phone", "(602) 555-0100").create().await;
    seen.look(&app, "after an edit").await;
    fill(&app, "PHX-01");
    seen.look(&app, "after its next times were taken").await;
    // Tucson opens at its own midnight. The follower is a moment behind the clock.
    app.clock.set("2027-03-01T07:00:00Z");
    seen.look(&app, "before the status has flipped").await;
    let before = app.state.directory.snapshot();
    app.refresh().await;
    seen.look(&app, "after the status has flipped").await;
    let after = app.state.directory.snapshot();
    assert_eq!(before.data_version, after.data_version, "dates flip without an edit");
    assert!(before.next_flip != after.next_flip);
}

#[tokio::test]
async fn n10_two_questions_of_a_minute_have_two_tags() {
    let database = TestDatabase::sqlite();
    let app = TestApp::network(&database).await;
    let mut tags = HashMap::new();
    for address in ADDRESSES {
        let tag = app.anon().get(address).await.header("etag").to_owned();
        assert_eq!(tags.insert(tag, address), None, "{address}");
    }
}

#[tokio::test]
async fn n10_what_a_client_holds_stands_until_the_body_changes() {
    let database = TestDatabase::sqlite();
    let app = TestApp::network(&database).await;
    let held = app.anon().get("/api/v1/nearest?near=85701").await;
    let again = || app.anon().get("/api/v1/nearest?near=85701").header("if-none-match", held.header("etag"));
    app.clock.advance(TimeDelta::seconds(59));
    assert_eq!(again().await.status(), 304, "the same minute");
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(again().await.status(), 200, "the next one");
    let geojson = again().header("accept", "application/geo+json").await;
    assert_eq!(geojson.status(), 200, "another format");
}
