//! Audio (0x30, 0x40, 0x50, 0x60): four voices that play waves from main memory.
//!
//! Voices move when the computer is told that time has passed, in one step however long that is, and need
//! nobody to listen: ports and vectors are the same with and without sound. [`sound`](super::Varvara::sound) says what is to
//! be heard from now on; it reads main memory as it then is.
//!
//! A *sample* is what both channels have at one moment, 44100 times a second.

use super::Edition;
use crate::uxn::{RAM_SIZE, Uxn};

/// Samples per second.
pub const SAMPLE_RATE: u32 = 44100;
/// Samples in a frame, the sixtieth of a second that [`Event::Frame`](super::Event::Frame) tells of.
pub const SAMPLES_PER_FRAME: u32 = SAMPLE_RATE / 60;

/// The ports of the first and of the last voice.
pub(super) const FIRST: u8 = 0x30;
pub(super) const LAST: u8 = 0x60;
const VOICES: usize = 4;

// Ports of a voice.
const VECTOR: u8 = 0x0;
const POSITION: u8 = 0x2;
const POSITION_LOW: u8 = POSITION + 1;
const OUTPUT: u8 = 0x4;
const ADSR: u8 = 0x8;
const LENGTH: u8 = 0xa;
const ADDR: u8 = 0xc;
const VOLUME: u8 = 0xe;
const PITCH: u8 = 0xf;

/// The bit of Audio/pitch by which a wave is played once.
const ONCE: u8 = 0x80;
/// Notes from here on are silence.
const NOTES: u8 = 108;
/// What the phase advances with each sample in the highest octave, from C upward.
const ADVANCES: [u32; 12] = [
    0x80000, 0x879c8, 0x8facd, 0x9837f, 0xa1451, 0xaadc1, 0xb504f, 0xbfc88, 0xcb2ff, 0xd7450, 0xe411f,
    0xf1a1c,
];
/// The phase of one byte of a long wave.
const PERIOD: u32 = 0x10000;
/// Up to this length the wave is a single cycle, played at the pitch of the note.
const CYCLE: u32 = 256;
/// The phase of such a cycle: 168.5 samples at middle C.
const CYCLE_PERIOD: u32 = PERIOD * 337 / 2;
/// Samples in a unit of the envelope: a fifteenth of a second.
const STEP: u32 = SAMPLE_RATE / 15;
/// The envelope's full level, and the one it falls to.
const FULL: u32 = 0x888;
const HALF: u32 = 0x444;

/// The times of an envelope in samples: when each part ends.
#[derive(Clone, Default)]
struct Envelope {
    attack: u32,
    decay: u32,
    sustain: u32,
    release: u32,
}

impl Envelope {
    fn new(adsr: u16) -> Envelope {
        let [attack, decay, sustain, release] =
            [12, 8, 4, 0].map(|shift| STEP * u32::from(adsr >> shift & 0xf));
        let decay = attack + decay;
        let sustain = decay + sustain;
        Envelope { attack, decay, sustain, release: sustain + release }
    }

    /// The sample with which the note is over, unless it is held for ever.
    fn end(&self) -> Option<u32> {
        (self.release != 0).then_some(self.release)
    }

    /// The level at a time before the end.
    fn level(&self, age: u32) -> u32 {
        let Envelope { attack, decay, sustain, release } = *self;
        if release == 0 {
            FULL
        } else if age < attack {
            FULL * age / attack
        } else if age < decay {
            HALF * (2 * decay - attack - age) / (decay - attack)
        } else if age < sustain {
            HALF
        } else {
            HALF * (release - age) / (release - sustain)
        }
    }
}

/// A voice and the note it plays, with the ports as they were when the note began.
#[derive(Clone, Default)]
struct Voice {
    is_sounding: bool,
    /// Phase for each sample, and for each byte of the wave.
    advance: u32,
    period: u32,
    /// The phase within the byte. It goes on from note to note.
    count: u32,
    /// The byte of the wave.
    index: u32,
    addr: u16,
    len: u32,
    is_loop: bool,
    envelope: Envelope,
    /// Samples played.
    age: u32,
    /// Left and right, 0 to 15.
    volume: [u8; 2],
}

impl Voice {
    /// Starts a note instead of the one before, with the ports from `base` on.
    fn start(&mut self, uxn: &Uxn, base: u8, edition: Edition) {
        let pitch = uxn.dev[usize::from(base | PITCH)];
        let addr = uxn.dev_short(base | ADDR);
        let len = u32::from(uxn.dev_short(base | LENGTH)).min(RAM_SIZE as u32 - u32::from(addr));
        let note = pitch & !ONCE;
        self.is_sounding = note < NOTES && len > 0 && !(pitch == 0 && edition.pitch_zero_stops());
        if !self.is_sounding {
            return;
        }
        let volume = uxn.dev[usize::from(base | VOLUME)];
        *self = Voice {
            is_sounding: true,
            advance: ADVANCES[usize::from(note % 12)] >> (8 - note / 12),
            period: if len > CYCLE { PERIOD } else { CYCLE_PERIOD / len },
            count: self.count,
            index: 0,
            addr,
            len,
            is_loop: pitch & ONCE == 0,
            envelope: Envelope::new(uxn.dev_short(base | ADSR)),
            age: 0,
            volume: [volume >> 4, volume & 0xf],
        };
    }

    /// How many samples there are until the note is over.
    fn samples_left(&self) -> u64 {
        let of_envelope = self.envelope.end().map_or(u64::MAX, |end| u64::from(end.saturating_sub(self.age)));
        if self.is_loop {
            return of_envelope;
        }
        // The phase that leads behind the wave is reached with the sample after these.
        let phase = u64::from(self.len.saturating_sub(self.index)) * u64::from(self.period);
        let of_wave = phase.saturating_sub(1 + u64::from(self.count)) / u64::from(self.advance);
        of_envelope.min(of_wave)
    }

    /// Plays some samples to nobody. True if the note has come to its end.
    fn pass(&mut self, samples: u32) -> bool {
        if !self.is_sounding {
            return false;
        }
        let left = self.samples_left();
        let has_ended = left < u64::from(samples);
        // The sample that finds the end has moved the phase as well.
        let moved = if has_ended { left as u32 + 1 } else { samples };
        let phase = u64::from(self.count) + u64::from(moved) * u64::from(self.advance);
        self.count = (phase % u64::from(self.period)) as u32;
        let index = u64::from(self.index) + phase / u64::from(self.period);
        let len = u64::from(self.len);
        self.index = if self.is_loop { index % len } else { index.min(len) } as u32;
        self.age = self.age.saturating_add(moved);
        self.is_sounding = !has_ended;
        has_ended
    }

    /// Adds what is to be heard.
    fn play(&mut self, ram: &[u8; RAM_SIZE], mix: &mut [[i32; 2]]) {
        if !self.is_sounding {
            return;
        }
        let sounding = self.samples_left().min(mix.len() as u64) as usize;
        if self.volume != [0, 0] {
            let Voice { mut count, mut index, period, len, .. } = *self;
            let volume = self.volume.map(i32::from);
            let wave = &ram[usize::from(self.addr)..][..len as usize];
            // Divisions once, not for each sample. A phase left by a note of another period may be several bytes.
            index += count / period;
            count %= period;
            let (bytes, rest) = (self.advance / period, self.advance % period);
            for (age, sample) in (self.age..).zip(&mut mix[..sounding]) {
                index += bytes;
                count += rest;
                if count >= period {
                    count -= period;
                    index += 1;
                }
                if index >= len {
                    index %= len;
                }
                let value = (i32::from(wave[index as usize]) - 128) * self.envelope.level(age) as i32;
                for (channel, volume) in sample.iter_mut().zip(volume) {
                    *channel += value * volume / 0x180;
                }
            }
        }
        self.pass(mix.len() as u32);
    }

    /// Whether the envelope has run out, although no sample has found that out yet.
    fn is_over(&self) -> bool {
        self.envelope.end().is_some_and(|end| self.age >= end)
    }

    /// How loud it is now: left in the high nibble, right in the low one.
    fn output(&self) -> u8 {
        if !self.is_sounding || self.is_over() {
            return 0;
        }
        let level = self.envelope.level(self.age);
        let [left, right] = self.volume.map(|volume| match u32::from(volume) {
            0 => 0,
            volume => (1 + level * volume / 0x800).min(0xf) as u8,
        });
        left << 4 | right
    }
}

/// Whether a write to a port of Audio does more than to leave its byte there.
pub(super) const fn acts_on(port: u8) -> bool {
    port & 0xf == PITCH
}

#[derive(Default)]
pub(super) struct Audio {
    voices: [Voice; VOICES],
    /// Voices whose vectors are due.
    ended: [bool; VOICES],
    /// Samples since the start.
    time: u64,
}

impl Audio {
    /// Both bytes of the position are live: a program may read one alone.
    pub fn dei(&self, uxn: &Uxn, port: u8) -> u8 {
        let voice = &self.voices[voice_of(port)];
        let [high, low] = (voice.index as u16).to_be_bytes();
        match port & 0xf {
            POSITION => high,
            POSITION_LOW => low,
            OUTPUT => voice.output(),
            _ => uxn.dev[usize::from(port)],
        }
    }

    #[inline(never)]
    pub fn deo(&mut self, uxn: &Uxn, port: u8, edition: Edition) {
        if port & 0xf == PITCH {
            self.voices[voice_of(port)].start(uxn, port & 0xf0, edition);
        }
    }

    /// Lets the time of a frame pass.
    pub fn pass_frame(&mut self) {
        for (voice, ended) in self.voices.iter_mut().zip(&mut self.ended) {
            *ended |= voice.pass(SAMPLES_PER_FRAME);
        }
        self.time += u64::from(SAMPLES_PER_FRAME);
    }

    /// Whether a vector is due.
    pub fn has_ended(&self) -> bool {
        self.ended != [false; VOICES]
    }

    /// The vector of a voice that has ended, the lower ones first. It is read when it is due: unlike the
    /// vectors of other devices it takes effect byte by byte.
    pub fn take_ended(&mut self, uxn: &Uxn) -> Option<u16> {
        let voice = self.ended.iter().position(|&ended| ended)?;
        self.ended[voice] = false;
        Some(uxn.dev_short(FIRST + 0x10 * voice as u8 + VECTOR))
    }

    /// Ends all notes, without vectors.
    pub fn silence(&mut self) {
        self.voices = Default::default();
        self.ended = Default::default();
    }

    pub fn time(&self) -> u64 {
        self.time
    }

    pub fn is_sounding(&self) -> bool {
        self.voices.iter().any(|voice| voice.is_sounding && voice.volume != [0, 0])
    }

    /// Fills `samples` with what is to be heard from now on if no port is written.
    pub fn sound(&self, ram: &[u8; RAM_SIZE], samples: &mut [[i16; 2]]) {
        let mut voices = self.voices.clone();
        for samples in samples.chunks_mut(256) {
            let mut mix = [[0; 2]; 256];
            for voice in &mut voices {
                voice.play(ram, &mut mix[..samples.len()]);
            }
            for (sample, mixed) in samples.iter_mut().zip(mix) {
                *sample = mixed.map(|value| value.clamp(i16::MIN.into(), i16::MAX.into()) as i16);
            }
        }
    }
}

fn voice_of(port: u8) -> usize {
    usize::from((port - FIRST) >> 4)
}
