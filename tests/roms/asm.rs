//! The assembler in Uxntal, against the one in Rust.

use fantail::tal;
use fantail::varvara::{Event, InputType};

use super::{Session, fs, programs};

/// What the assembler writes, the ROM and its complaints, and its exit code.
fn assemble(args: &[&str], source: &[u8]) -> (Vec<u8>, Option<u8>) {
    let mut session = Session::start("roms/console/asm.tal", args);
    for &byte in source {
        if session.varvara.exit_code().is_some() {
            break;
        }
        session.send(Event::Console { byte, kind: InputType::Stdin });
    }
    if session.varvara.exit_code().is_none() {
        session.send(Event::Console { byte: 0, kind: InputType::End });
    }
    let uxn = session.varvara.uxn();
    assert_eq!((uxn.wst.ptr(), uxn.rst.ptr()), (0, 0), "{}", String::from_utf8_lossy(source));
    (session.output, session.varvara.exit_code())
}

/// A program in one piece: what it includes stands in the place of the include.
fn in_one_piece(path: &str) -> String {
    let source = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut text = String::new();
    for line in source.lines() {
        match line.strip_prefix('~') {
            Some(include) => text += &in_one_piece(include),
            None => text += line,
        }
        text.push('\n');
    }
    text
}

/// Itself among them.
#[test]
fn asm_assembles_our_programs() {
    let programs = programs();
    assert!(programs.iter().any(|path| path.ends_with("asm.tal")));
    for path in programs {
        let source = in_one_piece(&path);
        assert!(assemble(&[], source.as_bytes()) == (super::assemble(&path).rom, Some(0)), "{path}");
    }
}

#[test]
fn asm_writes_hexadecimal_digits() {
    let source = b"|0100 @x 01 23 4567 \"abcdefghijklm ;x";
    let expected = "012345676162636465666768696a6b6c\n6da00100\n";
    assert_eq!(assemble(&["hex"], source), (expected.as_bytes().to_vec(), Some(0)));
    assert_eq!(assemble(&["hex"], b"#01 #02 #03 #04 #05 #06 #07 #08").0.len(), 33);
    let (output, code) = assemble(&["binary"], b"");
    assert_eq!(String::from_utf8_lossy(&output), "line 1: the only argument is hex: binary\n");
    assert_eq!(code, Some(1));
}

#[test]
fn asm_knows_the_language() {
    for source in [
        "",
        "BRK LIT LITr LIT2r INC2kr ADDr2k SFTkk22 DEOk",
        "#12 #abcd 00 00ff ab \"#12 \"\"a [ 1234 ] [ignored] \"\u{e9}",
        "@far |0110 ;far =far .far -far !far ?far far @near ,near _near",
        ";later =later .later -later !later ?later later ,later _later @later",
        "|0080 @zero/page $1 &next $2 |0100 .zero/page .zero/next @x/y &z ;&z ;/z /z ;x/z @w ;x/z",
        "Top ;Top @main !Top &sub ;main/sub",
        "&sub ;Top/sub ;/sub",
        "@Top Top",
        "{ 01 { 02 } 03 } ?{ INC } !{ } ;{ ={ ,{ _{ .{ -{ 01 } } } } } }",
        "( a ( b ) ( (c d) ) ) 01 (glued ) 02",
        "01 02 |0100 03 $2 04 |0120 @x |0108 05 |x 06 $x 07",
        "@back $7d ,back ,next $80 @next",
        "00 00 01 00 00 $8",
        "%one { #01 } %sum ( a b -- c ) { ADD ?{ one } one } sum sum %two { } two one",
        "%outer { inner } %inner { \"text } outer",
        "%label { @here ;here } label",
    ] {
        let expected = tal::assemble(source).unwrap_or_else(|errors| panic!("{source}\n{errors}")).rom;
        let (rom, code) = assemble(&[], source.as_bytes());
        assert!(rom == expected && code == Some(0), "{source}\n{}", String::from_utf8_lossy(&rom));
    }
}

#[test]
fn asm_says_what_is_wrong() {
    for (source, expected) in [
        ("01\n#1\n", "line 2: a number has 2 or 4 lower-case hexadecimal digits: #1"),
        ("#1g", "line 1: a number has 2 or 4 lower-case hexadecimal digits: #1g"),
        ("123", "line 1: a number has 2 or 4 lower-case hexadecimal digits: 123"),
        ("|12345", "line 1: a number has 2 or 4 lower-case hexadecimal digits: |12345"),
        ("$soon @soon", "line 1: the label is not known yet: $soon"),
        ("@cafe", "line 1: no label can have this name: @cafe"),
        ("@ADD2k", "line 1: no label can have this name: @ADD2k"),
        ("@;x", "line 1: no label can have this name: @;x"),
        ("@", "line 1: no label can have this name: @"),
        ("@x\n&y @x", "line 2: this name is in use already: @x"),
        ("m @m %m { }", "line 1: this name is in use already: %m"),
        ("%m { } @m", "line 1: this name is in use already: @m"),
        ("%m { } ;m", "line 1: there is no such label: m"),
        ("%m { m } m", "line 1: this is nested too deeply: m"),
        ("\n;nowhere", "line 2: there is no such label: nowhere"),
        ("@x/y ;&z", "line 1: there is no such label: x/z"),
        ("BRK2", "line 1: there is no such label: BRK2"),
        (";", "line 1: a name is missing: ;"),
        ("\"", "line 1: a text is missing: \""),
        ("@x $7f ,x", "line 1: the label is more than 128 bytes away: ,x"),
        (",y $81 @y", "line 1: the label is more than 128 bytes away: y"),
        ("|80 01", "line 1: bytes go from 0100 to 70fd: 01"),
        ("|ffff 01", "line 1: bytes go from 0100 to 70fd: 01"),
        ("( x\n\n", "line 1: this is not closed: ("),
        ("\n%m { x\n", "line 2: this is not closed: %"),
        ("{\n", "line 1: this is not closed: {"),
        ("}", "line 1: no brace is open here: }"),
        (")", "line 1: no comment is open here: )"),
        ("~other.tal", "line 1: includes are not supported: ~other.tal"),
        (":x", "line 1: an absolute address is written with =: :x"),
    ] {
        let (output, code) = assemble(&[], source.as_bytes());
        assert_eq!(String::from_utf8_lossy(&output), format!("{expected}\n"), "{source}");
        assert_eq!(code, Some(1), "{source}");
    }
    let long = format!("\"{}", "x".repeat(64));
    let (output, _) = assemble(&[], long.as_bytes());
    assert!(output.starts_with(b"line 1: the token is too long: \"xxx"));
}

#[test]
fn asm_is_never_overwhelmed() {
    let failed = |source: &str, message: &str| {
        let (output, code) = assemble(&[], source.as_bytes());
        let output = String::from_utf8_lossy(&output).into_owned();
        assert!(output.contains(message) && code == Some(1), "{output}");
        assert!(output.lines().count() <= 20);
    };
    let numbered = |format: &dyn Fn(usize) -> String| (0..3000).map(format).collect::<String>();
    failed(&numbered(&|n| format!("@label-{n}\n")), "there is no room left: @label-");
    failed(&numbered(&|n| format!(";label-{n}\n")), "there is no room left: ;label-");
    failed(&";x ".repeat(6000), "there is no room left: ;x");
    failed(&"?{ ".repeat(300), "this is nested too deeply: ?{");
    failed(&format!("%m {{ {} }}", "0102 ".repeat(8000)), "there is no room left: 0102");
    failed("%m { m m m m m m m m } m", "this is nested too deeply: m");
    failed(&"0102 ".repeat(20_000), "bytes go from 0100 to 70fd: 0102");
    let full = "0102 ".repeat(14_335);
    assert_eq!(assemble(&[], full.as_bytes()), (tal::assemble(&full).expect("correct").rom, Some(0)));
}

/// Sources of random tokens: both assemblers accept them, with the same bytes, or neither.
#[test]
#[cfg_attr(feature = "eager", ignore = "each computer has its program compiled anew, and there are hundreds")]
fn asm_agrees_on_random_sources() {
    const TOKENS: &[&str] = &[
        "@u",
        "@v",
        "@w/x",
        "&u",
        "&v",
        "&w",
        ";u",
        ";v",
        ",&u",
        "_/v",
        ".w/x",
        "-u",
        "=v",
        "!w/u",
        "?{",
        "}",
        "{",
        "}",
        ";{",
        "u",
        "/v",
        "&w",
        "ADD",
        "LIT2r",
        "STH2k",
        "BRK",
        "#12",
        "#3456",
        "78",
        "9abc",
        "\"text",
        "$2",
        "$10",
        "|0180",
        "|u",
        "( c )",
        "( ( d ) e )",
        "[",
        "]",
        "%m1 { ADD ?{ 01 } }",
        "m1",
        "m1",
        "%m2 { m1 ;u }",
        "m2",
        "Top",
        "$7c",
    ];
    let mut random = 1u32;
    let mut below = |limit: usize| {
        random = random.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
        (random >> 8) as usize % limit
    };
    let mut accepted = 0;
    for _ in 0..3000 {
        let mut source: String =
            (0..below(16)).map(|_| TOKENS[below(TOKENS.len())].to_owned() + [" ", "\n"][below(2)]).collect();
        // Labels, most of the time.
        for label in ["@u ", "@v ", "@w/x ", "@w &u &v "] {
            if below(4) > 0 && !source.contains(label.trim()) {
                source += label;
            }
        }
        let (output, code) = assemble(&[], source.as_bytes());
        match tal::assemble(&source) {
            Ok(assembly) => {
                accepted += 1;
                assert!(assembly.rom == output && code == Some(0), "{source}\n{output:02x?}");
            }
            Err(errors) => assert_eq!(code, Some(1), "{source}\n{errors}"),
        }
    }
    assert!((300..2700).contains(&accepted), "{accepted}");
}
