//! The operands of references to labels.

use super::diagnostic::{Code, Diagnostic};
use super::parse::Rune;
use super::source::show;
use super::state::{Assembler, Definition, MAIN, MentionName, Use};
use super::suggest::Suggestions;
use crate::uxn::RESET;

/// Writes the operands of references to labels that came later, once all are known.
pub fn fill_in(assembler: &mut Assembler) {
    let mut suggestions = Suggestions::default();
    for reference in std::mem::take(&mut assembler.uses) {
        match assembler.entries[reference.entry as usize].definition {
            Some(Definition::Label { address, .. }) => fill_in_one(assembler, &reference, address),
            Some(Definition::Macro { origin, .. })
                if assembler.is_reported(Code::UsedBeforeMacro, origin) => {}
            Some(Definition::Macro { origin, .. }) => {
                assembler.error(Code::NotALabel, reference.origin, |this, place| {
                    let name = show(&this.entry_text(reference.entry));
                    Diagnostic::new(
                        Code::NotALabel,
                        place,
                        format!("`{name}` is a macro, which has no address"),
                    )
                    .note(this.place(origin), "defined here")
                    .help("use the macro's name without a rune")
                })
            }
            // Of a lambda the lack of an end is reported; other names may be in what could not be read.
            None if assembler.incomplete
                || matches!(assembler.entries[reference.entry as usize].name, MentionName::Lambda(_)) => {}
            None => assembler.error(Code::UnknownName, reference.origin, |this, place| {
                let token = place.text().to_vec();
                let name = this.entry_text(reference.entry);
                let message = format!("no label `{}` is defined", show(&name));
                let error = Diagnostic::new(Code::UnknownName, place, message);
                match suggestions.suggest(this, &token, &name) {
                    Some(help) => error.help(help),
                    None => error,
                }
            }),
        }
    }
}

/// Writes the operand of one reference.
pub fn fill_in_one(assembler: &mut Assembler, reference: &Use, target: u16) {
    let Use { rune, address, origin, entry } = *reference;
    // The processor adds the distance after it has read the operand and, with a byte, the opcode behind it.
    let distance = target.wrapping_sub(address).wrapping_sub(2);
    let operand = match rune {
        Rune::LiteralRelative | Rune::RawRelative => match i8::try_from(distance as i16) {
            Ok(distance) => [0, distance as u8],
            Err(_) => {
                let distance = distance as i16;
                return assembler.error(Code::TooFar, origin, |this, place| {
                    let name = show(&this.entry_text(entry));
                    let message = format!(
                        "`{name}` is too far away for a relative reference: {distance} bytes, -128 to 127 are possible"
                    );
                    let error = Diagnostic::new(Code::TooFar, place, message);
                    let error = match this.entries[entry as usize].definition {
                        Some(Definition::Label { origin: Some(label), .. }) => {
                            error.note(this.place(label), "the label is here")
                        }
                        _ => error,
                    };
                    error.help("refer to the address, with `;` or `=`, and use an opcode that takes one")
                });
            }
        },
        Rune::LiteralZeroPage | Rune::RawZeroPage => [0, target as u8],
        Rune::LiteralAbsolute | Rune::RawAbsolute => target.to_be_bytes(),
        Rune::Jump | Rune::JumpIf | Rune::Call => distance.to_be_bytes(),
    };
    let width = usize::from(rune.width());
    let at = usize::from(address);
    // An operand that runs out of memory has been reported.
    if let Some(bytes) = assembler.memory.get_mut(at..at + width) {
        bytes.copy_from_slice(&operand[2 - width..]);
    }
}

/// Warns of labels that nothing refers to. Capitals mark what need not be used; the first label is where
/// the program starts; and of an included library few programs use everything.
pub fn warn_of_unused(assembler: &mut Assembler) {
    for index in 0..assembler.entries.len() {
        let entry = &assembler.entries[index];
        let (None, MentionName::Name(name)) = (entry.used, entry.name) else { continue };
        let Some(Definition::Label { address, origin: Some(origin) }) = entry.definition else { continue };
        let is_capital = assembler.names.text(name.head).first().is_some_and(u8::is_ascii_uppercase);
        if address == RESET || is_capital || origin.file != MAIN {
            continue;
        }
        let Assembler { names, files, reports, .. } = assembler;
        reports.warn(|| {
            let message = format!("the label `{}` is never used", show(&names.full(name)));
            Diagnostic::new(Code::Unused, origin.place(files), message)
                .help("remove it, or start its name with a capital letter if that is intended")
        });
    }
}
