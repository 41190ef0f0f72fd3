use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::venue::Venue;
use super::{Counter, refusal};
use crate::bookings::{BookingError, BookingOut, By, Status, by_manage_token, cancel};
use crate::clinics::ClinicId;
use crate::directory::{Entry, Snapshot};
use crate::entities::booking;
use crate::error::AppError;
use crate::locations::frame::Frame;
use crate::locations::{Language, answer, times};
use crate::token::TokenHash;
use crate::web::Path;

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
    let booking = find(&counter, &token).await?;
    page(&counter, StatusCode::OK, &token, &booking, None)
}

pub async fn post_cancellation(
    State(counter): State<Counter>,
    Path(token): Path<String>,
) -> Result<Response, AppError> {
    let hash = TokenHash::of_ours(&token).ok_or_else(|| unknown(&counter))?;
    match cancel(&counter.bookings, By::Visitor(&hash), None).await {
        // Cancelled is cancelled, whoever pressed first.
        Ok(_) | Err(BookingError::AlreadyCancelled) => counter.see_other(&format!("/booking/{token}")),
        Err(BookingError::UnknownBooking) => Err(unknown(&counter)),
        Err(error) => told(&counter, &token, error).await,
    }
}

/// The visit as it is, and why it was not changed.
///
/// # Errors
/// The refusal itself, when it is none of the visitor's business.
pub async fn told(counter: &Counter, token: &str, error: BookingError) -> Result<Response, AppError> {
    let booking = find(counter, token).await?;
    let zone = booking.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    match refusal::words(counter.site.language, &error, zone) {
        Some(notice) => page(counter, AppError::from(error).status(), token, &booking, Some(notice)),
        None => Err(error.into()),
    }
}

/// The visit of an address.
///
/// # Errors
/// When there is none, or the database cannot be read.
pub async fn find(counter: &Counter, token: &str) -> Result<booking::Model, AppError> {
    let token = TokenHash::of_ours(token).ok_or_else(|| unknown(counter))?;
    by_manage_token(&counter.bookings.db, &token, false).await?.ok_or_else(|| unknown(counter))
}

/// The clinic of a visit.
///
/// # Errors
/// When it is no longer in the directory.
pub fn clinic_of<'s>(snapshot: &'s Snapshot, booking: &booking::Model) -> Result<&'s std::sync::Arc<Entry>, AppError> {
    snapshot.by_id(ClinicId(booking.clinic_id)).ok_or_else(|| BookingError::UnknownClinic.into())
}

fn unknown(counter: &Counter) -> AppError {
    let detail = counter.site.language.say("problem-booking_unknown").into_owned();
    AppError::NotFound { code: "booking_unknown", detail }
}

fn page(
    counter: &Counter,
    status: StatusCode,
    token: &str,
    booking: &booking::Model,
    notice: Option<String>,
) -> Result<Response, AppError> {
    let snapshot = counter.site.directory.snapshot();
    let entry = clinic_of(&snapshot, booking)?;
    let (language, state) = (counter.site.language, Status::of(booking));
    let path = format!("/booking/{token}");
    let waiting = || language.say("visit-needs-rebooking").into_owned();
    let heading = language.say(&format!("visit-is-{}", state.as_str())).into_owned();
    let visit_page = VisitPage {
        frame: counter.frame(&snapshot, heading, path.clone()),
        venue: Venue::new(entry),
        calendar: format!("/api/v1/bookings/{token}/calendar.ics"),
        time: times::long_time(language, booking.starts_at, entry.zone),
        notice: notice.or_else(|| (state == Status::NeedsRebooking).then(waiting)),
        booking: BookingOut::new(booking, entry),
        is_booked: state == Status::Confirmed,
        can_change: state.is_upcoming() && counter.bookings.now() < booking.starts_at,
        path,
    };
    answer::page(status, &visit_page)
}
