//! From Uxn instructions to WebAssembly instructions, a block at a time.
//!
//! [`Lowering`] evaluates instructions on the symbolic stacks. What is constant is folded, what only moves on a stack
//! costs nothing, and everything else becomes a computation into a fresh local. The same evaluation is how `graph`
//! finds out where control goes; what it emits there is discarded.

mod arithmetic;
mod device;
mod leave;
mod memory;
mod step;

use litemap::LiteMap;
use wasm_encoder::{InstructionSink, MemArg};

use super::stacks::{Byte, Comparison, Extent, RST, Slot, State, Value, WST};
use super::terminator::Terminator;
use crate::uxn::unit::Snapshot;

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

    /// Checks that the values of a state are in locals that exist and have not been given back.
    pub fn verify(&self, state: &State) {
        for (slot, known) in state.stacks.iter().flat_map(|slots| &slots.known) {
            for local in known.byte.locals() {
                let is_there = (local::FIRST..local::FIRST + self.count()).contains(&local);
                assert!(is_there && !self.free.contains(&local), "slot {slot} is in ${local}: {state}");
            }
        }
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
}
