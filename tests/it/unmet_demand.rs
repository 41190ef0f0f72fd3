//! How often people searched from an area and how far their nearest clinic was: counted in memory, flushed to a table.

use axum::http::Method;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::{Program, TestApp, connect, on_each_database, tables};

const PERSON: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15";

/// PostgreSQL's replicas have to share one.
const KEY: &str = "a key of the tests, long enough to be one";

/// A search in one of both ways through the service: the short one, or the one by the router, which compresses.
async fn search(app: &TestApp, near: &str, agent: &str, by_router: bool) {
    let ask = app.anon().get(&format!("/api/v1/nearest?near={near}")).header("user-agent", agent);
    let ask = if by_router { ask.header("accept-encoding", "identity") } else { ask };
    assert_eq!(ask.await.status(), 200, "{near}");
}

async fn flush(app: &TestApp) {
    app.state.directory.demand().flush(&app.state.db, app.clock.now()).await.expect("written");
}

/// Every row as (day, ZIP3, band, searches), in order.
async fn rows(app: &TestApp) -> Vec<Value> {
    let stored = tables::rows(&app.state.db, "unmet_demand").await;
    let row = |row: &Value| json!([row["searched_on"], row["zip3"], row["band_mi"], row["searches"]]);
    let mut rows: Vec<Value> = stored.iter().map(row).collect();
    rows.sort_by_key(ToString::to_string);
    rows
}

#[tokio::test]
async fn searches_are_counted_by_day_area_and_band_on_both_ways() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for by_router in [false, true] {
            for near in [
                "02110",            // in Boston
                "Boston,+MA",       // the same area by its city
                "42.3576,-71.0514", // and by a point
                "82001",            // Cheyenne: 100 miles
                "59301",            // Miles City: 250
                "96910",            // Guam: farther than any step
                "Texas",            // a list of its clinics is served demand, in its largest city
                "-60,20",           // nowhere near a ZIP
            ] {
                search(&app, near, PERSON, by_router).await;
            }
        }
        assert_eq!(rows(&app).await, [Value::Null; 0], "nothing is written while answering");
        flush(&app).await;
        let day = "2026-12-01";
        let expected = [
            json!([day, "000", 12_500, 2]),
            json!([day, "021", 25, 6]),
            json!([day, "593", 250, 2]),
            json!([day, "770", 25, 2]),
            json!([day, "820", 100, 2]),
            json!([day, "969", 12_500, 2]),
        ];
        assert_eq!(rows(&app).await, expected);
    })
    .await;
}

#[tokio::test]
async fn later_searches_add_to_the_days_row_and_a_new_day_begins_another() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        search(&app, "02110", PERSON, false).await;
        flush(&app).await;
        flush(&app).await;
        search(&app, "02110", PERSON, true).await;
        search(&app, "02115", PERSON, false).await;
        flush(&app).await;
        app.clock.set("2026-12-02T00:00:00Z");
        search(&app, "02110", PERSON, false).await;
        flush(&app).await;
        assert_eq!(rows(&app).await, [json!(["2026-12-01", "021", 25, 3]), json!(["2026-12-02", "021", 25, 1])]);
    })
    .await;
}

#[tokio::test]
async fn bots_and_what_is_no_answer_are_not_counted() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; bingbot/2.0)",
            "Mozilla/5.0 (compatible; Yahoo! Slurp)",
            "Baiduspider+(+http://www.baidu.com/search/spider.htm)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0 Safari/537.36",
            "UptimeRobot/2.0",
            "CCBot/2.0",
        ] {
            search(&app, "02110", agent, false).await;
            search(&app, "02110", agent, true).await;
        }
        for question in ["near=Xqzwv", "near=2110", "near=02110&limit=0", "lat=91&lon=0"] {
            assert!(app.anon().get(&format!("/api/v1/nearest?{question}")).await.status() >= 400);
        }
        let check = app.anon().request(Method::HEAD, "/api/v1/nearest?near=02110").header("user-agent", PERSON).await;
        assert_eq!(check.status(), 200);
        let held = app.anon().get("/api/v1/nearest?near=02110").header("user-agent", "Googlebot").await;
        for by_router in [false, true] {
            let again = app.anon().get("/api/v1/nearest?near=02110").header("if-none-match", held.header("etag"));
            let again = if by_router { again.header("accept-encoding", "gzip") } else { again };
            assert_eq!(again.await.status(), 304, "a page asks again for what it shows already");
        }
        flush(&app).await;
        assert_eq!(rows(&app).await, [Value::Null; 0]);
    })
    .await;
}

#[tokio::test]
async fn the_table_has_no_room_for_anything_personal() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        search(&app, "42.3576,-71.0514", PERSON, false).await;
        flush(&app).await;
        let stored = tables::rows(&app.state.db, "unmet_demand").await;
        let columns: Vec<&String> = stored[0].as_object().unwrap().keys().collect();
        assert_eq!(columns.len(), 4);
        for column in ["searched_on", "zip3", "band_mi", "searches"] {
            assert!(columns.iter().any(|name| *name == column), "{columns:?}");
        }
        let text = stored[0].to_string();
        for trace in ["42.", "71.", "iPhone", "15:00"] {
            assert!(!text.contains(trace), "{trace}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_the_database_refuses_is_counted_with_the_next_flush() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        search(&app, "02110", PERSON, false).await;
        search(&app, "96910", PERSON, false).await;
        app.state.db.execute_unprepared("ALTER TABLE unmet_demand RENAME TO away").await.unwrap();
        for _ in 0..2 {
            let refused = app.state.directory.demand().flush(&app.state.db, app.clock.now()).await;
            assert!(refused.is_err());
        }
        app.state.db.execute_unprepared("ALTER TABLE away RENAME TO unmet_demand").await.unwrap();
        flush(&app).await;
        assert_eq!(rows(&app).await, [json!(["2026-12-01", "021", 25, 1]), json!(["2026-12-01", "969", 12_500, 1])]);
    })
    .await;
}

#[tokio::test]
async fn a_service_that_stops_writes_what_it_has_counted() {
    on_each_database(async |database| {
        let running = Program::new(["serve"]).on(database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve();
        for _ in 0..3 {
            assert!(running.get("/api/v1/nearest?near=02110").starts_with("HTTP/1.1 200"));
        }
        running.terminate();
        let (_, finished) = running.wait();
        finished.success();
        let db = connect(&database.url).await;
        let stored = tables::rows(&db, "unmet_demand").await;
        assert_eq!(stored.len(), 1, "{stored:?}");
        assert_eq!((&stored[0]["zip3"], &stored[0]["searches"]), (&json!("021"), &json!(3)));
        db.close().await.expect("closes");
    })
    .await;
}
