//! Dispatch by one loop around one `match`, for builds and browsers without tail calls.
//!
//! The mirror image of `tailcall`: the same semantics, the same fuel, the same stops. It always takes the
//! wrapping way to the stacks; a fast copy beside it would double the loop, and what is gained is little.

#![allow(unsafe_code)]

use super::semantics::{Cpu, Next, Op, execute, for_each_opcode};
use super::{Stop, Uxn};

/// How far to run, if nothing stops the machine before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Until the fuel is used up.
    Fuel,
    /// Up to the next jump, with [`Stop::Fuel`].
    #[cfg(feature = "tailcall")]
    Jump,
}

/// Runs until the machine stops, and saves it.
pub(super) fn run(uxn: &mut Uxn, until: Until) {
    let pc = uxn.pc;
    let mut cpu = Cpu::load(uxn, pc.into());
    // What has to be left for more. No jump leaves as much as there is now.
    let floor = if until == Until::Fuel { 0 } else { cpu.left() };
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
                Next::Jumped if cpu.left() > floor => continue,
                Next::Jumped => Stop::Fuel,
                Next::Stopped(stop) => stop,
            };
            return cpu.save(stop);
        }
    }
}
