//! Addresses of an older site that lead to a clinic for good (rule I9). Pure.
//!
//! Only the path counts: the host is the one that now leads here, and links carry all kinds of queries.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

/// The path of an address as it is looked up: decoded, without its last slash. `None` for the root, which is everybody's.
#[must_use]
pub fn plain_path(path: &str) -> Option<Box<str>> {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let plain = decoded.trim_end_matches('/');
    (!plain.is_empty()).then(|| plain.into())
}

/// The path of a legacy URL, as [`plain_path`].
#[must_use]
pub fn legacy_path(url: &str) -> Option<Box<str>> {
    plain_path(url::Url::parse(url).ok()?.path())
}

/// One address that two clinics claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimedTwice<'c> {
    pub url: &'c str,
    /// The code of the clinic that named it first.
    pub first: &'c str,
    /// The code of the one that named it again.
    pub second: &'c str,
}

/// The addresses that lead to more than one of these clinics, each given by its code and its legacy URLs.
#[must_use]
pub fn claimed_twice<'c>(claims: impl IntoIterator<Item = (&'c str, &'c [Box<str>])>) -> Vec<ClaimedTwice<'c>> {
    let mut owners: HashMap<Box<str>, &str> = HashMap::new();
    let mut twice = Vec::new();
    for (code, urls) in claims {
        for url in urls {
            let Some(path) = legacy_path(url) else { continue };
            let first = *owners.entry(path).or_insert(code);
            if first != code {
                twice.push(ClaimedTwice { url, first, second: code });
            }
        }
    }
    twice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i9_host_query_and_last_slash_do_not_count() {
        for url in
            ["https://old.example.com/a/b", "http://www.example.com/a/b/?utm=1#top", "https://x.example.com/a/%62"]
        {
            assert_eq!(legacy_path(url).as_deref(), Some("/a/b"), "{url}");
        }
        assert_eq!(plain_path("/cl%C3%ADnica/").as_deref(), Some("/clínica"));
        assert_eq!(legacy_path("https://old.example.com/clínica").as_deref(), Some("/clínica"));
        assert_eq!((legacy_path("https://old.example.com/"), plain_path("//"), legacy_path("/a")), (None, None, None));
    }

    #[test]
    fn i9_one_address_leads_to_one_clinic() {
        let urls = ["https://old.example.com/x", "http://other.example.com/x/", "https://old.example.com/"];
        let [x, same_path, root] = urls.map(|url| [Box::<str>::from(url)]);
        let expected = ClaimedTwice { url: urls[1], first: "A", second: "B" };
        assert_eq!(claimed_twice([("A", &x[..]), ("B", &same_path[..])]), [expected]);
        assert!(claimed_twice([("A", &x[..]), ("A", &x[..]), ("C", &root[..])]).is_empty());
    }
}
