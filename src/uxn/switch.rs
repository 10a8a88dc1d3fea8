//! Dispatch by one loop around one `match`, for builds and browsers without tail calls.
//!
//! The mirror image of `tailcall`: the same semantics, the same fuel, the same stops. It always takes the
//! wrapping way to the stacks; a fast copy beside it would double the loop, and what is gained is little.

#![allow(unsafe_code)]

use super::semantics::{Cpu, Next, Op, execute, for_each_opcode};
use super::{Stop, Uxn};

/// Runs until the machine stops, or until a jump leaves no more than `reserve` of the fuel, and saves it.
pub(super) fn run(uxn: &mut Uxn, reserve: u32) {
    let mut cpu = Cpu::load(uxn);
    // SAFETY: `Cpu::load` establishes the invariants and `execute` keeps them; with `WRAP` it asks for no more.
    unsafe {
        loop {
            let opcode = cpu.fetch();
            macro_rules! dispatch {
                ($($op:literal)*) => {
                    match opcode {
                        $($op => execute::<Op<$op>, true>(&mut cpu),)*
                    }
                };
            }
            let stop = match for_each_opcode!(dispatch) {
                Next::Following => continue,
                Next::Jumped => {
                    cpu.fuel -= 1;
                    if cpu.fuel > reserve {
                        continue;
                    }
                    Stop::Fuel
                }
                Next::Stopped(stop) => stop,
            };
            return cpu.save(stop);
        }
    }
}
