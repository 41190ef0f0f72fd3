//! Bookings by staff: for callers, at the desk, within a scope, and every look recorded (rules B9, B15, B18).

use axum::http::Method;
use chrono::TimeDelta;
use clinic_directory::accounts::{Role, Scope};
use serde_json::{Value, json};

use crate::bookings_support::{
    CLINIC, LATER_SLOT, SLOT, assert_invariants, booked, booked_at, clinic_with, count, created, held, slug, try_hold,
};
use crate::staff_support::{STAFF, booked_by, id, mark, one, phoned, seen, with};
use crate::support::{Client, TestApp, TestDatabase, on_each_database};

/// Two clinics with a seat each; the second one is `B1`.
async fn two_clinics(database: &TestDatabase) -> TestApp {
    let app = clinic_with(database, 1).await;
    app.clinic("B1").at(30.3, -97.7).zip("78701").open("Mo-Su 09:00-17:00").with("region", "South").create().await;
    app
}

async fn listed(staff: &Client, app: &TestApp, code: &str) -> Value {
    staff.get(&format!("{STAFF}/bookings?clinic={}&from=2026-12-04", slug(app, code))).await.ok()["data"].clone()
}

#[tokio::test]
async fn an_agent_books_for_a_caller_at_once_or_from_a_hold() {
    on_each_database(async |database| {
        let app = clinic_with(database, 2).await;
        let agent = app.agent().await;
        let consents = json!([{ "purpose": "privacy", "granted": true, "wording_version": "v1" }]);
        let body = with(phoned(&app, SLOT), &json!({ "consents": consents, "note": "speaks softly", "locale": "es" }));
        let answer = agent.post(&format!("{STAFF}/bookings"), &body).await;
        let first = created(&answer);
        assert_eq!(answer.header("cache-control"), "no-store, private");
        assert_eq!(first["booking"]["phone"], "+15125550134", "in full");
        assert_eq!((&first["booking"]["status"], &first["warnings"]), (&json!("confirmed"), &json!([])));
        let own = format!("/api/v1/bookings/{}", first["manage_token"].as_str().unwrap());
        assert_eq!(app.anon().get(&own).await.ok()["booking"]["phone"], "**********34", "the visitor's link works");
        let verbal = "SELECT count(*) FROM booking_consents WHERE channel = 'verbal' AND locale = 'es'";
        assert_eq!(count(&app.state.db, verbal).await, 1);

        let wanted = json!({ "clinic": slug(&app, CLINIC), "starts_at": LATER_SLOT });
        let hold = created(&agent.post(&format!("{STAFF}/holds"), &wanted).await);
        let from_hold = with(phoned(&app, LATER_SLOT), &json!({ "hold_token": hold["hold_token"] }));
        let other_time = with(from_hold.clone(), &json!({ "starts_at": SLOT }));
        agent.post(&format!("{STAFF}/bookings"), &other_time).await.problem(422, "hold_differs");
        let second = created(&agent.post(&format!("{STAFF}/bookings"), &from_hold).await);
        // The same number has a visit ahead: the agent hears so.
        assert_eq!(second["warnings"][0]["code"], "likely_duplicate");
        assert_eq!(second["warnings"][0]["booking"]["id"], first["booking"]["id"]);
        assert!(second["warnings"][0]["booking"]["name"].is_null());
        assert_invariants(&app.state.db, 2).await;
    })
    .await;
}

#[tokio::test]
async fn b9_the_last_seat_under_a_hold_takes_an_override_over_http() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let agent = app.agent().await;
        held(&app, SLOT).await;
        let refused = agent.post(&format!("{STAFF}/bookings"), &phoned(&app, SLOT)).await.problem(409, "slot_taken");
        assert!(refused["retry_at"].is_string() && refused["alternatives"]["in_time"][0].is_object(), "{refused}");
        let why = |why: &str| with(phoned(&app, SLOT), &json!({ "override_reason": why }));
        let told = agent.post(&format!("{STAFF}/bookings"), &why("call 512 555 0134")).await.problem(422, "invalid");
        assert_eq!(told["errors"][0]["field"], "override_reason");
        assert!(!told.to_string().contains("555"), "{told}");
        let above = booked_by(&agent, &why("the visitor is at the desk")).await;
        assert_eq!((&above["seat"], &above["over_capacity"]), (&json!(2), &json!(true)));
        let why = "SELECT count(*) FROM audit_entries WHERE action = 'booking.create' AND reason = 'the visitor is at the desk'";
        assert_eq!(count(&app.state.db, why).await, 1);
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
        assert_invariants(&app.state.db, 2).await;
    })
    .await;
}

#[tokio::test]
async fn b6_b7_a_repetition_with_the_same_key_has_one_effect_and_keys_are_the_accounts_own() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let (agent, other) = (app.agent().await, app.agent().await);
        let keyed = async |client: &Client, path: &str, body: &Value| {
            client.post(&format!("{STAFF}{path}"), body).header("idempotency-key", "1").await
        };
        let first = created(&keyed(&agent, "/bookings", &phoned(&app, SLOT)).await);
        let again = created(&keyed(&agent, "/bookings", &phoned(&app, SLOT)).await);
        assert_eq!(first["booking"]["id"], again["booking"]["id"]);
        assert_eq!(first["manage_token"], again["manage_token"]);
        let later = phoned(&app, LATER_SLOT);
        keyed(&agent, "/bookings", &later).await.problem(422, "idempotency_mismatch");
        assert_ne!(created(&keyed(&other, "/bookings", &later).await)["booking"]["id"], first["booking"]["id"]);

        let block = json!({ "clinic": slug(&app, CLINIC), "from": "2026-12-05T16:00:00Z", "to": "2026-12-05T17:00:00Z",
            "reason": "dentist", "seats": "all" });
        let call = json!({ "outcome": "information", "place": "78701" });
        for (path, body) in [("/blocks", &block), ("/calls", &call)] {
            let ids = [created(&keyed(&agent, path, body).await), created(&keyed(&agent, path, body).await)];
            assert_eq!(ids[0]["id"], ids[1]["id"], "{path}");
        }
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM blocks").await, 1);
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM calls").await, 1);
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn staff_hold_five_times_at_once_for_half_an_hour_at_most() {
    on_each_database(async |database| {
        let app = clinic_with(database, 9).await;
        let agent = app.agent().await;
        let wanted = json!({ "clinic": slug(&app, CLINIC), "starts_at": SLOT });
        let hold = async || agent.post(&format!("{STAFF}/holds"), &wanted).await;
        let first = created(&hold().await);
        for _ in 1..5 {
            created(&hold().await);
        }
        hold().await.problem(409, "too_many_holds");
        let own = format!("/api/v1/holds/{}", first["hold_token"].as_str().unwrap());
        for expires_at in ["15:15:00Z", "15:20:00Z", "15:25:00Z", "15:30:00Z"] {
            app.clock.advance(TimeDelta::minutes(5));
            let extended = app.anon().post(&format!("{own}/extend"), &json!({})).await.ok();
            assert_eq!(extended["expires_at"], format!("2026-12-01T{expires_at}"));
        }
        app.clock.advance(TimeDelta::minutes(5));
        app.anon().post(&format!("{own}/extend"), &json!({})).await.problem(409, "too_many_extensions");
        assert_eq!(app.anon().request(Method::DELETE, &own).await.status(), 204);
        created(&hold().await);
        app.clock.advance(TimeDelta::minutes(10));
        created(&hold().await);
    })
    .await;
}

#[tokio::test]
async fn a_clinic_sees_and_marks_its_own_visits_and_no_others() {
    on_each_database(async |database| {
        let app = two_clinics(database).await;
        let (agent, desk) = (app.agent().await, app.clinic_staff(&[CLINIC]).await);
        let own = booked_by(&agent, &phoned(&app, SLOT)).await;
        let elsewhere = booked_by(&agent, &with(phoned(&app, SLOT), &json!({ "clinic": slug(&app, "B1") }))).await;
        let visits = listed(&desk, &app, CLINIC).await;
        assert_eq!((visits.as_array().unwrap().len(), &visits[0]["name"]), (1, &json!("Ana María Example")));
        assert!(!visits.to_string().contains("internal_notes"));
        let other = format!("{STAFF}/bookings?clinic={}", slug(&app, "B1"));
        assert_eq!(desk.get(&other).await.problem(422, "invalid")["errors"][0]["code"], "clinic_unknown");
        mark(&desk, &elsewhere, "arrived").await.problem(404, "booking_unknown");
        assert_eq!(
            mark(&desk, &json!({ "id": 999 }), "arrived").await.json()["detail"],
            mark(&desk, &elsewhere, "arrived").await.json()["detail"],
            "nobody learns that it is there"
        );

        mark(&desk, &own, "arrived").await.problem(409, "too_early");
        app.clock.set("2026-12-04T06:00:00Z");
        for status in ["arrived", "no_show", "confirmed", "arrived", "completed", "completed"] {
            assert_eq!(mark(&desk, &own, status).await.ok()["booking"]["status"], status);
        }
        mark(&desk, &own, "cancelled").await.problem(422, "invalid");
        agent.post(&one(&own, "/cancel"), &json!({})).await.problem(409, "too_late");
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn the_note_of_a_visit_is_changed_and_cleared_and_the_log_says_only_that() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let (agent, desk) = (app.agent().await, app.clinic_staff(&[CLINIC]).await);
        let visit = booked_by(&agent, &phoned(&app, SLOT)).await;
        let patch = async |body: Value| desk.send(Method::PATCH, &one(&visit, ""), &body).await;
        assert_eq!(patch(json!({ "note": "wheelchair" })).await.ok()["booking"]["note"], "wheelchair");
        assert!(patch(json!({ "note": null })).await.ok()["booking"]["note"].is_null());
        for (body, field) in [(json!({}), "status"), (json!({ "name": "Eve" }), "name"), (json!({ "note": "x".repeat(301) }), "note")] {
            assert_eq!(patch(body).await.problem(422, "invalid")["errors"][0]["field"], field);
        }
        assert_eq!(seen(&app).await.len(), 1);
        let told = "SELECT count(*) FROM audit_entries WHERE changes LIKE '%wheelchair%' OR changes LIKE '%Ana%' OR changes LIKE '%555%'";
        assert_eq!(count(&app.state.db, told).await, 0);
        let changed = "SELECT count(*) FROM audit_entries WHERE action = 'booking.update' AND changes LIKE '%note%'";
        assert_eq!(count(&app.state.db, changed).await, 2);
    })
    .await;
}

#[tokio::test]
async fn b15_b18_the_list_flags_visits_above_capacity_and_outside_the_hours() {
    on_each_database(async |database| {
        let app = clinic_with(database, 2).await;
        for _ in 0..2 {
            booked(&app, SLOT).await;
        }
        booked(&app, "2026-12-04T22:00:00Z").await;
        let desk = app.clinic_staff(&[CLINIC]).await;
        let flags = async || -> Vec<(bool, bool)> {
            let visits = listed(&desk, &app, CLINIC).await;
            let flag = |visit: &Value, name: &str| visit[name].as_bool().unwrap();
            visits.as_array().unwrap().iter().map(|v| (flag(v, "over_capacity"), flag(v, "outside_hours"))).collect()
        };
        assert_eq!(flags().await, [(false, false); 3]);
        app.edit(CLINIC).with("capacity", "1").with("hours", "Mo-Su 09:00-16:00").create().await;
        assert_eq!(flags().await, [(false, false), (true, false), (false, true)]);
    })
    .await;
}

#[tokio::test]
async fn every_look_at_a_visit_is_in_the_log() {
    on_each_database(async |database| {
        let app = two_clinics(database).await;
        let (agent, desk) = (app.agent().await, app.clinic_staff(&[CLINIC, "B1"]).await);
        let mut looks = std::collections::BTreeMap::new();
        let mut look = |answer: &Value| {
            let text = answer.to_string();
            let ids = text
                .split("\"id\":")
                .skip(1)
                .map(|rest| rest.split([',', '}']).next().unwrap().parse::<i64>().unwrap());
            ids.for_each(|id| *looks.entry(id).or_default() += 1);
        };
        let first = booked_by(&agent, &phoned(&app, SLOT)).await;
        let elsewhere = with(phoned(&app, SLOT), &json!({ "clinic": slug(&app, "B1"), "phone": "512 555 0199" }));
        let second = booked_by(&agent, &elsewhere).await;
        assert!(seen(&app).await.is_empty(), "what was typed is not looked at");
        for code in [CLINIC, "B1"] {
            look(&listed(&desk, &app, code).await);
        }
        look(&agent.post(&format!("{STAFF}/bookings/search"), &json!({ "name": "exam ana" })).await.ok());
        look(&agent.post(&format!("{STAFF}/caller"), &json!({ "phone": "5125550134" })).await.ok()["bookings"]);
        look(&agent.post(&one(&first, "/reschedule"), &json!({ "starts_at": LATER_SLOT })).await.ok());
        look(&agent.post(&one(&second, "/cancel"), &json!({})).await.ok());
        app.clock.set("2026-12-04T12:00:00Z");
        look(&mark(&desk, &first, "arrived").await.ok());
        agent.post(&format!("{STAFF}/bookings/search"), &json!({ "name": "nobody" })).await.ok();
        assert_eq!(seen(&app).await, looks);
        assert_eq!(looks.values().sum::<usize>(), 8);
        let values = "SELECT count(*) FROM audit_entries WHERE changes LIKE '%Example%' OR changes LIKE '%5550%'";
        assert_eq!(count(&app.state.db, values).await, 0);
        let named =
            "SELECT count(*) FROM audit_entries WHERE action = 'booking.seen' AND changes LIKE '%\"phone\"%personal%'";
        assert_eq!(count(&app.state.db, named).await, 8);
    })
    .await;
}

#[tokio::test]
async fn a_search_finds_by_phone_email_name_or_reference_within_the_scope() {
    on_each_database(async |database| {
        let app = two_clinics(database).await;
        let agent = app.agent().await;
        let body = with(phoned(&app, SLOT), &json!({ "email": "Ana@Example.com" }));
        let ana = booked_by(&agent, &body).await;
        let bob = json!({ "clinic": slug(&app, "B1"), "name": "Bob O'Neil", "phone": "+442079460000" });
        booked_by(&agent, &with(phoned(&app, SLOT), &bob)).await;
        let found = async |client: &Client, body: Value| -> Vec<String> {
            let data = client.post(&format!("{STAFF}/bookings/search"), &body).await.ok()["data"].clone();
            data.as_array().unwrap().iter().map(|visit| visit["name"].as_str().unwrap().to_owned()).collect()
        };
        for body in [
            json!({ "phone": "+1 512.555.0134" }),
            json!({ "email": "ana@example.COM" }),
            json!({ "name": "MARIA" }),
            json!({ "name": "exam an" }),
            json!({ "reference": ana["reference"].as_str().unwrap().to_lowercase() }),
        ] {
            assert_eq!(found(&agent, body.clone()).await, ["Ana María Example"], "{body}");
        }
        assert_eq!(found(&agent, json!({ "name": "oneil" })).await, ["Bob O'Neil"]);
        assert!(found(&agent, json!({ "name": "eil" })).await.is_empty(), "beginnings of words only");
        let narrow = app.user(Role::Agent, &Scope::from_parts(["region:South"]).expect("a scope")).await;
        assert!(found(&narrow, json!({ "phone": "5125550134" })).await.is_empty());
        assert_eq!(found(&narrow, json!({ "name": "bob" })).await.len(), 1);
        for body in [json!({}), json!({ "name": "a", "phone": "5125550134" }), json!({ "phone": "secret-555" })] {
            let refused = agent.post(&format!("{STAFF}/bookings/search"), &body).await.problem(422, "invalid");
            assert!(!refused.to_string().contains("secret"), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_lies_outside_the_scope_of_an_agent_cannot_be_touched() {
    on_each_database(async |database| {
        let app = two_clinics(database).await;
        let narrow = app.user(Role::Agent, &Scope::from_parts(["clinic:B1"]).expect("a scope")).await;
        let visit = booked_by(&app.agent().await, &phoned(&app, SLOT)).await;
        narrow.post(&one(&visit, "/cancel"), &json!({})).await.problem(404, "booking_unknown");
        let later = json!({ "starts_at": LATER_SLOT });
        narrow.post(&one(&visit, "/reschedule"), &later).await.problem(404, "booking_unknown");
        narrow.post(&format!("{STAFF}/bookings"), &phoned(&app, LATER_SLOT)).await.problem(422, "invalid");
        let hold = json!({ "clinic": slug(&app, CLINIC), "starts_at": LATER_SLOT });
        narrow.post(&format!("{STAFF}/holds"), &hold).await.problem(422, "invalid");
        let call = json!({ "outcome": "other", "booking": id(&visit) });
        assert_eq!(
            narrow.post(&format!("{STAFF}/calls"), &call).await.problem(422, "invalid")["errors"][0]["field"],
            "booking"
        );
        let block = json!({ "clinic": slug(&app, CLINIC), "from": SLOT, "to": LATER_SLOT, "reason": "lunch" });
        narrow.post(&format!("{STAFF}/blocks"), &block).await.problem(422, "invalid");
        let own = booked_by(&narrow, &with(phoned(&app, SLOT), &json!({ "clinic": slug(&app, "B1") }))).await;
        let away = json!({ "starts_at": LATER_SLOT, "clinic": slug(&app, CLINIC) });
        narrow.post(&one(&own, "/reschedule"), &away).await.problem(422, "invalid");
        let caller = narrow.post(&format!("{STAFF}/caller"), &json!({ "phone": "5125550134" })).await.ok();
        assert_eq!(caller["bookings"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a17_a_block_says_what_is_in_its_way_and_is_taken_away_within_the_scope() {
    on_each_database(async |database| {
        let app = two_clinics(database).await;
        let (desk, other) = (app.clinic_staff(&[CLINIC]).await, app.clinic_staff(&["B1"]).await);
        booked(&app, SLOT).await;
        let body = json!({ "clinic": slug(&app, CLINIC), "from": SLOT, "to": LATER_SLOT, "reason": "dentist", "seats": "all" });
        let blocks = format!("{STAFF}/blocks");
        let refused = desk.post(&blocks, &body).await.problem(409, "bookings_in_the_way");
        let over = with(body.clone(), &json!({ "over": refused["bookings"] }));
        let laid = created(&desk.post(&blocks, &over).await);
        assert_eq!(laid["needs_rebooking"], refused["bookings"]);
        let day = desk.get(&format!("{STAFF}/bookings?clinic={}&from=2026-12-04", slug(&app, CLINIC))).await.ok();
        assert_eq!((&day["blocks"][0]["reason"], &day["data"][0]["status"]), (&json!("dentist"), &json!("needs_rebooking")));
        let why = app.agent().await.get(&format!("{STAFF}/rebooking")).await.ok()["data"][0]["why"]["cause"].clone();
        assert_eq!(why, "block");
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
        let own = format!("{blocks}/{}", laid["id"]);
        other.request(Method::DELETE, &own).await.problem(404, "block_unknown");
        assert_eq!(desk.request(Method::DELETE, &own).await.status(), 204);
        desk.request(Method::DELETE, &own).await.problem(404, "block_unknown");
        assert_eq!(try_hold(&app, SLOT).await.status(), 201);
        for (member, value, field) in [
            ("seats", json!(2), "seats"),
            ("to", json!(SLOT), "to"),
            ("to", json!("2026-12-24T16:00:00Z"), "to"),
            ("from", json!("-262143-01-01T00:00:00Z"), "from"),
            ("reason", json!(""), "reason"),
            ("reason", json!("ana@example.com"), "reason"),
        ] {
            let wrong = with(body.clone(), &json!({ member: value }));
            let problem = desk.post(&blocks, &wrong).await;
            assert_eq!((problem.status(), &problem.json()["errors"][0]["field"]), (422, &json!(field)), "{wrong}");
        }
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn p9_a_caller_is_a_place_to_confirm_and_the_visits_of_the_number() {
    on_each_database(async |database| {
        let app = clinic_with(database, 3).await;
        let agent = app.agent().await;
        let ask = async |phone: &str| agent.post(&format!("{STAFF}/caller"), &json!({ "phone": phone })).await;
        let stranger = ask("(201) 200-5555").await.ok();
        let place = &stranger["place"];
        assert_eq!((&place["label"], &place["confirm"]), (&json!("Jersey City, NJ"), &json!(true)));
        assert_eq!((&stranger["bookings"], &stranger["flags"]), (&json!([]), &json!([])));
        assert!(ask("1-800-555-0123").await.ok()["place"].is_null(), "toll-free is nowhere");
        let missed = booked_by(&agent, &phoned(&app, "2026-12-03T16:00:00Z")).await;
        for starts_at in [LATER_SLOT, SLOT] {
            booked_by(&agent, &phoned(&app, starts_at)).await;
        }
        app.clock.set("2026-12-03T20:00:00Z");
        mark(&agent, &missed, "no_show").await.ok();
        let known = ask("+15125550134").await.ok();
        let order: Vec<(&str, &str)> = known["bookings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|visit| (visit["when"].as_str().unwrap(), visit["slot"]["starts_at"].as_str().unwrap()))
            .collect();
        assert_eq!(
            order,
            [
                ("upcoming", "2026-12-04T10:00:00-06:00"),
                ("upcoming", "2026-12-04T11:00:00-06:00"),
                ("recent", "2026-12-03T10:00:00-06:00"),
            ]
        );
        assert_eq!(known["flags"], json!(["has_upcoming", "several_upcoming", "missed_before"]));
        let refused = ask("5550134-x").await.problem(422, "invalid");
        assert!(!refused.to_string().contains("5550134"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_call_keeps_the_label_of_a_place_and_nothing_that_was_said() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let agent = app.agent().await;
        let ask = async |body: Value| agent.post(&format!("{STAFF}/calls"), &body).await;
        let made =
            created(&ask(json!({ "outcome": "too_far", "place": "st louis mo", "clinic": slug(&app, CLINIC) })).await);
        assert_eq!((&made["place"], &made["outcome"]), (&json!("St. Louis, MO"), &json!("too_far")));
        let around = created(&ask(json!({ "outcome": "information", "place": "30.26721, -97.74312" })).await);
        assert_eq!(around["place"], "Austin, TX 78701", "no exact point of a caller");
        for (body, field) in [
            (json!({}), "outcome"),
            (json!({ "outcome": "sold" }), "outcome"),
            (json!({ "outcome": "other", "place": "call 512 555 0134" }), "place"),
            (json!({ "outcome": "other", "place": "Springfield" }), "place"),
            (json!({ "outcome": "other", "clinic": "nowhere" }), "clinic"),
            (json!({ "outcome": "other", "booking": 999 }), "booking"),
        ] {
            let refused = ask(body.clone()).await.problem(422, "invalid");
            assert_eq!(refused["errors"][0]["field"], field, "{body}");
            assert!(!refused.to_string().contains("555"), "{refused}");
        }
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM calls WHERE user_id IS NOT NULL").await, 2);
    })
    .await;
}

#[tokio::test]
async fn n9_staff_hear_why_not_this_clinic_and_why_not_this_time() {
    on_each_database(async |database| {
        let app = two_clinics(database).await;
        let agent = app.agent().await;
        booked_at(&app, CLINIC, SLOT).await;
        let ask =
            async |query: &str| agent.get(&format!("{STAFF}/explain?clinic={}&{query}", slug(&app, CLINIC))).await;
        let both = ask(&format!("near=78701&at={SLOT}")).await.ok();
        assert_eq!((&both["nearest"]["in_answer"], &both["time"]["reason"]), (&json!(true), &json!("booked")));
        let free = ask(&format!("at={LATER_SLOT}")).await.ok();
        assert_eq!((&free["nearest"], &free["time"]["offered"]), (&Value::Null, &json!(true)));
        assert_eq!(ask("at=2026-12-04T04:00:00Z").await.ok()["time"]["reason"], "hours");
        for (query, field) in [
            ("", "near"),
            ("at=tomorrow", "at"),
            ("at=%2B262142-12-31T23:59:59Z", "at"),
            ("near=78701&limit=0", "limit"),
        ] {
            assert_eq!(ask(query).await.problem(422, "invalid")["errors"][0]["field"], field, "{query}");
        }
    })
    .await;
}
