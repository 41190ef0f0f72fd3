use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use url::{Host, Url};

const PLACES: [&str; 3] = ["{z}", "{x}", "{y}"];

/// Street tiles below the map, from a server of the operator's choice: the one host beside ours that a page loads from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiles {
    pub url: TileUrl,
    pub attribution: Attribution,
}

/// Where a tile is: `https://tiles.example.org/{z}/{x}/{y}.png`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileUrl {
    template: Box<str>,
    origin: Box<str>,
}

impl TileUrl {
    /// As browsers fill it.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }

    /// Scheme, host and port, as a content security policy names them.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl FromStr for TileUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "expected for example https://tiles.example.org/{z}/{x}/{y}.png";
        let filled = PLACES.iter().fold(text.to_owned(), |filled, place| filled.replace(place, "0"));
        if filled.contains(['{', '}']) {
            return Err(format!("only {{z}}, {{x}} and {{y}} can be filled in; {example}"));
        }
        let url = Url::parse(&filled).map_err(|error| format!("{error}; {example}"))?;
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err("the scheme must be https: a page must not load pictures that others can change".to_owned());
        }
        if matches!(url.host(), Some(Host::Ipv6(_))) {
            return Err("the host must be a name: no content security policy can name an IPv6 address".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(format!("give host, path and query only; {example}"));
        }
        let origin = url.origin().ascii_serialization();
        // In the host they would make the origin another one with each tile.
        let (_, behind_scheme) = text.split_once("://").ok_or(example)?;
        let path = behind_scheme.split_once('/').map_or("", |(_, path)| path);
        if let Some(missing) = PLACES.iter().find(|place| !path.contains(**place)) {
            return Err(format!("{missing} is missing in the path; {example}"));
        }
        if PLACES.iter().any(|place| behind_scheme.len() - path.len() > behind_scheme.find(place).unwrap_or(usize::MAX))
        {
            return Err(format!("the host must be one; {example}"));
        }
        Ok(Self { template: text.into(), origin: origin.into() })
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        _ => false,
    }
}

/// Whose map it is, as plain text: what those who make tiles ask to be shown on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribution(Box<str>);

impl FromStr for Attribution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const MAX: usize = 200;
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MAX || text.contains(char::is_control) {
            return Err(format!("expected a line of 1 to {MAX} characters, such as © OpenStreetMap contributors"));
        }
        if text.contains(['<', '>']) || text.contains("&copy;") {
            return Err("expected plain text: it is shown as it is, not read as HTML".to_owned());
        }
        Ok(Self(text.into()))
    }
}

impl Display for Attribution {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Result<String, String> {
        text.parse().map(|url: TileUrl| url.origin().to_owned())
    }

    #[test]
    fn tiles_come_from_one_origin_over_tls_or_from_this_machine() {
        for (text, expected) in [
            ("https://tiles.example.org/{z}/{x}/{y}.png", "https://tiles.example.org"),
            ("https://Tiles.Example.org:8443/a/{z}/{x}/{y}@2x.webp?key=k", "https://tiles.example.org:8443"),
            ("https://tiles.example.org/wmts?z={z}&x={x}&y={y}", "https://tiles.example.org"),
            ("http://127.0.0.1:9000/{z}/{y}/{x}", "http://127.0.0.1:9000"),
            ("http://localhost/{z}/{y}/{x}", "http://localhost"),
        ] {
            assert_eq!(origin(text).as_deref(), Ok(expected), "{text}");
        }
        for (text, word) in [
            ("http://tiles.example.org/{z}/{x}/{y}.png", "https"),
            ("ftp://tiles.example.org/{z}/{x}/{y}.png", "https"),
            ("//tiles.example.org/{z}/{x}/{y}.png", "expected"),
            ("https://{s}.example.org/{z}/{x}/{y}.png", "{z}, {x} and {y}"),
            ("https://{x}.example.org/{z}/{x}/{y}.png", "host must be one"),
            ("https://tiles.example.org/{z}/{x}.png", "{y} is missing"),
            ("https://tiles.example.org?{z}/{x}", "is missing"),
            ("https://ana:secret@tiles.example.org/{z}/{x}/{y}.png", "host, path and query"),
            ("https://tiles.example.org/{z}/{x}/{y}.png#a", "host, path and query"),
            ("https://[2001:db8::1]/{z}/{x}/{y}.png", "IPv6"),
            ("", "expected"),
        ] {
            let error = origin(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn an_origin_ends_no_policy() {
        for text in ["https://a;script-src *.example.org/{z}/{x}/{y}", "https://a.example.org, x/{z}/{x}/{y}"] {
            assert!(origin(text).is_err(), "{text}");
        }
        assert_eq!(origin("https://a.example.org/{z}/{x}/{y};script-src").as_deref(), Ok("https://a.example.org"));
    }

    #[test]
    fn an_attribution_is_a_line_of_plain_text() {
        let attribution = " © OpenStreetMap contributors ".parse::<Attribution>().unwrap();
        assert_eq!(attribution.to_string(), "© OpenStreetMap contributors");
        for wrong in ["", "  ", "two\nlines", "<a href=x>OSM</a>", "&copy; OSM", &"x".repeat(201)] {
            assert!(wrong.parse::<Attribution>().is_err(), "{wrong}");
        }
    }
}
