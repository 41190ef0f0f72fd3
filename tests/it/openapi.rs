//! The API's description says what the router does: every route, every parameter, every error, every member.

use clinic_directory::routes;
use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Program, TestApp, on_each_database};

/// Every address with a real example of it. A route that is not described fails the comparison with the sources below.
const ROUTES: [(&str, &str); 17] = [
    ("/api/docs", "/api/docs"),
    ("/api/docs/", "/api/docs/"),
    ("/api/docs/{file}", "/api/docs/index.html"),
    ("/api/v1/availability", "/api/v1/availability?near=02110"),
    ("/api/v1/clinics", "/api/v1/clinics"),
    ("/api/v1/clinics/{slug}", "/api/v1/clinics/stipplecrown-boston-waterfront"),
    ("/api/v1/clinics/{slug}/availability", "/api/v1/clinics/stipplecrown-boston-waterfront/availability?days=3"),
    ("/api/v1/explain", "/api/v1/explain?near=02110&clinic=stipplecrown-boston-waterfront"),
    ("/api/v1/nearest", "/api/v1/nearest?near=70130&limit=2"),
    ("/api/v1/openapi.json", "/api/v1/openapi.json"),
    ("/api/v1/places/resolve", "/api/v1/places/resolve?q=Springfield"),
    ("/api/v1/places/suggest", "/api/v1/places/suggest?q=aus"),
    ("/api/v1/states", "/api/v1/states"),
    ("/api/v1/states/{state}/cities", "/api/v1/states/texas/cities"),
    ("/livez", "/livez"),
    ("/metrics", "/metrics"),
    ("/readyz", "/readyz"),
];

/// Addresses that write, or need a token that only a write gives: their own tests know them.
const BOOKING_ROUTES: [&str; 8] = [
    "/api/v1/bookings",
    "/api/v1/bookings/{manage_token}",
    "/api/v1/bookings/{manage_token}/calendar.ics",
    "/api/v1/bookings/{manage_token}/cancel",
    "/api/v1/bookings/{manage_token}/reschedule",
    "/api/v1/holds",
    "/api/v1/holds/{hold_token}",
    "/api/v1/holds/{hold_token}/extend",
];

fn description() -> Value {
    let text = routes::description(&"http://127.0.0.1:8080".parse().expect("a URL")).expect("serialises");
    serde_json::from_str(&text).expect("JSON")
}

fn operations(description: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = description["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("operations").iter().map(move |(method, operation)| (&**path, &**method, operation))
    })
}

#[test]
fn the_description_is_as_reviewed() {
    let description = description();
    let mut outline = String::new();
    for (path, method, operation) in operations(&description) {
        outline += &format!("{method} {path}: {}\n", operation["operationId"].as_str().expect("an id"));
        for parameter in operation["parameters"].as_array().unwrap_or(&Vec::new()) {
            let [name, place] = ["name", "in"].map(|member| parameter[member].as_str().expect("text"));
            outline += &format!("  {place} {name}: {}\n", kind(&parameter["schema"]));
        }
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let content = response["content"].as_object().into_iter().flatten();
            let bodies: Vec<_> = content.map(|(media, body)| format!("{media} {}", kind(&body["schema"]))).collect();
            outline += &format!("  {status} {}\n", bodies.join(", "));
        }
    }
    for (name, schema) in description["components"]["schemas"].as_object().expect("schemas") {
        outline += &format!("{name}\n");
        for (member, schema) in schema["properties"].as_object().into_iter().flatten() {
            outline += &format!("  {member}: {}\n", kind(schema));
        }
    }
    assert_snapshot!("openapi", outline);
}

fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().expect("split").to_owned();
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" | ");
    }
    match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        Value::String(name) if name == "array" => format!("[{}]", kind(&schema["items"])),
        Value::String(name) => name.clone(),
        _ => "anything".to_owned(),
    }
}

#[test]
fn every_route_is_described() {
    let description = description();
    let mut described: Vec<&str> = operations(&description).map(|(path, _, _)| path).collect();
    // Those behind a login are listed where the roles walk over them.
    described.retain(|path| !["/api/v1/staff/", "/api/v1/admin/"].iter().any(|start| path.starts_with(start)));
    let mut known: Vec<&str> = ROUTES.map(|(path, _)| path).into_iter().chain(BOOKING_ROUTES).collect();
    known.sort_unstable();
    assert_eq!(described, known);
    // Routes that bypass the description are written with axum's own `route`: probes and pages at the root, and the operator's listener.
    let source = include_str!("../../src/routes.rs");
    let bypassing: Vec<&str> =
        source.split(".route(").skip(1).map(|rest| rest.split('"').nth(1).expect("a path")).collect();
    assert_eq!(bypassing, ["/metrics", "/", "/es", "/livez", "/readyz"]);
}

#[test]
fn every_operation_describes_its_errors() {
    let description = description();
    for (path, method, operation) in operations(&description) {
        let common: &[&str] = if method == "get" { &["404", "422", "500"] } else { &["422", "500"] };
        for status in common {
            let body = &operation["responses"][*status]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(body, "#/components/schemas/Problem", "{method} {path} {status}");
        }
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}: a summary");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{method} {path}: a tag");
    }
    let text = description.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().expect("split")) {
        assert!(description.pointer(reference).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn the_described_parameters_are_those_that_are_read() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let description = description();
        for (path, example) in ROUTES {
            let operation = &description["paths"][path]["get"];
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let mut described: Vec<&str> = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "query")
                .map(|parameter| parameter["name"].as_str().expect("a name"))
                .collect();
            let address = example.split('?').next().expect("split");
            let response = app.anon().get(&format!("{address}?zzzzz=1")).peer("127.0.0.1:1").await;
            let detail = response.problem(422, "invalid")["errors"][0]["detail"].as_str().expect("text").to_owned();
            let mut read: Vec<&str> = match detail.split_once("known are ") {
                Some((_, names)) => names.split(", ").collect(),
                None => Vec::new(),
            };
            described.sort_unstable();
            read.sort_unstable();
            assert_eq!(described, read, "{path}: {detail}");
        }
    })
    .await;
}

#[tokio::test]
async fn real_answers_have_the_described_members_and_no_others() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let description = description();
        for (path, example) in ROUTES {
            let answers = &description["paths"][path]["get"]["responses"]["200"]["content"];
            let Some(schema) = answers.get("application/json").map(|body| &body["schema"]) else { continue };
            let answer = app.anon().get(example).await.ok();
            conforms(&description, schema, &answer, path);
        }
        let problem = app.anon().get("/api/v1/nearest?limit=0").await.problem(422, "invalid");
        conforms(&description, &description["components"]["schemas"]["Problem"], &problem, "a problem");
    })
    .await;
}

/// As much of JSON Schema as the description uses: references, choices, types, members, items.
fn conforms(description: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = description.pointer(reference.trim_start_matches('#')).expect("a schema");
        return conforms(description, target, value, place);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let choice = choices.iter().find(|choice| (choice["type"] == "null") == value.is_null());
        return conforms(description, choice.expect("a choice"), value, place);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let is_a = |name: &&str| match *name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    };
    assert!(types.iter().any(is_a), "{place} is {value}, described as {types:?}");
    for (i, item) in value.as_array().into_iter().flatten().enumerate() {
        conforms(description, &schema["items"], item, &format!("{place}[{i}]"));
    }
    if let (Some(members), Some(described)) = (value.as_object(), schema["properties"].as_object()) {
        for (name, member) in members {
            let schema = described.get(name).unwrap_or_else(|| panic!("{place}.{name} is not described"));
            conforms(description, schema, member, &format!("{place}.{name}"));
        }
        for name in described.keys().filter(|name| *name != "errors") {
            assert!(members.contains_key(name), "{place}.{name} is described and missing");
        }
    }
}

#[tokio::test]
async fn the_command_prints_what_the_service_serves() {
    on_each_database(async |database| {
        let app = TestApp::builder(database).public_url("https://example.com/find").start().await;
        let served = app.anon().get("/find/api/v1/openapi.json").await;
        let printed = Program::new(["openapi", "--public-url", "https://example.com/find"]).run().success();
        assert_eq!(printed.stdout.trim_end(), served.text().trim_end());
        assert_eq!(served.json()["servers"][0]["url"], "https://example.com/find");
    })
    .await;
}
