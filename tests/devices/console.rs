//! Console: input types, arguments, output.

use fantail::uxn::Engine;
use fantail::varvara::{Event, InputType, Options, Output, Status, Stream, Varvara};

use crate::machine::{FUEL, assemble, cases};

const TYPES_AND_BYTES: &str = "#17 DEI ;on #10 DEO2 BRK @on #17 DEI #12 DEI BRK";

cases! {
    case_190("ab" "c"): TYPES_AND_BYTES, |m| m.wst("01 02 61 02 62 03 0a 02 63 04 0a");
    case_191: TYPES_AND_BYTES, |m| m.wst("00");
    case_192: TYPES_AND_BYTES, |m| {
        m.stdin("hi\n");
        m.wst("00 01 68 01 69 01 0a 04 00");
    };
    case_193("q"): TYPES_AND_BYTES, |m| {
        m.stdin("x");
        m.wst("01 02 71 04 0a 01 78 04 00");
    };
    case_194("abc"): ";xa #10 DEO2 BRK @xa #01 #0f DEO BRK", |m| m.exited(1);
    case_195: "#01 #18 DEOk BRK", |m| {
        assert_eq!(m.stdout, "\u{1}");
        m.wst("01 18");
    };

    an_empty_argument_is_only_its_end("" ""): TYPES_AND_BYTES, |m| m.wst("01 03 0a 04 0a");
    ports_keep_the_last_byte("a"): ";on #10 DEO2 BRK @on BRK", |m| {
        m.ports(0x12, "0a");
        m.ports(0x17, "04");
    };
    /// The vector set after the reset vector is too late.
    arguments_without_a_vector_are_dropped("a"): ";on #20 DEO2 BRK @on ;con #10 DEO2 BRK @con #12 DEI BRK", |m| {
        m.frames(2);
        m.wst("");
    };
}

/// Arguments come before anything that was sent while the reset vector was evaluated.
#[test]
fn arguments_come_first() {
    let rom = assemble("#17 DEI ;on #10 DEO2 BRK @on #17 DEI #12 DEI BRK");
    for &engine in Engine::ALL {
        let args = vec![b"a".to_vec()];
        let mut computer = Varvara::new(&rom, Options { args, engine, ..Options::default() });
        computer.send(Event::Console { byte: b'x', kind: InputType::Stdin });
        assert_eq!(computer.run(FUEL), Status::Idle);
        assert_eq!(computer.uxn().wst.bytes(), [1, 2, b'a', 4, 0x0a, 1, b'x']);
    }
}

#[test]
fn output_keeps_the_order_of_streams() {
    let rom = assemble("LIT \"a #18 DEO LIT \"b #18 DEO LIT \"c #19 DEO LIT \"d #18 DEO BRK");
    let mut computer = Varvara::new(&rom, Options::default());
    computer.run(FUEL);
    let output = |stream, bytes: &[u8]| Output { stream, bytes: bytes.to_vec() };
    let expected =
        [output(Stream::Stdout, b"ab"), output(Stream::Stderr, b"c"), output(Stream::Stdout, b"d")];
    assert_eq!(computer.take_output(), expected);
    assert_eq!(computer.take_output(), []);
}

/// A program that prints for ever neither fills the host's memory nor loses a byte.
#[test]
fn a_full_buffer_holds_the_program_up() {
    let rom = assemble("#0000 &loop INC2k OVR2 NIP #18 DEO NIP2 !&loop");
    for &engine in Engine::ALL {
        let mut computer = Varvara::new(&rom, Options { engine, ..Options::default() });
        let mut printed = Vec::new();
        for _ in 0..4 {
            assert_eq!(computer.run(FUEL), Status::Busy);
            assert!(computer.fuel() > 0, "it was not the fuel");
            assert_eq!(computer.run(FUEL), Status::Busy);
            assert_eq!(computer.fuel(), FUEL, "nothing moves before the output is taken");
            let bytes: Vec<u8> = computer.take_output().into_iter().flat_map(|output| output.bytes).collect();
            assert_eq!(bytes.len(), 0x10000);
            printed.extend(bytes);
        }
        assert!(printed.iter().enumerate().all(|(index, &byte)| byte == index as u8));
    }
}

/// Two streams in turns make a run of each byte, and each run is a call of the host.
#[test]
fn many_short_runs_fill_the_buffer_too() {
    let rom = assemble("&loop #41 #18 DEO #42 #19 DEO !&loop");
    for &engine in Engine::ALL {
        let mut computer = Varvara::new(&rom, Options { engine, ..Options::default() });
        assert_eq!(computer.run(FUEL), Status::Busy);
        assert!(computer.fuel() > 0, "the program waits for the host, not for fuel");
        let runs = computer.take_output();
        assert_eq!(runs.len(), 1024);
        assert!(runs.iter().all(|output| output.bytes.len() == 1));
        assert_eq!(computer.run(FUEL), Status::Busy);
        assert_eq!(computer.take_output().len(), 1024);
    }
}
