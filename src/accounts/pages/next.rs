/// Where to go after a sign-in: a path of this service, else the account's page. Anything that a browser could read as another
/// host is none.
pub fn local_path(prefix: &str, next: &str) -> String {
    let is_plain = !next.chars().any(|c| c == '\\' || c.is_control() || !c.is_ascii());
    let below = next.strip_prefix(prefix).is_some_and(|path| path.starts_with('/') && !path.starts_with("//"));
    let is_local = is_plain && below && next.starts_with('/') && !next.starts_with("//");
    if is_local { next.to_owned() } else { format!("{prefix}/account") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_service_are_gone_to() {
        for local in ["/account", "/console?q=a%20b", "/admin/users#x"] {
            assert_eq!(local_path("", local), local);
        }
        for elsewhere in [
            "",
            "//example.org",
            "/\\example.org",
            "https://example.org/",
            "javascript:alert(1)",
            "/\t/example.org",
            "account",
            "/\r\nSet-Cookie: a=b",
            "\\\\example.org",
            "/ümlaut",
        ] {
            assert_eq!(local_path("", elsewhere), "/account", "{elsewhere:?}");
        }
        assert_eq!(local_path("/find", "/find/console"), "/find/console");
        for elsewhere in ["/console", "/finder", "/find//example.org", "/find"] {
            assert_eq!(local_path("/find", elsewhere), "/find/account", "{elsewhere:?}");
        }
    }
}
