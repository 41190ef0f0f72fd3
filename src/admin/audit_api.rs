use std::collections::HashMap;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::paging::cut;
use crate::accounts::audit::{self, AuditFilter, FieldChange};
use crate::accounts::{Editor, Scope, store};
use crate::app::AppState;
use crate::bookings::catch_up_views;
use crate::clinics::ClinicId;
use crate::directory::Snapshot;
use crate::entities::audit_entry::Model;
use crate::error::{AppError, FieldErrors, StaffReadProblems};
use crate::web::{FromParams, Json, Params, Query};

/// `?clinic=&actor=&limit=&cursor=`.
#[derive(Debug)]
pub struct AuditQuery {
    clinic: Option<String>,
    actor: Option<String>,
    limit: u64,
    before: Option<i64>,
}

impl FromParams for AuditQuery {
    const NAMES: &'static [&'static str] = &["clinic", "actor", "limit", "cursor"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        const DEFAULT_LIMIT: u64 = 50;
        let mut errors = FieldErrors::default();
        let limit = params.read("limit", DEFAULT_LIMIT, &mut errors, |text| {
            text.parse().ok().filter(|limit| (1..=100).contains(limit)).ok_or("a number from 1 to 100".to_owned())
        });
        let before = params.read("cursor", None, &mut errors, |text| {
            text.parse().map(Some).map_err(|_| "take the value of `next` as it is".to_owned())
        });
        let own = |name: &str| params.get(name).map(str::to_owned);
        errors.or(Self { clinic: own("clinic"), actor: own("actor"), limit, before })
    }
}

/// A page of the audit log, the newest entry first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    data: Vec<AuditOut>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

/// Something that was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditOut {
    id: i64,
    at: DateTime<Utc>,
    /// The user's e-mail; null for commands and the service itself.
    actor: Option<String>,
    /// `session`, `token`, `command` or `system`.
    via: String,
    /// The client's address.
    address: Option<String>,
    /// The kind of record and the verb: `clinic.update`.
    action: String,
    subject_id: Option<i64>,
    /// The clinic's code, when it is about one that still exists.
    clinic: Option<String>,
    changes: Vec<FieldChange>,
    reason: Option<String>,
}

/// Who did what, when and from where.
#[utoipa::path(
    get,
    path = "/admin/audit",
    tag = "admin",
    params(
        ("clinic" = Option<String>, Query, description = "Only about the clinic with this code"),
        ("actor" = Option<String>, Query, description = "Only by the user with this e-mail"),
        ("limit" = Option<u64>, Query, description = "Entries a page, 50 without it", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page, the newest entry first", body = AuditPage), StaffReadProblems)
)]
pub async fn list_audit(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditPage>, AppError> {
    let filter = filter(&state, &actor.scope, &query).await?;
    catch_up_views(&state.bookings).await;
    let mut entries = audit::page(&state.db, &filter, query.limit + 1).await?;
    let next = cut(&mut entries, query.limit, |entry| entry.id);
    let emails: HashMap<i64, String> = store::emails(&state.db).await?.into_iter().collect();
    let snapshot = state.directory.snapshot();
    let data = entries.into_iter().map(|entry| AuditOut::new(entry, &emails, &snapshot));
    Ok(Json(AuditPage { data: data.collect::<anyhow::Result<_>>()?, next }))
}

impl AuditOut {
    fn new(entry: Model, emails: &HashMap<i64, String>, snapshot: &Snapshot) -> anyhow::Result<Self> {
        let clinic = entry.clinic_id.and_then(|id| snapshot.by_id(ClinicId(id)));
        Ok(Self {
            id: entry.id,
            at: entry.at,
            actor: entry.user_id.and_then(|id| emails.get(&id).cloned()),
            via: entry.via,
            address: entry.address,
            action: entry.action,
            subject_id: entry.subject_id,
            clinic: clinic.map(|entry| entry.clinic.code.to_string()),
            changes: serde_json::from_str(&entry.changes)?,
            reason: entry.reason,
        })
    }
}

async fn filter(state: &AppState, scope: &Scope, query: &AuditQuery) -> Result<AuditFilter, AppError> {
    let unknown = |name: &str, what: &str| FieldErrors::one(name, "unknown", format!("there is no {what}"));
    let clinic_id = match &query.clinic {
        None => None,
        Some(code) => {
            let snapshot = state.directory.snapshot();
            let entry = snapshot.by_code(code).filter(|entry| entry.is_in(scope));
            Some(entry.ok_or_else(|| unknown("clinic", "clinic with this code"))?.id.0)
        }
    };
    let user_id = match &query.actor {
        None => None,
        Some(email) => {
            let user = store::by_email(&state.db, email).await?;
            Some(user.ok_or_else(|| unknown("actor", "user with this e-mail"))?.id)
        }
    };
    Ok(AuditFilter { clinic_id, user_id, before: query.before, scope: scope.clone() })
}
