//! The `fantail` command, as it is built: what it prints, writes and returns.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use fantail::tal;
use sha2::{Digest, Sha256};

/// A directory of one test, empty.
fn directory(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command").join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn fantail(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fantail"));
    command.current_dir(directory).stdin(Stdio::null());
    command
}

/// Writes `x.rom` and returns its directory.
fn program(test: &str, source: &str) -> PathBuf {
    let directory = directory(test);
    fs::write(directory.join("x.rom"), tal::assemble(source).unwrap().rom).unwrap();
    directory
}

/// Runs the command with these words.
fn execute(directory: &Path, words: &str) -> Output {
    fantail(directory).args(words.split_whitespace()).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn start(directory: &Path, words: &str) -> Child {
    let mut command = fantail(directory);
    command
        .args(words.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

mod dis {
    use super::*;

    #[test]
    fn prints_a_source_that_assembles_to_the_same_bytes() {
        let directory = program("dis", "@on-reset ;text print BRK @print POP2 JMP2r @text \"hello 00");
        let output = execute(&directory, "dis x.rom");
        assert!(output.status.success() && output.stderr.is_empty());
        fs::write(directory.join("again.tal"), &output.stdout).unwrap();
        assert!(execute(&directory, "asm again.tal again.rom").status.success());
        assert_eq!(
            fs::read(directory.join("x.rom")).unwrap(),
            fs::read(directory.join("again.rom")).unwrap()
        );
        fs::write(directory.join("x.sym"), b"\x01\x09/bad\0\x01\x09<text>\0").unwrap();
        let output = execute(&directory, "dis x.rom --symbols x.sym");
        let source = String::from_utf8(output.stdout).unwrap();
        assert!(
            source.contains("( 1 symbol is left out") && source.contains("\n@<text>\n\t\"hello 00"),
            "{source}"
        );
    }

    #[test]
    fn tells_what_it_cannot_read() {
        let directory = program("dis-errors", "BRK");
        let fails = |words: &str, start: &str| {
            let output = execute(&directory, words);
            assert!(stderr(&output).starts_with(start), "{}", stderr(&output));
            assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
        };
        fails("dis no.rom", "fantail: cannot read the ROM `no.rom`: ");
        fails("dis x.rom --symbols no.sym", "fantail: cannot read the symbol file `no.sym`: ");
        fs::write(directory.join("x.sym"), b"\x01\x00Top\0\x01\x00cut").unwrap();
        fails(
            "dis x.rom --symbols x.sym",
            "fantail: `x.sym` is not a symbol file: the symbol at byte 6 has no end",
        );
        fs::write(directory.join("empty.rom"), b"").unwrap();
        fails("dis empty.rom", "fantail: cannot disassemble `empty.rom`: the ROM is empty");
        fs::write(directory.join("banks.rom"), vec![1; 0xff01]).unwrap();
        fails("dis banks.rom", "fantail: cannot disassemble `banks.rom`: the ROM has 65281 bytes");
    }
}

mod link {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use flate2::read::ZlibDecoder;

    use super::*;

    const LOCAL: &str =
        "fantail: the link opens on this computer only; --page takes the address of another page\n";

    fn link(directory: &Path, args: &[&str]) -> Output {
        fantail(directory).args(["link", "x.rom"]).args(args).output().unwrap()
    }

    fn stdout(output: &Output) -> String {
        assert!(output.status.success(), "{}", stderr(output));
        String::from_utf8(output.stdout.clone()).unwrap()
    }

    /// What is in a line that consists of a page, a program, and nothing else.
    fn unpacked(line: &str, page: &str) -> Vec<u8> {
        let program = line.strip_prefix(page).and_then(|rest| rest.strip_prefix("#z=")).unwrap();
        let packed = URL_SAFE_NO_PAD.decode(program.strip_suffix('\n').unwrap()).unwrap();
        let mut bytes = Vec::new();
        let mut decoder = ZlibDecoder::new(&packed[..]);
        decoder.read_to_end(&mut bytes).unwrap();
        assert_eq!(decoder.total_in(), packed.len() as u64, "nothing follows the program");
        bytes
    }

    /// A program that deflate cannot make smaller.
    fn noise(size: usize) -> Vec<u8> {
        let blocks = (1u32..).flat_map(|n| Sha256::digest(n.to_le_bytes()));
        std::iter::once(0xa0).chain(blocks).take(size).collect()
    }

    #[test]
    fn holds_the_program() {
        let directory = program("link", "|100 ;on-input #10 DEO2 BRK @on-input #12 DEI #18 DEO BRK");
        let rom = fs::read(directory.join("x.rom")).unwrap();
        let output = link(&directory, &[]);
        assert_eq!(unpacked(&stdout(&output), "http://localhost:4173/"), rom);
        assert_eq!(stderr(&output), LOCAL);
        for (given, page) in [
            ("https://uxn.example/play/", "https://uxn.example/play/"),
            ("HTTP://[::1]:80", "HTTP://[::1]:80"),
            ("https://uxn.example/?engine=switch#z=AAAA", "https://uxn.example/?engine=switch"),
        ] {
            let output = link(&directory, &["--page", given]);
            assert_eq!(unpacked(&stdout(&output), page), rom);
            assert_eq!(stderr(&output), "");
        }
    }

    #[test]
    fn holds_the_largest_program() {
        let directory = directory("link-largest");
        let rom = noise(0xff00 + 15 * 0x10000);
        fs::write(directory.join("x.rom"), &rom).unwrap();
        let output = link(&directory, &["--page", "https://uxn.example/"]);
        assert!(unpacked(&stdout(&output), "https://uxn.example/") == rom);
        let length = output.stdout.len() - 1;
        let note = format!("fantail: the link has {length} characters, and Firefox opens at most 1048576\n");
        assert_eq!(stderr(&output), note);
    }

    #[test]
    fn holds_arguments() {
        let directory = program("link-arguments", "BRK");
        for (args, encoded) in [
            ("hello", "args=hello&"),
            ("-a \"b c\" 'd'", "args=%2Da%20%22b%20c%22%20%27d%27&"),
            ("100% & #1+1=2;", "args=100%25%20%26%20%231%2B1%3D2%3B&"),
            ("(é) [~] a.b_c*", "args=%28%C3%A9%29%20%5B%7E%5D%20a%2Eb%5Fc%2A&"),
            ("%41", "args=%20%2541&"),
            ("%4g 100%", "args=%254g%20100%25&"),
            ("", ""),
            (" ", ""),
        ] {
            let line = stdout(&link(&directory, &["--args", args]));
            assert_eq!(line.trim_end(), format!("http://localhost:4173/#{encoded}z=eNpjAAAAAQAB"));
        }
    }

    #[test]
    fn tells_when_it_is_long() {
        let directory = directory("link-long");
        let page = "https://uxn.example/";
        let mut lengths = Vec::new();
        for size in 1460..1490 {
            fs::write(directory.join("x.rom"), noise(size)).unwrap();
            let output = link(&directory, &["--page", page]);
            let length = stdout(&output).len() - 1;
            let note = format!(
                "fantail: the link has {length} characters; some chat and mail programs cut it off at 2000\n"
            );
            assert_eq!(stderr(&output), if length > 2000 { note.as_str() } else { "" });
            lengths.push(length);
        }
        assert!(lengths.iter().any(|&length| length <= 2000) && lengths.iter().any(|&length| length > 2000));
    }

    #[test]
    fn tells_what_is_wrong() {
        let directory = program("link-errors", "BRK");
        let output = execute(&directory, "link no.rom");
        assert!(
            stderr(&output).starts_with("fantail: cannot read the ROM `no.rom`: "),
            "{}",
            stderr(&output)
        );
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
        for (bytes, why) in [
            (vec![], "the file is empty"),
            (b"<!doctype html><p>404".to_vec(), "not a ROM: the file is a web page"),
            (vec![1; 0xff00 + 15 * 0x10000 + 1], "the file is too large; a ROM has at most 1048320 bytes"),
        ] {
            fs::write(directory.join("bad.rom"), bytes).unwrap();
            let output = execute(&directory, "link bad.rom");
            assert!(
                stderr(&output).starts_with(&format!("fantail: cannot run `bad.rom`: {why}\n")),
                "{}",
                stderr(&output)
            );
            assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
        }
        for page in [
            "",
            "uxn.example",
            "//uxn.example/",
            "file:///x.html",
            "javascript:alert(1)",
            "https://",
            "https:///x",
        ] {
            let output = link(&directory, &["--page", page]);
            assert!(
                stderr(&output).contains("begins with https:// or http://"),
                "{page}: {}",
                stderr(&output)
            );
            assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{page}");
        }
        for page in ["https://uxn.example/a b", "https://uxn.example/\n", "https://uxn.example/\u{9b}2J"] {
            let output = link(&directory, &["--page", page]);
            assert!(stderr(&output).contains("an address has no spaces"), "{page}: {}", stderr(&output));
            assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{page}");
        }
    }
}

mod legacy {
    use super::*;

    #[test]
    fn takes_old_runes_with_a_warning() {
        let directory = directory("legacy");
        fs::write(directory.join("x.tal"), "@x :x 'c").unwrap();
        let output = execute(&directory, "asm x.tal x.rom");
        assert!(stderr(&output).contains("write `=x`, or assemble with `--legacy`"), "{}", stderr(&output));
        assert_eq!(output.status.code(), Some(1));
        let output = execute(&directory, "asm x.tal x.rom --legacy");
        assert!(stderr(&output).contains("warning: the rune `'` is no longer in use"), "{}", stderr(&output));
        assert_eq!(fs::read(directory.join("x.rom")).unwrap(), [1, 0, b'c']);
    }

    #[test]
    fn takes_old_comments_and_names_with_a_warning() {
        let directory = directory("legacy-library");
        fs::write(directory.join("x.tal"), "( adds)\n@add32 ( a b -- c) ADD JMP2r ;add32 JSR2 add32")
            .unwrap();
        let output = execute(&directory, "asm x.tal x.rom");
        assert!(stderr(&output).contains("may need `--legacy`"), "{}", stderr(&output));
        let output = execute(&directory, "asm x.tal x.rom --legacy");
        for told in ["the comment ends with `adds)`", "the name `add32` reads as a number"] {
            assert!(stderr(&output).contains(&format!("warning: {told}")), "{}", stderr(&output));
        }
        assert!(output.status.success());
    }
}

/// A text is a ROM like any other; what is probably a source runs with a warning.
#[test]
fn a_rom_may_be_text() {
    let directory = directory("text");
    fs::write(directory.join("x.rom"), "Hello World!\n").unwrap();
    let output = execute(&directory, "shot x.rom --frames 1 --fuel 100000");
    assert_eq!(
        (output.status.code(), stderr(&output).contains("warning")),
        (Some(0), false),
        "{}",
        stderr(&output)
    );
    fs::write(directory.join("x.rom"), "|0100 @on-reset BRK").unwrap();
    let output = execute(&directory, "shot x.rom --frames 1 --fuel 100000");
    let warning = "fantail: warning: `x.rom`: the file looks like Uxntal, which has to be assembled first\n";
    assert!(stderr(&output).starts_with(warning), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(0));
}

/// A ROM of late 2021 runs, as nothing in it says when it was made, with a warning.
#[test]
fn a_rom_of_2021_is_doubtful() {
    let source = "%dup2 { 23 } %rot { 07 }
        #0a6f #08 DEO2 #05cf #0a DEO2 #0caf #0c DEO2 ;frame #20 DEO2
        #1000 &loop dup2 #00 rot rot STA INC2 dup2 #1100 NEQ2 ,&loop JCN POP2 BRK @frame BRK";
    let directory = program("of-2021", source);
    let output = execute(&directory, "shot x.rom --frames 1 --fuel 1000000");
    assert!(stderr(&output).contains("warning: `x.rom`: the ROM seems to be of 2021"), "{}", stderr(&output));
}

/// Neither a source nor a script can hide from the reader what a message is about, or do something to the terminal.
#[test]
fn messages_name_what_cannot_be_seen() {
    let directory = program("invisible", "BRK");
    for (name, text, words, expected) in [
        ("x.tal", "#12\u{a0}#34", "asm x.tal y.rom", "`#12<U+00A0>#34` is not a literal"),
        ("x.tal", "~no\u{202e} \u{1b}[2J.tal", "asm x.tal y.rom", "cannot include `no<U+202E>`"),
        ("script", "@1 key\u{a0}41", "shot x.rom --script script", "line 1: `key<U+00A0>41` is unknown"),
    ] {
        fs::write(directory.join(name), text).unwrap();
        let told = stderr(&execute(&directory, words));
        assert!(told.contains(expected), "{told}");
        assert!(!told.contains(['\u{a0}', '\u{202e}', '\u{1b}']), "{told}");
    }
}

#[test]
fn a_script_that_is_too_large_is_refused() {
    let directory = program("large-script", "BRK");
    let script = "# nothing\n".repeat((16 << 20) / 10 + 1);
    fs::write(directory.join("x.script"), script).unwrap();
    let output = execute(&directory, "shot x.rom --script x.script");
    assert_eq!(stderr(&output), "fantail: the script `x.script` has more than 16777216 bytes\n");
    assert_eq!(output.status.code(), Some(1));
}

mod asm {
    use super::*;

    #[test]
    fn overwrites_none_of_its_files() {
        let directory = directory("asm-overwrites");
        fs::write(directory.join("x.tal"), "@x ;x").unwrap();
        fs::write(directory.join("y.tal"), "~x.tal").unwrap();
        for (words, refused) in [
            ("asm y.tal x.tal", "fantail: the ROM would overwrite `x.tal`"),
            ("asm y.tal y.rom --symbols ./x.tal", "fantail: the symbol file would overwrite `x.tal`"),
            ("asm x.tal x.tal", "fantail: the ROM would overwrite `x.tal`"),
            ("asm x.tal x.rom --symbols x.tal", "fantail: the symbol file would overwrite `x.tal`"),
            ("asm x.tal x.rom --symbols ./x.rom", "fantail: the symbol file would overwrite `x.rom`"),
        ] {
            let output = execute(&directory, words);
            assert_eq!(stderr(&output).trim_end(), refused);
            assert_eq!(output.status.code(), Some(1));
        }
        assert_eq!(fs::read(directory.join("x.tal")).unwrap(), b"@x ;x");
        assert_eq!(fs::read(directory.join("x.rom")).unwrap(), [0xa0, 0x01, 0x00]);
    }

    #[test]
    fn writes_rom_and_symbols() {
        let directory = directory("asm");
        fs::create_dir(directory.join("lib")).unwrap();
        fs::write(directory.join("main.tal"), "~lib/twice.tal #02 twice BRK").unwrap();
        fs::write(directory.join("lib/twice.tal"), "%twice { DUP ADD }").unwrap();
        let output = execute(&directory, "asm main.tal main.rom --symbols main.rom.sym");
        assert_eq!(stderr(&output), "Assembled main.rom in 5 bytes.\n");
        assert!(output.status.success() && output.stdout.is_empty());
        assert_eq!(fs::read(directory.join("main.rom")).unwrap(), [0x80, 0x02, 0x06, 0x18, 0x00]);
        assert_eq!(fs::read(directory.join("main.rom.sym")).unwrap(), b"\x01\x00Top\0");
    }

    #[test]
    fn shows_errors_and_writes_nothing() {
        let directory = directory("asm-errors");
        fs::write(directory.join("x.tal"), "@on-reset\n\t;mesage #1 BRK\n\n@message 00\n").unwrap();
        fs::write(directory.join("x.rom"), "old").unwrap();
        let output = execute(&directory, "asm x.tal x.rom --symbols x.sym");
        let expected = "\
error: no label `mesage` is defined
 --> x.tal:2:2
  |
2 |     ;mesage #1 BRK
  |     ^^^^^^^
  |
  = help: there is a label `message`

error: `#1` is not a literal of 2 or 4 hexadecimal digits
 --> x.tal:2:10
  |
2 |     ;mesage #1 BRK
  |             ^^
  |
  = help: write `#hh` for a byte and `#hhhh` for a short, with leading zeroes

fantail: `x.tal` was not assembled: 2 errors
";
        assert_eq!(stderr(&output), expected);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(fs::read(directory.join("x.rom")).unwrap(), b"old");
        assert!(!directory.join("x.sym").exists());
    }

    #[test]
    fn shows_other_places_and_warnings() {
        let directory = directory("asm-notes");
        fs::write(directory.join("x.tal"), "01 @x\r\n@x\r\n").unwrap();
        let errors = stderr(&execute(&directory, "asm x.tal x.rom"));
        assert!(
            errors.contains("x.tal:2:1\n") && errors.contains("- first defined here, as a label"),
            "{errors}"
        );

        fs::write(directory.join("x.tal"), "01 @x").unwrap();
        let output = execute(&directory, "asm x.tal x.rom");
        assert!(stderr(&output).contains("warning: the label `x` is never used"));
        assert_eq!(fs::read(directory.join("x.rom")).unwrap(), [1]);
    }

    #[test]
    fn takes_bytes_that_are_not_utf8() {
        let directory = directory("asm-bytes");
        fs::write(directory.join("x.tal"), b"\"\xff\xe9 \xe9\xe9 \x1b[2J x\xc2\x9b2J").unwrap();
        let errors = stderr(&execute(&directory, "asm x.tal x.rom"));
        assert!(errors.contains("x.tal:1:5\n") && errors.contains("x.tal:1:13\n"), "{errors}");
        let controls: Vec<_> = errors.chars().filter(|&c| c.is_control() && c != '\n').collect();
        assert_eq!(controls, [], "control characters of a source stay off the terminal");
    }

    #[test]
    fn tells_which_file_it_cannot_read_or_write() {
        let directory = directory("asm-files");
        let output = execute(&directory, "asm no.tal x.rom");
        assert!(stderr(&output).starts_with("fantail: cannot read the source `no.tal`: "));
        assert_eq!(output.status.code(), Some(1));
        fs::write(directory.join("x.tal"), "BRK").unwrap();
        let output = execute(&directory, "asm x.tal no/x.rom");
        assert!(stderr(&output).starts_with("fantail: cannot write the ROM `no/x.rom`: "));
        assert_eq!(output.status.code(), Some(1));
    }

    #[test]
    fn wrong_usage_returns_2() {
        let directory = directory("usage");
        for words in
            ["asm x.tal", "build x.tal", "shot", "shot x.rom --engine table", "run --edition 1999 x.rom"]
        {
            assert_eq!(execute(&directory, words).status.code(), Some(2), "{words}");
        }
    }
}

mod run {
    use super::*;

    /// Prints its input and ends with code 3 when that ends.
    const ECHO: &str = ";on-input #10 DEO2 BRK
        @on-input #17 DEI #04 EQU ?&end #12 DEI #18 DEO BRK &end #03 #0f DEO BRK";

    /// Prints type (as a digit) and byte of each input.
    const TYPES: &str = ";on-input #10 DEO2 BRK @on-input #17 DEI #30 ADD #18 DEO #12 DEI #18 DEO BRK";

    fn feed(child: &mut Child, bytes: &[u8]) {
        child.stdin.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn expect(child: &mut Child, bytes: &[u8]) {
        let mut read = vec![0; bytes.len()];
        child.stdout.as_mut().unwrap().read_exact(&mut read).unwrap();
        assert_eq!(read, bytes);
    }

    #[test]
    fn input_goes_in_and_the_exit_code_comes_out() {
        let directory = program("run-echo", ECHO);
        for engine in ["tailcall", "switch"] {
            let mut child = start(&directory, &format!("run --engine {engine} x.rom"));
            let input: Vec<u8> = (0..200_000u32).map(|n| (n * 7 / 3) as u8).collect();
            let mut stdin = child.stdin.take().unwrap();
            let fed = input.clone();
            let feeder = std::thread::spawn(move || stdin.write_all(&fed).unwrap());
            let output = child.wait_with_output().unwrap();
            feeder.join().unwrap();
            assert!(output.stdout == input, "{} bytes", output.stdout.len());
            assert_eq!(output.status.code(), Some(3));
        }
    }

    #[test]
    fn answers_come_while_input_is_open() {
        let directory = program("run-talk", ECHO);
        let mut child = start(&directory, "run x.rom");
        for line in ["one\n", "two\n"] {
            feed(&mut child, line.as_bytes());
            expect(&mut child, line.as_bytes());
        }
        drop(child.stdin.take());
        assert_eq!(child.wait().unwrap().code(), Some(3));
    }

    #[test]
    fn arguments_come_before_input_and_options_behind_the_rom_are_arguments() {
        let directory = program("run-arguments", TYPES);
        let mut child = start(&directory, "run x.rom ab --engine");
        feed(&mut child, b"z");
        drop(child.stdin.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.stdout, b"2a2b3\n2-2-2e2n2g2i2n2e4\n1z4\0");
        assert_eq!(output.status.code(), Some(0), "no code was set");
    }

    #[test]
    fn a_program_that_does_not_listen_ends_although_input_is_open() {
        let directory = program("run-hello", "LIT \"o #18 DEO LIT \"e #19 DEO BRK");
        let mut child = start(&directory, "run x.rom");
        let stdin = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        drop(stdin);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!((output.stdout, output.stderr), (b"o".to_vec(), b"e".to_vec()));
    }

    #[test]
    fn nobody_reads_the_output() {
        let directory = program("run-pipe", "@on-reset LIT \"y #18 DEO !on-reset");
        let mut child = start(&directory, "run x.rom");
        expect(&mut child, b"yyyy");
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    }

    #[test]
    fn frames_go_on_while_the_program_waits_for_input() {
        let source = ";on-input #10 DEO2 ;on-frame #20 DEO2 BRK
            @on-input BRK
            @on-frame [ LIT &n 00 ] INC DUP ,&n STR #05 EQU ?&end BRK &end #87 #0f DEO BRK";
        let directory = program("run-frames", source);
        let mut child = start(&directory, "run x.rom");
        // `wait` would close it.
        let stdin = child.stdin.take();
        assert_eq!(child.wait().unwrap().code(), Some(7), "the code is what is left of bit 7");
        drop(stdin);
    }

    #[test]
    fn says_when_only_the_screen_goes_on() {
        let directory = program("run-screen", ";on-frame #20 DEO2 @on-frame BRK");
        let output = execute(&directory, "run x.rom");
        assert!(stderr(&output).contains("fantail shot") && output.status.success());
    }

    #[test]
    fn the_clock_can_be_set() {
        let directory =
            program("run-clock", "#c0 DEI #18 DEO #c1 DEI #18 DEO #c2 DEI #18 DEO #c3 DEI #18 DEO BRK");
        assert_eq!(execute(&directory, "run --clock 1795348800 x.rom").stdout, [0x07, 0xea, 10, 22]);
        assert_eq!(execute(&directory, "run --clock -1 x.rom").stdout, [0x07, 0xb1, 11, 31]);
        let year = execute(&directory, "run x.rom").stdout;
        assert!(u16::from_be_bytes([year[0], year[1]]) >= 2026, "the local time otherwise");
    }

    #[test]
    fn what_is_not_a_rom_is_refused() {
        let directory = directory("run-no-rom");
        fs::write(directory.join("x.tal"), "@on-reset #01 INC BRK").unwrap();
        let told = stderr(&execute(&directory, "shot x.tal --frames 1 --fuel 100000"));
        assert!(told.starts_with("fantail: warning: `x.tal`: the file looks like Uxntal"), "{told}");
        assert!(told.contains("  help: `fantail asm IN.tal OUT.rom` makes a ROM from a source\n"), "{told}");
        fs::write(directory.join("x.html"), "<!doctype html>").unwrap();
        let output = execute(&directory, "run x.html");
        let told = stderr(&output);
        assert!(
            told.starts_with("fantail: cannot run `x.html`: not a ROM: the file is a web page"),
            "{told}"
        );
        assert_eq!(output.status.code(), Some(1));
        assert!(
            stderr(&execute(&directory, "run y.rom")).starts_with("fantail: cannot read the ROM `y.rom`: ")
        );
        fs::write(directory.join("x.rom"), [0]).unwrap();
        assert!(stderr(&execute(&directory, "run --dir no x.rom")).contains("cannot use the directory `no`"));
        assert!(execute(&directory, "run --dir . x.rom").status.success());
    }
}

mod shot {
    use super::*;

    /// Prints a letter for each vector and the ports that belong to it.
    const EVENTS: &str = "
        ;on-input #10 DEO2 ;on-frame #20 DEO2 ;on-key #80 DEO2 ;on-mouse #90 DEO2 BRK
        @on-input LIT \"c #18 DEO #12 DEI #18 DEO #17 DEI #18 DEO BRK
        @on-frame LIT \"f #18 DEO BRK
        @on-key LIT \"k #18 DEO #82 DEI #18 DEO #83 DEI #18 DEO BRK
        @on-mouse LIT \"m #18 DEO
            #92 DEI2 short #94 DEI2 short #96 DEI #18 DEO #9a DEI2 short #9c DEI2 short BRK
        @short SWP #18 DEO #18 DEO JMP2r";

    fn json(output: &Output) -> serde_json::Value {
        assert!(output.status.success(), "{}", stderr(output));
        let text = std::str::from_utf8(&output.stdout).unwrap();
        assert_eq!(text.find('\n'), Some(text.len() - 1), "one line");
        serde_json::from_str(text).unwrap()
    }

    fn sha256(bytes: &[u8]) -> String {
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_script_reaches_the_program_in_order() {
        let directory = program("shot-events", EVENTS);
        let script = "# every kind\nframes 8\n@1 key 0d\n@1 char é\n@2 down ctrl\n@2 down right\n@2 up ctrl\n\
            @3 mouse 1 258\n@3 mdown 5\n@3 mup 1\n@4 scroll 1 1\n@4 scroll 0 -2\n@5 stdin a\\n\n@7 eof\narg x y\narg z\n";
        fs::write(directory.join("script"), script).unwrap();
        let output = execute(&directory, "shot x.rom --script script");
        let expected: &[&[u8]] = &[
            b"cx\x02c \x02cy\x02c\n\x03cz\x02c\n\x04",
            b"k\x00\rk\x00\xc3k\x00\xa9f",
            b"k\x01\0k\x81\0k\x80\0f",
            b"m\0\x01\x01\x02\0\0\0\0\0m\0\x01\x01\x02\x05\0\0\0\0m\0\x01\x01\x02\x04\0\0\0\0f",
            b"m\0\x01\x01\x02\x04\0\x01\xff\xffm\0\x01\x01\x02\x04\0\0\0\x02f",
            b"ca\x01c\n\x01ff",
            b"c\0\x04ff",
        ];
        assert_eq!(output.stdout, expected.concat());
        assert_eq!(stderr(&output), "");
    }

    #[test]
    fn the_edition_reaches_the_devices() {
        let directory = program("shot-edition", EVENTS);
        fs::write(directory.join("script"), "frames 1\n@1 mdown 2").unwrap();
        let button = |words: &str| execute(&directory, words).stdout[5];
        assert_eq!(button("shot x.rom --script script"), 2);
        assert_eq!(button("shot x.rom --script script --edition 2023"), 4);
    }

    #[test]
    fn the_line_has_its_fields_in_order() {
        let source =
            "#1234 #56 STH #0003 #22 DEO2 #0002 #24 DEO2 LIT \"\" #18 DEO #ff #18 DEO LIT \"e #19 DEO BRK";
        let directory = program("shot-json", source);
        let output = execute(&directory, "shot x.rom --json --frames 2");
        // Colours of a new machine are black.
        let expected = format!(
            "{{\"width\":3,\"height\":2,\"frames\":2,\"end\":\"running\",\"exit\":null,\"rgb_sha256\":\"{}\",\
             \"wst\":[18,52],\"rst\":[86],\"stdout\":\"\\\"\u{fffd}\",\"stderr\":\"e\",\"stdout_sha256\":\"{}\"}}\n",
            sha256(&[0; 18]),
            sha256(b"\"\xff")
        );
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    }

    #[test]
    fn the_picture_is_what_the_hash_is_of() {
        // Red, and one pixel of it green, on a screen of 5 by 4.
        let source = "#f000 #08 DEO2 #0f00 #0a DEO2 #0000 #0c DEO2 #0005 #22 DEO2 #0004 #24 DEO2
            #0001 #28 DEO2 #0002 #2a DEO2 #01 #2e DEO BRK";
        let directory = program("shot-picture", source);
        let json = json(&execute(&directory, "shot x.rom --json --out x.png --frames 1"));
        let mut reader =
            png::Decoder::new(std::io::BufReader::new(fs::File::open(directory.join("x.png")).unwrap()))
                .read_info()
                .unwrap();
        let mut picture = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut picture).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (5, 4, png::ColorType::Rgb));
        let mut expected = [0xff, 0, 0].repeat(20);
        expected[(2 * 5 + 1) * 3..][..3].copy_from_slice(&[0, 0xff, 0]);
        assert_eq!(picture, expected);
        assert_eq!(json["rgb_sha256"], sha256(&picture));
    }

    #[test]
    fn an_exit_ends_the_run() {
        let source = ";on-frame #20 DEO2 BRK
            @on-frame [ LIT &n 00 ] INC DUP ,&n STR #03 EQU ?&end BRK &end #85 #0f DEO BRK";
        let directory = program("shot-exit", source);
        let json = json(&execute(&directory, "shot x.rom --json --out x.png"));
        assert_eq!((&json["end"], &json["exit"], &json["frames"]), (&"exit".into(), &5.into(), &3.into()));
        assert!(directory.join("x.png").exists());
        fs::write(directory.join("x.rom"), tal::assemble("#80 #0f DEO BRK").unwrap().rom).unwrap();
        let json = super::shot::json(&execute(&directory, "shot x.rom --json"));
        assert_eq!((&json["end"], &json["exit"], &json["frames"]), (&"exit".into(), &0.into(), &0.into()));
    }

    #[test]
    fn an_endless_loop_ends_with_a_picture() {
        let directory = program("shot-endless", "#0003 #22 DEO2 @loop !loop");
        for engine in ["tailcall", "switch"] {
            let output = execute(
                &directory,
                &format!("shot x.rom --json --out x.png --fuel 100000 --engine {engine}"),
            );
            let json = json(&output);
            assert_eq!(
                (&json["end"], &json["frames"], &json["width"]),
                (&"running".into(), &0.into(), &3.into())
            );
            assert!(stderr(&output).contains("frame 1 of 60: the fuel is used up; --fuel gives more"));
            assert!(directory.join("x.png").exists());
        }
    }

    #[test]
    fn a_program_that_prints_without_end_is_ended() {
        let directory = program("shot-print", "@loop LIT \"y #18 DEO !loop");
        let output = execute(&directory, "shot x.rom --json");
        assert!(stderr(&output).contains("prints without end"));
        let length = json(&output)["stdout"].as_str().unwrap().len();
        assert!((64 << 20..65 << 20).contains(&length), "{length}");
    }

    #[test]
    fn runs_come_out_the_same() {
        // Draws in places and colours that depend on frames, input and the clock.
        let source = ";on-frame #20 DEO2 ;on-key #80 DEO2 #0f7c #08 DEO2 #05f1 #0a DEO2 #0a3e #0c DEO2 BRK
            @on-key #83 DEI ;seed LDA MUL INC ;seed STA BRK
            @on-frame ;seed LDA #c6 DEI ADD #1d MUL #07 ADD DUP ;seed STA
            DUP #00 SWP #28 DEO2 #03 MUL #00 SWP #2a DEO2 #83 #2e DEO ;seed LDA #18 DEO BRK
            @seed 05";
        let directory = program("shot-same", source);
        fs::write(directory.join("script"), "@5 key 61\n@50 char b\n").unwrap();
        let shot = |words: &str| {
            let output = execute(&directory, &format!("shot x.rom --json --script script {words}"));
            json(&output);
            output.stdout
        };
        let first = shot("");
        for words in ["--frames 60", "--engine switch", "--clock 0", "--dir ."] {
            assert_eq!(shot(words), first, "{words}");
        }
        for words in ["--frames 61", "--clock 1"] {
            assert_ne!(shot(words), first, "{words}");
        }
    }

    #[test]
    fn frames_are_those_of_the_option_of_the_script_or_60() {
        let directory = program("shot-frames", "BRK");
        fs::write(directory.join("script"), "frames 7\n@9 eof").unwrap();
        let frames = |words: &str| json(&execute(&directory, words))["frames"].clone();
        assert_eq!(frames("shot x.rom --json"), 60);
        assert_eq!(frames("shot x.rom --json --script script"), 7);
        assert_eq!(frames("shot x.rom --json --script script --frames 0"), 0);
        let note = "fantail: the run has 7 frames; the script goes on to frame 9\n";
        assert_eq!(stderr(&execute(&directory, "shot x.rom --script script")), note);
    }

    #[test]
    fn a_fault_in_the_script_is_told_with_its_line() {
        let directory = program("shot-fault", "BRK");
        fs::write(directory.join("script"), "frames 7\n\n@1 press a\n").unwrap();
        let output = execute(&directory, "shot x.rom --script script --out x.png");
        let expected = "fantail: `script`, line 3: `press` is unknown; expected key, char, down, up, mouse, \
            mdown, mup, scroll, stdin or eof\n  help: `fantail shot --help` shows the lines of a script\n";
        assert_eq!(stderr(&output), expected);
        assert_eq!(output.status.code(), Some(1));
        assert!(!directory.join("x.png").exists());
    }

    /// A note of 2940 samples from the reset vector on, and one that a key starts in the sixth frame.
    #[test]
    fn the_wav_holds_what_sounds() {
        let source = ";on-key #80 DEO2 ;on-end #30 DEO2 #0010 #38 DEO2 ;wave #3c DEO2 #0010 #3a DEO2
            #f0 #3e DEO #3c #3f DEO BRK
            @on-key #0f #3e DEO #3c #3f DEO BRK @on-end LIT \"E #18 DEO BRK
            @wave ffff ffff ffff ffff ffff ffff ffff ffff";
        let directory = program("shot-wav", source);
        fs::write(directory.join("script"), "@6 char a\n").unwrap();
        let words = "shot x.rom --script script --frames 11 --wav x.wav";
        let output = execute(&directory, words);
        assert_eq!((output.stdout.as_slice(), stderr(&output).as_str()), (b"EE".as_slice(), ""));
        let mut wav = hound::WavReader::open(directory.join("x.wav")).unwrap();
        let spec = wav.spec();
        assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (2, 44100, 16));
        let samples: Vec<_> = wav.samples::<i16>().map(Result::unwrap).collect();
        let samples = samples.as_chunks::<2>().0;
        assert_eq!(samples.len(), 11 * 735);
        let (left, right): (Vec<_>, Vec<_>) = samples.iter().map(|&[left, right]| (left, right)).unzip();
        let sounding = |channel: &[i16]| {
            let first = channel.iter().position(|&value| value != 0).unwrap();
            let last = channel.iter().rposition(|&value| value != 0).unwrap();
            assert!(channel[first..=last].iter().all(|&value| value == 5417));
            (first, last)
        };
        assert_eq!(sounding(&left), (0, 2939));
        assert_eq!(sounding(&right), (5 * 735, 5 * 735 + 2939));

        let first = fs::read(directory.join("x.wav")).unwrap();
        execute(&directory, &format!("{words} --engine switch"));
        assert!(fs::read(directory.join("x.wav")).unwrap() == first, "it comes out the same");
    }

    #[test]
    fn a_wav_has_the_frames_of_the_run() {
        let directory = program("shot-wav-exit", ";s #20 DEO2 BRK @s #80 #0f DEO BRK");
        let samples = |words: &str| {
            let output = execute(&directory, words);
            assert!(output.status.success(), "{}", stderr(&output));
            hound::WavReader::open(directory.join("x.wav")).unwrap().duration()
        };
        assert_eq!(samples("shot x.rom --frames 0 --wav x.wav"), 0);
        assert_eq!(samples("shot x.rom --frames 9 --wav x.wav"), 735, "the program ends in the first frame");
    }

    #[test]
    fn a_wav_that_cannot_be_written_is_told() {
        let directory = program("shot-wav-error", "BRK");
        let output = execute(&directory, "shot x.rom --wav no/x.wav");
        assert!(stderr(&output).starts_with("fantail: cannot write the sound `no/x.wav`: "));
        assert_eq!(output.status.code(), Some(1));
        let output = execute(&directory, "shot x.rom --frames 2000000 --wav x.wav");
        let expected = "fantail: `x.wav` cannot hold the sound of 2000000 frames, 1460873 at most\n";
        assert_eq!(stderr(&output), expected);
        assert!(!directory.join("x.wav").exists());
    }

    #[test]
    fn a_screen_without_pixels_has_no_picture() {
        let directory = program("shot-no-pixels", "#0000 #22 DEO2 #80 #2e DEO #01 #2f DEO BRK");
        let line = json(&execute(&directory, "shot x.rom --json"));
        assert_eq!((&line["width"], &line["rgb_sha256"]), (&0.into(), &sha256(b"").into()));
        let output = execute(&directory, "shot x.rom --out x.png");
        assert!(stderr(&output).starts_with("fantail: cannot take a picture of a screen of 0 by"));
        assert_eq!(output.status.code(), Some(1));
    }
}

/// The File device on a directory.
mod dir {
    use super::*;

    /// What a program in `box/` leaves on the working stack, given the files there.
    fn wst(directory: &Path, words: &str) -> Vec<u64> {
        let output = execute(directory, &format!("shot x.rom --json {words}"));
        assert!(output.status.success(), "{}", stderr(&output));
        let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        line["wst"].as_array().unwrap().iter().map(|byte| byte.as_u64().unwrap()).collect()
    }

    /// `x.rom`, and beside it `box/` with the files of the conformance cases.
    fn in_box(test: &str, source: &str) -> PathBuf {
        let directory = program(test, source);
        fs::create_dir_all(directory.join("box/sub")).unwrap();
        fs::write(directory.join("box/a.txt"), "hello world").unwrap();
        fs::write(directory.join("box/big.bin"), [0; 70000]).unwrap();
        fs::write(directory.join("box/sub/z"), "!").unwrap();
        fs::write(directory.join("box/w.txt"), "abcdef").unwrap();
        directory
    }

    fn contents(directory: &Path, name: &str) -> String {
        fs::read_to_string(directory.join("box").join(name)).unwrap()
    }

    /// Tests: a program, and the bytes it leaves on the stack.
    macro_rules! cases {
        ($($name:ident: $source:expr, $wst:expr, $check:expr;)*) => {
            $(
                #[test]
                fn $name() {
                    let directory = in_box(concat!("dir-", stringify!($name)), $source);
                    assert_eq!(wst(&directory, "--dir box"), $wst);
                    let check: fn(&Path) = $check;
                    check(&directory);
                }
            )*
        };
    }

    cases! {
        case_277: ";nm #a8 DEO2 #a2 DEI2 #0005 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 #2010 #ac DEO2 #a2 DEI2 #2020 #ac DEO2 #a2 DEI2 #2030 #ac DEO2 #a2 DEI2 #2040 #ac DEO2 #a2 DEI2 BRK @nm \"a.txt $1",
            [0, 0, 0, 5, 0, 5, 0, 1, 0, 0, 0, 5], |_| {};
        case_279: ";nm #a8 DEO2 #0005 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 BRK @nm \"nope.txt $1", [0, 0], |_| {};
        case_282: ";nm #a8 DEO2 #0006 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 #2004 LDA2 BRK @nm \"a.txt $1", [0, 6, 0x30, 0x62], |_| {};
        case_284: ";nm #a8 DEO2 #0004 #aa DEO2 #2000 #a4 DEO2 #2000 LDA2 BRK @nm \"big.bin $1", [0x3f, 0x3f], |_| {};
        case_286: ";nm #a8 DEO2 #0004 #aa DEO2 #2000 #a4 DEO2 #2000 LDA2 BRK @nm \"sub $1", [0x2d, 0x2d], |_| {};
        case_287: ";nm #a8 DEO2 #0004 #aa DEO2 #2000 #a4 DEO2 #2000 LDA2 BRK @nm \"nope $1", [0x21, 0x21], |_| {};
        case_288: ";nm #a8 DEO2 #0040 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 #2040 #ac DEO2 #a2 DEI2 #2004 LDA2 BRK @nm \"sub $1", [0, 7, 0, 0, 9, 0x7a], |_| {};
        case_290: ";nm #a8 DEO2 #0003 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"w.txt $1",
            [0, 3, 0, 3], |d| assert_eq!(contents(d, "w.txt"), "xyzxyz");
        case_291: ";nm #a8 DEO2 #0003 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"w.txt $1", [0, 3], |d| assert_eq!(contents(d, "w.txt"), "xyz");
        case_292: ";nm #a8 DEO2 #01 #a7 DEO #0003 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"w.txt $1", [0, 3], |d| assert_eq!(contents(d, "w.txt"), "abcdefxyz");
        case_293: ";nm #a8 DEO2 #0003 #aa DEO2 ;dat #ae DEO2 #2000 #ac DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"w.txt $1", [0, 3], |_| {};
        case_294: ";nm #a8 DEO2 #00 #a6 DEO #a2 DEI2 #00 #a6 DEO #a2 DEI2 BRK @nm \"w.txt $1", [0, 1, 0, 0], |d| assert!(!d.join("box/w.txt").exists());
        case_295: ";nm #a8 DEO2 #0003 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"newdir/q/w.txt $1", [0, 3], |d| assert_eq!(contents(d, "newdir/q/w.txt"), "xyz");
        case_296: ";nm #a8 DEO2 #0001 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"mk/ $1", [0, 1], |d| assert!(d.join("box/mk").is_dir());
        case_297: ";nm #a8 DEO2 #0000 #aa DEO2 ;nm #ae DEO2 #a2 DEI2 BRK @nm \"empty.txt $1", [0, 0], |d| assert_eq!(contents(d, "empty.txt"), "");
        case_298: ";nm #a8 DEO2 #0003 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 BRK @nm \"../x.rom $1", [0, 0], |_| {};
        case_414: "#0004 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 #2000 LDA2 BRK", [0, 0, 0, 0], |_| {};
        case_300: ";nm #a8 DEO2 ;nn #b8 DEO2 #0002 #aa DEO2 #0003 #ba DEO2 #2000 #ac DEO2 #2010 #bc DEO2 #a2 DEI2 #b2 DEI2 BRK @nm \"a.txt $1 @nn \"sub/z $1", [0, 2, 0, 1], |_| {};
        directories_stay: ";nm #a8 DEO2 #00 #a6 DEO #a2 DEI2 #0001 #aa DEO2 ;nm #ae DEO2 #a2 DEI2 BRK @nm \"sub $1", [0, 0, 0, 0], |d| assert!(d.join("box/sub").is_dir());
    }

    /// Prints the listing of the directory.
    const LIST: &str = ";nm #a8 DEO2 #0100 #aa DEO2 ;buffer #ac DEO2 ;buffer
        &loop LDAk #18 DEO INC2 LDAk ?&loop BRK @nm \". $1 @buffer $100";

    fn listing(directory: &Path, words: &str) -> String {
        String::from_utf8(execute(directory, &format!("run {words} x.rom")).stdout).unwrap()
    }

    #[test]
    fn is_listed_in_order() {
        let directory = in_box("dir-list", LIST);
        let lines = "000b\ta.txt\n????\tbig.bin\n----\tsub/\n0006\tw.txt\n";
        assert_eq!(listing(&directory, "--dir box"), lines);
        assert_eq!(listing(&directory, "--dir box --edition 2023"), lines.replace('\t', " "));
    }

    /// In 2023 directories had a way back, but not out.
    #[test]
    fn is_listed_with_the_parents_of_2023() {
        let directory = in_box("dir-parents", &LIST.replace("\". $1", "\"sub $1"));
        assert_eq!(listing(&directory, "--dir box"), "0001\tz\n");
        assert_eq!(listing(&directory, "--dir box --edition 2023"), "---- ../\n0001 z\n");
        let directory = in_box("dir-back", &LIST.replace("\". $1", "\"sub/.. $1"));
        assert_eq!(listing(&directory, "--dir box --edition 2023").lines().next(), Some("000b a.txt"));
    }

    /// Nothing on disk is there without the option.
    #[test]
    fn without_it_there_is_only_memory() {
        let directory = in_box("dir-none", LIST);
        assert_eq!(listing(&directory, ""), "\0");
        let source = ";nm #a8 DEO2 #0003 #aa DEO2 ;nm #ae DEO2 #a2 DEI2 BRK @nm \"new.txt $1";
        let directory = program("dir-memory", source);
        assert_eq!(wst(&directory, ""), [0, 3]);
        assert!(!directory.join("new.txt").exists());
    }

    /// Tries to read, write, append to, delete and stat a name; 0 five times and `!` if nothing came of it.
    fn attack(test: &str, name: &[u8]) -> PathBuf {
        let source = ";nm #a8 DEO2 #0001 #aa DEO2
            #2000 #ac DEO2 #a3 DEI ;nm #ae DEO2 #a3 DEI #01 #a7 DEO ;nm #ae DEO2 #a3 DEI #00 #a6 DEO #a3 DEI
            #2000 #a4 DEO2 #2000 LDA BRK @nm";
        let directory = in_box(test, source);
        let rom = fs::read(directory.join("x.rom")).unwrap();
        fs::write(directory.join("x.rom"), [&rom, name, b"\0"].concat()).unwrap();
        fs::write(directory.join("secret"), "secret").unwrap();
        directory
    }

    #[test]
    fn names_do_not_lead_out() {
        for name in [
            "../secret",
            "a/../../secret",
            "sub/../../secret",
            "./../secret",
            "/etc/hostname",
            "//etc/hostname",
            "..",
            "sub/../..",
            "..\\secret",
            "",
            "\u{1}",
        ] {
            let directory = attack("dir-names", name.as_bytes());
            assert_eq!(wst(&directory, "--dir box"), [0, 0, 0, 0, b'!'.into()], "{name}");
            assert_eq!(fs::read(directory.join("secret")).unwrap(), b"secret");
        }
        let directory =
            attack("dir-names", directory("dir-names").join("secret").to_str().unwrap().as_bytes());
        assert_eq!(wst(&directory, "--dir box"), [0, 0, 0, 0, b'!'.into()], "its absolute path");
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_lead_out() {
        use std::os::unix::fs::symlink;
        let link = |directory: &Path| {
            symlink("../secret", directory.join("box/file")).unwrap();
            symlink("..", directory.join("box/up")).unwrap();
            symlink(directory, directory.join("box/absolute")).unwrap();
            symlink("/etc/hostname", directory.join("box/hostname")).unwrap();
            symlink("loop", directory.join("box/loop")).unwrap();
            symlink("../new", directory.join("box/dangling")).unwrap();
            symlink("a.txt", directory.join("box/inside")).unwrap();
        };
        for name in [
            "file",
            "up/secret",
            "absolute/secret",
            "hostname",
            "loop",
            "dangling",
            "up/new",
            "sub/../up/secret",
        ] {
            let directory = attack("dir-links", name.as_bytes());
            link(&directory);
            assert_eq!(wst(&directory, "--dir box"), [0, 0, 0, 0, b'!'.into()], "{name}");
            assert_eq!(fs::read(directory.join("secret")).unwrap(), b"secret");
            assert!(!directory.join("new").exists());
        }
        let directory = in_box("dir-links-list", LIST);
        link(&directory);
        let lines = "000b\ta.txt\n????\tbig.bin\n000b\tinside\n----\tsub/\n0006\tw.txt\n";
        assert_eq!(listing(&directory, "--dir box"), lines, "links that stay inside are what they lead to");
    }

    /// A pipe would block; it does not exist for a program.
    #[cfg(unix)]
    #[test]
    fn pipes_do_not_exist() {
        let directory = attack("dir-pipe", b"pipe");
        let made = Command::new("mkfifo").arg(directory.join("box/pipe")).status().unwrap();
        assert!(made.success());
        assert_eq!(wst(&directory, "--dir box"), [0, 0, 0, 0, b'!'.into()]);
    }

    /// 1 MiB, and a program that appends 32 KiB to each of two files until it is refused.
    #[test]
    fn does_not_grow_over_the_quota() {
        let source = ";na #a8 DEO2 ;nb #b8 DEO2 #8000 DUP2 #aa DEO2 #ba DEO2
            &loop #0000 DUP2 #ae DEO2 #be DEO2 #a2 DEI2 #b2 DEI2 AND2 ORA ?&loop BRK @na \"a.txt $1 @nb \"b.txt $1";
        let directory = in_box("dir-quota", source);
        execute(&directory, "run --dir box --quota 1 x.rom");
        let size = |name: &str| fs::metadata(directory.join("box").join(name)).unwrap().len();
        // The 11 bytes of a.txt are overwritten and count for nothing.
        assert_eq!(size("a.txt") + size("b.txt"), 1 << 20);
    }

    /// A program that creates directories until it is refused.
    #[test]
    fn does_not_fill_with_entries() {
        let source = "#0001 #aa DEO2 ;nm #a8 DEO2
            &loop ;nm #ae DEO2 #a2 DEI2 #0000 EQU2 ?&end next !&loop
            &end BRK
            @next ( carry through four hexadecimal letters ) ;nm/last
            &digit LDAk INC LITr 00 DUP LIT \"q EQU ?&carry ROT ROT STA POPr JMP2r
            &carry POP LIT \"a ROT ROT STAk ROT POP #0001 SUB2 POPr !&digit
            @nm \"aaa &last \"a/ $1";
        let directory = in_box("dir-entries", source);
        execute(&directory, "run --dir box x.rom");
        let count = fs::read_dir(directory.join("box")).unwrap().count();
        assert_eq!(count, 10_000 + 4);
    }
}
