//! What `fantail::uxn` promises beyond the instructions: no stack growth, no shared state.

use std::ops::ControlFlow;
use std::thread;

use fantail::uxn::{Devices, Engine, RESET, Stop, Uxn};

use crate::oracle::{self, Cpu};
use crate::rig::{Depth, Lab, Pair, Setup};

/// Ports that only store.
struct Storage;

impl Devices for Storage {
    fn dei(&mut self, uxn: &mut Uxn, port: u8) -> u8 {
        uxn.dev[usize::from(port)]
    }
    fn deo(&mut self, _: &mut Uxn, _: u8) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Runs on a thread with a stack that a chain of calls would overflow: 50,000 of the smallest frames, 16 bytes,
/// are three times as much. Less does not hold the 64 KiB that an unoptimised `Uxn::new` passes through it.
fn on_a_small_stack(body: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(256 << 10).spawn(body).unwrap().join().unwrap();
}

#[test]
fn a_long_run_needs_no_stack() {
    for &engine in Engine::ALL {
        on_a_small_stack(move || {
            let mut uxn = Uxn::new();
            // #0000 &loop INC2 DUP2 #0000 NEQ2 ?&loop #20 LDZ INC #20 STZ !&loop: 5 instructions a turn, a
            // bit more every 65,536 turns
            uxn.load(&[
                0xa0, 0, 0, 0x21, 0x26, 0xa0, 0, 0, 0x29, 0x20, 0xff, 0xf7, 0x80, 0x20, 0x10, 0x01, 0x80,
                0x20, 0x11, 0x40, 0xff, 0xed,
            ]);
            uxn.set_pc(RESET);
            assert_eq!(uxn.run(engine, &mut Storage, 10_000_000), Stop::Fuel);
            assert_eq!(u32::from(uxn.ram()[0x20]), 10_000_000 / 0x10000);
        });
    }
}

/// A loop around one instruction for each opcode: none may return to its caller by way of a deeper stack.
#[test]
fn no_opcode_needs_stack() {
    const TURNS: u32 = 50_000;
    for &engine in Engine::ALL {
        on_a_small_stack(move || {
            for opcode in 1..=255 {
                let mut uxn = Uxn::new();
                // LIT2 4040 LIT2r 4040, the instruction, JMI back to the start. Jumps find one as well.
                let back_from = |address: u16| {
                    let [high, low] = RESET.wrapping_sub(address + 3).to_be_bytes();
                    [0x40, high, low]
                };
                let mut code = vec![0xa0, 0x40, 0x40, 0xe0, 0x40, 0x40, opcode];
                code.extend(repeated(0, oracle::operand_length(opcode)));
                code.extend(back_from(RESET + code.len() as u16));
                uxn.load(&code);
                for address in [RESET + 7 + 0x40, 0x4040] {
                    let at = usize::from(address);
                    uxn.ram_mut()[at..at + 3].copy_from_slice(&back_from(address));
                }
                uxn.set_pc(RESET);
                let stop = uxn.run(engine, &mut Storage, TURNS);
                assert_eq!((stop, uxn.fuel()), (Stop::Fuel, 0), "{}", oracle::name(opcode));
            }
        });
    }
}

fn repeated(byte: u8, count: u16) -> impl Iterator<Item = u8> {
    std::iter::repeat_n(byte, usize::from(count))
}

/// Machines that differ: each counts in steps of its own and writes what it counts to a port.
fn counter(step: u8) -> Setup {
    let mut setup = Cpu::new();
    // &loop #20 LDZ2 #00 LIT step ADD2 DUP2 #20 STZ2 #10 DEO2 #11 DEI POP !&loop
    let code = [
        0x80, 0x20, 0x30, 0x80, 0x00, 0x80, step, 0x38, 0x26, 0x80, 0x20, 0x31, 0x80, 0x40, 0x37, 0x80, 0x11,
        0x16, 0x02, 0x40, 0xff, 0xea,
    ];
    setup.ram[0x0100..0x0100 + code.len()].copy_from_slice(&code);
    setup.pc = 0x0100;
    setup
}

#[test]
fn machines_take_turns() {
    let mut pairs: Vec<Pair> = (1..=20)
        .map(|step| Pair::new(Engine::ALL[usize::from(step) % Engine::ALL.len()], &counter(step)))
        .collect();
    for turn in 0..50 {
        for (i, pair) in pairs.iter_mut().enumerate() {
            let fuel = 1 + (turn * 7 + i as u32) % 13;
            assert_eq!(pair.run(fuel, Depth::Full), Ok(Stop::Fuel));
        }
    }
    for (i, pair) in pairs.iter().enumerate() {
        assert_ne!(pair.uxn.ram_short(0x20), 0);
        assert_eq!(pair.uxn.ram_short(0x20) % (i as u16 + 1), 0);
    }
}

#[test]
fn an_evaluation_may_change_its_engine() {
    for (first, second) in [(0, Engine::ALL.len() - 1), (Engine::ALL.len() - 1, 0)] {
        let mut pair = Pair::new(Engine::ALL[first], &counter(3));
        for turn in 0..20 {
            pair.engine = Engine::ALL[if turn % 2 == 0 { first } else { second }];
            assert_eq!(pair.run(turn + 1, Depth::Full), Ok(Stop::Fuel));
        }
    }
}

#[test]
fn machines_run_in_threads() {
    thread::scope(|scope| {
        for step in 1..=8 {
            scope.spawn(move || {
                for &engine in Engine::ALL {
                    let mut pair = Pair::new(engine, &counter(step));
                    for _ in 0..200 {
                        assert_eq!(pair.run(9, Depth::Full), Ok(Stop::Fuel));
                    }
                }
            });
        }
    });
}

/// A device that is a machine itself: every write makes the inner one count on.
struct Nested {
    engine: Engine,
    uxn: Box<Uxn>,
}

impl Devices for Nested {
    fn dei(&mut self, _: &mut Uxn, _: u8) -> u8 {
        self.uxn.ram()[0x21]
    }
    fn deo(&mut self, _: &mut Uxn, _: u8) -> ControlFlow<()> {
        assert_eq!(self.uxn.run(self.engine, &mut Lab::new(), 1), Stop::Fuel);
        ControlFlow::Continue(())
    }
}

#[test]
fn a_machine_runs_inside_a_device_of_another() {
    for &outer in Engine::ALL {
        for &inner in Engine::ALL {
            let mut uxn = crate::rig::load(&counter(2));
            let mut nested = Nested { engine: inner, uxn: crate::rig::load(&counter(5)) };
            assert_eq!(uxn.run(outer, &mut nested, 1000), Stop::Fuel);
            assert_eq!(uxn.ram_short(0x20), 2000);
            assert_eq!(nested.uxn.ram_short(0x20), 5000);
        }
    }
}

/// Puts another machine in the place of the one it is called from, and takes that one away.
struct Swap(Box<Uxn>);

impl Devices for Swap {
    fn dei(&mut self, uxn: &mut Uxn, port: u8) -> u8 {
        uxn.dev[usize::from(port)]
    }
    fn deo(&mut self, uxn: &mut Uxn, _: u8) -> ControlFlow<()> {
        std::mem::swap(uxn, &mut *self.0);
        ControlFlow::Continue(())
    }
}

/// What goes on is what is in its place then, with the devices of the run, even those of a run that is over.
#[test]
fn a_device_may_swap_the_machine() {
    let rom = [0x80, 0x01, 0x80, 0x18, 0x17, 0x80, 0x18, 0x16, 0x00]; // #01 #18 DEO #18 DEI BRK
    for &engine in Engine::ALL {
        let machine = || {
            let mut uxn = Uxn::new();
            uxn.load(&rom);
            uxn.set_pc(RESET);
            uxn
        };
        let mut uxn = machine();
        let mut taken = machine();
        for _ in 0..3 {
            let mut devices = Box::new(Swap(taken));
            uxn.set_pc(RESET);
            let stop = uxn.run(engine, &mut *devices, 1000);
            assert!(matches!(stop, Stop::Brk | Stop::Fuel), "{stop:?}");
            taken = devices.0;
        }
    }
}
