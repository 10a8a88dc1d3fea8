//! Words for what is wrong in the walk.

use super::diagnostic::{Code, Diagnostic};
use super::names::{Name, fault};
use super::parse::Fault;
use super::source::show;
use super::state::{Assembler, Definition, Expansion, Origin};
use super::suggest;

impl Assembler {
    /// Padding by a number of more than 16 bits. Where it leads nobody knows: the position stays.
    pub fn pad_too_far(&mut self, origin: Origin) {
        self.error(Code::OutsideMemory, origin, |_, place| {
            let number = show(&place.text()[1..]);
            let message = format!("`{number}` is more than an address can be: memory ends at ffff");
            Diagnostic::new(Code::OutsideMemory, place, message)
                .help("padding takes a hexadecimal number up to `ffff`")
        });
    }

    pub fn outside_memory(&mut self, origin: Origin) {
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

    pub fn duplicate(&mut self, name: Name, first: Definition, origin: Origin) {
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

    pub fn invalid_name(&mut self, name: Name, origin: Origin) {
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

    pub fn fault(&mut self, fault: Fault, origin: Origin) {
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
    pub fn report_numbers(&mut self) {
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
}
