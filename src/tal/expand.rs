//! What stands for other items: macros and includes, and how far that may go.

use std::sync::Arc;

use super::MAX_SOURCE;
use super::Sources;
use super::diagnostic::{Code, Diagnostic};
use super::parse::{Item, Kind, parse};
use super::source::{BYTE_ORDER_MARK, Place, Source, is_utf16, show};
use super::state::{Assembler, Definition, Expansion, File, Frame, Origin};

/// Macros in macros. Programs use a handful.
const MAX_MACRO_DEPTH: usize = 256;
/// Files in files.
const MAX_INCLUDE_DEPTH: usize = 64;
/// Tokens and bytes of text that come out of macros and includes: 16 for each byte that a ROM can have.
/// Eight macros that each use the next one sixteen times would be four thousand million.
const MAX_EXPANSION: usize = 1 << 20;

impl Assembler {
    /// Parses a source.
    pub fn load(&mut self, name: String, mut bytes: Vec<u8>) -> u32 {
        self.source_length += bytes.len();
        if bytes.starts_with(BYTE_ORDER_MARK) {
            bytes.drain(..BYTE_ORDER_MARK.len());
        }
        let is_utf16 = is_utf16(&bytes);
        let source = Arc::new(Source::new(name, if is_utf16 { Vec::new() } else { bytes }));
        if is_utf16 {
            self.incomplete = true;
            self.reports.error(|| {
                let message = "the source is UTF-16, not UTF-8".to_string();
                Diagnostic::new(Code::Encoding, Place::new(&source, 0, 0), message)
                    .help("save it as UTF-8, or as plain ASCII")
            });
        }
        let parsed = parse(&source, self.dialect, &mut self.names, &mut self.reports);
        self.incomplete |= parsed.incomplete;
        self.files.push(File { source, items: parsed.items.into() });
        self.files.len() as u32 - 1
    }

    /// Counts what comes out of macros and includes. False if it is too much.
    pub fn charge(&mut self, item: Item, origin: Origin) -> bool {
        self.expanded += match item.kind {
            Kind::Text | Kind::Include => (item.end - item.start) as usize,
            _ => 1,
        };
        if self.expanded <= MAX_EXPANSION {
            return true;
        }
        self.error(Code::ExpansionLimit, origin, |_, place| {
            Diagnostic::new(
                Code::ExpansionLimit,
                place,
                format!("macros and includes stand for more than {MAX_EXPANSION} tokens"),
            )
            .help("macros that use one another several times grow exponentially; use subroutines")
        });
        self.stop();
        false
    }

    pub fn expand(&mut self, entry: u32, file: u32, body: (u32, u32), origin: Origin) {
        let of_macros = || self.frames.iter().filter_map(|frame| frame.entry);
        let recursive = of_macros().any(|active| active == entry);
        if recursive || of_macros().count() >= MAX_MACRO_DEPTH {
            self.error(Code::MacroRecursion, origin, |this, place| {
                let name = show(&this.entry_text(entry));
                let message = if recursive {
                    format!("the macro `{name}` uses itself")
                } else {
                    format!("more than {MAX_MACRO_DEPTH} macros in one another, with `{name}`")
                };
                let error = Diagnostic::new(Code::MacroRecursion, place, message);
                let error = match this.entries[entry as usize].definition {
                    Some(Definition::Macro { origin, .. }) => error.note(this.place(origin), "defined here"),
                    _ => error,
                };
                error.help("a macro is replaced by its body when assembled; for a loop use a label")
            });
            return;
        }
        self.expansions.push(Expansion { entry, at: origin });
        let expansion = self.expansions.len() as u32;
        self.frames.push(Frame { file, next: body.0, end: body.1, expansion, entry: Some(entry) });
    }

    pub fn enter_file(&mut self, file: u32, expansion: u32) {
        let end = self.files[file as usize].items.len() as u32;
        self.frames.push(Frame { file, next: 0, end, expansion, entry: None });
    }

    pub fn include(&mut self, origin: Origin, sources: &mut dyn Sources) {
        let source = &self.files[origin.file as usize].source;
        let path = String::from_utf8_lossy(&source.bytes()[origin.start as usize + 1..origin.end as usize]);
        let path = path.into_owned();
        let file = match self.paths.get(&path) {
            Some(known) => known.clone(),
            None => {
                let file = match sources.read(&path) {
                    Ok(bytes) if bytes.len() > MAX_SOURCE - self.source_length => {
                        Err(format!("all sources together have more than {MAX_SOURCE} bytes"))
                    }
                    Ok(bytes) => Ok(self.load(path.clone(), bytes)),
                    Err(error) => Err(error.to_string()),
                };
                self.paths.insert(path.clone(), file.clone());
                file
            }
        };
        let path = show(path.as_bytes());
        let of_files = || self.frames.iter().filter(|frame| frame.entry.is_none());
        match file {
            Err(reason) => {
                self.incomplete = true;
                self.error(Code::IncludeFailed, origin, |_, place| {
                    Diagnostic::new(Code::IncludeFailed, place, format!("cannot include `{path}`: {reason}"))
                        .help("paths are relative to the directory in which the assembler works")
                });
            }
            Ok(file) if of_files().any(|frame| frame.file == file) => {
                self.error(Code::IncludeRecursion, origin, |_, place| {
                    Diagnostic::new(Code::IncludeRecursion, place, format!("`{path}` includes itself"))
                        .help("include each file once, from the main file")
                });
            }
            Ok(_) if of_files().count() > MAX_INCLUDE_DEPTH => {
                self.incomplete = true;
                self.error(Code::IncludeRecursion, origin, |_, place| {
                    let message = format!("`{path}` would be more than {MAX_INCLUDE_DEPTH} includes deep");
                    Diagnostic::new(Code::IncludeRecursion, place, message)
                        .help("include files from the main file; a file may not include itself")
                });
            }
            Ok(file) => self.enter_file(file, origin.expansion),
        }
    }
}
