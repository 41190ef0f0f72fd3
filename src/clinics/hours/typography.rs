/// Spreadsheets turn hyphens into dashes and spaces into no-break spaces; both mean what they look like.
pub(super) fn plain(text: &str) -> String {
    let plain_letter = |letter: char| match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other if other.is_whitespace() => ' ',
        other => other,
    };
    text.chars().map(plain_letter).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
