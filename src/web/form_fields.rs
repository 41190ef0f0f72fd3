//! How a form is read into the type that a JSON body is read into, so that one parser judges both.
//!
//! A blank field is nothing (`None`), as nobody can send less from a form. Numbers, words and ticks are read from their texts;
//! a list is a field that was given several times, each entry that is a struct as a form of its own
//! (`consents=purpose%3Dmarketing%26..`). Refusals never repeat a value.

use std::borrow::Cow;

use serde::de::value::{CowStrDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserialize, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::params::{MOST_TOLD, repeated, unknown};
use crate::error::{FieldError, FieldErrors};

/// The fields of a form, each with all values that it was given.
#[derive(Clone)]
pub struct Fields<'f>(Vec<(Cow<'f, str>, Values<'f>)>);

impl<'f> Fields<'f> {
    /// Decodes the fields of a form.
    ///
    /// # Errors
    /// Those that are not among the `known`, with the nearest known name.
    pub fn decode(text: &'f str, known: &[&'static str]) -> Result<Self, FieldErrors> {
        let (fields, errors) = Self::decode_known(text, known);
        errors.or(fields)
    }

    /// Decodes the `known` fields of a form, and tells of the others.
    pub fn decode_known(text: &'f str, known: &[&'static str]) -> (Self, FieldErrors) {
        let (mut fields, mut errors) = (Self(Vec::new()), FieldErrors::default());
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            if known.contains(&&*name) {
                fields.put(name, value);
            } else if errors.iter().count() < MOST_TOLD {
                errors.add(unknown(&name, known));
            }
        }
        (fields, errors)
    }

    fn put(&mut self, name: Cow<'f, str>, value: Cow<'f, str>) {
        match self.0.iter_mut().find(|(seen, _)| *seen == name) {
            Some((_, values)) => values.0.push(value),
            None => self.0.push((name, Values(vec![value]))),
        }
    }

    /// Takes a field out that is none of the body's; nothing when it is blank.
    ///
    /// # Errors
    /// It was given twice.
    pub fn take(&mut self, name: &str) -> Result<Option<String>, FieldErrors> {
        let Some(at) = self.0.iter().position(|(given, _)| given == name) else { return Ok(None) };
        let (_, values) = self.0.swap_remove(at);
        let value = values.one().map_err(|_| repeated(name))?;
        Ok(Some(value.into_owned()).filter(|value| !is_blank(value)))
    }

    /// What was typed, for its own parser to judge.
    ///
    /// # Errors
    /// The first field that was given twice without being a list, or is no number where one is asked for.
    pub fn read<T: Deserialize<'f>>(self) -> Result<T, FieldErrors> {
        serde_path_to_error::deserialize(MapDeserializer::new(self.0.into_iter())).map_err(|error| {
            let field = error.path().to_string();
            error.into_inner().on(&field).into()
        })
    }
}

impl<'f> Fields<'f> {
    /// What was typed, as far as it can be read: of several values the first one is taken, what is of another kind is left
    /// out, and `errors` tell of both.
    pub fn read_what_can_be<T: Deserialize<'f> + Default>(mut self, errors: &mut FieldErrors) -> T {
        // Each turn mends one field.
        for _ in 0..=self.0.len() {
            match self.clone().read() {
                Ok(typed) => return typed,
                Err(refused) => refused.iter().for_each(|error| {
                    self.mend(error);
                    errors.add(error.clone());
                }),
            }
        }
        T::default()
    }

    fn mend(&mut self, error: &FieldError) {
        let name = error.field.split(['[', '.']).next().unwrap_or_default();
        self.0.retain_mut(|(given, values)| {
            let is_twice = values.0.len() > 1;
            values.0.truncate(if given == name { 1 } else { usize::MAX });
            given != name || is_twice
        });
    }
}

fn is_blank(value: &str) -> bool {
    value.trim().is_empty()
}

/// What serde is told about a value.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("given more than once")]
    Repeated,
    #[error("missing")]
    Missing(&'static str),
    #[error("of another kind")]
    Kind,
}

impl serde::de::Error for Fault {
    /// Its words may repeat the value.
    fn custom<T: std::fmt::Display>(_words: T) -> Self {
        Self::Kind
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

impl Fault {
    fn on(self, field: &str) -> FieldError {
        match self {
            Self::Repeated => repeated(field),
            Self::Missing(field) => FieldError::new(field, "required", "is required"),
            Self::Kind => FieldError::new(field, "invalid_value", "is not of the kind that is asked for"),
        }
    }
}

/// What a field was given, at least once.
#[derive(Clone)]
struct Values<'f>(Vec<Cow<'f, str>>);

impl<'f> Values<'f> {
    fn one(mut self) -> Result<Cow<'f, str>, Fault> {
        let last = self.0.pop().unwrap_or_default();
        if self.0.is_empty() { Ok(last) } else { Err(Fault::Repeated) }
    }

    fn parse<T: std::str::FromStr>(self) -> Result<T, Fault> {
        self.one()?.trim().parse().map_err(|_| Fault::Kind)
    }
}

/// Reads a value from its text.
macro_rules! parsed {
    ($($method:ident => $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(self.parse()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Values<'de> {
    type Error = Fault;

    parsed! {
        deserialize_i32 => visit_i32
        deserialize_i64 => visit_i64
        deserialize_u16 => visit_u16
        deserialize_u32 => visit_u32
        deserialize_u64 => visit_u64
        deserialize_f64 => visit_f64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        CowStrDeserializer::new(self.one()?).deserialize_any(visitor)
    }

    /// As browsers send a tick, and as pages hand one on.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.one()?.trim() {
            "on" | "true" | "1" => visitor.visit_bool(true),
            "" | "off" | "false" | "0" => visitor.visit_bool(false),
            _ => Err(Fault::Kind),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &*self.0 {
            [value] if is_blank(value) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let entries = self.0.into_iter().filter(|value| !is_blank(value)).map(|value| Values(vec![value]));
        visitor.visit_seq(SeqDeserializer::new(entries))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let (text, mut fields) = (self.one()?, Fields(Vec::new()));
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            fields.put(name.into_owned().into(), value.into_owned().into());
        }
        visitor.visit_map(MapDeserializer::new(fields.0.into_iter()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        CowStrDeserializer::new(self.one()?).deserialize_enum(name, variants, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u128 f32 char str string bytes byte_buf unit unit_struct tuple tuple_struct map identifier
        ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Fault> for Values<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::members::members;
    use super::super::{Hidden, Patch};
    use super::*;

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Visit {
        name: Option<String>,
        days: Option<i64>,
        radius: Option<f64>,
        is_first: bool,
        scope: Option<Vec<String>>,
        over: Vec<i64>,
        note: Patch<String>,
        consents: Option<Vec<Consent>>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Consent {
        purpose: String,
        granted: bool,
    }

    fn read(text: &str) -> Result<Visit, String> {
        Fields::decode(text, members::<Visit>()).and_then(Fields::read).map_err(|errors| errors.to_string())
    }

    #[test]
    fn a_form_says_what_json_says() {
        let form = "name=Ana+Mar%C3%ADa&days=7&radius=2.5&is_first=on&scope=tx&scope=ok&over=1&over=2&note=late\
                    &consents=purpose%3Dprivacy%26granted%3Dtrue";
        let json = r#"{"name": "Ana María", "days": 7, "radius": 2.5, "is_first": true, "scope": ["tx", "ok"],
                       "over": [1, 2], "note": "late", "consents": [{"purpose": "privacy", "granted": true}]}"#;
        assert_eq!(read(form).unwrap(), serde_json::from_str(json).unwrap());
    }

    #[test]
    fn a_blank_field_is_nothing_and_clears_what_can_be_cleared() {
        let blank = read("name=&days=+&radius=&is_first=&scope=&over=&consents=&note=").unwrap();
        assert_eq!(blank, Visit { note: Patch::Null, ..Visit::default() });
        assert_eq!(read("").unwrap(), Visit::default());
    }

    #[test]
    fn a_field_is_given_once_unless_it_is_a_list() {
        for twice in ["name=a&name=b", "name=a&name=", "days=1&days=1", "is_first=on&is_first=on"] {
            let told = read(twice).unwrap_err();
            assert!(told.ends_with(": give this parameter once"), "{twice}: {told}");
        }
        assert_eq!(read("name=a&name=b").unwrap_err(), "name: give this parameter once");
    }

    #[test]
    fn an_unknown_field_names_the_nearest_known_one() {
        assert_eq!(read("nam=Ana").unwrap_err(), "nam: there is no such parameter; did you mean \"name\"?");
        let many = "x=&".repeat(500);
        assert_eq!(Fields::decode(&many, &["name"]).err().map(|errors| errors.iter().count()), Some(MOST_TOLD));
    }

    #[test]
    fn a_value_of_another_kind_is_named_and_not_repeated() {
        for (form, field) in [
            ("days=secret", "days"),
            ("is_first=secret", "is_first"),
            ("over=1&over=secret", "over[1]"),
            ("consents=secret", "consents[0].secret"),
            ("consents=purpose%3Dprivacy%26granted%3Dsecret", "consents[0].granted"),
        ] {
            let told = read(form).unwrap_err();
            let detail = told.strip_prefix(&format!("{field}: ")).unwrap_or_else(|| panic!("{form}: {told}"));
            assert!(!detail.contains("secret"), "{told}");
        }
    }

    #[test]
    fn what_is_beside_the_body_is_taken_out_once() {
        let mut fields = Fields::decode("name=Ana&version=4", &["name", "version"]).unwrap();
        assert_eq!(fields.take("version"), Ok(Some("4".to_owned())));
        assert_eq!(fields.take("version"), Ok(None));
        assert_eq!(fields.read::<Visit>().unwrap().name.as_deref(), Some("Ana"));
        assert_eq!(Fields::decode("version=+", &["version"]).unwrap().take("version"), Ok(None));
        assert!(Fields::decode("version=4&version=4", &["version"]).unwrap().take("version").is_err());
    }

    #[test]
    fn what_is_hidden_is_read_and_not_shown() {
        #[derive(Debug, Default, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct LogIn {
            password: Hidden,
        }
        let form: LogIn = Fields::decode("password=+secret+", members::<LogIn>()).and_then(Fields::read).unwrap();
        assert_eq!((&*form.password.0, &*format!("{form:?}")), (" secret ", "LogIn { password: Hidden }"));
    }
}
