//! Names of files, checked and normalised: the only place that decides what a name may be.

use std::fmt;

/// The longest path in bytes, normalised.
pub const MAX_PATH: usize = 1024;
/// The longest name of one file or directory in bytes: what common file systems allow.
pub const MAX_NAME: usize = 255;
/// The most directories around a file.
pub const MAX_DEPTH: usize = 32;

/// Where a file or directory is in a program's own space: names joined by `/`, or nothing for the root.
///
/// A path cannot lead out of that space. It has no root of its own, no `.`, no `..`, no empty names and no
/// characters that some host takes for a separator. Names are bytes; most are UTF-8.
///
/// ```
/// use fantail::varvara::FilePath;
///
/// assert_eq!(FilePath::parse(b"notes//./old/../a.txt").unwrap().as_bytes(), b"notes/a.txt");
/// assert_eq!(FilePath::parse(b"..").as_ref().map(FilePath::as_bytes), None);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePath(Vec<u8>);

impl FilePath {
    /// The directory that holds all others.
    pub const ROOT: FilePath = FilePath(Vec::new());

    /// The path that a name stands for. `.` and empty names are left out and `..` goes back by one, whether
    /// or not there is such a directory.
    ///
    /// None if the name is empty, absolute or leads above the root, contains a control character or a
    /// backslash, or is too [long](MAX_PATH) or [deep](MAX_DEPTH).
    #[cfg_attr(feature = "blocks", optimize(size))]
    pub fn parse(name: &[u8]) -> Option<FilePath> {
        if name.is_empty() || name.starts_with(b"/") {
            return None;
        }
        if name.iter().fold(false, |found, &byte| found | byte.is_ascii_control() | (byte == b'\\')) {
            return None;
        }
        let mut path = Vec::with_capacity(name.len());
        let mut depth = 0;
        for part in name.split(|&byte| byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." if depth == 0 => return None,
                b".." => {
                    depth -= 1;
                    path.truncate(path.iter().rposition(|&byte| byte == b'/').unwrap_or(0));
                }
                _ if part.len() > MAX_NAME => return None,
                _ => {
                    if depth > 0 {
                        path.push(b'/');
                    }
                    depth += 1;
                    path.extend_from_slice(part);
                }
            }
        }
        (depth <= MAX_DEPTH + 1 && path.len() <= MAX_PATH).then_some(FilePath(path))
    }

    /// The names, joined by `/`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The names, outermost directory first.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|&byte| byte == b'/').filter(|name| !name.is_empty())
    }

    /// The directories around this, outermost first, without the root.
    pub fn parents(&self) -> impl DoubleEndedIterator<Item = FilePath> {
        let ends = self.0.iter().enumerate().filter(|&(_, &byte)| byte == b'/');
        ends.map(|(end, _)| FilePath(self.0[..end].to_vec()))
    }
}

/// As text; bytes that are not UTF-8 are shown as U+FFFD.
impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}
