//! Uxntal: the assembler.
//!
//! A source goes through these steps, one file each:
//!
//! 1. `token`: bytes become tokens; comments are dropped.
//! 2. `parse`: a token becomes an item. What depends only on the token's own text is decided here, once,
//!    however often a macro repeats it. Macro bodies are found.
//! 3. `assemble`: items are walked in the order of assembly, through includes and macros, with position
//!    and scope; bytes are written, names defined, references noted.
//! 4. `resolve`: references become addresses.
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
mod diagnostic;
mod names;
mod parse;
mod resolve;
mod source;
mod suggest;
mod symbols;
mod token;

pub use assemble::{Assembly, MAX_SOURCE, Sources, assemble, assemble_with};
pub use diagnostic::{Code, Diagnostic, Errors, Note, Severity};
pub use source::{Place, Source};
pub use symbols::{Symbol, symbol_file};
