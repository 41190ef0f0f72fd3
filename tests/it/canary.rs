//! Nothing that visitors or staff send is told to anybody else: canaries through every call of the API's own description, at the
//! most verbose log level, and none of them in the logs, the metrics or the body of an error.
//!
//! The calls are read from the description, so that one that is added is in here by itself.

use std::fmt::Write;

use clinic_directory::accounts::{Role, Scope, TOKEN_PREFIX, store};
use clinic_directory::clock::Clock;
use clinic_directory::token::TokenHash;
use serde_json::{Map, Value, json};

use crate::support::{Backend, Program, Running, TestDatabase, connect, on_each_database, socket};

/// Open day and night, so that there is always a time to book.
const CLINICS: &str = "code,name,city,state,zip,lat,lon,hours,min_notice_min,capacity\nA1,The First,Austin,TX,78701,30.25,-97.75,24/7,0,9\n";
const KEY: &str = "zyxkeyquux, a key of the tests, long enough to be one";

const NAME: &str = "Zyxname Quux";
const PHONE: &str = "(512) 555-0163";
const EMAIL: &str = "Zyxmail.quux@example.org";
const NOTE: &str = "zyxnote quux";
const PASSWORD: &str = "zyxpassword-9731-quux";
const COOKIE: &str = "zyxcookiequux5f3a9c";
/// What of them must not be found, in lower case. Numbers in every way that one is written.
const TRACES: [&str; 8] =
    ["zyxname", "zyxmail", "zyxnote", "zyxpassword", "zyxcookie", "zyxtoken", "555-0163", "5550163"];
/// What the operator gave, likewise.
const OF_THE_OPERATOR: [&str; 3] = ["zyxkeyquux", "zyxdatabasequux", "connectoptions"];
/// Pages with forms, which the description of the API leaves out.
const FORMS: [&str; 5] = ["/login", "/setup", "/logout", "/reset", "/enable"];

/// A member that must be plausible for the call to come to what lies behind it.
fn plausible<'s>(name: &str, slot: &'s str) -> Option<&'s str> {
    Some(match name {
        "starts_at" | "from" | "to" => slot,
        "clinic" => "the-first",
        "code" => "A1",
        "near" | "place" => "78701",
        "role" => "agent",
        "status" => "confirmed",
        "purpose" => "privacy",
        "contact_by" => "phone",
        "visitor_time_zone" | "time_zone" => "America/Chicago",
        "locale" => "en",
        "seats" => "all",
        "phone" => "(512) 555-0199",
        "email" => "somebody@example.com",
        _ => return None,
    })
}

/// The service under test, and what is known to it and must be told to nobody.
struct Subject {
    service: Running,
    token: String,
    slot: String,
    canaries: Vec<String>,
    asked: usize,
}

struct Answer {
    status: u16,
    body: String,
}

impl Subject {
    async fn start(database: &TestDatabase) -> Self {
        let file = database.folder.path().join("clinics.csv");
        std::fs::write(&file, CLINICS).expect("written");
        let log = database.folder.path().join("erasures");
        let paths = [&file, &log].map(|path| path.to_str().expect("UTF-8"));
        let serve = Program::new(["serve", "--log", "trace", "--load", paths[0], "--erasure-log", paths[1]]);
        // Whoever connects without a password may say one.
        let password = if database.backend == Backend::Postgres { "&password=zyxdatabasequux" } else { "" };
        let url = format!("{}{password}", database.url);
        let service = serve.env("DATABASE_URL", &url).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve();
        let token = admin(database).await;
        let days = service.get("/api/v1/clinics/the-first/availability?days=5");
        let days: Value = serde_json::from_str(days.split_once("\r\n\r\n").expect("a body").1).expect("JSON");
        let slot = days["days"][3]["slots"][0]["starts_at"].as_str().expect("a time").to_owned();
        let canaries = [NAME, PHONE, EMAIL, NOTE, PASSWORD, COOKIE, &token].map(str::to_owned).to_vec();
        let mut subject = Self { service, token, slot, canaries, asked: 0 };
        subject.book();
        subject
    }

    /// Holds a time and books another: their tokens are canaries too.
    fn book(&mut self) {
        let mut hold = || {
            let wanted = json!({ "clinic": "the-first", "starts_at": self.slot });
            let held = self.ask("POST", "/api/v1/holds", &[], Some(("application/json", wanted.to_string())));
            assert_eq!(held.status, 201, "{}", held.body);
            serde_json::from_str::<Value>(&held.body).expect("JSON")["hold_token"].as_str().expect("a token").to_owned()
        };
        let (hold, other) = (hold(), hold());
        let form = json!({ "hold_token": other, "name": NAME, "phone": PHONE, "email": EMAIL, "note": NOTE });
        let key = [("Idempotency-Key", "canary")];
        let booked = self.ask("POST", "/api/v1/bookings", &key, Some(("application/json", form.to_string())));
        assert_eq!(booked.status, 201, "{}", booked.body);
        let booked: Value = serde_json::from_str(&booked.body).expect("JSON");
        self.canaries.extend([hold, booked["manage_token"].as_str().expect("a token").to_owned()]);
    }

    fn ask(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: Option<(&str, String)>) -> Answer {
        let mut request = format!("{method} {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
        for (name, value) in headers {
            let _infallible = write!(request, "{name}: {value}\r\n");
        }
        let (kind, body) = body.unwrap_or_default();
        if !kind.is_empty() {
            let _infallible = write!(request, "Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        }
        let answer = socket::exchange(self.service.address, format!("{request}\r\n{body}").as_bytes());
        self.asked += 1;
        let status = answer.get(9..12).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("{method} {target}: {answer}"));
        Answer { status, body: answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default() }
    }

    /// Asks as the admin, and looks at what comes back when it is an error.
    fn try_out(&mut self, call: &Call, target: &str, headers: &[(&str, &str)], body: Option<(&str, String)>) {
        let bearer = format!("Bearer {}", self.token);
        let is_known = headers.iter().any(|(name, _)| *name == "Authorization");
        let own = [("Authorization", bearer.as_str()), ("Idempotency-Key", "a key of its own")];
        let headers: Vec<_> = if is_known { headers.to_vec() } else { own.iter().chain(headers).copied().collect() };
        let sent = body.as_ref().map(|(_, body)| body.clone()).unwrap_or_default();
        let answer = self.ask(&call.method, target, &headers, body);
        let told = format!("{} {target} with {sent}: {}: {}", call.method, answer.status, answer.body);
        assert!(answer.status < 500, "{told}");
        if answer.status >= 400 {
            self.assert_none_in(&answer.body, &told);
        }
    }

    fn assert_none_in(&self, text: &str, told: &str) {
        let lower = text.to_lowercase();
        let tokens = self.canaries.iter().skip(6).map(|token| token.to_lowercase());
        for trace in TRACES.iter().map(|trace| (*trace).to_owned()).chain(tokens) {
            assert!(!lower.contains(&trace), "{trace} in {told}");
        }
    }

    fn walk(&mut self, call: &Call) {
        let canaries = self.canaries.clone();
        for canary in &canaries {
            self.try_out(call, &call.target(&encoded(canary), |_| None), &[], None);
            self.try_out(call, &call.target("1", |_| Some(canary.clone())), &[], call.body(|_| canary.clone()));
            let strange = [
                ("Authorization", format!("Bearer {canary}")),
                ("Cookie", format!("__Host-session={canary}; session={canary}")),
                ("Idempotency-Key", canary.clone()),
                ("If-Match", format!("\"{canary}\"")),
                ("If-None-Match", canary.clone()),
                ("User-Agent", canary.clone()),
                ("Origin", format!("https://{}", encoded(canary))),
                ("X-Forwarded-For", canary.clone()),
            ];
            let strange: Vec<_> = strange.iter().map(|(name, value)| (*name, value.as_str())).collect();
            self.try_out(call, &call.target("1", |_| None), &strange, call.body(|_| canary.clone()));
            self.try_out(call, &call.target("1", |_| None), &strange[1..], call.body(|_| canary.clone()));
            if let Some((kind, _)) = call.body(|_| String::new()) {
                for broken in [
                    format!("{{\"name\": \"{canary}\""),
                    format!("\"{canary}\""),
                    call.wrong_kinds(canary),
                    format!("{canary}\n{canary},{canary}\n"),
                ] {
                    self.try_out(call, &call.target("1", |_| None), &[], Some((kind, broken)));
                }
            }
        }
        self.one_at_a_time(call, &canaries);
    }

    /// Each parameter and each member by itself, in requests that are plausible otherwise.
    fn one_at_a_time(&mut self, call: &Call, canaries: &[String]) {
        let mut turn = canaries.iter().cycle();
        for parameter in &call.query {
            let canary = turn.next().expect("endless").clone();
            let target = call.target("1", |name| (name == parameter).then(|| canary.clone()));
            self.try_out(call, &target, &[], call.body(|_| "text".to_owned()));
        }
        let slot = self.slot.clone();
        for member in call.members() {
            for canary in canaries {
                let alone = json!({ member.as_str(): canary }).to_string();
                self.try_out(call, &call.target("1", |_| None), &[], Some(("application/json", alone)));
            }
            let canary = turn.next().expect("endless").clone();
            let value = |name: &str| {
                let otherwise = || plausible(name, &slot).unwrap_or("text").to_owned();
                if name == member { canary.clone() } else { otherwise() }
            };
            self.try_out(call, &call.target("1", |_| None), &[], call.body(value));
        }
    }
}

/// Somebody who may do everything, and whose key and token no call of the walk names.
async fn admin(database: &TestDatabase) -> String {
    let (db, now) = (connect(&database.url).await, Clock::system().now());
    let mut token = String::new();
    for number in 0..3 {
        let email = format!("admin-{number}@example.com");
        let user = store::insert_user(&db, &email, Role::Admin, &Scope::All, now).await.expect("a new address");
        token = format!("{TOKEN_PREFIX}zyxtokenquux{number}");
        store::insert_token(&db, user, "canary", None, &TokenHash::of(&token), now).await.expect("a new token");
    }
    db.close().await.expect("closes");
    token
}

/// A call as the API's description has it.
struct Call {
    method: String,
    path: String,
    query: Vec<String>,
    /// Content type and schema, without references.
    body: Option<(String, Value)>,
}

impl Call {
    fn all(description: &Value) -> Vec<Self> {
        let paths = description["paths"].as_object().expect("paths");
        let calls = paths.iter().flat_map(|(path, item)| {
            let operations = item.as_object().expect("operations").iter();
            operations.map(|(method, operation)| Self::new(description, method, path, operation))
        });
        calls.collect()
    }

    fn new(description: &Value, method: &str, path: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let query = parameters.filter(|parameter| parameter["in"] == "query");
        let content = operation["requestBody"]["content"].as_object();
        let body = content.and_then(|content| content.iter().next());
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            query: query.map(|parameter| parameter["name"].as_str().expect("a name").to_owned()).collect(),
            body: body.map(|(kind, content)| (kind.clone(), resolved(description, &content["schema"], 0))),
        }
    }

    /// The address with this in place of each of its parameters, and the query parameters that have a value.
    fn target(&self, parameter: &str, query: impl Fn(&str) -> Option<String>) -> String {
        let mut parts = self.path.split('{');
        let mut target = parts.next().expect("split").to_owned();
        for part in parts {
            target.push_str(parameter);
            target.push_str(part.split_once('}').expect("closed").1);
        }
        let pairs = self.query.iter().filter_map(|name| query(name).map(|value| format!("{name}={}", encoded(&value))));
        let pairs = pairs.collect::<Vec<_>>().join("&");
        if pairs.is_empty() { target } else { format!("{target}?{pairs}") }
    }

    /// A body of the described shape with a text for each member.
    fn body(&self, text: impl Fn(&str) -> String) -> Option<(&str, String)> {
        let (kind, schema) = self.body.as_ref()?;
        let body = match filled(schema, "", &text) {
            Value::String(body) => body,
            body => body.to_string(),
        };
        Some((kind, body))
    }

    /// Each member a list with the canary in it, whatever it should be.
    fn wrong_kinds(&self, canary: &str) -> String {
        let members = self.members().into_iter().map(|name| (name, json!([{ "x": canary }])));
        Value::Object(members.collect()).to_string()
    }

    fn members(&self) -> Vec<String> {
        let schema = self.body.as_ref().map(|(_, schema)| schema);
        let properties = schema.and_then(|schema| schema["properties"].as_object());
        properties.into_iter().flat_map(Map::keys).cloned().collect()
    }
}

/// A schema with what it refers to in place; as deep as requests go.
fn resolved(description: &Value, schema: &Value, depth: usize) -> Value {
    const DEEPEST: usize = 12;
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return resolved(description, description.pointer(pointer).expect("it is there"), depth + 1);
    }
    match schema {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), resolved(description, value, depth + 1))).collect()
        }
        Value::Array(items) => items.iter().map(|item| resolved(description, item, depth + 1)).collect(),
        other => other.clone(),
    }
}

fn filled(schema: &Value, name: &str, text: &impl Fn(&str) -> String) -> Value {
    let is = |kind: &str| {
        schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&kind.into()))
    };
    for several in ["oneOf", "anyOf", "allOf"] {
        let options = schema[several].as_array().into_iter().flatten();
        if let Some(option) = options.into_iter().find(|option| option["type"] != "null") {
            return filled(option, name, text);
        }
    }
    if let Some(properties) = schema["properties"].as_object() {
        return properties.iter().map(|(name, schema)| (name.clone(), filled(schema, name, text))).collect();
    }
    if is("array") {
        return json!([filled(&schema["items"], name, text)]);
    }
    match () {
        () if is("integer") || is("number") => json!(1),
        () if is("boolean") => json!(true),
        () if is("object") => json!({ "member": text(name) }),
        () => json!(text(name)),
    }
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let _infallible = if is_plain { write!(out, "{}", char::from(byte)) } else { write!(out, "%{byte:02X}") };
        out
    })
}

#[tokio::test]
async fn what_is_sent_is_in_no_log_no_metric_and_no_error() {
    on_each_database(async |database| {
        let mut subject = Subject::start(database).await;
        let description = subject.ask("GET", "/api/v1/openapi.json", &[], None).body;
        let calls = Call::all(&serde_json::from_str(&description).expect("JSON"));
        assert!(calls.len() > 25 && calls.iter().any(|call| call.members().contains(&"phone".to_owned())));
        for call in &calls {
            subject.walk(call);
        }
        for form in FORMS {
            for canary in subject.canaries.clone() {
                let call = Call { method: "POST".to_owned(), path: form.to_owned(), query: Vec::new(), body: None };
                let body = format!("email={0}&password={0}&token={0}&next=/{0}", encoded(&canary));
                subject.try_out(&call, form, &[], Some(("application/x-www-form-urlencoded", body)));
            }
        }
        let metrics = subject.ask("GET", "/metrics", &[], None);
        assert!(metrics.status == 200 && metrics.body.contains("http_requests_total"), "{}", metrics.body);
        subject.assert_none_in(&metrics.body, "the metrics");
        let bearer = format!("Bearer {}", subject.token);
        let audit = subject.ask("GET", "/api/v1/admin/audit", &[("Authorization", &bearer)], None);
        assert_eq!(audit.status, 200, "the walk was an admin's to the end: {}", audit.body);
        assert!(subject.asked > calls.len() * 40, "{}", subject.asked);
        subject.service.terminate();
        let Subject { service, canaries, .. } = subject;
        let said = service.wait().1.stderr;
        assert!(said.contains(" TRACE ") || said.contains(" DEBUG "), "the most verbose level");
        for line in said.lines() {
            let lower = line.to_lowercase();
            let tokens = canaries.iter().skip(6).map(|token| token.to_lowercase());
            for trace in
                TRACES.iter().map(|trace| (*trace).to_owned()).chain(tokens).chain(OF_THE_OPERATOR.map(str::to_owned))
            {
                assert!(!lower.contains(&trace), "{trace} in {line}");
            }
        }
    })
    .await;
}
