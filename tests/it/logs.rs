//! What the logs never hold: where a searcher is, who books, and the tokens. And what they say once.

use serde_json::{Value, json};

use crate::support::socket;
use crate::support::{Program, Running, on_each_database};

/// Open day and night, so that there is always a time to book.
const CLINIC: &str =
    "code,name,city,state,zip,lat,lon,hours,min_notice_min\nA1,The First,Austin,TX,78701,30.25,-97.75,24/7,0\n";
const KEY: &str = "a key of the tests, long enough to be one";

/// Parts of what visitors send below, and of what they are given.
const PRIVATE: [&str; 9] =
    ["30.26721", "97.74312", "555-0134", "5550134", "Ana", "example.org", "gluten", "203.0.113.9", "(512)"];

fn post(service: &Running, path: &str, key: &str, body: &Value) -> (String, Value) {
    let body = body.to_string();
    let answer = socket::exchange(
        service.address,
        format!(
            "POST {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Idempotency-Key: {key}\r\nX-Forwarded-For: 203.0.113.9\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .as_bytes(),
    );
    let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
    (head[..12].to_owned(), serde_json::from_str(body).unwrap_or(Value::Null))
}

fn search(service: &Running) {
    for path in [
        "/api/v1/nearest?near=30.26721,-97.74312",
        "/api/v1/nearest?lat=30.26721&lon=-97.74312",
        "/api/v1/nearest?lat=30.26721&lon=-997.74312",
        "/api/v1/nearest?near=5550134",
        "/api/v1/explain?near=30.26721,-97.74312&clinic=the-first",
        "/api/v1/places/resolve?q=30.26721,-97.74312",
        "/api/v1/places/suggest?q=30.26721",
        "/api/v1/availability?near=30.26721,-97.74312",
        "/api/v1/clinics/30.26721,-97.74312",
        "/30.26721,-97.74312",
    ] {
        for headers in ["", "Accept-Encoding: gzip\r\nX-Forwarded-For: 203.0.113.9\r\n"] {
            assert!(socket::get(service.address, path, headers).starts_with("HTTP/1.1 "), "{path}");
        }
    }
}

/// Holds, books, fails to book, and cancels; the tokens.
fn book(service: &Running) -> Vec<String> {
    let days = service.get("/api/v1/clinics/the-first/availability?days=3");
    let days: Value = serde_json::from_str(days.split_once("\r\n\r\n").expect("a body").1).expect("JSON");
    let slot = &days["days"][2]["slots"][0]["starts_at"];
    let (status, hold) = post(service, "/api/v1/holds", "k1", &json!({"clinic": "the-first", "starts_at": slot}));
    assert_eq!(status, "HTTP/1.1 201", "{hold}");
    let hold = hold["hold_token"].as_str().expect("a token");
    let mut form = json!({"hold_token": hold, "name": "Ana", "phone": "(512) 555-01345", "note": "gluten", "email": "ana@example.org"});
    assert_eq!(post(service, "/api/v1/bookings", "k2", &form).0, "HTTP/1.1 422");
    form["phone"] = "(512) 555-0134".into();
    let (status, booking) = post(service, "/api/v1/bookings", "k3", &form);
    assert_eq!(status, "HTTP/1.1 201", "{booking}");
    let manage = booking["manage_token"].as_str().expect("a token");
    assert!(service.get(&format!("/api/v1/bookings/{manage}")).starts_with("HTTP/1.1 200"));
    assert_eq!(post(service, &format!("/api/v1/bookings/{manage}/cancel"), "k4", &json!({})).0, "HTTP/1.1 200");
    [hold, manage].map(str::to_owned).to_vec()
}

#[tokio::test]
async fn logs_hold_no_position_no_person_and_no_token() {
    on_each_database(async |database| {
        let file = database.folder.path().join("clinics.csv");
        std::fs::write(&file, CLINIC).expect("written");
        let arguments = ["serve", "--log", "debug", "--load", file.to_str().expect("UTF-8")];
        let service = Program::new(arguments).on(database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve();
        search(&service);
        let tokens = book(&service);
        service.terminate();
        let said = service.wait().1.stderr;
        assert!(said.contains("/api/v1/nearest") && said.contains("/api/v1/bookings/{manage_token}/cancel"), "{said}");
        for private in PRIVATE.into_iter().chain(tokens.iter().map(String::as_str)) {
            let line = said.lines().find(|line| line.contains(private));
            assert_eq!(line, None, "{private}");
        }
    })
    .await;
}

#[tokio::test]
async fn forwarding_headers_of_a_stranger_are_told_once() {
    on_each_database(async |database| {
        for (trusted, warnings) in [("10.0.0.0/8", 1), ("127.0.0.0/8", 0)] {
            let arguments = ["serve", "--trusted-proxies", trusted];
            let service = Program::new(arguments).on(database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve();
            for header in
                ["X-Forwarded-For: 203.0.113.9\r\n", "X-Forwarded-Proto: https\r\n", "Forwarded: for=203.0.113.9\r\n"]
            {
                assert!(socket::get(service.address, "/api/v1/states", header).starts_with("HTTP/1.1 200"));
            }
            service.terminate();
            let said = service.wait().1.stderr;
            let told = said.lines().filter(|line| line.contains("forwarding headers from an untrusted peer"));
            assert_eq!(told.count(), warnings, "{said}");
        }
    })
    .await;
}
