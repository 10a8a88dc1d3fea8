//! What each instruction does to the symbolic stacks, and what is emitted for it.

use super::arithmetic::Binary;
use super::{Lowering, State};
use crate::uxn::compile::stacks::{Byte, Comparison, RST, Value, WST};
use crate::uxn::compile::terminator::Terminator;
use crate::uxn::opcode::{self, KEEP, RETURN, SHORT, row};

/// An instruction in memory.
#[derive(Clone, Copy)]
pub(super) struct Instruction {
    code: u8,
    pc: u16,
    /// The address after it.
    pub next: u16,
    /// The depth of the stack it takes from.
    depth: i32,
}

impl Instruction {
    pub fn is_short(&self) -> bool {
        self.code & SHORT != 0
    }

    /// The largest value.
    pub fn mask(&self) -> u32 {
        if self.is_short() { 0xffff } else { 0xff }
    }

    /// The stack it takes from.
    pub fn stack(&self) -> usize {
        if self.code & RETURN != 0 { RST } else { WST }
    }

    fn other_stack(&self) -> usize {
        if self.code & RETURN != 0 { WST } else { RST }
    }

    fn row(&self) -> u8 {
        self.code & 0x1f
    }

    fn width(&self) -> i32 {
        if self.is_short() { 2 } else { 1 }
    }
}

impl Lowering<'_> {
    /// Evaluates one instruction; the address of the next one, or how the piece ends.
    pub(super) fn step(&mut self, pc: u16) -> Result<u16, Terminator> {
        let leave = Terminator::Leave { pc };
        if self.snapshot.is_data(pc) {
            return Err(leave);
        }
        let code = self.snapshot.ram[usize::from(pc)];
        if code == opcode::BRK {
            return Err(leave);
        }
        // An instruction that ends at the end of memory, or runs over it, is the interpreter's.
        let Some(next) = pc.checked_add(opcode::length(code).into()) else { return Err(leave) };
        let mut instruction = Instruction { code, pc, next, depth: 0 };
        instruction.depth = self.state.stacks[instruction.stack()].depth;
        if matches!(code, opcode::JCI | opcode::JMI | opcode::JSI) {
            return Err(self.immediate_jump(&instruction));
        }
        self.assumptions.code.insert(pc, ());
        match instruction.row() {
            row::LIT => self.literal(&instruction),
            row::JMP | row::JCN | row::JSR => return Err(self.jump(&instruction)),
            row::LDZ | row::LDR | row::LDA => self.load_instruction(&instruction),
            row::STZ | row::STR | row::STA => self.store_instruction(&instruction),
            row::DEI | row::DEO => {
                let before = self.state.clone();
                let is_done = match instruction.row() {
                    row::DEI => self.device_input(&instruction),
                    _ => self.device_output(&instruction),
                };
                if !is_done {
                    self.state = before;
                    return Err(leave);
                }
            }
            row::INC | row::EQU..=row::LTH | row::ADD..=row::SFT => self.arithmetic(&instruction),
            _ => self.stack_operation(&instruction),
        }
        Ok(next)
    }

    /// A byte of the code: a constant, or a variable if it has been written to.
    fn operand(&mut self, address: u16) -> Byte {
        if self.snapshot.is_data(address) {
            let Value::Local(local) = self.load(Value::Const(address.into()), false, 0xffff) else {
                unreachable!("a load makes a local")
            };
            return Byte::Local(local);
        }
        self.assumptions.code.insert(address, ());
        self.assumptions.literals.insert(address, ());
        Byte::Const(self.snapshot.ram[usize::from(address)])
    }

    /// With keep mode the operands, which have been popped, stay where they are.
    pub(super) fn keep(&mut self, instruction: &Instruction) {
        if instruction.code & KEEP != 0 {
            self.state.stacks[instruction.stack()].depth = instruction.depth;
        }
    }

    /// `JCI`, `JMI` and `JSI`.
    fn immediate_jump(&mut self, &Instruction { code, pc, next, .. }: &Instruction) -> Terminator {
        if self.snapshot.is_data(pc + 1) || self.snapshot.is_data(pc + 2) {
            return Terminator::Leave { pc };
        }
        for address in pc..=pc + 2 {
            self.assumptions.code.insert(address, ());
        }
        let to = next.wrapping_add(self.snapshot.short(pc + 1));
        self.instructions += 1;
        match code {
            opcode::JCI => {
                let (_, condition) = self.pop_bytes(WST, false);
                Terminator::Branch { condition, to, from: next }
            }
            opcode::JMI => Terminator::Jump { to, from: next },
            _ => {
                self.push(RST, Value::Const(next.into()), true);
                Terminator::Call { to, from: next }
            }
        }
    }

    fn literal(&mut self, instruction: &Instruction) {
        let first = instruction.pc + 1;
        let short = instruction.is_short();
        let bytes = if short && self.snapshot.is_data(first) && self.snapshot.is_data(first + 1) {
            let value = self.load(Value::Const(first.into()), true, 0xffff);
            let Value::Local(local) = value else { unreachable!("a load makes a local") };
            (Byte::High(local), Byte::Low(local))
        } else if short {
            (self.operand(first), self.operand(first + 1))
        } else {
            (Byte::Const(0), self.operand(first))
        };
        self.push_bytes(instruction.stack(), bytes, short);
    }

    /// `JMP`, `JCN` and `JSR`. A conditional jump to an address that is not known is the interpreter's.
    fn jump(&mut self, instruction: &Instruction) -> Terminator {
        let &Instruction { pc, next, .. } = instruction;
        let (stack, short) = (instruction.stack(), instruction.is_short());
        let is_conditional = instruction.row() == row::JCN;
        let before = is_conditional.then(|| self.state.clone());
        let target = match self.pop(stack, short) {
            Value::Const(target) if short => Value::Const(target),
            Value::Const(distance) => {
                Value::Const(next.wrapping_add_signed((distance as u8 as i8).into()).into())
            }
            Value::Local(_) if let Some(before) = before => {
                self.state = before;
                return Terminator::Leave { pc };
            }
            target if short => target,
            distance => self.relative(distance, next),
        };
        let condition = is_conditional.then(|| self.pop_bytes(stack, false).1);
        self.keep(instruction);
        self.instructions += 1;
        if let (Some(condition), Value::Const(to)) = (condition, target) {
            return Terminator::Branch { condition, to: to as u16, from: next };
        }
        let other = instruction.other_stack();
        let is_call = instruction.row() == row::JSR;
        if is_call {
            self.push(other, Value::Const(next.into()), true);
        }
        match target {
            // With return mode the address is on the working stack: no call that comes back.
            Value::Const(to) if is_call && other == RST => Terminator::Call { to: to as u16, from: next },
            Value::Const(to) => Terminator::Jump { to: to as u16, from: next },
            target => Terminator::Computed { target, from: next },
        }
    }

    /// `LDZ`, `LDR` and `LDA`.
    fn load_instruction(&mut self, instruction: &Instruction) {
        let (stack, short) = (instruction.stack(), instruction.is_short());
        let operand = self.pop(stack, instruction.row() == row::LDA);
        self.keep(instruction);
        let (address, wrap) = self.address(instruction, operand);
        let value = self.load(address, short, wrap);
        self.push(stack, value, short);
    }

    /// `STZ`, `STR` and `STA`.
    fn store_instruction(&mut self, instruction: &Instruction) {
        let (stack, short) = (instruction.stack(), instruction.is_short());
        let before: State = self.state.clone();
        let operand = self.pop(stack, instruction.row() == row::STA);
        let value = self.pop_bytes(stack, short);
        self.keep(instruction);
        let (address, wrap) = self.address(instruction, operand);
        self.store(address, value, short, wrap, instruction.pc, &before);
    }

    /// Where a load or a store goes, and the mask of the addresses there.
    fn address(&mut self, instruction: &Instruction, operand: Value) -> (Value, u32) {
        match instruction.row() {
            row::LDZ | row::STZ => (operand, 0xff),
            row::LDR | row::STR => (self.relative(operand, instruction.next), 0xffff),
            _ => (operand, 0xffff),
        }
    }

    /// What computes a result from one or two values.
    fn arithmetic(&mut self, instruction: &Instruction) {
        let (stack, short, mask) = (instruction.stack(), instruction.is_short(), instruction.mask());
        let row = instruction.row();
        let b = match row {
            row::INC => Value::Const(1),
            row::SFT => self.pop(stack, false),
            _ => self.pop(stack, short),
        };
        let a = self.pop(stack, short);
        self.keep(instruction);
        let comparison = match row {
            row::EQU => Some(Comparison::Equal),
            row::NEQ => Some(Comparison::NotEqual),
            row::GTH => Some(Comparison::Greater),
            row::LTH => Some(Comparison::Less),
            _ => None,
        };
        if let Some(comparison) = comparison {
            let flag = self.compare(comparison, a, b);
            return self.push_byte(stack, flag);
        }
        let value = match row {
            row::INC | row::ADD => self.binary(Binary::Add, a, b, mask),
            row::SUB => self.binary(Binary::Sub, a, b, mask),
            row::MUL => self.binary(Binary::Mul, a, b, mask),
            row::DIV => self.divide(a, b),
            row::AND => self.binary(Binary::And, a, b, mask),
            row::ORA => self.binary(Binary::Or, a, b, mask),
            row::EOR => self.binary(Binary::Xor, a, b, mask),
            _ => self.shift(a, b, mask),
        };
        self.push(stack, value, short);
    }

    /// Moves values: nothing is emitted, unless a value is still in memory.
    fn stack_operation(&mut self, instruction: &Instruction) {
        let (stack, short) = (instruction.stack(), instruction.is_short());
        macro_rules! pop {
            ($($value:ident)*) => {
                $(let $value = self.pop_bytes(stack, short);)*
                self.keep(instruction);
            };
        }
        macro_rules! push {
            ($($value:ident)*) => {{ $(self.push_bytes(stack, $value, short);)* }};
        }
        match instruction.row() {
            row::POP => {
                self.skip(instruction);
                self.keep(instruction);
            }
            row::NIP => {
                let b = self.pop_bytes(stack, short);
                self.skip(instruction);
                self.keep(instruction);
                push!(b);
            }
            row::SWP => {
                pop!(b a);
                push!(b a);
            }
            row::ROT => {
                pop!(c b a);
                push!(b c a);
            }
            row::DUP => {
                pop!(a);
                push!(a a);
            }
            row::OVR => {
                pop!(b a);
                push!(a b a);
            }
            _ => {
                pop!(a);
                self.push_bytes(instruction.other_stack(), a, short);
            }
        }
    }

    /// Pops without reading. The slots must be there all the same.
    fn skip(&mut self, instruction: &Instruction) {
        let stack = instruction.stack();
        let slots = &mut self.state.stacks[stack];
        slots.depth -= instruction.width();
        self.extent.low[stack] = self.extent.low[stack].min(slots.depth);
    }
}
