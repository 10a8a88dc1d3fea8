//! Bytes to tokens.
//!
//! A token is a run of bytes above 0x20. Comments are dropped: a token that starts with `(` opens one, and
//! inside only the tokens `(` and `)` count.
//!
//! Assemblers of before 2024 counted every parenthesis, so that in old sources a comment may end at the end of a word:
//! `( like this)`. The legacy dialect takes such an end for one if the comment has no other: if too few tokens `)` stand
//! before the next comment opens.

use std::ops::Range;

use super::Dialect;

/// What the tokeniser finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A token outside comments.
    Word(Range<usize>),
    /// The first word by which a comment was closed, or one in it, such as `this)`: in the legacy dialect.
    GluedClose(Range<usize>),
    /// A comment that does not end.
    OpenComment {
        /// The token that opens it.
        open: Range<usize>,
        /// The first token inside that looks like its end, such as `end)`.
        near_close: Option<Range<usize>>,
    },
}

/// The tokens of a text, in order.
pub fn tokens(bytes: &[u8], dialect: Dialect) -> impl Iterator<Item = Token> {
    let mut words = Words { bytes, at: 0, opener: 0, closers: 0 };
    std::iter::from_fn(move || {
        loop {
            let word = words.next()?;
            if bytes[word.start] != b'(' {
                return Some(Token::Word(word));
            }
            let end = comment(&mut words, word, dialect);
            if end.is_some() {
                return end;
            }
        }
    })
}

/// Passes over a comment. What is to be said of it, if it does not end as it should.
fn comment(words: &mut Words, open: Range<usize>, dialect: Dialect) -> Option<Token> {
    let is_legacy = dialect == Dialect::Legacy;
    let excess = excess(&words.bytes[open.clone()]);
    if is_legacy && excess >= 0 && words.closers_ahead() == 0 {
        return Some(Token::GluedClose(open));
    }
    let mut depth = 1;
    // What words have opened and others may close: `a(b c)`.
    let mut inner = (-1 - excess).max(0);
    let (mut near_close, mut glued_close) = (None, None);
    while depth > 0 {
        let Some(word) = words.next() else { return Some(Token::OpenComment { open, near_close }) };
        match &words.bytes[word.clone()] {
            b"(" => depth += 1,
            b")" => depth -= 1,
            text => {
                let is_close = text.ends_with(b")");
                inner -= if is_legacy { self::excess(text) } else { 0 };
                while is_close && inner < 0 && words.closers_ahead() < depth {
                    (depth, inner) = (depth - 1, inner + 1);
                    glued_close.get_or_insert_with(|| word.clone());
                    if depth == 0 {
                        break;
                    }
                }
                inner = inner.max(0);
                if is_close {
                    near_close.get_or_insert(word);
                }
            }
        }
    }
    glued_close.map(Token::GluedClose)
}

/// How many more parentheses a word closes than it opens.
fn excess(word: &[u8]) -> isize {
    let count = |parenthesis| word.iter().filter(|&&byte| byte == parenthesis).count() as isize;
    count(b')') - count(b'(')
}

/// Runs of bytes above 0x20.
struct Words<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the next comment opens, if that is not before `at`.
    opener: usize,
    /// How many tokens `)` there are up to it.
    closers: usize,
}

impl Words<'_> {
    fn next(&mut self) -> Option<Range<usize>> {
        let word = self.from(self.at)?;
        self.at = word.end;
        if word.start < self.opener && &self.bytes[word.clone()] == b")" {
            self.closers -= 1;
        }
        Some(word)
    }

    /// The first word from a place on.
    fn from(&self, place: usize) -> Option<Range<usize>> {
        let start = place + self.bytes[place..].iter().position(|&byte| byte > b' ')?;
        let length = self.bytes[start..].iter().position(|&byte| byte <= b' ');
        Some(start..length.map_or(self.bytes.len(), |length| start + length))
    }

    /// How many tokens `)` follow before the next comment opens. Every word is looked at once for it.
    fn closers_ahead(&mut self) -> usize {
        if self.at > self.opener {
            (self.opener, self.closers) = (self.bytes.len(), 0);
            let mut at = self.at;
            while let Some(word) = self.from(at) {
                match &self.bytes[word.clone()] {
                    b")" => self.closers += 1,
                    // One that closes itself, `(x)`, is neither.
                    text @ [b'(', ..] if excess(text) < 0 => {
                        self.opener = word.start;
                        break;
                    }
                    _ => {}
                }
                at = word.end;
            }
        }
        self.closers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        words_of(text, Dialect::Standard)
    }

    fn legacy(text: &str) -> Vec<&str> {
        words_of(text, Dialect::Legacy)
    }

    /// The words, and a note of whatever else there is.
    fn words_of(text: &str, dialect: Dialect) -> Vec<&str> {
        tokens(text.as_bytes(), dialect)
            .filter_map(|token| match token {
                Token::Word(range) => Some(&text[range]),
                Token::OpenComment { .. } => Some("open"),
                Token::GluedClose(_) => None,
            })
            .collect()
    }

    #[test]
    fn whatever_is_not_above_a_space_separates() {
        assert_eq!(words("\0a\tbb\r\nλ\x1f\"(c"), ["a", "bb", "λ", "\"(c"]);
    }

    #[test]
    fn comments_nest_by_token() {
        for words in [words, legacy] {
            assert_eq!(words("( a(b ( (c d) ) e) ) f"), ["f"]);
            assert_eq!(words("(x) y ) z"), ["z"]);
            assert_eq!(words("( a :) b ) c"), ["c"], "a smile ends nothing that ends later");
            assert_eq!(words("( f(x) (y) ) c"), ["c"]);
            assert_eq!(words("( a(b ) c ( d ) e"), ["c", "e"]);
        }
    }

    #[test]
    fn old_comments_end_with_a_word() {
        for (text, expected) in [
            ("( a b) c ( d ) e", &["c", "e"][..]),
            ("( a b) c", &["c"]),
            ("( a b) c (d e ) f", &["c", "f"]),
            ("(a) b (c) d ( e ) f", &["b", "d", "f"]),
            ("(a b) c", &["c"]),
            ("(f(x) b) c", &["c"]),
            ("( a ( b) c ) d ( e ) f", &["d", "f"]),
            ("( a ( b c)) d ( e ) f", &["d", "f"]),
            ("( a ( b ( c ))) d", &["d"]),
            ("( a(b c) d) e ( f ) g", &["e", "g"]),
            ("( a (b) c) d ( e ) f", &["d", "f"]),
            ("( a\n\tb)\n\tc ( d )", &["c"]),
            ("( a ( b", &["open"]),
        ] {
            assert_eq!(legacy(text), expected, "{text}");
        }
    }

    #[test]
    fn looking_ahead_takes_no_more_time_than_the_text_is_long() {
        for text in
            ["( a) ".repeat(200_000), "a) ".repeat(400_000), "( ".repeat(200_000), "( (a a) ".repeat(100_000)]
        {
            assert!(tokens(format!("( {text}").as_bytes(), Dialect::Legacy).count() <= 400_001);
            assert!(tokens(format!("( {text} )").as_bytes(), Dialect::Legacy).count() <= 400_001);
        }
    }

    #[test]
    fn an_open_comment_tells_its_start_and_a_likely_end() {
        let found: Vec<_> = tokens(b"a ( b) c) d", Dialect::Standard).collect();
        assert_eq!(found, [Token::Word(0..1), Token::OpenComment { open: 2..3, near_close: Some(4..6) }]);
    }
}
