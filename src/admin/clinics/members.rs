//! The bodies of calls about a clinic's record: members by the columns of the CSV, each absent, null or a value.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::LazyLock;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::cells::{Kind, kind, schema, to_cell};
use crate::clinics::{COLUMNS, Edit, bounded};
use crate::error::FieldErrors;

const SLUG: &str = "slug";
const PIN_REASON: &str = "override_pin_reason";
const LONGEST_REASON: usize = 500;

/// Which members a body may have.
pub trait Body: fmt::Debug + Send + 'static {
    /// As the API's description calls it.
    const NAME: &'static str;

    fn members() -> &'static [&'static str];
}

/// Of `POST` and `PATCH`: every column, the slug, and why a pin is right that looks wrong.
#[derive(Debug)]
pub struct Record;

impl Body for Record {
    const NAME: &'static str = "ClinicEdit";

    fn members() -> &'static [&'static str] {
        static MEMBERS: LazyLock<Vec<&str>> =
            LazyLock::new(|| COLUMNS.iter().map(|column| column.name).chain([SLUG, PIN_REASON]).collect());
        &MEMBERS
    }
}

/// Of `PUT .../hours`.
#[derive(Debug)]
pub struct Hours;

impl Body for Hours {
    const NAME: &'static str = "HoursEdit";

    fn members() -> &'static [&'static str] {
        &["hours", "consultation_hours", "special_hours"]
    }
}

/// The members that a body names.
#[derive(Debug)]
pub struct Members<B>(Map<String, Value>, PhantomData<B>);

/// The body of `POST` and `PATCH`.
pub type RecordIn = Members<Record>;
/// The body of `PUT .../hours`.
pub type HoursIn = Members<Hours>;

impl<B: Body> Members<B> {
    /// Whether the body says anything about it, if only null.
    #[must_use]
    pub fn names(&self, member: &str) -> bool {
        self.0.contains_key(member)
    }

    /// What the members change about a record.
    ///
    /// # Errors
    /// Every member that is of another kind than its column.
    pub fn parse(self) -> Result<Edit, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut edit = Edit::default();
        for (name, value) in self.0 {
            match to_cell(kind(&name), &value) {
                Err(reason) => errors.push(&name, "invalid_value", reason),
                Ok(None) if name == SLUG => errors.push(SLUG, "invalid_value", "cannot be cleared"),
                Ok(Some(slug)) if name == SLUG => edit = edit.with_slug(slug),
                Ok(reason) if name == PIN_REASON => edit.pin_reason = pin_reason(reason.as_deref(), &mut errors),
                Ok(cell) => edit = edit.with(&name, cell),
            }
        }
        errors.or(edit)
    }
}

fn pin_reason(reason: Option<&str>, errors: &mut FieldErrors) -> Option<String> {
    match bounded(reason?, LONGEST_REASON) {
        Ok(reason) => Some(reason.into_owned()),
        Err(told) => {
            errors.push(PIN_REASON, "invalid_value", told);
            None
        }
    }
}

impl<'de, B: Body> Deserialize<'de> for Members<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(B::NAME, B::members(), AnyMembers).map(|members| Self(members, PhantomData))
    }
}

/// Unknown members are refused before, where the body is read.
struct AnyMembers;

impl<'de> Visitor<'de> for AnyMembers {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = access.next_entry()? {
            members.insert(name, value);
        }
        Ok(members)
    }
}

impl<B: Body> PartialSchema for Members<B> {
    fn schema() -> RefOr<Schema> {
        let members = B::members().iter();
        let kind = |name: &str| if name == SLUG || name == PIN_REASON { Kind::Text } else { kind(name) };
        members.fold(ObjectBuilder::new(), |object, name| object.property(*name, schema(kind(name)))).into()
    }
}

impl<B: Body> ToSchema for Members<B> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(B::NAME)
    }
}
