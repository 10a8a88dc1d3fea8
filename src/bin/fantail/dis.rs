//! `fantail dis`: a source for a ROM.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fantail::tal::{self, Symbol};
use fantail::varvara::rom::MAX_ROM;

use crate::error::Error;
use crate::read;

#[derive(clap::Args)]
pub struct DisArgs {
    /// The ROM. Of extended ROMs, which fill memory banks, there is no source.
    rom: PathBuf,
    /// Take the names of labels from a symbol file, as `fantail asm --symbols` writes it.
    #[arg(long, value_name = "FILE")]
    symbols: Option<PathBuf>,
}

/// The most of a symbol file that is read.
const MAX_SYMBOLS: usize = 16 << 20;

/// Prints the source.
pub fn dis(args: &DisArgs) -> Result<ExitCode, Error> {
    let rom = read(&args.rom, MAX_ROM).map_err(|source| Error::Read {
        what: "ROM",
        path: args.rom.clone(),
        source,
    })?;
    let symbols = match &args.symbols {
        Some(path) => read_symbols(path)?,
        None => Vec::new(),
    };
    let source = tal::disassemble(&rom, &symbols)
        .map_err(|source| Error::NoSource { path: args.rom.clone(), source })?;
    match io::stdout().write_all(source.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Print(error)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn read_symbols(path: &Path) -> Result<Vec<Symbol>, Error> {
    let bytes = read(path, MAX_SYMBOLS).map_err(|source| Error::Read {
        what: "symbol file",
        path: path.into(),
        source,
    })?;
    if bytes.len() > MAX_SYMBOLS {
        return Err(Error::TooLarge { what: "symbol file", path: path.into(), most: MAX_SYMBOLS });
    }
    tal::read_symbol_file(&bytes).map_err(|source| Error::NotSymbols { path: path.into(), source })
}
