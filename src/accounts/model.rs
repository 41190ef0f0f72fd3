use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// What somebody may do; each role may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Works at clinics: sees and marks their visits, blocks times.
    Clinic,
    /// Answers calls: finds, books and moves visits.
    Agent,
    /// Keeps the records true: clinics, closures, imports.
    Editor,
    /// Keeps users, tokens and the network's settings.
    Admin,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Clinic, Self::Agent, Self::Editor, Self::Admin];

    /// The name in the database, in the API and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clinic => "clinic",
            Self::Agent => "agent",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The inverse of [`Role::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// The clinics that an account is about: all, or those of some regions and some others by code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    Some { regions: Vec<String>, clinics: Vec<String> },
}

/// A part of a scope that is neither `all`, `region:R` nor `clinic:CODE`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no scope: all, region:NAME or clinic:CODE")]
pub struct ScopeError(String);

impl Scope {
    /// Whether a clinic belongs to it.
    #[must_use]
    pub fn covers(&self, code: &str, region: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Some { regions, clinics } => {
                clinics.iter().any(|own| own == code)
                    || region.is_some_and(|region| regions.iter().any(|r| r == region))
            }
        }
    }

    /// Whether nothing of another one lies outside of it, as far as names tell.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        let (regions, clinics) = match (self, other) {
            (Self::All, _) => return true,
            (_, Self::All) => return false,
            (Self::Some { regions, clinics }, Self::Some { regions: r, clinics: c }) => ((regions, r), (clinics, c)),
        };
        [regions, clinics].into_iter().all(|(own, others)| others.iter().all(|name| own.contains(name)))
    }

    /// From its parts, as the command line and the API take them.
    ///
    /// # Errors
    /// The first part that is not one, or an empty list.
    pub fn from_parts<'p>(parts: impl IntoIterator<Item = &'p str>) -> Result<Self, ScopeError> {
        let (mut regions, mut clinics, mut is_all) = (Vec::new(), Vec::new(), false);
        for part in parts {
            // It is stored one part a line: a line end within one would make two.
            if part.chars().any(char::is_control) {
                return Err(ScopeError(part.to_owned()));
            }
            match part.split_once(':').map(|(kind, name)| (kind, name.trim())) {
                None if part == "all" => is_all = true,
                Some(("region", name)) if !name.is_empty() => regions.push(name.to_owned()),
                Some(("clinic", code)) if !code.is_empty() => clinics.push(code.to_owned()),
                _ => return Err(ScopeError(part.to_owned())),
            }
        }
        if is_all {
            return Ok(Self::All);
        }
        if regions.is_empty() && clinics.is_empty() {
            return Err(ScopeError(String::new()));
        }
        Ok(Self::Some { regions, clinics })
    }

    /// The inverse of [`Scope::from_parts`].
    #[must_use]
    pub fn parts(&self) -> Vec<String> {
        match self {
            Self::All => vec!["all".to_owned()],
            Self::Some { regions, clinics } => {
                let regions = regions.iter().map(|region| format!("region:{region}"));
                regions.chain(clinics.iter().map(|code| format!("clinic:{code}"))).collect()
            }
        }
    }
}

/// As stored: one part a line.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts().join("\n"))
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(stored: &str) -> Result<Self, ScopeError> {
        Self::from_parts(stored.lines())
    }
}

/// By what an actor is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A browser that logged in.
    Session,
    /// A program with an API token.
    Token,
    /// The command line: whoever has the machine has the directory.
    Command,
    /// The service itself, by the clock.
    System,
}

impl Via {
    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token => "token",
            Self::Command => "command",
            Self::System => "system",
        }
    }
}

/// Who asks for something, and may be held to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The key of the user; `None` for commands and the service itself.
    pub user: Option<i64>,
    pub role: Role,
    pub scope: Scope,
    pub via: Via,
    pub address: Option<IpAddr>,
}

impl Actor {
    /// Somebody at the terminal.
    #[must_use]
    pub fn command() -> Self {
        Self { user: None, role: Role::Admin, scope: Scope::All, via: Via::Command, address: None }
    }

    /// The service by itself.
    #[must_use]
    pub fn system() -> Self {
        Self { via: Via::System, ..Self::command() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_as_in_the_database_and_ordered_by_what_it_may() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("Admin"), None);
        assert!(Role::ALL.is_sorted());
    }

    #[test]
    fn a_scope_covers_its_regions_and_its_clinics() {
        let scope = Scope::from_parts(["region:South", "clinic:BOS-01"]).unwrap();
        assert!(scope.covers("AUS-01", Some("South")) && scope.covers("BOS-01", None));
        assert!(!scope.covers("NYC-01", Some("North")) && !scope.covers("AUS-01", None));
        assert!(Scope::All.covers("AUS-01", None));
    }

    #[test]
    fn a_scope_includes_what_it_names() {
        let of = |parts: &[&str]| Scope::from_parts(parts.iter().copied()).unwrap();
        let south = of(&["region:South", "clinic:BOS-01"]);
        assert!(Scope::All.includes(&south) && south.includes(&south) && south.includes(&of(&["clinic:BOS-01"])));
        for wider in [&["all"][..], &["region:North"], &["clinic:BOS-02"], &["region:South", "clinic:BOS-02"]] {
            assert!(!south.includes(&of(wider)), "{wider:?}");
        }
    }

    #[test]
    fn a_scope_is_stored_and_read_again() {
        for parts in [vec!["all"], vec!["region:South: the Gulf", "clinic:A1"]] {
            let scope = Scope::from_parts(parts).unwrap();
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        for wrong in ["", "everything", "region:", "clinic: ", "ALL", "region:A\nall"] {
            assert!(Scope::from_parts([wrong]).is_err(), "{wrong}");
        }
        assert!(Scope::from_parts([]).is_err());
    }
}
