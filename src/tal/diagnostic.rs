//! Errors and warnings, as data.

use std::fmt;
use std::ops::Deref;

use super::source::Place;

/// What a [`Diagnostic`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A reference to a name that is defined nowhere.
    UnknownName,
    /// A reference to a macro as if it were a label.
    NotALabel,
    /// Padding to a label that is not defined yet.
    UnknownPadding,
    /// A relative reference over more than a signed byte.
    TooFar,
    /// A name that is empty, a number, an opcode, or starts with a rune.
    InvalidName,
    /// A label or macro defined twice.
    Duplicate,
    /// A macro used, as a label, before its definition.
    UsedBeforeMacro,
    /// A number of wrong length or with wrong digits.
    InvalidNumber,
    /// `"` without text.
    EmptyText,
    /// A brace that is not a token of its own.
    GluedBrace,
    /// `}` without `{`.
    StrayBrace,
    /// `{` without `}`.
    LambdaOpen,
    /// A comment without its end.
    CommentOpen,
    /// A macro without `{` or without `}`.
    MacroOpen,
    /// A macro defined in a macro.
    MacroNested,
    /// A macro that uses itself, or macros nested too deep.
    MacroRecursion,
    /// Macros and includes that stand for too many tokens.
    ExpansionLimit,
    /// A byte written outside 0x0100 to 0xffff, or padding by more than 0xffff.
    OutsideMemory,
    /// An include that cannot be read.
    IncludeFailed,
    /// An include that includes itself, or includes nested too deep.
    IncludeRecursion,
    /// A source in another encoding than UTF-8.
    Encoding,
    /// A source too large.
    SourceLimit,
    /// Names too long in total.
    NameLimit,
    /// Too many errors: the rest is not looked at.
    ErrorLimit,
    /// A label that is never referenced. A warning.
    Unused,
    /// `)` without `(`. A warning.
    StrayParenthesis,
    /// Text glued to a bracket, which is ignored with it. A warning.
    IgnoredText,
    /// Something that was dropped from the language, in a legacy source. A warning.
    Deprecated,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// There is no ROM.
    Error,
    /// There is a ROM, perhaps not the one meant.
    Warning,
}

impl Code {
    /// Whether this is an error or a warning.
    pub fn severity(self) -> Severity {
        match self {
            Code::Unused | Code::StrayParenthesis | Code::IgnoredText | Code::Deprecated => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// One error or warning.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// What it is about.
    pub code: Code,
    /// Where it is.
    pub place: Place,
    /// What was found, and what was expected.
    pub message: String,
    /// Other places that have to do with it.
    pub notes: Vec<Note>,
    /// What to do.
    pub help: Option<String>,
}

/// Another place that has to do with a [`Diagnostic`].
#[derive(Clone, Debug)]
pub struct Note {
    /// Where.
    pub place: Place,
    /// What is there.
    pub text: String,
}

impl Diagnostic {
    pub(super) fn new(code: Code, place: Place, message: String) -> Diagnostic {
        Diagnostic { code, place, message, notes: Vec::new(), help: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Diagnostic {
        Diagnostic { help: Some(help.into()), ..self }
    }

    pub(super) fn note(mut self, place: Place, text: impl Into<String>) -> Diagnostic {
        self.notes.push(Note { place, text: text.into() });
        self
    }
}

impl fmt::Display for Diagnostic {
    /// `file:line:column: error: message`, then indented lines for the notes and the help.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}: {severity}: {}", self.place, self.message)?;
        for note in &self.notes {
            write!(f, "\n  {}: {}", note.place, note.text)?;
        }
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// Why there is no ROM: at least one error, ordered by place. Warnings are left out.
#[derive(Clone, Debug)]
pub struct Errors(Vec<Diagnostic>);

impl Errors {
    /// None if there are none.
    pub(super) fn new(errors: Vec<Diagnostic>) -> Option<Errors> {
        (!errors.is_empty()).then_some(Errors(errors))
    }
}

impl Deref for Errors {
    type Target = [Diagnostic];

    fn deref(&self) -> &[Diagnostic] {
        &self.0
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

/// What has been found so far.
///
/// A hostile source has millions of faults, each of which takes time to describe; nobody reads more than the
/// first. So descriptions are made only as long as they are kept.
#[derive(Default)]
pub(super) struct Reports {
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

impl Reports {
    /// How many errors, and how many warnings, are kept.
    const MAX: usize = 1000;

    pub fn error(&mut self, describe: impl FnOnce() -> Diagnostic) {
        if self.errors.len() < Reports::MAX {
            self.errors.push(describe());
        } else if !self.is_full() {
            let message = format!("more than {} errors; the rest is left out", Reports::MAX);
            self.errors.push(Diagnostic::new(Code::ErrorLimit, describe().place, message));
        }
    }

    pub fn warn(&mut self, describe: impl FnOnce() -> Diagnostic) {
        if self.warnings.len() < Reports::MAX {
            self.warnings.push(describe());
        }
    }

    /// Whether further errors are left out.
    pub fn is_full(&self) -> bool {
        self.errors.len() > Reports::MAX
    }
}
