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
///
/// In WebAssembly there are no threads, and it is the host's stack that a chain of calls would overflow.
fn on_a_small_stack(body: impl FnOnce() + Send + 'static) {
    if cfg!(target_family = "wasm") {
        return body();
    }
    thread::Builder::new().stack_size(256 << 10).spawn(body).unwrap().join().unwrap();
}

#[test]
fn a_long_run_needs_no_stack() {
    for &engine in Engine::ALL {
        on_a_small_stack(move || {
            let mut uxn = Uxn::new();
            // #0000 &loop INC2 DUP2 #0000 NEQ2 ?&loop #20 LDZ INC #20 STZ !&loop: 5 instructions of 9 bytes a
            // turn; every 65,536th has 10 bytes more
            uxn.load(&[
                0xa0, 0, 0, 0x21, 0x26, 0xa0, 0, 0, 0x29, 0x20, 0xff, 0xf7, 0x80, 0x20, 0x10, 0x01, 0x80,
                0x20, 0x11, 0x40, 0xff, 0xed,
            ]);
            uxn.set_pc(RESET);
            assert_eq!(uxn.run(engine, &mut Storage, 100_000_000), Stop::Fuel);
            assert_eq!(u32::from(uxn.ram()[0x20]), 100_000_000 / (0x10000 * 10 + 10));
        });
    }
}

/// A loop around one instruction for each opcode: none may return to its caller by way of a deeper stack.
#[test]
fn no_opcode_needs_stack() {
    /// For 50,000 turns of at most 13 bytes and two jumps.
    const FUEL: u32 = 50_000 * 15;
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
                let stop = uxn.run(engine, &mut Storage, FUEL);
                assert_eq!((stop, uxn.fuel()), (Stop::Fuel, 0), "{}", oracle::name(opcode));
            }
        });
    }
}

fn repeated(byte: u8, count: u16) -> impl Iterator<Item = u8> {
    std::iter::repeat_n(byte, usize::from(count))
}

/// What a turn of a counter costs: 22 bytes and a jump.
const TURN: u32 = 23;

/// Machines that differ: each counts in steps of its own and writes what it counts to a port.
fn counter(step: u8) -> Setup {
    let mut setup = Cpu::new();
    // &loop #20 LDZ2 #00 LIT step ADD2 DUP2 #20 STZ2 #10 DEO2 #11 DEI POP !&loop: `TURN` of fuel
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
            let fuel = 1 + (turn * 7 + i as u32) % 130;
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
            assert_eq!(pair.run(turn * 10 + 1, Depth::Full), Ok(Stop::Fuel));
        }
    }
}

#[test]
#[cfg(not(target_family = "wasm"))]
fn machines_run_in_threads() {
    thread::scope(|scope| {
        for step in 1..=8 {
            scope.spawn(move || {
                for &engine in Engine::ALL {
                    let mut pair = Pair::new(engine, &counter(step));
                    for _ in 0..200 {
                        assert_eq!(pair.run(90, Depth::Full), Ok(Stop::Fuel));
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
        assert_eq!(self.uxn.run(self.engine, &mut Lab::new(), TURN), Stop::Fuel);
        ControlFlow::Continue(())
    }
}

#[test]
fn a_machine_runs_inside_a_device_of_another() {
    for &outer in Engine::ALL {
        for &inner in Engine::ALL {
            let mut uxn = crate::rig::load(&counter(2));
            let mut nested = Nested { engine: inner, uxn: crate::rig::load(&counter(5)) };
            assert_eq!(uxn.run(outer, &mut nested, 1000 * TURN), Stop::Fuel);
            assert_eq!(uxn.ram_short(0x20), 2000);
            assert_eq!(nested.uxn.ram_short(0x20), 5000);
        }
    }
}

/// Puts another machine in the place of the one it is called from, and takes that one away.
#[cfg(not(target_family = "wasm"))]
struct Swap(Box<Uxn>);

#[cfg(not(target_family = "wasm"))]
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
///
/// Not where code is compiled: it is made for the place where its machine is.
#[test]
#[cfg(not(target_family = "wasm"))]
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

/// Ports that take as much fuel as is written to them, and note what was left before.
struct Toll(Vec<u32>);

impl Devices for Toll {
    fn dei(&mut self, uxn: &mut Uxn, port: u8) -> u8 {
        self.0.push(uxn.fuel());
        uxn.dev[usize::from(port)]
    }
    fn deo(&mut self, uxn: &mut Uxn, port: u8) -> ControlFlow<()> {
        self.0.push(uxn.fuel());
        uxn.charge(uxn.dev[usize::from(port)].into());
        ControlFlow::Continue(())
    }
}

/// Runs a program from an address; gives why and where it stopped, the fuel left, and the fuel that devices saw.
fn run_from(engine: Engine, start: u16, code: &[u8], fuel: u32) -> (Stop, u16, u32, Vec<u32>) {
    let mut uxn = Uxn::new();
    for (i, &byte) in code.iter().enumerate() {
        uxn.ram_mut()[usize::from(start.wrapping_add(i as u16))] = byte;
    }
    uxn.set_pc(start);
    let mut toll = Toll(Vec::new());
    let stop = uxn.run(engine, &mut toll, fuel);
    (stop, uxn.pc(), uxn.fuel(), toll.0)
}

/// The rules in the documentation of `Uxn::run`, one by one, with small fuel and with the most there can be.
#[test]
fn fuel_is_a_unit_for_each_byte_and_each_move() {
    const HUGE: u32 = u32::MAX;
    use Stop::{Brk, Fuel};
    for &engine in Engine::ALL {
        let case = |start, code: &[u8], fuel, stop, pc, left| {
            let (is_stop, is_pc, is_left, _) = run_from(engine, start, code, fuel);
            let what = format!("{}: {code:02x?} at {start:04x} with {fuel}", engine.name());
            assert_eq!((is_stop, is_pc, is_left), (stop, pc, left), "{what}");
        };
        // LIT2 1234 POP2 BRK: 5 bytes.
        for (fuel, left) in [(1, 0), (5, 0), (6, 1), (1 << 30, (1 << 30) - 5), (HUGE, HUGE - 5)] {
            case(0x0100, &[0xa0, 0x12, 0x34, 0x22, 0x00], fuel, Brk, 0x0105, left);
        }
        // LIT 02 JMP 00 00 BRK: 3 bytes, a jump over two, 1 byte.
        for (fuel, stop, pc, left) in
            [(1, Fuel, 0x0105, 0), (4, Fuel, 0x0105, 0), (5, Brk, 0x0106, 0), (HUGE, Brk, 0x0106, HUGE - 5)]
        {
            case(0x0100, &[0x80, 0x02, 0x0c, 0x00, 0x00, 0x00], fuel, stop, pc, left);
        }
        // LIT 00 JCI +2 BRK: not taken, it costs its bytes. Taken, a unit more.
        for (condition, stop, pc, left) in [(0, Brk, 0x0106, 4), (1, Brk, 0x0108, 3)] {
            case(0x0100, &[0x80, condition, 0x20, 0x00, 0x02, 0x00, 0x00, 0x00], 10, stop, pc, left);
        }
        // JMI -3: four units a turn.
        for (fuel, left) in [(1, 0), (4, 0), (7, 0), (4_000_000, 0)] {
            case(0x0100, &[0x40, 0xff, 0xfd], fuel, Fuel, 0x0100, left);
        }
        // LIT2 over the end of memory and POP2 BRK at its start: 3 bytes, the wrap, 2 bytes.
        for (fuel, stop, pc, left) in [(3, Fuel, 0x0001, 0), (4, Fuel, 0x0001, 0), (7, Brk, 0x0003, 1)] {
            case(0xfffe, &[0xa0, 0x12, 0x34, 0x22, 0x00], fuel, stop, pc, left);
        }
        // A jump whose operand lies over the end of memory: 3 bytes and one move, wherever it goes.
        for (fuel, stop, pc, left) in [(4, Fuel, 0x0012, 0), (6, Brk, 0x0013, 1)] {
            case(0xffff, &[0x40, 0x00, 0x10, 0x00], fuel, stop, pc, left);
        }
    }
}

#[test]
fn devices_see_and_take_what_is_left_behind_their_instruction() {
    use Stop::{Brk, Fuel};
    // LIT2 0a18 DEO LIT 18 DEI POP BRK: 4 bytes, ten units, 3 bytes, 2 bytes.
    let code = [0xa0, 0x0a, 0x18, 0x17, 0x80, 0x18, 0x16, 0x02, 0x00];
    for &engine in Engine::ALL {
        for (fuel, stop, pc, left, seen) in [
            (1, Fuel, 0x0104, 0, vec![0]),
            (14, Fuel, 0x0104, 0, vec![10]),
            (16, Fuel, 0x0107, 0, vec![12, 0]),
            (17, Fuel, 0x0107, 0, vec![13, 0]),
            (18, Brk, 0x0109, 0, vec![14, 1]),
            (20, Brk, 0x0109, 1, vec![16, 3]),
            (u32::MAX, Brk, 0x0109, u32::MAX - 19, vec![u32::MAX - 4, u32::MAX - 17]),
        ] {
            assert_eq!(run_from(engine, 0x0100, &code, fuel), (stop, pc, left, seen), "{fuel}");
        }
    }
}

/// More than fits into the registers of a dispatcher: it is refilled without anything to be seen of it.
#[test]
fn all_the_fuel_there_can_be_is_used() {
    for &engine in Engine::ALL {
        // &loop #ff18 DEO !&loop: 263 units a turn, so that it does not take long.
        let (stop, pc, left, seen) =
            run_from(engine, 0x0100, &[0xa0, 0xff, 0x18, 0x17, 0x40, 0xff, 0xf9], u32::MAX);
        assert_eq!((stop, left), (Stop::Fuel, 0));
        assert_eq!((seen.len() as u32, pc), (u32::MAX.div_ceil(263), 0x0104));
        assert!(seen.iter().enumerate().all(|(turn, &left)| left == u32::MAX - 4 - 263 * turn as u32));
    }
}

/// Compiled code counts the fuel that it uses, to the unit; the interpreter counts nothing.
#[cfg(feature = "eager")]
#[test]
fn compiled_fuel_is_counted() {
    let run = |engine: Engine, slice: u32| {
        let mut uxn = Uxn::new();
        // #0000 &loop INC2 DUP2 #1000 NEQ2 ?&loop BRK
        uxn.load(&[0xa0, 0, 0, 0x21, 0x26, 0xa0, 0x10, 0, 0x29, 0x20, 0xff, 0xf7, 0]);
        uxn.set_pc(RESET);
        let mut used = 0;
        let mut stop = Stop::Fuel;
        while stop == Stop::Fuel {
            stop = uxn.run(engine, &mut Storage, slice);
            used += slice - uxn.fuel();
        }
        (used, uxn.compiled_fuel())
    };
    // 4096 turns of 9 bytes and a jump back, but for the last; and the BRK, which is interpreted.
    let compiled = 3 + 4096 * 10 - 1;
    assert_eq!(run(Engine::Tailcall, 1_000_000), (compiled + 1, compiled));
    assert_eq!(run(Engine::Switch, 1_000_000), (compiled + 1, 0));
    // The end of a slice is interpreted: less than two turns.
    let (used, compiled) = run(Engine::Tailcall, 1000);
    assert!((used * 98 / 100..used).contains(&compiled), "{compiled} of {used}");
}
