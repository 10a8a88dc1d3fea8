//! Bytes to tokens.
//!
//! A token is a run of bytes above 0x20. Comments are dropped: a token that starts with `(` opens one, and
//! inside only the tokens `(` and `)` count.

use std::ops::Range;

/// What the tokeniser finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A token outside comments.
    Word(Range<usize>),
    /// A comment that does not end.
    OpenComment {
        /// The token that opens it.
        open: Range<usize>,
        /// The first token inside that looks like its end, such as `end)`.
        near_close: Option<Range<usize>>,
    },
}

/// The tokens of a text, in order.
pub fn tokens(bytes: &[u8]) -> impl Iterator<Item = Token> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut words = std::iter::from_fn(|| {
            let start = at + bytes[at..].iter().position(|&byte| byte > b' ')?;
            let length = bytes[start..].iter().position(|&byte| byte <= b' ');
            at = length.map_or(bytes.len(), |length| start + length);
            Some(start..at)
        });
        loop {
            let open = words.next()?;
            if bytes[open.start] != b'(' {
                return Some(Token::Word(open));
            }
            let mut depth = 1;
            let mut near_close = None;
            while depth > 0 {
                let Some(word) = words.next() else { return Some(Token::OpenComment { open, near_close }) };
                match &bytes[word.clone()] {
                    b"(" => depth += 1,
                    b")" => depth -= 1,
                    [.., b')'] if near_close.is_none() => near_close = Some(word),
                    _ => {}
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text.as_bytes())
            .map(|token| match token {
                Token::Word(range) => &text[range],
                Token::OpenComment { open, .. } => &text[open],
            })
            .collect()
    }

    #[test]
    fn whatever_is_not_above_a_space_separates() {
        assert_eq!(words("\0a\tbb\r\nλ\x1f\"(c"), ["a", "bb", "λ", "\"(c"]);
    }

    #[test]
    fn comments_nest_by_token() {
        assert_eq!(words("( a(b ( (c d) ) e) ) f"), ["f"]);
        assert_eq!(words("(x) y ) z"), ["z"]);
    }

    #[test]
    fn an_open_comment_tells_its_start_and_a_likely_end() {
        let found: Vec<_> = tokens(b"a ( b) c) d").collect();
        assert_eq!(found, [Token::Word(0..1), Token::OpenComment { open: 2..3, near_close: Some(4..6) }]);
    }
}
