//! Rule A13: every worked case gives exactly its expected slots.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use super::Clinic;
use crate::availability::{Agenda, Claims, Slot, buckets};
use crate::clinics::hours::{SpecialDay, WeeklyHours, Window};
use crate::clinics::{Policy, PolicyField};

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

type Windows = Vec<(String, String)>;

#[derive(Deserialize)]
struct Case {
    id: String,
    tz: String,
    weekly: BTreeMap<String, Windows>,
    /// Special hours by date.
    overrides: BTreeMap<NaiveDate, Windows>,
    closures: Vec<NaiveDate>,
    duration_min: u16,
    step_min: u16,
    turnover_min: u16,
    capacity: u16,
    min_notice_min: u16,
    /// `null`: no horizon, so the farthest there is.
    horizon_days: Option<u16>,
    /// `null`: nothing has passed yet.
    now: Option<String>,
    query_from: String,
    query_to: String,
    busy: Vec<(String, String)>,
    expected: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    start: String,
    end: String,
    remaining: u16,
    local: String,
}

fn utc(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%MZ").unwrap().and_utc()
}

fn windows(pairs: &Windows) -> Vec<Window> {
    pairs.iter().map(|(open, close)| Window::parse(&format!("{open}-{close}")).unwrap()).collect()
}

impl Case {
    fn clinic(&self) -> Clinic {
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .map(|day| self.weekly.get(day).map(windows).unwrap_or_default());
        let mut special: BTreeMap<_, _> = self.overrides.iter().map(|(date, pairs)| (*date, windows(pairs))).collect();
        special.extend(self.closures.iter().map(|date| (*date, Vec::new())));
        Clinic {
            special: special.into_iter().map(|(on, windows)| SpecialDay { on, windows, note: None }).collect(),
            ..Clinic::new(self.tz.parse::<Tz>().unwrap(), WeeklyHours { days, closed_on_holidays: false })
        }
    }

    fn policy(&self) -> Policy {
        let policy = Policy {
            duration_min: self.duration_min,
            step_min: self.step_min,
            turnover_min: self.turnover_min,
            capacity: self.capacity,
            min_notice_min: if self.now.is_some() { self.min_notice_min } else { 0 },
            horizon_days: self.horizon_days.unwrap_or(1_000),
            ..Policy::default()
        };
        policy.validate().unwrap();
        policy
    }

    /// Bookings take the first seat that is free throughout, as holds do, and beyond the capacity as overrides do.
    fn claims(&self) -> Claims {
        let mut claims = Claims::default();
        let turnover = chrono::TimeDelta::minutes(self.turnover_min.into());
        for (start, end) in &self.busy {
            let span = buckets(utc(start), utc(end) + turnover);
            claims.add(span.clone(), first_free_seat(&claims, &span), None);
        }
        claims
    }

    fn slots(&self) -> Vec<Slot> {
        let (clinic, policy, claims) = (self.clinic(), self.policy(), self.claims());
        let range = utc(&self.query_from)..utc(&self.query_to);
        let now = self.now.as_deref().map_or(range.start, utc);
        Agenda { schedule: &clinic.schedule(), policy: &policy, claims: &claims, now }.slots(range)
    }
}

fn first_free_seat(claims: &Claims, span: &Range<i64>) -> u16 {
    let is_free = |seat: &u16| claims.within(span).all(|claim| claim.seat != *seat);
    (1..=u16::MAX).find(is_free).unwrap()
}

#[test]
fn a13_every_worked_case_gives_its_expected_slots() {
    let cases: Cases = serde_json::from_str(include_str!("../../../tests/cases/availability.json")).unwrap();
    assert!(cases.cases.len() >= 38);
    for case in cases.cases {
        let zone: Tz = case.tz.parse().unwrap();
        let found: Vec<_> = case
            .slots()
            .into_iter()
            .map(|slot| {
                let local = slot.starts_at.with_timezone(&zone).format("%Y-%m-%dT%H:%M%z").to_string();
                (slot.starts_at, slot.ends_at, slot.remaining, local)
            })
            .collect();
        let expected: Vec<_> = case
            .expected
            .iter()
            .map(|slot| (utc(&slot.start), utc(&slot.end), slot.remaining, slot.local.clone()))
            .collect();
        assert_eq!(found, expected, "{}", case.id);
    }
}

#[test]
fn a15_the_horizon_of_the_cases_is_the_longest_allowed() {
    assert!(PolicyField::HorizonDays.check(1_000).is_ok() && PolicyField::HorizonDays.check(1_001).is_err());
}
