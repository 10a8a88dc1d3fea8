//! What a unit of fuel costs, device by device: `cargo bench --bench devices`.
//!
//! Each case of `benches/devices/cases.json` is a program that does one thing again and again, for as little fuel as it
//! can. The result is a line a case: nanoseconds for a unit of fuel. `npm run bench -- --devices` measures the same
//! programs in browsers.
//!
//! ```sh
//! cargo bench --bench devices -- stat list         # cases with `stat` or `list` in their names
//! cargo bench --bench devices -- --search 60 1     # programs made by chance instead, for 60 seconds, from seed 1
//! ```

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use fantail::tal;
use fantail::uxn::Engine;
use fantail::varvara::{Edition, Event, Options, Status, Varvara};
use serde_json::Value;

/// Fuel for one look at the clock: much more than any single operation takes.
const BATCH: u32 = 1 << 22;
/// How long a case is measured at least.
const TIME: Duration = Duration::from_millis(100);
/// The most nanoseconds that a unit may cost.
const MOST: f64 = 10.0;

struct Case {
    name: String,
    rom: Vec<u8>,
    edition: Edition,
}

fn main() {
    // Cargo passes `--bench`.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [option, seconds, seed] = &words[..]
        && option == "--search"
    {
        return search(
            Duration::from_secs(seconds.parse().expect("a number of seconds")),
            seed.parse().expect("a seed"),
        );
    }
    let mut most = 0;
    println!("{:72} {:>9} {:>9}", "ns for a unit of fuel", "tailcall", "switch");
    for case in cases() {
        if !words.is_empty() && !words.iter().any(|word| case.name.contains(word.as_str())) {
            continue;
        }
        let costs = Engine::ALL.iter().map(|&engine| measure(&case, engine)).collect::<Vec<_>>();
        let mark = if costs.iter().any(|&cost| cost > MOST) { " !" } else { "" };
        most += usize::from(!mark.is_empty());
        let columns = costs.iter().map(|cost| format!(" {cost:9.2}")).collect::<String>();
        println!("{:72}{columns}{mark}", case.name);
    }
    println!("{most} cases above {MOST} ns");
}

/// Reads and assembles the cases. There is no benchmark without them: whatever is wrong is a panic.
fn cases() -> Vec<Case> {
    let path = "benches/devices/cases.json";
    let read = |path: &str| std::fs::read(path);
    let list: Vec<Value> = serde_json::from_slice(&read(path).expect(path)).expect("cases.json is a list");
    let case = |case: &Value| {
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let source = format!(
            "{} ;loop #20 DEO2 BRK @loop {} !loop {} ~benches/devices/common.tal",
            text("setup"),
            [text("step"); 8].join(" "),
            text("data")
        );
        let assembly = tal::assemble_with(text("name"), source.as_bytes(), &mut { read });
        Case {
            name: text("name").to_owned(),
            rom: assembly.unwrap_or_else(|errors| panic!("{}:\n{errors}", text("name"))).rom,
            edition: case["edition"].as_str().map_or(Edition::default(), |name| name.parse().expect(name)),
        }
    };
    list.iter().map(case).collect()
}

/// A computer with a case, set up.
fn computer(case: &Case, engine: Engine) -> Varvara {
    let options = Options { engine, edition: case.edition, ..Options::default() };
    let mut computer = Varvara::new(&case.rom, options);
    while computer.run(u32::MAX) == Status::Busy {
        computer.take_output();
    }
    assert!(computer.uses_screen(), "{} does not get through its setup", case.name);
    computer.send(Event::Frame);
    computer
}

/// Nanoseconds for a unit of fuel.
fn measure(case: &Case, engine: Engine) -> f64 {
    let mut computer = computer(case, engine);
    run(&mut computer, BATCH, TIME).unwrap_or_else(|| panic!("{} ends", case.name))
}

/// Runs in batches of some fuel, for some time. Nanoseconds for a unit, unless the program ends.
fn run(computer: &mut Varvara, batch: u32, time: Duration) -> Option<f64> {
    let mut used = 0;
    let start = processor_time();
    loop {
        let mut left = batch;
        while left > 0 {
            if computer.run(left) != Status::Busy {
                return None;
            }
            computer.take_output();
            left = computer.fuel();
        }
        used += u64::from(batch);
        let elapsed = processor_time() - start;
        if elapsed >= time {
            return Some(elapsed.as_nanos() as f64 / used as f64);
        }
    }
}

/// The time for which this thread has had a processor, where the system tells (Linux, to some milliseconds), so that
/// other processes do not count. Elsewhere the time that has passed.
fn processor_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = statistics.split(' ').next().and_then(|number| number.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// Looks for programs whose fuel is cheap: writes and reads of ports by chance, again and again.
fn search(time: Duration, seed: u64) {
    const SEARCH_BATCH: u32 = 1 << 20;
    let start = Instant::now();
    let mut worst = MOST / 2.0;
    let mut programs = 0;
    for seed in seed.. {
        if start.elapsed() > time {
            break;
        }
        let mut chance = Chance(seed);
        let (rom, text) = chance.program();
        let edition = if chance.below(4) == 0 { Edition::Y2023 } else { Edition::Y2026 };
        let mut computer = Varvara::new(&rom, Options { edition, ..Options::default() });
        while computer.run(1 << 24) == Status::Busy && computer.fuel() > 0 {
            computer.take_output();
        }
        computer.send(Event::Frame);
        // A first look, and a longer one where something shows.
        let looks = [Duration::ZERO, Duration::from_millis(20), Duration::from_millis(100)];
        let costs = looks.iter().map_while(|&time| {
            let cost = run(&mut computer, SEARCH_BATCH, time)?;
            (cost > worst).then_some(cost)
        });
        let costs: Vec<f64> = costs.collect();
        programs += 1;
        if costs.len() < looks.len() {
            continue;
        }
        worst = costs.into_iter().fold(f64::INFINITY, f64::min);
        println!("seed {seed}, edition {}: {worst:.2} ns\n  {text}", edition.name());
    }
    println!("{programs} programs, {worst:.2} ns at worst");
}

/// Random numbers (SplitMix64), and what is made of them.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// Ports are set up, then a few are written and read for ever. In memory lie names, records and noise.
    fn program(&mut self) -> (Vec<u8>, String) {
        let mut text = String::new();
        let mut code = Vec::new();
        for _ in 0..self.below(12) {
            self.access(&mut code, &mut text);
        }
        text.push_str("; again and again:");
        // The screen vector is what comes next.
        let at = 0x0100 + code.len() as u16 + 7;
        code.extend([0xa0, at.to_be_bytes()[0], at.to_be_bytes()[1], 0x80, 0x20, 0x37, 0x00]);
        let start = code.len();
        for _ in 0..=self.below(4) {
            self.access(&mut code, &mut text);
        }
        let back = (start as i32 - code.len() as i32 - 3) as i16;
        code.push(0x40);
        code.extend(back.to_be_bytes());
        // 4 kB each, ended by a zero, from 0x1000 on.
        code.resize(0x0f00, 0);
        for _ in 0..4 {
            let pattern: &[u8] = self.one_of(&[
                b"a/../",
                b"./",
                b"/",
                b"x",
                b"a/",
                b"a\n",
                b"\n",
                b"\xff",
                b"name\0",
                b"dir/name\0",
                b"dir/\0",
                b"\x00",
                &[0x88, 0x20, 0x00],
                &[0x00, 0xff, 0xff, 0x00, 0x01, 0x00, 0x00, 0x55],
                &[0x01, 0xff, 0xff, 0x00, 0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00],
                &[0x07],
                b".\0",
            ]);
            let length = 1 + self.below(0xfff) as usize;
            let mut page: Vec<u8> = pattern.iter().copied().cycle().take(length).collect();
            page.resize(0x1000, 0);
            code.extend(page);
        }
        (code, text)
    }

    /// A write of a short or a byte, or a read.
    fn access(&mut self, code: &mut Vec<u8>, text: &mut String) {
        use std::fmt::Write;
        // System/state would end the program, and Screen/vector is the loop's.
        const PORTS: [u8; 40] = [
            0x02, 0x06, 0x08, 0x0a, 0x0e, 0x18, 0x19, 0x22, 0x24, 0x26, 0x28, 0x2a, 0x2c, 0x2e, 0x2f, 0x38,
            0x3a, 0x3c, 0x3e, 0x3f, 0x32, 0x34, 0x44, 0x4f, 0x83, 0x92, 0xa2, 0xa4, 0xa4, 0xa6, 0xa7, 0xa8,
            0xaa, 0xac, 0xae, 0xb4, 0xb8, 0xbc, 0xbe, 0xc6,
        ];
        let port = self.one_of(&PORTS);
        let value = match self.below(8) {
            0 | 1 => 0x1000 * (1 + self.below(4)) as u16,
            2 => 0x1000 * (1 + self.below(4)) as u16 + self.below(0x1000) as u16,
            3 => self.one_of(&[0, 1, 0xffff, 0x0fff, 0x8000, 0x5000, 0xb000, 0x00ff, 0xf7f7, 0x8f8f]),
            4 | 5 => self.below(0x200) as u16,
            6 => 0x5000,
            _ => self.next() as u16,
        };
        let [high, low] = value.to_be_bytes();
        let is_short =
            matches!(port, 0x02..=0x0a | 0x22..=0x25 | 0x28..=0x2d | 0x38..=0x3c | 0xa2..=0xa4 | 0xa8..=0xbe);
        let _ = match self.below(8) {
            0 => {
                code.extend([0x80, port, 0x36, 0x22]);
                write!(text, " #{port:02x} DEI2 POP2")
            }
            _ if is_short => {
                code.extend([0xa0, high, low, 0x80, port, 0x37]);
                write!(text, " #{value:04x} #{port:02x} DEO2")
            }
            _ => {
                code.extend([0x80, low, 0x80, port, 0x17]);
                write!(text, " #{low:02x} #{port:02x} DEO")
            }
        };
    }
}
