//! `fantail asm`: assembles a file and shows what is wrong with it.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use fantail::tal::{self, Diagnostic, Dialect, MAX_SOURCE, Place, Severity};

use crate::error::Error;
use crate::{note, read};

#[derive(clap::Args)]
pub struct AsmArgs {
    /// The source. The paths of its includes are relative to the working directory.
    #[arg(value_name = "IN.tal")]
    source: PathBuf,
    /// Where the ROM goes. Nothing is written if there are errors.
    #[arg(value_name = "OUT.rom")]
    rom: PathBuf,
    /// Take what sources of before 2024 have, with a warning for each: the runes `:label` and `'c`, names that read as
    /// numbers such as `add32`, and comments that end with a word.
    #[arg(long)]
    legacy: bool,
    /// Write a symbol file as well: address, name and 00 for each label.
    #[arg(long, value_name = "FILE")]
    symbols: Option<PathBuf>,
}

pub fn asm(args: &AsmArgs) -> Result<ExitCode, Error> {
    let source = read(&args.source, MAX_SOURCE).map_err(|source| Error::Read {
        what: "source",
        path: args.source.clone(),
        source,
    })?;
    let name = args.source.to_string_lossy();
    let dialect = if args.legacy { Dialect::Legacy } else { Dialect::Standard };
    let mut kept = vec![args.source.clone()];
    let mut includes = |path: &str| {
        kept.push(path.into());
        read_include(Path::new(path))
    };
    let assembly = match tal::assemble_dialect(dialect, &name, &source, &mut includes) {
        Ok(assembly) => assembly,
        Err(errors) => {
            show(&errors);
            return Err(Error::Assembly { path: args.source.clone(), count: errors.len() });
        }
    };
    show(&assembly.warnings);
    write("ROM", &args.rom, &kept, &assembly.rom)?;
    if let Some(path) = &args.symbols {
        let symbols = tal::symbol_file(&assembly.symbols);
        kept.push(args.rom.clone());
        write("symbol file", path, &kept, &symbols)?;
    }
    note(format_args!("Assembled {} in {} bytes.", args.rom.display(), assembly.rom.len()));
    Ok(ExitCode::SUCCESS)
}

/// Lines that are longer are not shown with their errors: it would take long, and nobody wrote them.
const LONGEST_LINE: usize = 4096;

/// Reads a file that a source names: one that could block, a pipe or a terminal, is none.
fn read_include(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_file() {
        read(path, MAX_SOURCE)
    } else {
        Err(io::Error::other("it is not a file"))
    }
}

/// Writes a file, unless that would be the end of one of the others.
fn write(what: &'static str, path: &Path, others: &[PathBuf], bytes: &[u8]) -> Result<(), Error> {
    let is =
        |other: &&PathBuf| matches!((path.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b);
    if let Some(other) = others.iter().find(is) {
        return Err(Error::Overwrites { what, path: other.clone() });
    }
    fs::write(path, bytes).map_err(|source| Error::Write { what, path: path.to_path_buf(), source })
}

/// Shows errors or warnings with the lines they are about.
fn show(diagnostics: &[Diagnostic]) {
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    for diagnostic in diagnostics {
        let notes = diagnostic.notes.iter().map(|note| &note.place);
        let longest = notes.chain([&diagnostic.place]).map(|place| line_of(place).len()).max();
        if longest > Some(LONGEST_LINE) {
            note(format_args!("{diagnostic}\n"));
        } else {
            note(format_args!("{}\n", renderer.render(&[report(diagnostic)])));
        }
    }
}

fn report(diagnostic: &Diagnostic) -> Group<'_> {
    let level = match diagnostic.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut report = level.primary_title(&diagnostic.message).element(snippet(
        &diagnostic.place,
        AnnotationKind::Primary,
        None,
    ));
    for note in &diagnostic.notes {
        report = report.element(snippet(&note.place, AnnotationKind::Context, Some(&note.text)));
    }
    match &diagnostic.help {
        Some(help) => report.element(Level::HELP.message(help)),
        None => report,
    }
}

fn line_of(place: &Place) -> &[u8] {
    place.source.line(place.line).unwrap_or_default()
}

/// The line of a place, marked.
fn snippet<'a>(
    place: &'a Place,
    kind: AnnotationKind,
    label: Option<&'a str>,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let line = line_of(place);
    let start = place.column_bytes();
    let end = start + (place.end - place.start);
    // Places are in bytes of the source, marks in bytes of what is shown.
    let span = shown(&line[..start]).len()..shown(&line[..end]).len();
    Snippet::source(shown(line))
        .path(tal::visible(place.file()))
        .line_start(place.line as usize)
        .annotation(kind.span(span).label(label))
}

/// Source text for the terminal: UTF-8, and nothing that cannot be seen, which could do anything there. The message has its
/// name; here each stays one character, so that columns are right.
fn shown(bytes: &[u8]) -> String {
    let shown = |c: char| if tal::is_invisible(c) && c != '\t' { char::REPLACEMENT_CHARACTER } else { c };
    String::from_utf8_lossy(bytes).chars().map(shown).collect()
}
