use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::venue::Venue;
use super::{Counter, refusal};
use crate::bookings::{BookingError, BookingOut, Status, Visit, visitor};
use crate::error::AppError;
use crate::token::TokenHash;
use crate::web::Path;
use crate::web::page::{Frame, Language, html};

#[derive(Template)]
#[template(path = "locations/templates/booking/visit.html")]
struct VisitPage<'a> {
    frame: Frame<'a>,
    venue: Venue,
    /// Below the prefix of the language.
    path: String,
    calendar: String,
    time: String,
    /// What the visit is waiting for, or why it cannot be changed.
    notice: Option<String>,
    /// How to reach the visitor is masked.
    booking: BookingOut,
    is_booked: bool,
    can_change: bool,
}

pub async fn show_visit(State(counter): State<Counter>, Path(token): Path<String>) -> Result<Response, AppError> {
    let visit = find(&counter, &token).await?;
    page(&counter, StatusCode::OK, &token, &visit, None)
}

pub async fn post_cancellation(
    State(counter): State<Counter>,
    Path(token): Path<String>,
) -> Result<Response, AppError> {
    let hash = TokenHash::of_ours(&token).ok_or_else(unknown)?;
    match visitor::cancel(&counter.bookings, &hash, None).await.map_err(|refusal| refusal.error) {
        // Cancelled is cancelled, whoever pressed first.
        Ok(_) | Err(BookingError::AlreadyCancelled) => counter.see_other(&format!("/booking/{token}")),
        Err(BookingError::UnknownBooking) => Err(unknown()),
        Err(error) => told(&counter, &token, error).await,
    }
}

/// The visit as it is, and why it was not changed.
///
/// # Errors
/// The refusal itself, when it is none of the visitor's business.
pub async fn told(counter: &Counter, token: &str, error: BookingError) -> Result<Response, AppError> {
    let visit = find(counter, token).await?;
    match refusal::words(counter.site.language, &error, visit.clinic.zone) {
        Some(notice) => page(counter, AppError::from(error).status(), token, &visit, Some(notice)),
        None => Err(error.into()),
    }
}

/// The visit of an address.
///
/// # Errors
/// When there is none, or the database cannot be read.
pub async fn find(counter: &Counter, token: &str) -> Result<Visit, AppError> {
    let token = TokenHash::of_ours(token).ok_or_else(unknown)?;
    visitor::see(&counter.bookings, &token).await.map_err(|refusal| match refusal.error {
        BookingError::UnknownBooking => unknown(),
        error => error.into(),
    })
}

fn unknown() -> AppError {
    AppError::NotFound { code: "booking_unknown", detail: "there is no visit at this address".to_owned() }
}

fn page(
    counter: &Counter,
    status: StatusCode,
    token: &str,
    visit: &Visit,
    notice: Option<String>,
) -> Result<Response, AppError> {
    let (snapshot, entry) = (counter.site.directory.snapshot(), &visit.clinic);
    let (language, state) = (counter.site.language, visit.status());
    let writer = counter.site.writer(&snapshot, counter.bookings.now());
    let path = format!("/booking/{token}");
    let waiting = || language.say("visit-needs-rebooking").into_owned();
    let heading = language.say(&format!("visit-is-{}", state.as_str())).into_owned();
    let visit_page = VisitPage {
        frame: counter.frame(&snapshot, heading, path.clone()),
        venue: Venue::new(entry),
        calendar: format!("/api/v1/bookings/{token}/calendar.ics"),
        time: writer.long_time(visit.starts_at(), entry.zone),
        notice: notice.or_else(|| (state == Status::NeedsRebooking).then(waiting)),
        booking: BookingOut::new(visit),
        is_booked: state == Status::Confirmed,
        can_change: visit.can_change_at(counter.bookings.now()),
        path,
    };
    html(status, &visit_page)
}
