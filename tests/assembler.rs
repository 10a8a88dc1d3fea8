//! The assembler: the conformance cases, every kind of error at its place, and hostile sources.

use std::io;
use std::{collections::HashMap, fs, path::Path};

use fantail::tal::{
    Assembly, Code, Diagnostic, Dialect, Errors, assemble, assemble_dialect, assemble_with, symbol_file,
};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

/// What a source is to become.
enum Expected {
    /// Bytes in hexadecimal; `00*15` is a byte fifteen times.
    Rom(&'static str),
    /// Exactly one error.
    Error(Code),
}

use Code::*;
use Expected::*;

/// The conformance cases by number, as the newest reference has them, or as the specification recommends.
#[rustfmt::skip]
const CONFORMANCE: &[(u32, &str, Expected)] = &[
    // Output.
    (303, "|0100 #12", Rom("8012")),
    (304, "#12 #3456 78 9abc", Rom("8012a03456789abc")),
    (305, r#""hello"#, Rom("68656c6c6f")),
    (306, r#""(abc"#, Rom("28616263")),
    (307, "|0100 00 00 01 00 00", Rom("0000010000")),
    (308, "#12 $2", Rom("8012")),
    (309, "$10 01 |0100 02", Rom("02 00*15 01")),
    (310, "|0100 01 02 |0100 03", Rom("0302")),
    (311, "|00100 01", Rom("01")),
    (312, "|80 01", Error(OutsideMemory)),
    (313, "|ffff 01 02", Error(OutsideMemory)),
    (314, "$ffff 01", Error(OutsideMemory)),
    (315, "|10000 01", Error(OutsideMemory)),
    (316, "@foo |foo 01", Rom("01")),
    (317, "@a-very-long 01 |a-very-long $2 02", Rom("010002")),
    (318, "|200 @later |100 |later 01", Rom("00*256 01")),
    (319, "|nolabel 01", Error(UnknownPadding)),
    (320, "|0x100 01", Error(UnknownPadding)),
    (321, "@x1 &yy $3 |&yy 01", Rom("01")),
    (322, "@x1 |&yy 01", Error(UnknownPadding)),
    (323, "[ 01 ] [02]", Rom("01")),
    (324, "[#12] 01", Rom("01")),
    (325, "|ffff @xz |100 ;xz", Rom("a0ffff")),
    (326, "", Rom("00")),
    // Opcodes and numbers.
    (327, "ADD2kr ADDr2k ADD22 LITk LIT2kr", Rom("f8f83880e0")),
    (328, "INC2rk", Rom("e1")),
    (329, "LIT2", Rom("a0")),
    (330, "BRK", Rom("00")),
    (331, "BRK2", Error(UnknownName)),
    (332, r#"LIT2 "ab"#, Rom("a06162")),
    (333, "INCz", Error(UnknownName)),
    (334, "inc", Error(UnknownName)),
    (335, "#ABCD", Error(InvalidNumber)),
    (336, "ABCD", Error(UnknownName)),
    (337, "#1", Error(InvalidNumber)),
    (338, "#123", Error(InvalidNumber)),
    (339, "12345", Error(InvalidNumber)),
    (340, r#"#12"34"#, Error(InvalidNumber)),
    // Labels and references.
    (341, "@xx1 =xx1", Rom("0100")),
    (342, "@x _x", Rom("fe")),
    (343, "p1 @p1 01", Rom("60000001")),
    (344, "?p1 @p1", Rom("200000")),
    (345, "@lab 01 lab", Rom("0160fffc")),
    (346, "|0 @zp $2 |100 .zp -zp ;zp", Rom("800000a00000")),
    (347, "|0 @Enum &aa $1 &bb $1 |100 .Enum/bb", Rom("8001")),
    (348, "@a/b &c ;a/c ;/b ;a/b ;&c", Rom("a00100*4")),
    (349, "@p1/p2/p3 &c1 ;p1/c1", Rom("a00100")),
    (350, "@p1 &p2/p3 &c1 ;p1/c1 ;p1/p2/p3", Rom("a00100a00100")),
    (351, "@sc & 01 sc/ ;&", Rom("0160fffca00100")),
    (352, "@lam &q 01 @lam2 &q 02 ;lam/q ;lam2/q", Rom("0102a00100a00101")),
    (353, "@foo &add 01 foo/add", Rom("0160fffc")),
    (354, "@Inc Inc", Rom("60fffd")),
    (355, "@x! 01 x!", Rom("0160fffc")),
    (356, "&q &q", Error(Duplicate)),
    (357, "@qq @qq", Error(Duplicate)),
    (358, "@cafe 01", Error(InvalidName)),
    (359, "@a 01", Error(InvalidName)),
    (360, "@abcde 01", Error(InvalidName)),
    (361, "@LDA 01", Error(InvalidName)),
    (362, "@-x 01", Error(InvalidName)),
    (363, "@(x 01", Error(InvalidName)),
    (364, "@} 01", Error(InvalidName)),
    (365, ",next $80 @next 01", Rom("807f 00*128 01")),
    (366, ",next $81 @next 01", Error(TooFar)),
    (367, "@back $7d ,back", Rom("00*125 8080")),
    (368, "@back $7e ,back", Error(TooFar)),
    (369, ":labl @labl 00", Error(UnknownName)),
    (370, "'a", Error(UnknownName)),
    (371, ";", Error(InvalidName)),
    // Lambdas.
    (372, "!{ 01 02 } 03", Rom("400002010203")),
    (373, ";{ 01 } ={ 02 } ,{ 03 } .{ 04 } _{ 05 } -{ 06 } { 07 }", Rom("a0010401010702800003800d040005110660000107")),
    (374, "01 { { 02 } 03 }", Rom("016000056000010203")),
    (375, "?{ 01 } !{ 02 }", Rom("2000010140000102")),
    (376, "{ }", Rom("600000")),
    (377, "{ 01", Error(LambdaOpen)),
    (378, "} 01", Error(StrayBrace)),
    (379, "@xy {}", Error(GluedBrace)),
    // Macros and comments.
    (380, "%m { INC } m m", Rom("0101")),
    (381, "%m ( a -- b ) { INC DUP } m", Rom("0106")),
    (382, "%m { ?{ INC } } m 00", Rom("2000010100")),
    (383, "%m { { INC } } m", Rom("60000101")),
    (384, "%l1 { 01 } %l2 { l1 l1 } l2 l2", Rom("01010101")),
    (385, "%mm { _mm2 } @mm2 mm 01", Rom("fe01")),
    (386, "%mm { LIT } mm 12", Rom("8012")),
    (387, "@sc %sc/mac { INC } /mac 01", Rom("0101")),
    (388, "%m { #01 } @m 01", Error(Duplicate)),
    (389, "@m %m { #01 }", Error(Duplicate)),
    (390, "mm %mm { INC } 01", Error(UsedBeforeMacro)),
    (391, "%ADD { 01 }", Error(InvalidName)),
    (392, "%abcd { 01 }", Error(InvalidName)),
    (393, "%m { INC", Error(MacroOpen)),
    (394, "%mm { mm } mm", Error(MacroRecursion)),
    (395, "%m INC m", Error(MacroOpen)),
    (396, "( comment ) 01", Rom("01")),
    (397, "(doc comment ) 01", Rom("01")),
    (398, "( ( nested ) 03 ) 04", Rom("04")),
    (399, "( (nested) ) 02", Rom("02")),
    (400, "( a(b ) 01", Rom("01")),
    (401, "( a) 01 ) 02", Rom("02")),
    (402, "01 (", Error(CommentOpen)),
    (403, "01 ) 02", Rom("0102")),
    (404, "~missing.tal", Error(IncludeFailed)),
];

fn bytes(notation: &str) -> Vec<u8> {
    let repeated = notation.split(' ').flat_map(|part| {
        let (digits, times) = part.split_once('*').unwrap_or((part, "1"));
        vec![digits; times.parse().unwrap()]
    });
    let digits: Vec<_> = repeated.collect::<String>().into_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

#[test]
fn conformance_cases_303_to_404() {
    assert!(CONFORMANCE.iter().map(|case| case.0).eq(303..=404), "every case, once");
    for (number, source, expected) in CONFORMANCE {
        match (assemble(source), expected) {
            (Ok(assembly), Rom(rom)) => assert_eq!(assembly.rom, bytes(rom), "case {number}: {source}"),
            (Err(errors), Error(code)) => {
                let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
                assert_eq!(codes, [*code], "case {number}: {source}\n{errors}");
            }
            (Ok(assembly), Error(code)) => {
                panic!("case {number}: {source}: {code:?} expected, not {:02x?}", assembly.rom)
            }
            (Err(errors), Rom(rom)) => panic!("case {number}: {source}: {rom} expected\n{errors}"),
        }
    }
}

/// A source with errors: code, line and column of each in order, and the help of the first.
struct Faulty {
    source: &'static str,
    errors: &'static [(Code, u32, u32)],
    help: &'static str,
}

const fn faulty(source: &'static str, errors: &'static [(Code, u32, u32)], help: &'static str) -> Faulty {
    Faulty { source, errors, help }
}

#[rustfmt::skip]
const FAULTY: &[Faulty] = &[
    faulty("@on-reset\n\t;mesage BRK\n@message 00", &[(UnknownName, 2, 2)], "there is a label `message`"),
    faulty("@pen &draw BRK\n@main draw\n;pen/drow", &[(UnknownName, 2, 7), (UnknownName, 3, 1)], "there is a label `pen/draw`; in its scope `/draw` is enough"),
    faulty("%square { DUP MUL } #02 sqaure", &[(UnknownName, 1, 25)], "there is a macro `square`"),
    faulty("@pen BRK @main\n  /pen", &[(UnknownName, 2, 3)], "there is a label `pen`"),
    faulty("λ λ @x\n( é ) ;λμ", &[(UnknownName, 1, 1), (UnknownName, 1, 3), (UnknownName, 2, 7)], ""),
    faulty("@l 00\r\n:l", &[(UnknownName, 2, 1)], "`:` is no longer a rune; write `=l`, or assemble with `--legacy`"),
    faulty("LIT 'c", &[(UnknownName, 1, 5)], "`'` is no longer a rune; write `\"c`, or assemble with `--legacy`"),
    faulty("ABCD", &[(UnknownName, 1, 1)], "hexadecimal digits are lower case: `abcd`"),
    faulty("0x12", &[(UnknownName, 1, 1)], "numbers are hexadecimal without a prefix: `12`"),
    faulty("#01 inc2", &[(UnknownName, 1, 5)], "opcodes are written like `INC2`"),
    faulty("INCz", &[(UnknownName, 1, 1)], "the modes behind an opcode are `2`, `k` and `r`"),
    faulty("BRKk", &[(UnknownName, 1, 1)], "BRK has no modes"),
    faulty("JMI", &[(UnknownName, 1, 1)], "the immediate jump has no mnemonic; write `!label`"),
    faulty("[ 01]", &[(UnknownName, 1, 3)], "brackets are tokens of their own; put a space before it"),
    faulty("?{ INC} BRK }", &[(UnknownName, 1, 4)], "braces are tokens of their own; put a space before it"),
    faulty("%m { 01 }\n;m", &[(NotALabel, 2, 1)], "use the macro's name without a rune"),
    faulty("|Screen/x\n$later @later", &[(UnknownPadding, 1, 1), (UnknownPadding, 2, 1)], "padding needs a hexadecimal number or a label defined above"),
    faulty("|0x10", &[(UnknownPadding, 1, 1)], "numbers are hexadecimal without a prefix: `|10`"),
    faulty("$FF", &[(UnknownPadding, 1, 1)], "hexadecimal digits are lower case: `$ff`"),
    faulty("@x $80 ,x\n_y $82 @y", &[(TooFar, 1, 8), (TooFar, 2, 1)], "refer to the address, with `;` or `=`, and use an opcode that takes one"),
    faulty("@add\n@12 @ @&x\n@BRK @/x", &[(InvalidName, 1, 1), (InvalidName, 2, 1), (InvalidName, 2, 5), (InvalidName, 2, 7), (InvalidName, 3, 1), (InvalidName, 3, 6)], "add a character that is not one of 0 to 9 and a to f, or assemble with `--legacy`"),
    faulty("; ! | $ ~ %", &[(InvalidName, 1, 1), (InvalidName, 1, 3), (InvalidName, 1, 5), (InvalidName, 1, 7), (InvalidName, 1, 9), (InvalidName, 1, 11), (MacroOpen, 1, 11)], "write it behind the rune, without a space"),
    faulty("%m{ 01 } m", &[(InvalidName, 1, 1)], "put a space before the brace"),
    faulty("@x\n%x { }\n@x/y &y", &[(Duplicate, 2, 1), (Duplicate, 3, 6)], "give one of them another name"),
    faulty("%m { @l ;l }\nm\nm", &[(Duplicate, 1, 6)], "a label in a macro is defined at each use; use a lambda there"),
    faulty(";m\n%m { 01 }", &[(UsedBeforeMacro, 2, 1)], "define a macro above its first use"),
    faulty("#\n#1 #123 #12345 #1g 1 123", &[(InvalidNumber, 1, 1), (InvalidNumber, 2, 1), (InvalidNumber, 2, 4), (InvalidNumber, 2, 9), (InvalidNumber, 2, 16), (InvalidNumber, 2, 20), (InvalidNumber, 2, 22)], "write `#hh` for a byte and `#hhhh` for a short, with leading zeroes"),
    faulty("#FF", &[(InvalidNumber, 1, 1)], "hexadecimal digits are lower case: `#ff`"),
    faulty("\" 20", &[(EmptyText, 1, 1)], "text follows without a space and ends before the next one; a space is `20`"),
    faulty("{}\n;{01 } }x", &[(GluedBrace, 1, 1), (GluedBrace, 2, 1), (GluedBrace, 2, 8)], "put spaces around `{`, or the rune and `{`, and around `}`"),
    faulty("{ } }", &[(StrayBrace, 1, 5)], "remove it, or open the lambda with `{`, `?{`, `;{` or another rune and `{`"),
    faulty("{\n ?{ } ;{", &[(LambdaOpen, 1, 1), (LambdaOpen, 2, 7)], "a lambda ends with `}` as a token of its own"),
    faulty("@x 01\n  (doc ( a) b ) later", &[(CommentOpen, 2, 3)], "a comment ends with `)` as a token of its own, one for each `(`; a source of before 2024 may need `--legacy`"),
    faulty("?{ ;later\n(", &[(CommentOpen, 2, 1)], "a comment ends with `)` as a token of its own, one for each `(`"),
    faulty(";later %m {\n 01 @later", &[(MacroOpen, 1, 8)], "a macro ends with `}` as a token of its own, one for each `{` in it"),
    faulty("%m { 01\n%n { ?{ 02 } } %o { n } ;unknown", &[(MacroOpen, 1, 1)], "a macro ends with `}` as a token of its own, one for each `{` in it"),
    faulty("%m 01\n@l m { }", &[(MacroOpen, 1, 1)], "a macro is written `%name { ... }`, its braces as tokens of their own"),
    faulty("%ma {\n %mb { 01 }\n} ma", &[(MacroNested, 2, 2)], "end the outer macro with `}` as a token of its own, or move this one out"),
    faulty("%ma { mb }\n%mb { ma }\nma", &[(MacroRecursion, 2, 7)], "a macro is replaced by its body when assembled; for a loop use a label"),
    faulty("%ma {\n  ma } ma ma", &[(MacroRecursion, 2, 3)], "a macro is replaced by its body when assembled; for a loop use a label"),
    faulty("|00 01 02\n|80 03", &[(OutsideMemory, 1, 5), (OutsideMemory, 2, 5)], "a ROM starts at 0100: write `|0100` before the program, and `$` for variables"),
    faulty("|fffe #0102 03\n|ffff $10 04", &[(OutsideMemory, 1, 7), (OutsideMemory, 2, 11)], "a program has room for ff00 bytes from address 0100"),
    faulty("|10100 01 $10000 02\n|10000 @x |0 $0ffff", &[(OutsideMemory, 1, 1), (OutsideMemory, 1, 11), (OutsideMemory, 2, 1)], "padding takes a hexadecimal number up to `ffff`"),
    faulty("~a.tal\n~b.tal ;in-a |&in-b", &[(IncludeFailed, 1, 1), (IncludeFailed, 2, 1)], "paths are relative to the directory in which the assembler works"),
];

#[test]
fn every_kind_of_error_is_found_where_it_is() {
    for Faulty { source, errors: expected, help } in FAULTY {
        let errors = assemble(source).expect_err(source);
        let found: Vec<_> = errors.iter().map(|e| (e.code, e.place.line, e.place.column)).collect();
        assert_eq!(found, *expected, "{source}\n{errors}");
        assert_eq!(errors[0].help.as_deref().unwrap_or_default(), *help, "{source}\n{errors}");
    }
}

fn files(path: &str) -> io::Result<Vec<u8>> {
    match path {
        "self.tal" => Ok(b"01 ~self.tal".to_vec()),
        "ping.tal" => Ok(b"~pong.tal".to_vec()),
        "pong.tal" => Ok(b"\n ~ping.tal".to_vec()),
        "faulty.tal" => Ok(b"@lib\n\t#1".to_vec()),
        "lib.tal" => Ok(b"%sq { DUP MUL } @lib &sub sq JMP2r".to_vec()),
        deep => match deep.strip_prefix("deep") {
            Some(level) => Ok(format!("~deep{}", level.parse::<u32>().unwrap() + 1).into_bytes()),
            None => Err(io::ErrorKind::NotFound.into()),
        },
    }
}

fn assemble_files(source: &str) -> Result<Assembly, Errors> {
    assemble_with("main.tal", source.as_bytes(), &mut files)
}

fn first(result: Result<Assembly, Errors>) -> Diagnostic {
    result.unwrap_err()[0].clone()
}

#[test]
fn includes_share_labels_macros_and_scope() {
    let assembly = assemble_files("#02 lib/sub #03 sq BRK ~lib.tal &more ;lib/more");
    assert_eq!(assembly.unwrap_err()[0].code, UsedBeforeMacro, "the macro comes with the include");
    let rom = assemble_files("!start ~lib.tal &more @start #03 sq ;lib/more").unwrap().rom;
    assert_eq!(rom, bytes("400003 061a6c 8003061a a00106"));
}

#[test]
fn an_error_in_an_include_is_shown_there() {
    let error = first(assemble_files("01\n~faulty.tal"));
    assert_eq!((error.code, error.place.to_string().as_str()), (InvalidNumber, "faulty.tal:2:2"));
}

#[test]
fn includes_in_a_circle_or_too_deep_are_errors() {
    for (source, place) in
        [("~self.tal", "self.tal:1:4"), ("~ping.tal", "pong.tal:2:2"), ("~main.tal", "main.tal:1:1")]
    {
        let error = first(assemble_files(source));
        assert_eq!((error.code, error.place.to_string().as_str()), (IncludeRecursion, place), "{source}");
    }
    let error = first(assemble_files("~deep0"));
    assert_eq!((error.code, error.place.to_string().as_str()), (IncludeRecursion, "deep63:1:1"));
}

#[test]
fn the_reason_why_an_include_fails_is_told() {
    let error = first(assemble_files("~nope.tal"));
    assert_eq!(error.message, "cannot include `nope.tal`: entity not found");
}

#[test]
fn notes_show_the_other_places() {
    let note = |source: &str, index: usize| {
        let error = first(assemble(source));
        let note = &error.notes[index];
        (note.place.line, note.place.column, note.text.clone())
    };
    assert_eq!(note("01 @x\n@x", 0), (1, 4, "first defined here, as a label".to_string()));
    assert_eq!(note("%x { }\n@x", 0), (1, 1, "first defined here, as a macro".to_string()));
    assert_eq!(note("@x $80\n,x", 0), (1, 1, "the label is here".to_string()));
    assert_eq!(note("( a\n b) c", 0), (2, 2, "`b)` does not end it".to_string()));
    assert_eq!(note("%m { 01 } @l\n ;m", 0), (1, 1, "defined here".to_string()));
    assert_eq!(note("%m { nope }\n\tm", 0), (2, 2, "the macro `m` is used here".to_string()));
    let nested = "%ma { nope } %mb { ma } %mc { mb }\nmc";
    assert_eq!(note(nested, 0), (1, 20, "the macro `ma` is used here".to_string()));
    assert_eq!(note(nested, 1), (2, 1, "the macro `mc` is used here".to_string()));
    let twice = "%m { @l ;l }\nm\n m";
    assert_eq!(note(twice, 0), (2, 1, "first defined by this use of the macro".to_string()));
    assert_eq!(note(twice, 1), (3, 2, "the macro `m` is used here".to_string()));
}

#[test]
fn too_far_tells_the_distance() {
    let error = first(assemble("@back $7e ,back"));
    assert_eq!(
        error.message,
        "`back` is too far away for a relative reference: -129 bytes, -128 to 127 are possible"
    );
    assert!(first(assemble(",next $81 @next 01")).message.contains(": 128 bytes"));
}

#[test]
fn errors_read_as_text() {
    let errors = assemble("@x\n@x ;yy").unwrap_err();
    let expected = "source:2:1: error: `x` is already defined
  source:1:1: first defined here, as a label
  help: give one of them another name
source:2:4: error: no label `yy` is defined";
    assert_eq!(errors.to_string(), expected);
}

#[test]
fn warnings_leave_the_program_as_it_is() {
    let warnings = |source: &str| -> Vec<_> {
        let warnings = assemble(source).unwrap().warnings;
        warnings.iter().map(|w| (w.code, w.place.line, w.place.column)).collect()
    };
    assert_eq!(warnings("@lam &q 01 @lam2 &q 02 ;lam/q ;lam2/q"), [(Unused, 1, 12)], "case 352");
    assert_eq!(warnings("01 @x &y @Z &y\n@A/b ;x"), [(Unused, 1, 7)]);
    assert_eq!(warnings("@start 01 |00 @zp $1 @pad"), [(Unused, 1, 15), (Unused, 1, 22)]);
    assert_eq!(warnings("|20 @size |0100 @main $size 01"), [], "padding is a use");
    assert_eq!(warnings("01 )"), [(StrayParenthesis, 1, 4)]);
    assert_eq!(warnings("[02] [ ]] [[\n ]03"), [(IgnoredText, 1, 1), (IgnoredText, 2, 2)]);
}

#[test]
fn symbols_come_in_the_order_of_first_mention() {
    let symbols = |source: &str| -> Vec<_> {
        let symbols = assemble(source).unwrap().symbols;
        symbols
            .into_iter()
            .map(|symbol| format!("{:04x} {}", symbol.address, String::from_utf8(symbol.name).unwrap()))
            .collect()
    };
    let example = "@x1 01 @y1 ;x1 ;y1 =z1 @z1 02";
    assert_eq!(symbols(example), ["0100 Top", "0100 x1", "0101 y1", "0109 z1"]);
    assert_eq!(
        symbols("%m { ?{ } } &a !Z/q m @Z &q"),
        ["0100 Top", "0100 Top/a", "0106 Z/q", "0106 λ0000", "0106 Z"]
    );
    assert_eq!(symbols("01 @Top ;Top"), ["0101 Top"], "the implicit label gives way");
    let file = symbol_file(&assemble("|ffff @é").unwrap().symbols);
    assert_eq!(file, b"\x01\x00Top\0\xff\xff\xc3\xa9\0");
}

/// What the specification tells besides its numbered cases.
#[test]
fn the_rest_of_the_specification() {
    #[rustfmt::skip]
    let sources = [
        ("INCkkrr INC2k2", "c1 a1"),
        ("{ 01 { 02 } 03 }", "600006 01 600001 02 03"),
        ("( (a a) 2*(3) ) 01 ( )", "01"),
        ("%m ( } ) { ( } ) INC ( { ) } m", "01"),
        ("%m { \"{ \"} } m", "7b 7d"),
        ("%m ( -- ) skipped { 01 } m", "01"),
        ("%mm { /x &x } @sc1 mm @sc2", "600000"),
        ("%l1 { l2 } %l2 { 02 } l1", "02"),
        ("@sc &x @other/y ;&z &z ;/z ;sc/x", "a00103 a00103 a00100"),
        ("&x 01 ;Top/x ;Top", "01 a00100 a00100"),
        ("?{ ={ ,{ 01 } } } 02", "200005 0108 8000 01 02"),
        ("|0 @Suit &clubs $1 &hearts $1 |0100 .Suit/hearts", "8001"),
        ("%m { LIT [ } m 05 ]", "8005"),
        ("01 02 |0101", "0102"),
        ("|0102 01 |0100", "0000 01"),
        ("[ 01 ]] [[ 02 []", "0102"),
        ("01( 02 )", "error"),
        ("@x ;x( y )", "error"),
        (";/none", "error"),
        ("%m { } %m { }", "error"),
        ("@m1 %m1 { }", "error"),
        ("m1 @m1 %m1 { }", "error"),
    ];
    for (source, rom) in sources {
        match assemble(source) {
            Ok(assembly) => assert_eq!(assembly.rom, bytes(&rom.replace(' ', "")), "{source}"),
            Err(errors) => assert_eq!(rom, "error", "{source}\n{errors}"),
        }
    }
    let lambdas = assemble(&"{ } ".repeat(300)).unwrap().symbols;
    assert_eq!(lambdas[300].name, "λ012b".as_bytes());
}

#[test]
fn relative_padding_wraps_around() {
    let rom = |source| assemble(source).unwrap().rom;
    assert_eq!(rom("01 02 03 $fffe 04"), [1, 4, 3]);
    assert_eq!(rom("|ffff $0101 01"), [1]);
}

/// What nobody of a library uses is no news to those who include it.
#[test]
fn unused_labels_of_includes_are_not_reported() {
    let warnings = |source| assemble_files(source).unwrap().warnings;
    assert_eq!(warnings("!start ~lib.tal @start").len(), 0);
    assert_eq!(warnings("!start ~lib.tal @start &mine").len(), 1);
}

#[test]
fn names_that_are_not_utf8_are_kept_in_symbol_files() {
    let symbols = assemble_with("x", b"01 @\xff\xfe ;\xff\xfe", &mut files).unwrap().symbols;
    assert_eq!(symbol_file(&symbols), b"\x01\x00Top\0\x01\x01\xff\xfe\0");
}

#[test]
fn legacy_runes_are_accepted_with_a_warning() {
    let legacy = |source: &str| assemble_dialect(Dialect::Legacy, "old.tal", source.as_bytes(), &mut files);
    let assembly = legacy("@lab &x 'a\n':  :lab :&x :/x :{ } %m { 'b } m m").unwrap();
    assert_eq!(assembly.rom, bytes("613a 0100*3 010a 6262"));
    let told: Vec<_> = assembly
        .warnings
        .iter()
        .map(|w| (w.code, w.place.line, w.place.column, w.help.as_deref().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (Deprecated, 1, 9, "write `\"a`"),
            (Deprecated, 2, 1, "write `\":`"),
            (Deprecated, 2, 5, "write `=lab`"),
            (Deprecated, 2, 10, "write `=&x`"),
            (Deprecated, 2, 14, "write `=/x`"),
            (Deprecated, 2, 18, "write `={`"),
            (Deprecated, 2, 28, "write `\"b`"),
        ]
    );
    for name in ["'", "'ab", ":"] {
        assert_eq!(first(legacy(name)).code, UnknownName, "{name}");
    }
    assert_eq!(assemble("@'a 'a @:a :a").unwrap().rom, bytes("60fffd 60fffd"), "elsewhere they are names");
}

fn legacy(source: &str) -> Result<Assembly, Errors> {
    assemble_dialect(Dialect::Legacy, "old.tal", source.as_bytes(), &mut files)
}

/// Line, column and help of what is no longer in use.
fn deprecated(assembly: &Assembly) -> Vec<(u32, u32, &str)> {
    let warnings = assembly.warnings.iter().filter(|warning| warning.code == Deprecated);
    warnings.map(|w| (w.place.line, w.place.column, w.help.as_deref().unwrap())).collect()
}

#[test]
fn legacy_comments_end_with_a_word() {
    let source = "( opens)\n#01 (named one)\n#02 ( outer ( inner) )\n#03 ( a :) b )\n#04";
    let assembly = legacy(source).unwrap();
    assert_eq!(assembly.rom, bytes("8001 8002 8003 8004"));
    let help = "put a space before the `)`";
    assert_eq!(deprecated(&assembly), [(1, 3, help), (2, 12, help), (3, 15, help)]);
    assert_eq!(assembly.warnings[0].message, "the comment ends with `opens)`, as it did before 2024");

    let error = first(assemble("( opens) #01"));
    assert_eq!((error.code, error.notes.len()), (CommentOpen, 1));
    assert!(error.help.unwrap().ends_with("; a source of before 2024 may need `--legacy`"));
    assert_eq!(first(legacy("( opens ( 01 ) #01")).code, CommentOpen, "nothing ends it");
}

/// Names that read as numbers, but not as ones of 2 or 4 digits: `add32`.
#[test]
fn legacy_names_may_read_as_numbers() {
    let source = "%abc { INC } @add32 abc add32 ;add32 =add32 !add32 ?add32 ,add32 &a ;/a add32/a\n@fee fee";
    let assembly = legacy(source).unwrap();
    assert_eq!(assembly.rom, bytes("01 60fffc a00100 0100 40fff4 20fff1 80ee a00111 60fffa 60fffd"));
    let help = "rename it: add a character that is not one of 0 to 9 and a to f";
    assert_eq!(deprecated(&assembly), [(1, 1, help), (1, 14, help), (2, 1, help)]);
    for source in ["@ad", "@cafe", "%ab { }", "@12", "@1234", "@", "%"] {
        assert_eq!(first(legacy(source)).code, InvalidName, "{source}: read as numbers then, too");
    }
    let error = first(legacy("#01 12345"));
    assert_eq!((error.code, error.help.as_deref()), (UnknownName, Some("a number has 2 or 4 digits")));
}

/// Without the dialect, the error at the use says what the matter is.
#[test]
fn names_that_read_as_numbers_are_told_from_numbers() {
    let rename = "add a character that is not one of 0 to 9 and a to f, or assemble with `--legacy`";
    for source in ["@add32 ;add32 add32", "add32 BRK @add32", "%add32 { INC } add32", "~add32.tal add32"] {
        let mut sources = |_: &str| Ok(b"@add32 BRK".to_vec());
        let errors = assemble_with("new.tal", source.as_bytes(), &mut sources).unwrap_err();
        assert_eq!(errors.len(), 2, "{source}: {errors}");
        for error in errors.iter() {
            assert_eq!(error.help.as_deref(), Some(rename), "{source}");
        }
        let at_use = errors.iter().find(|error| error.code == InvalidNumber).unwrap();
        let kind = if source.starts_with('%') { "macro" } else { "label" };
        assert_eq!(at_use.message, format!("`add32` reads as a number, not as the {kind} of that name"));
        assert_eq!(at_use.notes[0].text, "defined here");
    }
    let help = |source| first(assemble(source)).help.unwrap();
    assert_eq!(
        help("add32"),
        "a name needs a character that is not one of 0 to 9 and a to f; a number has 2 or 4 digits"
    );
    assert_eq!(help("123"), "write `hh` for a byte and `hhhh` for a short, with leading zeroes");
    assert_eq!(help("@cafe"), "add a character that is not one of 0 to 9 and a to f");
}

const BOM: &str = "\u{feff}";

#[test]
fn a_byte_order_mark_is_skipped() {
    assert_eq!(assemble(&format!("{BOM}|0100 #12")).unwrap().rom, bytes("8012"));
    assert_eq!(assemble(BOM).unwrap().rom, bytes("00"));
    let error = first(assemble(&format!("{BOM}nope")));
    assert_eq!((error.place.line, error.place.column, error.place.text()), (1, 1, &b"nope"[..]));
    let mut sources = |_: &str| Ok(format!("{BOM}@included 01").into_bytes());
    let source = format!("{BOM}~a.tal ;included");
    assert_eq!(assemble_with("main.tal", source.as_bytes(), &mut sources).unwrap().rom, bytes("01 a00100"));
    // Behind the start it is a character like others.
    let error = first(assemble(&format!("#01\n{BOM}|0100 BRK")));
    assert_eq!((error.code, error.place.line), (UnknownName, 2));
    assert_eq!(error.message, "no label `<U+FEFF>|0100` is defined");
    assert_eq!(error.help.as_deref(), Some("U+FEFF cannot be seen; delete it"));
}

#[test]
fn utf16_is_told() {
    let source = "|0100 @on-reset #12 BRK\r\n";
    let little: Vec<u8> = source.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = source.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [
        &b"\xff\xfe"[..],
        b"\xfe\xff",
        &[b"\xff\xfe", &little[..]].concat(),
        &[b"\xfe\xff", &big[..]].concat(),
        &little,
        &big,
    ] {
        let errors = assemble_with("wide.tal", bytes, &mut files).unwrap_err();
        assert_eq!(
            errors.to_string(),
            "wide.tal:1:1: error: the source is UTF-16, not UTF-8\n  help: save it as UTF-8, or as plain ASCII"
        );
        let mut sources = |_: &str| Ok(bytes.to_vec());
        let errors = assemble_with("main.tal", b"~wide.tal ;unknown", &mut sources).unwrap_err();
        assert_eq!((errors.len(), errors[0].code, errors[0].place.file()), (1, Encoding, "wide.tal"));
    }
    assert_eq!(assemble("\0a\0b").unwrap_err()[0].code, InvalidNumber, "a zero separates");
}

#[test]
fn characters_that_cannot_be_seen_are_named() {
    for (source, message, help) in [
        (
            "LIT\u{a0}01",
            "no label `LIT<U+00A0>01` is defined",
            "U+00A0 is not a space that separates tokens; write a plain one",
        ),
        (
            "#12\u{200b}",
            "`#12<U+200B>` is not a literal of 2 or 4 hexadecimal digits",
            "U+200B cannot be seen; delete it",
        ),
        (
            "|0100\u{ad}",
            "no label `0100<U+00AD>` is defined before this padding",
            "U+00AD cannot be seen; delete it",
        ),
        ("\u{202e}BRK", "no label `<U+202E>BRK` is defined", "U+202E cannot be seen; delete it"),
        (";a\u{7f}", "no label `a<U+007F>` is defined", "U+007F cannot be seen; delete it"),
        ("@table\u{200d} ;table", "no label `table` is defined", "there is a label `table<U+200D>`"),
    ] {
        let error = first(assemble(source));
        assert_eq!((&*error.message, error.help.as_deref()), (message, Some(help)), "{source:?}");
    }
}

/// Every source of this file with one such character anywhere: whatever is said of it can be seen.
#[test]
fn no_message_has_characters_that_cannot_be_seen() {
    let sources =
        CONFORMANCE.iter().map(|(_, source, _)| *source).chain(FAULTY.iter().map(|faulty| faulty.source));
    let characters = [
        '\u{1}',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{a0}',
        '\u{ad}',
        '\u{200b}',
        '\u{202e}',
        '\u{2028}',
        '\u{3000}',
        '\u{feff}',
        '\u{e0041}',
    ];
    let mut named = 0;
    for (index, source) in sources.enumerate() {
        for (at, _) in source.char_indices() {
            let character = characters[(index + at) % characters.len()];
            let mut source = source.to_string();
            source.insert(at, character);
            for dialect in [Dialect::Standard, Dialect::Legacy] {
                let told = match assemble_dialect(dialect, &source, source.as_bytes(), &mut files) {
                    Ok(assembly) => assembly.warnings.iter().map(Diagnostic::to_string).collect(),
                    Err(errors) => errors.to_string(),
                };
                let is_plain = |c: char| c == '\n' || c == ' ' || !c.is_control() && !c.is_whitespace();
                assert!(
                    told.chars().all(|c| is_plain(c) && !characters.contains(&c)),
                    "{source:?}: {told:?}"
                );
                named += usize::from(
                    told.contains("`") && told.contains(&format!("U+{:04X}", u32::from(character))),
                );
            }
        }
    }
    assert!(named > 1000, "{named}");
}

#[test]
fn names_and_tokens_are_as_long_as_they_like() {
    let name = "x".repeat(100_000);
    let source = format!("@{name} &{name} \"{} ;{name}/{name}", "y".repeat(60_000));
    let rom = assemble(&source).unwrap().rom;
    assert_eq!((rom.len(), &rom[60_000..]), (60_003, &[0xa0, 0x01, 0x00][..]));
}

#[test]
fn a_program_fills_all_of_memory() {
    let source = "ff ".repeat(0xff00);
    assert_eq!(assemble(&source).unwrap().rom.len(), 0xff00);
    assert_eq!(first(assemble(&(source + "01"))).code, OutsideMemory);
}

#[test]
fn bytes_that_are_not_utf8_are_ordinary() {
    let rom = assemble_with("x", b"\"\xff\x80 @\xfe ;\xfe", &mut files).unwrap().rom;
    assert_eq!(rom, [0xff, 0x80, 0xa0, 0x01, 0x02]);
    let error = first(assemble_with("x", b"\xc3\xa9 \xff\xfe ;\xfe\x1b[2J", &mut files));
    assert_eq!(error.code, UnknownName);
}

/// Assembles what is meant to take forever or all memory, and returns the codes of its errors. That the work
/// stays within its limits is counted in `src/tal/mod.rs`.
fn survive(source: &[u8], sources: &mut dyn fantail::tal::Sources) -> Vec<Code> {
    match assemble_with("main.tal", source, sources) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(|error| error.code).collect(),
    }
}

#[test]
fn hostile_sources_are_errors() {
    let chain = |last: &str, times: usize| {
        let mut source = format!("%m00 {{ {last} }}\n");
        for level in 1..40 {
            let uses = format!("m{:02} ", level - 1).repeat(times);
            source += &format!("%m{level:02} {{ {uses} }}\n");
        }
        source + "m39"
    };
    assert_eq!(survive(chain("INC", 2).as_bytes(), &mut files), [OutsideMemory, ExpansionLimit]);
    assert_eq!(survive(chain("", 2).as_bytes(), &mut files), [ExpansionLimit]);
    assert_eq!(survive(chain("?{ } |0100", 9).as_bytes(), &mut files), [ExpansionLimit]);
    let long = "y".repeat(1_000_000);
    assert_eq!(
        survive(chain(&format!("\"{long} |0100"), 2).as_bytes(), &mut files),
        [ExpansionLimit, OutsideMemory]
    );
    assert_eq!(
        survive(chain(&format!("~{long}"), 2).as_bytes(), &mut files),
        [ExpansionLimit, IncludeFailed]
    );
    assert_eq!(
        survive(chain(&format!("@{}", "a".repeat(1_000_000)), 2).as_bytes(), &mut files)[..2],
        [InvalidName, Duplicate]
    );

    let level = |level: u32| format!("%deep{level} {{ deep{} }}\n", level - 1);
    let nested = "%deep0 { INC }\n".to_string() + &(1..300).map(level).collect::<String>();
    assert_eq!(survive((nested.clone() + "deep255").as_bytes(), &mut files), []);
    assert_eq!(survive((nested + "deep256").as_bytes(), &mut files), [MacroRecursion]);

    // Every file includes the next one twice.
    let mut twice = |path: &str| -> io::Result<Vec<u8>> {
        let next = path.parse::<u32>().unwrap_or(0) + 1;
        Ok(if next > 50 { Vec::new() } else { format!("~{next} ~{next}").into_bytes() })
    };
    assert_eq!(survive(b"~1", &mut twice), [ExpansionLimit]);
    let mut endless = |path: &str| -> io::Result<Vec<u8>> {
        Ok(format!("( {} ) ~{path}x", "z".repeat(1 << 20)).into_bytes())
    };
    assert_eq!(survive(b"~1", &mut endless), [IncludeFailed], "the sources are too large together");

    // Sublabels of a long scope: the names would take a hundred thousand million bytes.
    let scope = format!("@{} ", "s".repeat(1_000_000));
    let sublabels: String = (0..100_000).map(|n| format!("&{n} ")).collect();
    assert_eq!(survive((scope + &sublabels).as_bytes(), &mut files), [NameLimit]);

    assert_eq!(survive(&vec![b'{'; 9 << 20], &mut files), [SourceLimit]);
    for token in [
        "{ ",
        "} ",
        "( ",
        ") ",
        "[x ",
        "%x ",
        "%x { ",
        "@x ",
        "zz1 ",
        ";zz1 ",
        "~x ",
        "# ",
        "\" ",
        ",Top ",
        "?{ \n",
        "$ffff ",
        "$ffff 01 ",
        "|ffff @x$1 ",
        "#01 |100 ",
        "~lib.tal ",
        "%m{ ",
        "&x/y ",
    ] {
        let codes = survive(token.repeat(1_000_000).as_bytes(), &mut files);
        assert!(codes.len() <= 1001, "{token}: {}", codes.len());
    }
    let unknown: String = (0..50_000).map(|n| format!(";name{n}-{n} @nane{n} ")).collect();
    assert_eq!(survive(unknown.as_bytes(), &mut files).last(), Some(&ErrorLimit));
}

/// The same cases each time.
fn fixed(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(0x0100),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The programs under `roms/`, by their paths.
fn programs() -> HashMap<String, Vec<u8>> {
    fn collect(directory: &Path, programs: &mut HashMap<String, Vec<u8>>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, programs);
            } else if path.extension().is_some_and(|extension| extension == "tal") {
                programs.insert(path.to_str().unwrap().replace('\\', "/"), fs::read(&path).unwrap());
            }
        }
    }
    let mut programs = HashMap::new();
    collect(Path::new("roms"), &mut programs);
    programs
}

/// One change to a text; positions are fractions of its length.
#[derive(Clone, Debug)]
enum Mutation {
    Remove {
        at: usize,
        length: usize,
    },
    Insert {
        at: usize,
        text: String,
    },
    Replace {
        at: usize,
        byte: u8,
    },
    /// What is there comes once more somewhere else.
    Copy {
        at: usize,
        length: usize,
        to: usize,
    },
    Cut {
        at: usize,
    },
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = || any::<u16>().prop_map(usize::from);
    prop_oneof![
        (at(), 1..60usize).prop_map(|(at, length)| Mutation::Remove { at, length }),
        (at(), token()).prop_map(|(at, text)| Mutation::Insert { at, text: format!(" {text} ") }),
        (at(), token()).prop_map(|(at, text)| Mutation::Insert { at, text }),
        (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Replace { at, byte }),
        (at(), 1..400usize, at()).prop_map(|(at, length, to)| Mutation::Copy { at, length, to }),
        at().prop_map(|at| Mutation::Cut { at }),
    ]
}

fn mutate(text: &mut Vec<u8>, mutation: &Mutation) {
    let length = text.len();
    let position = |at: usize| (at * length) >> 16;
    match *mutation {
        Mutation::Remove { at, length } => {
            let start = position(at);
            text.drain(start..text.len().min(start + length));
        }
        Mutation::Insert { at, text: ref new } => {
            let at = position(at);
            text.splice(at..at, new.bytes());
        }
        Mutation::Replace { at, byte } => {
            if let Some(old) = text.get_mut(position(at)) {
                *old = byte;
            }
        }
        Mutation::Copy { at, length, to } => {
            let start = position(at);
            let copy = text[start..text.len().min(start + length)].to_vec();
            let to = position(to);
            text.splice(to..to, copy);
        }
        Mutation::Cut { at } => text.truncate(position(at)),
    }
}

/// Real programs, a little or much changed, and the same changes in what they include.
#[test]
fn mutated_programs_assemble_or_do_not() {
    let programs = programs();
    let mut names: Vec<_> = programs.keys().cloned().collect();
    names.sort();
    let case =
        (prop::sample::select(names), prop::collection::vec(mutation(), 1..12), any::<bool>(), any::<bool>());
    let mut runner = TestRunner::new(fixed(600));
    let run = |(name, mutations, also_includes, legacy): (String, Vec<Mutation>, bool, bool)| {
        let mut text = programs[&name].clone();
        mutations.iter().for_each(|mutation| mutate(&mut text, mutation));
        let mut sources = |path: &str| -> io::Result<Vec<u8>> {
            let mut text = programs.get(path).cloned().ok_or(io::ErrorKind::NotFound)?;
            if also_includes {
                mutations.iter().for_each(|mutation| mutate(&mut text, mutation));
            }
            Ok(text)
        };
        let dialect = if legacy { Dialect::Legacy } else { Dialect::Standard };
        check_result(assemble_dialect(dialect, &name, &text, &mut sources))
    };
    runner.run(&case, run).unwrap();
}

fn token() -> impl Strategy<Value = String> {
    let rune = prop::sample::select(vec![
        "", "|", "$", "@", "&", "#", "\"", ",", "_", ".", "-", ";", "=", "!", "?", "{", "}", "%", "(", ")",
        "[", "]", "~", "/", ":", "'", "?{", ";{", "%x {",
    ]);
    let text = prop::sample::select(vec![
        "", "x", "y", "x/y", "/y", "&y", "12", "1234", "ffff", "fff0", "0100", "INC", "LIT2k", "BRK2", "{",
        "}", ")", "λ", "self.tal", "lib.tal", "Top",
    ]);
    (rune, text).prop_map(|(rune, text)| format!("{rune}{text}"))
}

proptest! {
    #![proptest_config(fixed(2000))]

    #[test]
    fn random_bytes_assemble_or_do_not(source in prop::collection::vec(any::<u8>(), 0..400)) {
        check_result(assemble_with("soup", &source, &mut files))?;
    }

    #[test]
    fn random_tokens_assemble_or_do_not(tokens in prop::collection::vec(token(), 0..60)) {
        check_result(assemble_files(&tokens.join(" ")))?;
    }
}

/// What holds of every result.
fn check_result(result: Result<Assembly, Errors>) -> Result<(), TestCaseError> {
    let diagnostics = match &result {
        Ok(assembly) => {
            prop_assert!((1..=0xff00).contains(&assembly.rom.len()));
            &assembly.warnings[..]
        }
        Err(errors) => &errors[..],
    };
    prop_assert!(result.is_ok() || !diagnostics.is_empty());
    for diagnostic in diagnostics {
        let place = &diagnostic.place;
        let line = place.source.line(place.line).unwrap();
        prop_assert!(place.column as usize <= line.len() + 1);
        prop_assert!(!diagnostic.to_string().is_empty());
    }
    Ok(())
}

/// Rewinding overwrites what was written, and a reference that was complete then is not written again.
#[test]
fn rewinding_overwrites_references() {
    let rom = |source| assemble(source).unwrap().rom;
    assert_eq!(rom("@x |0100 ;x |0100 01 02 03"), [0x01, 0x02, 0x03]);
    assert_eq!(rom("@x |0100 01 02 03 |0100 ;x"), [0xa0, 0x01, 0x00]);
}
