//! Every port right after reset: what a read gives, alone and as half of a short, before and after it was written.
//! The expected bytes are a table from the specification; nothing of it is asked of the devices.

use fantail::uxn::Engine;
use fantail::varvara::{Edition, Options};

use crate::machine::{CLOCK, Machine};

/// A port: what a read gives at first, and what later reads depend on.
struct Port {
    initial: u8,
    reads: Reads,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    /// The byte last written.
    Stored,
    /// What the device has: `initial`, whatever is stored.
    Live,
    /// The high byte of what the device has. The device takes the stored byte when the low one is written.
    LiveHigh,
    /// The low byte: what was written to it, as the device takes it.
    LiveLow { mask: u16 },
}

/// The table. Ports that are not in it are storage and 00 at first.
fn port(port: u8) -> Port {
    let (initial, reads) = match port {
        // System: the stack pointers. The port's own byte is popped before, and the result is not there yet.
        0x04 | 0x05 => (0, Reads::LiveLow { mask: 0xff }),
        // Console/type: 1 with arguments, which these computers have.
        0x17 => (1, Reads::Stored),
        // Screen: 512 by 320, the position and the address of the sprite.
        0x22 => (0x02, Reads::LiveHigh),
        0x23 => (0x00, Reads::LiveLow { mask: 0x0fff }),
        0x24 => (0x01, Reads::LiveHigh),
        0x25 => (0x40, Reads::LiveLow { mask: 0x0fff }),
        0x28 | 0x2a | 0x2c => (0, Reads::LiveHigh),
        0x29 | 0x2b | 0x2d => (0, Reads::LiveLow { mask: 0xffff }),
        // Audio: position and output of the four voices, which are silent.
        0x32..=0x34 | 0x42..=0x44 | 0x52..=0x54 | 0x62..=0x64 => (0, Reads::Live),
        // Datetime: Sunday 22 November 2026, 12:34:56 UTC, day 325 of the year.
        0xc0 => (0x07, Reads::Live),
        0xc1 => (0xea, Reads::Live),
        0xc2 => (10, Reads::Live),
        0xc3 => (22, Reads::Live),
        0xc4 => (12, Reads::Live),
        0xc5 => (34, Reads::Live),
        0xc6 => (56, Reads::Live),
        0xc7 => (0, Reads::Live),
        0xc8 => (0x01, Reads::Live),
        0xc9 => (0x45, Reads::Live),
        0xca => (0, Reads::Live),
        _ => (0, Reads::Stored),
    };
    Port { initial, reads }
}

/// The device page and what reads give, as the specification describes them.
struct Model {
    stored: [u8; 256],
    live: [u8; 256],
    edition: Edition,
}

impl Model {
    fn new(edition: Edition) -> Model {
        let initial = std::array::from_fn(|number| port(number as u8).initial);
        // Of what the devices compute nothing is stored.
        let stored = std::array::from_fn(|number| match port(number as u8).reads {
            Reads::Live => 0,
            _ => initial[number],
        });
        Model { stored, live: initial, edition }
    }

    /// `DEO`, or the low byte of `DEO2`.
    fn write(&mut self, number: u8, value: u8) {
        let high = number.wrapping_sub(1);
        self.stored[usize::from(number)] = value;
        if let Reads::LiveLow { mask } = port(number).reads {
            let short = u16::from_be_bytes([self.stored[usize::from(high)], value]) & mask;
            self.live[usize::from(number)] = short as u8;
            if port(high).reads == Reads::LiveHigh {
                self.live[usize::from(high)] = (short >> 8) as u8;
            }
        }
        // A file operation before any name does nothing, and says in File/success that it did not.
        if matches!(number & 0xf0, 0xa0 | 0xb0) && matches!(number & 0xf, 0x5 | 0x6 | 0x9 | 0xd | 0xf) {
            let is_delete_of_2023 = number & 0xf == 0x6 && self.edition == Edition::Y2023;
            let success = usize::from(number & 0xf0 | 2);
            self.stored[success..success + 2].fill(if is_delete_of_2023 { 0xff } else { 0 });
        }
    }

    /// `DEO2`.
    fn write_short(&mut self, number: u8, value: u16) {
        let [high, low] = value.to_be_bytes();
        self.stored[usize::from(number)] = high;
        self.write(number.wrapping_add(1), low);
    }

    fn read(&self, number: u8) -> u8 {
        match port(number).reads {
            Reads::Stored => self.stored[usize::from(number)],
            _ => self.live[usize::from(number)],
        }
    }
}

/// What a program does before it reads.
#[derive(Clone, Copy, Debug)]
enum Before {
    Nothing,
    Byte(u8, u8),
    Short(u8, u16),
}

const LIT: u8 = 0x80;
const LIT2: u8 = 0xa0;
/// Where programs leave what they read, three bytes for a port: a stack would do, if its pointer were not a port.
const RESULTS: u16 = 0x4000;

/// Writes, then reads each of the ports alone and as the first of two.
fn program(before: Before, ports: &[u8]) -> Vec<u8> {
    let mut rom = match before {
        Before::Nothing => Vec::new(),
        Before::Byte(port, value) => vec![LIT, value, LIT, port, 0x17],
        Before::Short(port, value) => {
            let [high, low] = value.to_be_bytes();
            vec![LIT2, high, low, LIT, port, 0x37]
        }
    };
    for (&port, result) in ports.iter().zip((RESULTS..).step_by(3)) {
        let ([high, low], [high_of_two, low_of_two]) = (result.to_be_bytes(), (result + 1).to_be_bytes());
        // DEI and STA, then DEI2 and STA2.
        rom.extend([LIT, port, 0x16, LIT2, high, low, 0x15]);
        rom.extend([LIT, port, 0x36, LIT2, high_of_two, low_of_two, 0x35]);
    }
    rom.push(0x00);
    rom
}

fn check(engine: Engine, edition: Edition, before: Before, ports: &[u8]) {
    let mut model = Model::new(edition);
    match before {
        Before::Nothing => {}
        Before::Byte(port, value) => model.write(port, value),
        Before::Short(port, value) => model.write_short(port, value),
    }
    let args = vec![b"argument".to_vec()];
    let options = Options { engine, edition, args, clock: Box::new(CLOCK), ..Options::default() };
    let mut machine = Machine::new(&program(before, ports), options);
    machine.run();
    let (results, _) = machine.varvara.uxn().ram()[usize::from(RESULTS)..].as_chunks::<3>();
    for (&port, &result) in ports.iter().zip(results) {
        let next = port.wrapping_add(1);
        assert_eq!(
            result,
            [model.read(port), model.read(port), model.read(next)],
            "port {port:02x}, and with {next:02x}, after {before:02x?}, {edition:?}, {engine:?}"
        );
    }
}

/// All ports, right after reset, and those around one to which a byte or a short was written.
#[test]
fn ports_right_after_reset() {
    let all: Vec<u8> = (0..=255).collect();
    for &edition in Edition::ALL {
        for &engine in Engine::ALL {
            check(engine, edition, Before::Nothing, &all);
            for &port in &all {
                let around = [-3i8, -2, -1, 0, 1, 2, 3].map(|distance| port.wrapping_add_signed(distance));
                // System/state ends the program only at its end.
                for value in [0x00, 0x82] {
                    check(engine, edition, Before::Byte(port, value), &around);
                    check(engine, edition, Before::Short(port, 0x5300 | u16::from(value)), &around);
                }
            }
        }
    }
}
