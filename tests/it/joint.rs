//! Where and when together (rules A16, N3, N4): the engine against an oracle that compares every option with every other,
//! and the HTTP on clinics whose best answer is known.

use std::sync::Arc;

use chrono::{DateTime, Days, TimeDelta, Utc};
use clinic_directory::availability::{Agenda, Claims};
use clinic_directory::directory::{Choice, Dates, Entry, Filter, Label, Question, Snapshot, Sort, weigh};
use clinic_directory::geo::{Metres, Point, geodesic};
use serde_json::{Value, json};

use crate::bookings_support::{booked_at, created, held_at, post, slug};
use crate::nearest_engine::network;
use crate::support::{Random, TestApp, TestDatabase, codes, on_each_database};

/// What an option is, without anything of the engine: distance, start, code.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    distance: f64,
    start: DateTime<Utc>,
    code: String,
}

/// Books some of a clinic's first slots, so that clinics differ in when they are free.
fn book_some(app: &TestApp, entry: &Entry, random: &mut Random) {
    let (schedule, now) = (entry.schedule(), app.clock.now());
    let mut claims = Claims::default();
    let agenda = Agenda { schedule: &schedule, policy: &entry.policy, claims: &Claims::default(), now };
    for slot in agenda.slots(now..now + Days::new(9)).into_iter().take(random.below(120)) {
        claims.add(slot.starts_at.timestamp() / 300..slot.ends_at.timestamp() / 300, 1, None);
    }
    app.state.directory.show_claims(entry.id, claims);
}

/// The first slot on the dates, from all slots of the horizon; notice counts from the end of the minute.
fn first_slot(entry: &Entry, dates: Dates, as_of: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let (schedule, claims) = (entry.schedule(), entry.diary.claims());
    let agenda = Agenda { schedule: &schedule, policy: &entry.policy, claims: &claims, now: as_of };
    let today = as_of.with_timezone(&entry.zone).date_naive();
    let first = dates.from.map_or(today, |from| from.max(today));
    let notice = as_of + TimeDelta::minutes(i64::from(entry.policy.min_notice_min) + 1);
    let is_meant = |start: &DateTime<Utc>| {
        let date = start.with_timezone(&entry.zone).date_naive();
        *start >= notice && date >= first && date < first + Days::new(dates.count.into())
    };
    let offers = entry.clinic.offers_consultations && entry.is_listed();
    let slots = agenda.slots(as_of..as_of + Days::new(100));
    slots.into_iter().map(|slot| slot.starts_at).find(is_meant).filter(|_| offers)
}

fn known(entries: &[Arc<Entry>], question: &Question, within: Metres) -> Vec<Known> {
    let dates = question.filter.times.expect("dates");
    let option = |entry: &Arc<Entry>| {
        let (distance, code) = (geodesic(question.from, entry.point).0, entry.clinic.code.to_string());
        first_slot(entry, dates, question.as_of).map(|start| Known { distance, start, code })
    };
    entries.iter().filter_map(option).filter(|option| option.distance <= within.0).collect()
}

fn is_unbeaten(option: &Known, all: &[Known]) -> bool {
    !all.iter().any(|other| {
        let no_worse = other.distance <= option.distance && other.start <= option.start;
        no_worse && (other.distance < option.distance || other.start < option.start)
    })
}

fn cost(option: &Known, as_of: DateTime<Utc>) -> f64 {
    let days = (option.start - as_of).as_seconds_f64() / 86_400.0;
    option.distance / 1609.344 + 10.0 * days
}

fn check(snapshot: &Snapshot, question: &Question, choices: &[Choice], all: &[Known]) {
    assert_eq!(choices.len(), all.len().min(question.limit), "{question:?}");
    let found = |choice: &Choice| {
        let code = &snapshot.entry(choice.position).clinic.code;
        all.iter().find(|option| *option.code == **code).unwrap_or_else(|| panic!("{code}: {question:?}"))
    };
    for choice in choices {
        let option = found(choice);
        assert_eq!(choice.slot.starts_at, option.start, "{question:?}");
        assert_eq!(choice.is_unbeaten, is_unbeaten(option, all), "{option:?}: {question:?}");
    }
    let shown: Vec<&Known> = choices.iter().map(found).collect();
    let order = |option: &Known| (!is_unbeaten(option, all), (cost(option, question.as_of) * 1e6).round());
    assert!(shown.is_sorted_by(|a, b| order(a) <= order(b)), "{question:?}");
    let labelled = |label| choices.iter().find(|choice| choice.labels.contains(&label)).map(found);
    let least = |key: &dyn Fn(&Known) -> f64| all.iter().map(key).reduce(f64::min);
    if question.limit >= 3 && !all.is_empty() {
        assert_eq!(labelled(Label::Nearest).map(|option| option.distance), least(&|option| option.distance));
        let soonest = all.iter().map(|option| option.start).min();
        assert_eq!(labelled(Label::Soonest).map(|option| option.start), soonest);
        let best = labelled(Label::Best).map(|option| cost(option, question.as_of)).expect("there is a best");
        assert!(least(&|option| cost(option, question.as_of)).is_some_and(|least| best - least < 1e-6), "{question:?}");
    }
}

#[tokio::test]
async fn a16_the_options_equal_a_comparison_of_all_with_all() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    app.import(network(400)).await;
    let snapshot = app.state.directory.snapshot();
    let mut random = Random::new(19);
    for entry in snapshot.entries() {
        book_some(&app, entry, &mut random);
    }
    for _ in 0..60 {
        let today = app.clock.now().date_naive();
        let question = Question {
            from: Point::new(random.between(24.0, 49.0), random.between(-125.0, -67.0)).unwrap(),
            limit: 1 + random.below(20),
            radius: Metres(random.between(1_000.0, 2_000_000.0)),
            filter: Filter {
                times: Some(Dates {
                    from: (random.below(3) == 0).then(|| today + Days::new(random.below(8) as u64)),
                    count: 1 + u16::try_from(random.below(14)).unwrap(),
                }),
                ..Filter::default()
            },
            sort: Sort::Distance,
            as_of: app.clock.now(),
        };
        let joint = weigh(&snapshot, &question, None);
        let within = joint.used_radius.unwrap_or(Metres(f64::INFINITY));
        let all = known(snapshot.entries(), &question, within);
        check(&snapshot, &question, &joint.choices, &all);
        let asked = known(snapshot.entries(), &question, question.radius);
        assert_eq!(joint.expanded, asked.is_empty(), "{question:?}");
    }
}

/// Three clinics on a road north of Austin: near and full for days, in the middle, far and free tomorrow.
async fn three_clinics(app: &TestApp) {
    for (code, lat, hours) in [
        ("NEAR", 30.28, "Fr 09:00-10:00"),
        ("MIDDLE", 30.40, "Th 09:00-10:00"),
        ("FAR", 30.55, "Mo-Su 09:00-17:00"),
        ("BEATEN", 30.58, "Fr 09:00-10:00"),
    ] {
        app.clinic(code).at(lat, -97.74).zip("78701").open(hours).create().await;
    }
}

const HERE: &str = "lat=30.27&lon=-97.74";

#[tokio::test]
async fn a16_nearest_soonest_and_best_are_named_and_beaten_options_come_last() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        three_clinics(&app).await;
        let answer = app.anon().get(&format!("/api/v1/availability?{HERE}&days=7")).await.ok();
        let options = answer["options"].as_array().expect("options");
        let told: Vec<(&Value, &Value, &Value)> =
            options.iter().map(|o| (&o["clinic"]["code"], &o["labels"], &o["beaten"])).collect();
        let (yes, no) = (json!(true), json!(false));
        let labels = [json!(["soonest"]), json!([]), json!(["nearest"]), json!([])];
        // Tuesday nine o'clock: FAR 19.3 mi and 1.02 days, MIDDLE 9 mi and 2 days, NEAR 0.7 mi and 3 days.
        assert_eq!(told[0], (&json!("MIDDLE"), &json!(["best"]), &no));
        assert_eq!(told[1], (&json!("FAR"), &labels[0], &no));
        assert_eq!(told[2], (&json!("NEAR"), &labels[2], &no));
        assert_eq!(told[3], (&json!("BEATEN"), &labels[3], &yes));
        assert_eq!(options[0]["next"]["local"], "Thu Dec 3, 2026, 9:00 AM CST");
        assert_eq!(answer["search"]["days"], 7);
        for (from, clipped) in [("2026-11-30", true), ("2026-12-01", false), ("2026-12-02", false)] {
            let answer = app.anon().get(&format!("/api/v1/availability?{HERE}&from={from}")).await.ok();
            assert_eq!(answer["search"]["clipped"], clipped, "{from}");
        }
        let one = app.anon().get(&format!("/api/v1/availability?{HERE}&days=7&limit=1")).await.ok();
        assert_eq!(one["options"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn n3_without_a_free_time_nearby_the_search_goes_farther_and_counts_what_it_skipped() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("FULL").at(30.28, -97.74).zip("78701").open("Th 09:00-09:30").create().await;
        app.clinic("CLOSED").at(30.29, -97.74).zip("78701").open("Mo 09:00-09:30").create().await;
        app.clinic("NONE")
            .at(30.30, -97.74)
            .zip("78701")
            .open("Th 09:00-17:00")
            .with("offers_consultations", "no")
            .create()
            .await;
        app.clinic("AWAY").at(30.90, -97.74).zip("78701").open("Th 09:00-17:00").create().await;
        booked_at(&app, "FULL", "2026-12-03T15:00:00Z").await;
        let answer = app.anon().get(&format!("/api/v1/availability?{HERE}&days=4")).await.ok();
        assert_eq!(answer["options"][0]["clinic"]["code"], "AWAY");
        assert_eq!(answer["search"]["expanded"], true);
        assert_eq!(answer["skipped"], json!({ "full": 1, "closed": 1, "no_consultations": 1 }));
        let skipped: Vec<&Value> = answer["excluded"].as_array().unwrap().iter().map(|e| &e["name"]).collect();
        assert_eq!(skipped, ["Clinic FULL", "Clinic CLOSED", "Clinic NONE"]);
        // The same in nearest: filtered inside the search, and each nearer one with its reason.
        let nearest = app.anon().get(&format!("/api/v1/nearest?{HERE}&available_within_days=3")).await.ok();
        assert_eq!(codes(&nearest), ["AWAY"]);
        assert_eq!(nearest["search"]["skipped"], answer["skipped"]);
        let reasons: Vec<&Value> = nearest["excluded"].as_array().unwrap().iter().map(|e| &e["reason"]).collect();
        assert_eq!(reasons, ["full", "filtered_by", "no_consultations"]);
        // N4: without the filter all of them stay.
        let all = app.anon().get(&format!("/api/v1/nearest?{HERE}")).await.ok();
        assert_eq!(codes(&all), ["FULL", "CLOSED", "NONE"]);
        assert_eq!(all["search"]["skipped"], Value::Null);
        let soonest = app.anon().get(&format!("/api/v1/nearest?{HERE}&sort=soonest&radius=100")).await.ok();
        assert_eq!(codes(&soonest), ["AWAY", "CLOSED", "FULL"]);
    })
    .await;
}

#[tokio::test]
async fn a14_a_clinic_that_is_still_to_open_is_excluded_with_its_first_time() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        three_clinics(&app).await;
        let soon = app.clinic("SOON").at(30.27, -97.74).zip("78701").open("Mo-Su 09:00-17:00");
        soon.with("opens_on", "2026-12-20").create().await;
        let answer = app.anon().get(&format!("/api/v1/nearest?{HERE}")).await.ok();
        assert_eq!(answer["excluded"][0]["slug"], slug(&app, "SOON"));
        assert_eq!(answer["excluded"][0]["next"]["local"], "Sun Dec 20, 2026, 9:00 AM CST");
    })
    .await;
}

#[tokio::test]
async fn the_next_time_follows_each_hold_at_once() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("A1").at(30.28, -97.74).zip("78701").open("Mo-Su 09:00-17:00").create().await;
        let next = async || {
            let answer = app.anon().get(&format!("/api/v1/nearest?{HERE}")).await;
            let slot = answer.json()["data"][0]["clinic"]["consultation"]["next"].clone();
            (slot["starts_at"].as_str().unwrap().to_owned(), answer.header("etag").to_owned())
        };
        let (free, before) = next().await;
        assert_eq!(free, "2026-12-02T09:30:00-06:00");
        let hold = held_at(&app, "A1", &free).await;
        let (later, while_held) = next().await;
        assert_eq!(later, "2026-12-02T10:00:00-06:00");
        assert_ne!(before, while_held, "N10: the tag counts the claims");
        let path = format!("/api/v1/holds/{}", hold["hold_token"].as_str().unwrap());
        assert_eq!(app.anon().request(axum::http::Method::DELETE, &path).await.status(), 204);
        assert_eq!(next().await.0, free);
        // A hold that nobody ends runs out by itself.
        held_at(&app, "A1", &free).await;
        app.clock.advance(TimeDelta::minutes(9));
        assert_eq!(next().await.0, later);
        app.clock.advance(TimeDelta::minutes(1));
        assert_eq!(next().await.0, free);
        // And the notice passes.
        app.clock.advance(TimeDelta::minutes(20));
        assert_eq!(next().await.0, later);
    })
    .await;
}

#[tokio::test]
async fn another_process_sees_a_hold_at_its_next_look() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("A1").at(30.28, -97.74).zip("78701").open("Mo-Su 09:00-17:00").create().await;
        let other = TestApp::empty(database).await;
        let next = async || {
            let answer = other.anon().get(&format!("/api/v1/nearest?{HERE}")).await.ok();
            answer["data"][0]["clinic"]["consultation"]["next"]["starts_at"].as_str().unwrap().to_owned()
        };
        let free = next().await;
        let look = async || clinic_directory::bookings::look(&other.state.bookings).await.expect("it reads");
        look().await;
        held_at(&app, "A1", &free).await;
        look().await;
        assert_ne!(next().await, free);
        // A process that starts knows it from the start.
        let third = TestApp::empty(database).await;
        let answer = third.anon().get(&format!("/api/v1/nearest?{HERE}")).await.ok();
        assert_ne!(answer["data"][0]["clinic"]["consultation"]["next"]["starts_at"], free);
    })
    .await;
}

#[tokio::test]
async fn a16_the_best_time_near_a_place_is_held_in_one_call() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        three_clinics(&app).await;
        let best = json!({ "near": "30.27, -97.74", "within_days": 7 });
        let hold = async |body: &Value| post(&app, "/api/v1/holds", body).await;
        assert_eq!(created(&hold(&best).await)["clinic"], slug(&app, "MIDDLE"));
        // It can be read out, and says how the place was understood.
        let best_hold = created(&hold(&json!({ "near": "30.27, -97.74", "within_days": 7, "radius": 1 })).await);
        assert_eq!(best_hold["near"], json!({ "label": "30.27, -97.74", "distance_mi": 0.7, "did_you_mean": [] }));
        assert_eq!(
            (&best_hold["clinic_name"], &best_hold["address"]),
            (&json!("Clinic NEAR"), &json!("Austin, TX 78701"))
        );
        // Its hour has two consultations; then the next best is taken.
        assert_eq!(created(&hold(&best).await)["clinic"], slug(&app, "MIDDLE"));
        assert_eq!(created(&hold(&best).await)["clinic"], slug(&app, "FAR"));
        let nothing = hold(&json!({ "near": "30.27, -97.74", "within_days": 0 })).await;
        let told = nothing.problem(409, "nothing_free");
        assert_eq!(told["skipped"], json!({ "full": 0, "closed": 4, "no_consultations": 0 }));
        hold(&json!({ "near": "Nowhere, ZZ", "within_days": 7 })).await.problem(404, "place_unknown");
        hold(&json!({ "near": "78701" })).await.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn a16_in_a_rush_everybody_gets_some_time_while_there_is_one() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("A1").at(30.28, -97.74).zip("78701").open("Mo-Su 09:00-17:00").create().await;
        let body = json!({ "near": "78701", "within_days": 3 });
        let all = (0..24).map(|_| post(&app, "/api/v1/holds", &body));
        let holds = futures_util::future::join_all(all).await;
        let mut starts: Vec<String> = holds.iter().map(|hold| created(hold)["slot"]["starts_at"].to_string()).collect();
        starts.sort();
        starts.dedup();
        assert_eq!(starts.len(), 24, "each another time");
    })
    .await;
}

#[tokio::test]
async fn b6_the_best_time_is_held_once_however_often_it_is_asked_for_with_one_key() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("A1").at(30.28, -97.74).zip("78701").open("We 09:00-10:00").create().await;
        let body = json!({ "near": "78701", "within_days": 1 });
        let hold =
            async |body: &Value| crate::bookings_support::post_with_key(&app, "/api/v1/holds", "once", body).await;
        let first = created(&hold(&body).await);
        post(&app, "/api/v1/holds", &body).await.problem(409, "nothing_free");
        assert_eq!(created(&hold(&body).await), first, "also when nothing else is left");
        hold(&json!({ "near": "78701", "within_days": 2 })).await.problem(422, "idempotency_mismatch");
    })
    .await;
}

#[tokio::test]
async fn a_joint_question_is_refused_by_field() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for (query, field) in [
            ("", "near"),
            ("near=02110&days=0", "days"),
            ("near=02110&days=63", "days"),
            ("near=02110&from=tomorrow", "from"),
            ("near=02110&radius=0", "radius"),
            ("near=02110&limit=101", "limit"),
            ("near=02110&open_now=true", "open_now"),
        ] {
            let told = app.anon().get(&format!("/api/v1/availability?{query}")).await.problem(422, "invalid");
            assert_eq!(told["errors"][0]["field"], field, "{query}");
        }
        app.anon().get("/api/v1/availability?near=Nowhere,%20ZZ").await.problem(404, "place_unknown");
        let texas = app.anon().get("/api/v1/availability?near=Texas").await.ok();
        let states = texas["options"].as_array().unwrap().iter().map(|option| &option["clinic"]["state"]);
        assert!(states.clone().count() > 1 && states.into_iter().all(|state| state == "TX"), "P8: {texas}");
    })
    .await;
}
