//! A text that is compressed once and sent often.

use std::io::Write;

use axum::body::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A text and its gzip. Only gzip: every browser takes it.
#[derive(Clone, Debug)]
pub struct Packed {
    plain: Bytes,
    /// Empty should it have failed.
    gzip: Bytes,
}

impl Packed {
    pub fn new(text: String) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let gzip = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
        Self { plain: text.into(), gzip: gzip.into() }
    }

    /// The body for a client with these `Accept-Encoding` fields, and its encoding if it has one.
    pub fn for_client<'h>(&self, mut accepted: impl Iterator<Item = &'h str>) -> (Bytes, Option<&'static str>) {
        if !self.gzip.is_empty() && accepted.any(|field| field.split(',').any(takes_gzip)) {
            (self.gzip.clone(), Some("gzip"))
        } else {
            (self.plain.clone(), None)
        }
    }
}

/// `gzip`, `gzip;q=0.5`; a weight of nothing is a refusal (RFC 9110, 12.4.2).
fn takes_gzip(coding: &str) -> bool {
    let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
    let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
    name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn only_who_takes_gzip_gets_it() {
        let packed = Packed::new("a".repeat(1_000));
        for field in ["gzip", "br, gzip", "deflate, GZIP;q=0.5, br", "gzip; q=1.0"] {
            let (body, encoding) = packed.for_client([field].into_iter());
            assert_eq!(encoding, Some("gzip"), "{field}");
            let mut text = String::new();
            flate2::read::GzDecoder::new(&*body).read_to_string(&mut text).unwrap();
            assert_eq!(text, "a".repeat(1_000));
        }
        for field in ["", "br", "gzip;q=0", "gzip;q=0.000", "x-gzip-not", "gzip;q=much"] {
            assert_eq!(packed.for_client([field].into_iter()), (Bytes::from("a".repeat(1_000)), None), "{field}");
        }
        assert_eq!(packed.for_client(std::iter::empty()).1, None);
    }
}
