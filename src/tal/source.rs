//! Source texts and places in them.

use std::fmt;
use std::sync::Arc;

use super::visible::visible;

/// A source text with its name.
pub struct Source {
    name: String,
    bytes: Vec<u8>,
    /// Where each line starts.
    lines: Vec<u32>,
}

impl Source {
    /// `bytes` must be short enough for offsets of 32 bits, which `MAX_SOURCE` sees to.
    pub(super) fn new(name: String, bytes: Vec<u8>) -> Source {
        let starts =
            bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'\n').map(|(at, _)| at as u32 + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        Source { name, bytes, lines }
    }

    /// The name or path by which it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, which need not be UTF-8. A byte order mark at its start is not part of it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A line's bytes without its end. Lines count from 1.
    pub fn line(&self, number: u32) -> Option<&[u8]> {
        let index = (number as usize).checked_sub(1)?;
        let start = *self.lines.get(index)? as usize;
        let end = self.lines.get(index + 1).map_or(self.bytes.len(), |&next| next as usize - 1);
        let line = &self.bytes[start..end];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({}, {} bytes)", self.name, self.bytes.len())
    }
}

/// A piece of a source text, usually one token.
#[derive(Clone, Debug)]
pub struct Place {
    /// The text it is in.
    pub source: Arc<Source>,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters.
    pub column: u32,
    /// Where it starts in the bytes of the source.
    pub start: usize,
    /// Where it ends in the bytes of the source.
    pub end: usize,
}

impl Place {
    pub(super) fn new(source: &Arc<Source>, start: usize, end: usize) -> Place {
        // The number of lines that start here or before.
        let line = source.lines.partition_point(|&line| line as usize <= start);
        let before = &source.bytes[source.lines[line - 1] as usize..start];
        // Bytes that continue a character of UTF-8 are not columns of their own.
        let column = before.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() + 1;
        Place { source: source.clone(), line: line as u32, column: column as u32, start, end }
    }

    /// The name of the source.
    pub fn file(&self) -> &str {
        &self.source.name
    }

    /// How many bytes of its line stand before it.
    pub fn column_bytes(&self) -> usize {
        self.start - self.source.lines[self.line as usize - 1] as usize
    }

    /// The bytes at this place.
    pub fn text(&self) -> &[u8] {
        &self.source.bytes[self.start..self.end]
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", visible(self.file()), self.line, self.column)
    }
}

/// Bytes of a source as they appear in a message: lossy, cut when long, with names for characters that cannot be seen.
pub(super) fn show(bytes: &[u8]) -> String {
    const LONGEST: usize = 64;
    let cut = &bytes[..bytes.len().min(4 * LONGEST)];
    let text = String::from_utf8_lossy(cut);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", visible(&text[..end])),
        None => visible(&text),
    }
}

/// Some editors begin a text with it.
pub const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Whether a text is UTF-16: it begins with that encoding's byte order mark, or every other byte is 00.
pub fn is_utf16(bytes: &[u8]) -> bool {
    let (pairs, _) = bytes[..bytes.len().min(64)].as_chunks();
    let has_mark = matches!(pairs, [[0xff, 0xfe] | [0xfe, 0xff], ..]);
    let all = |is_wide: fn(&[u8; 2]) -> bool| pairs.len() >= 4 && pairs.iter().all(is_wide);
    has_mark || all(|&[low, high]| low != 0 && high == 0) || all(|&[high, low]| high == 0 && low != 0)
}
