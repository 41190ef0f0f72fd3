/// A clinic's name with a dash where a spreadsheet has a hyphen: `Stipplecrown Boston – Waterfront`.
#[must_use]
pub fn shown_name(name: &str) -> String {
    name.replace(" - ", " – ")
}

/// In a list, where all names would start alike: without the network's name, `Boston – Waterfront`.
#[must_use]
pub fn listed_name(name: &str, network: &str) -> String {
    shown_name(without_network(name, network).unwrap_or(name))
}

/// `None` where the name does not start with the network's, or has nothing else.
fn without_network<'n>(name: &'n str, network: &str) -> Option<&'n str> {
    // What stands in brackets, as in "Stipplecrown (demonstration)", is about the network, not its name.
    let brand = network.split(" (").next().map(str::trim).filter(|brand| !brand.is_empty())?;
    let rest = name.strip_prefix(brand)?;
    // "Stipplecrown's" and "Stipplecrown-on-Sea" are other words.
    let rest = rest.strip_prefix(|c: char| c.is_whitespace() || [':', ','].contains(&c))?;
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || ['-', '–', '—', '|', '·'].contains(&c));
    (!rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_drops_the_networks_name_from_the_start_of_a_clinics() {
        for (name, network, listed) in [
            ("Stipplecrown Boston - Waterfront", "Stipplecrown", "Boston – Waterfront"),
            ("Stipplecrown Austin - Domain", "Stipplecrown (demonstration)", "Austin – Domain"),
            ("Stipplecrown - Boston - North", "Stipplecrown", "Boston – North"),
            ("Stipplecrown – Boston", "Stipplecrown", "Boston"),
            ("Stipplecrown: Boston", "Stipplecrown", "Boston"),
            ("Stipplecrown, Boston", " Stipplecrown ", "Boston"),
            ("Stipplecrown | Boston", "Stipplecrown", "Boston"),
            ("Boston Stipplecrown", "Stipplecrown", "Boston Stipplecrown"),
            ("Stipplecrown's Boston", "Stipplecrown", "Stipplecrown's Boston"),
            ("Stipplecrown-on-Sea", "Stipplecrown", "Stipplecrown-on-Sea"),
            ("Stipplecrowns", "Stipplecrown", "Stipplecrowns"),
            ("Stipplecrown", "Stipplecrown", "Stipplecrown"),
            ("Stipplecrown - ", "Stipplecrown", "Stipplecrown – "),
            ("Ñandú San Juan", "Ñandú", "San Juan"),
            ("Boston - Waterfront", "", "Boston – Waterfront"),
        ] {
            assert_eq!(listed_name(name, network), listed);
        }
    }

    #[test]
    fn a_name_keeps_its_hyphens_inside_words() {
        assert_eq!(shown_name("Winston-Salem - West-End"), "Winston-Salem – West-End");
        assert_eq!(shown_name("Stipplecrown Boston"), "Stipplecrown Boston");
    }
}
