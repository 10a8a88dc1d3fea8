//! The order that opcodes had from October to November 2021: `LIT` was 80 already, but the five opcodes that move values
//! on a stack had other numbers. Today they do something else, and mostly such a program never ends its first vector.
//!
//! Nothing in a ROM says when it was made. But a reset vector that takes from an empty stack with today's order, and
//! with the other one ends with nothing left on either stack, was made for the other.

use crate::uxn::opcode::{self, INSTRUCTIONS, KEEP, Operand, RETURN, SHORT};

/// How many instructions of a reset vector are looked at: far more than programs need to set up a screen.
const MOST_STEPS: u32 = 1 << 20;
/// A vector of fewer instructions tells too little.
const FEWEST_STEPS: u32 = 16;
/// As many writes to ports as set the colours and a vector.
const FEWEST_WRITES: u32 = 4;

/// Today's rows of `DUP NIP SWP OVR ROT`, which is their order from 03 on in 2021.
const ROWS_OF_2021: [u8; 5] = [0x06, 0x03, 0x04, 0x07, 0x05];

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
        && of_2021.stacks.iter().all(Vec::is_empty)
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

/// A reset vector, evaluated without devices: ports are bytes that keep what is written.
struct Run {
    ram: Vec<u8>,
    ports: [u8; 256],
    /// The working stack and the return stack.
    stacks: [Vec<u8>; 2],
    steps: u32,
    writes: u32,
    end: End,
}

impl Run {
    fn of(rom: &[u8], row: impl Fn(u8) -> u8) -> Run {
        let mut ram = vec![0; 0x10000];
        let main = &rom[..rom.len().min(0xff00)];
        ram[0x100..0x100 + main.len()].copy_from_slice(main);
        let stacks = [Vec::new(), Vec::new()];
        let mut run = Run { ram, ports: [0; 256], stacks, steps: 0, writes: 0, end: End::Unknown };
        let mut pc = 0x100;
        while run.steps < MOST_STEPS {
            run.steps += 1;
            match run.step(pc, &row) {
                Ok(next) => pc = next,
                Err(end) => {
                    run.end = end;
                    break;
                }
            }
        }
        run
    }

    fn step(&mut self, pc: u16, row: impl Fn(u8) -> u8) -> Result<u16, End> {
        let op = self.ram[usize::from(pc)];
        let next = pc.wrapping_add(1);
        let (is_short, side) = (op & SHORT != 0, usize::from(op & RETURN != 0));
        let width = if is_short { 2 } else { 1 };
        match op & 0x1f {
            0 if op == opcode::BRK => return Err(End::Break),
            // The immediate jumps came later.
            0 if op & KEEP == 0 => return Err(End::Unknown),
            0 => {
                let literal = self.load(next, width, 0xffff);
                self.push(side, literal, width)?;
                return Ok(next.wrapping_add(width));
            }
            _ => {}
        }
        let row = row(op & 0x1f);
        let instruction = &INSTRUCTIONS[usize::from(row)];
        let size = |operand: &Operand| match operand {
            Operand::Value => width,
            Operand::Byte => 1,
            Operand::Short => 2,
        };
        let taken: usize = instruction.pops.iter().map(|operand| usize::from(size(operand))).sum();
        let stack = &mut self.stacks[side];
        let below = stack.len().checked_sub(taken).ok_or(End::Underflow)?;
        let operands = stack[below..].to_vec();
        if op & KEEP == 0 {
            stack.truncate(below);
        }
        let mut rest = &operands[..];
        let values: Vec<u16> = instruction
            .pops
            .iter()
            .map(|operand| {
                let (value, others) = rest.split_at(usize::from(size(operand)));
                rest = others;
                value.iter().fold(0, |value, &byte| value << 8 | u16::from(byte))
            })
            .collect();
        let v = |index: usize| values[index];
        let relative = |to: u16| next.wrapping_add_signed(i16::from(to as u8 as i8));
        let jump = |to: u16| if is_short { to } else { relative(to) };
        let result = match instruction.name {
            "INC" => v(0).wrapping_add(1),
            "POP" => return Ok(next),
            "NIP" => v(1),
            "SWP" => return self.push_all(side, &[v(1), v(0)], width, next),
            "ROT" => return self.push_all(side, &[v(1), v(2), v(0)], width, next),
            "DUP" => return self.push_all(side, &[v(0), v(0)], width, next),
            "OVR" => return self.push_all(side, &[v(0), v(1), v(0)], width, next),
            "EQU" => (v(0) == v(1)).into(),
            "NEQ" => (v(0) != v(1)).into(),
            "GTH" => (v(0) > v(1)).into(),
            "LTH" => (v(0) < v(1)).into(),
            "JMP" => return Ok(jump(v(0))),
            "JCN" => return Ok(if v(0) != 0 { jump(v(1)) } else { next }),
            "JSR" => {
                self.push(1 - side, next, 2)?;
                return Ok(jump(v(0)));
            }
            "STH" => return self.push(1 - side, v(0), width).map(|()| next),
            "LDZ" => self.load(v(0), width, 0xff),
            "LDR" => self.load(relative(v(0)), width, 0xffff),
            "LDA" => self.load(v(0), width, 0xffff),
            "STZ" => return Ok(self.store(v(1), v(0), width, 0xff, next)),
            "STR" => return Ok(self.store(relative(v(1)), v(0), width, 0xffff, next)),
            "STA" => return Ok(self.store(v(1), v(0), width, 0xffff, next)),
            "DEI" => {
                let port = |offset: u8| self.ports[usize::from((v(0) as u8).wrapping_add(offset))];
                if is_short { u16::from_be_bytes([port(0), port(1)]) } else { port(0).into() }
            }
            "DEO" => {
                for (offset, byte) in (0u8..).zip(&v(0).to_be_bytes()[usize::from(2 - width)..]) {
                    self.ports[usize::from((v(1) as u8).wrapping_add(offset))] = *byte;
                }
                self.writes += 1;
                return Ok(next);
            }
            "ADD" => v(0).wrapping_add(v(1)),
            "SUB" => v(0).wrapping_sub(v(1)),
            "MUL" => v(0).wrapping_mul(v(1)),
            "DIV" => v(0).checked_div(v(1)).unwrap_or(0),
            "AND" => v(0) & v(1),
            "ORA" => v(0) | v(1),
            "EOR" => v(0) ^ v(1),
            "SFT" => v(0) >> (v(1) & 0x0f) << (v(1) >> 4),
            _ => return Err(End::Unknown),
        };
        let size = instruction.pushes.first().map_or(width, size);
        self.push(side, result, size).map(|()| next)
    }

    fn push_all(&mut self, side: usize, values: &[u16], width: u16, next: u16) -> Result<u16, End> {
        values.iter().try_for_each(|&value| self.push(side, value, width))?;
        Ok(next)
    }

    fn push(&mut self, side: usize, value: u16, width: u16) -> Result<(), End> {
        let stack = &mut self.stacks[side];
        stack.extend(&value.to_be_bytes()[usize::from(2 - width)..]);
        if stack.len() > 255 { Err(End::Underflow) } else { Ok(()) }
    }

    /// A byte or a short in memory; its second byte is found within `mask`.
    fn load(&self, address: u16, width: u16, mask: u16) -> u16 {
        let byte = |offset: u16| self.ram[usize::from(address.wrapping_add(offset) & mask)];
        if width == 2 { u16::from_be_bytes([byte(0), byte(1)]) } else { byte(0).into() }
    }

    fn store(&mut self, address: u16, value: u16, width: u16, mask: u16, next: u16) -> u16 {
        for (offset, byte) in (0u16..).zip(&value.to_be_bytes()[usize::from(2 - width)..]) {
            self.ram[usize::from(address.wrapping_add(offset) & mask)] = *byte;
        }
        next
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
