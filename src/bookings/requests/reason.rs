use crate::error::FieldError;

/// Why a member is refused, finer than its code in JSON says: pages choose their words by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldReason {
    Required,
    /// Neither a phone number nor an e-mail address.
    ContactRequired,
    /// What the chosen way to be reached needs.
    WayRequired,
    /// `max`: characters.
    TooLong,
    /// `max`: entries.
    TooMany,
    /// Characters that nobody sees.
    Hidden,
    /// `n`: digits of an American number, without the country's.
    PhoneDigits,
    PhoneInvalid,
    EmailNoAt,
    EmailInvalid,
    /// None of those that there are.
    UnknownChoice,
    /// No instant with an offset.
    NotATime,
    /// `min` and `max`, both allowed.
    OutOfRange,
    /// A phone number or an address where nothing can be erased.
    TellsHowToReach,
    /// Nothing in it that could be looked for.
    NothingToFind,
    /// `n`: characters.
    NoReference,
}

impl FieldReason {
    /// Those that a visitor's own form can be refused with: they have words in every language of the pages.
    pub const OF_VISITORS: [Self; 11] = [
        Self::Required,
        Self::ContactRequired,
        Self::WayRequired,
        Self::TooLong,
        Self::TooMany,
        Self::Hidden,
        Self::PhoneDigits,
        Self::PhoneInvalid,
        Self::EmailNoAt,
        Self::EmailInvalid,
        Self::UnknownChoice,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::ContactRequired => "contact_required",
            Self::WayRequired => "way_required",
            Self::TooLong => "too_long",
            Self::TooMany => "too_many",
            Self::Hidden => "hidden",
            Self::PhoneDigits => "phone_digits",
            Self::PhoneInvalid => "phone_invalid",
            Self::EmailNoAt => "email_no_at",
            Self::EmailInvalid => "email_invalid",
            Self::UnknownChoice => "unknown_choice",
            Self::NotATime => "not_a_time",
            Self::OutOfRange => "out_of_range",
            Self::TellsHowToReach => "tells_how_to_reach",
            Self::NothingToFind => "nothing_to_find",
            Self::NoReference => "no_reference",
        }
    }

    /// Whether something is not there, rather than wrong.
    #[must_use]
    pub fn is_missing(self) -> bool {
        matches!(self, Self::Required | Self::ContactRequired | Self::WayRequired)
    }

    /// In JSON there are only these two codes.
    fn code(self) -> &'static str {
        if self.is_missing() { "required" } else { "invalid_value" }
    }

    /// The refusal of a member.
    #[must_use]
    pub fn on(self, field: &str, detail: impl Into<String>) -> FieldError {
        FieldError::new(field, self.code(), detail).because(self.as_str())
    }
}
