//! Random programs: whatever a program does, the engines and the oracle agree.
//!
//! The seed is fixed. `PROPTEST_CASES=100000` runs longer, `PROPTEST_RNG_SEED=7` runs others.

use fantail::uxn::{Engine, Stop};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::oracle::{self, Cpu, Stack};
use crate::rig::{Depth, Lab, Pair, Setup, difference, explain, load};

fn config(cases: u32) -> ProptestConfig {
    let set = |name: &str| std::env::var_os(name).is_some();
    let mut config = ProptestConfig::default();
    if !set("PROPTEST_CASES") {
        config.cases = cases;
    }
    if !set("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(0x0100);
    }
    config.failure_persistence = None;
    config
}

/// What a machine is before the program runs.
#[derive(Clone, Copy, Debug)]
struct Start {
    seed: u32,
    pc: u16,
    wst: u8,
    rst: u8,
}

impl Start {
    /// Stacks and device page of random bytes, and memory too if asked for.
    fn setup(self, memory: bool) -> Setup {
        let mut state = self.seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let mut cpu = Cpu::new();
        cpu.wst = Stack { data: std::array::from_fn(|_| next()), ptr: self.wst };
        cpu.rst = Stack { data: std::array::from_fn(|_| next()), ptr: self.rst };
        cpu.dev = std::array::from_fn(|_| next());
        if memory {
            cpu.ram.fill_with(next);
        }
        cpu.pc = u32::from(self.pc);
        cpu
    }
}

fn start(pc: impl Strategy<Value = u16>) -> impl Strategy<Value = Start> {
    let pointer = || prop_oneof![0..8u8, 248..=255u8, any::<u8>()];
    (any::<u32>(), pc, pointer(), pointer()).prop_map(|(seed, pc, wst, rst)| Start { seed, pc, wst, rst })
}

/// A piece of a program that makes sense by itself.
#[derive(Clone, Debug)]
enum Part {
    /// Any instruction without operand bytes, on whatever is on the stacks.
    Op(u8),
    Literal {
        modes: u8,
        value: u16,
    },
    /// `JMP`, `JCN` or `JSR` to a place in the program.
    Jump {
        opcode: u8,
        condition: u8,
        to: u16,
    },
    /// `JCI`, `JMI` or `JSI` over a short distance.
    Immediate {
        opcode: u8,
        distance: i8,
    },
    /// `STA`, `STR` or `STZ`, mostly into the program itself.
    Store {
        opcode: u8,
        value: u16,
        to: u16,
    },
    /// `LDA`, `LDR` or `LDZ`.
    Load {
        opcode: u8,
        from: u16,
    },
    Deo {
        modes: u8,
        value: u16,
        port: u8,
    },
    Dei {
        modes: u8,
        port: u8,
    },
    /// A device writes into the program.
    Poke {
        value: u8,
        to: u16,
    },
}

impl Part {
    /// The instructions, for a program of so many bytes at an address. The number of bytes does not depend
    /// on either.
    fn encode(&self, base: u16, length: u16) -> Vec<u8> {
        let place = |offset: u16| base.wrapping_add(offset % length.max(1)).to_be_bytes();
        match *self {
            Part::Op(opcode) => vec![opcode],
            Part::Literal { modes, value } => literal(modes, value),
            Part::Jump { opcode, condition, to } => {
                let ret = opcode & 0x40;
                let mut code = vec![0x80 | ret, condition];
                if opcode & 0x20 != 0 {
                    let [high, low] = place(to);
                    code.extend([0xa0 | ret, high, low]);
                } else {
                    code.extend([0x80 | ret, (to as u8 & 0x3f).wrapping_sub(0x20)]);
                }
                code.push(opcode);
                code
            }
            Part::Immediate { opcode, distance } => {
                let [high, low] = i16::from(distance).to_be_bytes();
                vec![opcode, high, low]
            }
            Part::Store { opcode, value, to } => {
                let mut code = literal(opcode, value);
                code.extend(address(opcode, to, place(to)));
                code.push(opcode);
                code
            }
            Part::Load { opcode, from } => {
                let mut code = address(opcode, from, place(from));
                code.push(opcode);
                code
            }
            Part::Deo { modes, value, port } => {
                let mut code = literal(modes, value);
                code.extend([0x80 | modes & 0x40, port, 0x17 | modes]);
                code
            }
            Part::Dei { modes, port } => vec![0x80 | modes & 0x40, port, 0x16 | modes],
            Part::Poke { value, to } => {
                let [high, low] = place(to);
                vec![0xa0, high, low, 0x80, 0x30, 0x37, 0x80, value, 0x80, 0x33, 0x17]
            }
        }
    }
}

fn literal(modes: u8, value: u16) -> Vec<u8> {
    let [high, low] = value.to_be_bytes();
    let opcode = 0x80 | modes & 0x60;
    if modes & 0x20 != 0 { vec![opcode, high, low] } else { vec![opcode, low] }
}

/// The literal that a load or store of this kind takes as its address.
fn address(opcode: u8, offset: u16, [high, low]: [u8; 2]) -> Vec<u8> {
    let ret = opcode & 0x40;
    match opcode & 0x1f {
        0x14 | 0x15 => vec![0xa0 | ret, high, low],
        0x12 | 0x13 => vec![0x80 | ret, (offset as u8 & 0x1f).wrapping_sub(0x10)],
        _ => vec![0x80 | ret, offset as u8],
    }
}

fn modes() -> impl Strategy<Value = u8> {
    (0..8u8).prop_map(|modes| modes << 5)
}

fn with_modes(base: &'static [u8]) -> impl Strategy<Value = u8> {
    (prop::sample::select(base), modes()).prop_map(|(base, modes)| base | modes)
}

/// Ports at which something happens, and any.
fn port() -> impl Strategy<Value = u8> {
    prop_oneof![
        4 => prop::sample::select(&[0x03u8, 0x04, 0x05, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x1f, 0x20, 0x33][..]),
        1 => any::<u8>(),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    let value = || prop_oneof![any::<u16>(), 0..4u16, 0xfff0..=0xffffu16];
    prop_oneof![
        8 => (1..32u8, modes()).prop_map(|(base, modes)| Part::Op(base | modes)),
        6 => (modes(), value()).prop_map(|(modes, value)| Part::Literal { modes, value }),
        3 => (with_modes(&[0x0c, 0x0d, 0x0e]), 0..3u8, any::<u16>())
            .prop_map(|(opcode, condition, to)| Part::Jump { opcode, condition, to }),
        2 => (prop::sample::select(&[0x20u8, 0x40, 0x60][..]), -24..32i8)
            .prop_map(|(opcode, distance)| Part::Immediate { opcode, distance }),
        3 => (with_modes(&[0x11, 0x13, 0x15]), value(), any::<u16>())
            .prop_map(|(opcode, value, to)| Part::Store { opcode, value, to }),
        2 => (with_modes(&[0x10, 0x12, 0x14]), any::<u16>())
            .prop_map(|(opcode, from)| Part::Load { opcode, from }),
        2 => (modes(), value(), port()).prop_map(|(modes, value, port)| Part::Deo { modes, value, port }),
        2 => (modes(), port()).prop_map(|(modes, port)| Part::Dei { modes, port }),
        1 => (any::<u8>(), any::<u16>()).prop_map(|(value, to)| Part::Poke { value, to }),
    ]
}

#[derive(Clone, Debug)]
struct Program {
    start: Start,
    parts: Vec<Part>,
    /// Ends with a jump to its start.
    repeats: bool,
}

impl Program {
    fn setup(&self) -> Setup {
        let mut setup = self.start.setup(false);
        let base = self.start.pc;
        let lengths: usize = self.parts.iter().map(|part| part.encode(0, 0).len()).sum();
        let mut code: Vec<u8> =
            self.parts.iter().flat_map(|part| part.encode(base, lengths as u16)).collect();
        if self.repeats {
            let [high, low] = (-(code.len() as i16) - 3).to_be_bytes();
            code.extend([0x40, high, low]);
        }
        for (i, byte) in code.into_iter().enumerate() {
            setup.ram[usize::from(base.wrapping_add(i as u16))] = byte;
        }
        setup
    }
}

fn program() -> impl Strategy<Value = Program> {
    let base = prop_oneof![Just(0x0100), 0xff00..=0xffffu16, any::<u16>()];
    (start(base), prop::collection::vec(part(), 1..60), any::<bool>())
        .prop_map(|(start, parts, repeats)| Program { start, parts, repeats })
}

fn slices() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(prop_oneof![1 => 1..6u32, 3 => 6..60u32, 1 => 60..500u32], 1..12)
}

/// Runs an engine and the oracle in the same slices and compares after each. A vector that has ended goes
/// on behind its `BRK`, as another vector might.
fn agree(setup: &Setup, slices: &[u32], runs: usize) -> Result<(), TestCaseError> {
    for &engine in Engine::ALL {
        let mut pair = Pair::new(engine, setup);
        for (i, &fuel) in slices.iter().cycle().take(runs).enumerate() {
            if let Err(what) = pair.run(fuel, Depth::Full) {
                let text = format!("run {i}: {what}\n{}: {}", engine.name(), explain(engine, setup));
                return Err(TestCaseError::fail(text));
            }
        }
    }
    Ok(())
}

/// Runs until `BRK` or until there is no more fuel. `next` gives the fuel of a run, knowing what the last one
/// left over.
fn run_to_end(
    fuel: u32,
    mut next: impl FnMut(u32) -> Option<u32>,
    mut run: impl FnMut(u32) -> (Stop, u32),
) -> Stop {
    let (mut stop, mut left) = (Stop::Fuel, fuel);
    while stop != Stop::Brk
        && let Some(fuel) = next(left)
    {
        (stop, left) = run(fuel);
    }
    stop
}

/// Many small slices and one run that costs as much, on the engines and on the oracle, end the same.
fn slices_add_up(setup: &Setup, slices: &[u32], runs: usize) -> Result<(), TestCaseError> {
    let new_lab = || {
        let mut lab = Lab::new();
        lab.charges = false;
        lab
    };
    let without_fuel = |lab: &mut Lab| lab.calls.iter_mut().for_each(|call| call.fuel = 0);
    let sliced = || {
        let mut slices = slices.iter().copied().cycle().take(runs);
        move |_| slices.next()
    };
    let whole = |left| (left > 0).then_some(left);

    let (mut cpu, mut lab) = (setup.clone(), new_lab());
    let end = run_to_end(0, sliced(), |fuel| (cpu.run(&mut lab, fuel).into(), cpu.fuel));
    without_fuel(&mut lab);
    let cost = u32::try_from(cpu.cost).unwrap();

    let (mut at_once, mut at_once_lab) = (setup.clone(), new_lab());
    let at_once_end =
        run_to_end(cost, whole, |fuel| (at_once.run(&mut at_once_lab, fuel).into(), at_once.fuel));
    without_fuel(&mut at_once_lab);
    prop_assert_eq!((at_once_end, at_once.fuel), (end, 0), "the oracle at once");
    cpu.fuel = 0;
    prop_assert_eq!(
        difference(&load(&at_once), &at_once_lab, &cpu, &lab, Depth::Full),
        None,
        "the oracle at once"
    );

    for &engine in Engine::ALL {
        for in_slices in [true, false] {
            let (mut uxn, mut uxn_lab) = (load(setup), new_lab());
            let run = |fuel| (uxn.run(engine, &mut uxn_lab, fuel), uxn.fuel());
            let uxn_end = if in_slices { run_to_end(0, sliced(), run) } else { run_to_end(cost, whole, run) };
            without_fuel(&mut uxn_lab);
            cpu.fuel = uxn.fuel();
            let what = difference(&uxn, &uxn_lab, &cpu, &lab, Depth::Full);
            if uxn_end != end || what.is_some() || !in_slices && uxn.fuel() != 0 {
                let how = if in_slices { format!("in slices of {slices:?}") } else { "at once".to_owned() };
                let text = format!(
                    "{} {how}: ends with {uxn_end:?}, should with {end:?}, with {} left; {what:?}\n{}",
                    engine.name(),
                    uxn.fuel(),
                    explain(engine, setup)
                );
                return Err(TestCaseError::fail(text));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn any_memory(start in start(any::<u16>()), slices in slices()) {
        agree(&start.setup(true), &slices, 40)?;
    }

    #[test]
    fn any_memory_with_few_ends(start in start(any::<u16>()), slices in slices()) {
        let mut setup = start.setup(true);
        for (address, byte) in setup.ram.iter_mut().enumerate() {
            // `BRK`, and every other immediate jump: they lead out of the region that programs know.
            if *byte == 0 || (*byte & 0x9f == 0 && address % 2 == 0) {
                *byte = 0x18;
            }
        }
        agree(&setup, &slices, 40)?;
    }

    #[test]
    fn any_memory_in_slices(start in start(any::<u16>()), slices in slices()) {
        slices_add_up(&start.setup(true), &slices, 300)?;
    }
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn programs(program in program(), slices in slices()) {
        agree(&program.setup(), &slices, 30)?;
    }

    #[test]
    fn programs_in_slices(program in program(), slices in slices()) {
        slices_add_up(&program.setup(), &slices, 500)?;
    }
}

/// The fuzzer is worth nothing if its programs end at once: they have to reach the things they are about.
#[test]
fn programs_do_something() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::new(config(1));
    let (mut instructions, mut jumps, mut opcodes, mut ports) = (0u32, 0u32, [0u32; 256], [0u32; 256]);
    for _ in 0..5000 {
        let mut cpu = program().new_tree(&mut runner).unwrap().current().setup();
        let mut lab = Lab::new();
        for _ in 0..500 {
            opcodes[usize::from(cpu.ram[cpu.pc as usize & 0xffff])] += 1;
            let step = cpu.step(&mut lab);
            instructions += 1;
            jumps += u32::from(step == oracle::Step::Jumped);
            if step == oracle::Step::Brk {
                break;
            }
        }
        lab.calls.iter().for_each(|call| ports[usize::from(call.port)] += 1);
    }
    assert!(instructions > 500_000, "{instructions} instructions");
    assert!(jumps > 50_000, "{jumps} jumps");
    assert!(opcodes.iter().all(|&count| count > 15), "how often each opcode ran: {opcodes:?}");
    for port in [0x04, 0x05, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x20, 0x33] {
        assert!(ports[port] > 20, "port {port:02x} was used {} times", ports[port]);
    }
}
