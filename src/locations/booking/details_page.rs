use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use super::browser::Browser;
use super::consents::Consents;
use super::typed::Typed;
use super::venue::Venue;
use super::{Counter, clinic, refusal, times_page};
use crate::bookings::{BookingError, Refusal, Status, Visit, Visitor, visitor};
use crate::directory::{Entry, Snapshot};
use crate::error::AppError;
use crate::locations::cards::offer;
use crate::locations::writer::clock_in_zone;
use crate::token::TokenHash;
use crate::web::page::{FormErrors, Frame, Language, html};
use crate::web::{Filled, Path};

/// What every hold can have ahead of it.
const FULL_MIN: u16 = 10;
/// The script warns so long before the hold ends.
const WARN_AT_SECS: u32 = 120;

#[derive(Template)]
#[template(path = "locations/templates/booking/details.html")]
struct DetailsPage<'a> {
    frame: Frame<'a>,
    venue: Venue,
    offer: String,
    time: String,
    /// RFC 3339, as the buttons of times send it.
    starts_at: String,
    hold: HoldLine,
    /// Why the form is shown again.
    notice: Option<String>,
    errors: FormErrors,
    typed: &'a Typed,
    fields: Vec<Field<'a>>,
    consents: Consents,
    ways: &'static [(&'static str, &'static str)],
    /// Of the held time, on the clinic's calendar.
    date: NaiveDate,
    warn_at: u32,
}

/// How to reach a visitor, and the message that says so.
const WAYS: &[(&str, &str)] =
    &[("phone", "book-by-phone"), ("text", "book-by-text"), ("email", "book-by-email"), ("", "book-by-any")];

/// How long the time is kept.
#[derive(Debug)]
struct HoldLine {
    is_live: bool,
    expires_at: String,
    /// The end as a time of day at the clinic, for pages without script.
    until: String,
    is_extendable: bool,
}

/// A line of the form.
struct Field<'a> {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    value: &'a str,
    is_required: bool,
    mistake: Option<String>,
}

/// What is shown of a hold, and beside it.
struct Shown<'a> {
    entry: &'a Arc<Entry>,
    hold: &'a Visit,
    typed: &'a Typed,
    notice: Option<String>,
    errors: FormErrors,
}

impl<'a> Shown<'a> {
    fn new(entry: &'a Arc<Entry>, hold: &'a Visit, typed: &'a Typed) -> Self {
        Self { entry, hold, typed, notice: None, errors: FormErrors::default() }
    }
}

/// The form for a hold, nothing typed; for one that ran out, the way to have it again.
///
/// # Errors
/// When the database cannot be read.
pub async fn show(
    counter: &Counter,
    snapshot: &Snapshot,
    entry: &Arc<Entry>,
    hold: &Visit,
    status: StatusCode,
) -> Result<Response, AppError> {
    let typed = Typed::default();
    if hold.is_held_at(counter.bookings.now()) {
        return page(counter, snapshot, status, Shown::new(entry, hold, &typed)).await;
    }
    over(counter, snapshot, status, entry, hold, &typed).await
}

/// The form for a hold, with what was typed on a page before.
///
/// # Errors
/// When the database cannot be read.
pub async fn show_typed(
    counter: &Counter,
    snapshot: &Snapshot,
    entry: &Arc<Entry>,
    hold: &Visit,
    typed: &Typed,
) -> Result<Response, AppError> {
    page(counter, snapshot, StatusCode::OK, Shown::new(entry, hold, typed)).await
}

pub async fn post_extension(
    Browser(visitor): Browser,
    State(counter): State<Counter>,
    Path(slug): Path<String>,
    Filled { typed, fault }: Filled<Typed>,
) -> Result<Response, AppError> {
    let snapshot = counter.site.directory.snapshot();
    let entry = clinic(&snapshot, &slug)?;
    let Some(hold) = hold_here(&counter, &visitor, entry).await? else {
        return times_page::refused(&counter, &snapshot, entry, &typed, BookingError::UnknownHold.into());
    };
    if let Some(fault) = fault {
        return with_errors(&counter, &snapshot, entry, &hold, &typed, fault).await;
    }
    match visitor::extend(&counter.bookings, &token_of(&counter, &hold), None).await {
        // A press that was not counted: there is nothing to add yet (rule B8).
        Ok(same) if same.extensions_left() == hold.extensions_left() => {
            let minutes = FULL_MIN.max(entry.policy.hold_min);
            let notice = Some(counter.site.language.tell("book-full", &[("minutes", minutes.into())]));
            page(&counter, &snapshot, StatusCode::OK, Shown { notice, ..Shown::new(entry, &same, &typed) }).await
        }
        Ok(hold) => show_typed(&counter, &snapshot, entry, &hold, &typed).await,
        Err(refusal) => go_on(&counter, &snapshot, entry, &hold, &typed, refusal).await,
    }
}

pub async fn post_details(
    browser: Browser,
    State(counter): State<Counter>,
    Path(slug): Path<String>,
    Filled { typed, fault }: Filled<Typed>,
) -> Result<Response, AppError> {
    let snapshot = counter.site.directory.snapshot();
    let entry = clinic(&snapshot, &slug)?;
    let (visitor, _) = browser.known(counter.site.directory.links());
    let Some(mut hold) = hold_here(&counter, &visitor, entry).await? else {
        return times_page::refused(&counter, &snapshot, entry, &typed, BookingError::UnknownHold.into());
    };
    if let Some(fault) = fault {
        return with_errors(&counter, &snapshot, entry, &hold, &typed, fault).await;
    }
    if typed.again && !hold.is_held_at(counter.bookings.now()) && hold.status() != Status::Confirmed {
        hold = match times_page::take(&counter, &visitor, entry, &typed).await {
            Ok(again) => again,
            Err(refusal) => return times_page::refused(&counter, &snapshot, entry, &typed, refusal),
        };
    }
    if typed.time() != Some(hold.starts_at()) && hold.is_held_at(counter.bookings.now()) {
        let notice = Some(counter.site.language.say("refused-other-time").into_owned());
        let shown = Shown { notice, ..Shown::new(entry, &hold, &typed) };
        return page(&counter, &snapshot, StatusCode::CONFLICT, shown).await;
    }
    book(&counter, &visitor, &snapshot, entry, &hold, &typed).await
}

/// The visitor's last hold, if it is at this clinic.
async fn hold_here(counter: &Counter, visitor: &Visitor, entry: &Entry) -> Result<Option<Visit>, AppError> {
    Ok(visitor::latest(&counter.bookings, visitor).await?.filter(|hold| hold.clinic.id == entry.id))
}

fn token_of(counter: &Counter, hold: &Visit) -> TokenHash {
    TokenHash::of(&hold.hold_token(&counter.bookings.secret))
}

async fn book(
    counter: &Counter,
    visitor: &Visitor,
    snapshot: &Snapshot,
    entry: &Arc<Entry>,
    hold: &Visit,
    typed: &Typed,
) -> Result<Response, AppError> {
    let state = &counter.bookings;
    let consents = Consents::load(&state.db, counter.site.language, typed).await?;
    let request = typed.request(hold.hold_token(&state.secret), counter.site.language, consents.given());
    let guest = match request.parse() {
        Ok((_, guest)) => guest,
        Err(errors) => {
            return with_errors(counter, snapshot, entry, hold, typed, errors.into()).await;
        }
    };
    match visitor::book(state, visitor, &token_of(counter, hold), &guest, None).await {
        Ok(visit) => to_visit(counter, &visit),
        Err(refusal) => go_on(counter, snapshot, entry, hold, typed, refusal).await,
    }
}

/// The form once more, with what is wrong with it.
async fn with_errors(
    counter: &Counter,
    snapshot: &Snapshot,
    entry: &Arc<Entry>,
    hold: &Visit,
    typed: &Typed,
    fault: AppError,
) -> Result<Response, AppError> {
    let errors = FormErrors::of(counter.site.language.words(), fault)?;
    page(counter, snapshot, StatusCode::OK, Shown { errors, ..Shown::new(entry, hold, typed) }).await
}

fn to_visit(counter: &Counter, visit: &Visit) -> Result<Response, AppError> {
    counter.see_other(&format!("/booking/{}", visit.manage_token(&counter.bookings.secret)))
}

/// What a visitor can do after a refusal of their hold.
async fn go_on(
    counter: &Counter,
    snapshot: &Snapshot,
    entry: &Arc<Entry>,
    hold: &Visit,
    typed: &Typed,
    refusal: Refusal,
) -> Result<Response, AppError> {
    match refusal.error {
        // Pressed twice: the first press made the booking.
        BookingError::AlreadyConfirmed => to_visit(counter, hold),
        BookingError::HoldExpired => over(counter, snapshot, StatusCode::GONE, entry, hold, typed).await,
        error @ (BookingError::TooManyExtensions | BookingError::UnknownWording { .. }) => {
            let notice = refusal::words(counter.site.language, &error, entry.zone);
            let shown = Shown { notice, ..Shown::new(entry, hold, typed) };
            page(counter, snapshot, AppError::from(error).status(), shown).await
        }
        error => times_page::refused(counter, snapshot, entry, typed, error.into()),
    }
}

/// A hold that ran out: its time once more when it is free, else the nearest others; what was typed stays (rule B3).
async fn over(
    counter: &Counter,
    snapshot: &Snapshot,
    status: StatusCode,
    entry: &Arc<Entry>,
    hold: &Visit,
    typed: &Typed,
) -> Result<Response, AppError> {
    if hold.is_free_at(counter.bookings.now()) {
        let notice = refusal::words(counter.site.language, &BookingError::HoldExpired, entry.zone);
        return page(counter, snapshot, status, Shown { notice, ..Shown::new(entry, hold, typed) }).await;
    }
    let typed = Typed { starts_at: starts_at(hold, entry), ..typed.clone() };
    times_page::refused(counter, snapshot, entry, &typed, BookingError::HoldExpired.into())
}

fn starts_at(hold: &Visit, entry: &Entry) -> String {
    hold.starts_at().with_timezone(&entry.zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}

async fn page(
    counter: &Counter,
    snapshot: &Snapshot,
    status: StatusCode,
    shown: Shown<'_>,
) -> Result<Response, AppError> {
    let Shown { entry, hold, typed, notice, errors } = shown;
    let (language, now) = (counter.site.language, counter.bookings.now());
    let writer = counter.site.writer(snapshot, now);
    let status = if errors.is_empty() { status } else { errors.status() };
    let details_page = DetailsPage {
        frame: counter.frame(snapshot, language.say("book-details-heading").into_owned(), entry.book_path()),
        venue: Venue::new(entry),
        offer: offer(language, entry),
        time: writer.long_time(hold.starts_at(), entry.zone),
        starts_at: starts_at(hold, entry),
        hold: HoldLine::new(language, hold, entry, now),
        fields: fields(typed, &errors),
        consents: Consents::load(&counter.bookings.db, language, typed).await?,
        ways: WAYS,
        date: entry.schedule().local_date(hold.starts_at()),
        warn_at: WARN_AT_SECS,
        notice,
        errors,
        typed,
    };
    html(status, &details_page)
}

impl HoldLine {
    fn new(language: Language, hold: &Visit, entry: &Entry, now: DateTime<Utc>) -> Self {
        let ends = hold.hold_ends_at();
        Self {
            is_live: hold.is_held_at(now),
            expires_at: ends.to_rfc3339_opts(SecondsFormat::Millis, true),
            until: language.tell("book-held-until", &[("time", clock_in_zone(language, ends, entry.zone).into())]),
            is_extendable: hold.extensions_left() > 0,
        }
    }
}

impl Field<'_> {
    /// What a screen reader says after the label.
    fn described_by(&self) -> Option<String> {
        let hint = (self.name == "phone").then(|| "reach".to_owned());
        let mistake = self.mistake.is_some().then(|| format!("{}-mistake", self.name));
        let ids: Vec<String> = hint.into_iter().chain(mistake).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

fn fields<'a>(typed: &'a Typed, errors: &FormErrors) -> Vec<Field<'a>> {
    let field = |name, kind, autocomplete, value: &'a str| Field {
        name,
        label: match name {
            "name" => "book-name",
            "phone" => "book-phone",
            _ => "book-email",
        },
        kind,
        autocomplete,
        value,
        is_required: name == "name",
        mistake: errors.at(name).map(str::to_owned),
    };
    vec![
        field("name", "text", "name", &typed.name),
        field("phone", "tel", "tel", &typed.phone),
        field("email", "email", "email", &typed.email),
    ]
}
