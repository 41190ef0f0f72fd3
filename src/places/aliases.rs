//! Names that people use for a city and that are not its name on the map (rule P5).

/// (What is said, state, the city's name in the gazetteer.) A city that really bears the name goes before these.
pub(super) const ALIASES: &[(&str, &str, &str)] = &[
    ("New York", "NY", "New York City"),
    ("NYC", "NY", "New York City"),
    ("NY City", "NY", "New York City"),
    ("City of New York", "NY", "New York City"),
    ("El Bronx", "NY", "The Bronx"),
    ("Nueva York", "NY", "New York City"),
    ("Ciudad de Nueva York", "NY", "New York City"),
    ("Washington DC", "DC", "Washington"),
    ("Filadelfia", "PA", "Philadelphia"),
    ("Philly", "PA", "Philadelphia"),
    ("Nueva Orleans", "LA", "New Orleans"),
    ("NOLA", "LA", "New Orleans"),
    ("Vegas", "NV", "Las Vegas"),
    ("San Fran", "CA", "San Francisco"),
    ("SF", "CA", "San Francisco"),
    ("San Agustín", "FL", "Saint Augustine"),
    ("San Petersburgo", "FL", "Saint Petersburg"),
    ("Pitsburgo", "PA", "Pittsburgh"),
    ("Búfalo", "NY", "Buffalo"),
    ("San Luis", "MO", "Saint Louis"),
    ("Cayo Hueso", "FL", "Key West"),
    ("LA", "CA", "Los Angeles"),
    ("29 Palms", "CA", "Twentynine Palms"),
    ("OKC", "OK", "Oklahoma City"),
    ("SLC", "UT", "Salt Lake City"),
];

#[cfg(test)]
mod tests {
    use super::super::asked::{alternatives, answer, assert_answers};

    #[test]
    fn p5_spellings_of_one_city_are_one_city() {
        for (label, spellings) in [
            ("St. Louis, MO", &["St Louis", "Saint Louis, MO", "Saint Louis", "st. louis mo", "San Luis, Misuri"][..]),
            ("Fort Worth, TX", &["Ft Worth", "Ft. Worth, TX", "FORT WORTH TEXAS"]),
            ("North Las Vegas, NV", &["N Las Vegas", "N. Las Vegas, NV"]),
            ("Winston-Salem, NC", &["Winston Salem", "winston-salem nc", "WinstonSalem"]),
            ("O'Fallon, MO", &["OFallon", "O Fallon, MO", "O’Fallon"]),
            ("Coeur d'Alene, ID", &["Coeur dAlene", "coeur d alene, id", "Coeur d’Alene"]),
            ("Port Saint Lucie, FL", &["Port St Lucie", "Port Saint Lucie, FL"]),
            ("New York City, NY", &["NYC", "New York", "Nueva York", "new york city"]),
            ("The Bronx, NY", &["Bronx", "The Bronx", "bronx, ny"]),
            ("Brooklyn, NY", &["Brooklyn", "Brooklyn, New York"]),
            ("Queens, NY", &["Queens"]),
            ("Manhattan, NY", &["Manhattan", "Manhattan, NY"]),
            ("Staten Island, NY", &["Staten Island"]),
            ("Washington, DC", &["Washington DC", "Washington, D.C.", "washingtondc", "Washington D C"]),
            ("Philadelphia, PA", &["Philly", "Filadelfia", "Filadelfia, Pensilvania"]),
            ("New Orleans, LA", &["Nueva Orleans", "Nueva Orleans, Luisiana", "NOLA"]),
            ("Albuquerque, NM", &["Albuquerque, Nuevo México", "Albuquerque Nuevo Mexico"]),
            ("Española, NM", &["Espanola, NM", "ESPAÑOLA, NM"]),
            ("Los Angeles, CA", &["LA, CA", "L.A., Calif.", "la california"]),
            ("South San Francisco, CA", &["S San Francisco", "So. San Francisco"]),
            ("Mountain View, CA", &["Mtn View, CA", "Mountain View"]),
            ("Twentynine Palms, CA", &["29 Palms", "29 Palms, CA", "Twentynine Palms"]),
            ("Milford, CT", &["City of Milford (balance), CT", "Milford, CT"]),
        ] {
            for spelling in spellings {
                assert_eq!(answer(spelling), label, "{spelling}");
            }
        }
        assert_answers(&[("Mt Pleasant, SC", "Mount Pleasant, SC"), ("Ste Genevieve, MO", "Sainte Genevieve, MO")]);
        assert_answers(&[("LA", "Louisiana"), ("L.A.", "Louisiana"), ("LA, LA", "Louisiana")]);
        assert_eq!(alternatives("LA"), ["Los Angeles, CA"]);
        assert_answers(&[
            ("Carolina del Norte", "North Carolina"),
            ("Luisiana", "Louisiana"),
            ("Nuevo México", "New Mexico"),
        ]);
    }
}
