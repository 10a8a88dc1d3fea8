//! The `fantail` command: assembles and disassembles programs, runs them in a terminal, takes pictures of them, and
//! puts them into links.

#![deny(unsafe_code)]

mod asm;
mod computer;
mod dis;
mod error;
mod folder;
mod link;
mod run;
mod script;
mod shot;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use fantail::tal::visible;

/// Runs programs for Uxn and Varvara.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Assemble Uxntal.
    Asm(asm::AsmArgs),
    /// Print a source for a ROM, which assembles to the same bytes.
    Dis(dis::DisArgs),
    /// Run a console program in this terminal.
    Run(run::RunArgs),
    /// Run a program without a window, from a script, and take its picture.
    Shot(shot::ShotArgs),
    /// Print a link that holds a program and opens it in a browser.
    Link(link::LinkArgs),
}

/// Writes a line to standard error. Where that is closed there is nobody to be told.
fn note(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Reads a file, and of one that has more than `most` bytes only as much as shows it.
fn read(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn main() -> ExitCode {
    let result = match Command::parse().action {
        Action::Asm(args) => asm::asm(&args),
        Action::Dis(args) => dis::dis(&args),
        Action::Run(args) => run::run(args),
        Action::Shot(args) => shot::shot(args),
        Action::Link(args) => link::link(&args),
    };
    result.unwrap_or_else(|error| {
        note(format_args!("fantail: {}", visible(&error.to_string())));
        if let Some(help) = error.help() {
            note(format_args!("  help: {help}"));
        }
        ExitCode::FAILURE
    })
}
