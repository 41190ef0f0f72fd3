//! Every page that search engines are to know, in both languages, with when it last changed (sitemaps.org).

use std::fmt::Write;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use chrono::{DateTime, SecondsFormat, Utc};

use crate::directory::{Directory, Entry, Snapshot, city_path, state_path};
use crate::error::AppError;
use crate::web::page::Language;
use crate::web::{Path, PublicUrl, cache};

/// Addresses in one file; the protocol's limit is 50,000.
const MOST: usize = 40_000;
const XML: HeaderValue = HeaderValue::from_static("application/xml; charset=utf-8");
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A page in every language, and when the newest of what it shows was changed.
struct Listed {
    path: String,
    changed_at: DateTime<Utc>,
}

/// The whole list, or the list of its parts when it is too long for one file.
pub async fn show_sitemap(State(directory): State<Directory>, headers: HeaderMap) -> Result<Response, AppError> {
    let snapshot = directory.snapshot();
    let write = || {
        let pages = pages(&snapshot);
        let parts = pages.chunks(MOST / Language::ALL.len()).count();
        if parts <= 1 { urls(directory.links(), &pages) } else { index(directory.links(), parts) }
    };
    Ok(answer(&directory, &snapshot, &headers, "/sitemap.xml", write))
}

/// One part, by its number from 1 on.
pub async fn show_page(
    State(directory): State<Directory>,
    Path(page): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let snapshot = directory.snapshot();
    let pages = pages(&snapshot);
    let number = page.strip_suffix(".xml").and_then(|number| number.parse::<usize>().ok());
    let part = number.and_then(|number| pages.chunks(MOST / Language::ALL.len()).nth(number.checked_sub(1)?));
    let Some(part) = part else {
        let detail = "there is no such part: /sitemap.xml lists those there are".to_owned();
        return Err(AppError::NotFound { code: "not_found", detail });
    };
    Ok(answer(&directory, &snapshot, &headers, &page, || urls(directory.links(), part)))
}

fn answer(
    directory: &Directory,
    snapshot: &Snapshot,
    headers: &HeaderMap,
    asked: &str,
    write: impl FnOnce() -> String,
) -> Response {
    let etag = directory.etag(snapshot, directory.as_of(), &[asked, "sitemap"]);
    cache::not_modified(headers, &etag).unwrap_or_else(|| {
        let mut response = Response::new(write().into());
        response.headers_mut().insert(header::CONTENT_TYPE, XML);
        cache::with_validators(response, &etag)
    })
}

/// Everything, then states, cities and clinics in the order of lists.
fn pages(snapshot: &Snapshot) -> Vec<Listed> {
    let mut pages: Vec<Listed> = Vec::new();
    let mut add = |path: String, entry: &Entry| {
        let changed_at = entry.clinic.updated_at;
        match pages.iter_mut().rev().take(2).find(|page| page.path == path) {
            Some(page) => page.changed_at = page.changed_at.max(changed_at),
            None => pages.push(Listed { path, changed_at }),
        }
    };
    let shown: Vec<&Entry> = snapshot.entries().iter().map(|entry| &**entry).filter(|entry| entry.has_page()).collect();
    for entry in &shown {
        add("/locations".to_owned(), entry);
    }
    for entry in &shown {
        add(state_path(entry.state), entry);
    }
    for entry in &shown {
        add(city_path(entry.state, &entry.clinic.city), entry);
    }
    for entry in &shown {
        add(entry.page_path(), entry);
    }
    pages
}

fn urls(links: &PublicUrl, pages: &[Listed]) -> String {
    let mut xml = format!(
        "{HEAD}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n"
    );
    for page in pages {
        let changed = page.changed_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let address = |language: Language| links.link(&format!("{}{}", language.prefix(), page.path));
        for language in Language::ALL {
            let _infallible = write!(xml, "<url><loc>{}</loc><lastmod>{changed}</lastmod>", address(language));
            for other in Language::ALL {
                let (code, href) = (other.code(), address(other));
                let _infallible = write!(xml, "<xhtml:link rel=\"alternate\" hreflang=\"{code}\" href=\"{href}\"/>");
            }
            xml.push_str("</url>\n");
        }
    }
    xml.push_str("</urlset>\n");
    xml
}

fn index(links: &PublicUrl, parts: usize) -> String {
    let mut xml = format!("{HEAD}<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for part in 1..=parts {
        let address = links.link(&format!("/sitemap/{part}.xml"));
        let _infallible = writeln!(xml, "<sitemap><loc>{address}</loc></sitemap>");
    }
    xml.push_str("</sitemapindex>\n");
    xml
}
