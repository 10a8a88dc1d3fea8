//! The walk over the items in the order of assembly.

use std::collections::HashMap;
use std::sync::Arc;

use super::diagnostic::{Code, Diagnostic, Errors, Reports};
use super::names::{Name, Reference};
use super::parse::{Fault, Kind, Rune};
use super::source::Source;
use super::state::{Assembler, Definition, Mention, MentionName, Origin, Use};
use super::symbols::Symbol;
use super::{Assembly, Sources, resolve, suggest};
use crate::uxn::{RESET, opcode};

/// Bytes of all names together, written out in full.
const MAX_NAMES: usize = 16 << 20;

impl Assembler {
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
                let name = MentionName::Lambda(self.lambda_count);
                self.entries.push(Mention { name, definition: None, used: None });
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
            if self.position < RESET {
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
        self.entries.push(Mention { name: MentionName::Name(name), definition: None, used: None });
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

    fn entry_mut(&mut self, name: Name) -> &mut Mention {
        let entry = self.by_name[&name];
        &mut self.entries[entry as usize]
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
        let end = self.end.max(usize::from(RESET) + 1);
        let rom = self.memory[usize::from(RESET)..end].to_vec();
        Ok(Assembly { rom, symbols, warnings })
    }
}
