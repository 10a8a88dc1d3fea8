//! The order that opcodes had from October to November 2021: `LIT` was 80 already, but the five opcodes that move values
//! on a stack had other numbers. Today they do something else, and mostly such a program never ends its first vector.
//!
//! Nothing in a ROM says when it was made. But a reset vector that takes from an empty stack with today's order, and
//! with the other one ends with nothing left on either stack, was made for the other.

use crate::uxn::RESET;
use crate::uxn::opcode::{self, KEEP, RETURN, SHORT, row};

/// How many instructions of a reset vector are looked at: more than programs need to set up a screen, and so few that
/// a page can wait for them.
const MOST_STEPS: u32 = 1 << 16;
/// A vector of fewer instructions tells too little.
const FEWEST_STEPS: u32 = 16;
/// As many writes to ports as set the colours and a vector.
const FEWEST_WRITES: u32 = 4;

/// Today's rows in the order of 2021, from 03 on.
const ROWS_OF_2021: [u8; 5] = [row::DUP, row::NIP, row::SWP, row::OVR, row::ROT];

/// Whether a ROM was made for the order of 2021, as far as its reset vector tells.
pub(super) fn is_of_2021(rom: &[u8]) -> bool {
    let of_today = Run::of(rom, |row| row);
    if of_today.end != End::Underflow {
        return false;
    }
    let of_2021 = Run::of(rom, |row| match row {
        3..=7 => ROWS_OF_2021[usize::from(row - 3)],
        _ => row,
    });
    of_2021.end == End::Break
        && of_2021.stacks.iter().all(|stack| stack.pointer == 0)
        && of_2021.steps >= FEWEST_STEPS
        && of_2021.writes >= FEWEST_WRITES
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Break,
    /// An instruction found less on a stack than it takes, or had no room.
    Underflow,
    /// There was an opcode that neither order has, or too many instructions.
    Unknown,
}

/// A stack that is not a circle.
struct Stack {
    bytes: [u8; 255],
    pointer: usize,
}

impl Stack {
    const EMPTY: Stack = Stack { bytes: [0; 255], pointer: 0 };

    fn push(&mut self, value: u16, width: usize) -> Result<(), End> {
        let room = self.bytes.get_mut(self.pointer..self.pointer + width).ok_or(End::Underflow)?;
        room.copy_from_slice(&value.to_be_bytes()[2 - width..]);
        self.pointer += width;
        Ok(())
    }

    fn pop(&mut self, width: usize) -> Result<u16, End> {
        self.pointer = self.pointer.checked_sub(width).ok_or(End::Underflow)?;
        Ok(value(&self.bytes[self.pointer..][..width]))
    }
}

fn value(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |value, &byte| value << 8 | u16::from(byte))
}

/// A reset vector, evaluated without devices: ports are bytes that keep what is written.
struct Run {
    ram: Vec<u8>,
    ports: [u8; 256],
    /// The working stack and the return stack.
    stacks: [Stack; 2],
    steps: u32,
    writes: u32,
    end: End,
}

impl Run {
    /// Evaluates with the row that `order` makes of each row.
    fn of(rom: &[u8], order: fn(u8) -> u8) -> Run {
        let mut ram = vec![0; 0x10000];
        let main = &rom[..rom.len().min(0xff00)];
        ram[RESET.into()..][..main.len()].copy_from_slice(main);
        let stacks = [Stack::EMPTY, Stack::EMPTY];
        let mut run = Run { ram, ports: [0; 256], stacks, steps: 0, writes: 0, end: End::Unknown };
        let mut pc = RESET;
        while run.steps < MOST_STEPS {
            run.steps += 1;
            match run.step(pc, order) {
                Ok(next) => pc = next,
                Err(end) => {
                    run.end = end;
                    break;
                }
            }
        }
        run
    }

    fn step(&mut self, pc: u16, order: fn(u8) -> u8) -> Result<u16, End> {
        let op = self.ram[usize::from(pc)];
        let next = pc.wrapping_add(1);
        let side = usize::from(op & RETURN != 0);
        let width = if op & SHORT != 0 { 2 } else { 1 };
        let row = order(op & 0x1f);
        if row == row::LIT {
            // The immediate jumps came later.
            if op & KEEP == 0 {
                return Err(if op == opcode::BRK { End::Break } else { End::Unknown });
            }
            let literal = self.load(next, width, 0xffff);
            self.stacks[side].push(literal, width)?;
            return Ok(next.wrapping_add(width as u16));
        }

        // The top, and what is below it.
        let stack = &mut self.stacks[side];
        let before = stack.pointer;
        let a = stack.pop(match row {
            row::LDZ..=row::STR | row::DEI | row::DEO | row::SFT => 1,
            row::LDA | row::STA => 2,
            _ => width,
        })?;
        let b = match row {
            row::INC | row::POP | row::DUP | row::JMP | row::JSR | row::STH => 0,
            row::LDZ | row::LDR | row::LDA | row::DEI => 0,
            row::JCN => stack.pop(1)?,
            _ => stack.pop(width)?,
        };
        let c = if row == row::ROT { stack.pop(width)? } else { 0 };
        if op & KEEP != 0 {
            stack.pointer = before;
        }

        let relative = |to: u16| next.wrapping_add_signed(i16::from(to as u8 as i8));
        let jump = |to: u16| if width == 2 { to } else { relative(to) };
        let mut push = |values: &[u16]| values.iter().try_for_each(|&value| stack.push(value, width));
        match row {
            row::INC => push(&[a.wrapping_add(1)])?,
            row::POP => {}
            row::NIP => push(&[a])?,
            row::SWP => push(&[a, b])?,
            row::ROT => push(&[b, a, c])?,
            row::DUP => push(&[a, a])?,
            row::OVR => push(&[b, a, b])?,
            row::EQU => stack.push((b == a).into(), 1)?,
            row::NEQ => stack.push((b != a).into(), 1)?,
            row::GTH => stack.push((b > a).into(), 1)?,
            row::LTH => stack.push((b < a).into(), 1)?,
            row::JMP => return Ok(jump(a)),
            row::JCN => return Ok(if b != 0 { jump(a) } else { next }),
            row::JSR => {
                self.stacks[1 - side].push(next, 2)?;
                return Ok(jump(a));
            }
            row::STH => self.stacks[1 - side].push(a, width)?,
            row::LDZ | row::LDR | row::LDA => {
                let (address, mask) = memory(row, a, relative);
                let value = self.load(address, width, mask);
                self.stacks[side].push(value, width)?;
            }
            row::STZ | row::STR | row::STA => {
                let (address, mask) = memory(row, a, relative);
                for (offset, &byte) in (0..).zip(&b.to_be_bytes()[2 - width..]) {
                    self.ram[usize::from(address.wrapping_add(offset) & mask)] = byte;
                }
            }
            row::DEI => {
                let bytes = [self.ports[usize::from(a)], self.ports[usize::from((a as u8).wrapping_add(1))]];
                self.stacks[side].push(value(&bytes[..width]), width)?;
            }
            row::DEO => {
                for (port, &byte) in (a..).zip(&b.to_be_bytes()[2 - width..]) {
                    self.ports[usize::from(port as u8)] = byte;
                }
                self.writes += 1;
            }
            row::ADD => push(&[b.wrapping_add(a)])?,
            row::SUB => push(&[b.wrapping_sub(a)])?,
            row::MUL => push(&[b.wrapping_mul(a)])?,
            row::DIV => push(&[b.checked_div(a).unwrap_or(0)])?,
            row::AND => push(&[b & a])?,
            row::ORA => push(&[b | a])?,
            row::EOR => push(&[b ^ a])?,
            row::SFT => push(&[b >> (a & 0x0f) << (a >> 4 & 0x0f)])?,
            _ => return Err(End::Unknown),
        }
        Ok(next)
    }

    /// A byte or a short in memory; its second byte is found within `mask`.
    fn load(&self, address: u16, width: usize, mask: u16) -> u16 {
        let byte = |offset: u16| self.ram[usize::from(address.wrapping_add(offset) & mask)];
        value(&[byte(0), byte(1)][..width])
    }
}

/// Where an instruction finds memory, and the mask of the addresses there.
fn memory(row: u8, operand: u16, relative: impl Fn(u16) -> u16) -> (u16, u16) {
    match row {
        row::LDZ | row::STZ => (operand, 0xff),
        row::LDR | row::STR => (relative(operand), 0xffff),
        _ => (operand, 0xffff),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tal::assemble;

    /// Programs as of 2021, in which the five opcodes are macros. Each sets the colours and a vector.
    const PROGRAMS: [&str; 3] = [
        // Calls and a loop with a counter on the stack.
        "#0a6f #08 DEO2 #05cf #0a DEO2 #0caf #0c DEO2 ;frame #20 DEO2
        #1000 &loop dup2 #00 rot rot STA INC2 dup2 #1100 NEQ2 ,&loop JCN POP2
        ;draw JSR2 BRK
        @draw #22 DEI2 #01 SFT2 #28 DEO2 JMP2r
        @frame BRK",
        // Values that change places, and the return stack.
        "#0000 #08 DEO2 #05cf #0a DEO2 #0caf #0c DEO2 ;frame #20 DEO2
        #12 #34 swp ovr ADD nip #10 DEO
        #0010 &more dup2 ;put JSR2 #0001 SUB2 ORAk ,&more JCN POP2 BRK
        @put ( value* -- ) STH2k nip dup #2f DEO POP STH2r POP2 JMP2r
        @frame BRK",
        // Text that is printed by a subroutine.
        "#0f0f #08 DEO2 #0f0f #0a DEO2 #0f0f #0c DEO2 ;text ;print JSR2 BRK
        @print ( text* -- ) &while LDAk dup #18 DEO POP INC2 LDAk ,&while JCN POP2 JMP2r
        @text \"Uxn 00",
    ];

    /// With the opcodes of one of the two times behind the macros' names.
    fn program(source: &str, opcodes: [u8; 5]) -> Vec<u8> {
        let mut macros = String::new();
        for (name, row) in ["dup", "nip", "swp", "ovr", "rot"].into_iter().zip(opcodes) {
            macros += &format!("%{name} {{ {row:02x} }} %{name}2 {{ {:02x} }} ", row | SHORT);
        }
        assemble(&(macros + source)).unwrap_or_else(|errors| panic!("{errors}")).rom
    }

    #[test]
    fn programs_of_2021_are_recognised_and_the_same_of_today_are_not() {
        for source in PROGRAMS {
            assert!(is_of_2021(&program(source, [3, 4, 5, 6, 7])), "{source}");
            assert!(!is_of_2021(&program(source, ROWS_OF_2021)), "{source}");
        }
    }

    #[test]
    fn what_jumps_as_one_does_today_is_of_today() {
        let rom = program(&format!("{{ JMP2r }} STH2 {}", PROGRAMS[0]), [3, 4, 5, 6, 7]);
        assert!(!is_of_2021(&rom));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        /// Random bytes hardly ever do what a program of then did.
        #[test]
        fn random_bytes_are_of_no_time(rom in proptest::collection::vec(any::<u8>(), 1..200)) {
            prop_assert!(!is_of_2021(&rom));
        }
    }
}
