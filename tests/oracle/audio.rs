//! A second voice, written from the specification alone.
//!
//! It plays sample by sample and keeps nothing but the registers of the note and two running numbers, each of
//! which has been counted up by one step at a time. Fractions are real numbers, cut off where the specification
//! divides integers.

/// What the program had in the ports when it wrote the pitch.
#[derive(Clone, Copy, Debug)]
pub struct Registers {
    pub adsr: u16,
    pub length: u16,
    pub addr: u16,
    pub volume: u8,
    pub pitch: u8,
}

/// One voice. `Default` is a voice that has never played.
#[derive(Clone, Default)]
pub struct Voice {
    note: Option<Registers>,
    advance: i64,
    period: i64,
    length: i64,
    count: i64,
    index: i64,
    age: i64,
}

/// The lowest octave of the highest note, T of the specification.
const T: [i64; 12] = [
    0x80000, 0x879c8, 0x8facd, 0x9837f, 0xa1451, 0xaadc1, 0xb504f, 0xbfc88, 0xcb2ff, 0xd7450, 0xe411f,
    0xf1a1c,
];

impl Voice {
    pub fn write_pitch(&mut self, ports: Registers) {
        let note = ports.pitch % 128;
        self.note = None;
        if note >= 108 || ports.length == 0 {
            return;
        }
        self.length = i64::from(ports.length).min(65536 - i64::from(ports.addr));
        self.advance = T[usize::from(note) % 12] / 2i64.pow(8 - u32::from(note) / 12);
        self.period = if self.length > 256 { 0x10000 } else { 0x10000 * 337 / 2 / self.length };
        self.index = 0;
        self.age = 0;
        self.note = Some(ports);
    }

    /// The envelope at a time; nothing once it is over.
    fn envelope(ports: Registers, age: i64) -> Option<f64> {
        let nibble = |position: u32| f64::from(ports.adsr / 16u16.pow(position) % 16);
        let step = 44100.0 / 15.0;
        let a = step * nibble(3);
        let d = a + step * nibble(2);
        let s = d + step * nibble(1);
        let r = s + step * nibble(0);
        let t = age as f64;
        let line =
            |from: f64, to: f64, start: f64, end: f64| from + (to - from) * (t - start) / (end - start);
        let level = if r == 0.0 {
            2184.0
        } else if t < a {
            line(0.0, 2184.0, 0.0, a)
        } else if t < d {
            line(2184.0, 1092.0, a, d)
        } else if t < s {
            1092.0
        } else if t < r {
            line(1092.0, 0.0, s, r)
        } else {
            return None;
        };
        // The lines are exact to many digits; what should be whole must not fall below it.
        Some((level + 1e-7).floor())
    }

    /// The next sample, left and right, and whether the voice ended in it.
    pub fn sample(&mut self, memory: &[u8; 65536]) -> ([f64; 2], bool) {
        let Some(ports) = self.note else { return ([0.0; 2], false) };
        self.count += self.advance;
        while self.count >= self.period {
            self.count -= self.period;
            self.index += 1;
        }
        let loops = ports.pitch < 128;
        while loops && self.index >= self.length {
            self.index -= self.length;
        }
        let level = Voice::envelope(ports, self.age);
        let (Some(level), true) = (level, self.index < self.length) else {
            self.note = None;
            return ([0.0; 2], true);
        };
        self.age += 1;
        let byte = memory[usize::from(ports.addr) + self.index as usize];
        let value = (f64::from(byte) - 128.0) * level;
        let sides = [ports.volume / 16, ports.volume % 16];
        (sides.map(|volume| (value * f64::from(volume) / 384.0).trunc()), false)
    }

    /// The position port; it stays at the end of the wave, however far the last step went.
    pub fn position(&self) -> i64 {
        self.index.min(self.length)
    }

    /// The output port.
    pub fn output(&self) -> u8 {
        let Some(ports) = self.note else { return 0 };
        let Some(level) = Voice::envelope(ports, self.age) else { return 0 };
        [ports.volume / 16, ports.volume % 16].iter().fold(0, |byte, &volume| {
            let loudness = (1.0 + level * f64::from(volume) / 2048.0).floor().min(15.0);
            byte * 16 + if volume == 0 { 0 } else { loudness as u8 }
        })
    }
}

/// Several voices at once, within what 16 bits hold.
pub fn mix(voices: &mut [Voice; 4], memory: &[u8; 65536], ended: &mut [bool; 4]) -> [f64; 2] {
    let mut sum = [0.0, 0.0];
    for (voice, ended) in voices.iter_mut().zip(ended) {
        let (sample, end) = voice.sample(memory);
        *ended |= end;
        sum = [sum[0] + sample[0], sum[1] + sample[1]];
    }
    sum.map(|value| value.clamp(-32768.0, 32767.0))
}
