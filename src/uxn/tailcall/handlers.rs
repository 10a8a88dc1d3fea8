//! A handler for each opcode, for native targets.
//!
//! A handler does not only look the next opcode up, it guesses: [`FOLLOWERS`] lists what mostly comes next,
//! and what those opcodes do is inlined behind a comparison. That saves a dispatch, and the host keeps
//! what one instruction pushes and the next one pops in a register.

use super::followers::FOLLOWERS;
use super::*;
use crate::uxn::opcode::BRK;
use crate::uxn::semantics::Opcode;

macro_rules! table {
    ($($op:literal)*) => {
        static HANDLERS: [Handler; 256] = [$(handle::<Op<$op>>),*];

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
for_each_opcode!(table);

handler! {
    /// Goes on with the instruction at the program counter.
    #[inline(always)]
    pub(super) fn dispatch(cpu) {
        let opcode = cpu.fetch();
        go!(HANDLERS[usize::from(opcode)], cpu)
    }
}

handler! {
    /// The handler in the table.
    fn handle<O: Expected>(cpu) {
        go!((step::<O, true>), cpu)
    }
}

handler! {
    /// Executes an opcode and, if it may guess and guesses right, the follower.
    #[inline(always)]
    fn step<O: Expected, GUESS>(cpu) {
        execute!(O, cpu);
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
