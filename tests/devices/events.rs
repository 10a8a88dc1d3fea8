//! The queue, slices of a vector, the end of a program, reset.

use fantail::uxn::Engine;
use fantail::varvara::{Event, InputType, Options, Status, Varvara};

use crate::machine::{FUEL, assemble};

fn each_computer(source: &str, check: fn(Varvara)) {
    let rom = assemble(source);
    for &engine in Engine::ALL {
        check(Varvara::new(&rom, Options { engine, ..Options::default() }));
    }
}

/// Counts down from 8 by jumps in each event, around the ports it looks at.
const SLOW_KEYS: &str = ";on #80 DEO2 BRK @on #83 DEI #08 &loop #01 SUB DUP ?&loop POP #83 DEI BRK";

#[test]
fn a_sliced_vector_sees_what_a_whole_one_sees() {
    each_computer(SLOW_KEYS, |mut computer| {
        computer.send(Event::Key(b'a'));
        computer.send(Event::Key(b'b'));
        let mut slices = 0;
        while computer.run(1) == Status::Busy {
            slices += 1;
            assert!(slices < 100);
        }
        assert!(slices > 10, "only {slices} slices");
        assert_eq!(computer.uxn().wst.bytes(), b"aabb");
        assert_eq!(computer.uxn().dev[0x83], 0);
    });
}

#[test]
fn without_fuel_nothing_moves() {
    each_computer(SLOW_KEYS, |mut computer| {
        assert_eq!(computer.run(0), Status::Busy);
        assert_eq!(computer.uxn().pc(), 0x0100);
        computer.run(FUEL);
        computer.send(Event::Key(b'a'));
        assert_eq!(computer.run(0), Status::Busy);
        assert_eq!(computer.uxn().dev[0x83], 0, "not delivered yet");
        assert_eq!(computer.run(FUEL), Status::Idle);
        assert_eq!(computer.uxn().wst.bytes(), b"aa");
    });
}

#[test]
fn every_vector_costs_its_start_and_its_code() {
    each_computer(";on #20 DEO2 BRK @on BRK", |mut computer| {
        computer.run(FUEL);
        computer.send(Event::Frame);
        computer.run(10);
        assert_eq!(computer.fuel(), 10 - 6 - 1);
    });
}

#[test]
fn an_endless_loop_uses_its_fuel_and_no_more() {
    each_computer("&loop !&loop", |mut computer| {
        assert_eq!((computer.run(1000), computer.fuel()), (Status::Busy, 0));
    });
}

#[test]
fn one_frame_waits_at_most() {
    each_computer(";on #20 DEO2 BRK @on #22 BRK", |mut computer| {
        for _ in 0..5 {
            assert!(computer.send(Event::Frame));
        }
        computer.run(FUEL);
        assert_eq!(computer.uxn().wst.bytes(), [0x22]);
        computer.send(Event::Frame);
        computer.run(FUEL);
        assert_eq!(computer.uxn().wst.bytes(), [0x22, 0x22]);
    });
}

/// A frame that waits for fuel is still the one that waits.
#[test]
fn a_frame_put_back_counts() {
    each_computer(";on #20 DEO2 BRK @on #22 BRK", |mut computer| {
        computer.run(FUEL);
        computer.send(Event::Frame);
        computer.run(0);
        computer.send(Event::Frame);
        computer.run(FUEL);
        assert_eq!(computer.uxn().wst.bytes(), [0x22]);
    });
}

#[test]
fn moves_become_one_but_not_across_a_button() {
    each_computer(";on #90 DEO2 BRK @on #93 DEI #95 DEI #96 DEI BRK", |mut computer| {
        computer.run(FUEL);
        computer.send(Event::MouseMove { x: 1, y: 1 });
        computer.send(Event::MouseMove { x: 2, y: 3 });
        computer.send(Event::MouseButton { mask: 1, down: true });
        computer.send(Event::MouseMove { x: 4, y: 5 });
        computer.run(FUEL);
        assert_eq!(computer.uxn().wst.bytes(), [2, 3, 0, 2, 3, 1, 4, 5, 1]);
    });
}

#[test]
fn events_keep_their_order() {
    let source = ";con #10 DEO2 ;frm #20 DEO2 ;key #80 DEO2 ;mou #90 DEO2 BRK
        @con #12 DEI BRK @frm #02 BRK @key #83 DEI BRK @mou #96 DEI BRK";
    each_computer(source, |mut computer| {
        computer.send(Event::Key(b'k'));
        computer.send(Event::Frame);
        computer.send(Event::Console { byte: b'c', kind: InputType::Stdin });
        computer.send(Event::MouseButton { mask: 4, down: true });
        computer.run(FUEL);
        assert_eq!(computer.uxn().wst.bytes(), [b'k', 2, b'c', 4]);
    });
}

#[test]
fn a_full_queue_says_so() {
    each_computer("&loop !&loop", |mut computer| {
        let sent = (0..100_000).filter(|_| computer.send(Event::Key(b'a'))).count();
        assert_eq!(sent, 0x10000);
        assert_eq!(computer.run(1000), Status::Busy);
    });
}

#[test]
fn after_the_end_nothing_is_delivered() {
    each_computer(";on #80 DEO2 BRK @on #83 DEI #03 #0f DEO BRK", |mut computer| {
        computer.run(FUEL);
        computer.send(Event::Key(b'a'));
        computer.send(Event::Key(b'b'));
        assert_eq!(computer.run(FUEL), Status::Exited(3));
        assert!(!computer.send(Event::Key(b'c')));
        assert_eq!(computer.run(FUEL), Status::Exited(3));
        assert_eq!(computer.uxn().wst.bytes(), b"a");
    });
}

/// The last vector may go on, but not for ever.
#[test]
fn a_last_vector_without_end_is_broken_off() {
    each_computer("#05 #0f DEO &loop !&loop", |mut computer| {
        assert_eq!(computer.run(1000), Status::Busy);
        assert_eq!(computer.exit_code(), None);
        assert_eq!(computer.run(u32::MAX), Status::Exited(5));
        assert!(computer.fuel() > u32::MAX / 2, "the vector had all of it");
    });
}

#[test]
fn reset_starts_from_nothing() {
    let source = ";on #80 DEO2 #0100 #22 DEO2 #f000 #08 DEO2 ;cm #02 DEO2 #17 DEI BRK
        @on #01 #0f DEO #83 DEI #18 DEO #ff #00 STZ #01 #2e DEO BRK @cm [ 00 0001 0001 0000 ab ]";
    let rom = assemble(source);
    for &engine in Engine::ALL {
        let args = vec![b"x".to_vec()];
        let mut computer = Varvara::new(&rom, Options { engine, args, ..Options::default() });
        computer.run(FUEL);
        computer.send(Event::Key(b'a'));
        assert_eq!(computer.run(FUEL), Status::Exited(1));

        computer.reset();
        assert_eq!((computer.exit_code(), computer.uses_controller()), (None, false));
        assert_eq!((computer.screen().width(), computer.palette()[0]), (512, [0; 3]));
        assert_eq!((computer.uxn().ram()[0], computer.bank(1).unwrap()[0]), (0, 0));
        assert_eq!(computer.take_output(), []);
        assert!(computer.take_redraw());
        assert_eq!(computer.run(FUEL), Status::Idle);
        assert_eq!(computer.uxn().wst.bytes(), [1], "arguments are there again");
        assert_eq!(computer.screen().width(), 256);
    }
}
