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
    ("OKC", "OK", "Oklahoma City"),
    ("SLC", "UT", "Salt Lake City"),
];
