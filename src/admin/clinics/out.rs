use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::cells::{kind, schema, to_value};
use crate::app::AppState;
use crate::clinics::COLUMNS;
use crate::clinics::addresses;
use crate::clinics::import::CellError;
use crate::clinics::store::Stored;
use crate::directory::clinic_url;
use crate::error::AppError;
use crate::web::{Json, version_tag};

/// A clinic's whole record: the columns of the CSV, and what the directory adds to them.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct RecordOut(Map<String, Value>);

/// What the directory adds, with its kind and what it is.
const ADDED: [(&str, Type, &str); 8] = [
    ("slug", Type::String, "The last segment of the clinic's addresses"),
    ("old_slugs", Type::Array, "Slugs that lead here for good"),
    ("status_today", Type::String, "The dated status, today on the clinic's own calendar"),
    ("pin_precision", Type::String, "`exact`, or `zip` when the ZIP's point stands in"),
    ("url", Type::String, "Where the public reads about it"),
    ("updated_at", Type::String, "When it last changed"),
    ("version", Type::Integer, "The number in the ETag"),
    ("warnings", Type::Array, "What was repaired or looks odd in this edit: member and words"),
];

impl RecordOut {
    /// The record as stored, with what its last edit should be told.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn new(state: &AppState, stored: &Stored, notes: &[CellError]) -> Result<Self, AppError> {
        let clinic = &stored.clinic;
        let mut record: Map<String, Value> =
            COLUMNS.iter().map(|column| (column.name.to_owned(), to_value(column, clinic))).collect();
        let today = clinic.zone.map(|zone| state.clock.now().with_timezone(&zone).date_naive());
        let warnings: Vec<Value> =
            notes.iter().map(|(field, detail)| json!({ "field": field, "detail": detail })).collect();
        let added = [
            json!(clinic.slug),
            json!(addresses::old_slugs(&state.db, stored.id).await?),
            json!(today.map(|today| clinic.status.status_on(today).as_str())),
            json!(clinic.pin.map(|pin| pin.precision.as_str())),
            json!(clinic_url(&state.links, &clinic.slug)),
            json!(clinic.updated_at),
            json!(stored.data_version),
            Value::Array(warnings),
        ];
        record.extend(ADDED.iter().zip(added).map(|((name, _, _), value)| ((*name).to_owned(), value)));
        Ok(Self(record))
    }

    /// The record as a member of another answer.
    #[must_use]
    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl PartialSchema for RecordOut {
    fn schema() -> RefOr<Schema> {
        let columns = COLUMNS.iter().map(|column| (column.name, schema(kind(column.name))));
        let added = ADDED.iter().map(|(name, kind, description)| {
            let object: Object = ObjectBuilder::new()
                .schema_type(SchemaType::Type(kind.clone()))
                .description(Some(*description))
                .build();
            (*name, RefOr::T(Schema::Object(object)))
        });
        columns.chain(added).fold(ObjectBuilder::new(), |object, (name, schema)| object.property(name, schema)).into()
    }
}

impl ToSchema for RecordOut {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ClinicRecord")
    }
}

/// The record with the tag that an edit of it must come with.
///
/// # Errors
/// As [`RecordOut::new`].
pub async fn tagged(
    state: &AppState,
    status: StatusCode,
    stored: &Stored,
    notes: &[CellError],
) -> Result<Response, AppError> {
    let record = RecordOut::new(state, stored, notes).await?;
    let mut response = (status, Json(record)).into_response();
    response.headers_mut().insert(header::ETAG, version_tag(stored.data_version));
    Ok(response)
}

/// Where staff find the record of a clinic.
///
/// # Errors
/// When the address cannot be a header, which an encoded one can.
pub fn location(state: &AppState, code: &str) -> Result<HeaderValue, AppError> {
    // All but what RFC 3986 calls unreserved.
    const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let encoded = utf8_percent_encode(code, SEGMENT);
    let address = state.links.link(&format!("/api/v1/admin/clinics/{encoded}"));
    Ok(HeaderValue::try_from(address).map_err(anyhow::Error::from)?)
}
