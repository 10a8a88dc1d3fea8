//! What `run` and `shot` have in common: a ROM in a computer, as the options say. `link` reads its ROM here too.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use fantail::tal::visible;
use fantail::uxn::Engine;
use fantail::varvara::rom::{self, MAX_ROM, RomWarning};
use fantail::varvara::{Clock, Edition, Memory, Options, Storage, Varvara};

use crate::error::Error;
use crate::folder::Folder;
use crate::{note, read};

#[derive(clap::Args)]
pub struct ComputerArgs {
    /// How instructions are dispatched. Programs cannot tell the difference.
    #[arg(long, default_value = Engine::default().name(), value_parser = engines())]
    engine: Engine,
    /// Which generation of the reference emulator to agree with, where they differ.
    #[arg(long, default_value = Edition::default().name(), value_parser = editions())]
    edition: Edition,
    /// The directory whose files the program may read, write and delete. Without it nothing on disk is
    /// touched: files are kept in memory, and gone at the end.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The most that the files in --dir may grow by, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 1024, requires = "dir")]
    quota: u32,
}

fn engines() -> impl TypedValueParser<Value = Engine> {
    PossibleValuesParser::new(Engine::ALL.iter().map(|engine| engine.name()))
        .try_map(|name| name.parse::<Engine>())
}

fn editions() -> impl TypedValueParser<Value = Edition> {
    PossibleValuesParser::new(Edition::ALL.iter().map(|edition| edition.name()))
        .try_map(|name| name.parse::<Edition>())
}

impl ComputerArgs {
    /// A computer with the ROM in it, its reset vector pending.
    pub fn start(&self, path: &Path, args: Vec<Vec<u8>>, clock: Box<dyn Clock>) -> Result<Varvara, Error> {
        let files: Box<dyn Storage> = match &self.dir {
            Some(path) => {
                let failure = |source| Error::Directory { path: path.clone(), source };
                Box::new(Folder::open(path, u64::from(self.quota) << 20).map_err(failure)?)
            }
            None => Box::new(Memory::default()),
        };
        let bytes = read_rom(path)?;
        Ok(Varvara::new(&bytes, Options { args, engine: self.engine, edition: self.edition, clock, files }))
    }
}

/// The bytes of a file that can be a ROM. What is doubtful about it is told.
pub fn read_rom(path: &Path) -> Result<Vec<u8>, Error> {
    let bytes =
        read(path, MAX_ROM).map_err(|source| Error::Read { what: "ROM", path: path.into(), source })?;
    rom::check(&bytes).map_err(|source| Error::NotARom { path: path.into(), source })?;
    if let Some(warning) = rom::warning(&bytes) {
        let path = visible(&path.to_string_lossy());
        note(format_args!("fantail: warning: `{path}`: {warning}"));
        if warning == RomWarning::Source {
            note(format_args!("  help: `fantail asm IN.tal OUT.rom` makes a ROM from a source"));
        }
    }
    Ok(bytes)
}
