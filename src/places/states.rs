//! The fifty states, the District of Columbia and the five territories, which count as states everywhere (rule P7).

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use super::fold;

/// Ground that a car can cross without a ferry or a plane (rule N6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Landmass {
    Mainland,
    Alaska,
    Hawaii,
    PuertoRico,
    VirginIslands,
    Guam,
    NorthernMarianas,
    AmericanSamoa,
}

/// A state, the District of Columbia or a territory. Nobody else can make one: each exists once, in the table below.
pub struct State {
    /// The two-letter postal code, upper case.
    pub code: &'static str,
    /// The full English name.
    pub name: &'static str,
    /// The path segment of its page: the full name in lower case with hyphens.
    pub slug: &'static str,
    /// The Spanish name, equal to `name` where Spanish has no other.
    pub name_es: &'static str,
    pub landmass: Landmass,
    /// Further spellings: old postal abbreviations ("Calif."), short and long forms.
    also: &'static [&'static str],
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for State {}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl State {
    /// Every one of them, by code.
    #[must_use]
    pub fn all() -> &'static [State] {
        &STATES
    }

    /// By postal code in any case; `None` for military and foreign codes.
    #[must_use]
    pub fn by_code(code: &str) -> Option<&'static State> {
        let &[first, second] = code.as_bytes() else { return None };
        let upper = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        let found = STATES.binary_search_by(|state| state.code.as_bytes().cmp(&upper)).ok()?;
        Some(&STATES[found])
    }

    /// By the segment of its page's path, in lower case.
    #[must_use]
    pub fn by_slug(slug: &str) -> Option<&'static State> {
        STATES.iter().find(|state| state.slug == slug)
    }

    /// By full English or Spanish name in any folding (rule P5); neither codes nor abbreviations.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static State> {
        Self::by_key(&fold::key(name)).filter(|named| named.formal).map(|named| named.state)
    }

    /// What to call it where a city could be meant: said back, it is the state again (rule P1).
    #[must_use]
    pub fn label(&self) -> String {
        if self.is_called_like_its_city() { format!("{} State", self.name) } else { self.name.to_owned() }
    }

    /// The two whose bare name means a city (rule P1).
    pub(super) fn is_called_like_its_city(&self) -> bool {
        matches!(self.code, "NY" | "WA")
    }

    pub(super) fn by_key(key: &str) -> Option<Named> {
        BY_KEY.get(key).copied()
    }

    /// The folded English and Spanish names with their states.
    pub(super) fn formal_keys() -> impl Iterator<Item = (&'static str, &'static State)> {
        BY_KEY.iter().filter(|(_, named)| named.formal).map(|(key, named)| (&**key, named.state))
    }

    /// Its position in [`State::all`].
    pub(super) fn index(&self) -> usize {
        STATES.binary_search_by(|state| state.code.cmp(self.code)).expect("a State exists only inside the table")
    }
}

/// A state found by a spelling of its name.
#[derive(Clone, Copy)]
pub(super) struct Named {
    pub state: &'static State,
    /// A full name, rather than an abbreviation that gives way to a city's full name.
    pub formal: bool,
}

static BY_KEY: LazyLock<HashMap<Box<str>, Named>> = LazyLock::new(|| {
    let mut by_key = HashMap::new();
    for state in &STATES {
        for name in state.also {
            by_key.insert(fold::key(name).into(), Named { state, formal: false });
        }
        for name in [state.name, state.name_es] {
            by_key.insert(fold::key(name).into(), Named { state, formal: true });
        }
    }
    by_key
});

const fn state(
    code: &'static str,
    name: &'static str,
    slug: &'static str,
    name_es: &'static str,
    also: &'static [&'static str],
) -> State {
    State { code, name, slug, name_es, landmass: Landmass::Mainland, also }
}

impl State {
    const fn across(mut self, landmass: Landmass) -> Self {
        self.landmass = landmass;
        self
    }
}

/// In the order of the codes.
static STATES: [State; 56] = [
    state("AK", "Alaska", "alaska", "Alaska", &[]).across(Landmass::Alaska),
    state("AL", "Alabama", "alabama", "Alabama", &["Ala."]),
    state("AR", "Arkansas", "arkansas", "Arkansas", &["Ark."]),
    state("AS", "American Samoa", "american-samoa", "Samoa Americana", &["Samoa", "Samoa Estadounidense"])
        .across(Landmass::AmericanSamoa),
    state("AZ", "Arizona", "arizona", "Arizona", &["Ariz."]),
    state("CA", "California", "california", "California", &["Calif."]),
    state("CO", "Colorado", "colorado", "Colorado", &["Colo."]),
    state("CT", "Connecticut", "connecticut", "Connecticut", &["Conn."]),
    state("DC", "District of Columbia", "district-of-columbia", "Distrito de Columbia", &[]),
    state("DE", "Delaware", "delaware", "Delaware", &["Del."]),
    state("FL", "Florida", "florida", "Florida", &["Fla."]),
    state("GA", "Georgia", "georgia", "Georgia", &[]),
    state("GU", "Guam", "guam", "Guam", &[]).across(Landmass::Guam),
    state("HI", "Hawaii", "hawaii", "Hawái", &[]).across(Landmass::Hawaii),
    state("IA", "Iowa", "iowa", "Iowa", &[]),
    state("ID", "Idaho", "idaho", "Idaho", &[]),
    state("IL", "Illinois", "illinois", "Illinois", &["Ill."]),
    state("IN", "Indiana", "indiana", "Indiana", &["Ind."]),
    state("KS", "Kansas", "kansas", "Kansas", &["Kan.", "Kans."]),
    state("KY", "Kentucky", "kentucky", "Kentucky", &[]),
    state("LA", "Louisiana", "louisiana", "Luisiana", &[]),
    state("MA", "Massachusetts", "massachusetts", "Massachusetts", &["Mass."]),
    state("MD", "Maryland", "maryland", "Maryland", &[]),
    state("ME", "Maine", "maine", "Maine", &[]),
    state("MI", "Michigan", "michigan", "Míchigan", &["Mich."]),
    state("MN", "Minnesota", "minnesota", "Minesota", &["Minn."]),
    state("MO", "Missouri", "missouri", "Misuri", &[]),
    state(
        "MP",
        "Northern Mariana Islands",
        "northern-mariana-islands",
        "Islas Marianas del Norte",
        &["Northern Marianas", "Mariana Islands", "CNMI"],
    )
    .across(Landmass::NorthernMarianas),
    state("MS", "Mississippi", "mississippi", "Misisipi", &["Miss."]),
    state("MT", "Montana", "montana", "Montana", &["Mont."]),
    state("NC", "North Carolina", "north-carolina", "Carolina del Norte", &[]),
    state("ND", "North Dakota", "north-dakota", "Dakota del Norte", &["N. Dak."]),
    state("NE", "Nebraska", "nebraska", "Nebraska", &["Neb.", "Nebr."]),
    state("NH", "New Hampshire", "new-hampshire", "Nuevo Hampshire", &["Nueva Hampshire"]),
    state("NJ", "New Jersey", "new-jersey", "Nueva Jersey", &[]),
    state("NM", "New Mexico", "new-mexico", "Nuevo México", &["Nuevo Méjico", "N. Mex."]),
    state("NV", "Nevada", "nevada", "Nevada", &["Nev."]),
    state("NY", "New York", "new-york", "Nueva York", &[]),
    state("OH", "Ohio", "ohio", "Ohio", &[]),
    state("OK", "Oklahoma", "oklahoma", "Oklahoma", &["Okla."]),
    state("OR", "Oregon", "oregon", "Oregón", &["Ore."]),
    state("PA", "Pennsylvania", "pennsylvania", "Pensilvania", &["Penn.", "Penna.", "Pensilvanya"]),
    state("PR", "Puerto Rico", "puerto-rico", "Puerto Rico", &[]).across(Landmass::PuertoRico),
    state("RI", "Rhode Island", "rhode-island", "Rhode Island", &[]),
    state("SC", "South Carolina", "south-carolina", "Carolina del Sur", &[]),
    state("SD", "South Dakota", "south-dakota", "Dakota del Sur", &["S. Dak."]),
    state("TN", "Tennessee", "tennessee", "Tennessee", &["Tenn.", "Tenesí"]),
    state("TX", "Texas", "texas", "Texas", &["Tex.", "Tejas"]),
    state("UT", "Utah", "utah", "Utah", &[]),
    state("VA", "Virginia", "virginia", "Virginia", &[]),
    state(
        "VI",
        "U.S. Virgin Islands",
        "us-virgin-islands",
        "Islas Vírgenes de los Estados Unidos",
        &["Virgin Islands", "United States Virgin Islands", "Islas Vírgenes", "Islas Vírgenes Americanas", "USVI"],
    )
    .across(Landmass::VirginIslands),
    state("VT", "Vermont", "vermont", "Vermont", &[]),
    state("WA", "Washington", "washington", "Washington", &["Wash."]),
    state("WI", "Wisconsin", "wisconsin", "Wisconsin", &["Wis.", "Wisc."]),
    state("WV", "West Virginia", "west-virginia", "Virginia Occidental", &["W. Va."]),
    state("WY", "Wyoming", "wyoming", "Wyoming", &["Wyo."]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p7_fifty_states_dc_and_five_territories_are_found_by_code_slug_and_name() {
        assert_eq!(State::all().len(), 56);
        assert!(State::all().is_sorted_by_key(|state| state.code), "by_code searches by halves");
        for state in State::all() {
            assert_eq!(State::by_code(&state.code.to_lowercase()), Some(state));
            assert_eq!(State::by_slug(state.slug), Some(state));
            assert_eq!(State::by_name(state.name), Some(state));
            assert_eq!(State::by_name(state.name_es), Some(state));
            assert_eq!(state.slug, state.name.to_lowercase().replace('.', "").replace(' ', "-"));
        }
        for not_a_state in ["ZZ", "AE", "", "T", "TXX", "é", "tx "] {
            assert_eq!(State::by_code(not_a_state), None, "{not_a_state}");
        }
    }

    #[test]
    fn p7_no_two_states_share_a_spelling() {
        let spellings: usize = STATES.iter().map(|state| state.also.len() + 1).sum();
        let spanish = STATES.iter().filter(|state| fold::key(state.name) != fold::key(state.name_es)).count();
        assert_eq!(BY_KEY.len(), spellings + spanish);
    }

    #[test]
    fn n6_only_what_lies_across_water_has_a_landmass_of_its_own() {
        let apart: Vec<_> = State::all().iter().filter(|state| state.landmass != Landmass::Mainland).collect();
        let codes: Vec<_> = apart.iter().map(|state| state.code).collect();
        assert_eq!(codes, ["AK", "AS", "GU", "HI", "MP", "PR", "VI"]);
    }

    #[test]
    fn p1_a_label_said_back_tells_the_state_from_the_city() {
        assert_eq!(State::by_code("WA").map(State::label).as_deref(), Some("Washington State"));
        assert_eq!(State::by_code("TX").map(State::label).as_deref(), Some("Texas"));
    }
}
