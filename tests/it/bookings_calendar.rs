//! The calendar file of a booking follows it.

use serde_json::json;

use crate::bookings_support::{LATER_SLOT, SLOT, booked, clinic_with, own, post};
use crate::support::on_each_database;

#[tokio::test]
async fn one_event_keeps_its_uid_while_the_visit_moves_and_ends() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        app.clinic("A1").with("street", "1 Main St").create().await;
        let visit = booked(&app, SLOT).await;
        let file = async || {
            let answer = app.anon().get(&own(&visit, "/calendar.ics")).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
            assert_eq!(answer.header("cache-control"), "no-store, private");
            answer.text()
        };
        let line = |file: &str, name: &str| file.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        let first = file().await;
        for expected in [
            "METHOD:PUBLISH",
            "SEQUENCE:0",
            "DTSTART:20261204T160000Z",
            "DTEND:20261204T163000Z",
            "SUMMARY:Appointment",
            "LOCATION:1 Main St\\, Austin\\, TX 78701",
        ] {
            assert!(first.contains(&format!("\r\n{expected}\r\n")), "{expected} in {first}");
        }
        assert!(!first.contains("Ana") && !first.contains("Clinic A1"), "{first}");
        post(&app, &own(&visit, "/reschedule"), &json!({ "starts_at": LATER_SLOT })).await.ok();
        let moved = file().await;
        assert!(moved.contains("SEQUENCE:1\r\n") && moved.contains("DTSTART:20261204T170000Z\r\n"));
        post(&app, &own(&visit, "/cancel"), &json!({})).await.ok();
        let cancelled = file().await;
        assert!(cancelled.contains("SEQUENCE:2\r\n") && cancelled.contains("METHOD:CANCEL\r\n"));
        assert!(line(&first, "UID:").is_some());
        assert_eq!(line(&first, "UID:"), line(&moved, "UID:"));
        assert_eq!(line(&first, "UID:"), line(&cancelled, "UID:"));
        if let Some(folder) = std::env::var_os("CALENDAR_OUT") {
            for (name, file) in [("first.ics", &first), ("moved.ics", &moved), ("cancelled.ics", &cancelled)] {
                std::fs::write(std::path::Path::new(&folder).join(name), file).expect("written");
            }
        }
    })
    .await;
}
