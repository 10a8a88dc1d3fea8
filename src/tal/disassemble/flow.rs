//! Which bytes are instructions, and what they refer to.

use std::collections::VecDeque;

use crate::uxn::RESET;
use crate::uxn::opcode::{
    BRK, INSTRUCTIONS, JCI, JMI, JSI, LIT, LIT2, RETURN, SHORT, is_literal, length, parse,
};

/// Where programs start, as an index.
pub const START: usize = RESET as usize;

/// What a byte of the program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Data,
    /// The first byte of an instruction.
    Instruction,
    /// The operand of an instruction.
    Operand,
}

/// What an operand refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    pub target: u16,
    pub form: Form,
    pub usage: Usage,
}

/// How the operand tells its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The address.
    Absolute,
    /// A signed byte.
    Relative,
    /// The low byte of the address.
    ZeroPage,
    /// The distance, in an immediate jump or call.
    Immediate,
}

/// What the target is for the program. What is further down is the better reason for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// Perhaps an address, perhaps a number.
    Pointer,
    /// A device port.
    Port,
    /// Loaded or stored, or handed to a device.
    Data,
    Jump,
    Call,
    /// The vector of the device with this number.
    Vector(u8),
}

impl Usage {
    fn is_code(self) -> bool {
        matches!(self, Usage::Jump | Usage::Call | Usage::Vector(_))
    }
}

/// A program and what is known about it.
pub struct Flow<'a> {
    rom: &'a [u8],
    parts: Vec<Part>,
}

impl<'a> Flow<'a> {
    /// Follows a program of at most 0xff00 bytes from its start.
    pub fn new(rom: &'a [u8]) -> Flow<'a> {
        let mut flow = Flow { rom, parts: vec![Part::Data; rom.len()] };
        let mut entries = VecDeque::from([START]);
        while let Some(entry) = entries.pop_front() {
            flow.follow(entry, &mut entries);
        }
        flow
    }

    /// The address behind the last byte.
    pub fn end(&self) -> usize {
        START + self.rom.len()
    }

    /// The byte at an address, if the program has one there.
    pub fn byte(&self, address: usize) -> Option<u8> {
        self.rom.get(address.checked_sub(START)?).copied()
    }

    /// What the byte at an address is, if the program has one there.
    pub fn part(&self, address: usize) -> Option<Part> {
        self.parts.get(address.checked_sub(START)?).copied()
    }

    /// Bytes of the program.
    pub fn bytes(&self, start: usize, end: usize) -> &'a [u8] {
        &self.rom[start - START..end - START]
    }

    /// Marks instructions until the path ends or meets what is known already.
    fn follow(&mut self, mut at: usize, entries: &mut VecDeque<usize>) {
        while let Some(opcode) = self.byte(at) {
            let next = at + usize::from(length(opcode));
            if (at..next).any(|address| self.part(address) != Some(Part::Data)) {
                return;
            }
            self.parts[at - START..next - START].fill(Part::Operand);
            self.parts[at - START] = Part::Instruction;
            if let Some(reference) = self.reference(at).filter(|reference| reference.usage.is_code()) {
                entries.push_back(usize::from(reference.target));
            }
            if matches!(opcode, BRK | JMI) || mnemonic(opcode) == "JMP" {
                return;
            }
            at = next;
        }
    }

    /// What the instruction at an address refers to.
    pub fn reference(&self, at: usize) -> Option<Reference> {
        let opcode = self.byte(at)?;
        let operand = self.short(at + 1);
        let reference = |target, form, usage| Some(Reference { target, form, usage });
        match opcode {
            JCI | JMI | JSI => {
                let target = (at as u16).wrapping_add(3).wrapping_add(operand?);
                let usage = if opcode == JSI { Usage::Call } else { Usage::Jump };
                reference(target, Form::Immediate, usage)
            }
            _ if !is_literal(opcode) => None,
            _ if opcode & SHORT == 0 => {
                let value = self.byte(at + 1)?;
                let next = self.byte(at + 2).filter(|next| (next ^ opcode) & RETURN == 0)?;
                let relative = (at as u16).wrapping_add(3).wrapping_add_signed(i16::from(value as i8));
                match (mnemonic(next), next & SHORT != 0) {
                    ("JMP" | "JCN", false) => reference(relative, Form::Relative, Usage::Jump),
                    ("JSR", false) => reference(relative, Form::Relative, Usage::Call),
                    ("LDR" | "STR", _) => reference(relative, Form::Relative, Usage::Data),
                    ("LDZ" | "STZ", _) => reference(value.into(), Form::ZeroPage, Usage::Data),
                    ("DEI" | "DEO", _) => reference(value.into(), Form::ZeroPage, Usage::Port),
                    _ => None,
                }
            }
            _ => {
                let target = operand?;
                let usage = match self.byte(at + 3).filter(|next| (next ^ opcode) & RETURN == 0) {
                    Some(next) => match (mnemonic(next), next & SHORT != 0) {
                        ("JMP" | "JCN", true) => Usage::Jump,
                        ("JSR", true) => Usage::Call,
                        ("LDA" | "STA", _) => Usage::Data,
                        _ => self.written_to_port(at).unwrap_or(Usage::Pointer),
                    },
                    None => Usage::Pointer,
                };
                reference(target, Form::Absolute, usage)
            }
        }
    }

    /// Why the short literal at an address is an address, if it is written to a port that takes one.
    fn written_to_port(&self, at: usize) -> Option<Usage> {
        let deo2 = parse("DEO2");
        if self.byte(at) != Some(LIT2) || self.byte(at + 3) != Some(LIT) || self.byte(at + 5) != deo2 {
            return None;
        }
        // 0000 takes a vector away.
        if self.short(at + 1) == Some(0) {
            return None;
        }
        let port = self.byte(at + 4)?;
        match (port >> 4, port & 0xf) {
            (1..=6 | 8 | 9, 0) => Some(Usage::Vector(port >> 4)),
            (0, 0x2 | 0x6) | (2, 0xc) | (3..=6, 0xc) | (0xa | 0xb, 0x4 | 0x8 | 0xc | 0xe) => {
                Some(Usage::Data)
            }
            _ => None,
        }
    }

    fn short(&self, at: usize) -> Option<u16> {
        Some(u16::from_be_bytes([self.byte(at)?, self.byte(at + 1)?]))
    }
}

/// The name of an opcode without its modes.
pub fn mnemonic(opcode: u8) -> &'static str {
    // Row 0 holds BRK, the immediate jumps and literals, none of which takes an operand from the stack.
    if opcode & 0x1f == 0 { "" } else { INSTRUCTIONS[usize::from(opcode & 0x1f)].name }
}
