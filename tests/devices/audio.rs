//! Audio: the conformance cases, pitches and times measured in what sounds, vectors.

use fantail::uxn::Engine;
use fantail::varvara::audio::{SAMPLE_RATE, SAMPLES_PER_FRAME};
use fantail::varvara::{Edition, Event, Options, Status, Varvara};

use crate::machine::{FUEL, Machine, assemble, cases};

pub const FRAME: usize = SAMPLES_PER_FRAME as usize;

/// A program around what is written to the ports of the first voice, which has a square wave of 16 bytes. Its
/// vector prints `E`. A key reads the port of its number and prints the byte.
macro_rules! square {
    ($writes:literal) => {
        concat!(
            ";on-end #30 DEO2 ;on-key #80 DEO2 ;sq #3c DEO2 #0010 #3a DEO2 ",
            $writes,
            " BRK
            @on-end LIT \"E #19 DEO BRK
            @on-key #83 DEI DEI #18 DEO BRK
            @sq ffff ffff ffff ffff 0000 0000 0000 0000"
        )
    };
}

/// What is to be heard from now on.
pub fn ahead(computer: &Varvara, samples: usize) -> Vec<[i16; 2]> {
    let mut sound = vec![[0; 2]; samples];
    computer.sound(&mut sound);
    sound
}

/// What is heard during frames, each followed by its vectors.
fn record(m: &mut Machine, frames: usize) -> Vec<[i16; 2]> {
    let mut sound = Vec::new();
    for _ in 0..frames {
        sound.extend(ahead(&m.varvara, FRAME));
        m.frames(1);
    }
    sound
}

/// What the program reads from a port.
pub fn read(m: &mut Machine, port: u8) -> u8 {
    m.stdout.clear();
    m.send(Event::Key(port));
    m.stdout.pop().map_or(0, |byte| byte as u8)
}

fn left(sound: &[[i16; 2]]) -> Vec<i16> {
    sound.iter().map(|sample| sample[0]).collect()
}

cases! {
    case_266: square!("#0000 #38 DEO2 #88 #3e DEO #3c #3f DEO #34 DEI"), |m| {
        m.wst("99");
        assert_eq!(ahead(&m.varvara, 16), [[5778, 5778]; 16]);
    };
    case_267: square!("#1111 #38 DEO2 #ff #3e DEO #30 #3f DEO #34 DEI"), |m| {
        m.wst("11");
        assert_eq!(left(&ahead(&m.varvara, 10)), [0, 0, 4, 9, 9, 14, 19, 24, 24, 29]);
    };
    /// Asked at the end of a frame: after 2940 samples, and after 3675.
    case_268: square!("#1111 #38 DEO2 #ff #3e DEO #30 #3f DEO"), |m| {
        m.frames(4);
        assert_eq!(read(m, 0x34), 0xff);
        m.frames(1);
        assert_eq!(read(m, 0x34), 0xee);
    };
    case_269: square!("#0000 #38 DEO2 #f0 #3e DEO #bc #3f DEO"), |m| {
        let sound = record(m, 2);
        assert_eq!(left(&sound).iter().max(), Some(&10834));
        assert!(sound.iter().all(|sample| sample[1] == 0));
        let end = sound.iter().rposition(|&sample| sample != [0, 0]);
        assert_eq!(end, Some(167), "168.5 samples of phase, the last of which ends it");
        assert_eq!(read(m, 0x34), 0x00);
        assert_eq!(m.stderr, "E");
    };
    case_270: square!("#0000 #38 DEO2 #f0 #3e DEO #3c #3f DEO #00 #3f DEO"), |m| {
        assert_eq!(record(m, 1), [[10834, 0]; FRAME]);
        assert_eq!(m.stderr, "");
    };
    case_271: square!("#0000 #38 DEO2 #f0 #3e DEO #6c #3f DEO"), |m| {
        assert_eq!(record(m, 10), [[0, 0]; 10 * FRAME]);
        assert_eq!(m.stderr, "");
    };
    case_272: square!("#0001 #38 DEO2 #f0 #3e DEO #3c #3f DEO"), |m| {
        let sound = record(m, 5);
        assert_eq!(left(&sound)[..4], [5417, 5412, 5412, 5407]);
        assert!(sound[3000..].iter().all(|&sample| sample == [0, 0]));
        assert_eq!(m.stderr, "E");
    };

    /// Above the pitches of a piano: silence, and no vector for the note that is cut off.
    a_note_of_108_stops_the_one_before: square!("#0001 #38 DEO2 #ff #3e DEO #3c #3f DEO #6c #3f DEO"), |m| {
        assert!(!m.varvara.is_sounding());
        assert_eq!(record(m, 10), [[0, 0]; 10 * FRAME]);
        assert_eq!(m.stderr, "");
        assert_eq!(read(m, 0x34), 0x00);
    };
    a_wave_without_length_stops_the_one_before:
        square!("#0001 #38 DEO2 #ff #3e DEO #3c #3f DEO #0000 #3a DEO2 #3c #3f DEO"), |m| {
        assert!(!m.varvara.is_sounding());
        assert_eq!((record(m, 10), m.stderr.as_str()), (vec![[0, 0]; 10 * FRAME], ""));
    };
    /// Of 5880 samples each: noticed in the ninth frame.
    a_new_note_replaces_the_one_before_without_a_vector:
        ";ve #30 DEO2 ;k #80 DEO2 #0011 #38 DEO2 #0100 #3a DEO2 #ff #3e DEO #3c #3f DEO BRK
        @k #3c #3f DEO BRK @ve LIT \"E #19 DEO BRK", |m| {
        m.frames(7);
        m.send(Event::Key(b'a'));
        m.frames(8);
        assert_eq!(m.stderr, "");
        m.frames(1);
        assert_eq!(m.stderr, "E");
        m.frames(100);
        assert_eq!(m.stderr, "E", "once");
    };
    /// The wave goes only as far as memory.
    a_wave_ends_with_memory: ";ve #30 DEO2 #fffe #3c DEO2 #ffff #3a DEO2 #ff #3e DEO #bc #3f DEO BRK
        @ve LIT \"E #19 DEO BRK", |m| {
        m.frames(1);
        assert_eq!(m.stderr, "E");
    };
    memory_is_read_while_it_sounds: square!("#f0 #3e DEO #3c #3f DEO"), |m| {
        assert_eq!(ahead(&m.varvara, 1), [[10834, 0]]);
        let address = usize::from(m.varvara.uxn().dev_short(0x3c));
        m.varvara.uxn_mut().ram_mut()[address] = 0x80;
        assert_eq!(ahead(&m.varvara, 1), [[0, 0]]);
        m.varvara.uxn_mut().ram_mut()[address] = 0x00;
        assert_eq!(ahead(&m.varvara, 1), [[-10920, 0]]);
    };
    /// 4 voices of 10834, and of -10920, are more than 16 bits hold.
    the_mix_is_clamped: ";sq DUP2 #3c DEO2 DUP2 #4c DEO2 DUP2 #5c DEO2 #6c DEO2
        #0010 DUP2 #3a DEO2 DUP2 #4a DEO2 DUP2 #5a DEO2 #6a DEO2
        #f1 DUP #3e DEO DUP #4e DEO DUP #5e DEO #6e DEO
        #3c DUP #3f DEO DUP #4f DEO DUP #5f DEO #6f DEO BRK
        @sq ffff ffff ffff ffff 0000 0000 0000 0000", |m| {
        let sound = ahead(&m.varvara, 168);
        assert_eq!((sound[0], sound[100]), ([32767, 4 * 722], [-32768, 4 * -728]));
    };
    /// 735 samples of a long wave at middle C are 735 bytes of it.
    the_position_is_live: "#0300 #3a DEO2 #ff #3e DEO #3c #3f DEO ;on-key #80 DEO2 BRK
        @on-key #32 DEI2 #33 DEI #32 DEI BRK", |m| {
        m.frames(1);
        m.send(Event::Key(b'a'));
        m.wst("02 df df 02");
        m.frames(1);
        m.send(Event::Key(b'a'));
        m.wst("02 df df 02 02 be be 02"); // 1470 - 768
    };
    the_other_ports_are_storage: "#1234 #32 DEO2 #56 #34 DEO #78 #35 DEO #9abc #38 DEO2
        #35 DEI #38 DEI2 #34 DEI BRK", |m| m.wst("78 9a bc 00");
    writing_a_port_but_the_pitch_changes_no_note:
        square!("#f0 #3e DEO #3c #3f DEO #0f #3e DEO #0000 #3a DEO2 #1111 #38 DEO2"), |m| {
        assert_eq!(ahead(&m.varvara, 1), [[10834, 0]]);
    };

    /// The lower voices first, and the screen last.
    vectors_come_in_order: ";s #20 DEO2 ;va #30 DEO2 ;vb #40 DEO2 ;vc #50 DEO2 ;vd #60 DEO2
        #0001 DUP2 #3a DEO2 DUP2 #4a DEO2 DUP2 #5a DEO2 #6a DEO2
        #80 DUP #6f DEO DUP #5f DEO #3c ORA DUP #4f DEO #3f DEO BRK
        @s LIT \"S #18 DEO BRK @va LIT \"0 #18 DEO BRK @vb LIT \"1 #18 DEO BRK
        @vc LIT \"2 #18 DEO BRK @vd LIT \"3 #18 DEO BRK", |m| {
        m.frames(1);
        assert_eq!(m.stdout, "01S");
        // 168.5 samples of phase for the one byte, five octaves lower.
        m.frames(8);
        assert_eq!(m.stdout, "01SSSSSSS23SS");
    };
    /// At the end of a note its vector starts the next.
    a_vector_may_start_a_note: ";ve #30 DEO2 #0001 #38 DEO2 #0100 #3a DEO2 #ff #3e DEO #3c #3f DEO BRK
        @ve LIT \"E #19 DEO #3c #3f DEO BRK", |m| {
        m.frames(50);
        assert_eq!(m.stderr, "E".repeat(10), "notes of 2940 samples are noticed in the fifth frame");
        assert!(m.varvara.is_sounding());
    };
    /// Both bytes of the vector are read when it is due.
    the_vector_is_that_of_the_end: "#0001 #38 DEO2 #0100 #3a DEO2 #3c #3f DEO ;k #80 DEO2 BRK
        @k ;ve SWP #30 DEO #31 DEO BRK @ve LIT \"E #19 DEO BRK", |m| {
        m.send(Event::Key(b'a'));
        m.frames(5);
        assert_eq!(m.stderr, "E");
    };
    without_a_vector_nothing_is_evaluated: "#0001 #38 DEO2 #0100 #3a DEO2 #3c #3f DEO BRK", |m| {
        for _ in 0..10 {
            m.varvara.send(Event::Frame);
            assert_eq!(m.varvara.run(1), Status::Idle);
            assert_eq!(m.varvara.fuel(), 1);
        }
    };
    at_the_end_of_the_program_all_is_silent: square!("#ff #3e DEO #3c #3f DEO #80 #0f DEO"), |m| {
        assert!(!m.varvara.is_sounding());
        assert_eq!(ahead(&m.varvara, FRAME), [[0, 0]; FRAME]);
    };
}

fn each_computer(source: &str, check: fn(Varvara)) {
    let rom = assemble(source);
    for &engine in Engine::ALL {
        check(Varvara::new(&rom, Options { engine, ..Options::default() }));
    }
}

#[test]
fn vectors_wait_for_fuel_and_for_the_vector_under_way() {
    let source = ";ve #30 DEO2 ;k #80 DEO2 #0001 #3a DEO2 #bc #3f DEO BRK
        @ve LIT \"E #18 DEO BRK @k #08 &loop #01 SUB DUP ?&loop POP LIT \"K #18 DEO BRK";
    each_computer(source, |mut computer| {
        computer.run(FUEL);
        computer.send(Event::Key(b'a'));
        assert_eq!(computer.run(3), Status::Busy, "in the middle of the key's vector");
        computer.send(Event::Key(b'b'));
        computer.skip_frame();
        assert_eq!(computer.run(6), Status::Busy);
        assert_eq!(computer.run(0), Status::Busy);
        assert_eq!(computer.run(FUEL), Status::Idle);
        assert_eq!(computer.take_output()[0].bytes, b"KEK");
    });
}

#[test]
fn time_passes_with_every_frame_sent() {
    each_computer(";s #20 DEO2 BRK @s LIT \"S #18 DEO BRK", |mut computer| {
        computer.run(FUEL);
        for _ in 0..3 {
            computer.send(Event::Frame);
        }
        computer.skip_frame();
        computer.run(FUEL);
        assert_eq!(computer.take_output()[0].bytes, b"S", "one frame waits at most");
        assert_eq!(computer.sound_time(), 4 * 735);
        computer.reset();
        assert_eq!(computer.sound_time(), 0);
    });
}

#[test]
fn a_reset_silences() {
    each_computer("#06 DEI ?{ #0010 #3a DEO2 #ff #3e DEO #bc #3f DEO } BRK", |mut computer| {
        computer.run(FUEL);
        assert!(computer.is_sounding());
        computer.skip_frame();
        computer.reset();
        assert!(!computer.is_sounding());
        assert_eq!(computer.run(0), Status::Busy);
        assert_eq!(ahead(&computer, FRAME), [[0, 0]; FRAME]);
    });
}

/// Programs of 2023 release a note so.
#[test]
fn pitch_zero_stops_in_2023() {
    let rom = assemble("#0010 #3a DEO2 #ff #3e DEO #3c #3f DEO #00 #3f DEO BRK");
    for (edition, is_sounding) in [(Edition::Y2026, true), (Edition::Y2023, false)] {
        let mut computer = Varvara::new(&rom, Options { edition, ..Options::default() });
        computer.run(FUEL);
        assert_eq!(computer.is_sounding(), is_sounding, "{edition:?}");
    }
}

/// Cycles per second, from the first rise through zero to the last.
fn frequency(sound: &[i16]) -> f64 {
    let rises: Vec<_> = (1..sound.len()).filter(|&i| sound[i - 1] < 0 && sound[i] >= 0).collect();
    let samples = rises[rises.len() - 1] - rises[0];
    (rises.len() - 1) as f64 * f64::from(SAMPLE_RATE) / samples as f64
}

/// A computer with a wave of one cycle of this length from 0x1000 on, that plays a note.
fn note(pitch: u8, length: u16, adsr: u16, wave: impl Fn(u16) -> u8) -> Varvara {
    let source = format!(
        "#1000 #3c DEO2 #{length:04x} #3a DEO2 #{adsr:04x} #38 DEO2 #ff #3e DEO #{pitch:02x} #3f DEO BRK"
    );
    let mut computer = Varvara::new(&assemble(&source), Options::default());
    for index in 0..length {
        computer.uxn_mut().ram_mut()[0x1000 + usize::from(index)] = wave(index);
    }
    computer.run(FUEL);
    computer
}

#[test]
#[cfg_attr(feature = "eager", ignore = "each computer has its program compiled anew, and there are hundreds")]
fn pitches() {
    for pitch in 0..108 {
        let semitones = f64::from(pitch) - 60.0;
        // A wave of at most 256 bytes is a cycle, whatever its length.
        for length in [2, 16, 100, 255, 256] {
            let wave = |index: u16| if index < length / 2 { 0xf0 } else { 0x10 };
            let measured = frequency(&left(&ahead(&note(pitch, length, 0, wave), 44100)));
            let expected = 261.63 * (semitones / 12.0).exp2();
            let cents = 1200.0 * (measured / expected).log2();
            let resolution = 1200.0 * (1.0 + expected / 44100.0).log2(); // The last rise may be a sample off.
            assert!(
                cents.abs() < 2.0 + resolution,
                "note {pitch}, {length} bytes: {measured} Hz, {cents} cents"
            );
        }
        // A longer one is played byte by byte at middle C.
        for length in [257, 512, 1000] {
            let wave = |index: u16| if index < length / 2 { 0xf0 } else { 0x10 };
            let measured = frequency(&left(&ahead(&note(pitch, length, 0, wave), 4 * 44100)));
            let expected = 44100.0 / f64::from(length) * (semitones / 12.0).exp2();
            let cents = 1200.0 * (measured / expected).log2();
            assert!(cents.abs() < 2.0, "note {pitch}, {length} bytes: {measured} Hz, {cents} cents");
        }
    }
}

/// Times in what sounds of a wave that is always at its highest.
#[test]
fn envelope_times() {
    let (full, half) = (10834, 5417);
    for adsr in [0x1111u16, 0x2310, 0x0121, 0x1023, 0x4321, 0x0f00, 0xffff, 0x1000, 0x0010] {
        let [attack, decay, sustain, release] =
            [12, 8, 4, 0].map(|shift| usize::from(adsr >> shift & 0xf) * 2940);
        let computer = note(0x3c, 0x10, adsr, |_| 0xff);
        let sound = left(&ahead(&computer, 5 * 44100));
        let first = |test: &dyn Fn(usize) -> bool| (0..sound.len()).find(|&i| test(i)).unwrap();
        if decay > 0 {
            assert_eq!(first(&|i| sound[i] == full), attack, "{adsr:04x}: the highest level");
        }
        if decay + sustain + release > 0 {
            // A level is held for some samples: there are 1092 on the way down.
            let half_at = first(&|i| i >= attack && sound[i] == half);
            let earliest = attack + decay - decay / 1092;
            assert!(half_at >= earliest && half_at <= attack + decay, "{adsr:04x}: half at {half_at}");
        }
        let falls_at = attack + decay + sustain;
        if release > 0 {
            assert_eq!(sound[falls_at], half, "{adsr:04x}: held until it falls");
            assert_eq!(sound[falls_at + 1], 5412, "{adsr:04x}: then falls at once");
            let last = sound.iter().rposition(|&value| value > 0).unwrap();
            let earliest = falls_at + release - release / 1092 - 1;
            assert!(last >= earliest && last < falls_at + release, "{adsr:04x}: ends after {last}");
        } else {
            assert!(sound[falls_at - 1] > 0 && sound[falls_at] == 0, "{adsr:04x}: ends at {falls_at}");
        }
    }
}
