//! What the edition 2023 answers differently.

use fantail::uxn::Engine;
use fantail::varvara::{Edition, Event, Options};

use crate::machine::{Machine, assemble};

fn in_2023(source: &str, check: fn(&mut Machine)) {
    for &engine in Engine::ALL {
        let options = Options { engine, edition: Edition::Y2023, ..Options::default() };
        let mut machine = Machine::new(&assemble(source), options);
        machine.run();
        check(&mut machine);
    }
}

/// Case 213: flip bits do not turn the step of pixels.
#[test]
fn pixels_step_forward_under_flip_bits() {
    let source = "#03 #26 DEO #0005 #28 DEO2 #0005 #2a DEO2 #31 #2e DEO #28 DEI2 #2a DEI2 BRK";
    in_2023(source, |m| m.wst("00 06 00 06"));
}

/// Case 181.
#[test]
fn cpyl_upward_repeats() {
    let source = ";cm #02 DEO2 BRK @cm [ 01 0004 0000 =ss 0000 =tt ] @ss 11 @tt 22 3344 5566";
    in_2023(source, |m| m.memory(0x0112, "11 11 11 11 11 66"));
}

/// Case 182.
#[test]
fn cpyr_upward_moves() {
    let source = ";cm #02 DEO2 BRK @cm [ 02 0004 0000 =ss 0000 =tt ] @ss 11 @tt 22 3344 5566";
    in_2023(source, |m| m.memory(0x0112, "11 11 22 33 44 66"));
}

/// Case 183.
#[test]
fn cpyr_downward_repeats() {
    let source = ";cm #02 DEO2 BRK @cm [ 02 0004 0000 =tt 0000 =ss ] @ss 11 @tt 22 3344 5566";
    in_2023(source, |m| m.memory(0x0112, "55 55 55 55 55 66"));
}

#[test]
fn copies_cross_banks_byte_by_byte() {
    let source = ";cm #02 DEO2 BRK @cm [ 01 0004 0000 =ss 0000 fffe ] @ss 1122 3344";
    in_2023(source, |m| {
        m.memory(0xfffe, "11 22");
        assert_eq!(m.varvara.bank(1).unwrap()[..3], [0x33, 0x44, 0x00]);
    });
}

#[test]
fn middle_and_right_button_change_places() {
    in_2023(";on #90 DEO2 BRK @on #96 DEI BRK", |m| {
        for (mask, down) in [(1, true), (2, true), (4, true), (2, false), (0x80, true)] {
            m.send(Event::MouseButton { mask, down });
        }
        m.wst("01 05 07 03 83");
    });
}

#[test]
fn editions_have_names() {
    assert_eq!("2026".parse(), Ok(Edition::Y2026));
    assert_eq!("2023".parse(), Ok(Edition::Y2023));
    assert_eq!("1984".parse::<Edition>(), Err("no edition `1984`; there is 2026, 2023".to_string()));
    assert_eq!(Edition::default(), Edition::Y2026);
}
