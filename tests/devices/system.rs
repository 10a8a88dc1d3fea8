//! System: expansion, debug, palette, metadata.

use fantail::uxn::Engine;
use fantail::varvara::{Metadata, Options, rom};

use crate::machine::{Machine, assemble, cases};

cases! {
    case_178: ";cm #02 DEO2 BRK @cm [ 00 0004 0000 2000 ab ]", |m| m.memory(0x2000, "ab ab ab ab 00");
    case_179: ";cm #02 DEO2 BRK @cm [ 00 0004 0000 fffe ab ]", |m| {
        m.memory(0xfffe, "ab ab 00 00");
        assert_eq!(m.varvara.bank(1).unwrap()[..3], [0xab, 0xab, 0x00]);
    };
    case_180: ";cm #02 DEO2 BRK @cm [ 01 0004 0000 =ss 0000 2000 ] @ss 1122 3344", |m| {
        m.memory(0x2000, "11 22 33 44 00");
    };
    case_181: ";cm #02 DEO2 BRK @cm [ 01 0004 0000 =ss 0000 =tt ] @ss 11 @tt 22 3344 5566", |m| {
        m.memory(0x0112, "11 11 22 33 44 66");
    };
    case_182: ";cm #02 DEO2 BRK @cm [ 02 0004 0000 =ss 0000 =tt ] @ss 11 @tt 22 3344 5566", |m| {
        m.memory(0x0112, "11 11 22 33 44 66");
    };
    case_183: ";cm #02 DEO2 BRK @cm [ 02 0004 0000 =tt 0000 =ss ] @ss 11 @tt 22 3344 5566", |m| {
        m.memory(0x0112, "22 33 44 55 55 66");
    };
    case_184: ";cm #02 DEO2 ;xe #02 DEO2 BRK @cm [ 01 0004 0000 =ss 0003 1234 ] @xe [ 01 0004 0003 1234 0000 2000 ] @ss 1122 3344", |m| {
        m.memory(0x2000, "11 22 33 44 00");
        assert_eq!(m.varvara.bank(3).unwrap()[0x1233..0x1239], [0x00, 0x11, 0x22, 0x33, 0x44, 0x00]);
    };
    case_185: ";cm #02 DEO2 BRK @cm [ 00 0004 0010 2000 ab ]", nothing_was_filled;
    case_186: ";cm #02 DEO2 BRK @cm [ 09 0004 0010 2000 ab ]", |m| {
        nothing_was_filled(m);
        assert_eq!(m.stderr, "System/expansion: unknown operation 09 at 0107\n");
    };
    case_187: ";cm #02 DEO2 BRK @cm [ 00 0000 0000 2000 ab ]", nothing_was_filled;
    case_188: "#12 #34 #56 LITr 99 #01 #0e DEO BRK", |m| {
        assert_eq!(m.stderr, "WST 00 00 00 00 00|12 34 56 <03\nRST 00 00 00 00 00 00 00|99 <01\n");
        m.wst("12 34 56");
        m.rst("99");
    };
    case_189: "#1234 #08 DEO2 #5678 #0a DEO2 #9abc #0c DEO2 BRK", |m| {
        let palette = [[0x11, 0x55, 0x99], [0x22, 0x66, 0xaa], [0x33, 0x77, 0xbb], [0x44, 0x88, 0xcc]];
        assert_eq!(m.varvara.palette(), palette);
    };
    /// A theme.
    case_412: "#0a6f #08 DEO2 #05cf #0a DEO2 #0caf #0c DEO2 BRK", |m| {
        assert_eq!(m.varvara.palette(), [[0; 3], [0xaa, 0x55, 0xcc], [0x66, 0xcc, 0xaa], [0xff; 3]]);
    };

    debug_marks_the_bottom_of_a_full_line: "#0102 #0304 #0506 #0708 #00 #0e DEO BRK", |m| {
        assert_eq!(m.stderr, "WST|01 02 03 04 05 06 07 08 <08\nRST 00 00 00 00 00 00 00 00|<00\n");
    };
    the_palette_is_black_at_first: "BRK", |m| assert_eq!(m.varvara.palette(), [[0; 3]; 4]);
    /// A high byte is stored and waits for its low byte.
    half_a_channel_changes_nothing: "#f0 #08 DEO BRK", |m| {
        assert_eq!(m.varvara.palette(), [[0; 3]; 4]);
        m.ports(0x08, "f0 00");
    };
    a_fill_ends_with_the_last_bank: ";cm #02 DEO2 BRK @cm [ 00 ffff 000f fffe ab ]", |m| {
        assert_eq!(m.varvara.bank(15).unwrap()[0xfffd..], [0x00, 0xab, 0xab]);
        m.memory(0x0000, "00 00");
    };
    a_copy_ends_with_the_last_bank: ";cm #02 DEO2 BRK @cm [ 01 ffff 0000 0100 000f fffe ]", |m| {
        assert_eq!(m.varvara.bank(15).unwrap()[0xfffd..], [0x00, 0xa0, 0x01]);
    };
    a_copy_crosses_banks: ";cm #02 DEO2 ;xe #02 DEO2 BRK @cm [ 01 0004 0000 =ss 0001 fffe ] @xe [ 01 0004 0001 fffe 0000 fffe ] @ss 1122 3344", |m| {
        assert_eq!(m.varvara.bank(2).unwrap()[..3], [0x33, 0x44, 0x00]);
        m.memory(0xfffe, "11 22 00 00");
        assert_eq!(m.varvara.bank(1).unwrap()[..3], [0x33, 0x44, 0x00]);
    };
    copies_from_a_missing_bank_do_nothing: ";cm #02 DEO2 BRK @cm [ 01 0004 0010 0000 0000 0100 ]", |m| {
        m.memory(0x0100, "a0 01 07");
    };
    /// fill, length 0002, bank 0, address 2000, value ab, from 0xfffd on.
    a_record_wraps_around_memory: "#0000 #fffd STA2 #0200 #ffff STA2 #2000 #0002 STA2 #ab00 #0004 STA2 #fffd #02 DEO2 BRK", |m| {
        m.memory(0x2000, "ab ab 00");
    };

    metadata: ";meta #06 DEO2 BRK @meta 00 \"Name 0a \"By 20 \"me 0a \"2026 00 02 41 1705 88 =icn @icn 1122", |m| {
        let mut icon = vec![0; 512];
        icon[..2].copy_from_slice(&[0x11, 0x22]);
        assert_eq!(m.varvara.metadata(), Some(&Metadata {
            name: "Name".into(),
            lines: vec!["By me".into(), "2026".into()],
            devices: Some(0x1705),
            chr_icon: None,
            icn_icon: Some(icon),
        }));
    };
    metadata_is_read_when_written: ";meta #06 DEO2 #2121 ;meta INC2 STA2 BRK @meta 00 \"Name 00", |m| {
        assert_eq!(m.varvara.metadata().unwrap().name, "Name");
    };
    metadata_without_fields: ";meta #06 DEO2 BRK @meta 00 \"Name $2", |m| {
        let metadata = m.varvara.metadata().unwrap();
        assert_eq!((metadata.name.as_str(), metadata.devices), ("Name", None));
    };
    metadata_is_text: ";meta #06 DEO2 BRK @meta 00 ff \"<b> 00", |m| {
        assert_eq!(m.varvara.metadata().unwrap().name, "\u{fffd}<b>");
    };
    metadata_ends_with_memory: "#ffff #06 DEO2 BRK", |m| {
        assert_eq!(m.varvara.metadata().unwrap().name, "");
    };
    metadata_fields_point_outside: ";meta #06 DEO2 BRK @meta 00 00 ff 83 ffff 88 ff80", |m| {
        let metadata = m.varvara.metadata().unwrap();
        assert_eq!((&metadata.chr_icon, &metadata.icn_icon), (&None, &None));
    };
    /// Memory full of letters: the text is cut.
    metadata_without_end: ";cm #02 DEO2 #2000 #06 DEO2 BRK @cm [ 00 d000 0000 2000 41 ]", |m| {
        assert_eq!(m.varvara.metadata().unwrap().name, "A".repeat(0x1000));
    };
    no_metadata: "BRK", |m| assert_eq!(m.varvara.metadata(), None);
}

mod theme {
    use std::cell::RefCell;
    use std::rc::Rc;

    use fantail::varvara::{FilePath, Memory};

    use super::*;

    const LIGHT: [u8; 6] = [0xf8, 0x00, 0xf8, 0x00, 0xf8, 0x00];
    const DARK: [u8; 6] = [0x08, 0xff, 0x08, 0xff, 0x08, 0xff];
    /// Reads `.theme` and shows it, or what stands in its place.
    const READS: &str = "
        ;name #a8 DEO2 #0006 #aa DEO2 ;theme #ac DEO2
        ;theme LDA2 #08 DEO2 ;theme #0002 ADD2 LDA2 #0a DEO2 ;theme #0004 ADD2 LDA2 #0c DEO2 BRK
        @name \".theme 00 @theme 1234 5678 9abc";

    fn machine(source: &str, theme: Option<[u8; 6]>) -> Machine {
        let mut memory = Memory::default();
        if let Some(theme) = theme {
            memory.give(&FilePath::parse(b".theme").unwrap(), &theme).unwrap();
        }
        let files = Rc::new(RefCell::new(memory));
        let mut m = Machine::new(&assemble(source), Options { files: Box::new(files), ..Options::default() });
        m.run();
        m.varvara.take_redraw();
        m
    }

    #[test]
    fn is_followed_by_a_program_that_shows_it() {
        let mut m = machine(READS, Some(LIGHT));
        assert_eq!(m.varvara.palette(), [[0xff; 3], [0x88; 3], [0; 3], [0; 3]]);
        assert!(m.varvara.follow_theme(LIGHT, DARK));
        assert_eq!(m.varvara.palette(), [[0; 3], [0x88; 3], [0xff; 3], [0xff; 3]]);
        m.ports(0x08, "08 ff 08 ff 08 ff");
        assert!(m.varvara.take_redraw());
        assert!(m.varvara.follow_theme(DARK, LIGHT));
        m.ports(0x08, "f8 00 f8 00 f8 00");
    }

    #[test]
    fn is_not_for_a_program_with_other_colours() {
        let mut m = machine(READS, None);
        assert!(!m.varvara.follow_theme(LIGHT, DARK));
        m.ports(0x08, "12 34 56 78 9a bc");
        assert!(!m.varvara.take_redraw());
    }

    /// It shows them by chance, and has colours of its own.
    #[test]
    fn is_not_for_a_program_that_reads_no_files() {
        let mut m = machine("#f800 DUP2 #08 DEO2 DUP2 #0a DEO2 #0c DEO2 BRK", Some(LIGHT));
        assert!(!m.varvara.follow_theme(LIGHT, DARK));
        assert_eq!(m.varvara.palette()[0], [0xff; 3]);
    }
}

#[track_caller]
fn nothing_was_filled(m: &mut Machine) {
    assert!(m.varvara.uxn().ram()[0x0110..].iter().all(|&byte| byte == 0));
    assert!((1..16).all(|bank| m.varvara.bank(bank).unwrap().iter().all(|&byte| byte == 0)));
}

/// A ROM longer than main memory goes on in bank 1.
#[test]
fn case_411() {
    let mut rom = vec![0; 0xff00];
    rom.extend([0xde, 0xad, 0xbe, 0xef]);
    let m = Machine::new(&rom, Options::default());
    assert_eq!(m.varvara.bank(1).unwrap()[..5], [0xde, 0xad, 0xbe, 0xef, 0x00]);
}

#[test]
fn the_longest_rom_fills_all_banks_and_what_is_left_is_left_out() {
    let mut rom = vec![0x11; rom::MAX_ROM];
    *rom.last_mut().unwrap() = 0x22;
    rom.push(0x33);
    let m = Machine::new(&rom, Options::default());
    assert_eq!(m.varvara.bank(15).unwrap()[0xfffe..], [0x11, 0x22]);
    assert!(m.varvara.bank(16).is_none() && m.varvara.bank(0).is_none());
}

/// One write costs as much as the work it makes.
#[test]
fn a_long_fill_takes_fuel() {
    let rom = assemble(";cm #02 DEO2 BRK @cm [ 00 ffff 0001 0000 ab ]");
    for &engine in Engine::ALL {
        let mut m = Machine::new(&rom, Options { engine, ..Options::default() });
        m.varvara.run(5000);
        assert!(m.varvara.fuel() <= 4000, "{} left", m.varvara.fuel());
    }
}
