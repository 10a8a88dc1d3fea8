//! What each opcode does, written once for all modes and both dispatchers.
//!
//! [`execute`] takes the opcode as a constant, so each of its instances is the few instructions of one
//! opcode. It is generic in one more thing: `WRAP` says how the stacks are reached. With `WRAP` every index is
//! taken modulo 256, as the specification has it. Without, the caller has asked [`Cpu::in_range`] before,
//! and a short is one unaligned access; all but a few instructions in a program's life go that way.

#![allow(unsafe_code)]

use std::mem::offset_of;
use std::ops::ControlFlow;
use std::ptr::with_exposed_provenance_mut;

use super::opcode::{self, KEEP, RETURN, SHORT, row};
use super::{RAM_SIZE, Stop, Uxn};

/// The registers of a running machine. They live in the host's registers: dispatchers build a `Cpu` from
/// their parameters and take it apart again, and nothing takes its address in between.
///
/// Invariants, on which the unchecked accesses rest:
/// - `uxn` points to a machine that nothing else refers to while the dispatcher runs, except during the
///   calls of [`Devices`](super::Devices), which borrow it in turn;
/// - `wst`, `rst` <= 255, as in [`Stack`](super::Stack): the index of the next free slot, counting down;
/// - `pc` <= 0xffff + [`GUARD`](super::GUARD) - 1, so `ram[pc]` exists; at most 0xffff after a jump.
#[derive(Clone, Copy)]
pub(super) struct Cpu {
    pub uxn: *mut Uxn,
    pub pc: usize,
    pub wst: usize,
    pub rst: usize,
    /// Where the fuel ends if the code goes straight on: `pc` plus what is left. Straight code pays for its bytes
    /// by moving `pc`, and nothing else has to be counted.
    pub limit: i32,
}

/// The most fuel in [`Cpu::limit`] at once. 31 bits less what `pc` and a deficit may be would do; but a function of
/// WebAssembly that is optimised while it runs goes on as it was until it is called again, and this is when.
const MOST: u32 = 1 << 18;

/// One of the 256 opcodes as a type, so that what is generic over it can name other opcodes in turn.
pub(super) trait Opcode {
    const CODE: u8;
}

/// The type of each [`Opcode`].
pub(super) struct Op<const CODE: u8>;

impl<const CODE: u8> Opcode for Op<CODE> {
    const CODE: u8 = CODE;
}

/// Where control goes after an instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// To the instruction behind it.
    Following,
    /// To another place. That is paid for; whether anything is [left](Cpu::left) has to be seen.
    Jumped,
    /// Out of the dispatcher.
    Stopped(Stop),
}

impl Cpu {
    /// The registers as the last stop left them, with the program counter at a place of the caller's choice.
    pub fn load(uxn: &mut Uxn, pc: usize) -> Cpu {
        let (wst, rst) = (usize::from(uxn.wst.free), usize::from(uxn.rst.free));
        let fuel = uxn.fuel.min(MOST);
        uxn.reserve = uxn.fuel - fuel;
        Cpu { uxn, pc, wst, rst, limit: fuel as i32 + pc as i32 }
    }

    /// The fuel left in `limit`. Negative for a deficit.
    #[inline(always)]
    pub fn left(&self) -> i32 {
        self.limit - self.pc as i32
    }

    /// Saves everything for the next run.
    ///
    /// # Safety
    /// The invariants of [`Cpu`].
    #[inline(always)]
    pub unsafe fn save(&self, stop: Stop) {
        // SAFETY: nothing else refers to the machine.
        let uxn = unsafe { &mut *self.uxn };
        uxn.pc = self.pc as u16;
        uxn.wst.free = self.wst as u8;
        uxn.rst.free = self.rst as u8;
        uxn.fuel = (i64::from(self.left()) + i64::from(uxn.reserve)).max(0) as u32;
        uxn.stop = stop;
    }

    /// The opcode at the program counter, which moves on.
    ///
    /// # Safety
    /// The invariants of [`Cpu`].
    #[inline(always)]
    pub unsafe fn fetch(&mut self) -> u8 {
        // SAFETY: `pc` is inside memory or the guard behind it.
        let opcode = unsafe { self.peek() };
        self.pc += 1;
        opcode
    }

    /// The opcode at the program counter.
    ///
    /// # Safety
    /// The invariants of [`Cpu`].
    #[inline(always)]
    pub unsafe fn peek(&self) -> u8 {
        debug_assert!(self.pc < RAM_SIZE + super::GUARD);
        // SAFETY: `pc` is inside memory or the guard behind it.
        unsafe { self.uxn.cast::<u8>().add(self.pc).read() }
    }

    /// Whether an opcode stays inside both stacks: no index below 0 or above 255 is touched, and the
    /// pointers do not wrap. One comparison for each stack that the opcode uses.
    #[cfg(feature = "tailcall")]
    #[inline(always)]
    pub fn in_range<O: Opcode>(&self) -> bool {
        let effect = const { opcode::effect(O::CODE) };
        let (source, other) = if effect.from_return { (self.rst, self.wst) } else { (self.wst, self.rst) };
        // Free slots needed below: pushes, less what the pops set free.
        let room = if effect.keep { effect.pushes } else { effect.pushes.saturating_sub(effect.pops) };
        let (room, pops) = (usize::from(room), usize::from(effect.pops));
        let source_fits = if room == 0 && pops == 0 {
            true
        } else if room == 0 {
            source <= 255 - pops
        } else if pops == 0 {
            source >= room
        } else {
            source.wrapping_sub(room) <= 255 - pops - room
        };
        source_fits && other >= usize::from(effect.other)
    }

    #[inline(always)]
    fn ram(&self, address: usize) -> *mut u8 {
        const { assert!(offset_of!(Uxn, ram) == 0) };
        self.uxn.cast::<u8>().wrapping_add(address & 0xffff)
    }

    /// # Safety
    /// The invariants of [`Cpu`], here and in the following functions.
    #[inline(always)]
    unsafe fn load_byte(&self, address: usize) -> usize {
        // SAFETY: the address is masked into memory.
        unsafe { self.ram(address).read().into() }
    }

    #[inline(always)]
    unsafe fn load_short(&self, address: usize) -> usize {
        // SAFETY: as above, for each byte.
        unsafe { (self.load_byte(address) << 8) | self.load_byte(address.wrapping_add(1)) }
    }

    #[inline(always)]
    unsafe fn store_byte(&self, address: usize, value: usize) {
        // SAFETY: the address is masked into memory.
        unsafe { self.ram(address).write(value as u8) }
    }

    /// The marks of a byte of memory.
    #[cfg(feature = "blocks")]
    #[inline(always)]
    unsafe fn mark(&self, address: usize) -> u8 {
        // SAFETY: the address is masked; there are as many marks as bytes of memory.
        unsafe { (&raw const (*self.uxn).marks).cast::<u8>().add(address & 0xffff).read() }
    }

    /// Stores a byte, or a short with its second byte at another address.
    #[inline(always)]
    unsafe fn store(&mut self, first: usize, second: usize, value: usize, short: bool) {
        // SAFETY: `store_byte` masks.
        unsafe {
            if short {
                self.store_byte(first, value >> 8);
                self.store_byte(second, value);
            } else {
                self.store_byte(first, value);
            }
            #[cfg(feature = "blocks")]
            {
                let marks = if short { self.mark(first) | self.mark(second) } else { self.mark(first) };
                if marks & super::unit::CODE != 0 {
                    (*self.uxn).patched(first & 0xffff, if short { second & 0xffff } else { first & 0xffff });
                }
            }
        }
    }

    /// The index of the next free slot of a stack.
    #[inline(always)]
    fn free<const RETURN_STACK: bool>(&self) -> usize {
        if RETURN_STACK { self.rst } else { self.wst }
    }

    /// The slot of a stack at a distance from the next free one. What is constant comes last: x86 and WebAssembly
    /// then take it as the offset of the load or store.
    ///
    /// # Safety
    /// The slot is inside the stack.
    #[inline(always)]
    unsafe fn slot<const RETURN_STACK: bool>(&self, distance: usize) -> *mut u8 {
        let stack =
            const { if RETURN_STACK { offset_of!(Uxn, rst.data) } else { offset_of!(Uxn, wst.data) } };
        let (free, constant) = (self.free::<RETURN_STACK>(), stack.wrapping_add(distance));
        // SAFETY: the result is inside the machine's block.
        unsafe {
            if cfg!(target_arch = "wasm32") {
                // From pointers LLVM drops that the sum does not overflow, and then computes it.
                let address = self.uxn.expose_provenance().unchecked_add(free).unchecked_add(constant);
                with_exposed_provenance_mut(address)
            } else {
                self.uxn.cast::<u8>().add(free).add(constant)
            }
        }
    }

    /// The slot of a stack at an index.
    ///
    /// # Safety
    /// As for `slot`.
    #[inline(always)]
    unsafe fn slot_at<const RETURN_STACK: bool>(&self, index: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.slot::<RETURN_STACK>(index.wrapping_sub(self.free::<RETURN_STACK>())) }
    }

    /// Pushes to one of the stacks. `start` are the registers before the instruction: from there the distance to
    /// a slot is constant.
    #[inline(always)]
    unsafe fn push<const TO_RETURN: bool, const WRAP: bool>(
        &mut self,
        start: &Cpu,
        value: usize,
        short: bool,
    ) {
        let free = self.free::<TO_RETURN>();
        // SAFETY: every index is masked, or `in_range` has found room for all of them.
        unsafe {
            if !short {
                start.slot_at::<TO_RETURN>(free).write(value as u8);
            } else if WRAP {
                start.slot_at::<TO_RETURN>(free).write((value >> 8) as u8);
                start.slot_at::<TO_RETURN>(free.wrapping_sub(1) & 0xff).write(value as u8);
            } else {
                start
                    .slot_at::<TO_RETURN>(free.wrapping_sub(1))
                    .cast::<u16>()
                    .write_unaligned((value as u16).to_le());
            }
        }
        let free = free.wrapping_sub(1 + usize::from(short));
        *(if TO_RETURN { &mut self.rst } else { &mut self.wst }) = if WRAP { free & 0xff } else { free };
    }

    /// Moves the program counter by a signed byte or to an address.
    #[inline(always)]
    fn jump(&mut self, target: usize, short: bool) -> Next {
        self.arrive(if short { target } else { self.relative(target) })
    }

    /// Moves the program counter away from behind the instruction, for a unit and the bytes up to there.
    #[inline(always)]
    fn arrive(&mut self, target: usize) -> Next {
        self.limit += target as i32 - self.pc as i32 - 1;
        self.pc = target;
        Next::Jumped
    }

    /// The address at a signed distance from the byte behind the opcode.
    #[inline(always)]
    fn relative(&self, distance: usize) -> usize {
        self.pc.wrapping_add(i32::from(distance as u8 as i8) as usize) & 0xffff
    }

    /// Jumps over a distance from the byte behind the two operand bytes that hold it.
    #[inline(always)]
    unsafe fn jump_immediate(&mut self) -> Next {
        // SAFETY: `load_short` masks.
        let distance = unsafe { self.load_short(self.pc) };
        self.pc += 2;
        self.arrive(self.pc.wrapping_add(distance) & 0xffff)
    }

    /// What `DEI` reads of ports that nobody has to be asked for.
    ///
    /// # Safety
    /// The invariants of [`Cpu`].
    #[inline(always)]
    unsafe fn plain_input(&self, port: u8, short: bool) -> Option<usize> {
        // SAFETY: the caller's promise.
        let Uxn { ports, dev, .. } = unsafe { &*self.uxn };
        let byte = |port: u8| {
            let is_plain = ports[usize::from(port)] & super::PLAIN != 0;
            is_plain.then_some(usize::from(dev[usize::from(port)]))
        };
        let first = byte(port)?;
        if short { Some(first << 8 | byte(port.wrapping_add(1))?) } else { Some(first) }
    }

    /// What `DEO` does.
    ///
    /// # Safety
    /// The invariants of [`Cpu`].
    #[inline(always)]
    pub unsafe fn output(&mut self, port: u8, value: usize, short: bool) -> Next {
        // SAFETY: the caller's promise.
        let flow = unsafe {
            let uxn = &mut *self.uxn;
            let announced = if short {
                uxn.set_dev_short(port, value as u16);
                port.wrapping_add(1)
            } else {
                uxn.dev[usize::from(port)] = value as u8;
                port
            };
            if uxn.ports[usize::from(announced)] & super::KEPT != 0 {
                ControlFlow::Continue(())
            } else {
                self.device(|devices, uxn| devices.deo(uxn, announced))
            }
        };
        match flow {
            ControlFlow::Break(()) => Next::Stopped(Stop::Halted),
            ControlFlow::Continue(()) if self.left() <= 0 => Next::Stopped(Stop::Fuel),
            ControlFlow::Continue(()) => Next::Following,
        }
    }

    /// Lets a device see the machine, and takes over what it made of it.
    #[inline(always)]
    unsafe fn device<T>(&mut self, call: impl FnOnce(&mut dyn super::Devices, &mut Uxn) -> T) -> T {
        // SAFETY: `devices` is set and lives as long as `run` is on the call stack, and the machine is
        // borrowed only inside this block. During the call the machine does not hold the pointer: the device
        // may put another machine in this one's place and take this one away.
        unsafe {
            self.save(Stop::Brk);
            let uxn = &mut *self.uxn;
            let mut devices = uxn.devices.take().expect("set by `Uxn::run`");
            let result = call(devices.as_mut(), uxn);
            uxn.devices = Some(devices);
            *self = Cpu::load(uxn, self.pc);
            result
        }
    }
}

/// What `DEI` reads.
pub(super) fn input(devices: &mut dyn super::Devices, uxn: &mut Uxn, port: u8, short: bool) -> usize {
    let first = usize::from(devices.dei(uxn, port));
    if short { (first << 8) | usize::from(devices.dei(uxn, port.wrapping_add(1))) } else { first }
}

/// Reads operands from the top of the source stack downward.
struct Operands<const RETURN_STACK: bool, const WRAP: bool> {
    cpu: Cpu,
    /// Bytes read.
    read: usize,
}

impl<const RETURN_STACK: bool, const WRAP: bool> Operands<RETURN_STACK, WRAP> {
    #[inline(always)]
    fn new(cpu: &Cpu) -> Self {
        Operands { cpu: *cpu, read: 0 }
    }

    /// The stack pointer behind the operands.
    #[inline(always)]
    fn free(&self) -> usize {
        let free = self.cpu.free::<RETURN_STACK>() + self.read;
        if WRAP { free & 0xff } else { free }
    }

    /// # Safety
    /// The invariants of [`Cpu`], here and in the following functions; without `WRAP` the operand is in range.
    #[inline(always)]
    unsafe fn byte(&mut self) -> usize {
        self.read += 1;
        // SAFETY: the index is masked, or `in_range` has looked.
        unsafe {
            if WRAP {
                self.cpu.slot_at::<RETURN_STACK>(self.free()).read().into()
            } else {
                self.cpu.slot::<RETURN_STACK>(self.read).read().into()
            }
        }
    }

    #[inline(always)]
    unsafe fn short(&mut self) -> usize {
        if WRAP {
            // SAFETY: as for `byte`.
            unsafe { self.byte() | (self.byte() << 8) }
        } else {
            let low = self.read + 1;
            self.read += 2;
            // SAFETY: `in_range` has looked: both bytes are inside.
            unsafe { u16::from_le(self.cpu.slot::<RETURN_STACK>(low).cast::<u16>().read_unaligned()).into() }
        }
    }

    #[inline(always)]
    unsafe fn value(&mut self, short: bool) -> usize {
        // SAFETY: as for `byte` and `short`.
        unsafe { if short { self.short() } else { self.byte() } }
    }
}

/// Executes one instruction whose opcode has just been fetched.
///
/// # Safety
/// The invariants of [`Cpu`]; without `WRAP`, `cpu.in_range::<O>()`.
#[inline(always)]
pub(super) unsafe fn execute<O: Opcode, const WRAP: bool>(cpu: &mut Cpu) -> Next {
    // SAFETY: the caller's promise is that of every access below.
    unsafe {
        // The stacks trade roles in return mode; each arm of this branch is compiled only where it is taken.
        if O::CODE & RETURN == 0 || matches!(O::CODE, opcode::JMI | opcode::JSI) {
            modal::<O, WRAP, false, true>(cpu)
        } else {
            modal::<O, WRAP, true, false>(cpu)
        }
    }
}

/// [`execute`] with the two stacks named: `S`, the source, and `O`, the other. `true` is the return stack.
#[inline(always)]
unsafe fn modal<C: Opcode, const WRAP: bool, const S: bool, const O: bool>(cpu: &mut Cpu) -> Next {
    let short = C::CODE & SHORT != 0;
    let mask = if short { 0xffff } else { 0xff };
    let start = *cpu;

    // Operands, the top one first; without keep mode the pointer follows.
    macro_rules! pop {
        ($($name:ident: $kind:ident),+) => {
            let mut operands = Operands::<S, WRAP>::new(cpu);
            $(let $name = pop!(@ operands $kind);)+
            if C::CODE & KEEP == 0 {
                *(if S { &mut cpu.rst } else { &mut cpu.wst }) = operands.free();
            }
        };
        (@ $operands:ident v) => { $operands.value(short) };
        (@ $operands:ident byte) => { $operands.byte() };
        (@ $operands:ident short) => { $operands.short() };
    }
    // Results, the deepest first.
    macro_rules! push {
        ($($value:expr),+) => {{ $(cpu.push::<S, WRAP>(&start, $value, short);)+ Next::Following }};
    }
    macro_rules! push_flag {
        ($value:expr) => {{
            cpu.push::<S, WRAP>(&start, usize::from($value), false);
            Next::Following
        }};
    }
    macro_rules! load {
        ($address:expr) => {
            if short { cpu.load_short($address) } else { cpu.load_byte($address) }
        };
    }

    macro_rules! store {
        ($address:expr, $value:expr) => {{
            let address = $address;
            cpu.store(address, address + 1, $value, short);
            Next::Following
        }};
    }

    // SAFETY: the caller's promise.
    unsafe {
        match C::CODE {
            opcode::BRK => {
                // Past the end of memory this is the guard, not the program.
                return if cpu.pc > RAM_SIZE {
                    cpu.pc -= 1;
                    cpu.arrive(cpu.pc & 0xffff)
                } else {
                    Next::Stopped(Stop::Brk)
                };
            }
            opcode::JCI => {
                let mut operands = Operands::<false, WRAP>::new(cpu);
                let condition = operands.byte();
                cpu.wst = operands.free();
                return if condition != 0 {
                    cpu.jump_immediate()
                } else {
                    cpu.pc += 2;
                    Next::Following
                };
            }
            opcode::JMI => {
                return cpu.jump_immediate();
            }
            opcode::JSI => {
                cpu.push::<true, WRAP>(&start, (cpu.pc + 2) & 0xffff, true);
                return cpu.jump_immediate();
            }
            _ => {}
        }
        match C::CODE & 0x1f {
            row::LIT => {
                let value = load!(cpu.pc);
                cpu.pc += if short { 2 } else { 1 };
                push!(value)
            }
            row::INC => {
                pop!(a: v);
                push!(a.wrapping_add(1))
            }
            row::POP => {
                pop!(_a: v);
                Next::Following
            }
            row::NIP => {
                pop!(b: v, _a: v);
                push!(b)
            }
            row::SWP => {
                pop!(b: v, a: v);
                push!(b, a)
            }
            row::ROT => {
                pop!(c: v, b: v, a: v);
                push!(b, c, a)
            }
            row::DUP => {
                pop!(a: v);
                push!(a, a)
            }
            row::OVR => {
                pop!(b: v, a: v);
                push!(a, b, a)
            }
            row::EQU => {
                pop!(b: v, a: v);
                push_flag!(a == b)
            }
            row::NEQ => {
                pop!(b: v, a: v);
                push_flag!(a != b)
            }
            row::GTH => {
                pop!(b: v, a: v);
                push_flag!(a > b)
            }
            row::LTH => {
                pop!(b: v, a: v);
                push_flag!(a < b)
            }
            row::JMP => {
                pop!(target: v);
                cpu.jump(target, short)
            }
            row::JCN => {
                pop!(target: v, condition: byte);
                if condition != 0 { cpu.jump(target, short) } else { Next::Following }
            }
            row::JSR => {
                pop!(target: v);
                cpu.push::<O, WRAP>(&start, cpu.pc & 0xffff, true);
                cpu.jump(target, short)
            }
            row::STH => {
                pop!(a: v);
                cpu.push::<O, WRAP>(&start, a, short);
                Next::Following
            }
            // The second byte of a short wraps inside the zero page.
            row::LDZ => {
                pop!(address: byte);
                push!(if short {
                    (cpu.load_byte(address) << 8) | cpu.load_byte((address + 1) & 0xff)
                } else {
                    cpu.load_byte(address)
                })
            }
            row::STZ => {
                pop!(address: byte, a: v);
                cpu.store(address, (address + 1) & 0xff, a, short);
                Next::Following
            }
            row::LDR => {
                pop!(distance: byte);
                push!(load!(cpu.relative(distance)))
            }
            row::STR => {
                pop!(distance: byte, a: v);
                store!(cpu.relative(distance), a)
            }
            row::LDA => {
                pop!(address: short);
                push!(load!(address))
            }
            row::STA => {
                pop!(address: short, a: v);
                store!(address, a)
            }
            row::DEI => {
                pop!(port: byte);
                let value = match cpu.plain_input(port as u8, short) {
                    Some(value) => value,
                    None => cpu.device(|devices, uxn| input(devices, uxn, port as u8, short)),
                };
                // The device may have moved the stack pointers: the range that was checked is void.
                let start = *cpu;
                cpu.push::<S, true>(&start, value, short);
                if cpu.left() <= 0 { Next::Stopped(Stop::Fuel) } else { Next::Following }
            }
            row::DEO => {
                pop!(port: byte, a: v);
                cpu.output(port as u8, a, short)
            }
            row::ADD => {
                pop!(b: v, a: v);
                push!(a.wrapping_add(b))
            }
            row::SUB => {
                pop!(b: v, a: v);
                push!(a.wrapping_sub(b))
            }
            row::MUL => {
                pop!(b: v, a: v);
                push!(a.wrapping_mul(b))
            }
            // By zero gives zero.
            row::DIV => {
                pop!(b: v, a: v);
                push!(a.checked_div(b).unwrap_or(0))
            }
            row::AND => {
                pop!(b: v, a: v);
                push!(a & b)
            }
            row::ORA => {
                pop!(b: v, a: v);
                push!(a | b)
            }
            row::EOR => {
                pop!(b: v, a: v);
                push!(a ^ b)
            }
            // Right by the low nibble, then left by the high one.
            _ => {
                pop!(shift: byte, a: v);
                push!(((a >> (shift & 0xf)) << (shift >> 4)) & mask)
            }
        }
    }
}

/// Calls a macro with the 256 opcodes as literals.
macro_rules! for_each_opcode {
    ($callback:ident) => {
        $callback! {
            0x00 0x01 0x02 0x03 0x04 0x05 0x06 0x07 0x08 0x09 0x0a 0x0b 0x0c 0x0d 0x0e 0x0f
            0x10 0x11 0x12 0x13 0x14 0x15 0x16 0x17 0x18 0x19 0x1a 0x1b 0x1c 0x1d 0x1e 0x1f
            0x20 0x21 0x22 0x23 0x24 0x25 0x26 0x27 0x28 0x29 0x2a 0x2b 0x2c 0x2d 0x2e 0x2f
            0x30 0x31 0x32 0x33 0x34 0x35 0x36 0x37 0x38 0x39 0x3a 0x3b 0x3c 0x3d 0x3e 0x3f
            0x40 0x41 0x42 0x43 0x44 0x45 0x46 0x47 0x48 0x49 0x4a 0x4b 0x4c 0x4d 0x4e 0x4f
            0x50 0x51 0x52 0x53 0x54 0x55 0x56 0x57 0x58 0x59 0x5a 0x5b 0x5c 0x5d 0x5e 0x5f
            0x60 0x61 0x62 0x63 0x64 0x65 0x66 0x67 0x68 0x69 0x6a 0x6b 0x6c 0x6d 0x6e 0x6f
            0x70 0x71 0x72 0x73 0x74 0x75 0x76 0x77 0x78 0x79 0x7a 0x7b 0x7c 0x7d 0x7e 0x7f
            0x80 0x81 0x82 0x83 0x84 0x85 0x86 0x87 0x88 0x89 0x8a 0x8b 0x8c 0x8d 0x8e 0x8f
            0x90 0x91 0x92 0x93 0x94 0x95 0x96 0x97 0x98 0x99 0x9a 0x9b 0x9c 0x9d 0x9e 0x9f
            0xa0 0xa1 0xa2 0xa3 0xa4 0xa5 0xa6 0xa7 0xa8 0xa9 0xaa 0xab 0xac 0xad 0xae 0xaf
            0xb0 0xb1 0xb2 0xb3 0xb4 0xb5 0xb6 0xb7 0xb8 0xb9 0xba 0xbb 0xbc 0xbd 0xbe 0xbf
            0xc0 0xc1 0xc2 0xc3 0xc4 0xc5 0xc6 0xc7 0xc8 0xc9 0xca 0xcb 0xcc 0xcd 0xce 0xcf
            0xd0 0xd1 0xd2 0xd3 0xd4 0xd5 0xd6 0xd7 0xd8 0xd9 0xda 0xdb 0xdc 0xdd 0xde 0xdf
            0xe0 0xe1 0xe2 0xe3 0xe4 0xe5 0xe6 0xe7 0xe8 0xe9 0xea 0xeb 0xec 0xed 0xee 0xef
            0xf0 0xf1 0xf2 0xf3 0xf4 0xf5 0xf6 0xf7 0xf8 0xf9 0xfa 0xfb 0xfc 0xfd 0xfe 0xff
        }
    };
}
pub(super) use for_each_opcode;
