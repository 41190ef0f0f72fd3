//! Which cell of a row is which column of a clinic: by our own names, by the usual ones, and by those of the spreadsheet of
//! a Google Business Profile (rule I6).

use rustc_hash::FxHashMap;

use super::Problem;
use super::google;
use crate::clinics::COLUMNS;
use crate::web::closest;

/// What a column of the file means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// An index into [`COLUMNS`].
    Field(usize),
    /// The hours of one weekday, Monday being 0.
    Day(usize),
    /// Another line of the address, after the unit.
    AddressLine,
    /// Nothing that is kept; the header's notes name it.
    Ignored,
    /// A column without a name, as spreadsheets leave them: its cells must be blank.
    Nameless,
}

const DAYS: [(&str, &str); 7] = [
    ("mon_hours", "monday_hours"),
    ("tue_hours", "tuesday_hours"),
    ("wed_hours", "wednesday_hours"),
    ("thu_hours", "thursday_hours"),
    ("fri_hours", "friday_hours"),
    ("sat_hours", "saturday_hours"),
    ("sun_hours", "sunday_hours"),
];

/// What people call our columns, folded as by [`fold`].
const USUAL_NAMES: [(&str, &str); 51] = [
    ("store_code", "code"),
    ("clinic_code", "code"),
    ("location_code", "code"),
    ("store_id", "code"),
    ("store_number", "code"),
    ("location_id", "code"),
    ("clinic_id", "code"),
    ("business_name", "name"),
    ("clinic_name", "name"),
    ("store_name", "name"),
    ("location_name", "name"),
    ("address", "street"),
    ("street_address", "street"),
    ("address_1", "street"),
    ("address1", "street"),
    ("address_line_1", "street"),
    ("address_2", "unit"),
    ("address2", "unit"),
    ("address_line_2", "unit"),
    ("suite", "unit"),
    ("town", "city"),
    ("locality", "city"),
    ("state_code", "state"),
    ("province", "state"),
    ("administrative_area", "state"),
    ("zip_code", "zip"),
    ("zipcode", "zip"),
    ("postal_code", "zip"),
    ("postcode", "zip"),
    ("country_region", "country"),
    ("country_code", "country"),
    ("latitude", "lat"),
    ("longitude", "lon"),
    ("lng", "lon"),
    ("long", "lon"),
    ("timezone", "time_zone"),
    ("phone_number", "phone"),
    ("telephone", "phone"),
    ("primary_phone", "phone"),
    ("main_phone", "phone"),
    ("e_mail", "email"),
    ("email_address", "email"),
    ("website_url", "website"),
    ("web_site", "website"),
    ("url", "website"),
    ("opening_hours", "hours"),
    ("business_hours", "hours"),
    ("opening_date", "opens_on"),
    ("from_the_business", "description"),
    ("cover_photo", "photo_url"),
    ("notes", "internal_notes"),
];

/// The header row as it was understood.
#[derive(Clone, Debug)]
pub struct Header {
    /// The columns as the file names them.
    pub names: Vec<String>,
    pub meanings: Vec<Meaning>,
    pub problems: Vec<Problem>,
    pub notes: Vec<Problem>,
    /// The spreadsheet of a Google Business Profile, which says "x" for closed.
    pub is_google: bool,
    /// Where each column of ours is: asked for every row.
    places: FxHashMap<&'static str, usize>,
}

impl Header {
    /// Reads the header row; the order is free. What is wrong with a column keeps the others from being read no more than
    /// the want of `code` does, by which rows are known.
    #[must_use]
    pub fn read(names: Vec<String>) -> Self {
        let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
        let is_google = google::is_its_header(&folded);
        let mut header = Self {
            names,
            meanings: Vec::new(),
            problems: Vec::new(),
            notes: Vec::new(),
            is_google,
            places: FxHashMap::default(),
        };
        for (at, folded) in folded.iter().enumerate() {
            let meaning = header.meaning_of(at, folded);
            header.meanings.push(meaning);
            if let Meaning::Field(index) = meaning {
                header.places.insert(COLUMNS[index].name, at);
            }
        }
        header.refuse_contradictions();
        header
    }

    fn meaning_of(&mut self, at: usize, folded: &str) -> Meaning {
        let name = &self.names[at];
        match meaning(folded) {
            _ if name.is_empty() => Meaning::Nameless,
            Some(meaning) if self.meanings.contains(&meaning) => {
                let other = self.meanings.iter().position(|other| *other == meaning).map_or("", |at| &self.names[at]);
                let reason = if fold(other) == *folded {
                    "this column is there twice".to_owned()
                } else {
                    format!("means the same as \"{other}\", which is there too")
                };
                self.problems.push(Problem::new(1, Some(name), reason));
                Meaning::Ignored
            }
            Some(meaning) => meaning,
            None if self.is_google && google::is_address_line(folded) => Meaning::AddressLine,
            None if self.is_google && google::is_of_no_use(name, folded) => {
                self.notes.push(Problem::new(1, Some(name), "is not kept: a clinic has no such field"));
                Meaning::Ignored
            }
            None => {
                self.problems.push(Problem::new(1, Some(name), unknown(name)));
                Meaning::Ignored
            }
        }
    }

    fn refuse_contradictions(&mut self) {
        if !self.has("code") {
            let reason = "this column is needed: it is the clinic's own key";
            self.problems.push(Problem::new(1, Some("code"), reason));
        }
        if self.has("hours") && self.meanings.iter().any(|meaning| matches!(meaning, Meaning::Day(_))) {
            let reason = "give either this column or one column per day, not both";
            self.problems.push(Problem::new(1, Some(self.name_of("hours")), reason));
        }
    }

    /// Where a column of ours is.
    #[must_use]
    pub fn place_of(&self, column: &str) -> Option<usize> {
        self.places.get(column).copied()
    }

    /// Whether a column of ours is in the file.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        meaning(column).is_some_and(|meaning| self.meanings.contains(&meaning))
    }

    /// A column of ours as the file calls it.
    #[must_use]
    pub fn name_of<'h>(&'h self, column: &'h str) -> &'h str {
        let at = meaning(column).and_then(|meaning| self.meanings.iter().position(|other| *other == meaning));
        at.map_or(column, |at| &self.names[at])
    }
}

/// Words in lower case, joined by `_`.
fn fold(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

fn meaning(name: &str) -> Option<Meaning> {
    let name = USUAL_NAMES.iter().find(|(usual, _)| *usual == name).map_or(name, |(_, ours)| ours);
    let day = || DAYS.iter().position(|(short, long)| name == *short || name == *long).map(Meaning::Day);
    COLUMNS.iter().position(|column| column.name == name).map(Meaning::Field).or_else(day)
}

fn unknown(name: &str) -> String {
    let known: Vec<&str> =
        COLUMNS.iter().map(|column| column.name).chain(DAYS.iter().map(|(short, _)| *short)).collect();
    match closest(name, &known) {
        Some(near) => format!("there is no such column; did you mean \"{near}\"?"),
        None => "there is no such column".to_owned(),
    }
}

/// The name of a weekday's column as error messages show it.
pub fn day_column(day: usize) -> &'static str {
    DAYS.get(day).map_or("hours", |(short, _)| short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &str) -> Header {
        Header::read(names.split(',').map(str::to_owned).collect())
    }

    #[test]
    fn i6_the_usual_names_are_known() {
        for (usual, ours) in USUAL_NAMES {
            assert_eq!(meaning(usual), meaning(ours), "{usual}");
            assert!(matches!(meaning(ours), Some(Meaning::Field(_))), "{ours}");
        }
        let header = read("Clinic Code,Zip Code,E-mail,Monday Hours,TIME ZONE,");
        assert!(header.problems.is_empty(), "{:?}", header.problems);
        assert_eq!((header.name_of("zip"), header.name_of("street")), ("Zip Code", "street"));
        assert_eq!(header.meanings.last(), Some(&Meaning::Nameless));
    }

    #[test]
    fn i5_one_meaning_twice_is_refused_whatever_it_is_called() {
        let problems = read("code,zip,Postal Code,zip").problems;
        let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "row 1, Postal Code: means the same as \"zip\", which is there too",
                "row 1, zip: this column is there twice"
            ]
        );
    }

    #[test]
    fn i6_a_google_sheet_is_known_and_what_is_of_no_use_is_named() {
        let header = read(
            "Store code,Business name,Address line 1,Address line 2,Address line 3,Sub-locality,Locality,\
             Administrative area,Country / Region,Postal code,Latitude,Longitude,Primary phone,Additional phones,Website,\
             Primary category,Sunday hours,Saturday hours,Special hours,From the business,Opening date,Labels,\
             Accessibility: Wheelchair accessible entrance (has_wheelchair_accessible_entrance)",
        );
        assert!(header.is_google && header.problems.is_empty(), "{:?}", header.problems);
        let ignored: Vec<_> = header.notes.iter().filter_map(|note| note.column.as_deref()).collect();
        assert_eq!(ignored[..3], ["Sub-locality", "Additional phones", "Primary category"]);
        assert_eq!(ignored.len(), 5);
        assert_eq!(read("code,name,Labels").problems.len(), 1, "elsewhere it is unknown");
    }
}
