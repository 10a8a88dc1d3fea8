//! Characters that cannot be seen, named.
//!
//! A name with a no-break space in it looks like two, and one with a byte order mark like any other. So messages show such
//! characters as `<U+00A0>`.

/// A text with `<U+00A0>` in place of each [invisible](is_invisible) character.
///
/// ```
/// assert_eq!(fantail::tal::visible("\u{feff}|0100\u{a0}BRK"), "<U+FEFF>|0100<U+00A0>BRK");
/// ```
pub fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) {
            visible += &format!("<{}>", name(c));
        } else {
            visible.push(c);
        }
    }
    visible
}

/// How a character is called: `U+00A0`.
pub(super) fn name(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// Whether a character shows nothing, or changes how others are shown: controls, spaces other than the one of ASCII,
/// format characters such as those of direction, and what fonts leave out.
pub fn is_invisible(c: char) -> bool {
    c != ' '
        && (c.is_control()
            || c.is_whitespace()
            || matches!(c,
                '\u{ad}' // soft hyphen
                | '\u{34f}' // grapheme joiner
                | '\u{61c}' // Arabic letter mark
                | '\u{70f}' // Syriac abbreviation mark
                | '\u{115f}'..='\u{1160}' // Hangul fillers
                | '\u{17b4}'..='\u{17b5}' // Khmer inherent vowels
                | '\u{180b}'..='\u{180f}' // Mongolian selectors and separator
                | '\u{200b}'..='\u{200f}' // zero width, marks of direction
                | '\u{202a}'..='\u{202e}' // embeddings and overrides of direction
                | '\u{2060}'..='\u{206f}' // word joiner, invisible operators, isolates
                | '\u{2800}' // blank Braille pattern
                | '\u{3164}' | '\u{ffa0}' // Hangul fillers
                | '\u{fe00}'..='\u{fe0f}' // variation selectors
                | '\u{feff}' // byte order mark
                | '\u{fff0}'..='\u{fffb}' // specials
                | '\u{1bca0}'..='\u{1bca3}' // shorthand format controls
                | '\u{1d173}'..='\u{1d17a}' // musical format controls
                | '\u{e0000}'..='\u{e0fff}' // tags, variation selectors
            ))
}
