//! The piano, heard through what it would sound like.

use fantail::varvara::Event;
use fantail::varvara::controller::button;

use super::Session;

/// How often the sound crosses zero upwards in a second, on the left.
fn pitch(session: &Session) -> f64 {
    let samples = session.sound(22_050);
    let crossings = samples.windows(2).filter(|pair| pair[0][0] < 0 && pair[1][0] >= 0).count();
    crossings as f64 * 2.0
}

/// The frequency of a note of equal temperament.
fn frequency(note: u8) -> f64 {
    440.0 * 2f64.powf((f64::from(note) - 69.0) / 12.0)
}

#[test]
fn piano_plays_what_is_typed_in_tune() {
    let mut session = Session::start("roms/piano.tal", &[]);
    // All four times at 0: notes sound until they are stopped.
    session.poke("values", &[0; 4]);
    for (index, key) in b"zsxdcvgbhnjmq2w3er5t6y7ui9o0p".iter().enumerate() {
        session.send(Event::Key(*key));
        session.frames(10);
        let expected = frequency(48 + index as u8);
        let measured = pitch(&session);
        assert!((measured / expected - 1.0).abs() < 0.02, "{}: {measured} {expected}", *key as char);
        session.send(Event::Key(*key));
        assert_eq!(pitch(&session), 0.0);
    }
    session.press(button::UP);
    session.send(Event::Key(b'Z'));
    assert!((pitch(&session) / frequency(60) - 1.0).abs() < 0.02);
    // A held key that repeats itself does not stop it.
    session.frames(2);
    session.send(Event::Key(b'Z'));
    assert!(pitch(&session) > 0.0);
    session.send(Event::Key(b' '));
    assert_eq!(pitch(&session), 0.0);
}

#[test]
fn four_voices_end_with_their_envelopes() {
    const NONE: u8 = 0xff;
    let mut session = Session::start("roms/piano.tal", &[]);
    let keys = |session: &Session| {
        let mut keys = session.varvara.uxn().ram()[session.address("voice-key")..][..4].to_vec();
        keys.sort_unstable();
        keys
    };
    assert_eq!(keys(&session), [NONE; 4]);
    // The fifth note takes the voice of the first.
    for key in *b"zcbqe" {
        session.send(Event::Key(key));
        session.frames(6);
    }
    assert_eq!(keys(&session), [4, 7, 12, 16]);
    // Attack, decay, sustain and release: sixteen fifteenths of a second, four frames each.
    session.frames(57);
    assert_eq!(keys(&session), [16, NONE, NONE, NONE]);
    session.frames(2);
    assert_eq!(keys(&session), [NONE; 4]);
    assert!(session.sound(735).iter().all(|sample| *sample == [0, 0]));
}

/// The loudest sample on each side.
fn peaks(session: &Session) -> [i16; 2] {
    let samples = session.sound(4000);
    [0, 1].map(|side| samples.iter().map(|sample| sample[side].abs()).max().expect("samples"))
}

#[test]
fn the_mouse_plays_slides_pans_and_draws() {
    let mut session = Session::start("roms/piano.tal", &[]);
    session.poke("values", &[0; 4]);
    // From the C over the D to the E, all white keys, and up.
    session.mouse(30, 290, 1, true);
    assert!((pitch(&session) / frequency(48) - 1.0).abs() < 0.02);
    session.send(Event::MouseMove { x: 60, y: 290 });
    assert!((pitch(&session) / frequency(50) - 1.0).abs() < 0.02);
    session.send(Event::MouseMove { x: 45, y: 200 });
    assert!((pitch(&session) / frequency(49) - 1.0).abs() < 0.02);
    assert_ne!(peaks(&session), [0, 0]);
    session.send(Event::MouseButton { mask: 1, down: false });
    assert_eq!(peaks(&session), [0, 0]);

    // Left to the end, right to nothing.
    session.mouse(470, 38, 1, true);
    session.mouse(510, 38, 1, false);
    session.mouse(470, 54, 1, true);
    session.mouse(400, 54, 1, false);
    session.send(Event::Key(b'q'));
    let [left, right] = peaks(&session);
    assert!(left > 10_000 && right == 0, "{left} {right}");
    session.send(Event::Key(b' '));

    // A flat line makes no sound at all.
    session.mouse(17, 65, 1, true);
    session.mouse(144, 65, 1, false);
    session.send(Event::Key(b'q'));
    let [left, _] = peaks(&session);
    assert!(left < 300, "{left}");
}

/// Every wave, from softest to loudest note, stays within what four voices can add up to.
#[test]
fn no_wave_is_much_louder_than_another() {
    for wave in 0..6 {
        let mut session = Session::start("roms/piano.tal", &[]);
        for _ in 0..wave {
            session.press(button::RIGHT);
        }
        assert_eq!(session.byte("wave"), wave);
        session.send(Event::Key(b'q'));
        let [left, right] = peaks(&session);
        assert!((2500..=5800).contains(&left) && left == right, "{wave}: {left} {right}");
    }
}

#[test]
fn handles_and_sliders_set_the_envelope() {
    let mut session = Session::start("roms/piano.tal", &[]);
    let values = |session: &Session| session.varvara.uxn().ram()[session.address("values")..][..6].to_vec();
    assert_eq!(values(&session), [0, 3, 5, 8, 8, 8]);
    // The handle of the attack, to 5 units; then that of the release, past its end.
    session.mouse(161, 40, 1, true);
    session.mouse(182, 70, 1, false);
    assert_eq!(values(&session), [5, 3, 5, 8, 8, 8]);
    session.mouse(161 + 21 * 4, 88, 1, true);
    session.mouse(500, 10, 1, false);
    assert_eq!(values(&session), [5, 3, 5, 15, 8, 8]);
    // The slider of the decay.
    session.mouse(234 + 12 * 3, 111, 1, true);
    session.mouse(234 + 12 * 3, 111, 1, false);
    assert_eq!(values(&session), [5, 12, 5, 15, 8, 8]);
}
