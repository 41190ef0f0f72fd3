use axum::http::StatusCode;
use sea_orm::DbErr;
use serde_json::Map;

use crate::error::{AppError, FieldErrors};

/// Why something about accounts cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// 422: the e-mail or password is not one, or may not be chosen.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// The e-mail and password do not belong together; nobody learns which of them is wrong.
    #[error("the e-mail or the password is wrong")]
    WrongPassword,
    /// 429: too many failures; even the right password is refused until then.
    #[error("too many failed attempts; please wait")]
    Blocked { retry_after_secs: u32 },
    /// 503: too many passwords wait to be judged.
    #[error("too many logins at once; please try again")]
    Busy,
    /// 410: used, replaced, too old, or never there.
    #[error("this link does not work (any more); ask an admin for another one")]
    LinkGone,
    /// 410: as [`Self::LinkGone`], or there is an admin of all clinics. Who is to get in all the same needs the machine.
    #[error(
        "this link does not work (any more). Ask an admin to add you; where the service runs, `clinic-directory user add --role admin` \
         makes an admin, and `clinic-directory check` shows the link that works while there is none"
    )]
    SetupGone,
    /// 404
    #[error("there is no user with this {0}")]
    UserUnknown(&'static str),
    /// 404
    #[error("there is no token with this id that was not revoked")]
    TokenUnknown,
    /// 409
    #[error("there is a user with this e-mail already")]
    EmailTaken,
    /// 409: nobody could undo it.
    #[error("this is the last admin of all clinics; make another one first")]
    LastAdmin,
    /// 403: one's own rights are for somebody else to change.
    #[error("nobody changes their own role or scope, or disables themselves; ask another admin")]
    OwnAccount,
    /// 409: what a disabled user is given would not work.
    #[error("this user is disabled; enable the account first")]
    Disabled,
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<FieldErrors> for AccountError {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<AccountError> for AppError {
    fn from(error: AccountError) -> Self {
        let detail = error.to_string();
        let refused = |status, code, detail| Self::Refused { status, code, detail, extra: Map::new() };
        match error {
            AccountError::Invalid(errors) => errors.into(),
            AccountError::WrongPassword => {
                FieldErrors::one("password", "wrong_password", "the e-mail or the password is wrong").into()
            }
            AccountError::Blocked { retry_after_secs } => Self::TooManyRequests { retry_after_secs },
            AccountError::Busy => Self::Unavailable { retry_after_secs: super::hasher::RETRY_AFTER_SECS },
            AccountError::LinkGone => refused(StatusCode::GONE, "link_gone", detail),
            AccountError::SetupGone => refused(StatusCode::GONE, "setup_gone", detail),
            AccountError::UserUnknown(_) => Self::NotFound { code: "user_unknown", detail },
            AccountError::TokenUnknown => Self::NotFound { code: "token_unknown", detail },
            AccountError::EmailTaken => refused(StatusCode::CONFLICT, "email_taken", detail),
            AccountError::LastAdmin => refused(StatusCode::CONFLICT, "last_admin", detail),
            AccountError::OwnAccount => refused(StatusCode::FORBIDDEN, "own_account", detail),
            AccountError::Disabled => refused(StatusCode::CONFLICT, "user_disabled", detail),
            AccountError::Database(error) => error.into(),
            AccountError::Failed(error) => error.into(),
        }
    }
}
