//! How refusals are told over HTTP.

use axum::http::StatusCode;
use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::error::BookingError;
use super::limits::TooMany;
use crate::availability::NotOffered;
use crate::error::{AppError, FieldError, Problem};

/// What else than success the calls about bookings can answer.
#[derive(Debug, utoipa::IntoResponses)]
pub enum BookingProblems {
    /// The body is not JSON, or the `Idempotency-Key` is missing or unusable
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(Problem),
    /// No hold or booking has this token
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// `slot_taken` (with `retry_at` and `alternatives`), `nothing_free` (with `skipped`), `already_confirmed`, `already_cancelled`, `too_many_extensions` or `too_late`
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// `hold_expired` (with `rehold` when the time is still free) or `hold_released`
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(Problem),
    /// The body is larger than 64 KiB
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is not sent as `application/json`
    #[response(status = 415, content_type = "application/problem+json")]
    Media(Problem),
    /// `invalid` (`errors` names each member), `wording_unknown`, `not_offered` (with `reason`) or `idempotency_mismatch`
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// Too many attempts; see Retry-After
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// Our fault
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// The database is away; see Retry-After
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

impl BookingError {
    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownHold | Self::UnknownBooking | Self::UnknownBlock | Self::UnknownClosure => {
                StatusCode::NOT_FOUND
            }
            Self::Invalid(_)
            | Self::Closure(_)
            | Self::BlockLength
            | Self::UnknownClinic
            | Self::NoConsultations
            | Self::NotOffered(_)
            | Self::UnknownWording { .. }
            | Self::ClinicsOutside(_)
            | Self::NoClinics
            | Self::OtherHold
            | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::HoldExpired | Self::HoldReleased => StatusCode::GONE,
            Self::SlotTaken { .. }
            | Self::NothingFree(_)
            | Self::AlreadyConfirmed
            | Self::TooManyExtensions
            | Self::AlreadyCancelled
            | Self::TooLate
            | Self::InTheWay(_)
            | Self::TooManyHolds
            | Self::ClosureLifted
            | Self::NotMarkable(_)
            | Self::TooEarly
            | Self::Erased
            | Self::NotWaiting(_)
            | Self::Claimed { .. }
            | Self::NeedsConfirm(_)
            | Self::VisitsToCome(_) => StatusCode::CONFLICT,
            Self::ClosureChanged { .. } => StatusCode::PRECONDITION_FAILED,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::ErasureLog(_) | Self::Outdated | Self::Unrecorded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn extra(&self) -> Map<String, Value> {
        let members = match self {
            Self::NotOffered(reason) => json!({ "reason": NotOffered::code(*reason) }),
            Self::NoConsultations => json!({ "reason": "no_consultations" }),
            Self::SlotTaken { retry_at } => {
                json!({ "retry_at": retry_at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)) })
            }
            Self::NothingFree(skipped) => json!({ "skipped": skipped }),
            Self::InTheWay(bookings) | Self::NeedsConfirm(bookings) | Self::VisitsToCome(bookings) => {
                json!({ "bookings": bookings })
            }
            Self::UnknownWording { index } => {
                let field = format!("consents[{index}].wording_version");
                json!({ "errors": self.on(&field) })
            }
            Self::ClosureChanged { version } => json!({ "version": version }),
            Self::ClinicsOutside(count) => json!({ "outside": count, "errors": self.on("scope") }),
            Self::NoClinics => json!({ "errors": self.on("scope") }),
            Self::OtherHold => json!({ "errors": self.on("hold_token") }),
            Self::BlockLength | Self::Closure(_) => json!({ "errors": self.on("to") }),
            Self::NotMarkable(status) | Self::NotWaiting(status) => json!({ "booking_status": status.as_str() }),
            Self::Claimed { until } => json!({ "until": until.to_rfc3339_opts(SecondsFormat::Secs, true) }),
            _ => Value::Null,
        };
        if let Value::Object(members) = members { members } else { Map::new() }
    }

    /// The member of the request that is wrong.
    fn on(&self, field: &str) -> [FieldError; 1] {
        [FieldError::new(field, self.code(), self.to_string())]
    }

    /// The problem, with members that only the caller knows.
    #[must_use]
    pub fn told_with(self, more: impl IntoIterator<Item = (String, Value)>) -> AppError {
        /// The writer of views tries again each second, and an edit takes less.
        const RETRY_AFTER_SECS: u32 = 1;
        let (status, code, detail, mut extra) = (self.status(), self.code(), self.to_string(), self.extra());
        match self {
            Self::Database(error) => error.into(),
            Self::Invalid(errors) => errors.into(),
            Self::TooMany(error) => error.into(),
            Self::Unrecorded | Self::Outdated => AppError::Unavailable { retry_after_secs: RETRY_AFTER_SECS },
            _ => {
                extra.extend(more);
                AppError::Refused { status, code, detail, extra }
            }
        }
    }
}

impl From<BookingError> for AppError {
    fn from(error: BookingError) -> Self {
        error.told_with([])
    }
}

impl From<TooMany> for AppError {
    fn from(TooMany { retry_after_secs }: TooMany) -> Self {
        Self::TooManyRequests { retry_after_secs }
    }
}
