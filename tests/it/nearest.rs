//! The main job: which clinic is nearest (rules N), asked as a visitor asks.

use crate::support::{TestApp, on_each_database};

#[tokio::test]
async fn n1_a_zip_of_boston_finds_the_boston_clinics_first() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let answer = app.anon().get("/api/v1/nearest?near=02110").await.ok();
        assert_eq!(answer["data"][0]["clinic"]["code"], "BOS-01");
        assert_eq!(answer["data"][1]["clinic"]["code"], "BOS-02");
    })
    .await;
}

#[tokio::test]
async fn n2_a_clinic_is_found_where_it_was_put() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("A1").at(37.76, -122.42).city("San Francisco", "CA").open("Mo-Fr 09:00-17:00").create().await;
        let answer = app.anon().get("/api/v1/nearest?lat=37.76&lon=-122.42").await.ok();
        assert_eq!(answer["data"][0]["clinic"]["code"], "A1");
        assert_eq!(answer["data"][0]["distance_m"], 0);
    })
    .await;
}
