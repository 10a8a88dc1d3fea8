//! Dispatch by tail calls: a function per opcode, each ending in `become` of the next.
//!
//! The mirror image of `switch`: the same semantics, the same fuel, the same stops.

#![allow(unsafe_code)]

use super::semantics::{Cpu, Next, execute, for_each_opcode};
use super::{Stop, Uxn};

/// One signature for all: the machine, and its registers in the host's registers.
type Handler = unsafe fn(*mut Uxn, u32, u32, u32, u32);

macro_rules! table {
    ($($op:literal)*) => { [$(handler::<$op>),*] };
}
static HANDLERS: [Handler; 256] = for_each_opcode!(table);

/// Runs until the machine stops, and saves it.
pub(super) fn run(uxn: &mut Uxn) {
    let Cpu { uxn, pc, wst, rst, fuel } = Cpu::load(uxn);
    // SAFETY: `Cpu::load` establishes the invariants; the handlers keep them.
    unsafe { dispatch(uxn, pc, wst, rst, fuel) }
}

/// Goes on with the instruction at the program counter.
#[inline(always)]
unsafe fn dispatch(uxn: *mut Uxn, pc: u32, wst: u32, rst: u32, fuel: u32) {
    // SAFETY: the caller keeps the invariants of `Cpu`.
    unsafe {
        let mut cpu = Cpu { uxn, pc, wst, rst, fuel };
        let opcode = cpu.fetch();
        become HANDLERS[usize::from(opcode)](uxn, cpu.pc, wst, rst, fuel)
    }
}

unsafe fn handler<const OP: u8>(uxn: *mut Uxn, pc: u32, wst: u32, rst: u32, fuel: u32) {
    let mut cpu = Cpu { uxn, pc, wst, rst, fuel };
    // SAFETY: the caller keeps the invariants of `Cpu`, and the range is checked.
    unsafe {
        if !cpu.in_range::<OP>() {
            become wrapping::<OP>(uxn, pc, wst, rst, fuel)
        }
        match execute::<OP, false>(&mut cpu) {
            Next::Following => become dispatch(uxn, cpu.pc, cpu.wst, cpu.rst, cpu.fuel),
            Next::Jumped => become jumped(uxn, cpu.pc, cpu.wst, cpu.rst, cpu.fuel),
            Next::Stopped(stop) => cpu.save(stop),
        }
    }
}

/// The same for an instruction that runs over the end of a stack.
#[cold]
unsafe fn wrapping<const OP: u8>(uxn: *mut Uxn, pc: u32, wst: u32, rst: u32, fuel: u32) {
    let mut cpu = Cpu { uxn, pc, wst, rst, fuel };
    // SAFETY: the caller keeps the invariants of `Cpu`.
    unsafe {
        match execute::<OP, true>(&mut cpu) {
            Next::Following => become dispatch(uxn, cpu.pc, cpu.wst, cpu.rst, cpu.fuel),
            Next::Jumped => become jumped(uxn, cpu.pc, cpu.wst, cpu.rst, cpu.fuel),
            Next::Stopped(stop) => cpu.save(stop),
        }
    }
}

/// Goes on at the target of a jump, if there is fuel.
#[inline(always)]
unsafe fn jumped(uxn: *mut Uxn, pc: u32, wst: u32, rst: u32, fuel: u32) {
    let cpu = Cpu { uxn, pc, wst, rst, fuel: fuel - 1 };
    // SAFETY: the caller keeps the invariants of `Cpu`.
    unsafe {
        if cpu.fuel == 0 {
            cpu.save(Stop::Fuel);
        } else {
            become dispatch(uxn, pc, wst, rst, cpu.fuel)
        }
    }
}
