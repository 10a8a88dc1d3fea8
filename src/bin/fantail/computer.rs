//! What `run` and `shot` have in common: a ROM in a computer, as the options say.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use fantail::uxn::Engine;
use fantail::varvara::rom::{self, MAX_ROM};
use fantail::varvara::{Clock, Edition, Options, Varvara};

use crate::error::Error;
use crate::read;

#[derive(clap::Args)]
pub struct ComputerArgs {
    /// How instructions are dispatched. Programs cannot tell the difference.
    #[arg(long, default_value = Engine::default().name(), value_parser = engines())]
    engine: Engine,
    /// Which generation of the reference emulator to agree with, where they differ.
    #[arg(long, default_value = Edition::default().name(), value_parser = editions())]
    edition: Edition,
    /// The directory that the File device is to see. Programs have no File device yet.
    #[arg(long)]
    dir: Option<PathBuf>,
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
        if let Some(path) = &self.dir {
            let failure = |reason| Error::Directory { path: path.clone(), reason };
            let metadata = path.metadata().map_err(|error| failure(error.to_string()))?;
            if !metadata.is_dir() {
                return Err(failure("it is not a directory".to_string()));
            }
        }
        let bytes =
            read(path, MAX_ROM).map_err(|source| Error::Read { what: "ROM", path: path.into(), source })?;
        rom::check(&bytes).map_err(|source| Error::NotARom { path: path.into(), source })?;
        Ok(Varvara::new(&bytes, Options { args, engine: self.engine, edition: self.edition, clock }))
    }
}
