//! The tester of controllers, keys and mouse.

use fantail::varvara::Event;

use super::Session;

const PRESSED: u8 = 2;

#[test]
fn four_players_are_shown_with_every_button() {
    let mut session = Session::start("roms/pads.tal", &[]);
    // From the corner of each pad, a pixel in the middle of each button: A, B, Select, Start, up, down, left, right.
    let pads = [(13, 22), (267, 22), (13, 130), (267, 130)];
    let buttons = [(209, 30), (169, 54), (90, 43), (125, 43), (42, 20), (42, 60), (20, 42), (60, 42)];
    let pressed = |session: &Session| -> Vec<(usize, usize)> {
        let all = (0..4).flat_map(|player| (0..8).map(move |bit| (player, bit)));
        all.filter(|&(player, bit)| {
            let ((x, y), (dx, dy)) = (pads[player], buttons[bit]);
            session.colour(x + dx, y + dy) == PRESSED
        })
        .collect()
    };
    for player in 0..4u8 {
        for bit in 0..8 {
            session.send(Event::Button { player, button: 1 << bit, down: true });
            session.frames(1);
            assert_eq!(pressed(&session), [(usize::from(player), bit)]);
            session.send(Event::Button { player, button: 1 << bit, down: false });
        }
    }
    session.frames(1);
    assert_eq!(pressed(&session), []);
    assert_eq!((session.short("controller-count"), session.byte("present")), (64, 15));
    // All at once.
    for player in 0..4 {
        session.send(Event::Button { player, button: 0xff, down: true });
    }
    session.frames(1);
    assert_eq!(pressed(&session).len(), 32);
}

#[test]
fn keys_and_the_wheel_are_counted() {
    let mut session = Session::start("roms/pads.tal", &[]);
    session.send(Event::Key(b'g'));
    session.send(Event::Key(0x1b));
    assert_eq!((session.byte("key"), session.short("controller-count")), (0x1b, 2));
    session.mouse(430, 200, 1, true);
    session.send(Event::Scroll { x: 2, y: -1 });
    session.send(Event::Scroll { x: 1, y: -1 });
    session.frames(1);
    assert_eq!(session.short("mouse-count"), 4);
    assert_eq!((session.short("scroll-x"), session.short("scroll-y")), (3, 0xfffe));
    // The left button of the mouse that is drawn
    assert_eq!(session.colour(465, 262), PRESSED);
}
