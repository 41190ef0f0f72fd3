//! The network's colours as a stylesheet of custom properties. They are for light pages; dark ones keep ours, which are
//! chosen to be read there.

use std::fmt::Write;
use std::hash::Hasher;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::Site;
use crate::clinics::network::Colors;

const CSS: HeaderValue = HeaderValue::from_static("text/css; charset=utf-8");
/// The address has the colours' version in it.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Tells colours from other ones.
#[must_use]
pub fn version(colors: &Colors) -> String {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(stylesheet(colors).as_bytes());
    format!("{:x}", hasher.finish())
}

pub async fn show_colors(State(site): State<Site>) -> Response {
    let css = stylesheet(&site.directory.snapshot().network.colors);
    ([(header::CONTENT_TYPE, CSS), (header::CACHE_CONTROL, KEEP)], css).into_response()
}

/// The settings hold four roles and colours `#rrggbb`: they are checked when they are made.
fn stylesheet(colors: &Colors) -> String {
    let mut css = String::from("@media not (prefers-color-scheme:dark){:root{");
    for (role, color) in colors {
        let property = match role.as_str() {
            "primary" => "primary",
            "accent" => "accent",
            "background" => "paper",
            _ => "ink",
        };
        let _infallible = write!(css, "--{property}:{color};");
        if role == "primary" {
            let _infallible = write!(css, "--primary-ink:{};", readable_on(color));
        }
    }
    css.push_str("}}");
    css
}

/// Black or white, whichever has the greater contrast (WCAG 2.2, relative luminance).
fn readable_on(color: &str) -> &'static str {
    /// Where the contrast with black and with white is the same: sqrt(1.05 * 0.05) - 0.05.
    const EVEN: f64 = 0.179;
    let channel = |at: usize| {
        let value = color.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or_default();
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
    if luminance > EVEN { "#000000" } else { "#ffffff" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_is_a_custom_property_and_text_on_the_primary_colour_is_readable() {
        let colors = Colors::from([("accent", "#112233"), ("primary", "#ffee00")].map(|(r, c)| (r.into(), c.into())));
        let css =
            "@media not (prefers-color-scheme:dark){:root{--accent:#112233;--primary:#ffee00;--primary-ink:#000000;}}";
        assert_eq!(stylesheet(&colors), css);
        assert_eq!(readable_on("#0b5c6b"), "#ffffff");
    }
}
