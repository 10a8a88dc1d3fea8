//! The walk over the items in the order of assembly.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::diagnostic::{Code, Diagnostic, Errors, Reports};
use super::expand::{Expansion, Frame};
use super::names::{Name, Names, Reference, Text, fault};
use super::parse::{Fault, Item, Kind, Rune, parse};
use super::source::{Place, Source, show};
use super::symbols::Symbol;
use super::{Assembly, Dialect, Sources, resolve, suggest};
use crate::uxn::opcode;

/// Where programs start, and where memory can first be written.
const START: u16 = 0x0100;
/// The scope before the first label, which is itself a label at [`START`].
const TOP: &[u8] = b"Top";
/// The number of the file that is assembled; others are included.
pub(super) const MAIN: u32 = 0;
/// Bytes of all names together, written out in full.
const MAX_NAMES: usize = 16 << 20;

/// Some editors begin a text with it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Whether a text is UTF-16: it begins with that encoding's byte order mark, or every other byte is 00.
fn is_utf16(bytes: &[u8]) -> bool {
    let (pairs, _) = bytes[..bytes.len().min(64)].as_chunks();
    let has_mark = matches!(pairs, [[0xff, 0xfe] | [0xfe, 0xff], ..]);
    let all = |is_wide: fn(&[u8; 2]) -> bool| pairs.len() >= 4 && pairs.iter().all(is_wide);
    has_mark || all(|&[low, high]| low != 0 && high == 0) || all(|&[high, low]| high == 0 && low != 0)
}

/// The state of the walk.
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
    pub entries: Vec<Entry>,
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
pub(super) struct Entry {
    pub name: EntryName,
    pub definition: Option<Definition>,
    /// Its first reference.
    pub used: Option<Origin>,
}

#[derive(Clone, Copy)]
pub(super) enum EntryName {
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
            entries: vec![Entry {
                name: EntryName::Name(top),
                definition: Some(Definition::Label { address: START, origin: None }),
                used: None,
            }],
            by_name: HashMap::from([(top, 0)]),
            uses: Vec::new(),
            lambdas: Vec::new(),
            lambda_count: 0,
            memory: vec![0; 0x10000],
            end: 0,
            position: START,
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

    pub fn run(&mut self, file: u32, sources: &mut dyn Sources) {
        self.enter_file(file, 0);
        while let Some(frame) = self.frames.last_mut().filter(|_| !self.stopped) {
            if frame.next == frame.end {
                self.frames.pop();
                continue;
            }
            let item = self.files[frame.file as usize].items[frame.next as usize];
            frame.next += 1;
            let origin =
                Origin { file: frame.file, start: item.start, end: item.end, expansion: frame.expansion };
            if self.frames.len() > 1 && !self.charge(item, origin) {
                return;
            }
            self.item(item.kind, origin, sources);
        }
    }

    pub fn stop(&mut self) {
        self.stopped = true;
        self.incomplete = true;
        // What is open would have been closed later.
        self.lambdas.clear();
    }

    fn item(&mut self, kind: Kind, origin: Origin, sources: &mut dyn Sources) {
        match kind {
            Kind::PadTo { overflow: true, .. } | Kind::Skip { overflow: true, .. } => {
                self.pad_too_far(origin)
            }
            Kind::PadTo { address, .. } => self.pad(address, false),
            Kind::Skip { distance, .. } => self.skip(distance),
            Kind::PadToLabel(label) => {
                if let Some(address) = self.padding(label, origin) {
                    self.pad(address, false);
                }
            }
            Kind::SkipByLabel(label) => {
                if let Some(distance) = self.padding(label, origin) {
                    self.skip(distance);
                }
            }
            Kind::Label { name, valid } => {
                if !valid {
                    self.invalid_name(name, origin);
                }
                self.scope = name.head;
                self.define_label(name, origin);
            }
            Kind::Sublabel(tail) => self.define_label(Name { head: self.scope, tail: Some(tail) }, origin),
            Kind::LiteralByte(value) => self.write(&[opcode::LIT, value], origin),
            Kind::LiteralShort(value) => {
                let [high, low] = value.to_be_bytes();
                self.write(&[opcode::LIT2, high, low], origin);
            }
            Kind::Byte(value) => self.write(&[value], origin),
            Kind::Short(value) => self.write(&value.to_be_bytes(), origin),
            Kind::Character => {
                let byte = self.token(origin)[1];
                self.write(&[byte], origin);
            }
            Kind::Text => {
                let source = self.files[origin.file as usize].source.clone();
                self.write(&source.bytes()[origin.start as usize + 1..origin.end as usize], origin);
            }
            Kind::Reference(rune, label) => {
                let name = self.full(label);
                let entry = self.mention(name, origin);
                self.refer(rune, entry, origin);
            }
            Kind::Word(word) => {
                let name = self.full(word);
                let entry = self.mention(name, origin);
                match self.entries[entry as usize].definition {
                    Some(Definition::Macro { file, body, .. }) => self.expand(entry, file, body, origin),
                    _ => self.refer(Rune::Call, entry, origin),
                }
            }
            Kind::Open { rune, glued } => {
                if glued {
                    self.fault(Fault::GluedBrace, origin);
                }
                let entry = self.entries.len() as u32;
                let name = EntryName::Lambda(self.lambda_count);
                self.entries.push(Entry { name, definition: None, used: None });
                self.lambda_count += 1;
                self.lambdas.push(entry);
                self.refer(rune, entry, origin);
            }
            Kind::Close => match self.lambdas.pop() {
                Some(entry) => {
                    let definition = Definition::Label { address: self.position, origin: Some(origin) };
                    self.entries[entry as usize].definition = Some(definition);
                }
                None => self.error(Code::StrayBrace, origin, |_, place| {
                    Diagnostic::new(Code::StrayBrace, place, "`}` without `{`".to_string())
                        .help("remove it, or open the lambda with `{`, `?{`, `;{` or another rune and `{`")
                }),
            },
            Kind::Macro { name, valid, body } => {
                if !valid {
                    self.invalid_name(name, origin);
                }
                self.define_macro(name, body, origin);
                // On behind the closing brace, if there is one.
                let items = &self.files[origin.file as usize].items;
                let close = items.get(body.1 as usize).is_some_and(|item| matches!(item.kind, Kind::Close));
                let frame = self.frames.last_mut().expect("the item came from a frame");
                frame.next = frame.next.max(body.1 + u32::from(close));
            }
            Kind::Include => self.include(origin, sources),
            Kind::Invalid(Fault::RawNumber) => self.numbers.push(origin),
            Kind::Invalid(fault) => self.fault(fault, origin),
        }
    }

    fn pad(&mut self, address: u16, wrapped: bool) {
        self.position = address;
        self.wrapped = wrapped;
        self.outside = false;
    }

    /// Addresses wrap around: `$fffe` goes back by two.
    fn skip(&mut self, distance: u16) {
        let (position, wrapped) = self.position.overflowing_add(distance);
        self.pad(position, wrapped);
    }

    /// Padding by a number of more than 16 bits. Where it leads nobody knows: the position stays.
    fn pad_too_far(&mut self, origin: Origin) {
        self.error(Code::OutsideMemory, origin, |_, place| {
            let number = show(&place.text()[1..]);
            let message = format!("`{number}` is more than an address can be: memory ends at ffff");
            Diagnostic::new(Code::OutsideMemory, place, message)
                .help("padding takes a hexadecimal number up to `ffff`")
        });
    }

    /// The address of a label that padding refers to.
    fn padding(&mut self, label: Reference, origin: Origin) -> Option<u16> {
        let name = self.full(label);
        let entry = self.by_name.get(&name).copied();
        if let Some(entry) = entry.map(|entry| &mut self.entries[entry as usize])
            && let Some(Definition::Label { address, .. }) = entry.definition
        {
            entry.used.get_or_insert(origin);
            return Some(address);
        }
        if self.incomplete {
            return None;
        }
        self.error(Code::UnknownPadding, origin, |this, place| {
            let message = format!("no label `{}` is defined before this padding", this.show_name(name));
            let help = suggest::for_number(place.text())
                .unwrap_or_else(|| "padding needs a hexadecimal number or a label defined above".to_string());
            Diagnostic::new(Code::UnknownPadding, place, message).help(help)
        });
        None
    }

    /// Writes bytes at the position and moves it on.
    fn write(&mut self, bytes: &[u8], origin: Origin) {
        for &byte in bytes {
            if self.position < START {
                if !self.outside {
                    self.outside = true;
                    self.outside_memory(origin);
                }
            } else {
                self.memory[usize::from(self.position)] = byte;
                self.end = self.end.max(usize::from(self.position) + 1);
                self.wrapped = self.position == u16::MAX;
            }
            self.position = self.position.wrapping_add(1);
        }
    }

    fn outside_memory(&mut self, origin: Origin) {
        let (message, help) = if self.wrapped {
            (
                "this would be written behind address ffff, where memory ends".to_string(),
                "a program has room for ff00 bytes from address 0100",
            )
        } else {
            (
                format!("this would be written at address {:04x}, in the zero page", self.position),
                "a ROM starts at 0100: write `|0100` before the program, and `$` for variables",
            )
        };
        self.error(Code::OutsideMemory, origin, |_, place| {
            Diagnostic::new(Code::OutsideMemory, place, message).help(help)
        });
    }

    /// Writes a reference, its operand to be filled in later.
    fn refer(&mut self, rune: Rune, entry: u32, origin: Origin) {
        self.entries[entry as usize].used.get_or_insert(origin);
        if let Some(opcode) = rune.opcode() {
            self.write(&[opcode], origin);
        }
        let address = self.position;
        self.write(&[0, 0][..usize::from(rune.width())], origin);
        let reference = Use { entry, rune, address, origin };
        // At once where it can be: what is written over it later stays.
        match self.entries[entry as usize].definition {
            Some(Definition::Label { address: target, .. }) => resolve::fill_in_one(self, &reference, target),
            _ => self.uses.push(reference),
        }
    }

    /// A name with its scope.
    fn full(&self, reference: Reference) -> Name {
        match reference {
            Reference::Full(name) => name,
            Reference::Local(tail) => Name { head: self.scope, tail: Some(tail) },
        }
    }

    /// The entry of a name; a new one if the name is new.
    fn mention(&mut self, name: Name, origin: Origin) -> u32 {
        if let Some(&entry) = self.by_name.get(&name) {
            return entry;
        }
        self.names_length += self.names.length(name);
        if self.names_length > MAX_NAMES {
            self.error(Code::NameLimit, origin, |_, place| {
                Diagnostic::new(
                    Code::NameLimit,
                    place,
                    format!("all names together are longer than {MAX_NAMES} bytes"),
                )
                .help("a sublabel's name includes that of its scope; use shorter names")
            });
            self.stop();
        }
        let entry = self.entries.len() as u32;
        self.entries.push(Entry { name: EntryName::Name(name), definition: None, used: None });
        self.by_name.insert(name, entry);
        entry
    }

    fn define_label(&mut self, name: Name, origin: Origin) {
        let entry = self.mention(name, origin);
        let label = Definition::Label { address: self.position, origin: Some(origin) };
        let entry = &mut self.entries[entry as usize];
        match entry.definition {
            None | Some(Definition::Label { origin: None, .. }) => entry.definition = Some(label),
            Some(first) => self.duplicate(name, first, origin),
        }
    }

    fn define_macro(&mut self, name: Name, body: (u32, u32), origin: Origin) {
        let entry = self.mention(name, origin);
        let entry = &mut self.entries[entry as usize];
        match (entry.definition, entry.used) {
            (Some(first), _) => self.duplicate(name, first, origin),
            (None, Some(used)) => self.error(Code::UsedBeforeMacro, origin, |this, place| {
                let message = format!("the macro `{}` is used before its definition", this.show_name(name));
                Diagnostic::new(Code::UsedBeforeMacro, place, message)
                    .note(this.place(used), "used here")
                    .help("define a macro above its first use")
            }),
            (None, None) => {}
        }
        let definition = Definition::Macro { file: origin.file, body, origin };
        self.entry_mut(name).definition.get_or_insert(definition);
    }

    fn entry_mut(&mut self, name: Name) -> &mut Entry {
        let entry = self.by_name[&name];
        &mut self.entries[entry as usize]
    }

    fn duplicate(&mut self, name: Name, first: Definition, origin: Origin) {
        self.error(Code::Duplicate, origin, |this, place| {
            let message = format!("`{}` is already defined", this.show_name(name));
            let error = Diagnostic::new(Code::Duplicate, place, message);
            let (kind, first) = match first {
                Definition::Label { origin, .. } => ("label", origin),
                Definition::Macro { origin, .. } => ("macro", Some(origin)),
            };
            let error = match first {
                // A macro's body that defines it at each use: the other use tells more than the same place.
                Some(Origin { file, start, expansion, .. })
                    if expansion != 0 && (file, start) == (origin.file, origin.start) =>
                {
                    let Expansion { at, .. } = this.expansions[expansion as usize - 1];
                    error.note(this.place(at), "first defined by this use of the macro")
                }
                Some(first) => error.note(this.place(first), format!("first defined here, as a {kind}")),
                None => error,
            };
            let help = if origin.expansion != 0 {
                "a label in a macro is defined at each use; use a lambda there"
            } else {
                "give one of them another name"
            };
            error.help(help)
        });
    }

    fn invalid_name(&mut self, name: Name, origin: Origin) {
        self.error(Code::InvalidName, origin, |this, place| {
            let text = this.names.full(name);
            let (reason, help) = match fault(&text) {
                Some(reason) => (reason, suggest::for_name(&text)),
                None => ("its `{` is not a token of its own", "put a space before the brace"),
            };
            let message = match &text[..] {
                [] => format!("`{}` without a name", show(place.text())),
                _ => format!("`{}` cannot be the name of a label or macro: {reason}", show(&text)),
            };
            Diagnostic::new(Code::InvalidName, place, message).help(help)
        });
    }

    fn fault(&mut self, fault: Fault, origin: Origin) {
        let code = match fault {
            Fault::Literal | Fault::RawNumber => Code::InvalidNumber,
            Fault::Empty if self.token(origin) == b"\"" => Code::EmptyText,
            Fault::Empty => Code::InvalidName,
            Fault::GluedBrace => Code::GluedBrace,
        };
        self.error(code, origin, |_, place| {
            let token = show(place.text());
            let (message, help) = match fault {
                Fault::Literal => (
                    format!("`{token}` is not a literal of 2 or 4 hexadecimal digits"),
                    suggest::for_number(place.text()).unwrap_or_else(|| {
                        "write `#hh` for a byte and `#hhhh` for a short, with leading zeroes".to_string()
                    }),
                ),
                Fault::RawNumber => (
                    format!("`{token}` is not a number of 2 or 4 hexadecimal digits"),
                    suggest::for_raw_number(place.text()).to_string(),
                ),
                Fault::Empty => suggest::for_empty(place.text()),
                Fault::GluedBrace => (
                    format!("a brace in `{token}` is not a token of its own"),
                    "put spaces around `{`, or the rune and `{`, and around `}`".to_string(),
                ),
            };
            Diagnostic::new(code, place, message).help(help)
        });
    }

    /// Reports what is neither a name nor a number of the right length.
    fn report_numbers(&mut self) {
        for origin in std::mem::take(&mut self.numbers) {
            let token = self.token(origin).to_vec();
            let name = self.names.name(&token);
            let (kind, definition) =
                match self.by_name.get(&name).map(|&entry| self.entries[entry as usize].definition) {
                    Some(Some(Definition::Label { origin: Some(origin), .. })) => ("label", origin),
                    Some(Some(Definition::Macro { origin, .. })) => ("macro", origin),
                    _ => {
                        self.fault(Fault::RawNumber, origin);
                        continue;
                    }
                };
            self.error(Code::InvalidNumber, origin, |this, place| {
                let message =
                    format!("`{}` reads as a number, not as the {kind} of that name", show(place.text()));
                Diagnostic::new(Code::InvalidNumber, place, message)
                    .note(this.place(definition), "defined here")
                    .help(suggest::for_name(&token))
            });
        }
    }

    fn token(&self, origin: Origin) -> &[u8] {
        &self.files[origin.file as usize].source.bytes()[origin.start as usize..origin.end as usize]
    }

    pub fn place(&self, origin: Origin) -> Place {
        origin.place(&self.files)
    }

    fn show_name(&self, name: Name) -> String {
        show(&self.names.full(name))
    }

    /// The name of an entry as symbol files have it.
    pub fn entry_text(&self, entry: u32) -> Vec<u8> {
        match self.entries[entry as usize].name {
            EntryName::Name(name) => self.names.full(name),
            EntryName::Lambda(number) => format!("λ{number:04x}").into_bytes(),
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

    pub fn finish(mut self) -> Result<Assembly, Errors> {
        for entry in std::mem::take(&mut self.lambdas) {
            // What could not be read may have closed it.
            let Some(origin) = self.entries[entry as usize].used.filter(|_| !self.incomplete) else {
                continue;
            };
            self.error(Code::LambdaOpen, origin, |_, place| {
                Diagnostic::new(Code::LambdaOpen, place, "the lambda that opens here has no end".to_string())
                    .help("a lambda ends with `}` as a token of its own")
            });
        }
        self.report_numbers();
        resolve::fill_in(&mut self);
        resolve::warn_of_unused(&mut self);

        let files: HashMap<*const Source, usize> =
            self.files.iter().enumerate().map(|(index, file)| (Arc::as_ptr(&file.source), index)).collect();
        let place = |diagnostic: &Diagnostic| {
            let file = files.get(&Arc::as_ptr(&diagnostic.place.source)).copied();
            (diagnostic.code == Code::ErrorLimit, file, diagnostic.place.start, diagnostic.code)
        };
        let Reports { mut errors, mut warnings } = std::mem::take(&mut self.reports);
        errors.sort_by_key(place);
        warnings.sort_by_key(place);
        if let Some(errors) = Errors::new(errors) {
            return Err(errors);
        }
        let symbols = (0..self.entries.len() as u32)
            .filter_map(|entry| match self.entries[entry as usize].definition {
                Some(Definition::Label { address, .. }) => {
                    Some(Symbol { address, name: self.entry_text(entry) })
                }
                _ => None,
            })
            .collect();
        // The reference writes one byte for an empty program.
        let end = self.end.max(usize::from(START) + 1);
        let rom = self.memory[usize::from(START)..end].to_vec();
        Ok(Assembly { rom, symbols, warnings })
    }
}
