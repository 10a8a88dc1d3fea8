//! The disassembler: bytes back to Uxntal that assembles to the same bytes.
//!
//! It goes in three steps, one file each:
//!
//! 1. `flow`: instructions are followed from 0100 through jumps, calls and vectors, as far as their targets
//!    are literals. What is not reached is data.
//! 2. `labels`: what instructions refer to gets a name: that of a symbol, of a device port, or a new one.
//! 3. `print`: from the first byte to the last, each exactly once. A label that cannot be defined between
//!    two tokens, because it lies outside the program or within an instruction, is defined above the
//!    program with an absolute padding.

mod flow;
mod labels;
mod print;

use std::fmt;

use super::Symbol;
use flow::Flow;
use labels::Labels;

/// The most bytes that a program in Uxntal can have: addresses 0100 to ffff.
pub const MAX_PROGRAM: usize = 0xff00;

/// Why there is no source for a ROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisassembleError {
    /// A ROM of no bytes: even an empty source makes one byte.
    Empty,
    /// The ROM fills expansion banks, which Uxntal cannot: it has one address space.
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
}

impl fmt::Display for DisassembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DisassembleError::Empty => write!(f, "the ROM is empty"),
            DisassembleError::TooLong { length } => write!(
                f,
                "the ROM has {length} bytes; those behind the first {MAX_PROGRAM} are for expansion banks, \
                 which a source cannot hold"
            ),
        }
    }
}

impl std::error::Error for DisassembleError {}

/// Makes a source that assembles to the same bytes.
///
/// Labels are named by the symbols as far as their names are good for that: valid, of printable UTF-8, not
/// longer than 62 bytes, and not taken by another address. How many are not is told in the first line.
///
/// # Errors
///
/// For a ROM without bytes, and for one longer than [`MAX_PROGRAM`].
///
/// ```
/// use fantail::tal::{assemble, disassemble};
/// let rom = assemble("#00 &loop INC DUP #0a LTH ?&loop #800f DEO BRK \"text 00")?.rom;
/// let source = disassemble(&rom, &[])?;
/// assert!(source.contains("?&at-0102") && source.contains("\"text 00"));
/// assert_eq!(assemble(&source)?.rom, rom);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn disassemble(rom: &[u8], symbols: &[Symbol]) -> Result<String, DisassembleError> {
    match rom.len() {
        0 => Err(DisassembleError::Empty),
        length if length > MAX_PROGRAM => Err(DisassembleError::TooLong { length }),
        _ => {
            let flow = Flow::new(rom);
            let labels = Labels::new(&flow, symbols);
            Ok(print::print(&flow, &labels))
        }
    }
}
