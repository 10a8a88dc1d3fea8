//! Names, as small numbers.
//!
//! A name is split at its first `/` into head and tail, and both are interned. So the name of a sublabel is
//! made from scope and tail without copying text, however long the scope and however many the sublabels.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::rc::Rc;

use crate::uxn::opcode;

/// An interned text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Text(NonZeroU32);

/// A full name: `head` or `head/tail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// What is before the first `/`: the scope.
    pub head: Text,
    /// What is behind it.
    pub tail: Option<Text>,
}

/// A name as it is written in a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The full name.
    Full(Name),
    /// `&tail` or `/tail`: in the scope of the place.
    Local(Text),
}

/// The texts of all names.
#[derive(Default)]
pub struct Names {
    texts: Vec<Rc<[u8]>>,
    numbers: HashMap<Rc<[u8]>, Text>,
}

impl Names {
    /// The number of a text.
    pub fn intern(&mut self, text: &[u8]) -> Text {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let text: Rc<[u8]> = text.into();
        self.texts.push(text.clone());
        let number = u32::try_from(self.texts.len()).ok().and_then(NonZeroU32::new);
        let number = Text(number.expect("sources are too short for 2^32 texts"));
        self.numbers.insert(text, number);
        number
    }

    /// The name that a full name's text stands for.
    pub fn name(&mut self, text: &[u8]) -> Name {
        match text.iter().position(|&byte| byte == b'/') {
            Some(slash) => {
                Name { head: self.intern(&text[..slash]), tail: Some(self.intern(&text[slash + 1..])) }
            }
            None => Name { head: self.intern(text), tail: None },
        }
    }

    /// A text by its number.
    pub fn text(&self, text: Text) -> &[u8] {
        &self.texts[text.0.get() as usize - 1]
    }

    /// The full text of a name.
    pub fn full(&self, name: Name) -> Vec<u8> {
        let mut text = self.text(name.head).to_vec();
        if let Some(tail) = name.tail {
            text.push(b'/');
            text.extend_from_slice(self.text(tail));
        }
        text
    }

    /// The length of the full text.
    pub fn length(&self, name: Name) -> usize {
        self.text(name.head).len() + name.tail.map_or(0, |tail| 1 + self.text(tail).len())
    }
}

/// What starts a token that is not a name.
const RUNES: &[u8] = b"|$@&#\",_.-;=!?%~/()[]{}";

/// Why a text cannot be the name of a label or macro. References are free to use any text.
pub fn fault(name: &[u8]) -> Option<&'static str> {
    match name {
        [] => Some("a name has at least one character"),
        [first, ..] if RUNES.contains(first) => Some("a name does not start with a rune"),
        _ if name.iter().all(|&byte| is_hex_digit(byte)) => Some("it would read as a number"),
        _ if parse_opcode(name).is_some() => Some("it is an opcode"),
        _ => None,
    }
}

/// Whether a name reads as a number, but not as one that a program can have, which has 2 or 4 digits. Assemblers of before
/// 2024 took such names.
pub fn is_legacy_name(name: &[u8]) -> bool {
    !matches!(name.len(), 0 | 2 | 4) && name.iter().all(|&byte| is_hex_digit(byte))
}

/// Hexadecimal digits are lower case.
pub fn is_hex_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// The opcode that a token's bytes name.
pub fn parse_opcode(token: &[u8]) -> Option<u8> {
    std::str::from_utf8(token).ok().and_then(opcode::parse)
}
