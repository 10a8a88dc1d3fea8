//! The compiler: whatever memory holds, what comes out is a valid module that says what it rests on. That it does the
//! same as the interpreter is the fuzzer's to show (`tests/fuzz`), where there is WebAssembly to run it.

use fantail::tal;
use fantail::uxn::QUIET;
use fantail::uxn::compile::{Limits, Translation, compile};
use fantail::uxn::sample::SAMPLE;
use fantail::uxn::unit::{DATA, Description, Snapshot};
use proptest::prelude::*;
use wasmparser::{ExternalKind, Operator, Parser, Payload, Validator};

const RAM: usize = 0x10000;

/// A machine's memory as the compiler sees it.
struct Machine {
    ram: Vec<u8>,
    marks: Vec<u8>,
}

impl Machine {
    fn new(source: &str) -> Machine {
        let rom = tal::assemble(source).unwrap_or_else(|errors| panic!("{errors}")).rom;
        Machine::of(&rom)
    }

    fn of(rom: &[u8]) -> Machine {
        let mut ram = vec![0; RAM];
        ram[0x100..0x100 + rom.len()].copy_from_slice(rom);
        Machine { ram, marks: vec![0; RAM] }
    }

    fn compile(&self, entry: u16) -> Option<Translation> {
        let translation = self.compile_all(&[entry], Limits::LARGE);
        assert_eq!(translation.rest, []);
        (!translation.units.is_empty()).then_some(translation)
    }

    fn compile_all(&self, addresses: &[u16], limits: Limits) -> Translation {
        // From 0x10 on all ports may be called.
        let ports: [u8; 256] = std::array::from_fn(|port| if port >= 0x10 { QUIET } else { 0 });
        let snapshot = Snapshot {
            ram: &self.ram,
            marks: &self.marks,
            ports: &ports,
            machine: 0x1000,
            ram_address: 0x1000,
            marks_address: 0x20000,
            dev_address: 0x12000,
            stacks: [0x11010, 0x11111],
            counter: 0x30000,
        };
        let bytes = snapshot.encode();
        compile(&Snapshot::decode(&bytes).expect("it has just been encoded"), addresses, limits)
    }
}

/// The instructions of the functions behind the entries, without the handlers.
fn instructions(unit: &Translation) -> Vec<Operator<'_>> {
    let bodies = Parser::new(0).parse_all(&unit.module).filter_map(|payload| match payload.unwrap() {
        Payload::CodeSectionEntry(body) => Some(body),
        _ => None,
    });
    let functions = unit.units[0].entries.len();
    let operators = bodies.take(functions).flat_map(|body| body.get_operators_reader().unwrap());
    operators.map(Result::unwrap).collect()
}

fn loops(unit: &Translation) -> usize {
    instructions(unit).iter().filter(|operator| matches!(operator, Operator::Loop { .. })).count()
}

fn check(machine: &Machine, entry: u16, unit: &Translation) {
    Validator::new().validate_all(&unit.module).expect("a valid module");
    let Description { entries, code, literals, data } = &unit.units[0];
    assert_eq!(entries[0], entry);
    let exports = Parser::new(0).parse_all(&unit.module).find_map(|payload| match payload.unwrap() {
        Payload::ExportSection(exports) => Some(exports),
        _ => None,
    });
    let exports: Vec<_> = exports.expect("exports").into_iter().map(Result::unwrap).collect();
    assert!(exports.iter().all(|export| export.kind == ExternalKind::Func));
    let names: Vec<_> = exports.iter().map(|export| export.name.to_owned()).collect();
    assert_eq!(names, (0..entries.len()).map(|index| index.to_string()).collect::<Vec<_>>());

    assert!(code.is_sorted(), "for a binary search");
    for &(address, byte) in code {
        assert_eq!(machine.ram[usize::from(address)], byte);
        assert_eq!(machine.marks[usize::from(address)] & DATA, 0, "{address:04x} is a variable");
        assert!(!data.contains(&address), "{address:04x} is written to");
    }
    assert!(literals.iter().all(|&literal| unit.units[0].covers(literal)));
    assert_eq!(Description::decode(&unit.units[0].encode()), unit.units);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Noise, and noise in which most bytes are opcodes that programs use.
    #[test]
    fn whatever_memory_holds_the_module_is_valid(
        bytes in proptest::collection::vec(any::<u8>(), 1..600),
        calls in proptest::collection::vec((any::<prop::sample::Index>(), any::<i8>()), 0..40),
        variables in proptest::collection::vec(any::<prop::sample::Index>(), 0..10),
        entry in any::<prop::sample::Index>(),
    ) {
        let mut rom = bytes;
        for (index, (at, distance)) in calls.iter().enumerate() {
            let at = at.index(rom.len());
            let jump = [[0x20, 0, 0], [0x40, 0, 0], [0x60, 0, 0]][index % 3];
            let [high, low] = i16::from(*distance).to_be_bytes();
            for (byte, value) in rom[at..].iter_mut().zip([jump[0], high, low]) {
                *byte = value;
            }
        }
        let mut machine = Machine::of(&rom);
        for variable in variables {
            machine.marks[0x100 + variable.index(rom.len())] |= DATA;
        }
        let entry = 0x100 + entry.index(rom.len()) as u16;
        if let Some(unit) = machine.compile(entry) {
            check(&machine, entry, &unit);
        }
    }

    /// Code at the end of memory, and everywhere else.
    #[test]
    fn also_at_the_ends_of_memory(bytes in proptest::collection::vec(any::<u8>(), 32), back in 1u16..32) {
        let mut machine = Machine::of(&[]);
        machine.ram[RAM - 16..].copy_from_slice(&bytes[..16]);
        machine.ram[..16].copy_from_slice(&bytes[16..]);
        for entry in [0u16.wrapping_sub(back), back - 1] {
            if let Some(unit) = machine.compile(entry) {
                check(&machine, entry, &unit);
            }
        }
    }
}

#[test]
fn our_programs_compile_from_every_address() {
    for path in ["roms/console/fib.tal", "roms/console/primes32.tal", "roms/life.tal", "roms/fledglings.tal"]
    {
        let source = std::fs::read(path).unwrap();
        let rom = tal::assemble_with(path, &source, &mut |path: &str| std::fs::read(path)).unwrap().rom;
        let machine = Machine::of(&rom);
        for entry in (0x100..0x100 + rom.len() as u16).step_by(7) {
            if let Some(unit) = machine.compile(entry) {
                check(&machine, entry, &unit);
            }
        }
    }
}

/// A module has the units of several addresses, each once.
#[test]
fn one_module_for_many_addresses() {
    let path = "roms/console/primes32.tal";
    let source = std::fs::read(path).unwrap();
    let rom = tal::assemble_with(path, &source, &mut |path: &str| std::fs::read(path)).unwrap().rom;
    let machine = Machine::of(&rom);
    let all: Vec<u16> = (0x100..0x100 + rom.len() as u16).collect();
    for limits in [Limits::LARGE, Limits::SMALL] {
        let mut rest = all.clone();
        let mut covered = Vec::new();
        while !rest.is_empty() {
            let translation = machine.compile_all(&rest, limits);
            Validator::new().validate_all(&translation.module).expect("a valid module");
            let exports =
                Parser::new(0).parse_all(&translation.module).find_map(|payload| match payload.unwrap() {
                    Payload::ExportSection(exports) => Some(exports.count()),
                    _ => None,
                });
            assert_eq!(translation.functions() as u32, exports.expect("exports"));
            for (index, unit) in translation.units.iter().enumerate() {
                let entry = unit.entries[0];
                assert!(rest.contains(&entry));
                assert!(
                    !translation.units[..index].iter().any(|other| other.covers(entry)),
                    "{entry:04x} twice"
                );
            }
            assert!(
                translation.rest.len() < rest.len()
                    && translation.rest.iter().all(|left| rest.contains(left))
            );
            assert!(
                !translation.rest.iter().any(|&left| translation.units.iter().any(|unit| unit.covers(left)))
            );
            covered.extend(translation.units.into_iter().flat_map(|unit| unit.code));
            rest = translation.rest;
        }
        // In order, the first unit is the program from its reset vector on, with the subroutines that it calls.
        assert!(covered.iter().any(|&(address, _)| address == 0x100));
        assert!(covered.len() > rom.len() / 2);
    }
}

/// What browsers compile the compiler with is what it is meant to be.
#[test]
fn the_sample_has_something_of_everything() {
    let source = "|0000 @x $2 |0100 @main ;main #10 DEO2 \
        #00 #12 DEI &loop DUP2 square print INC2 DUP2 #0010 LTH2 ?&loop POP2 \
        #00 .x STZ #1234 ;table STA2 [ LIT &patched 12 ] POP ,&patched LDR ?&end \
        #02 &more DUP ;table ADDr ROT POP DIV #01 SFT #01 SUB DUP ?&more POP &end BRK \
        @square DUP2 DUP2 MUL2 SWP2 STH2 ;table LDA2 ADD2 STH2r SUB2 DUP2 #0003 GTH2 ?&big INC2 &big JMP2r \
        @print DUP #18 DEO #20 DEI2 ORA2 SWP OVR ROT STHk STHr AND EOR NIP .x LDZ2 .x STZ2 \
        ,table LDR EQU #05 MUL #02 SFT #00 SUB INC DUP ;table STA ,table STR \
        #1111 #2222 LTH2 #03 ADD POP ;table LDA ?&end DUP2 POP2 &end JMP2r \
        @table";
    assert_eq!(Machine::new(source).ram[0x100..0x100 + SAMPLE.len()], SAMPLE);
    let translation = Machine::of(&SAMPLE).compile(0x100).expect("it is compiled");
    assert!(translation.functions() > 1, "a call");
    assert!(loops(&translation) > 0, "a loop");
}

#[test]
fn what_the_interpreter_does_as_well_is_not_compiled() {
    assert!(Machine::new("BRK").compile(0x100).is_none());
    // A port that may look at the stacks.
    assert!(Machine::new("#00 #0e DEO BRK").compile(0x104).is_none());
}

#[test]
fn a_loop_is_a_loop() {
    let machine = Machine::new("#00 &next INC DUP #40 LTH ?&next POP JMP2r");
    let unit = machine.compile(0x100).unwrap();
    check(&machine, 0x100, &unit);
    assert_eq!(loops(&unit), 1);
    // Also from its middle: what is hot is where control jumps to.
    assert_eq!(loops(&machine.compile(0x102).unwrap()), 1);
}

#[test]
fn a_small_subroutine_is_inlined_and_a_large_one_called() {
    let calls = |unit: &Translation| {
        let calls = |operator: &&Operator| matches!(operator, Operator::Call { function_index } if *function_index >= 4);
        instructions(unit).iter().filter(calls).count()
    };
    let small = Machine::new("#0002 double double POP2 BRK @double DUP2 ADD2 JMP2r").compile(0x100).unwrap();
    assert_eq!((small.units[0].entries.len(), calls(&small)), (1, 0));
    let body = "INC2 DUP2 MUL2 ".repeat(20);
    let large = format!("#0002 twice twice POP2 BRK @twice {body} JMP2r");
    let large = Machine::new(&large).compile(0x100).unwrap();
    assert_eq!((large.units[0].entries.len(), calls(&large)), (2, 2));
}

#[test]
fn recursion_is_a_call_of_itself() {
    let source = "@fib ( n -- f* ) DUP #01 GTH ?{ #00 SWP JMP2r } #01 SUB DUP fib ROT #01 SUB fib ADD2 JMP2r";
    let machine = Machine::new(source);
    let unit = machine.compile(0x100).unwrap();
    check(&machine, 0x100, &unit);
    assert_eq!(unit.units[0].entries, [0x100]);
    let itself = instructions(&unit)
        .iter()
        .filter(|operator| matches!(operator, Operator::Call { function_index: 4 }))
        .count();
    assert_eq!(itself, 2);
}

#[test]
fn a_patched_literal_is_a_variable() {
    let source = "&next [ LIT &count $1 ] INC DUP ,&count STR ?&next JMP2r";
    let machine = Machine::new(source);
    let unit = machine.compile(0x100).unwrap();
    check(&machine, 0x100, &unit);
    assert!(unit.units[0].data.contains(&0x101));
    assert!(!unit.units[0].code.iter().any(|&(address, _)| address == 0x101));
}

#[test]
fn a_store_to_an_unknown_address_looks_for_code() {
    let marks = |source: &str| {
        let unit = Machine::new(source).compile(0x100).unwrap();
        let loads = |operator: &&Operator| matches!(operator, Operator::I32Load8U { memarg } if (0x20000..0x30000).contains(&memarg.offset));
        instructions(&unit).iter().filter(loads).count()
    };
    assert_eq!(marks("#01 ;there STA JMP2r @there $1"), 0);
    assert_eq!(marks("STA JMP2r"), 1);
    assert_eq!(marks("STA2 JMP2r"), 2);
}

/// However much is on the stacks, a block ends where it was found to end: builds with assertions check each block. Of the
/// named numbers a byte of the stack was wrong.
#[test]
fn a_block_ends_where_it_was_found_to_end() {
    for (deep, stores) in [(119, 100), (0, 140), (20, 140), (119, 140), (250, 40), (250, 120)] {
        let (dups, stores) = ("DUP ".repeat(deep), "INC DUP ;pointer LDA2 STA ".repeat(stores));
        let machine = Machine::new(&format!("#10 LDZ {dups} !next @next {stores} BRK @pointer 3000"));
        let unit = machine.compile(0x100).expect("it is compiled");
        check(&machine, 0x100, &unit);
        let end = machine.ram.iter().rposition(|&byte| byte == 0x30).expect("the pointer") - 2;
        assert!(unit.units[0].covers(end as u16), "{deep} deep, the last store is left out");
    }
}

/// What a way out of the middle writes down grows with the stacks, and there is one at each DEO.
#[test]
fn much_on_the_stacks_does_not_make_units_without_bound() {
    let stacked = "INCk ".repeat(100);
    let writes = "INCk #18 DEO ".repeat(300);
    let machine = Machine::new(&format!("{stacked} {writes} JMP2r"));
    let unit = machine.compile(0x100).expect("the beginning is compiled");
    check(&machine, 0x100, &unit);
    let size = unit.module.len();
    assert!((32 << 10..80 << 10).contains(&size), "{size} bytes");
}
