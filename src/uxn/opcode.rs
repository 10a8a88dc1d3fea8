//! The 256 opcodes as data.
//!
//! One table of 32 rows, crossed with the three modes, serves the interpreter (which part of the stacks an
//! instruction touches) and the assembler (names).
//!
//! An opcode byte is `k r 2 o o o o o`: keep, return, short, and five bits that choose the row. Row 0 is
//! special: its eight bytes are `BRK`, the immediate jumps and the literals, and have no modes.

/// Mode bit `2`: operands marked [`Operand::Value`] are shorts.
pub const SHORT: u8 = 0x20;
/// Mode bit `r`: the working and the return stack change roles.
pub const RETURN: u8 = 0x40;
/// Mode bit `k`: operands stay on the stack, below the results.
pub const KEEP: u8 = 0x80;

/// `BRK`: ends the evaluation of a vector.
pub const BRK: u8 = 0x00;
/// `JCI`: immediate conditional jump, written `?label`.
pub const JCI: u8 = 0x20;
/// `JMI`: immediate jump, written `!label`.
pub const JMI: u8 = 0x40;
/// `JSI`: immediate call, written as a bare `label`.
pub const JSI: u8 = 0x60;
/// `LIT`: pushes the byte that follows.
pub const LIT: u8 = 0x80;
/// `LIT2`: pushes the short that follows.
pub const LIT2: u8 = 0xa0;

/// Width of one operand or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A byte, or a short in short mode: `v` in the specification.
    Value,
    /// Always one byte: a flag, a zero-page address, a port, a shift.
    Byte,
    /// Always two bytes: an absolute address.
    Short,
}

/// One of the 32 rows: an instruction without its modes.
#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    /// Three capitals.
    pub name: &'static str,
    /// What it pops, leftmost deepest.
    pub pops: &'static [Operand],
    /// What it pushes back to the same stack, leftmost first.
    pub pushes: &'static [Operand],
    /// What it pushes to the other stack.
    pub other: &'static [Operand],
}

const fn instruction(
    name: &'static str,
    pops: &'static [Operand],
    pushes: &'static [Operand],
    other: &'static [Operand],
) -> Instruction {
    Instruction { name, pops, pushes, other }
}

/// The rows, indexed by the low five bits of the opcode. Row 0 stands for `LIT` in its four modes; the
/// bytes it shares with `BRK` and the immediate jumps are told apart by [`effect`] and [`name`].
pub const INSTRUCTIONS: [Instruction; 32] = {
    use Operand::{Byte, Short, Value};
    [
        instruction("LIT", &[], &[Value], &[]),
        instruction("INC", &[Value], &[Value], &[]),
        instruction("POP", &[Value], &[], &[]),
        instruction("NIP", &[Value, Value], &[Value], &[]),
        instruction("SWP", &[Value, Value], &[Value, Value], &[]),
        instruction("ROT", &[Value, Value, Value], &[Value, Value, Value], &[]),
        instruction("DUP", &[Value], &[Value, Value], &[]),
        instruction("OVR", &[Value, Value], &[Value, Value, Value], &[]),
        instruction("EQU", &[Value, Value], &[Byte], &[]),
        instruction("NEQ", &[Value, Value], &[Byte], &[]),
        instruction("GTH", &[Value, Value], &[Byte], &[]),
        instruction("LTH", &[Value, Value], &[Byte], &[]),
        instruction("JMP", &[Value], &[], &[]),
        instruction("JCN", &[Byte, Value], &[], &[]),
        instruction("JSR", &[Value], &[], &[Short]),
        instruction("STH", &[Value], &[], &[Value]),
        instruction("LDZ", &[Byte], &[Value], &[]),
        instruction("STZ", &[Value, Byte], &[], &[]),
        instruction("LDR", &[Byte], &[Value], &[]),
        instruction("STR", &[Value, Byte], &[], &[]),
        instruction("LDA", &[Short], &[Value], &[]),
        instruction("STA", &[Value, Short], &[], &[]),
        instruction("DEI", &[Byte], &[Value], &[]),
        instruction("DEO", &[Value, Byte], &[], &[]),
        instruction("ADD", &[Value, Value], &[Value], &[]),
        instruction("SUB", &[Value, Value], &[Value], &[]),
        instruction("MUL", &[Value, Value], &[Value], &[]),
        instruction("DIV", &[Value, Value], &[Value], &[]),
        instruction("AND", &[Value, Value], &[Value], &[]),
        instruction("ORA", &[Value, Value], &[Value], &[]),
        instruction("EOR", &[Value, Value], &[Value], &[]),
        instruction("SFT", &[Value, Byte], &[Value], &[]),
    ]
};

/// The indices of the rows in [`INSTRUCTIONS`]: the low five bits of the opcodes.
#[allow(missing_docs)]
pub mod row {
    pub const LIT: u8 = 0x00;
    pub const INC: u8 = 0x01;
    pub const POP: u8 = 0x02;
    pub const NIP: u8 = 0x03;
    pub const SWP: u8 = 0x04;
    pub const ROT: u8 = 0x05;
    pub const DUP: u8 = 0x06;
    pub const OVR: u8 = 0x07;
    pub const EQU: u8 = 0x08;
    pub const NEQ: u8 = 0x09;
    pub const GTH: u8 = 0x0a;
    pub const LTH: u8 = 0x0b;
    pub const JMP: u8 = 0x0c;
    pub const JCN: u8 = 0x0d;
    pub const JSR: u8 = 0x0e;
    pub const STH: u8 = 0x0f;
    pub const LDZ: u8 = 0x10;
    pub const STZ: u8 = 0x11;
    pub const LDR: u8 = 0x12;
    pub const STR: u8 = 0x13;
    pub const LDA: u8 = 0x14;
    pub const STA: u8 = 0x15;
    pub const DEI: u8 = 0x16;
    pub const DEO: u8 = 0x17;
    pub const ADD: u8 = 0x18;
    pub const SUB: u8 = 0x19;
    pub const MUL: u8 = 0x1a;
    pub const DIV: u8 = 0x1b;
    pub const AND: u8 = 0x1c;
    pub const ORA: u8 = 0x1d;
    pub const EOR: u8 = 0x1e;
    pub const SFT: u8 = 0x1f;
}

/// What one opcode does to the stacks, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The operands come from the return stack.
    pub from_return: bool,
    /// The operands stay where they are.
    pub keep: bool,
    /// Bytes read from the top of the source stack.
    pub pops: u8,
    /// Bytes pushed to the source stack.
    pub pushes: u8,
    /// Bytes pushed to the other stack.
    pub other: u8,
}

const fn width(operands: &[Operand], short: bool) -> u8 {
    let mut bytes = 0;
    let mut i = 0;
    while i < operands.len() {
        bytes += match operands[i] {
            Operand::Value => 1 + short as u8,
            Operand::Byte => 1,
            Operand::Short => 2,
        };
        i += 1;
    }
    bytes
}

/// The effect of an opcode.
///
/// ```
/// use fantail::uxn::opcode::{effect, parse};
/// let sta2k = effect(parse("STA2k").unwrap());
/// assert_eq!((sta2k.pops, sta2k.pushes, sta2k.keep), (4, 0, true));
/// ```
pub const fn effect(opcode: u8) -> Effect {
    let none = Effect { from_return: false, keep: false, pops: 0, pushes: 0, other: 0 };
    match opcode {
        BRK | JMI => none,
        JCI => Effect { pops: 1, ..none },
        JSI => Effect { other: 2, ..none },
        _ => {
            let row = &INSTRUCTIONS[(opcode & 0x1f) as usize];
            let short = opcode & SHORT != 0;
            let literal = opcode & 0x1f == 0;
            Effect {
                from_return: opcode & RETURN != 0,
                // A literal has bit 7 set, but nothing to keep.
                keep: opcode & KEEP != 0 && !literal,
                pops: width(row.pops, short),
                pushes: width(row.pushes, short),
                other: width(row.other, short),
            }
        }
    }
}

/// Whether an opcode is `LIT` in one of its modes.
pub const fn is_literal(opcode: u8) -> bool {
    opcode & 0x1f == row::LIT && opcode & KEEP != 0
}

/// How many bytes an instruction has, with its operand in memory.
///
/// ```
/// use fantail::uxn::opcode::{JSI, LIT2, length, parse};
/// assert_eq!([LIT2, JSI, parse("ADD2").unwrap()].map(length), [3, 3, 1]);
/// ```
pub const fn length(opcode: u8) -> u8 {
    match opcode {
        JCI | JMI | JSI => 3,
        _ if !is_literal(opcode) => 1,
        _ if opcode & SHORT == 0 => 2,
        _ => 3,
    }
}

/// The name of an opcode with its modes in the customary order, `ADD2kr`. The immediate jumps, which have
/// no mnemonic in Uxntal, are named `JCI`, `JMI` and `JSI`.
///
/// ```
/// use fantail::uxn::opcode::name;
/// assert_eq!(name(0xf8).as_str(), "ADD2kr");
/// assert_eq!(name(0x60).as_str(), "JSI");
/// ```
pub const fn name(opcode: u8) -> Name {
    let base = match opcode {
        BRK => "BRK",
        JCI => "JCI",
        JMI => "JMI",
        JSI => "JSI",
        _ => INSTRUCTIONS[(opcode & 0x1f) as usize].name,
    }
    .as_bytes();
    let modes = match opcode {
        BRK | JCI | JMI | JSI => 0,
        // Bit 7 is part of LIT, not a mode of it.
        _ if opcode & 0x1f == 0 => opcode & !KEEP,
        _ => opcode,
    };
    let mut text = [base[0], base[1], base[2], 0, 0, 0];
    let mut length = 3;
    if modes & SHORT != 0 {
        text[length] = b'2';
        length += 1;
    }
    if modes & KEEP != 0 {
        text[length] = b'k';
        length += 1;
    }
    if modes & RETURN != 0 {
        text[length] = b'r';
        length += 1;
    }
    Name { text, length: length as u8 }
}

/// The name of an opcode: at most six ASCII characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Name {
    text: [u8; 6],
    length: u8,
}

impl Name {
    /// The name as text.
    pub const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            Err(_) => unreachable!(),
        }
    }

    /// The name as ASCII.
    pub const fn as_bytes(&self) -> &[u8] {
        self.text.split_at(self.length as usize).0
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reads a mnemonic of Uxntal: three capitals and any mix of `2`, `k` and `r`, in any order, repeats
/// allowed. `BRK` takes no modes, and the immediate jumps are not mnemonics.
///
/// ```
/// use fantail::uxn::opcode::parse;
/// assert_eq!(parse("ADDr2k"), Some(0xf8));
/// assert_eq!(parse("BRK2"), None);
/// assert_eq!(parse("JMI"), None);
/// ```
pub fn parse(mnemonic: &str) -> Option<u8> {
    if mnemonic == "BRK" {
        return Some(BRK);
    }
    let (base, modes) = mnemonic.split_at_checked(3)?;
    let row = INSTRUCTIONS.iter().position(|row| row.name == base)? as u8;
    // Bit 7 is always set in a literal.
    let mut opcode = if row == 0 { LIT } else { row };
    for mode in modes.bytes() {
        opcode |= match mode {
            b'2' => SHORT,
            b'k' => KEEP,
            b'r' => RETURN,
            _ => return None,
        };
    }
    Some(opcode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_their_names() {
        #[rustfmt::skip]
        let rows = [
            row::LIT, row::INC, row::POP, row::NIP, row::SWP, row::ROT, row::DUP, row::OVR,
            row::EQU, row::NEQ, row::GTH, row::LTH, row::JMP, row::JCN, row::JSR, row::STH,
            row::LDZ, row::STZ, row::LDR, row::STR, row::LDA, row::STA, row::DEI, row::DEO,
            row::ADD, row::SUB, row::MUL, row::DIV, row::AND, row::ORA, row::EOR, row::SFT,
        ];
        assert_eq!(rows, std::array::from_fn(|index| index as u8));
        for (name, byte) in
            [("INC", row::INC), ("ROT", row::ROT), ("JCN", row::JCN), ("DEO", row::DEO), ("SFT", row::SFT)]
        {
            assert_eq!(INSTRUCTIONS[usize::from(byte)].name, name);
        }
    }

    #[test]
    fn every_name_but_the_immediate_jumps_reads_back() {
        for opcode in 0..=255 {
            let expected = (!matches!(opcode, JCI | JMI | JSI)).then_some(opcode);
            assert_eq!(parse(name(opcode).as_str()), expected, "{opcode:02x}");
        }
    }
}
