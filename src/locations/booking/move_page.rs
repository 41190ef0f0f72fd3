use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::browser::Browser;
use super::typed::Typed;
use super::visit_page::{find, told};
use super::{Counter, clinic, refusal, times_page};
use crate::availability::NotOffered;
use crate::bookings::{BookingError, Refusal, RescheduleIn, Visit, Visitor, alternatives, visitor};
use crate::error::AppError;
use crate::token::TokenHash;
use crate::web::{Form, Path};

pub async fn show_other_times(
    State(counter): State<Counter>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let visit = find(&counter, &token).await?;
    let snapshot = counter.site.directory.snapshot();
    let typed = Typed::default();
    let from = times_page::date_of(query.as_deref());
    let shown = times_page::Shown { from, moves: Some(&token), ..times_page::Shown::new(&visit.clinic, &typed) };
    times_page::page(&counter, &snapshot, StatusCode::OK, shown)
}

pub async fn post_other_time(
    Browser(visitor): Browser,
    State(counter): State<Counter>,
    Path(token): Path<String>,
    Form(body): Form<RescheduleIn>,
) -> Result<Response, AppError> {
    let visit = find(&counter, &token).await?;
    let snapshot = counter.site.directory.snapshot();
    let entry = match &body.clinic {
        Some(slug) => clinic(&snapshot, slug)?,
        None => &visit.clinic,
    };
    // What no button sends is no time that is offered.
    let wanted = body.parse().ok();
    let refusal = match go(&counter, &visitor, &token, wanted.as_ref()).await {
        Ok(_) => return counter.see_other(&format!("/booking/{token}")),
        Err(Refusal { error: error @ (BookingError::TooLate | BookingError::AlreadyCancelled), .. }) => {
            return told(&counter, &token, error).await;
        }
        Err(refusal) => refusal,
    };
    let Some(notice) = refusal::words(counter.site.language, &refusal.error, entry.zone) else {
        return Err(refusal.into());
    };
    let around = |(at, _)| alternatives(&counter.bookings, entry, at);
    let (others, typed) = (wanted.map(around).unwrap_or_default(), Typed::default());
    let shown = times_page::Shown::new(entry, &typed);
    let shown = times_page::Shown { notice: Some(notice), others, moves: Some(&token), ..shown };
    times_page::page(&counter, &snapshot, AppError::from(refusal).status(), shown)
}

async fn go(
    counter: &Counter,
    visitor: &Visitor,
    token: &str,
    wanted: Option<&(DateTime<Utc>, Option<String>)>,
) -> Result<Visit, Refusal> {
    let hash = TokenHash::of_ours(token).ok_or(BookingError::UnknownBooking)?;
    let (starts_at, clinic) = wanted.ok_or(BookingError::NotOffered(NotOffered::OffGrid))?;
    // The address is the credential here, whoever's browser it is in.
    let visitor = Visitor { token: None, ..visitor.clone() };
    visitor::move_to(&counter.bookings, &visitor, &hash, (clinic.as_deref(), *starts_at), None).await
}
