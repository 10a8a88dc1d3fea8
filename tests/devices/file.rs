//! File: transfers, listings, names, limits.

use std::cell::RefCell;
use std::rc::Rc;

use fantail::uxn::Engine;
use fantail::varvara::{
    Edition, FilePath, MAX_DEPTH, MAX_NAME, MAX_PATH, Memory, Node, Options, Quota, Storage,
};

use crate::machine::{Machine, assemble};

type Files = Rc<RefCell<Memory>>;

fn path(name: &str) -> FilePath {
    FilePath::parse(name.as_bytes()).unwrap()
}

fn file(files: &Files, name: &str) -> Option<String> {
    files.borrow().file(&path(name)).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

/// The working directory of the conformance cases.
fn working_directory() -> Files {
    let mut memory = Memory::default();
    memory.replace(&path("a.txt"), b"hello world").unwrap();
    memory.replace(&path("big.bin"), &[0; 70000]).unwrap();
    memory.replace(&path("sub/z"), b"!").unwrap();
    Rc::new(RefCell::new(memory))
}

fn with_w() -> Files {
    let files = working_directory();
    files.borrow_mut().replace(&path("w.txt"), b"abcdef").unwrap();
    files
}

fn run_in(edition: Edition, files: fn() -> Files, source: &str, check: fn(&mut Machine, &Files)) {
    for &engine in Engine::ALL {
        let files = files();
        let options = Options { engine, edition, files: Box::new(Rc::clone(&files)), ..Options::default() };
        let mut machine = Machine::new(&assemble(source), options);
        machine.run();
        check(&mut machine, &files);
    }
}

/// Tests: files, a program, and what is true afterwards. A second year in front is the edition.
macro_rules! cases {
    ($($(#[$doc:meta])* $name:ident $(($edition:ident))?: $files:ident, $source:expr, $check:expr;)*) => {
        $(
            $(#[$doc])*
            #[test]
            fn $name() {
                #[allow(unused_variables)]
                let edition = Edition::default();
                $(let edition = Edition::$edition;)?
                run_in(edition, $files, $source, $check);
            }
        )*
    };
}

fn text(m: &Machine, address: u16, length: usize) -> String {
    let bytes = &m.varvara.uxn().ram()[usize::from(address)..][..length];
    String::from_utf8(bytes.to_vec()).unwrap()
}

cases! {
    /// Starts again after the end of the file.
    case_277: working_directory, ";nm #a8 DEO2 #a2 DEI2 #0005 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 #2010 #ac DEO2 #a2 DEI2 #2020 #ac DEO2 #a2 DEI2 #2030 #ac DEO2 #a2 DEI2 #2040 #ac DEO2 #a2 DEI2 BRK @nm \"a.txt $1", |m, _| {
        m.wst("00 00 00 05 00 05 00 01 00 00 00 05");
        assert_eq!([text(m, 0x2000, 6), text(m, 0x2010, 6)], ["hello\0", " worl\0"]);
        assert_eq!([text(m, 0x2020, 6), text(m, 0x2030, 6)], ["d\0\0\0\0\0", "\0\0\0\0\0\0"]);
        assert_eq!(text(m, 0x2040, 6), "hello\0");
    };
    case_278: working_directory, "#ffff #200b STA2 ;nm #a8 DEO2 #0010 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 BRK @nm \"a.txt $1", |m, _| {
        m.wst("00 0b");
        assert_eq!(text(m, 0x2000, 11), "hello world");
        m.memory(0x200b, "ff ff 00");
    };
    case_279: working_directory, "#ffff #2000 STA2 ;nm #a8 DEO2 #0005 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 BRK @nm \"nope.txt $1", |m, _| {
        m.wst("00 00");
        m.memory(0x2000, "ff ff 00");
    };
    case_280: working_directory, "#0005 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 BRK", |m, _| m.wst("00 00");
    case_281: working_directory, ";nm #a8 DEO2 #0004 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 BRK @nm \"a.txt $1", |m, _| {
        m.wst("00 04");
        assert_eq!(text(m, 0x2000, 5), "000b\0");
    };
    case_282: working_directory, ";nm #a8 DEO2 #0006 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 BRK @nm \"a.txt $1", |m, _| {
        m.wst("00 06");
        assert_eq!(text(m, 0x2000, 7), "00000b\0");
    };
    case_283: working_directory, ";nm #a8 DEO2 #0001 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 BRK @nm \"a.txt $1", |m, _| {
        m.wst("00 01");
        assert_eq!(text(m, 0x2000, 2), "b\0");
    };
    case_284: working_directory, ";nm #a8 DEO2 #0004 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 BRK @nm \"big.bin $1", |m, _| {
        m.wst("00 04");
        assert_eq!(text(m, 0x2000, 5), "????\0");
    };
    case_285: working_directory, ";nm #a8 DEO2 #0005 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 BRK @nm \"big.bin $1", |m, _| {
        m.wst("00 05");
        assert_eq!(text(m, 0x2000, 6), "11170\0");
    };
    case_286: working_directory, ";nm #a8 DEO2 #0004 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 BRK @nm \"sub $1", |m, _| {
        m.wst("00 04");
        assert_eq!(text(m, 0x2000, 5), "----\0");
    };
    case_287: working_directory, ";nm #a8 DEO2 #0004 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 BRK @nm \"nope $1", |m, _| {
        m.wst("00 04");
        assert_eq!(text(m, 0x2000, 5), "!!!!\0");
    };
    case_288: working_directory, "#ff #2007 STA ;nm #a8 DEO2 #0040 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 #2040 #ac DEO2 #a2 DEI2 BRK @nm \"sub $1", |m, _| {
        m.wst("00 07 00 00");
        assert_eq!(text(m, 0x2000, 8), "0001\tz\n\0");
    };
    /// Sorted, where the reference emulator has the order of its host.
    case_289: working_directory, ";nm #a8 DEO2 #0040 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 BRK @nm \". $1", |m, _| {
        m.wst("00 22");
        assert_eq!(text(m, 0x2000, 35), "000b\ta.txt\n????\tbig.bin\n----\tsub/\n\0");
    };
    case_290: with_w, ";nm #a8 DEO2 #0003 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"w.txt $1", |m, files| {
        m.wst("00 03 00 03");
        assert_eq!(file(files, "w.txt").unwrap(), "xyzxyz");
    };
    case_291: with_w, ";nm #a8 DEO2 #0003 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"w.txt $1", |m, files| {
        m.wst("00 03");
        assert_eq!(file(files, "w.txt").unwrap(), "xyz");
    };
    case_292: with_w, ";nm #a8 DEO2 #01 #a7 DEO #0003 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"w.txt $1", |m, files| {
        m.wst("00 03");
        assert_eq!(file(files, "w.txt").unwrap(), "abcdefxyz");
    };
    case_293: with_w, ";nm #a8 DEO2 #0003 #aa DEO2 ;dat #ae DEO2 #2000 #ac DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"w.txt $1", |m, _| {
        m.wst("00 03");
        assert_eq!(text(m, 0x2000, 4), "xyz\0");
    };
    case_294: with_w, ";nm #a8 DEO2 #00 #a6 DEO #a2 DEI2 #00 #a6 DEO #a2 DEI2 BRK @nm \"w.txt $1", |m, files| {
        m.wst("00 01 00 00");
        assert_eq!(file(files, "w.txt"), None);
    };
    case_295: working_directory, ";nm #a8 DEO2 #0003 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"newdir/q/w.txt $1", |m, files| {
        m.wst("00 03");
        assert_eq!(file(files, "newdir/q/w.txt").unwrap(), "xyz");
    };
    case_296: working_directory, ";nm #a8 DEO2 #0001 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz $1 @nm \"mk/ $1", |m, files| {
        m.wst("00 01");
        assert!(files.borrow().nodes().any(|node| node == (&path("mk"), &Node::Directory)));
    };
    case_297: working_directory, ";nm #a8 DEO2 #0000 #aa DEO2 ;nm #ae DEO2 #a2 DEI2 BRK @nm \"empty.txt $1", |m, files| {
        m.wst("00 00");
        assert_eq!(file(files, "empty.txt").unwrap(), "");
    };
    case_298: working_directory, ";nm #a8 DEO2 #0003 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 BRK @nm \"../a.txt $1", |m, _| m.wst("00 00");
    case_299: working_directory, ";nm #a8 DEO2 #0005 #aa DEO2 #fffe #ac DEO2 #a2 DEI2 BRK @nm \"a.txt $1", |m, _| {
        m.wst("00 02");
        m.memory(0xfffe, "68 65 00 00");
    };
    case_300: working_directory, ";nm #a8 DEO2 ;nn #b8 DEO2 #0002 #aa DEO2 #0003 #ba DEO2 #2000 #ac DEO2 #2010 #bc DEO2 #a2 DEI2 #b2 DEI2 BRK @nm \"a.txt $1 @nn \"sub/z $1", |m, _| {
        m.wst("00 02 00 01");
        assert_eq!((text(m, 0x2000, 3), text(m, 0x2010, 2)), ("he\0".into(), "!\0".into()));
    };

    case_414: working_directory, "#0004 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 #2000 LDA2 BRK", |m, _| m.wst("00 00 00 00");

    listings_have_spaces_in_2023(Y2023): working_directory, ";nm #a8 DEO2 #0040 #aa DEO2 #2000 #ac DEO2 BRK @nm \". $1", |m, _| {
        assert_eq!(text(m, 0x2000, 35), "000b a.txt\n???? big.bin\n---- sub/\n\0");
    };
    listings_of_directories_begin_with_their_parent_in_2023(Y2023): working_directory, ";nm #a8 DEO2 #0040 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 #2040 #ac DEO2 #a2 DEI2 BRK @nm \"sub $1", |m, _| {
        m.wst("00 10 00 00");
        assert_eq!(text(m, 0x2000, 17), "---- ../\n0001 z\n\0");
    };
    /// The parent is an entry like others: it comes whole, and what does not fit waits.
    parents_fit_whole_in_2023(Y2023): working_directory, ";nm #a8 DEO2 #000a #aa DEO2 #2000 #ac DEO2 #a2 DEI2 #2010 #ac DEO2 #a2 DEI2 BRK @nm \"sub/ $1", |m, _| {
        m.wst("00 09 00 07");
        assert_eq!([text(m, 0x2000, 9), text(m, 0x2010, 8)], ["---- ../\n", "0001 z\n\0"]);
    };
    parents_lead_back_in_2023(Y2023): working_directory, ";nm #a8 DEO2 #0040 #aa DEO2 #2000 #ac DEO2 BRK @nm \"sub/../sub/.. $1", |m, _| {
        assert_eq!(text(m, 0x2000, 35), "000b a.txt\n???? big.bin\n---- sub/\n\0");
    };
    parents_are_not_listed_today: working_directory, ";nm #a8 DEO2 #0040 #aa DEO2 #2000 #ac DEO2 BRK @nm \"sub $1", |m, _| {
        assert_eq!(text(m, 0x2000, 8), "0001\tz\n\0");
    };
    a_delete_returned_what_the_system_did_in_2023(Y2023): with_w, ";nm #a8 DEO2 #00 #a6 DEO #a2 DEI2 #00 #a6 DEO #a2 DEI2 BRK @nm \"w.txt $1", |m, files| {
        m.wst("00 00 ff ff");
        assert_eq!(file(files, "w.txt"), None);
    };
    /// The name is overwritten before the file is opened.
    names_are_read_when_needed: working_directory, ";nm #a8 DEO2 LIT \"x ;nm STA #0004 #aa DEO2 #2000 #a4 DEO2 BRK @nm \"a.txt $1", |m, _| {
        assert_eq!(text(m, 0x2000, 4), "!!!!");
    };
    names_are_read_at_once_in_2023(Y2023): working_directory, ";nm #a8 DEO2 LIT \"x ;nm STA #0004 #aa DEO2 #2000 #a4 DEO2 BRK @nm \"a.txt $1", |m, _| {
        assert_eq!(text(m, 0x2000, 4), "000b");
    };
    half_a_name_is_no_name: working_directory, ";nm SWP #a8 DEO POP #0004 #aa DEO2 #2000 #a4 DEO2 BRK @nm \"a.txt $1", |m, _| {
        assert_eq!(text(m, 0x2000, 4), "\0\0\0\0");
    };
    a_name_closes_what_was_open: working_directory, ";nm #a8 DEO2 #0005 #aa DEO2 #2000 #ac DEO2 ;nm #a8 DEO2 #a2 DEI2 #2010 #ac DEO2 BRK @nm \"a.txt $1", |m, _| {
        m.wst("00 00");
        assert_eq!(text(m, 0x2010, 5), "hello");
    };
    /// Two entries of 11 and 13 bytes; the third follows at the next read, then the end, then all again.
    listings_go_on_with_whole_entries: working_directory, "#ffff #2018 STA2 ;nm #a8 DEO2 #001e #aa DEO2 #2000 #ac DEO2 #a2 DEI2 #2020 #ac DEO2 #a2 DEI2 #2040 #ac DEO2 #a2 DEI2 #2060 #ac DEO2 #a2 DEI2 BRK @nm \". $1", |m, _| {
        m.wst("00 18 00 0a 00 00 00 18");
        assert_eq!(text(m, 0x2000, 25), "000b\ta.txt\n????\tbig.bin\n\0");
        m.memory(0x2019, "ff 00");
        assert_eq!(text(m, 0x2020, 11), "----\tsub/\n\0");
        assert_eq!(text(m, 0x2060, 11), "000b\ta.txt\n");
    };
    /// No byte behind the buffer is touched, and what does not fit waits.
    listings_stay_in_their_buffer: working_directory, "#ffff #200a STA2 ;nm #a8 DEO2 #000a #aa DEO2 #2000 #ac DEO2 #a2 DEI2 #000b #aa DEO2 #2010 #ac DEO2 #a2 DEI2 BRK @nm \". $1", |m, _| {
        m.wst("00 00 00 0b");
        m.memory(0x2000, "00 00 00 00 00 00 00 00 00 00 ff ff");
        assert_eq!(text(m, 0x2010, 12), "000b\ta.txt\n\0");
    };
    listings_are_cut_at_the_end_of_memory: working_directory, ";nm #a8 DEO2 #0040 #aa DEO2 #fff0 #ac DEO2 #a2 DEI2 BRK @nm \". $1", |m, _| {
        m.wst("00 0b");
        assert_eq!(text(m, 0xfff0, 16), "000b\ta.txt\n\0\0\0\0\0");
        m.memory(0x0000, "00 00");
    };
    stat_is_cut_at_the_end_of_memory: working_directory, ";nm #a8 DEO2 #0006 #aa DEO2 #fffd #a4 DEO2 #a2 DEI2 BRK @nm \"a.txt $1", |m, _| {
        m.wst("00 03");
        assert_eq!(text(m, 0xfffd, 3), "00b");
        m.memory(0x0000, "00 00");
    };
    stat_of_many_digits: working_directory, ";nm #a8 DEO2 #0014 #aa DEO2 #2000 #a4 DEO2 #a2 DEI2 BRK @nm \"big.bin $1", |m, _| {
        m.wst("00 14");
        assert_eq!(text(m, 0x2000, 21), "00000000000000011170\0");
    };
    writes_are_cut_at_the_end_of_memory: with_w, "#4142 #fffe STA2 ;nm #a8 DEO2 #0005 #aa DEO2 #fffe #ae DEO2 #a2 DEI2 BRK @nm \"w.txt $1", |m, files| {
        m.wst("00 02");
        assert_eq!(file(files, "w.txt").unwrap(), "AB");
    };
    /// Append is looked at on opening only.
    append_is_for_opening: with_w, ";nm #a8 DEO2 #0001 #aa DEO2 ;dat #ae DEO2 #01 #a7 DEO ;dat #ae DEO2 #00 #a7 DEO ;dat #ae DEO2 BRK @dat \"x @nm \"w.txt $1", |_, files| {
        assert_eq!(file(files, "w.txt").unwrap(), "xxx");
    };
    append_creates: with_w, ";nm #a8 DEO2 #01 #a7 DEO #0001 #aa DEO2 ;dat #ae DEO2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"x @nm \"new/n.txt $1", |m, files| {
        m.wst("00 01");
        assert_eq!(file(files, "new/n.txt").unwrap(), "xx");
    };
    only_1_appends: with_w, ";nm #a8 DEO2 #03 #a7 DEO #0001 #aa DEO2 ;dat #ae DEO2 BRK @dat \"x @nm \"w.txt $1", |_, files| {
        assert_eq!(file(files, "w.txt").unwrap(), "x");
    };
    /// Both append to one file, in turns.
    two_devices_append: with_w, ";nm DUP2 #a8 DEO2 #b8 DEO2 #01 DUP #a7 DEO #b7 DEO #0001 DUP2 #aa DEO2 #ba DEO2 ;x #ae DEO2 ;y #be DEO2 ;x #ae DEO2 ;y #be DEO2 BRK @x \"x @y \"y @nm \"w.txt $1", |_, files| {
        assert_eq!(file(files, "w.txt").unwrap(), "abcdefxyxy");
    };
    what_one_device_writes_the_other_reads: with_w, ";nm DUP2 #a8 DEO2 #b8 DEO2 #0003 DUP2 #aa DEO2 #ba DEO2 ;dat #ae DEO2 #2000 #bc DEO2 ;dat #ae DEO2 #2003 #bc DEO2 BRK @dat \"xyz @nm \"w.txt $1", |m, _| {
        assert_eq!(text(m, 0x2000, 6), "xyzxyz");
    };
    /// A write begins the file anew after a read.
    a_write_after_a_read_truncates: with_w, ";nm #a8 DEO2 #0003 #aa DEO2 #2000 #ac DEO2 ;dat #ae DEO2 BRK @dat \"xyz @nm \"w.txt $1", |_, files| {
        assert_eq!(file(files, "w.txt").unwrap(), "xyz");
    };
    directories_are_not_files: working_directory, ";nm #a8 DEO2 #0001 #aa DEO2 #0000 #ae DEO2 #a2 DEI2 #01 #a7 DEO #0000 #ae DEO2 #a2 DEI2 #00 #a6 DEO #a2 DEI2 #2000 #a4 DEO2 BRK @nm \"sub $1", |m, files| {
        m.wst("00 00 00 00 00 00");
        assert_eq!(text(m, 0x2000, 1), "-");
        assert_eq!(file(files, "sub/z").unwrap(), "!");
    };
    files_are_not_directories: with_w, ";nm #a8 DEO2 #0001 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 #2001 #a4 DEO2 ;nm #ae DEO2 #a2 DEI2 #00 #a6 DEO #a2 DEI2 ;nn #a8 DEO2 ;nm #ae DEO2 #a2 DEI2 BRK @nm \"w.txt/ $1 @nn \"w.txt/x $1", |m, files| {
        m.wst("00 00 00 00 00 00 00 00");
        assert_eq!(text(m, 0x2000, 2), "\0!");
        assert_eq!(file(files, "w.txt").unwrap(), "abcdef");
    };
    /// A program that deletes what it writes begins a new file with its next write.
    a_delete_closes: with_w, ";nm #a8 DEO2 #0003 #aa DEO2 ;dat #ae DEO2 ;dat #ae DEO2 #00 #a6 DEO ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz @nm \"w.txt $1", |m, files| {
        m.wst("00 03");
        assert_eq!(file(files, "w.txt").unwrap(), "xyz");
    };
    /// The other device deletes it: that write fails, the next one begins again.
    a_file_can_vanish_under_a_write: with_w, ";nm DUP2 #a8 DEO2 #b8 DEO2 #0003 #aa DEO2 ;dat #ae DEO2 #00 #b6 DEO ;dat #ae DEO2 #a2 DEI2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"xyz @nm \"w.txt $1", |m, files| {
        m.wst("00 00 00 03");
        assert_eq!(file(files, "w.txt").unwrap(), "xyz");
    };
    a_file_can_vanish_under_a_read: with_w, ";nm DUP2 #a8 DEO2 #b8 DEO2 #0003 #aa DEO2 #2000 #ac DEO2 #00 #b6 DEO #2003 #ac DEO2 #a2 DEI2 BRK @nm \"w.txt $1", |m, _| {
        m.wst("00 00");
        assert_eq!(text(m, 0x2000, 6), "abc\0\0\0");
    };
    /// The place in the file stays.
    reading_nothing_is_not_the_end: with_w, ";nm #a8 DEO2 #0003 #aa DEO2 #2000 #ac DEO2 #0000 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 #0003 #aa DEO2 #2000 #ac DEO2 BRK @nm \"w.txt $1", |m, _| {
        m.wst("00 00");
        assert_eq!(text(m, 0x2000, 3), "def");
    };
    a_name_ends_with_memory: working_directory, "LIT2 \"a. #fffb STA2 LIT2 \"tx #fffd STA2 LIT \"t #ffff STA #fffb #a8 DEO2 #0004 #aa DEO2 #2000 #a4 DEO2 BRK", |m, _| {
        assert_eq!(text(m, 0x2000, 4), "000b");
    };
    programs_say_that_they_use_files: working_directory, ";nm #b8 DEO2 BRK @nm \"a $1", |m, _| {
        assert!(m.varvara.uses_files());
        m.varvara.reset();
        assert!(!m.varvara.uses_files());
    };
    other_programs_do_not: working_directory, "#1234 #aa DEO2 #a2 DEI2 BRK", |m, _| assert!(!m.varvara.uses_files());
}

/// Files stay, what was open does not.
#[test]
fn a_reset_keeps_files() {
    let source = ";nm #a8 DEO2 #01 #a7 DEO #0001 #aa DEO2 ;dat #ae DEO2 BRK @dat \"x @nm \"w.txt $1";
    run_in(Edition::default(), with_w, source, |m, files| {
        m.varvara.reset();
        m.run();
        assert_eq!(file(files, "w.txt").unwrap(), "abcdefxx");
    });
    let source = "#0001 #aa DEO2 #2000 #a4 DEO2 #a3 DEI #18 DEO ;nm #a8 DEO2 BRK @nm \"a.txt $1";
    run_in(Edition::default(), with_w, source, |m, _| {
        m.varvara.reset();
        m.run();
        assert_eq!(m.stdout, "\0\0", "no name is left over");
    });
}

/// Cases 414 and 415 and their relatives: what each operation does before a name was given, and after one that is none
/// though there was a good one before.
#[test]
fn operations_without_a_file() {
    let names = [None, Some(""), Some("/w.txt"), Some("../w.txt"), Some("a\\b"), Some("sub/../../w.txt")];
    for (edition, base) in
        [(Edition::Y2026, 0xa0), (Edition::Y2026, 0xb0), (Edition::Y2023, 0xa0), (Edition::Y2023, 0xb0)]
    {
        for name in names {
            let not_deleted = if edition == Edition::Y2026 { "0000" } else { "ffff" };
            let (missing, nothing) = ("!!!!", "UUUU");
            let (told, length) = if name.is_some() { (missing, "0004") } else { (nothing, "0000") };
            // The operation, then File/success and the four bytes at 2000.
            for (operation, success, memory) in [
                (format!("#2000 #{:02x} DEO2", base + 0x4), length, told),
                (format!("#01 #{:02x} DEO", base + 0x6), not_deleted, nothing),
                (format!("#2000 #{:02x} DEO2", base + 0xc), "0000", nothing),
                (format!("#2000 #{:02x} DEO2", base + 0xe), "0000", nothing),
                (format!("#01 #{:02x} DEO #2000 #{:02x} DEO2", base + 0x7, base + 0xe), "0000", nothing),
            ] {
                // Without a name of its own the device does not use the other one's.
                let named = if name.is_some() { base } else { base ^ 0x10 };
                let renaming = name.map_or(String::new(), |_| format!(";wrong #{:02x} DEO2", base + 0x8));
                let source = format!(
                    "#5555 DUP2 #2000 STA2 #2002 STA2 ;good #{:02x} DEO2 {renaming}
                     #0004 #{:02x} DEO2 #aaaa #{:02x} DEO2 {operation} #{:02x} DEI2 BRK
                     @good \"w.txt 00 @wrong {} 00",
                    named + 0x8,
                    base + 0xa,
                    base + 0x2,
                    base + 0x2,
                    name.filter(|name| !name.is_empty()).map_or(String::new(), |name| format!("\"{name}")),
                );
                for &engine in Engine::ALL {
                    let files = with_w();
                    files.borrow_mut().take_changes();
                    let storage = Box::new(Rc::clone(&files));
                    let options = Options { engine, edition, files: storage, ..Options::default() };
                    let mut m = Machine::new(&assemble(&source), options);
                    m.run();
                    let seen = m.varvara.uxn().wst.bytes();
                    let seen = format!("{:02x}{:02x}", seen[0], seen[1]);
                    assert_eq!(
                        (seen.as_str(), text(&m, 0x2000, 4).as_str()),
                        (success, memory),
                        "{edition:?}: {source}"
                    );
                    assert!(!files.borrow().is_changed(), "{edition:?}: {source}");
                }
            }
        }
    }
}

/// One write costs as much as the work it makes.
#[test]
fn long_transfers_take_fuel() {
    for access in ["#0000 #ae DEO2", "#0000 #ac DEO2"] {
        let rom = assemble(&format!(";nm #a8 DEO2 #ffff #aa DEO2 {access} BRK @nm \"big.bin $1"));
        for &engine in Engine::ALL {
            let files = Box::new(working_directory());
            let mut m = Machine::new(&rom, Options { engine, files, ..Options::default() });
            m.varvara.run(5000);
            assert!(m.varvara.fuel() <= 4000, "{} left", m.varvara.fuel());
        }
    }
}

#[test]
fn names_become_paths() {
    let long = "n".repeat(MAX_NAME);
    let deep = "d/".repeat(MAX_DEPTH);
    let name = format!("{deep}x");
    let longest =
        format!("{0}/{0}/{0}/{0}/{1}", "n".repeat(MAX_NAME - 1), "n".repeat(MAX_PATH - 4 * MAX_NAME));
    let padded = format!("{}a", "./".repeat(500));
    for (given, expected) in [
        ("a", "a"),
        (".theme", ".theme"),
        ("a b", "a b"),
        ("...", "..."),
        ("a..", "a.."),
        ("..a/b", "..a/b"),
        (".", ""),
        ("./", ""),
        ("a/..", ""),
        ("a/", "a"),
        ("./a//b/./c", "a/b/c"),
        ("a/../b", "b"),
        ("a/b/../../c", "c"),
        ("h\u{e9}llo/\u{1f600}", "h\u{e9}llo/\u{1f600}"),
        ("C:", "C:"),
        ("CON", "CON"),
        ("~/x", "~/x"),
        ("$HOME", "$HOME"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        (&long, &long),
        (&name, &name),
        (&longest, &longest),
        (&padded, "a"),
    ] {
        let path = FilePath::parse(given.as_bytes()).unwrap_or_else(|| panic!("{given}"));
        assert_eq!(path.as_bytes(), expected.as_bytes(), "{given}");
        assert_eq!(path.is_root(), expected.is_empty());
        assert_eq!(
            FilePath::parse(path.as_bytes()).filter(|_| !path.is_root()),
            (!path.is_root()).then_some(path)
        );
    }
    let parents: Vec<_> = path("a/b/c").parents().collect();
    assert_eq!(parents, [path("a"), path("a/b")]);
    assert_eq!(FilePath::parse(b"\xff\xfe").unwrap().to_string(), "\u{fffd}\u{fffd}");
}

/// Names that lead, or might lead some host, out of the program's own space.
pub const HOSTILE: [&[u8]; 27] = [
    b"",
    b"/",
    b"//",
    b"/a",
    b"/etc/passwd",
    b"//server/share",
    b"..",
    b"../",
    b"../a",
    b"./..",
    b"a/../..",
    b"a/../../b",
    b"a/b/../../../c",
    b"./../a",
    b"a//../..//../b",
    b"..\\a",
    b"a\\..\\..\\b",
    b"\\",
    b"\\\\server\\share",
    b"C:\\x",
    b"a\nb",
    b"a\tb",
    b"\x01",
    b"a\x7f",
    b"\x1b[2J",
    b"a/\r",
    b"../../../../../../../../../../../../etc/passwd",
];

#[test]
fn hostile_names_are_no_paths() {
    let long = vec![b'n'; MAX_NAME + 1];
    let deep = b"d/".repeat(MAX_DEPTH + 2);
    let longest = [vec![b'n'; 200], b"/".to_vec()].concat().repeat(6);
    for name in HOSTILE.iter().copied().chain([&long[..], &deep, &longest]) {
        assert_eq!(FilePath::parse(name), None, "{}", name.escape_ascii());
    }
}

/// Whatever a program does with such a name, it is as if there were nothing, and nothing comes of it.
#[test]
fn hostile_names_reach_nothing() {
    let source = ";nm #a8 DEO2 #0004 #aa DEO2
        #2000 #ac DEO2 #a2 DEI2 ;nm #ae DEO2 #a2 DEI2 #01 #a7 DEO ;nm #ae DEO2 #a2 DEI2
        #00 #a6 DEO #a2 DEI2 #2000 #a4 DEO2 BRK @nm";
    let rom = assemble(source);
    let long = vec![b'n'; 0x8000];
    let dots = b"./".repeat(3000);
    for name in HOSTILE.iter().copied().chain([&long[..], &dots]) {
        let files = working_directory();
        files.borrow_mut().take_changes();
        let options = Options { files: Box::new(Rc::clone(&files)), ..Options::default() };
        let mut m = Machine::new(&[&rom, name, b"\0"].concat(), options);
        m.run();
        m.wst("00 00 00 00 00 00 00 00");
        assert_eq!(text(&m, 0x2000, 4), "!!!!", "{}", name.escape_ascii());
        assert!(!files.borrow().is_changed(), "{}", name.escape_ascii());
    }
}

mod quota {
    use super::*;

    fn small() -> Files {
        let mut memory = Memory::new(Quota { bytes: 10, entries: 3 });
        memory.replace(&path("a"), b"12345").unwrap();
        Rc::new(RefCell::new(memory))
    }

    cases! {
        /// What does not fit is not written at all; the old contents stay.
        a_file_that_does_not_fit: small, ";nm #a8 DEO2 #000b #aa DEO2 #0100 #ae DEO2 #a2 DEI2 #0005 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"abcde @nm \"a $1", |m, files| {
            m.wst("00 00 00 05");
            assert_eq!(file(files, "a").unwrap(), "abcde");
        };
        a_file_that_grows_too_long: small, ";nm #a8 DEO2 #01 #a7 DEO #0003 #aa DEO2 ;dat #ae DEO2 #a2 DEI2 ;dat #ae DEO2 #a2 DEI2 BRK @dat \"abc @nm \"a $1", |m, files| {
            m.wst("00 03 00 00");
            assert_eq!(file(files, "a").unwrap(), "12345abc");
        };
        too_many_entries: small, ";x #a8 DEO2 #0001 #aa DEO2 ;x #ae DEO2 #a2 DEI2 ;y #a8 DEO2 ;y #ae DEO2 #a2 DEI2 ;z #a8 DEO2 ;z #ae DEO2 #a2 DEI2 BRK @x \"d/e/f $1 @y \"d/x $1 @z \"z/ $1", |m, files| {
            m.wst("00 00 00 01 00 00");
            assert_eq!(files.borrow().nodes().count(), 3);
        };
        a_delete_makes_room: small, ";x #a8 DEO2 #0006 #aa DEO2 ;x #ae DEO2 #a2 DEI2 ;y #a8 DEO2 #00 #a6 DEO ;x #a8 DEO2 ;x #ae DEO2 #a2 DEI2 BRK @x \"x $1 @y \"a $6", |m, files| {
            m.wst("00 00 00 06");
            assert_eq!(files.borrow().bytes(), 6);
        };
    }
}

mod changes {
    use fantail::varvara::StorageError;

    use super::*;

    fn taken(memory: &mut Memory) -> Vec<(String, Option<Node>)> {
        memory.take_changes().into_iter().map(|(path, node)| (path.to_string(), node)).collect()
    }

    #[test]
    fn are_told_once() {
        let mut memory = Memory::default();
        memory.replace(&path("d/a"), b"1").unwrap();
        memory.write(&path("d/a"), 1, b"2").unwrap();
        let a = || Some(Node::File(b"12".to_vec()));
        assert_eq!(taken(&mut memory), [("d".into(), Some(Node::Directory)), ("d/a".into(), a())]);
        assert!(!memory.is_changed());
        memory.delete(&path("d/a")).unwrap();
        assert_eq!(taken(&mut memory), [("d/a".into(), None)]);
        assert_eq!(taken(&mut memory), []);
    }

    /// What the host puts there or takes away comes from another player or tab.
    #[test]
    fn of_the_host_are_none() {
        let mut memory = Memory::new(Quota { bytes: 3, entries: 2 });
        let file = |bytes: &[u8]| Node::File(bytes.to_vec());
        memory.restore(&path("d"), Node::Directory).unwrap();
        memory.restore(&path("d/a"), file(b"more than there is room for")).unwrap();
        memory.restore(&path("d/b"), file(b"")).unwrap();
        assert_eq!(memory.replace(&path("d/c"), b""), Err(StorageError::Full));
        memory.restore(&path("d/a"), file(b"1")).unwrap();
        for gone in ["d/a", "d/b", "d", "d"] {
            memory.forget(&path(gone));
        }
        assert_eq!(taken(&mut memory), []);
        assert_eq!((memory.nodes().count(), memory.bytes()), (0, 0));
        memory.replace(&path("d/c"), b"own").unwrap();
    }

    #[test]
    fn of_the_host_may_bring_others() {
        let mut memory = Memory::default();
        memory.restore(&path("d"), Node::Directory).unwrap();
        memory.restore(&path("d/a"), Node::File(vec![1])).unwrap();
        assert_eq!(memory.restore(&path("d"), Node::File(vec![2])), Err(StorageError::WrongKind));
        assert_eq!(memory.restore(&path("d/a/b"), Node::File(vec![3])), Err(StorageError::WrongKind));
        memory.forget(&path("d"));
        assert_eq!(taken(&mut memory), [("d/a".into(), None)]);
        memory.restore(&path("e/f"), Node::Directory).unwrap();
        assert_eq!(taken(&mut memory), [("e".into(), Some(Node::Directory))]);
        assert_eq!(memory.bytes(), 0);
    }

    /// A program may create and delete files without end.
    #[test]
    fn that_nobody_has_seen_are_forgotten() {
        let mut memory = Memory::default();
        for number in 0..1000 {
            let path = path(&number.to_string());
            memory.replace(&path, b"x").unwrap();
            memory.delete(&path).unwrap();
        }
        assert!(!memory.is_changed());
    }

    #[test]
    fn of_a_directory_and_what_it_contains() {
        let mut memory = Memory::default();
        for name in ["d/a", "d/e/b", "d-2", "d.txt", "da/x"] {
            memory.replace(&path(name), b"x").unwrap();
        }
        memory.take_changes();
        memory.remove(&path("d"));
        let gone: Vec<_> =
            taken(&mut memory).into_iter().map(|(path, node)| (path, node.is_some())).collect();
        assert_eq!(gone, ["d", "d/a", "d/e", "d/e/b"].map(|path| (path.to_string(), false)));
        assert_eq!(memory.bytes(), 3);
        let left: Vec<_> =
            memory.list(&FilePath::ROOT).unwrap().into_iter().map(|entry| entry.name).collect();
        assert_eq!(left, [b"d-2".to_vec(), b"d.txt".to_vec(), b"da".to_vec()]);
        memory.remove(&FilePath::ROOT);
        assert_eq!((memory.nodes().count(), memory.bytes()), (0, 0));
    }
}

/// Files that the host lends.
mod given {
    use fantail::varvara::StorageError;

    use super::*;

    fn taken(memory: &mut Memory) -> Vec<(String, bool)> {
        let changes = memory.take_changes().into_iter();
        changes.map(|(path, node)| (path.to_string(), node.is_some())).collect()
    }

    fn lent() -> Files {
        let mut memory = Memory::default();
        memory.give(&path("d/a"), b"12345").unwrap();
        Rc::new(RefCell::new(memory))
    }

    cases! {
        /// The program reads them like all others, and nothing is to be kept.
        are_read: lent, ";nm #a8 DEO2 #0005 #aa DEO2 #2000 #ac DEO2 #a2 DEI2 BRK @nm \"d/a $1", |m, files| {
            m.wst("00 05");
            m.memory(0x2000, "31 32 33 34 35");
            assert!(!files.borrow().is_changed());
        };
        are_the_programs_once_appended_to: lent, ";nm #a8 DEO2 #01 #a7 DEO #0001 #aa DEO2 ;nm #ae DEO2 BRK @nm \"d/a $1", |_, files| {
            assert_eq!(file(files, "d/a").unwrap(), "12345d");
            assert_eq!(taken(&mut files.borrow_mut()), [("d/a".into(), true)]);
        };
        are_the_programs_once_replaced: lent, ";nm #a8 DEO2 #0001 #aa DEO2 ;nm #ae DEO2 BRK @nm \"d/a $1", |_, files| {
            assert_eq!(file(files, "d/a").unwrap(), "d");
            assert_eq!(taken(&mut files.borrow_mut()), [("d/a".into(), true)]);
            files.borrow_mut().give(&path("d/a"), b"again").unwrap();
            files.borrow_mut().take_back(&path("d/a"));
            assert_eq!(file(files, "d/a").unwrap(), "d");
            assert!(!files.borrow().is_changed());
        };
        are_gone_when_deleted_until_given_again: lent, ";nm #a8 DEO2 #00 #a6 DEO BRK @nm \"d/a $1", |_, files| {
            let mut memory = files.borrow_mut();
            assert_eq!(memory.file(&path("d/a")), None);
            assert!(!memory.is_changed());
            memory.give(&path("d/a"), b"again").unwrap();
            assert_eq!(memory.file(&path("d/a")), Some(&b"again"[..]));
        };
    }

    #[test]
    fn are_replaced_and_taken_back() {
        let mut memory = Memory::default();
        for bytes in [&b"one"[..], b"three", b""] {
            let revision = memory.revision();
            memory.give(&path("a"), bytes).unwrap();
            assert_eq!(memory.file(&path("a")), Some(bytes));
            assert_eq!(memory.bytes(), bytes.len() as u64);
            assert_ne!(memory.revision(), revision);
        }
        memory.take_back(&path("a"));
        memory.take_back(&path("a"));
        assert_eq!((memory.nodes().count(), memory.bytes()), (0, 0));
        assert_eq!(taken(&mut memory), []);
    }

    /// What the program has of its own is there first.
    #[test]
    fn yield_to_the_programs_own() {
        let mut memory = Memory::default();
        memory.restore(&path("a"), Node::File(b"own".to_vec())).unwrap();
        memory.restore(&path("d"), Node::Directory).unwrap();
        memory.give(&path("a"), b"given").unwrap();
        memory.give(&path("d"), b"given").unwrap();
        assert_eq!(memory.file(&path("a")), Some(&b"own"[..]));
        assert_eq!(memory.node(&path("d")), Some(&Node::Directory));
        assert_eq!(memory.give(&path("a/b"), b""), Err(StorageError::WrongKind));
        assert_eq!(taken(&mut memory), []);
    }

    #[test]
    fn take_room() {
        let mut memory = Memory::new(Quota { bytes: 10, entries: 2 });
        memory.give(&path("d/a"), b"12345").unwrap();
        assert_eq!(memory.give(&path("d/a"), b"12345678901"), Err(StorageError::Full));
        assert_eq!(memory.give(&path("b"), b""), Err(StorageError::Full));
        assert_eq!(memory.file(&path("d/a")), Some(&b"12345"[..]));
        memory.write(&path("d/a"), 5, b"67890").unwrap();
        assert_eq!(memory.write(&path("d/a"), 10, b"1"), Err(StorageError::Full));
    }

    #[test]
    fn stay_when_the_host_takes_its_own_away() {
        let mut memory = Memory::default();
        memory.restore(&path("d"), Node::Directory).unwrap();
        memory.give(&path("d/a"), b"given").unwrap();
        memory.forget(&path("d/a"));
        assert_eq!(memory.file(&path("d/a")), Some(&b"given"[..]));
        memory.restore(&path("d/a"), Node::File(b"own".to_vec())).unwrap();
        assert!(!memory.is_given(&path("d/a")));
        memory.forget(&path("d/a"));
        assert_eq!(memory.file(&path("d/a")), None);
        assert_eq!(taken(&mut memory), []);
    }

    /// Something of the program's own is deleted, and given before the host has heard of it.
    #[test]
    fn do_not_hide_what_was_deleted() {
        for is_taken_back in [false, true] {
            let mut memory = Memory::default();
            memory.restore(&path("d"), Node::Directory).unwrap();
            memory.restore(&path("d/a"), Node::File(b"own".to_vec())).unwrap();
            memory.remove(&path("d"));
            memory.give(&path("d/a"), b"given").unwrap();
            if is_taken_back {
                memory.take_back(&path("d/a"));
            }
            assert_eq!(taken(&mut memory), [("d".into(), false), ("d/a".into(), false)]);
            assert_eq!(memory.file(&path("d/a")).is_some(), !is_taken_back);
            memory.give(&path("d/a"), b"other").unwrap();
            assert_eq!(taken(&mut memory), []);
        }
    }
}
