//! The disassembler: what it prints assembles to the same bytes, whatever the bytes and the symbols.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantail::tal::{
    Dialect, DisassembleError, MAX_PROGRAM, Symbol, assemble, assemble_dialect, assemble_with, disassemble,
    read_symbol_file, symbol_file,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

fn source(rom: &[u8], symbols: &[Symbol]) -> String {
    disassemble(rom, symbols).unwrap()
}

/// Disassembles and assembles again.
fn check(rom: &[u8], symbols: &[Symbol]) -> String {
    let source = source(rom, symbols);
    let mut none = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    for dialect in [Dialect::Standard, Dialect::Legacy] {
        match assemble_dialect(dialect, "dis.tal", source.as_bytes(), &mut none) {
            Ok(assembly) => assert_eq!(assembly.rom, rom, "{source}"),
            Err(errors) => panic!("{errors}\n{source}"),
        }
    }
    source
}

fn symbol(address: u16, name: &str) -> Symbol {
    Symbol { address, name: name.as_bytes().to_vec() }
}

/// The lines without the comments.
fn lines(source: &str) -> Vec<&str> {
    let code = source.lines().map(|line| line.split_once("( ").map_or(line, |(code, _)| code).trim());
    code.filter(|line| !line.is_empty()).collect()
}

fn programs(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "tal") {
            found.push(path);
        }
    }
}

#[test]
fn every_program_of_ours() {
    let mut paths = Vec::new();
    programs(Path::new("roms"), &mut paths);
    let mut count = 0;
    for path in paths.iter().filter(|path| !path.starts_with("roms/lib")) {
        let text = fs::read(path).unwrap();
        let assembly =
            assemble_with(path.to_str().unwrap(), &text, &mut |include: &str| fs::read(include)).unwrap();
        check(&assembly.rom, &[]);
        let file = symbol_file(&assembly.symbols);
        let source = check(&assembly.rom, &read_symbol_file(&file).unwrap());
        assert!(!source.contains("left out"), "{}", path.display());
        // Names that do not belong to this program at all.
        check(&assembly.rom[..assembly.rom.len() / 2], &assembly.symbols);
        count += 1;
    }
    assert!(count >= 11, "{count}");
}

#[test]
fn a_program_reads_like_a_source() {
    let text = "\
        |00 @x $1
        |10 @Console &vector $2 &read $1 |18 &write $1
        |0100 @on-reset ;on-console .Console/vector DEO2 ;hello print #02 .x STZ BRK
        @on-console .Console/read DEI .x LDZ ADD [ LIT &last $1 ] EQU ?&same DUP ,&last STR
        &same .Console/write DEO BRK
        @print LDAk .Console/write DEO INC2 LDAk ?print POP2 JMP2r
        @hello \"Hello, 20 \"world! 0a00
        @table $80 0102
        @prose \"A 20 \"long 20 \"text 20 \"that 20 \"goes 20 \"on 20 \"for 20 \"more 20 \"than 20 \"one 20 \"line 20 \"of 20 \"the 20 \"source, 20 \"indeed. 00
        \"@@@@";
    let assembly = assemble(text).unwrap();
    let named = check(&assembly.rom, &assembly.symbols);
    assert_eq!(
        lines(&named),
        [
            "|0010 @Console |0010 &vector |0012 &read |0018 &write",
            "|0000 @x",
            "|0100",
            "@on-reset",
            ";on-console .Console/vector DEO2",
            ";hello print",
            "#02 .x STZ",
            "BRK",
            "@on-console",
            ".Console/read DEI .x LDZ ADD [ LIT &last 00 ] EQU",
            "?&same",
            "DUP ,&last STR",
            "&same",
            ".Console/write DEO",
            "BRK",
            "@print",
            "LDAk .Console/write DEO",
            "INC2 LDAk ?print",
            "POP2 JMP2r",
            "@hello",
            "\"Hello, 20 \"world! 0a 00",
            "@table",
            "$80",
            "0102",
            "@prose",
            "\"A 20 \"long 20 \"text 20 \"that 20 \"goes 20 \"on 20 \"for 20 \"more 20 \"than 20 \"one 20 \"line 20 \"of 20 \"the 20 \"source, 20",
            "\"indeed. 00",
            "4040 4040",
        ]
    );
    let bare = check(&assembly.rom, &[]);
    for expected in [
        "|0000 @var-0000",
        "@on-reset",
        ";on-console .Console/vector DEO2",
        ";data-0132 sub-0127",
        "?&at-0123",
        "[ LIT &var-011a 00 ] EQU",
        "?&at-0123",
        "@data-0132",
    ] {
        assert!(lines(&bare).iter().any(|line| line.contains(expected)), "{expected}:\n{bare}");
    }
}

#[test]
fn zeroes_at_the_end_are_kept() {
    for length in [1, 2, 31, 32, 33, 500, MAX_PROGRAM] {
        check(&vec![0; length], &[]);
        let mut rom = vec![0; length];
        rom[0] = 0x12;
        check(&rom, &[symbol(0x0100 + (length - 1) as u16, "last"), symbol(0x0150, "middle")]);
    }
}

#[test]
fn what_no_source_can_hold_is_refused() {
    assert_eq!(disassemble(&[], &[]), Err(DisassembleError::Empty));
    check(&vec![0xff; MAX_PROGRAM], &[symbol(0xffff, "last")]);
    let error = disassemble(&vec![0xff; MAX_PROGRAM + 1], &[]).unwrap_err();
    assert_eq!(error, DisassembleError::TooLong { length: MAX_PROGRAM + 1 });
    assert!(error.to_string().contains("65281 bytes"), "{error}");
}

#[test]
fn instructions_that_overlap_or_are_cut_stay_bytes() {
    // A jump into the operand of a literal, which is an instruction too.
    check(&[0x80, 0x40, 0x40, 0xff, 0xfc], &[]);
    check(&[0x40, 0xff, 0xff], &[]);
    check(&[0x40, 0x00], &[]);
    check(&[0xa0, 0x01], &[]);
    check(&[0x20], &[]);
    for opcode in 0..=255 {
        check(&[opcode], &[]);
        check(&[opcode, 0x20, 0x60, 0x80, 0x00], &[symbol(0x0101, "x"), symbol(0x0102, "x/y")]);
    }
}

#[test]
fn symbols_that_cannot_be_labels_are_counted() {
    let rom = assemble("!later #1234 @later ;later JSR2 BRK").unwrap().rom;
    let names = [
        symbol(0x0106, "LDA"),
        symbol(0x0106, "cafe"),
        symbol(0x0106, ""),
        symbol(0x0106, "a b"),
        symbol(0x0106, ")"),
        symbol(0x0106, "x\u{202e}y"),
        symbol(0x0106, "\u{9b}31m"),
        symbol(0x0106, ":x"),
        symbol(0x0106, &"n".repeat(63)),
        Symbol { address: 0x0106, name: vec![0xff] },
        symbol(0x0106, "good"),
        symbol(0x0106, "good"),
        symbol(0x0107, "good"),
    ];
    let source = check(&rom, &names);
    assert!(source.contains("( 11 symbols are left out"), "{source}");
    assert!(source.contains("!good") && source.contains("@good"), "{source}");
    let one = check(&rom, &[symbol(0x0106, "2{"), symbol(0x0100, "BRK")]);
    assert!(one.contains("( 1 symbol is left out") && one.contains("!2{"), "{one}");
}

#[test]
fn labels_lie_wherever_they_like() {
    let rom = assemble("#1234 POP2 !end { 01 } @end BRK").unwrap().rom;
    let symbols = [
        symbol(0x0000, "zero"),
        symbol(0x0101, "operand"),
        symbol(0x0102, "within"),
        symbol(0x0103, "pop/"),
        symbol(0x0103, "pop//x"),
        symbol(0x0105, "pop/in-a-jump"),
        symbol(0x0100 + rom.len() as u16, "behind"),
        symbol(0xffff, "far"),
        symbol(0x0100, "Top"),
        symbol(0x0108, "λ0000"),
    ];
    let source = check(&rom, &symbols);
    let symbols_again = assemble(&source).unwrap().symbols;
    for Symbol { address, name } in &symbols[..9] {
        assert!(symbols_again.contains(&Symbol { address: *address, name: name.clone() }), "{source}");
    }
    check(&rom, &[symbol(0x0104, "Top"), symbol(0x0100, "on-reset/at-0107"), symbol(0x0100, "Top/on-reset")]);
    // Names that the disassembler would have given.
    check(&rom, &[symbol(0x0000, "on-reset"), symbol(0x0001, "on-reset/at-010b"), symbol(2, "sub-0107")]);
}

/// Bytes that make more of a program than even chances would.
fn rom() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => any::<u8>(),
        4 => prop::sample::select(vec![
            0x00, 0x01, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0, 0x0c, 0x0d, 0x0e, 0x2c, 0x2d, 0x2e, 0x6c,
            0x10, 0x11, 0x12, 0x13, 0x14, 0x34, 0x16, 0x17, 0x37, 0x18, 0x52, 0x53, 0xff, 0xfe, 0x02, 0x03,
        ]),
        1 => b' '..=b'~',
    ];
    let piece = prop_oneof![
        8 => prop::collection::vec(byte, 1..24),
        1 => (0..80usize).prop_map(|length| vec![0; length]),
        1 => "[ -~]{1,40}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 1..12).prop_map(|pieces| {
        let rom = pieces.concat();
        if rom.is_empty() { vec![0] } else { rom }
    })
}

fn hostile_symbol() -> impl Strategy<Value = Symbol> {
    let address = prop_oneof![4 => 0x0100..0x0180u16, 1 => 0..0x0100u16, 1 => any::<u16>()];
    let name = prop_oneof![
        2 => prop::sample::select(vec![
            "Top", "Top/x", "x", "x/", "x/y", "x//y", "on-reset", "on-screen", "sub-0103", "at-0102", "data-0110",
            "on-reset/at-0103", "on-reset/var-0101", "var-0012", "Console/write", "λ0000", "λ", "{", "}", "x{",
            "x/{", "(", "x)", "@x", "&x", "/x", "x/&", "12", "1234", "12/34", "BRK", "BRK/x", "JMI", "ADD2kkr",
            "x y", "~x", "%x", "\"x", "'x", ":x", "[x", "x]", "_x", "-", "é", "\u{1b}[2J", "",
        ]).prop_map(|name| name.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
        1 => "[a-f/&{}()x]{1,4}".prop_map(String::into_bytes),
    ];
    (address, name).prop_map(|(address, name)| Symbol { address, name })
}

/// The same cases each time.
fn runner(cases: u32) -> TestRunner {
    let seed = RngSeed::Fixed(0x0100);
    TestRunner::new(Config { cases, rng_seed: seed, failure_persistence: None, ..Config::default() })
}

#[test]
fn ten_thousand_random_roms() {
    let symbols = prop::collection::vec(hostile_symbol(), 0..24);
    let both = |(rom, symbols): (Vec<u8>, Vec<Symbol>)| {
        check(&rom, &[]);
        check(&rom, &symbols);
        let file: Vec<Symbol> = symbols.into_iter().filter(|symbol| !symbol.name.contains(&0)).collect();
        prop_assert_eq!(read_symbol_file(&symbol_file(&file)).unwrap(), file);
        Ok(())
    };
    runner(10_000).run(&(rom(), symbols), both).unwrap();
}

#[test]
fn large_random_roms_with_many_symbols() {
    let symbols = prop::collection::vec(hostile_symbol(), 0..2000);
    let large = prop::collection::vec(any::<u8>(), 0xf000..=MAX_PROGRAM);
    let run = |(rom, symbols): (Vec<u8>, Vec<Symbol>)| {
        check(&rom, &symbols);
        Ok(())
    };
    runner(8).run(&(large, symbols), run).unwrap();
    // Long runs of one kind: the work for each line does not grow with them.
    for byte in [0x00, b' ', b'a', b'@', 0xff] {
        let mut rom = vec![byte; MAX_PROGRAM];
        rom[0] = 0x00;
        rom[MAX_PROGRAM - 1] = 0x01;
        check(&rom, &[]);
    }
    // More names than a source could hold.
    let many: Vec<Symbol> =
        (0..200_000u32).map(|n| symbol(n as u16, &format!("{n}{}", "x".repeat(50)))).collect();
    check(&[0x60; 0x8000], &many);
    // Short ones, whose definitions take more room than they, and the widest lines of code.
    let short: Vec<Symbol> = (0..700_000u32).map(|n| symbol(0x18, &format!("g{n:x}"))).collect();
    check(&[0x17; MAX_PROGRAM], &short);
}

#[test]
fn many_names_for_one_port_do_not_make_each_reference_slow() {
    let names: Vec<Symbol> = (0..100_000u32).map(|n| symbol(0x18, &format!("Name{n}"))).collect();
    let rom = [0x80, 0x18, 0x17].repeat(20_000);
    let start = Instant::now();
    let source = source(&rom, &names);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert!(source.contains(".Name0 DEO"), "{}", &source[source.len() - 200..]);
}
