//! Uxntal: the assembler, and the disassembler ([`disassemble`]).
//!
//! A source goes through these steps, one file each:
//!
//! 1. `token`: bytes become tokens; comments are dropped.
//! 2. `parse`: a token becomes an item. What depends only on the token's own text is decided here, once,
//!    however often a macro repeats it. Macro bodies are found.
//! 3. `assemble`: items are walked in the order of assembly, with position and scope; bytes are written,
//!    names defined, references noted. `expand` leads the walk through macros and includes.
//! 4. `resolve`: references become addresses.
//!
//! Steps 3 and 4 share `state`. The words for what is wrong are in `describe`, and what to do about it in `suggest`.
//!
//! Nothing stops at the first error, and [`Errors`] has them all; each is data ([`Diagnostic`]) that
//! someone else renders. A source is not trusted: macros that call themselves or grow without end, includes
//! in a circle and bytes that are not UTF-8 are errors or text, never a panic or a hang.
//!
//! The library reads no file. Includes are asked of a [`Sources`].
//!
//! ```
//! use fantail::tal::{Code, assemble};
//!
//! assert_eq!(assemble("@on-reset #12 INC BRK")?.rom, [0x80, 0x12, 0x01, 0x00]);
//!
//! let errors = assemble("@on-reset\n\t;mesage BRK\n@message \"hi 00").unwrap_err();
//! assert_eq!(errors[0].code, Code::UnknownName);
//! assert_eq!((errors[0].place.line, errors[0].place.column), (2, 2));
//! assert_eq!(errors[0].help.as_deref(), Some("there is a label `message`"));
//! # Ok::<(), fantail::tal::Errors>(())
//! ```

mod assemble;
mod describe;
mod diagnostic;
mod disassemble;
mod expand;
mod names;
mod parse;
mod resolve;
mod source;
mod state;
mod suggest;
mod symbols;
mod token;
mod visible;

use std::io;
use std::sync::Arc;

use state::Assembler;

pub use diagnostic::{Code, Diagnostic, Errors, Note, Severity};
pub use disassemble::{DisassembleError, MAX_PROGRAM, disassemble};
pub use source::{Place, Source};
pub use symbols::{Symbol, SymbolFileError, read_symbol_file, symbol_file};
pub use visible::{is_invisible, visible};

/// The most bytes that all sources of a program have together: ten times those of the largest programs.
pub const MAX_SOURCE: usize = 8 << 20;

/// Where included files come from.
///
/// Any `FnMut(&str) -> io::Result<Vec<u8>>` is one.
pub trait Sources {
    /// The bytes of the file that is written behind `~`. The path is relative to wherever the assembler
    /// works, not to the file that includes it; bytes that are not UTF-8 are replaced.
    ///
    /// An error's text becomes part of the diagnostic. Each path is asked for once.
    fn read(&mut self, path: &str) -> io::Result<Vec<u8>>;
}

impl<F: FnMut(&str) -> io::Result<Vec<u8>>> Sources for F {
    fn read(&mut self, path: &str) -> io::Result<Vec<u8>> {
        self(path)
    }
}

/// Which generation of the language a source is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// As the newest reference has it.
    #[default]
    Standard,
    /// With what was dropped by 2024, each with a warning: the runes `:label`, now `=label`, and `'c`, now `"c`; names
    /// such as `add32`, which read as numbers, but not as numbers of 2 or 4 digits; comments that end with a word.
    Legacy,
}

/// A program, assembled.
#[derive(Clone, Debug)]
pub struct Assembly {
    /// The bytes from address 0x0100 to the last one written; a single 00 if none was.
    pub rom: Vec<u8>,
    /// Labels and lambdas in the order of their first mention. The first is `Top`, at 0x0100.
    pub symbols: Vec<Symbol>,
    /// What is probably not meant, ordered by place.
    pub warnings: Vec<Diagnostic>,
}

/// Assembles a source that includes no files.
///
/// # Errors
///
/// All errors of the source. A `~` is one.
///
/// ```
/// let assembly = fantail::tal::assemble("|0100 @on-reset #12 DUP ?{ INC } BRK")?;
/// assert_eq!(assembly.rom, [0x80, 0x12, 0x06, 0x20, 0x00, 0x01, 0x01, 0x00]);
/// # Ok::<(), fantail::tal::Errors>(())
/// ```
pub fn assemble(source: &str) -> Result<Assembly, Errors> {
    let mut none = |_: &str| Err(io::Error::new(io::ErrorKind::Unsupported, "there are no files here"));
    assemble_with("source", source.as_bytes(), &mut none)
}

/// Assembles a source; included files come from `sources`.
///
/// `name` stands in diagnostics. It should be the path of the source, as an include would write it, so that
/// a file that includes itself is found out at once.
///
/// # Errors
///
/// All errors of the source and its includes.
///
/// ```
/// let mut files = |path: &str| match path {
///     "console.tal" => Ok(b"|10 @Console &vector $2 &pad $6 &write $1".to_vec()),
///     _ => Err(std::io::ErrorKind::NotFound.into()),
/// };
/// let source = b"~console.tal |0100 LIT \"A .Console/write DEO BRK";
/// let assembly = fantail::tal::assemble_with("main.tal", source, &mut files)?;
/// assert_eq!(assembly.rom, [0x80, 0x41, 0x80, 0x18, 0x17, 0x00]);
/// # Ok::<(), fantail::tal::Errors>(())
/// ```
pub fn assemble_with(name: &str, source: &[u8], sources: &mut dyn Sources) -> Result<Assembly, Errors> {
    assemble_dialect(Dialect::Standard, name, source, sources)
}

/// Assembles a source of the given dialect; else as [`assemble_with`].
///
/// # Errors
///
/// All errors of the source and its includes.
///
/// ```
/// use fantail::tal::{Code, Dialect, assemble_dialect};
/// let mut none = |_: &str| Err(std::io::ErrorKind::NotFound.into());
/// let assembly = assemble_dialect(Dialect::Legacy, "old.tal", b"@table :table 'A", &mut none)?;
/// assert_eq!(assembly.rom, [0x01, 0x00, 0x41]);
/// assert!(assembly.warnings.iter().all(|warning| warning.code == Code::Deprecated));
/// # Ok::<(), fantail::tal::Errors>(())
/// ```
pub fn assemble_dialect(
    dialect: Dialect,
    name: &str,
    source: &[u8],
    sources: &mut dyn Sources,
) -> Result<Assembly, Errors> {
    if source.len() > MAX_SOURCE {
        // A text that is not looked into has no place but its start.
        let place = Place::new(&Arc::new(Source::new(name.to_string(), Vec::new())), 0, 0);
        let message = format!("the source has more than {MAX_SOURCE} bytes");
        return Err(Errors::new(vec![Diagnostic::new(Code::SourceLimit, place, message)]).expect("one error"));
    }
    let mut assembler = Assembler::new(dialect);
    let file = assembler.load(name.to_string(), source.to_vec());
    assembler.paths.insert(name.to_string(), Ok(file));
    assembler.run(file, sources);
    assembler.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Assembles, and counts what it took: tokens and text out of macros and includes, uses of macros, names,
    /// errors.
    fn work(source: &[u8], sources: &mut dyn Sources) -> [usize; 4] {
        let mut assembler = Assembler::new(Dialect::Legacy);
        let file = assembler.load("main.tal".to_string(), source.to_vec());
        assembler.run(file, sources);
        let work = [
            assembler.expanded,
            assembler.expansions.len(),
            assembler.names_length,
            assembler.reports.errors.len(),
        ];
        _ = assembler.finish();
        work
    }

    #[test]
    fn the_work_for_a_source_is_limited() {
        let bomb = |last: &str, times: usize| {
            let mut source = format!("%m00 {{ {last} }}\n");
            for level in 1..60 {
                let uses = format!("m{:02} ", level - 1).repeat(times);
                source += &format!("%m{level:02} {{ {uses} }}\n");
            }
            source + "m59"
        };
        let text = format!("\"{} |0100", "y".repeat(10_000));
        let sources = [
            bomb("INC", 2),
            bomb("", 16),
            bomb("{ } |0100", 3),
            bomb("#1 ;unknown @x &y", 2),
            bomb(&text, 2),
            bomb("~twice", 2),
            "~twice ".repeat(100_000),
            "%x { x x } ".to_string() + &"x ".repeat(100_000),
            "$ffff 01 ".repeat(100_000),
            format!("@{} ", "s".repeat(10_000)) + &(0..9999).map(|n| format!("&{n} ")).collect::<String>(),
        ];
        for source in sources {
            let mut twice = |_: &str| -> io::Result<Vec<u8>> { Ok(b"~twice m00 INC INC ;x".to_vec()) };
            let start = &source[..source.len().min(60)];
            let [expanded, expansions, names, errors] = work(source.as_bytes(), &mut twice);
            // One token, or one text, may go over.
            assert!(expanded <= (1 << 20) + 10_010, "{start}: {expanded}");
            assert!(expansions <= (1 << 20) + source.len(), "{start}: {expansions}");
            assert!(names <= (16 << 20) + 10_010, "{start}: {names}");
            assert!(errors <= 1001, "{start}: {errors}");
        }
        let [expanded, expansions, ..] = work(bomb("INC |0100", 2).as_bytes(), &mut |_: &str| Ok(Vec::new()));
        assert_eq!(expanded, (1 << 20) + 1, "the limit is what ends it");
        assert!(expansions > 1000);
    }
}
