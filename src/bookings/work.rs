//! The words of staff work: why a visit lost its time, what may be laid over it, how a call ended.

/// Which visits a block or a closure may take the time of: whoever lays it has seen them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over<'a> {
    /// Whatever is there.
    All,
    /// These, by key.
    These(&'a [i64]),
}

impl Over<'_> {
    /// Nobody has seen any.
    pub const NONE: Self = Self::These(&[]);

    #[must_use]
    pub fn covers(&self, id: i64) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(&id),
        }
    }
}

/// Why a visit lost its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A closure, by its key.
    Closure(i64),
    /// A block that was laid over it, by its key.
    Block(i64),
    /// The clinic is not open on that date by its dated status.
    Status,
}

impl Cause {
    /// As it is stored: by name, and the key of the closure or block.
    #[must_use]
    pub fn of(name: &str, id: Option<i64>) -> Self {
        match (name, id) {
            ("closure", Some(id)) => Self::Closure(id),
            ("block", Some(id)) => Self::Block(id),
            _ => Self::Status,
        }
    }

    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closure(_) => "closure",
            Self::Block(_) => "block",
            Self::Status => "status",
        }
    }

    /// The key of the closure or block.
    #[must_use]
    pub fn id(self) -> Option<i64> {
        match self {
            Self::Closure(id) | Self::Block(id) => Some(id),
            Self::Status => None,
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Booked,
    Rescheduled,
    Cancelled,
    /// A question was answered.
    Information,
    /// No time suited the caller.
    NothingSuitable,
    /// Every clinic was too far.
    TooFar,
    Complaint,
    WrongNumber,
    /// Nobody picked up.
    NotReached,
    Other,
}

impl Outcome {
    pub const ALL: [Self; 10] = [
        Self::Booked,
        Self::Rescheduled,
        Self::Cancelled,
        Self::Information,
        Self::NothingSuitable,
        Self::TooFar,
        Self::Complaint,
        Self::WrongNumber,
        Self::NotReached,
        Self::Other,
    ];

    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Rescheduled => "rescheduled",
            Self::Cancelled => "cancelled",
            Self::Information => "information",
            Self::NothingSuitable => "nothing_suitable",
            Self::TooFar => "too_far",
            Self::Complaint => "complaint",
            Self::WrongNumber => "wrong_number",
            Self::NotReached => "not_reached",
            Self::Other => "other",
        }
    }
}
