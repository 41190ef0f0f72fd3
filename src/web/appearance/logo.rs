use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::get;
use sha2::{Digest, Sha256};

const MAX_BYTES: usize = 200 * 1024;
/// On the page, in CSS pixels.
const HEIGHT: u32 = 40;
/// As many times as high; wider ones are banners, and push the name out of the header.
const MAX_RATIO: f64 = 8.0;

/// The network's logo: a file of the operator's, served from here so that pages load nothing from anybody else.
#[derive(Clone, Debug)]
pub struct Logo {
    /// Below the prefix; another one for another picture.
    path: Arc<str>,
    bytes: Bytes,
    kind: Kind,
    width: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Png,
    Svg,
}

impl Logo {
    /// Reads a PNG or SVG file.
    ///
    /// # Errors
    /// When there is none, or it is something else, too large, or does not say how wide and high it is.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        Self::new(bytes).with_context(|| format!("{} is no logo", file.display()))
    }

    /// As [`Logo::read`].
    ///
    /// # Errors
    /// As [`Logo::read`].
    pub fn new(bytes: Vec<u8>) -> anyhow::Result<Self> {
        ensure!(bytes.len() <= MAX_BYTES, "it has {} bytes, of at most {MAX_BYTES}", bytes.len());
        let (kind, extension, size) = match png_size(&bytes) {
            Some(size) => (Kind::Png, "png", size),
            None => (Kind::Svg, "svg", svg_size(&bytes)?),
        };
        let ratio = size.0 / size.1;
        if !(1.0 / MAX_RATIO..=MAX_RATIO).contains(&ratio) {
            bail!("it is {} by {}: at most {MAX_RATIO} times as wide as high", size.0, size.1);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 5 and 320")]
        let width = (f64::from(HEIGHT) * ratio).round() as u32;
        let digest = Sha256::digest(&bytes);
        let fingerprint = digest.iter().take(5).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        Ok(Self { path: format!("/assets/logo-{fingerprint}.{extension}").into(), bytes: bytes.into(), kind, width })
    }

    /// Where it is, below the prefix of the public URL.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// In CSS pixels, so that nothing moves when the picture arrives.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.width, HEIGHT)
    }

    /// Whether those who make a preview of a link can show it: none of them draws SVG.
    #[must_use]
    pub fn is_for_previews(&self) -> bool {
        self.kind == Kind::Png
    }

    /// Its address, for any router below the prefix.
    pub fn router(&self) -> Router {
        let media = match self.kind {
            Kind::Png => "image/png",
            Kind::Svg => "image/svg+xml",
        };
        let headers = [
            (header::CONTENT_TYPE, media),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            // Opened by itself an SVG is a document, and could hold a script.
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        ];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let bytes = self.bytes.clone();
        Router::new().route(&self.path, get(|| async { (headers, bytes) }))
    }
}

/// Width and height, from the header that every PNG starts with.
fn png_size(bytes: &[u8]) -> Option<(f64, f64)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
    let number = |at: usize| Some(f64::from(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?)));
    Some((number(0)?, number(4)?)).filter(|(width, height)| *width > 0.0 && *height > 0.0)
}

/// Width and height of the view box, else the attributes that are called so.
fn svg_size(bytes: &[u8]) -> anyhow::Result<(f64, f64)> {
    let text = std::str::from_utf8(bytes).ok().context("it is neither PNG nor SVG in UTF-8")?;
    let (_, root) = text.split_once("<svg").context("it is neither PNG nor SVG")?;
    let (root, _) = root.split_once('>').context("its <svg> does not end")?;
    let in_box = attribute(root, "viewBox").and_then(|value| {
        let numbers: Vec<f64> =
            value.split([' ', ',']).filter(|n| !n.is_empty()).map_while(|n| n.parse().ok()).collect();
        <[f64; 4]>::try_from(numbers).ok().map(|[_, _, width, height]| (width, height))
    });
    let pixels = |name: &str| attribute(root, name)?.trim_end_matches("px").parse::<f64>().ok();
    let size = in_box.or_else(|| Some((pixels("width")?, pixels("height")?)));
    size.filter(|(width, height)| *width > 0.0 && *height > 0.0)
        .context("its <svg> needs a viewBox=\"0 0 WIDTH HEIGHT\"")
}

/// What stands between the quotes of `name="..."`.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = tag.split_once(&format!(" {name}=")).or_else(|| tag.split_once(&format!("\n{name}=")))?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(svg: &str) -> Option<(u32, u32)> {
        Logo::new(svg.into()).ok().map(|logo| logo.size())
    }

    #[test]
    fn a_picture_says_how_wide_it_is() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 1, 0, 0, 0, 0, 128, 8, 6, 0, 0, 0]);
        let logo = Logo::new(png.clone()).unwrap();
        assert_eq!((logo.size(), logo.is_for_previews()), ((80, 40), true));
        assert!(logo.path().starts_with("/assets/logo-") && logo.path().split('.').next_back() == Some("png"));
        png.truncate(20);
        assert!(Logo::new(png).is_err());
        assert_eq!(size("<?xml version='1.0'?>\n<svg viewBox='0 0 30 10' width=\"5\"></svg>"), Some((120, 40)));
        assert_eq!(size("<svg\nwidth=\"20px\" height=\"20\"/>"), Some((40, 40)));
    }

    #[test]
    fn what_is_no_picture_or_has_no_size_is_refused() {
        for wrong in [
            "",
            "GIF89a",
            "<html></html>",
            "<svg></svg>",
            "<svg",
            "<svg viewBox='0 0 0 10'/>",
            "<svg viewBox='0 0 NaN 10'/>",
            "<svg viewBox='0 0 inf 10'/>",
            "<svg viewBox='0 0 100 10'/>",
            "<svg width='100%' height='100%'/>",
        ] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
        assert_eq!(size(&format!("<svg viewBox='0 0 1 1'>{}</svg>", " ".repeat(MAX_BYTES))), None);
    }
}
