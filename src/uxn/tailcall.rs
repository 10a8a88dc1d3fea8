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
//!   and those handlers are inlined behind a comparison, some guesses deep. The host then keeps what one
//!   instruction pushes and the next one pops in a register.

#![allow(unsafe_code)]

use super::opcode::BRK;
use super::semantics::{Cpu, Next, Op, Opcode, execute, for_each_opcode};
use super::{Stop, Uxn, switch};

/// The signature of all handlers, and how they call each other: the fields of [`Cpu`] one by one, since a
/// structure would be passed in memory. On native targets `rust-preserve-none` leaves a handler every
/// register of the host; elsewhere it is the ordinary convention.
macro_rules! handler {
    ($(#[$attribute:meta])* fn $name:ident $(<$($generic:ident: $bound:path),+>)? ($cpu:ident) $body:block) => {
        $(#[$attribute])*
        unsafe extern "rust-preserve-none" fn $name $(<$($generic: $bound),+>)? (
            uxn: *mut Uxn,
            pc: usize,
            wst: usize,
            rst: usize,
            fuel: u32,
        ) {
            #[allow(unused_mut)]
            let mut $cpu = Cpu { uxn, pc, wst, rst, fuel };
            // SAFETY: whoever calls a handler keeps the invariants of `Cpu`: `run` establishes them, and
            // `execute` keeps them.
            unsafe { $body }
        }
    };
}
macro_rules! go {
    ($handler:expr, $cpu:expr) => {
        become $handler($cpu.uxn, $cpu.pc, $cpu.wst, $cpu.rst, $cpu.fuel)
    };
}

/// Runs until the machine stops, and saves it.
pub(super) fn run(uxn: &mut Uxn) {
    let cpu = Cpu::load(uxn);
    // SAFETY: `Cpu::load` establishes the invariants.
    unsafe { dispatch(cpu.uxn, cpu.pc, cpu.wst, cpu.rst, cpu.fuel) }
}

macro_rules! dispatcher {
    ($($op:literal)*) => {
        /// Natively, one indirect jump through a table.
        #[cfg(not(target_arch = "wasm32"))]
        static HANDLERS: [unsafe extern "rust-preserve-none" fn(*mut Uxn, usize, usize, usize, u32); 256] =
            [$(guess::<Op<$op>>),*];

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
                    $($op => go!(guess::<Op<$op>>, cpu),)*
                }
            }
        }

        $(impl Expected for Op<$op> {
            type First = Op<{ followers($op)[0] }>;
            type Second = Op<{ followers($op)[1] }>;
            type Third = Op<{ followers($op)[2] }>;
        })*
    };
}
for_each_opcode!(dispatcher);

handler! {
    /// The handler of an opcode in the dispatcher's table.
    fn guess<O: Expected>(cpu) {
        go!((step::<O, Guesses<Guesses<Guesses<NoGuess>>>>), cpu)
    }
}

handler! {
    /// Executes an opcode, and its followers as long as the guesses are right.
    #[inline(always)]
    fn step<O: Expected, D: Depth>(cpu) {
        if !cpu.in_range::<O>() {
            go!(wrapping, cpu)
        }
        match execute::<O, false>(&mut cpu) {
            Next::Following => {
                if D::GUESS {
                    let opcode = cpu.peek();
                    macro_rules! try_follower {
                        ($rank:ident) => {
                            if O::$rank::CODE != BRK && opcode == O::$rank::CODE {
                                cpu.pc += 1;
                                go!((step::<O::$rank, D::Rest>), cpu)
                            }
                        };
                    }
                    try_follower!(First);
                    try_follower!(Second);
                    try_follower!(Third);
                }
                go!(dispatch, cpu)
            }
            Next::Jumped => {
                cpu.fuel -= 1;
                if cpu.fuel == 0 {
                    return cpu.save(Stop::Fuel);
                }
                go!(dispatch, cpu)
            }
            Next::Stopped(stop) => cpu.save(stop),
        }
    }
}

handler! {
    /// Takes over where an instruction would run over the end of a stack: the other dispatcher, whose ways to
    /// the stacks all wrap, goes on from that instruction to the next jump.
    #[cold]
    #[inline(never)]
    fn wrapping(cpu) {
        cpu.pc -= 1;
        cpu.save(Stop::Fuel);
        let uxn = &mut *cpu.uxn;
        switch::run(uxn, cpu.fuel - 1);
        if uxn.stop == Stop::Fuel && uxn.fuel > 0 {
            cpu = Cpu::load(uxn);
            go!(dispatch, cpu)
        }
    }
}

/// An opcode and the opcodes expected behind it, as types; [`BRK`] stands for none.
trait Expected: Opcode {
    type First: Expected;
    type Second: Expected;
    type Third: Expected;
}

/// How many more guesses a handler makes, as a type.
trait Depth {
    const GUESS: bool;
    type Rest: Depth;
}

struct NoGuess;
impl Depth for NoGuess {
    const GUESS: bool = false;
    type Rest = NoGuess;
}

/// One guess, and then those of `D`.
struct Guesses<D>(std::marker::PhantomData<D>);
impl<D: Depth> Depth for Guesses<D> {
    const GUESS: bool = true;
    type Rest = D;
}

/// The row of [`FOLLOWERS`] for an opcode.
const fn followers(opcode: u8) -> [u8; 3] {
    let mut row = 0;
    while row < FOLLOWERS.len() {
        if FOLLOWERS[row].0 == opcode {
            return FOLLOWERS[row].1;
        }
        row += 1;
    }
    [BRK; 3]
}

const FOLLOWERS: &[(u8, [u8; 3])] = &[
    (0x06, [0x20, 0x80, 0]),
    (0x20, [0x26, 0x80, 0xa0]),
    (0x22, [0x22, 0x80, 0]),
    (0x24, [0xa0, 0x39, 0x26]),
    (0x26, [0xa0, 0x80, 0]),
    (0x27, [0x80, 0x22, 0xa0]),
    (0x28, [0x20, 0, 0]),
    (0x29, [0x20, 0, 0]),
    (0x2a, [0x20, 0, 0]),
    (0x2b, [0x20, 0, 0]),
    (0x08, [0x20, 0, 0]),
    (0x09, [0x20, 0, 0]),
    (0x0a, [0x20, 0, 0]),
    (0x0b, [0x20, 0, 0]),
    (0x30, [0x80, 0xa0, 0x2b]),
    (0x31, [0x80, 0x6f, 0xa0]),
    (0x38, [0x6c, 0x80, 0xa0]),
    (0x39, [0x80, 0x60, 0]),
    (0x3d, [0x80, 0x2f, 0]),
    (0x3f, [0x3d, 0x80, 0x27]),
    (0x6f, [0x26, 0x6f, 0xa0]),
    (0x80, [0x30, 0x3f, 0x31]),
    (0xa0, [0x2b, 0x39, 0x3c]),
];
