//! From Uxn instructions to WebAssembly instructions, a block at a time.
//!
//! [`Lowering`] evaluates instructions on the symbolic stacks. What is constant is folded, what only moves on a stack
//! costs nothing, and everything else becomes a computation into a fresh local. The same evaluation is how `graph`
//! finds out where control goes; what it emits there is discarded.

mod arithmetic;
mod leave;
mod memory;

use litemap::LiteMap;
use wasm_encoder::{BlockType, InstructionSink, MemArg};

use arithmetic::Binary;

use super::stacks::{Byte, Comparison, Extent, RST, Slot, State, Value, WST};
use super::terminator::Terminator;
use crate::uxn::opcode::{self, KEEP, RETURN, SHORT};
use crate::uxn::unit::Snapshot;
use crate::uxn::{PLAIN, QUIET};

/// The parameters of a compiled function, and two locals that each of them has.
pub(super) mod local {
    /// Free slots of the working stack at the entry, as in the machine's `Stack`.
    pub const WST: u32 = 0;
    /// The same of the return stack.
    pub const RST: u32 = 1;
    /// The fuel, biased by the program counter, as in the handlers.
    pub const FUEL: u32 = 2;
    /// `WST << 8 | RST`.
    pub const FREE: u32 = 3;
    /// What a called function returned: 64 bits.
    pub const RESULT: u32 = 4;
    /// The first of those that values are kept in.
    pub const FIRST: u32 = 5;
}

/// The functions that a compiled module imports, as [`IMPORTS`](crate::uxn::unit::IMPORTS) has them.
pub(super) mod import {
    /// Goes on at the program counter, in compiled code if there is some. A handler.
    pub const ARRIVE: u32 = 0;
    /// Goes on at the program counter with the interpreter. A handler.
    pub const DISPATCH: u32 = 1;
    /// `(machine, port) -> value`; bit 8 of the port asks for a short.
    pub const DEI: u32 = 2;
    /// `(machine, registers, fuel, port, value) -> fuel`, or 0 if the machine has stopped and saved itself.
    pub const DEO: u32 = 3;
    /// How many there are: the first function of the module itself.
    pub const COUNT: u32 = 4;
}

/// What a function returns when the machine has stopped and saved itself.
pub(super) const STOPPED: i64 = -1;

/// Bytes of side exits in a block after which memory gets all that the stacks hold. Side exits after that write only what
/// changed since, so the code of a block does not grow with the square of its length.
const SIDE_EXITS: usize = 8 << 10;

/// The locals of a function.
#[derive(Default)]
pub(super) struct Locals {
    /// The largest value each of them can have, from [`local::FIRST`] on.
    bounds: Vec<u32>,
    /// Those whose values nobody needs any more.
    free: Vec<u32>,
}

impl Locals {
    pub fn count(&self) -> u32 {
        self.bounds.len() as u32
    }

    pub fn allocate(&mut self, bound: u32) -> u32 {
        if let Some(local) = self.free.pop() {
            self.bounds[(local - local::FIRST) as usize] = bound;
            return local;
        }
        self.bounds.push(bound);
        local::FIRST + self.count() - 1
    }

    fn bound(&self, value: Value) -> u32 {
        match value {
            Value::Const(value) => value,
            Value::Local(local) => self.bounds[(local - local::FIRST) as usize],
        }
    }
}

/// A set of addresses.
pub(super) type Addresses = LiteMap<u16, ()>;

/// What the code of a module relies on.
#[derive(Default)]
pub(super) struct Assumptions {
    /// Addresses of bytes that are part of the code: opcodes, literals, distances.
    pub code: Addresses,
    /// Of these, the literals.
    pub literals: Addresses,
    /// Addresses that it writes to without looking whether there is code.
    pub data: Addresses,
}

/// The evaluation of one block.
pub(super) struct Lowering<'a> {
    pub snapshot: &'a Snapshot<'a>,
    pub state: State,
    pub extent: Extent,
    pub locals: &'a mut Locals,
    pub assumptions: &'a mut Assumptions,
    /// The WebAssembly instructions, encoded.
    pub code: Vec<u8>,
    /// Fuel that must be left wherever it is looked at: what the longest way to the next look costs.
    pub margin: u32,
    /// Locals allocated here.
    allocated: Vec<u32>,
    /// Instructions evaluated.
    pub instructions: u32,
    /// Bytes of side exits since memory got all that the stacks hold.
    side_exits: usize,
}

impl<'a> Lowering<'a> {
    pub fn new(
        snapshot: &'a Snapshot<'a>,
        state: State,
        locals: &'a mut Locals,
        assumptions: &'a mut Assumptions,
        margin: u32,
    ) -> Self {
        Lowering {
            snapshot,
            state,
            extent: Extent::NONE,
            locals,
            assumptions,
            code: Vec::with_capacity(256),
            margin,
            allocated: Vec::new(),
            instructions: 0,
            side_exits: 0,
        }
    }

    /// Evaluates from `pc` on, up to a jump, up to an instruction that is the interpreter's, or to where `stop` says that
    /// the block ends. Nothing else ends a block, so that discovery and lowering come to the same end.
    pub fn run(&mut self, mut pc: u16, mut stop: impl FnMut(u16, &State) -> bool) -> Terminator {
        loop {
            match self.step(pc) {
                Ok(next) => {
                    self.instructions += 1;
                    if stop(next, &self.state) {
                        return Terminator::Fall { to: next };
                    }
                    if self.side_exits > SIDE_EXITS {
                        self.flush_all();
                    }
                    pc = next;
                }
                Err(terminator) => return terminator,
            }
        }
    }

    /// Gives the locals back that no slot holds.
    pub fn release(&mut self) {
        let mut used: Vec<u32> = Vec::new();
        for slots in &self.state.stacks {
            used.extend(slots.known.values().flat_map(|slot| slot.byte.locals()));
        }
        let free = self.allocated.drain(..).filter(|local| !used.contains(local));
        self.locals.free.extend(free);
    }

    // ---- Output ----

    pub fn emit(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    fn constant(&mut self, value: u32) {
        self.emit().i32_const(value as i32);
    }

    fn local_get(&mut self, local: u32) {
        self.emit().local_get(local);
    }

    /// Takes the top of WebAssembly's stack into a fresh local.
    fn set(&mut self, bound: u32) -> Value {
        let local = self.locals.allocate(bound);
        self.allocated.push(local);
        self.emit().local_set(local);
        Value::Local(local)
    }

    pub fn get(&mut self, value: Value) {
        match value {
            Value::Const(value) => self.constant(value),
            Value::Local(local) => self.local_get(local),
        }
    }

    fn get_byte(&mut self, byte: Byte) {
        match byte {
            Byte::Const(byte) => self.constant(byte.into()),
            Byte::Local(local) => self.local_get(local),
            Byte::High(local) => {
                self.emit().local_get(local).i32_const(8).i32_shr_u();
            }
            Byte::Low(local) => {
                self.emit().local_get(local).i32_const(0xff).i32_and();
            }
            Byte::Flag(comparison, a, b) => {
                self.get(a);
                self.get(b);
                let mut emit = self.emit();
                match comparison {
                    Comparison::Equal => emit.i32_eq(),
                    Comparison::NotEqual => emit.i32_ne(),
                    Comparison::Greater => emit.i32_gt_u(),
                    Comparison::Less => emit.i32_lt_u(),
                };
            }
        }
    }

    /// Leaves a number on WebAssembly's stack that is not 0 if the byte is not.
    pub fn get_condition(&mut self, byte: Byte) {
        match byte {
            Byte::High(local) => {
                self.emit().local_get(local).i32_const(0xff00).i32_and();
            }
            _ => self.get_byte(byte),
        }
    }

    pub fn byte_value(&mut self, byte: Byte) -> Value {
        match byte {
            Byte::Const(byte) => Value::Const(byte.into()),
            Byte::Local(local) => Value::Local(local),
            Byte::High(_) | Byte::Low(_) => {
                self.get_byte(byte);
                self.set(0xff)
            }
            Byte::Flag(..) => {
                self.get_byte(byte);
                self.set(1)
            }
        }
    }

    /// Leaves the short of two bytes on WebAssembly's stack.
    pub fn get_short(&mut self, high: Byte, low: Byte) {
        match (high, low) {
            (Byte::Const(high), Byte::Const(low)) => self.constant(u16::from_be_bytes([high, low]).into()),
            (Byte::High(local), Byte::Low(other)) if local == other => {
                self.emit().local_get(local);
            }
            (Byte::Const(0), low) => self.get_byte(low),
            _ => {
                match high {
                    Byte::Const(high) => self.constant(u32::from(high) << 8),
                    Byte::High(local) => {
                        self.emit().local_get(local).i32_const(0xff00).i32_and();
                    }
                    _ => {
                        self.get_byte(high);
                        self.emit().i32_const(8).i32_shl();
                    }
                }
                if low != Byte::Const(0) {
                    self.get_byte(low);
                    self.emit().i32_or();
                }
            }
        }
    }

    fn short_value(&mut self, high: Byte, low: Byte) -> Value {
        match (high, low) {
            (Byte::Const(high), Byte::Const(low)) => Value::Const(u16::from_be_bytes([high, low]).into()),
            (Byte::High(local), Byte::Low(other)) if local == other => Value::Local(local),
            (Byte::Const(0), low) => self.byte_value(low),
            _ => {
                self.get_short(high, low);
                self.set(0xffff)
            }
        }
    }

    // ---- The stacks ----

    /// The address in WebAssembly's memory of a slot, less the free slots at the entry.
    fn slot(&self, stack: usize, slot: i32) -> u64 {
        u64::from(self.snapshot.stacks[stack]).wrapping_add_signed(-i64::from(slot))
    }

    fn stack_memory(&self, stack: usize, slot: i32, align: u32) -> MemArg {
        MemArg { offset: self.slot(stack, slot), align, memory_index: 0 }
    }

    /// The byte in a slot, from memory if need be.
    fn read(&mut self, stack: usize, slot: i32) -> Byte {
        self.extent.low[stack] = self.extent.low[stack].min(slot);
        if let Some(known) = self.state.stacks[stack].known.get(&slot) {
            return known.byte;
        }
        self.emit().local_get(stack as u32);
        let memory = self.stack_memory(stack, slot, 0);
        self.emit().i32_load8_u(memory);
        let Value::Local(local) = self.set(0xff) else { unreachable!("`set` makes a local") };
        let byte = Byte::Local(local);
        self.state.stacks[stack].known.insert(slot, Slot { byte, dirty: false });
        byte
    }

    /// The two bytes in a slot and the one above it.
    fn read_pair(&mut self, stack: usize, slot: i32) -> (Byte, Byte) {
        let known = &self.state.stacks[stack].known;
        if known.contains_key(&slot) || known.contains_key(&(slot + 1)) {
            return (self.read(stack, slot), self.read(stack, slot + 1));
        }
        self.extent.low[stack] = self.extent.low[stack].min(slot);
        self.emit().local_get(stack as u32);
        let memory = self.stack_memory(stack, slot + 1, 0);
        self.emit().i32_load16_u(memory);
        let Value::Local(local) = self.set(0xffff) else { unreachable!("`set` makes a local") };
        let (high, low) = (Byte::High(local), Byte::Low(local));
        let known = &mut self.state.stacks[stack].known;
        known.insert(slot, Slot { byte: high, dirty: false });
        known.insert(slot + 1, Slot { byte: low, dirty: false });
        (high, low)
    }

    /// The byte in a slot, or the two bytes in it and the one above it.
    pub fn bytes(&mut self, stack: usize, slot: i32, short: bool) -> (Byte, Byte) {
        if short { self.read_pair(stack, slot) } else { (Byte::Const(0), self.read(stack, slot)) }
    }

    fn pop_bytes(&mut self, stack: usize, short: bool) -> (Byte, Byte) {
        let depth = self.state.stacks[stack].depth - if short { 2 } else { 1 };
        self.state.stacks[stack].depth = depth;
        self.bytes(stack, depth, short)
    }

    fn pop(&mut self, stack: usize, short: bool) -> Value {
        let (high, low) = self.pop_bytes(stack, short);
        if short { self.short_value(high, low) } else { self.byte_value(low) }
    }

    fn push_byte(&mut self, stack: usize, byte: Byte) {
        let slots = &mut self.state.stacks[stack];
        let slot = slots.depth;
        slots.push(byte);
        self.extent.low[stack] = self.extent.low[stack].min(slot);
        self.extent.written[stack] = self.extent.written[stack].min(slot);
        self.extent.high[stack] = self.extent.high[stack].max(slot + 1);
    }

    fn push_bytes(&mut self, stack: usize, (high, low): (Byte, Byte), short: bool) {
        if short {
            self.push_byte(stack, high);
        }
        self.push_byte(stack, low);
    }

    fn push(&mut self, stack: usize, value: Value, short: bool) {
        let bytes = match value {
            Value::Const(value) => {
                let [high, low] = (value as u16).to_be_bytes();
                (Byte::Const(high), Byte::Const(low))
            }
            Value::Local(local) if !short || self.locals.bound(value) <= 0xff => {
                (Byte::Const(0), Byte::Local(local))
            }
            Value::Local(local) => (Byte::High(local), Byte::Low(local)),
        };
        self.push_bytes(stack, bytes, short);
    }

    /// Writes the slots that memory does not have and for which `which` is true.
    pub fn flush(&mut self, state: &State, which: impl Fn(usize, i32) -> bool) {
        for stack in [WST, RST] {
            let known = &state.stacks[stack].known;
            let mut slots = known.iter().peekable();
            while let Some((&index, slot)) = slots.next() {
                if !slot.dirty || !which(stack, index) {
                    continue;
                }
                self.emit().local_get(stack as u32);
                let pair = slots.next_if(|&(&next, above)| {
                    let is_short = slot.byte.is_high_of(above.byte)
                        || matches!((slot.byte, above.byte), (Byte::Const(_), Byte::Const(_)));
                    next == index + 1 && above.dirty && which(stack, next) && is_short
                });
                if let Some((&next, above)) = pair {
                    self.get_short(slot.byte, above.byte);
                    let memory = self.stack_memory(stack, next, 0);
                    self.emit().i32_store16(memory);
                } else {
                    match slot.byte {
                        // The store takes the low byte of it.
                        Byte::Low(local) => self.local_get(local),
                        byte => self.get_byte(byte),
                    }
                    let memory = self.stack_memory(stack, index, 0);
                    self.emit().i32_store8(memory);
                }
            }
        }
    }

    /// Writes all slots that memory does not have, and goes on with the values that it has.
    fn flush_all(&mut self) {
        let state = self.state.clone();
        self.flush(&state, |_, _| true);
        for slots in &mut self.state.stacks {
            slots.known.iter_mut().for_each(|(_, slot)| slot.dirty = false);
        }
        self.side_exits = 0;
    }

    // ---- Instructions ----

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

    /// Evaluates one instruction; the address of the next one, or how the piece ends.
    fn step(&mut self, pc: u16) -> Result<u16, Terminator> {
        let leave = Terminator::Leave { pc };
        if self.snapshot.is_data(pc) {
            return Err(leave);
        }
        let code = self.snapshot.ram[usize::from(pc)];
        let row = code & 0x1f;
        let length = match code {
            opcode::BRK => return Err(leave),
            opcode::JCI | opcode::JMI | opcode::JSI => 3,
            _ if row == 0 => 2 + u16::from(code & SHORT != 0),
            _ => 1,
        };
        // An instruction that ends at the end of memory, or runs over it, is the interpreter's.
        let Some(next) = pc.checked_add(length) else { return Err(leave) };
        let short = code & SHORT != 0;
        let mask = if short { 0xffff } else { 0xff };

        if matches!(code, opcode::JCI | opcode::JMI | opcode::JSI) {
            if self.snapshot.is_data(pc + 1) || self.snapshot.is_data(pc + 2) {
                return Err(leave);
            }
            for address in pc..=pc + 2 {
                self.assumptions.code.insert(address, ());
            }
            let to = next.wrapping_add(self.snapshot.short(pc + 1));
            self.instructions += 1;
            return Err(match code {
                opcode::JCI => {
                    let (_, condition) = self.pop_bytes(WST, false);
                    Terminator::Branch { condition, to, from: next }
                }
                opcode::JMI => Terminator::Jump { to, from: next },
                _ => {
                    self.push(RST, Value::Const(next.into()), true);
                    Terminator::Call { to, from: next }
                }
            });
        }
        self.assumptions.code.insert(pc, ());
        if row == 0 {
            let stack = if code & RETURN != 0 { RST } else { WST };
            let bytes = if short && self.snapshot.is_data(pc + 1) && self.snapshot.is_data(pc + 2) {
                let value = self.load(Value::Const((pc + 1).into()), true, 0xffff);
                let Value::Local(local) = value else { unreachable!("a load makes a local") };
                (Byte::High(local), Byte::Low(local))
            } else if short {
                (self.operand(pc + 1), self.operand(pc + 2))
            } else {
                (Byte::Const(0), self.operand(pc + 1))
            };
            self.push_bytes(stack, bytes, short);
            return Ok(next);
        }

        let (stack, other) = if code & RETURN != 0 { (RST, WST) } else { (WST, RST) };
        // Before anything is popped, for instructions that may turn out to be the interpreter's.
        let before = match row {
            0x0d | 0x11 | 0x13 | 0x15 | 0x16 | 0x17 => Some(self.state.clone()),
            _ => None,
        };
        let depth = self.state.stacks[stack].depth;
        // With keep mode the operands stay where they are.
        macro_rules! popped {
            () => {
                if code & KEEP != 0 {
                    self.state.stacks[stack].depth = depth;
                }
            };
        }
        macro_rules! arithmetic {
            ($operation:ident) => {{
                let b = self.pop(stack, short);
                let a = self.pop(stack, short);
                popped!();
                let value = self.binary(Binary::$operation, a, b, mask);
                self.push(stack, value, short);
            }};
        }
        macro_rules! comparison {
            ($comparison:ident) => {{
                let b = self.pop(stack, short);
                let a = self.pop(stack, short);
                popped!();
                let flag = self.compare(Comparison::$comparison, a, b);
                self.push_byte(stack, flag);
            }};
        }
        match row {
            // INC
            0x01 => {
                let a = self.pop(stack, short);
                popped!();
                let value = self.binary(Binary::Add, a, Value::Const(1), mask);
                self.push(stack, value, short);
            }
            // POP
            0x02 => {
                // Nothing is read, but the slots must be there.
                let depth = depth - if short { 2 } else { 1 };
                self.state.stacks[stack].depth = depth;
                self.extent.low[stack] = self.extent.low[stack].min(depth);
                popped!();
            }
            // NIP
            0x03 => {
                let b = self.pop_bytes(stack, short);
                let depth = self.state.stacks[stack].depth - if short { 2 } else { 1 };
                self.state.stacks[stack].depth = depth;
                self.extent.low[stack] = self.extent.low[stack].min(depth);
                popped!();
                self.push_bytes(stack, b, short);
            }
            // SWP
            0x04 => {
                let b = self.pop_bytes(stack, short);
                let a = self.pop_bytes(stack, short);
                popped!();
                self.push_bytes(stack, b, short);
                self.push_bytes(stack, a, short);
            }
            // ROT
            0x05 => {
                let c = self.pop_bytes(stack, short);
                let b = self.pop_bytes(stack, short);
                let a = self.pop_bytes(stack, short);
                popped!();
                self.push_bytes(stack, b, short);
                self.push_bytes(stack, c, short);
                self.push_bytes(stack, a, short);
            }
            // DUP
            0x06 => {
                let a = self.pop_bytes(stack, short);
                popped!();
                self.push_bytes(stack, a, short);
                self.push_bytes(stack, a, short);
            }
            // OVR
            0x07 => {
                let b = self.pop_bytes(stack, short);
                let a = self.pop_bytes(stack, short);
                popped!();
                self.push_bytes(stack, a, short);
                self.push_bytes(stack, b, short);
                self.push_bytes(stack, a, short);
            }
            0x08 => comparison!(Equal),
            0x09 => comparison!(NotEqual),
            0x0a => comparison!(Greater),
            0x0b => comparison!(Less),
            // JMP, JCN, JSR
            0x0c..=0x0e => {
                let target = self.pop(stack, short);
                let target = match target {
                    Value::Const(target) if short => Value::Const(target),
                    Value::Const(target) => {
                        Value::Const(next.wrapping_add_signed((target as u8 as i8).into()).into())
                    }
                    _ if row == 0x0d => {
                        self.state = before.unwrap_or_default();
                        return Err(leave);
                    }
                    _ if short => target,
                    _ => self.relative(target, next),
                };
                let condition = (row == 0x0d).then(|| self.pop_bytes(stack, false).1);
                popped!();
                self.instructions += 1;
                return Err(match (condition, target) {
                    (Some(condition), Value::Const(to)) => {
                        Terminator::Branch { condition, to: to as u16, from: next }
                    }
                    (_, target) => {
                        if row == 0x0e {
                            self.push(other, Value::Const(next.into()), true);
                        }
                        match target {
                            // With return mode the address is on the working stack: no call that comes back.
                            Value::Const(to) if row == 0x0e && other == RST => {
                                Terminator::Call { to: to as u16, from: next }
                            }
                            Value::Const(to) => Terminator::Jump { to: to as u16, from: next },
                            target => Terminator::Computed { target, from: next },
                        }
                    }
                });
            }
            // STH
            0x0f => {
                let a = self.pop_bytes(stack, short);
                popped!();
                self.push_bytes(other, a, short);
            }
            // LDZ, LDR, LDA
            0x10 | 0x12 | 0x14 => {
                let address = self.pop(stack, row == 0x14);
                popped!();
                let (address, wrap) = match row {
                    0x10 => (address, 0xff),
                    0x12 => (self.relative(address, next), 0xffff),
                    _ => (address, 0xffff),
                };
                let value = self.load(address, short, wrap);
                self.push(stack, value, short);
            }
            // STZ, STR, STA
            0x11 | 0x13 | 0x15 => {
                let address = self.pop(stack, row == 0x15);
                let value = self.pop_bytes(stack, short);
                popped!();
                let (address, wrap) = match row {
                    0x11 => (address, 0xff),
                    0x13 => (self.relative(address, next), 0xffff),
                    _ => (address, 0xffff),
                };
                let before = before.unwrap_or_default();
                self.store(address, value, short, wrap, pc, &before);
            }
            // DEI
            0x16 => {
                let Value::Const(port) = self.pop(stack, false) else {
                    self.state = before.unwrap_or_default();
                    return Err(leave);
                };
                popped!();
                let port = port as u8;
                if self.snapshot.has(PLAIN, port, short) {
                    self.plain_port(port);
                    if short {
                        self.constant(8);
                        self.emit().i32_shl();
                        self.plain_port(port.wrapping_add(1));
                        self.emit().i32_or();
                    }
                } else if self.snapshot.has(QUIET, port, short) {
                    self.constant(self.snapshot.machine);
                    self.port(port, short);
                    self.emit().call(import::DEI);
                } else {
                    self.state = before.unwrap_or_default();
                    return Err(leave);
                }
                let value = self.set(mask);
                self.push(stack, value, short);
            }
            // DEO
            0x17 => {
                let Value::Const(port) = self.pop(stack, false) else {
                    self.state = before.unwrap_or_default();
                    return Err(leave);
                };
                let (high, low) = self.pop_bytes(stack, short);
                popped!();
                if !self.snapshot.has(QUIET, port as u8, short) {
                    self.state = before.unwrap_or_default();
                    return Err(leave);
                }
                let after = self.state.clone();
                self.constant(self.snapshot.machine);
                self.get_registers(&after, next.into());
                self.emit().local_get(local::FUEL);
                self.port(port as u8, short);
                self.get_short(if short { high } else { Byte::Const(0) }, low);
                self.emit().call(import::DEO).local_tee(local::FUEL);
                self.constant(u32::from(next) + self.margin);
                self.emit()
                    .i32_le_s()
                    .if_(BlockType::Empty)
                    .local_get(local::FUEL)
                    .i32_eqz()
                    .if_(BlockType::Empty);
                self.side_exit(|lowering| {
                    lowering.flush(&after, |_, _| true);
                    lowering.emit().i64_const(STOPPED).return_().end();
                });
                self.leave(&after, Value::Const(next.into()));
                self.emit().end();
            }
            0x18 => arithmetic!(Add),
            0x19 => arithmetic!(Sub),
            0x1a => arithmetic!(Mul),
            // DIV
            0x1b => {
                let b = self.pop(stack, short);
                let a = self.pop(stack, short);
                popped!();
                let value = self.divide(a, b);
                self.push(stack, value, short);
            }
            0x1c => arithmetic!(And),
            0x1d => arithmetic!(Or),
            0x1e => arithmetic!(Xor),
            // SFT
            _ => {
                let shift = self.pop(stack, false);
                let a = self.pop(stack, short);
                popped!();
                let value = self.shift(a, shift, mask);
                self.push(stack, value, short);
            }
        }
        Ok(next)
    }
}
