//! What can go wrong outside the program that is run.

use std::io;
use std::path::PathBuf;

use fantail::tal::{DisassembleError, SymbolFileError};
use fantail::varvara::rom::RomError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read the {what} `{}`: {source}", path.display())]
    Read { what: &'static str, path: PathBuf, source: io::Error },
    #[error("cannot write the {what} `{}`: {source}", path.display())]
    Write { what: &'static str, path: PathBuf, source: io::Error },
    #[error("the {what} `{}` has more than {most} bytes", path.display())]
    TooLarge { what: &'static str, path: PathBuf, most: usize },
    #[error("the {what} would overwrite `{}`", path.display())]
    Overwrites { what: &'static str, path: PathBuf },
    #[error("cannot print: {0}")]
    Print(io::Error),
    #[error("cannot run `{}`: {source}", path.display())]
    NotARom { path: PathBuf, source: RomError },
    #[error("cannot disassemble `{}`: {source}", path.display())]
    NoSource { path: PathBuf, source: DisassembleError },
    #[error("`{}` is not a symbol file: {source}", path.display())]
    NotSymbols { path: PathBuf, source: SymbolFileError },
    #[error("cannot use the directory `{}`: {source}", path.display())]
    Directory { path: PathBuf, source: io::Error },
    #[error("`{}` was not assembled: {count} {}", path.display(), if *count == 1 { "error" } else { "errors" })]
    Assembly { path: PathBuf, count: usize },
    #[error("`{}`, line {line}: {message}", path.display())]
    Script { path: PathBuf, line: usize, message: String },
    #[error("`{}` cannot hold the sound of {frames} frames, {limit} at most", path.display())]
    TooLong { path: PathBuf, frames: u32, limit: u32 },
    #[error("cannot take a picture of a screen of {width} by {height} pixels")]
    NoPixels { width: u16, height: u16 },
}

impl Error {
    /// What to do about it, where that is not plain.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Error::NoSource { source: DisassembleError::TooLong { .. }, .. } => {
                Some("disassemble the first 65280 bytes of it, which is the program at reset")
            }
            Error::NotSymbols { .. } => Some("`fantail asm --symbols FILE` writes one"),
            Error::Script { .. } => Some("`fantail shot --help` shows the lines of a script"),
            Error::Directory { .. } => Some("--dir takes a directory that exists"),
            Error::NoPixels { .. } => Some("leave out --out, or let the program set a size"),
            _ => None,
        }
    }
}
