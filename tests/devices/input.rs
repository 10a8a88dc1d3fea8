//! Controller and Mouse.

use fantail::varvara::controller::button;
use fantail::varvara::{Event, InputType};

use crate::machine::{Machine, cases};

fn press(m: &mut Machine, button: u8, down: bool) {
    m.send(Event::Button { player: 0, button, down });
}

cases! {
    case_273: ";onc #80 DEO2 BRK @onc #82 DEI #83 DEI BRK", |m| {
        press(m, button::A, true);
        m.send(Event::Key(b'a'));
        press(m, button::UP, true);
        press(m, button::A, false);
        press(m, button::UP, false);
        m.wst("01 00 01 61 11 00 10 00 00 00");
        m.ports(0x82, "00 00");
    };
    case_274: ";onm #90 DEO2 BRK @onm #92 DEI2 #94 DEI2 #96 DEI BRK", |m| {
        m.send(Event::MouseMove { x: 3, y: 5 });
        m.send(Event::MouseButton { mask: 1, down: true });
        m.send(Event::MouseButton { mask: 1, down: false });
        m.wst("00 03 00 05 00 00 03 00 05 01 00 03 00 05 00");
    };
    case_275: ";onm #90 DEO2 BRK @onm #9a DEI2 #9c DEI2 BRK", |m| {
        m.send(Event::Scroll { x: 0, y: -1 });
        m.send(Event::Scroll { x: -1, y: 1 });
        m.wst("00 00 ff ff ff ff 00 01");
        m.ports(0x9a, "00 00 00 00");
    };
    case_276: "BRK", |m| {
        press(m, button::START, true);
        m.send(Event::MouseMove { x: 0x1234, y: 0xffff });
        m.send(Event::MouseButton { mask: 5, down: true });
        m.send(Event::Console { byte: b'x', kind: InputType::Stdin });
        m.send(Event::Key(b'a'));
        m.send(Event::Scroll { x: 1, y: 1 });
        m.frames(1);
        m.wst("");
        m.ports(0x82, "08 00");
        m.ports(0x92, "12 34 ff ff 05");
        m.ports(0x9a, "00 00 00 00");
        m.ports(0x12, "78");
        m.ports(0x17, "01");
    };

    a_repeated_press_evaluates_again: ";onc #80 DEO2 BRK @onc #82 DEI BRK", |m| {
        press(m, button::LEFT, true);
        press(m, button::LEFT, true);
        m.wst("40 40");
    };
    every_player_has_a_byte: ";onc #80 DEO2 BRK @onc #82 DEI #85 DEI2 #87 DEI BRK", |m| {
        for player in 0..4 {
            m.send(Event::Button { player, button: 1 << player, down: true });
        }
        m.wst("01 00 00 00 01 02 00 00 01 02 04 00 01 02 04 08");
    };
    other_players_change_nothing: ";onc #80 DEO2 BRK @onc BRK", |m| {
        assert!(!m.varvara.send(Event::Button { player: 4, button: 0xff, down: true }));
        m.ports(0x80, "01 07 00 00 00 00 00 00 00");
    };
    releasing_one_button_keeps_the_other: "BRK", |m| {
        m.send(Event::MouseButton { mask: 1, down: true });
        m.send(Event::MouseButton { mask: 2, down: true });
        m.send(Event::MouseButton { mask: 1, down: false });
        m.ports(0x96, "02");
    };
    devices_in_use: ";onc #80 DEO2 #0000 #90 DEO2 BRK @onc ;onc #90 DEO2 BRK", |m| {
        assert!(m.varvara.uses_controller() && !m.varvara.uses_mouse() && !m.varvara.uses_console());
        m.send(Event::Key(b'a'));
        assert!(m.varvara.uses_mouse());
    };
}
