//! Closures over HTTP and the work list behind them (rules I12, B16): what a closure takes, gives back, and who calls whom.

use axum::http::Method;
use clinic_directory::accounts::{Role, Scope};
use clinic_directory::bookings::displace;
use serde_json::{Value, json};

use crate::bookings_support::{
    CLINIC, LATER_SLOT, SLOT, assert_invariants, booked_at, clinic_with, count, created, own, slug,
};
use crate::staff_support::{STAFF, booked_by, id, one, phoned, seen, with};
use crate::support::{Client, TestApp, TestDatabase, on_each_database};

const CLOSURES: &str = "/api/v1/admin/closures";
const DAY: &str = "2026-12-04";

/// Two clinics in Houston and one in Austin, which is 145 miles away.
async fn texas(database: &TestDatabase) -> TestApp {
    let app = clinic_with(database, 1).await;
    for (code, lat, lon) in [("H1", 29.7604, -95.3698), ("H2", 29.80, -95.40)] {
        let houston = app.clinic(code).city("Houston", "TX").at(lat, lon).zip("77002");
        houston.open("Mo-Su 09:00-17:00").with("region", "Gulf").create().await;
    }
    app
}

fn storm() -> Value {
    json!({ "scope": { "circle": { "near": "Houston, TX", "radius": 30 } }, "from": "2026-12-04", "to": "2026-12-05",
        "note": "Storm", "note_es": "Tormenta" })
}

async fn slots(app: &TestApp, code: &str, date: &str) -> usize {
    let path = format!("/api/v1/clinics/{}/availability?from={date}&days=1", slug(app, code));
    app.anon().get(&path).await.ok()["days"][0]["slots"].as_array().unwrap().len()
}

/// The public note of a date; null without one.
async fn note(app: &TestApp, code: &str, date: &str, lang: &str) -> Value {
    let clinic = app.anon().get(&format!("/api/v1/clinics/{}?lang={lang}", slug(app, code))).await.ok();
    let days = clinic["special_hours"].as_array().unwrap().clone();
    days.into_iter().find(|day| day["date"] == date).map_or(Value::Null, |day| day["note"].clone())
}

async fn waiting(client: &Client) -> Vec<i64> {
    let list = client.get("/api/v1/admin/rebooking").await.ok();
    list["data"].as_array().unwrap().iter().map(|item| id(&item["booking"])).collect()
}

async fn change(editor: &Client, method: Method, path: &str, etag: &str, body: &Value) -> crate::support::Response {
    editor.send(method, path, body).header("if-match", etag).await
}

/// What is in the way, and what it can have instead; nothing has happened by then.
async fn ask_first(app: &TestApp, editor: &Client, visit: &Value) {
    let asked = editor.post(CLOSURES, &storm()).await.problem(409, "needs_confirm");
    assert_eq!(asked["counts"], json!({ "clinics": 2, "visitors": 2 }));
    assert_eq!(asked["bookings"][0]["reference"], visit["booking"]["reference"]);
    let instead = &asked["bookings"][0]["replacements"];
    assert!(instead["original"].is_null());
    assert_eq!(instead["nearest"]["clinic"], slug(app, "H1"));
    assert_eq!(instead["soonest"]["slot"]["starts_at"], "2026-12-02T09:00:00-06:00");
    assert_eq!((slots(app, "H1", DAY).await, waiting(editor).await), (15, vec![]));
}

#[tokio::test]
async fn i12_a_circle_over_houston_is_laid_shortened_and_lifted() {
    on_each_database(async |database| {
        let app = texas(database).await;
        let (editor, agent) = (app.editor().await, app.agent().await);
        let first = booked_at(&app, "H1", SLOT).await;
        let second = booked_at(&app, "H2", "2026-12-05T16:00:00Z").await;
        let spared = booked_at(&app, CLINIC, SLOT).await;

        ask_first(&app, &editor, &first).await;
        // Laid.
        let answer = editor.post(CLOSURES, &with(storm(), &json!({ "confirm": true }))).await;
        let laid = created(&answer);
        assert_eq!((&laid["clinics"], laid["needs_rebooking"].as_array().unwrap().len()), (&json!(2), 2));
        for (code, date, free) in [("H1", DAY, 0), ("H2", "2026-12-05", 0), ("H1", "2026-12-06", 16), (CLINIC, DAY, 15)]
        {
            assert_eq!(slots(&app, code, date).await, free, "{code} {date}");
        }
        assert_eq!(
            (note(&app, "H1", DAY, "en").await, note(&app, "H2", DAY, "es").await),
            (json!("Storm"), json!("Tormenta"))
        );
        let told = async |visit: &Value| app.anon().get(&own(visit, "")).await.ok()["booking"].clone();
        assert_eq!(told(&first).await["status"], "needs_rebooking");
        assert_eq!(told(&first).await["phone"], "**********34", "contact data stay");
        assert_eq!(told(&spared).await["status"], "confirmed");
        let list = agent.get(&format!("{STAFF}/rebooking")).await.ok();
        assert_eq!(list["data"][0]["booking"]["reference"], first["booking"]["reference"], "the oldest visit first");
        assert_eq!(list["data"][0]["why"]["closure"], laid["id"]);
        assert_eq!(list["data"][0]["why"]["note"], "Storm");

        // Shortened: the second day is open again, and its visit can have its own time back.
        let path = format!("{CLOSURES}/{}", laid["id"]);
        let shorter = json!({ "to": DAY, "note": "Flood" });
        let shortened = change(&editor, Method::PATCH, &path, answer.header("etag"), &shorter).await;
        assert_eq!((shortened.ok()["to"].clone(), slots(&app, "H1", DAY).await), (json!(DAY), 0));
        assert_eq!(slots(&app, "H2", "2026-12-05").await, 16);
        assert_eq!(
            (note(&app, "H1", DAY, "en").await, note(&app, "H1", "2026-12-05", "en").await),
            (json!("Flood"), Value::Null)
        );
        assert_eq!(waiting(&editor).await.len(), 2);
        let list = agent.get(&format!("{STAFF}/rebooking")).await.ok()["data"].clone();
        assert!(list[0]["replacements"]["original"].is_null());
        assert_eq!(list[1]["replacements"]["original"]["starts_at"], "2026-12-05T10:00:00-06:00");
        let back = json!({ "starts_at": "2026-12-05T16:00:00Z" });
        let moved = agent.post(&one(&list[1]["booking"], "/reschedule"), &back).await.ok();
        assert_eq!(moved["booking"]["reference"], second["booking"]["reference"]);
        assert_eq!(waiting(&editor).await.len(), 1);

        // Lifted: everything is offered, nobody is dropped from the list.
        change(&editor, Method::DELETE, &path, answer.header("etag"), &json!({}))
            .await
            .problem(412, "version_mismatch");
        assert_eq!(change(&editor, Method::DELETE, &path, shortened.header("etag"), &json!({})).await.status(), 204);
        assert_eq!((slots(&app, "H1", DAY).await, note(&app, "H1", DAY, "en").await), (16, Value::Null));
        let list = agent.get(&format!("{STAFF}/rebooking")).await.ok()["data"].clone();
        assert_eq!((list.as_array().unwrap().len(), &list[0]["why"]["lifted"]), (1, &json!(true)));
        assert_eq!(list[0]["replacements"]["original"]["starts_at"], "2026-12-04T10:00:00-06:00");
        agent.post(&one(&list[0]["booking"], "/cancel"), &json!({})).await.ok();
        assert!(waiting(&editor).await.is_empty());
        assert_eq!(editor.get(&path).await.ok()["status"], "lifted");
        assert_invariants(&app.state.db, 1).await;
        let told = "SELECT count(*) FROM audit_entries WHERE subject = 'closure'";
        assert_eq!(count(&app.state.db, told).await, 3, "laid, shortened, lifted");
    })
    .await;
}

#[tokio::test]
async fn b16_a_longer_closure_asks_about_what_it_newly_hits() {
    on_each_database(async |database| {
        let app = texas(database).await;
        let editor = app.editor().await;
        let answer = editor.post(CLOSURES, &storm()).await;
        let path = format!("{CLOSURES}/{}", created(&answer)["id"]);
        booked_at(&app, "H1", "2026-12-06T16:00:00Z").await;
        let longer = json!({ "from": "2026-12-02", "to": "2026-12-06" });
        let asked = change(&editor, Method::PATCH, &path, answer.header("etag"), &longer).await;
        let asked = asked.problem(409, "needs_confirm");
        assert_eq!(asked["counts"]["visitors"], 1);
        // What is offered instead is not what the closure is about to take.
        let nearest = &asked["bookings"][0]["replacements"]["nearest"];
        assert_eq!(nearest["slot"]["starts_at"], "2026-12-07T09:00:00-06:00");
        let confirmed = with(longer, &json!({ "confirm": true }));
        let done = change(&editor, Method::PATCH, &path, answer.header("etag"), &confirmed).await.ok();
        assert_eq!(done["needs_rebooking"].as_array().unwrap().len(), 1);
        assert_eq!(slots(&app, "H1", "2026-12-06").await, 0);
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn i8_a_closure_is_changed_by_who_has_seen_its_version() {
    on_each_database(async |database| {
        let app = texas(database).await;
        let editor = app.admin().await;
        let answer = editor.post(CLOSURES, &storm()).await;
        let path = format!("{CLOSURES}/{}", created(&answer)["id"]);
        let edit = |note: &str| json!({ "note": note });
        editor.send(Method::PATCH, &path, &edit("a")).await.problem(428, "precondition_required");
        editor.send(Method::DELETE, &path, &json!({})).await.problem(428, "precondition_required");
        let edited = change(&editor, Method::PATCH, &path, answer.header("etag"), &edit("a")).await;
        assert_eq!(edited.ok()["note"], "a");
        let lost = change(&editor, Method::PATCH, &path, answer.header("etag"), &edit("b")).await;
        let version = lost.problem(412, "version_mismatch")["version"].as_i64().unwrap();
        assert_eq!(format!("\"{version}\""), edited.header("etag"));
        assert_eq!(change(&editor, Method::PATCH, &path, edited.header("etag"), &edit("c")).await.ok()["note"], "c");
        change(&editor, Method::PATCH, &path, "*", &json!({ "scope": { "all": true } })).await.problem(422, "invalid");
        let wrong = change(&editor, Method::PATCH, &path, "*", &json!({ "to": "2026-12-01" })).await;
        assert_eq!(wrong.problem(422, "closure_invalid")["errors"][0]["field"], "to");
        assert_eq!(change(&editor, Method::DELETE, &path, "*", &json!({})).await.status(), 204);
        change(&editor, Method::PATCH, &path, "*", &edit("d")).await.problem(409, "closure_lifted");
        for status in ["current", "past", "lifted"] {
            let listed =
                editor.get(&format!("{CLOSURES}?status={status}")).await.ok()["data"].as_array().unwrap().len();
            assert_eq!(listed, usize::from(status == "lifted"), "{status}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_editor_closes_only_what_lies_wholly_in_their_scope() {
    on_each_database(async |database| {
        let app = texas(database).await;
        let narrow = app.user(Role::Editor, &Scope::from_parts(["clinic:H1"]).expect("a scope")).await;
        let with_scope = |scope: Value| with(storm(), &json!({ "scope": scope }));
        let refused = narrow.post(CLOSURES, &storm()).await.problem(422, "outside_scope");
        assert_eq!((&refused["outside"], &refused["errors"][0]["field"]), (&json!(1), &json!("scope")));
        for scope in [json!({ "region": "Gulf" }), json!({ "state": "TX" }), json!({ "all": true })] {
            narrow.post(CLOSURES, &with_scope(scope)).await.problem(422, "outside_scope");
        }
        let named = narrow.post(CLOSURES, &with_scope(json!({ "clinics": ["H1", "H2"] }))).await;
        assert_eq!(named.problem(422, "invalid")["errors"][0]["field"], "scope.clinics[1]");
        narrow.post(CLOSURES, &with_scope(json!({ "region": "Nowhere" }))).await.problem(422, "no_clinics");
        let own = created(&narrow.post(CLOSURES, &with_scope(json!({ "clinics": ["H1"] }))).await);
        let wide = created(&app.editor().await.post(CLOSURES, &storm()).await);
        let elsewhere = created(&app.editor().await.post(CLOSURES, &with_scope(json!({ "clinics": [CLINIC] }))).await);
        let listed = narrow.get(CLOSURES).await.ok()["data"].clone();
        let ids: Vec<&Value> = listed.as_array().unwrap().iter().map(|closure| &closure["id"]).collect();
        assert_eq!(ids, [&wide["id"], &own["id"]]);
        let path = |closure: &Value| format!("{CLOSURES}/{}", closure["id"]);
        narrow.get(&path(&elsewhere)).await.problem(404, "closure_unknown");
        change(&narrow, Method::DELETE, &path(&elsewhere), "*", &json!({})).await.problem(404, "closure_unknown");
        change(&narrow, Method::DELETE, &path(&wide), "*", &json!({})).await.problem(422, "outside_scope");
        assert_eq!(change(&narrow, Method::DELETE, &path(&own), "*", &json!({})).await.status(), 204);
    })
    .await;
}

#[tokio::test]
async fn two_agents_never_call_the_same_person() {
    on_each_database(async |database| {
        let app = clinic_with(database, 2).await;
        let (one_agent, other) = (app.agent().await, app.agent().await);
        let visits =
            [booked_by(&one_agent, &phoned(&app, SLOT)).await, booked_by(&one_agent, &phoned(&app, LATER_SLOT)).await];
        let claim = |visit: &Value| format!("{STAFF}/rebooking/{}/claim", id(visit));
        one_agent.post(&claim(&visits[0]), &json!({})).await.problem(409, "not_waiting");
        app.edit(CLINIC).with("closed_on", DAY).create().await;
        assert_eq!(displace(&app.state.bookings).await.expect("it runs").needs_rebooking.len(), 2);

        // At once: one of them wins.
        let (path, nothing) = (claim(&visits[0]), json!({}));
        let (a, b) =
            tokio::join!(async { one_agent.post(&path, &nothing).await }, async { other.post(&path, &nothing).await });
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let (winner, loser, lost) = if a.status() == 200 { (&one_agent, &other, b) } else { (&other, &one_agent, a) };
        assert_eq!(lost.problem(409, "claimed")["until"], "2026-12-01T15:15:00Z");
        let claims =
            async |client: &Client| client.get(&format!("{STAFF}/rebooking")).await.ok()["data"][0]["claim"].clone();
        assert_eq!(
            (claims(winner).await["own"].clone(), claims(loser).await["own"].clone()),
            (json!(true), json!(false))
        );

        // Given back, or after a quarter of an hour, the other one may.
        assert_eq!(loser.request(Method::DELETE, &path).await.status(), 204);
        loser.post(&path, &nothing).await.problem(409, "claimed");
        assert_eq!(winner.request(Method::DELETE, &path).await.status(), 204);
        loser.post(&path, &nothing).await.ok();
        app.clock.advance(chrono::TimeDelta::minutes(15));
        winner.post(&path, &nothing).await.ok();

        // Nobody picked up: counted, and free for the next try.
        let call = json!({ "outcome": "not_reached", "booking": id(&visits[0]) });
        created(&winner.post(&format!("{STAFF}/calls"), &call).await);
        let item = winner.get(&format!("{STAFF}/rebooking")).await.ok()["data"][0].clone();
        assert_eq!((&item["attempts"], &item["claim"]), (&json!(1), &Value::Null));
        assert_eq!(item["why"]["cause"], "status");
    })
    .await;
}

#[tokio::test]
async fn the_work_list_is_within_the_scope_page_by_page_and_recorded() {
    on_each_database(async |database| {
        let app = texas(database).await;
        let editor = app.editor().await;
        for starts_at in ["2026-12-04T18:00:00Z", "2026-12-04T17:00:00Z", "2026-12-04T16:00:00Z"] {
            booked_at(&app, "H1", starts_at).await;
        }
        let spared = booked_at(&app, CLINIC, SLOT).await;
        let all = json!({ "scope": { "all": true }, "confirm": true });
        assert_eq!(
            created(&editor.post(CLOSURES, &with(storm(), &all)).await)["needs_rebooking"].as_array().unwrap().len(),
            4
        );
        let gulf = app.user(Role::Agent, &Scope::from_parts(["region:Gulf"]).expect("a scope")).await;
        let page = gulf.get(&format!("{STAFF}/rebooking?limit=2")).await.ok();
        let next = gulf.get(&format!("{STAFF}/rebooking?limit=2&cursor={}", page["next"].as_str().unwrap())).await.ok();
        let starts: Vec<String> = [&page, &next]
            .into_iter()
            .flat_map(|page| page["data"].as_array().unwrap().clone())
            .map(|item| item["booking"]["slot"]["starts_at"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(starts, ["2026-12-04T10:00:00-06:00", "2026-12-04T11:00:00-06:00", "2026-12-04T12:00:00-06:00"]);
        assert!(next["next"].is_null());
        assert_eq!(seen(&app).await.len(), 3, "the fourth is outside of the scope");
        assert_eq!(waiting(&editor).await.len(), 4);
        assert_eq!(seen(&app).await.len(), 4);
        // Whoever finds another time by the own link is off the list.
        let later = json!({ "starts_at": "2026-12-08T16:00:00Z" });
        app.anon().post(&own(&spared, "/reschedule"), &later).await.ok();
        assert_eq!(waiting(&editor).await.len(), 3);
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM rebookings").await, 3);
        for query in ["limit=0", "limit=101", "cursor=x", "cursor=1-x"] {
            gulf.get(&format!("{STAFF}/rebooking?{query}")).await.problem(422, "invalid");
        }
    })
    .await;
}

#[tokio::test]
async fn i12_wrong_closures_are_refused_by_name_and_write_nothing() {
    on_each_database(async |database| {
        let app = texas(database).await;
        let editor = app.editor().await;
        for (members, field) in [
            (json!({ "scope": { "circle": { "near": "Springfield", "radius": 9 } } }), "scope.circle.near"),
            (json!({ "scope": { "circle": { "near": "Nowhereville ZZ", "radius": 9 } } }), "scope.circle.near"),
            (json!({ "scope": { "clinics": ["H1"], "moon": true } }), "scope.moon"),
            (json!({ "from": "tomorrow" }), "from"),
            (json!({ "from": "2026-11-01", "to": "2026-11-29" }), "to"),
            (json!({ "windows": [["9", "10"]] }), "windows[0]"),
            (json!({ "reason": "storm" }), "reason"),
        ] {
            let refused = editor.post(CLOSURES, &with(storm(), &members)).await.problem(422, "invalid");
            assert_eq!(refused["errors"][0]["field"], field, "{members}");
        }
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM closures").await, 0);
        let key = async || editor.post(CLOSURES, &storm()).header("idempotency-key", "1").await;
        assert_eq!(created(&key().await)["id"], created(&key().await)["id"]);
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM closures").await, 1);
    })
    .await;
}
