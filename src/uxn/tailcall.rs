//! Dispatch by tail calls: handlers that end in `become` of the next.
//!
//! The mirror image of `switch`: the same semantics, the same fuel, the same stops. In pseudo code it is
//!
//! ```text
//! handler(opcode): execute(opcode); become handler(memory[pc++])
//! ```
//!
//! with two departures, each worth a good part of the speed (`docs/interpreter.md` has the figures):
//! - The stacks are reached without wrapping their indices. A handler first asks whether its opcode stays
//!   inside them; the rare one that does not goes to [`wrapping`].
//! - How much is in a handler depends on what a call costs. Natively there is one for each opcode, which also
//!   guesses what comes next: see `handlers`. In WebAssembly a call costs more than most instructions do, and
//!   one handler holds all opcodes, in a loop: see `loop_handler`.

#![allow(unsafe_code)]

#[cfg(feature = "blocks")]
use super::blocks::{COMPILED, Entry, NEVER};
#[cfg(feature = "blocks")]
use super::semantics::input;
use super::semantics::{Cpu, Next, Op, execute, for_each_opcode};
#[cfg(feature = "blocks")]
use super::unit::{IMPORTS, SHORT_PORT};
use super::{Stop, Uxn, switch};

/// The type of all handlers. Compiled functions have it too.
#[cfg(any(feature = "blocks", not(target_arch = "wasm32")))]
type Handler = unsafe extern "rust-preserve-none" fn(*mut Uxn, usize, usize, usize, i32) -> u64;

/// The signature of all handlers, and how they call each other: the fields of [`Cpu`] one by one, since a
/// structure would be passed in memory. On native targets `rust-preserve-none` leaves a handler every
/// register of the host; elsewhere it is the ordinary convention.
macro_rules! handler {
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident $(<$opcode:ident: Expected $(, $flag:ident)?>)? ($cpu:ident) $body:block) => {
        $(#[$attribute])*
        $visibility unsafe extern "rust-preserve-none" fn $name $(<$opcode: Expected $(, const $flag: bool)?>)? (
            uxn: *mut Uxn,
            pc: usize,
            wst: usize,
            rst: usize,
            limit: i32,
        ) -> u64 {
            #[allow(unused_mut)]
            let mut $cpu = Cpu { uxn, pc, wst, rst, limit };
            // SAFETY: whoever calls a handler keeps the invariants of `Cpu`: `run` establishes them, and
            // `execute` keeps them.
            unsafe { $body }
        }
    };
}
macro_rules! go {
    ($handler:expr, $cpu:expr) => {
        become $handler($cpu.uxn, $cpu.pc, $cpu.wst, $cpu.rst, $cpu.limit)
    };
}

/// Executes an opcode that has just been fetched. Leaves the handler where a stack wraps, where the machine stops,
/// and where control moves to a place of which the map knows something.
macro_rules! execute {
    ($opcode:ty, $cpu:ident) => {
        if !$cpu.in_range::<$opcode>() {
            go!(wrapping, $cpu)
        }
        match execute::<$opcode, false>(&mut $cpu) {
            Next::Following => {}
            Next::Jumped => {
                if $cpu.left() <= 0 {
                    return stopped(&$cpu, Stop::Fuel);
                }
                #[cfg(feature = "blocks")]
                if entry(&$cpu) != NEVER {
                    go!(arrive, $cpu)
                }
            }
            Next::Stopped(stop) => return stopped(&$cpu, stop),
        }
    };
}

#[cfg(not(target_arch = "wasm32"))]
mod followers;
#[cfg(not(target_arch = "wasm32"))]
mod handlers;
#[cfg(not(target_arch = "wasm32"))]
use handlers::dispatch;

#[cfg(target_arch = "wasm32")]
mod loop_handler;
#[cfg(target_arch = "wasm32")]
use loop_handler::dispatch;

#[cfg(not(feature = "blocks"))]
use dispatch as arrive;

/// Runs until the machine stops, and saves it.
pub(super) fn run(uxn: &mut Uxn) {
    let pc = uxn.pc;
    let cpu = Cpu::load(uxn, pc.into());
    // SAFETY: `Cpu::load` establishes the invariants.
    unsafe { arrive(cpu.uxn, cpu.pc, cpu.wst, cpu.rst, cpu.limit) };
}

/// Saves the machine, which ends the chain of calls.
///
/// # Safety
/// The invariants of [`Cpu`].
#[inline(always)]
unsafe fn stopped(cpu: &Cpu, stop: Stop) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { cpu.save(stop) };
    u64::MAX
}

handler! {
    /// Takes over where an instruction would run over the end of a stack: the other dispatcher, whose ways to
    /// the stacks all wrap, goes on from that instruction to the next jump. [`Uxn::run`] comes back here.
    #[cold]
    #[inline(never)]
    fn wrapping(cpu) {
        cpu.pc -= 1;
        cpu.save(Stop::Fuel);
        switch::run(&mut *cpu.uxn, switch::Until::Jump);
        u64::MAX
    }
}

/// What the map knows of the place to which control has moved.
///
/// # Safety
/// The invariants of [`Cpu`], after a jump.
#[cfg(feature = "blocks")]
#[inline(always)]
unsafe fn entry(cpu: &Cpu) -> Entry {
    // SAFETY: the map has an entry for each address.
    unsafe { (&raw const (*cpu.uxn).map).cast::<Entry>().add(cpu.pc).read() }
}

#[cfg(feature = "blocks")]
handler! {
    /// Goes on at a place to which control has moved: in compiled code if there is some.
    #[inline(never)]
    fn arrive(cpu) {
        let entry = entry(&cpu);
        if entry == NEVER {
            go!(dispatch, cpu)
        }
        if entry & COMPILED != 0 {
            // In WebAssembly a function's address is its index in the table.
            let handler = std::mem::transmute::<usize, Handler>(usize::from(entry & !COMPILED));
            go!(handler, cpu)
        }
        (*cpu.uxn).heat(cpu.pc);
        #[cfg(feature = "eager")]
        if (*cpu.uxn).compile_hot() {
            go!(arrive, cpu)
        }
        go!(dispatch, cpu)
    }
}

/// What compiled code calls, by name, as indices in the table.
#[cfg(feature = "blocks")]
pub fn unit_imports() -> impl Iterator<Item = (&'static str, u32)> {
    let functions = [
        arrive as Handler as usize,
        dispatch as Handler as usize,
        dei as *const () as usize,
        deo as *const () as usize,
    ];
    IMPORTS.into_iter().zip(functions.map(|function| function as u32))
}

/// `DEI` for compiled code, of ports that see neither stacks nor fuel.
///
/// # Safety
/// The machine is running.
#[cfg(feature = "blocks")]
unsafe extern "C" fn dei(uxn: *mut Uxn, port: u32) -> u32 {
    // SAFETY: compiled code passes on the machine that runs it, and `devices` is set while it does.
    unsafe {
        let uxn = &mut *uxn;
        let mut devices = uxn.devices.take().expect("set by `Uxn::run`");
        let value = input(devices.as_mut(), uxn, port as u8, port & SHORT_PORT != 0);
        uxn.devices = Some(devices);
        value as u32
    }
}

/// `DEO` for compiled code: the new limit of the fuel, or 0 if the machine has stopped and is saved. The registers are
/// `pc << 16 | wst << 8 | rst`.
///
/// # Safety
/// The machine is running.
#[cfg(feature = "blocks")]
unsafe extern "C" fn deo(uxn: *mut Uxn, registers: u32, limit: i32, port: u32, value: u32) -> i32 {
    let [wst, rst] = [registers >> 8, registers].map(|register| (register & 0xff) as usize);
    let mut cpu = Cpu { uxn, pc: (registers >> 16) as usize, wst, rst, limit };
    // SAFETY: compiled code passes on registers that keep the invariants of `Cpu`.
    unsafe {
        let reserve = (*uxn).reserve;
        match cpu.output(port as u8, value as usize, port & SHORT_PORT != 0) {
            Next::Stopped(stop) => {
                cpu.save(stop);
                0
            }
            _ => {
                // What the limit has got out of the reserve is used up later.
                let got = reserve.wrapping_sub((*uxn).reserve);
                (*uxn).compiled_fuel = (*uxn).compiled_fuel.wrapping_add(got);
                cpu.limit
            }
        }
    }
}
