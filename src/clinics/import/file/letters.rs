//! How the letters of a text are written: UTF-8, UTF-16, or what Excel saves as "CSV", which is Windows-1252.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::LOST_LETTER;

/// Units of UTF-16 looked at where no mark says that it is UTF-16: the header is plain.
const UNITS_LOOKED_AT: usize = 32;

/// Whether the bytes can be text at all: a NUL is in no text but UTF-16, or one that is wrong in a single cell.
pub fn is_text(bytes: &[u8]) -> bool {
    Encoding::for_bom(bytes).is_some()
        || utf16(bytes).is_some()
        || !bytes.contains(&0)
        || std::str::from_utf8(bytes).is_ok()
}

/// A byte-order mark decides; else every other byte of the header being NUL is UTF-16, valid UTF-8 is UTF-8, and the rest
/// is Windows-1252, unless it is UTF-8 in other places: then what is not is lost, and marked.
pub fn decoded(bytes: Vec<u8>) -> String {
    let marked = Encoding::for_bom(&bytes);
    match marked.map(|(encoding, _)| encoding).or_else(|| utf16(&bytes)) {
        Some(encoding) if encoding != UTF_8 => {
            let text = encoding.decode_with_bom_removal(&bytes).0;
            return marking_losses(text).into_owned();
        }
        _ => {}
    }
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            text
        }
        Err(error) => {
            let bytes = error.into_bytes();
            if marked.is_some() || is_utf8_in_places(&bytes) {
                marking_losses(UTF_8.decode_with_bom_removal(&bytes).0).into_owned()
            } else {
                WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned()
            }
        }
    }
}

fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let units = || bytes.chunks_exact(2).take(UNITS_LOOKED_AT);
    let is_plain = |nul: usize| units().len() > 0 && units().all(|unit| unit[nul] == 0 && unit[1 - nul] != 0);
    [(1, UTF_16LE), (0, UTF_16BE)].into_iter().find(|(nul, _)| is_plain(*nul)).map(|(_, encoding)| encoding)
}

/// Letters beyond ASCII that are UTF-8 by accident are rare: one is enough to know what the writer meant.
fn is_utf8_in_places(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

fn marking_losses(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains(char::REPLACEMENT_CHARACTER) {
        let mut mark = [0; 4];
        Cow::Owned(text.replace(char::REPLACEMENT_CHARACTER, LOST_LETTER.encode_utf8(&mut mark)))
    } else {
        text
    }
}
