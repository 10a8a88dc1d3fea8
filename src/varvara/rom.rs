//! ROM files: how long they may be, and what is certainly not one.
//!
//! A ROM has no header. What can be told is that some files are something else: an error page in place of
//! a download, a source that was not assembled, a ROM of the time when opcodes had other numbers.

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
    /// It is text.
    Text,
    /// It was made for the opcodes of 2021.
    Year2021,
}

impl fmt::Display for RomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RomError::Empty => write!(f, "the file is empty"),
            RomError::TooLarge => write!(f, "the file is too large; a ROM has at most {MAX_ROM} bytes"),
            RomError::OtherFormat { kind } => write!(f, "not a ROM: the file is {kind}"),
            RomError::Text => write!(f, "not a ROM: the file is text; Uxntal has to be assembled first"),
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

/// What is shorter may be a ROM that happens to be printable.
const MIN_TEXT: usize = 8;

/// Says whether the bytes can be a ROM. Only what is certainly something else is refused.
///
/// ```
/// use fantail::varvara::rom::{RomError, check};
/// assert_eq!(check(&[0x80, 0x41, 0x80, 0x18, 0x17, 0x00]), Ok(()));
/// assert_eq!(check(b"404: Not Found"), Err(RomError::Text));
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
    if let Some(text) = text(bytes) {
        let start = text.trim_start_matches('\u{feff}').trim_start().as_bytes();
        let is_html = ["<!doctype", "<html", "<head", "<body", "<!--"].iter().any(|tag| {
            start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
        });
        return Err(if is_html { RomError::OtherFormat { kind: "a web page" } } else { RomError::Text });
    }
    if bytes.len() > MAX_ROM {
        return Err(RomError::TooLarge);
    }
    if is_of_2021(bytes) {
        return Err(RomError::Year2021);
    }
    Ok(())
}

/// The bytes as text, if they are nothing but text.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let printable = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\x0c' | '\r');
    (bytes.len() >= MIN_TEXT && text.chars().all(printable)).then_some(text)
}

/// Whether a ROM starts by setting the three channels of the palette with the opcodes of 2021: LIT2 was 21
/// and LIT was 01, which today are INC2 and INC.
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
    use super::*;

    #[test]
    fn other_files_are_refused() {
        assert_eq!(check(b""), Err(RomError::Empty));
        assert_eq!(check(b"\n <HTML><head>"), Err(RomError::OtherFormat { kind: "a web page" }));
        assert_eq!(check("@on-reset ( \u{3b1} ) #01\n\tBRK".as_bytes()), Err(RomError::Text));
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
        assert_eq!(check(&[0x00]), Ok(()));
        // #0a6f #08 DEO2 #05cf #0a DEO2 #0caf #0c DEO2, today.
        let rom = [0xa0, 0x0a, 0x6f, 0x80, 0x08, 0x37, 0xa0, 0x05, 0xcf, 0x80, 0x0a, 0x37, 0xa0, 0x0c, 0xaf];
        assert_eq!(check(&[&rom[..], &[0x80, 0x0c, 0x37]].concat()), Ok(()));
    }

    #[test]
    fn opcodes_of_2021_are_recognised() {
        let rom = [0x21, 0x0a, 0x6f, 0x01, 0x08, 0x37, 0x21, 0x05, 0xcf, 0x01, 0x0a, 0x37, 0x21, 0x0c, 0xaf];
        assert_eq!(check(&[&rom[..], &[0x01, 0x0c, 0x37, 0x00]].concat()), Err(RomError::Year2021));
    }
}
