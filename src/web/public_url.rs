use std::str::FromStr;
use std::sync::Arc;

use url::Url;

/// Where visitors reach the service: every link, redirect and id is made from it. Never ends in a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Arc<str>);

impl PublicUrl {
    /// An absolute link to `path`, which starts with a slash.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The path prefix under which the service lives (`""` or `"/find"`), as behind an existing site.
    #[must_use]
    pub fn prefix(&self) -> &str {
        let after_scheme = self.0.find("://").map_or(0, |i| i + 3);
        self.0[after_scheme..].find('/').map_or("", |i| &self.0[after_scheme + i..])
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url =
            Url::parse(text).map_err(|error| format!("{error}; expected for example https://example.com/find"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("the scheme must be http or https".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err("give scheme, host and optional path only".to_owned());
        }
        // Braces and asterisks would be read as route parameters by the router.
        if url.path().contains(['{', '}', '*', '%', ':']) || url.path().contains("//") {
            return Err("the path may hold plain segments only".to_owned());
        }
        Ok(Self(url.as_str().trim_end_matches('/').into()))
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_the_path_without_its_last_slash() {
        let prefix = |text: &str| text.parse::<PublicUrl>().map(|url| url.prefix().to_owned());
        assert_eq!(prefix("http://127.0.0.1:8080/find/").as_deref(), Ok("/find"));
        assert_eq!(prefix("https://example.com").as_deref(), Ok(""));
        assert!(prefix("ftp://example.com").is_err());
        assert!(prefix("https://example.com/{x}").is_err());
    }
}
