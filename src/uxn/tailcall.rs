//! Dispatch by tail calls: a function per opcode, each ending in `become` of the next.
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
//! - A handler does not only look the next opcode up, it guesses: [`FOLLOWERS`] lists what mostly comes next,
//!   and what those opcodes do is inlined behind a comparison. That saves a dispatch, and the host keeps
//!   what one instruction pushes and the next one pops in a register.

#![allow(unsafe_code)]

#[cfg(feature = "blocks")]
use super::blocks::{COMPILED, Entry, NEVER};
use super::followers::FOLLOWERS;
use super::opcode::BRK;
#[cfg(feature = "blocks")]
use super::semantics::input;
use super::semantics::{Cpu, Next, Op, Opcode, execute, for_each_opcode};
use super::{Stop, Uxn, switch};

/// The signature of all handlers, and how they call each other: the fields of [`Cpu`] one by one, since a
/// structure would be passed in memory. On native targets `rust-preserve-none` leaves a handler every
/// register of the host; elsewhere it is the ordinary convention.
macro_rules! handler {
    ($(#[$attribute:meta])* fn $name:ident $(<$opcode:ident: Expected $(, $flag:ident)?>)? ($cpu:ident) $body:block) => {
        $(#[$attribute])*
        unsafe extern "rust-preserve-none" fn $name $(<$opcode: Expected $(, const $flag: bool)?>)? (
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

#[cfg(not(feature = "blocks"))]
use dispatch as arrive;

macro_rules! dispatcher {
    ($($op:literal)*) => {
        /// Natively, one indirect jump through a table.
        #[cfg(not(target_arch = "wasm32"))]
        static HANDLERS: [Handler; 256] =
            [$(handle::<Op<$op>>),*];

        handler! {
            /// Goes on with the instruction at the program counter.
            #[cfg(not(target_arch = "wasm32"))]
            #[inline(always)]
            fn dispatch(cpu) {
                let opcode = cpu.fetch();
                go!(HANDLERS[usize::from(opcode)], cpu)
            }
        }

        handler! {
            /// Goes on with the instruction at the program counter. In WebAssembly an indirect call checks the
            /// table's bounds and the signature, and is slower than a jump table to 256 direct calls.
            #[cfg(target_arch = "wasm32")]
            #[inline(never)]
            fn dispatch(cpu) {
                match cpu.fetch() {
                    $($op => go!(handle::<Op<$op>>, cpu),)*
                }
            }
        }

        $(impl Expected for Op<$op> {
            type A = Op<{ FOLLOWERS[$op][0] }>;
            type B = Op<{ FOLLOWERS[$op][1] }>;
            type C = Op<{ FOLLOWERS[$op][2] }>;
            type D = Op<{ FOLLOWERS[$op][3] }>;
            type E = Op<{ FOLLOWERS[$op][4] }>;
            type F = Op<{ FOLLOWERS[$op][5] }>;
            type G = Op<{ FOLLOWERS[$op][6] }>;
            type H = Op<{ FOLLOWERS[$op][7] }>;
        })*
    };
}
for_each_opcode!(dispatcher);

handler! {
    /// The handler that the dispatcher calls for an opcode.
    fn handle<O: Expected>(cpu) {
        go!((step::<O, true>), cpu)
    }
}

handler! {
    /// Executes an opcode and, if it may guess and guesses right, the follower.
    #[inline(always)]
    fn step<O: Expected, GUESS>(cpu) {
        if !cpu.in_range::<O>() {
            go!(wrapping, cpu)
        }
        match execute::<O, false>(&mut cpu) {
            Next::Following => {}
            Next::Jumped => {
                if cpu.left() <= 0 {
                    return stopped(&cpu, Stop::Fuel);
                }
                go!(arrive, cpu)
            }
            Next::Stopped(stop) => return stopped(&cpu, stop),
        }
        if GUESS {
            let opcode = cpu.peek();
            macro_rules! guesses {
                ($($rank:ident)+) => {
                    $(if O::$rank::CODE != BRK && opcode == O::$rank::CODE {
                        cpu.pc += 1;
                        go!((step::<O::$rank, false>), cpu)
                    })+
                };
            }
            guesses!(A B C D E F G H);
        }
        go!(dispatch, cpu)
    }
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

#[cfg(feature = "blocks")]
handler! {
    /// Goes on at a place to which control has moved: in compiled code if there is some.
    #[inline(never)]
    fn arrive(cpu) {
        let entry = (&raw const (*cpu.uxn).map).cast::<Entry>().add(cpu.pc).read();
        if entry == NEVER {
            go!(dispatch, cpu)
        }
        if entry & COMPILED != 0 {
            // In WebAssembly a function's address is its index in the table.
            let handler = std::mem::transmute::<usize, Handler>(usize::from(entry & !COMPILED));
            go!(handler, cpu)
        }
        (*cpu.uxn).heat(cpu.pc);
        go!(dispatch, cpu)
    }
}

/// The type of all handlers. Compiled functions have it too.
#[cfg(any(feature = "blocks", not(target_arch = "wasm32")))]
type Handler = unsafe extern "rust-preserve-none" fn(*mut Uxn, usize, usize, usize, i32) -> u64;

/// What compiled code calls, by name, as indices in the table.
#[cfg(feature = "blocks")]
pub fn unit_imports() -> [(&'static str, u32); 4] {
    [
        ("arrive", arrive as Handler as usize as u32),
        ("dispatch", dispatch as Handler as usize as u32),
        ("dei", dei as *const () as usize as u32),
        ("deo", deo as *const () as usize as u32),
    ]
}

/// The bit of a port that asks for a short.
#[cfg(feature = "blocks")]
const SHORT_PORT: u32 = 0x100;

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
        match cpu.output(port as u8, value as usize, port & SHORT_PORT != 0) {
            Next::Stopped(stop) => {
                cpu.save(stop);
                0
            }
            _ => cpu.limit,
        }
    }
}

/// An opcode and the opcodes expected behind it, as types; [`BRK`] stands for none.
trait Expected: Opcode {
    type A: Expected;
    type B: Expected;
    type C: Expected;
    type D: Expected;
    type E: Expected;
    type F: Expected;
    type G: Expected;
    type H: Expected;
}
