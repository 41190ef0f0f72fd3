use std::path::Path;

use url::Url;

/// What libpq understands of a URL's query and is no secret.
const KNOWN: [&str; 6] = ["host", "port", "user", "dbname", "sslmode", "sslrootcert"];

/// The line that copies this database; the password is asked for, or taken from ~/.pgpass.
pub fn dump_line(url: &str, file: &Path) -> String {
    format!("pg_dump --format=custom --file={} --dbname={}", quoted(&file.display().to_string()), quoted(&shown(url)))
}

/// The line that puts such a copy back.
pub fn restore_line(url: &str, file: &Path) -> String {
    let (file, url) = (quoted(&file.display().to_string()), quoted(&shown(url)));
    format!("pg_restore --clean --if-exists --no-owner --single-transaction --dbname={url} {file}")
}

/// Without the password, and without what only our driver understands.
fn shown(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else { return "postgres://USER@HOST/NAME".to_owned() };
    let known: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(name, _)| KNOWN.contains(&name.as_str())).collect();
    // A URL without a host has no password to take away.
    let _no_host = url.set_password(None);
    url.set_query(None);
    if !known.is_empty() {
        url.query_pairs_mut().extend_pairs(known);
    }
    url.into()
}

/// As a shell reads it as one word.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_has_no_password_and_survives_a_shell() {
        let url =
            "postgres://clinics:s3cret@db:5432/clinics?password=s3cret&sslmode=require&statement-cache-capacity=9";
        assert_eq!(
            dump_line(url, Path::new("/backups/it's monday.dump")),
            r"pg_dump --format=custom --file='/backups/it'\''s monday.dump' --dbname='postgres://clinics@db:5432/clinics?sslmode=require'"
        );
        assert_eq!(
            restore_line("postgres://db/clinics", Path::new("a.dump")),
            "pg_restore --clean --if-exists --no-owner --single-transaction --dbname=postgres://db/clinics a.dump"
        );
    }
}
