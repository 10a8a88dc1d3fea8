//! What the compiler makes, to be read: each `tests/golden/NAME.tal` beside `NAME.wat`, the functions of the unit at its
//! beginning. Whoever changes the compiler writes them anew, and reads the difference:
//!
//! ```sh
//! FANTAIL_GOLDEN=write cargo test --test golden
//! FANTAIL_DUMP=gs cargo test --test golden -- --nocapture --exact called    # its passes in words
//! ```

use std::env;
use std::fs;
use std::path::Path;

use fantail::tal;
use fantail::uxn::compile::{Limits, Translation, compile};
use fantail::uxn::unit::{IMPORTS, Snapshot};
use fantail::uxn::{PLAIN, QUIET};
use wasm_encoder::{Encode, IndirectNameMap, NameMap, NameSection, Section};
use wasmparser::{Parser, Payload};

/// A test for each case, so that one can be chosen.
macro_rules! cases {
    ($($name:ident)*) => {
        const CASES: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                check(stringify!($name));
            }
        )*
    };
}

cases! { branches called computed constants deep fuel inlined ports stores variable }

#[test]
fn each_file_is_a_case() {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names, CASES);
}

fn folder() -> &'static Path {
    Path::new("tests/golden")
}

fn check(name: &str) {
    let source = folder().join(name).with_extension("tal");
    let golden = source.with_extension("wat");
    let path = source.to_str().unwrap();
    let rom = tal::assemble_with(path, &fs::read(&source).unwrap(), &mut |path: &str| fs::read(path))
        .unwrap_or_else(|errors| panic!("{errors}"))
        .rom;
    let made = text(&compiled(&rom));
    if env::var_os("FANTAIL_GOLDEN").is_some_and(|value| value == "write") {
        fs::write(&golden, made).unwrap();
        return;
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    // A difference of this length is read best by `git diff`.
    let line = made.lines().zip(expected.lines()).position(|(made, expected)| made != expected);
    let line = line.unwrap_or(made.lines().count().min(expected.lines().count())) + 1;
    assert!(
        made == expected,
        "{} is something else from line {line} on. `FANTAIL_GOLDEN=write cargo test --test golden` writes it anew: read \
         the difference.",
        golden.display()
    );
}

fn compiled(rom: &[u8]) -> Translation {
    let mut ram = vec![0; 0x10000];
    ram[0x100..0x100 + rom.len()].copy_from_slice(rom);
    // As in a computer: the system's ports are not for compiled code, and of the screen's some are bytes that stay.
    let mut ports = [QUIET; 256];
    ports[..0x10].fill(0);
    ports[0x20..0x22].fill(QUIET | PLAIN);
    let snapshot = Snapshot {
        ram: &ram,
        marks: &vec![0; 0x10000],
        ports: &ports,
        machine: 0x1000,
        ram_address: 0x1_0000,
        marks_address: 0x2_0000,
        dev_address: 0x3_0000,
        stacks: [0x3_0200, 0x3_0300],
        counter: 0x3_0400,
    };
    compile(&snapshot, &[0x100], Limits::LARGE)
}

/// The functions, with names for what has a number, without the handlers: these are always the same.
fn text(translation: &Translation) -> String {
    let unit = translation.units.first().expect("the case is compiled");
    let mut functions = NameMap::new();
    let mut locals = IndirectNameMap::new();
    for (index, name) in (0..).zip(IMPORTS) {
        functions.append(index, name);
    }
    let first = IMPORTS.len() as u32;
    for (index, entry) in (first..).zip(&unit.entries) {
        functions.append(index, &format!("at_{entry:04x}"));
        let mut names = NameMap::new();
        for (local, name) in (0..).zip(["wst", "rst", "fuel", "free", "result"]) {
            names.append(local, name);
        }
        locals.append(index, &names);
    }
    let mut names = NameSection::new();
    names.functions(&functions);
    names.locals(&locals);
    let mut module = translation.module.clone();
    module.push(names.id());
    names.encode(&mut module);

    let whole = wasmprinter::print_bytes(&module).expect("a valid module");
    let is_function = |line: &&str| line.starts_with("  (func $at_");
    let lines = whole.lines().skip_while(|line| !is_function(line));
    let mut functions = String::new();
    let mut count = 0;
    for line in lines {
        if line.starts_with("  (func") && !is_function(&line) {
            break;
        }
        count += usize::from(is_function(&line));
        functions.push_str(line.strip_prefix("  ").unwrap_or(line));
        functions.push('\n');
    }
    assert_eq!(count, unit.entries.len(), "{whole}");
    let bodies = Parser::new(0).parse_all(&translation.module).filter_map(|payload| match payload.unwrap() {
        Payload::CodeSectionEntry(body) => Some(body.range().len()),
        _ => None,
    });
    let bytes: usize = bodies.take(unit.entries.len()).sum();
    format!(";; {bytes} bytes of code, made from {} bytes\n{functions}", unit.code.len())
}
