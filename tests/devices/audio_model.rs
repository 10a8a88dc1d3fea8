//! Audio beside an independent model.

use fantail::uxn::Engine;
use fantail::varvara::{Event, Options};
use proptest::prelude::*;

use crate::audio::{FRAME, ahead, read};
use crate::machine::{Machine, assemble};
use crate::oracle::{Registers, Voice, mix};

/// A program that does as it is told: the mouse's x is a port and its y what is written there; a key is a port
/// that is read and printed. The vectors of the voices print their number to standard error.
const OBEDIENT: &str =
    ";write #90 DEO2 ;read #80 DEO2 ;va #30 DEO2 ;vb #40 DEO2 ;vc #50 DEO2 ;vd #60 DEO2 BRK
    @write #95 DEI #93 DEI DEO BRK @read #83 DEI DEI #18 DEO BRK
    @va LIT \"0 #19 DEO BRK @vb LIT \"1 #19 DEO BRK @vc LIT \"2 #19 DEO BRK @vd LIT \"3 #19 DEO BRK";

#[derive(Clone, Debug)]
enum Action {
    /// Starts a note.
    Note { voice: u8, registers: Registers },
    /// Writes some other port than the pitch.
    Write { port: u8, value: u8 },
    /// Writes to memory.
    Poke { address: u16, byte: u8, length: u16 },
    /// Lets time pass and compares each sample.
    Frames(u8),
    /// Lets time pass in silence.
    Skip(u8),
}

fn registers() -> impl Strategy<Value = Registers> {
    let nibble = || prop_oneof![3 => 0u16..2, 1 => 0u16..16];
    let adsr = prop_oneof![
        1 => Just(0),
        4 => (nibble(), nibble(), nibble(), nibble()).prop_map(|(a, d, s, r)| a << 12 | d << 8 | s << 4 | r),
    ];
    let length = prop_oneof![
        3 => 0u16..20,
        3 => 250u16..260,
        2 => any::<u16>(),
        1 => Just(0xffff),
    ];
    let addr = prop_oneof![3 => 0x2000u16..0x3000, 1 => 0xfff0u16..=0xffff, 1 => any::<u16>()];
    let pitch = prop_oneof![4 => any::<u8>(), 1 => 0x68..0x70u8, 2 => 0xbcu8..0xec];
    (adsr, length, addr, any::<u8>(), pitch).prop_map(|(adsr, length, addr, volume, pitch)| Registers {
        adsr,
        length,
        addr,
        volume,
        pitch,
    })
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => (0u8..4, registers()).prop_map(|(voice, registers)| Action::Note { voice, registers }),
        1 => (0u8..4, 2u8..15, any::<u8>())
            .prop_map(|(voice, port, value)| Action::Write { port: 0x30 + 0x10 * voice + port, value }),
        2 => (0x2000u16..0x3000, any::<u8>(), 0u16..300)
            .prop_map(|(address, byte, length)| Action::Poke { address, byte, length }),
        4 => (1u8..6).prop_map(Action::Frames),
        1 => (1u8..100).prop_map(Action::Skip),
    ]
}

fn write(m: &mut Machine, port: u8, value: u8) {
    m.send(Event::MouseMove { x: port.into(), y: value.into() });
}

/// The model beside a computer.
struct Pair {
    machine: Machine,
    model: [Voice; 4],
}

impl Pair {
    fn new(engine: Engine, memory: &[u8]) -> Pair {
        let options = Options { engine, ..Options::default() };
        let mut machine = Machine::new(&assemble(OBEDIENT), options);
        let ram = machine.varvara.uxn_mut().ram_mut();
        for (byte, value) in ram[0x2000..].iter_mut().zip(memory.iter().cycle()) {
            *byte = *value;
        }
        machine.run();
        Pair { machine, model: Default::default() }
    }

    /// A frame: each sample is compared if anybody listens, vectors and ports always.
    fn frame(&mut self, is_heard: bool) {
        let memory = *self.machine.varvara.uxn().ram();
        let mut ended = [false; 4];
        let expected: Vec<_> = (0..FRAME).map(|_| mix(&mut self.model, &memory, &mut ended)).collect();
        if is_heard {
            let heard = ahead(&self.machine.varvara, FRAME);
            for (index, (heard, expected)) in heard.iter().zip(&expected).enumerate() {
                for (&heard, expected) in heard.iter().zip(expected) {
                    assert!(
                        (f64::from(heard) - expected).abs() <= 1.0,
                        "sample {index}: {heard}, {expected}"
                    );
                }
            }
        }
        self.machine.stderr.clear();
        self.machine.varvara.skip_frame();
        self.machine.run();
        let expected: String = (0..4).filter(|&voice| ended[voice]).map(|voice| voice.to_string()).collect();
        assert_eq!(self.machine.stderr, expected, "vectors");
    }

    fn act(&mut self, action: &Action) {
        match *action {
            Action::Note { voice, registers } => {
                let base = 0x30 + 0x10 * voice;
                let Registers { adsr, length, addr, volume, pitch } = registers;
                for (port, value) in [(0x8, adsr), (0xa, length), (0xc, addr)] {
                    let [high, low] = value.to_be_bytes();
                    write(&mut self.machine, base + port, high);
                    write(&mut self.machine, base + port + 1, low);
                }
                write(&mut self.machine, base + 0xe, volume);
                write(&mut self.machine, base + 0xf, pitch);
                self.model[usize::from(voice)].write_pitch(registers);
            }
            Action::Write { port, value } => write(&mut self.machine, port, value),
            Action::Poke { address, byte, length } => {
                self.machine.varvara.uxn_mut().ram_mut()[usize::from(address)..][..usize::from(length)]
                    .fill(byte);
            }
            Action::Frames(count) => (0..count).for_each(|_| self.frame(true)),
            Action::Skip(count) => (0..count).for_each(|_| self.frame(false)),
        }
        for (voice, base) in (0x30..=0x60).step_by(0x10).enumerate() {
            assert_eq!(read(&mut self.machine, base + 4), self.model[voice].output(), "output of {voice}");
            let position = [base + 2, base + 3].map(|port| read(&mut self.machine, port));
            let position = i64::from(u16::from_be_bytes(position));
            assert_eq!(position, self.model[voice].position(), "position of {voice}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn sounds_as_the_model_does(
        actions in prop::collection::vec(action(), 1..40),
        memory in prop::collection::vec(any::<u8>(), 1..2000),
        engine in prop::sample::select(Engine::ALL),
    ) {
        let mut pair = Pair::new(engine, &memory);
        for action in &actions {
            pair.act(action);
        }
    }

    /// What is heard far ahead is what is heard frame by frame, and asking changes nothing.
    #[test]
    fn what_is_ahead_comes(
        notes in prop::collection::vec(registers(), 4),
        frames in 1usize..80,
        samples in 0usize..30_000,
    ) {
        let memory: Vec<_> = (0..=255u8).map(|byte| byte.wrapping_mul(77)).collect();
        let mut pair = Pair::new(Engine::default(), &memory);
        for (voice, &registers) in (0..).zip(&notes) {
            pair.act(&Action::Note { voice, registers });
        }
        for _ in 0..frames {
            pair.frame(false);
        }
        let computer = &mut pair.machine.varvara;
        let all = ahead(computer, samples);
        prop_assert_eq!(ahead(computer, samples / 2), &all[..samples / 2]);
        for part in all.chunks(FRAME) {
            prop_assert_eq!(ahead(computer, part.len()), part);
            computer.skip_frame();
        }
    }
}
