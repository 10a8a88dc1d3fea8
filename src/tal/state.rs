//! What the passes of the assembler share: names and where they were mentioned, memory, the walk, and reports.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::Dialect;
use super::diagnostic::{Code, Diagnostic, Reports};
use super::names::{Name, Names, Text};
use super::parse::{Item, Rune};
use super::source::{Place, Source, show};
use crate::uxn::RESET;

/// The scope before the first label, which is itself a label at [`RESET`].
const TOP: &[u8] = b"Top";
/// The number of the file that is assembled; others are included.
pub(super) const MAIN: u32 = 0;
/// What the passes work on.
pub(super) struct Assembler {
    pub dialect: Dialect,
    pub names: Names,
    pub files: Vec<File>,
    /// Numbers without a rune that are none, unless they turn out to be names.
    pub numbers: Vec<Origin>,
    /// What each included path has turned out to be.
    pub paths: HashMap<String, Result<u32, String>>,
    pub frames: Vec<Frame>,
    pub expansions: Vec<Expansion>,
    /// All names and lambdas in the order of their first mention.
    pub entries: Vec<Mention>,
    pub by_name: HashMap<Name, u32>,
    pub uses: Vec<Use>,
    /// Lambdas that are open.
    pub lambdas: Vec<u32>,
    pub lambda_count: u32,
    pub memory: Vec<u8>,
    /// Behind the highest byte written.
    pub end: usize,
    pub position: u16,
    /// The position has gone past 0xffff since the last padding.
    pub wrapped: bool,
    /// A write outside memory has been reported since the last padding.
    pub outside: bool,
    pub scope: Text,
    pub reports: Reports,
    /// Where errors are: a macro repeats its faults.
    pub reported: HashSet<(u32, u32, Code)>,
    /// Part of the source could not be read, so that names may be missing.
    pub incomplete: bool,
    pub stopped: bool,
    pub expanded: usize,
    pub names_length: usize,
    pub source_length: usize,
}

pub(super) struct File {
    pub source: Arc<Source>,
    pub items: Rc<[Item]>,
}

/// Where an item stands, and through which macros it came to be assembled.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    pub file: u32,
    pub start: u32,
    pub end: u32,
    /// A number in `expansions`, from 1. 0 is none.
    pub expansion: u32,
}

impl Origin {
    pub fn place(self, files: &[File]) -> Place {
        Place::new(&files[self.file as usize].source, self.start as usize, self.end as usize)
    }
}

/// A name that was mentioned, or a lambda.
pub(super) struct Mention {
    pub name: MentionName,
    pub definition: Option<Definition>,
    /// Its first reference.
    pub used: Option<Origin>,
}

#[derive(Clone, Copy)]
pub(super) enum MentionName {
    Name(Name),
    Lambda(u32),
}

#[derive(Clone, Copy)]
pub(super) enum Definition {
    /// The origin is none for the label that is there from the start, which a program may define anew.
    Label {
        address: u16,
        origin: Option<Origin>,
    },
    Macro {
        file: u32,
        body: (u32, u32),
        origin: Origin,
    },
}

/// A reference whose operand is to be filled in.
pub(super) struct Use {
    pub entry: u32,
    pub rune: Rune,
    /// Where the operand is.
    pub address: u16,
    pub origin: Origin,
}

/// Items that are being walked: of a file, or of a macro's body.
pub(super) struct Frame {
    pub file: u32,
    pub next: u32,
    pub end: u32,
    /// The use of the macro, or that of the macro that includes the file. 0 is none.
    pub expansion: u32,
    /// The macro, or none for a file.
    pub entry: Option<u32>,
}

/// One use of a macro.
pub(super) struct Expansion {
    pub entry: u32,
    pub at: Origin,
}

impl Assembler {
    pub fn new(dialect: Dialect) -> Assembler {
        let mut names = Names::default();
        let top = names.name(TOP);
        Assembler {
            dialect,
            scope: top.head,
            names,
            files: Vec::new(),
            numbers: Vec::new(),
            paths: HashMap::new(),
            frames: Vec::new(),
            expansions: Vec::new(),
            entries: vec![Mention {
                name: MentionName::Name(top),
                definition: Some(Definition::Label { address: RESET, origin: None }),
                used: None,
            }],
            by_name: HashMap::from([(top, 0)]),
            uses: Vec::new(),
            lambdas: Vec::new(),
            lambda_count: 0,
            memory: vec![0; 0x10000],
            end: 0,
            position: RESET,
            wrapped: false,
            outside: false,
            reports: Reports::default(),
            reported: HashSet::new(),
            incomplete: false,
            stopped: false,
            expanded: 0,
            names_length: 0,
            source_length: 0,
        }
    }

    pub fn stop(&mut self) {
        self.stopped = true;
        self.incomplete = true;
        // What is open would have been closed later.
        self.lambdas.clear();
    }

    pub fn token(&self, origin: Origin) -> &[u8] {
        &self.files[origin.file as usize].source.bytes()[origin.start as usize..origin.end as usize]
    }

    pub fn place(&self, origin: Origin) -> Place {
        origin.place(&self.files)
    }

    pub fn show_name(&self, name: Name) -> String {
        show(&self.names.full(name))
    }

    /// The name of an entry as symbol files have it.
    pub fn entry_text(&self, entry: u32) -> Vec<u8> {
        match self.entries[entry as usize].name {
            MentionName::Name(name) => self.names.full(name),
            MentionName::Lambda(number) => format!("λ{number:04x}").into_bytes(),
        }
    }

    /// Reports an error unless the same one has been reported at this place, and says which macros have led
    /// there.
    pub fn error(
        &mut self,
        code: Code,
        origin: Origin,
        describe: impl FnOnce(&Assembler, Place) -> Diagnostic,
    ) {
        if self.reports.is_full() || !self.reported.insert((origin.file, origin.start, code)) {
            return;
        }
        let mut error = describe(self, self.place(origin));
        let (mut expansion, mut innermost) = (origin.expansion, true);
        while expansion != 0 {
            let Expansion { entry, at } = &self.expansions[expansion as usize - 1];
            // The way in between is long at times, and rarely of interest.
            if innermost || at.expansion == 0 {
                let name = show(&self.entry_text(*entry));
                error = error.note(self.place(*at), format!("the macro `{name}` is used here"));
            }
            (expansion, innermost) = (at.expansion, false);
        }
        self.reports.error(|| error);
        if self.reports.is_full() {
            self.stop();
        }
    }

    /// Whether this error has been reported at this place.
    pub fn is_reported(&self, code: Code, origin: Origin) -> bool {
        self.reported.contains(&(origin.file, origin.start, code))
    }
}
