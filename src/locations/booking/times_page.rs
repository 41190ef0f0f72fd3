use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Days, NaiveDate};

use super::browser::Browser;
use super::typed::Typed;
use super::venue::Venue;
use super::{Counter, clinic, details_page, refusal};
use crate::availability::NotOffered;
use crate::bookings::{Alternative, Alternatives, BookingError, Refusal, Visit, Visitor, alternatives, visitor};
use crate::clinics::status::ClinicStatus;
use crate::directory::{Entry, Snapshot};
use crate::error::AppError;
use crate::locations::answer;
use crate::locations::cards::{FreeDay, SlotButton, by_day, in_zone, no_times, offer};
use crate::locations::writer::{Writer, name};
use crate::token::TokenHash;
use crate::web::page::{FormErrors, Frame, Language, format, html};
use crate::web::{Filled, Params, Path};

/// Dates on a page.
const WEEK: u64 = 7;

#[derive(Template)]
#[template(path = "locations/templates/booking/times.html")]
struct TimesPage<'a> {
    frame: Frame<'a>,
    venue: Venue,
    offer: String,
    in_zone: String,
    /// What is said where there is none.
    no_times: String,
    /// Why this page is shown instead of what was asked for.
    notice: Option<String>,
    /// What the visitor holds already: the time, and the page to go on with it.
    held: Option<(String, String)>,
    /// What is free about the time that could not be had.
    in_time: Vec<OtherTime>,
    in_place: Vec<OtherTime>,
    week: Week,
    /// Where the chosen time is sent, below the prefix of the language.
    action: String,
    /// Where this page's weeks are, below the prefix of the language.
    path: String,
    /// Carried along.
    typed: Vec<(&'a str, &'a str)>,
    slug: String,
    /// The visit to be moved, below the prefix of the language.
    visit: Option<String>,
}

/// A time beside the one that was wanted.
#[derive(Debug)]
struct OtherTime {
    action: String,
    clinic: String,
    starts_at: String,
    words: String,
}

impl OtherTime {
    /// `action` is where every chosen time goes; without one each goes to its own clinic's page.
    fn new(writer: &Writer<'_>, other: &Alternative, action: Option<&String>) -> Self {
        let Alternative { entry, distance, slot } = other;
        let button = SlotButton::new(writer, entry, slot);
        let far = (distance.0 > 0.0).then(|| format!(", {}", writer.distance(*distance)));
        Self {
            action: action.cloned().unwrap_or_else(|| entry.book_path()),
            clinic: entry.clinic.slug.to_string(),
            starts_at: button.starts_at,
            words: format!("{}{}", button.name, far.unwrap_or_default()),
        }
    }
}

/// The free times of a week.
#[derive(Debug)]
struct Week {
    days: Vec<FreeDay>,
    earlier: Option<NaiveDate>,
    later: Option<NaiveDate>,
    /// Where there are times, when this week has none.
    first: Option<NaiveDate>,
}

/// What is shown beside the free times, and where a chosen one goes.
pub struct Shown<'a> {
    pub entry: &'a Arc<Entry>,
    pub from: Option<NaiveDate>,
    pub typed: &'a Typed,
    pub notice: Option<String>,
    pub others: Alternatives,
    pub held: Option<(String, String)>,
    /// The token of the visit to be moved; a new one is booked without.
    pub moves: Option<&'a str>,
}

impl<'a> Shown<'a> {
    /// The free times alone.
    #[must_use]
    pub fn new(entry: &'a Arc<Entry>, typed: &'a Typed) -> Self {
        Self { entry, from: None, typed, notice: None, others: Alternatives::default(), held: None, moves: None }
    }
}

pub async fn show_times(
    Browser(visitor): Browser,
    State(counter): State<Counter>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let snapshot = counter.site.directory.snapshot();
    let entry = clinic(&snapshot, &slug)?;
    if entry.status == ClinicStatus::Closed {
        return answer::moved_to(&counter.site, &entry.page_path());
    }
    if *entry.clinic.slug != *slug {
        return answer::moved_to(&counter.site, &entry.book_path());
    }
    let from = date_of(query.as_deref());
    let latest = visitor::latest(&counter.bookings, &visitor).await?;
    let is_here = |hold: &&Visit| hold.clinic.id == entry.id;
    match latest.as_ref().filter(is_here) {
        Some(hold) if from.is_none() && hold.is_unfinished_at(counter.bookings.now()) => {
            details_page::show(&counter, &snapshot, entry, hold, StatusCode::OK).await
        }
        _ => {
            let held = latest.and_then(|hold| held_line(&counter, &snapshot, &hold));
            let typed = Typed::default();
            page(&counter, &snapshot, StatusCode::OK, Shown { from, held, ..Shown::new(entry, &typed) })
        }
    }
}

/// The dates that a page's link asks for; anything else is as if nothing was asked.
pub fn date_of(query: Option<&str>) -> Option<NaiveDate> {
    Params::known_of(query.unwrap_or_default(), &["from"]).get("from")?.parse().ok()
}

fn held_line(counter: &Counter, snapshot: &Snapshot, hold: &Visit) -> Option<(String, String)> {
    let (entry, now) = (&hold.clinic, counter.bookings.now());
    let time = counter.site.writer(snapshot, now).long_time(hold.starts_at(), entry.zone);
    hold.is_held_at(now).then(|| (format!("{time}, {}", name(entry)), entry.book_path()))
}

pub async fn post_time(
    browser: Browser,
    State(counter): State<Counter>,
    Path(slug): Path<String>,
    Filled { typed, fault }: Filled<Typed>,
) -> Result<Response, AppError> {
    let snapshot = counter.site.directory.snapshot();
    let entry = clinic(&snapshot, &slug)?;
    if let Some(fault) = fault {
        return unreadable(&counter, &snapshot, entry, &typed, fault);
    }
    let (visitor, cookie) = browser.known(counter.site.directory.links());
    let mut response = match take(&counter, &visitor, entry, &typed).await {
        // What was typed before would be lost on the way.
        Ok(held) if !typed.details().is_empty() => {
            details_page::show_typed(&counter, &snapshot, entry, &held, &typed).await?
        }
        Ok(_) => counter.see_other(&entry.book_path())?,
        Err(refusal) => refused(&counter, &snapshot, entry, &typed, refusal)?,
    };
    if let Some(cookie) = cookie {
        response.headers_mut().insert(axum::http::header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The free times, after a form that no page of ours sends.
fn unreadable(
    counter: &Counter,
    snapshot: &Snapshot,
    entry: &Arc<Entry>,
    typed: &Typed,
    fault: AppError,
) -> Result<Response, AppError> {
    let errors = FormErrors::of(counter.site.language.words(), fault)?;
    let notice = errors.message.clone().or(errors.summary.clone());
    page(counter, snapshot, errors.status(), Shown { notice, ..Shown::new(entry, typed) })
}

/// Holds the time that was chosen.
///
/// # Errors
/// The time cannot be had.
pub async fn take(counter: &Counter, visitor: &Visitor, entry: &Entry, typed: &Typed) -> Result<Visit, Refusal> {
    let starts_at = typed.time().ok_or(BookingError::NotOffered(NotOffered::OffGrid))?;
    visitor::hold(&counter.bookings, visitor, &entry.clinic.slug, starts_at, None).await
}

pub async fn post_release(
    Browser(visitor): Browser,
    State(counter): State<Counter>,
    Path(slug): Path<String>,
) -> Result<Response, AppError> {
    let snapshot = counter.site.directory.snapshot();
    let entry = clinic(&snapshot, &slug)?;
    if let Some(hold) = visitor::latest(&counter.bookings, &visitor).await? {
        let token = TokenHash::of(&hold.hold_token(&counter.bookings.secret));
        match visitor::release(&counter.bookings, &token).await {
            Ok(()) | Err(Refusal { error: BookingError::AlreadyConfirmed, .. }) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    counter.see_other(&entry.book_path())
}

/// The free times, with the reason why not the one that was asked for.
///
/// # Errors
/// The refusal itself, when it is none that free times could mend.
pub fn refused(
    counter: &Counter,
    snapshot: &Snapshot,
    entry: &Arc<Entry>,
    typed: &Typed,
    refusal: Refusal,
) -> Result<Response, AppError> {
    let Some(notice) = refusal::words(counter.site.language, &refusal.error, entry.zone) else {
        return Err(refusal.into());
    };
    let around = |wanted| alternatives(&counter.bookings, entry, wanted);
    let others = typed.time().map(around).unwrap_or_default();
    let shown = Shown { notice: Some(notice), others, ..Shown::new(entry, typed) };
    page(counter, snapshot, AppError::from(refusal).status(), shown)
}

/// The page of free times.
///
/// # Errors
/// When it cannot be written, which would be a bug.
pub fn page(
    counter: &Counter,
    snapshot: &Snapshot,
    status: StatusCode,
    shown: Shown<'_>,
) -> Result<Response, AppError> {
    let Shown { entry, from, typed, notice, others, held, moves } = shown;
    let language = counter.site.language;
    let writer = counter.site.writer(snapshot, counter.site.directory.as_of());
    let values = [("clinic", name(entry).into())];
    let (id, action, path, visit) = match moves {
        None => ("book-times-heading", entry.book_path(), entry.book_path(), None),
        Some(token) => {
            let visit = format!("/booking/{token}");
            ("visit-times-heading", format!("{visit}/reschedule"), format!("{visit}/times"), Some(visit))
        }
    };
    let other = |other: &Alternative| OtherTime::new(&writer, other, moves.is_some().then_some(&action));
    let times_page = TimesPage {
        frame: counter.frame(snapshot, language.tell(id, &values), path.clone()),
        venue: Venue::new(entry),
        slug: entry.clinic.slug.to_string(),
        offer: offer(language, entry),
        in_zone: in_zone(&writer, entry),
        no_times: no_times(language, entry),
        notice,
        held,
        in_time: others.in_time.iter().map(other).collect(),
        in_place: others.in_place.iter().map(other).collect(),
        week: week(&writer, entry, from),
        action,
        path,
        typed: typed.details(),
        visit,
    };
    html(status, &times_page)
}

/// The week from a date on; without one, from the first free time on.
fn week(writer: &Writer<'_>, entry: &Entry, from: Option<NaiveDate>) -> Week {
    let (as_of, schedule) = (writer.as_of, entry.schedule());
    let today = schedule.local_date(as_of);
    let last = today + Days::new(entry.policy.horizon_days.into());
    let first = entry.next_slot(as_of).map(|slot| schedule.local_date(slot.starts_at));
    let from = from.map_or(first.unwrap_or(today), |from| from.clamp(today, last));
    let next = from + Days::new(WEEK);
    let slots = entry.slots(schedule.midnight(from)..schedule.midnight(next), as_of);
    Week {
        days: by_day(writer, entry, &slots, format::long_date),
        earlier: (from > first.unwrap_or(today)).then(|| (from - Days::new(WEEK)).max(today)),
        later: (next <= last && first.is_some()).then_some(next),
        first: first.filter(|_| slots.is_empty()),
    }
}
