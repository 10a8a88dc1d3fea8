//! ROM files: how long they may be, and what is certainly not one.
//!
//! A ROM has no header, and any bytes are a program. What can be told is that some files are something else: an error page
//! in place of a download, an archive, a ROM of the time when opcodes had other numbers. Those are refused. A text that is
//! none of these runs; of a source that was not assembled there is a [warning].

mod order;

use std::fmt;

/// The longest ROM: main memory from 0x0100 on, and 15 expansion banks.
pub const MAX_ROM: usize = 0xff00 + 15 * 0x10000;

/// Why a file is not a ROM that can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RomError {
    /// There are no bytes.
    Empty,
    /// There are more bytes than fit into memory and all banks.
    TooLarge,
    /// It is a file of another kind.
    OtherFormat {
        /// The kind, with an article.
        kind: &'static str,
    },
    /// It was made for the opcodes of 2021.
    Year2021,
}

impl fmt::Display for RomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RomError::Empty => write!(f, "the file is empty"),
            RomError::TooLarge => write!(f, "the file is too large; a ROM has at most {MAX_ROM} bytes"),
            RomError::OtherFormat { kind } => write!(f, "not a ROM: the file is {kind}"),
            RomError::Year2021 => {
                write!(
                    f,
                    "the ROM was made in 2021, when opcodes had other numbers; it has to be assembled again"
                )
            }
        }
    }
}

impl std::error::Error for RomError {}

/// Why a ROM that runs is perhaps not the one meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RomWarning {
    /// It looks like a source.
    Source,
    /// It was probably made for the order that opcodes had at the end of 2021.
    Year2021,
}

impl fmt::Display for RomWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RomWarning::Source => write!(f, "the file looks like Uxntal, which has to be assembled first"),
            RomWarning::Year2021 => write!(
                f,
                "the ROM seems to be of 2021, when DUP, NIP, SWP, OVR and ROT had other numbers; it has to be assembled again"
            ),
        }
    }
}

/// First bytes that only files of another kind have.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b\x08", "compressed by gzip"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"\0asm", "a WebAssembly module"),
    (b"\x7fELF", "an executable of this machine"),
];

/// Beginnings, in lower case, that only texts of another kind have: what servers send instead of a file.
const TEXTS: &[(&str, &str)] = &[
    ("<!doctype", "a web page"),
    ("<html", "a web page"),
    ("<head", "a web page"),
    ("<body", "a web page"),
    ("<!--", "a web page"),
    ("<?xml", "an XML document"),
    ("version https://git-lfs.github.com/spec/", "a pointer of Git LFS, in place of the file itself"),
];

/// What is shorter may be a ROM that happens to be printable.
const MIN_TEXT: usize = 8;

/// Says whether the bytes can be a ROM. Only what is certainly something else is refused: a text only by its beginning.
///
/// ```
/// use fantail::varvara::rom::{RomError, check};
/// assert_eq!(check(&[0x80, 0x41, 0x80, 0x18, 0x17, 0x00]), Ok(()));
/// assert_eq!(check(b"Hello World!\n"), Ok(()));
/// assert_eq!(check(b"<!doctype html>"), Err(RomError::OtherFormat { kind: "a web page" }));
/// ```
#[optimize(size)]
pub fn check(bytes: &[u8]) -> Result<(), RomError> {
    if bytes.is_empty() {
        return Err(RomError::Empty);
    }
    if let Some((_, kind)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return Err(RomError::OtherFormat { kind });
    }
    if let Some(kind) = text(bytes).and_then(kind_of_text) {
        return Err(RomError::OtherFormat { kind });
    }
    if bytes.len() > MAX_ROM {
        return Err(RomError::TooLarge);
    }
    if is_of_2021(bytes) {
        return Err(RomError::Year2021);
    }
    Ok(())
}

/// Says what is doubtful about bytes that [`check`] lets through.
///
/// ```
/// use fantail::varvara::rom::{RomWarning, warning};
/// assert_eq!(warning(b"|0100 @on-reset #12 BRK"), Some(RomWarning::Source));
/// assert_eq!(warning(b"Hello World!\n"), None);
/// ```
#[optimize(size)]
pub fn warning(bytes: &[u8]) -> Option<RomWarning> {
    // A label, or an address where code goes on.
    let is_source = |word: &str| match word.strip_prefix(['@', '|']) {
        Some(rest) if word.starts_with('@') => !rest.is_empty(),
        Some(rest) => !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => false,
    };
    if text(bytes).is_some_and(|text| text.split_ascii_whitespace().any(is_source)) {
        return Some(RomWarning::Source);
    }
    order::is_of_2021(bytes).then_some(RomWarning::Year2021)
}

/// What a text certainly is, with an article.
#[optimize(size)]
#[inline(never)]
fn kind_of_text(text: &str) -> Option<&'static str> {
    // As bytes: that takes less code, of which there must not be much in the page.
    let text = text.as_bytes();
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text).trim_ascii();
    let begins = |(start, _): &&(&str, &str)| {
        text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start.as_bytes()))
    };
    if let Some((_, kind)) = TEXTS.iter().find(begins) {
        return Some(kind);
    }
    // An object, or a list of them: what programs ask servers for.
    let object = match text {
        [b'[', list @ .., b']'] => list.trim_ascii(),
        _ => text,
    };
    matches!(object, [b'{', fields @ .., b'}'] if fields.trim_ascii_start().starts_with(b"\""))
        .then_some("JSON")
}

/// The bytes as text, if they are nothing but text.
#[optimize(size)]
#[inline(never)]
fn text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let printable = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\x0c' | '\r');
    (bytes.len() >= MIN_TEXT && text.chars().all(printable)).then_some(text)
}

/// Whether a ROM starts by setting the three channels of the palette with the opcodes of 2021: LIT2 was 21
/// and LIT was 01, which today are INC2 and INC.
#[optimize(size)]
#[inline(never)]
fn is_of_2021(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(64)];
    start.windows(18).any(|code| {
        code.as_chunks::<6>()
            .0
            .iter()
            .zip([0x08, 0x0a, 0x0c])
            .all(|(code, port)| matches!(code, [0x21, _, _, 0x01, p, 0x37] if *p == port))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn other_files_are_refused() {
        assert_eq!(check(b""), Err(RomError::Empty));
        assert_eq!(check(b"\n <HTML><head>"), Err(RomError::OtherFormat { kind: "a web page" }));
        for (text, kind) in [
            ("\u{feff}<!DOCTYPE html>\n<title>404</title>", "a web page"),
            ("<?xml version=\"1.0\"?><Error/>", "an XML document"),
            ("{\n  \"message\": \"Not Found\"\n}\n", "JSON"),
            ("[ {\"name\": 1}, {} ]", "JSON"),
            (
                "version https://git-lfs.github.com/spec/v1\noid sha256:00\n",
                "a pointer of Git LFS, in place of the file itself",
            ),
        ] {
            assert_eq!(check(text.as_bytes()), Err(RomError::OtherFormat { kind }), "{text}");
            let rom = [text.as_bytes(), &[0x80]].concat();
            assert_eq!(check(&rom), Ok(()), "with a byte that is no text");
        }
        assert_eq!(check(b"PK\x03\x04\x14\0\0\0"), Err(RomError::OtherFormat { kind: "a zip archive" }));
        assert_eq!(check(b"\0asm\x01\0\0\0"), Err(RomError::OtherFormat { kind: "a WebAssembly module" }));
    }

    #[test]
    fn the_longest_rom_fits_and_one_byte_more_does_not() {
        let mut rom = vec![0xa0; MAX_ROM];
        assert_eq!(check(&rom), Ok(()));
        rom.push(0);
        assert_eq!(check(&rom), Err(RomError::TooLarge));
    }

    #[test]
    fn roms_are_let_through() {
        assert_eq!(check(b"hello"), Ok(()), "five raw bytes");
        assert_eq!(check(b"Hello World!\n"), Ok(()));
        let source = "@on-reset ( \u{3b1} ) #01\n\tBRK".as_bytes();
        assert_eq!((check(source), warning(source)), (Ok(()), Some(RomWarning::Source)));
        for text in
            ["{}{}{}{}", "{ 1234 }", "[[[[[[[]", "< html >", "versions", "a@b.c 12|34 | @", "hello @ |"]
        {
            assert_eq!((check(text.as_bytes()), warning(text.as_bytes())), (Ok(()), None), "{text}");
        }
        assert_eq!(check(&[0x00]), Ok(()));
        // #0a6f #08 DEO2 #05cf #0a DEO2 #0caf #0c DEO2, today.
        let rom = [0xa0, 0x0a, 0x6f, 0x80, 0x08, 0x37, 0xa0, 0x05, 0xcf, 0x80, 0x0a, 0x37, 0xa0, 0x0c, 0xaf];
        assert_eq!(check(&[&rom[..], &[0x80, 0x0c, 0x37]].concat()), Ok(()));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        /// Whatever bytes: only a few beginnings are refused.
        #[test]
        fn bytes_are_a_rom(bytes in proptest::collection::vec(any::<u8>(), 1..60)) {
            let is_signature = SIGNATURES.iter().any(|(signature, _)| bytes.starts_with(signature));
            prop_assume!(!is_signature);
            prop_assert_eq!(check(&bytes), Ok(()));
        }

        /// Texts, too.
        #[test]
        fn text_is_a_rom(text in "[!-~][ -~\n\t]{0,60}") {
            let may_be_refused = text.starts_with(['<', '{', '[', 'v', 'V', 'G', 'P', '%']);
            prop_assert!(may_be_refused || check(text.as_bytes()) == Ok(()), "{}", text);
        }
    }

    #[test]
    fn opcodes_of_2021_are_recognised() {
        let rom = [0x21, 0x0a, 0x6f, 0x01, 0x08, 0x37, 0x21, 0x05, 0xcf, 0x01, 0x0a, 0x37, 0x21, 0x0c, 0xaf];
        assert_eq!(check(&[&rom[..], &[0x01, 0x0c, 0x37, 0x00]].concat()), Err(RomError::Year2021));
    }
}
