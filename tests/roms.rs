//! Our own programs, in `roms/`: they assemble, say who they are, and do what they promise.

#![cfg_attr(target_family = "wasm", feature(custom_test_frameworks, test), test_runner(eager::run))]
#[cfg(target_family = "wasm")]
extern crate test;

#[cfg(target_family = "wasm")]
#[path = "eager/mod.rs"]
mod eager;

#[cfg(not(target_family = "wasm"))]
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{self, AtomicU8};

#[cfg(target_family = "wasm")]
use eager::fs;
use fantail::tal::{Assembly, assemble_with};
use fantail::varvara::controller::button;
#[cfg(not(target_family = "wasm"))]
use fantail::varvara::rom::{self, RomWarning};
use fantail::varvara::{Clock, DateTime, Event, FixedClock, InputType, Options, Status, Varvara};

#[path = "roms/asm.rs"]
mod asm;
#[path = "roms/calc.rs"]
mod calc;
#[path = "roms/clock.rs"]
mod clock;
#[path = "roms/fledglings.rs"]
mod fledglings;
#[path = "roms/focus.rs"]
mod focus;
#[path = "roms/notes.rs"]
mod notes;
#[path = "roms/pads.rs"]
mod pads;
#[path = "roms/piano.rs"]
mod piano;
#[path = "roms/theme.rs"]
mod theme;

fn assemble(path: &str) -> Assembly {
    let source = fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let assembly = assemble_with(path, &source, &mut |include: &str| fs::read(include))
        .unwrap_or_else(|errors| panic!("{errors}"));
    assert!(assembly.warnings.is_empty(), "{}", assembly.warnings[0]);
    assembly
}

/// The paths of all programs, console programs last.
fn programs() -> Vec<String> {
    let tal = |folder: &str| {
        let entries = fs::read_dir(folder).expect("the folder is there");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "tal"));
        paths.sort();
        paths
    };
    let paths = tal("roms").into_iter().chain(tal("roms/console"));
    paths.map(|path| path.to_str().expect("a plain name").to_string()).collect()
}

fn is_console(path: &str) -> bool {
    Path::new(path).parent() == Some(Path::new("roms/console"))
}

/// A program under way, with its symbols.
struct Session {
    assembly: Assembly,
    varvara: Varvara,
    output: Vec<u8>,
}

impl Session {
    fn start(path: &str, args: &[&str]) -> Session {
        let args = args.iter().map(|arg| arg.as_bytes().to_vec()).collect();
        Session::boot(assemble(path), Options { args, ..Options::default() })
    }

    fn boot(assembly: Assembly, options: Options) -> Session {
        let varvara = Varvara::new(&assembly.rom, options);
        let mut session = Session { assembly, varvara, output: Vec::new() };
        session.run();
        session
    }

    /// Runs until nothing waits, or the program has ended.
    fn run(&mut self) {
        loop {
            let status = self.varvara.run(100_000_000);
            for output in self.varvara.take_output() {
                self.output.extend(output.bytes);
            }
            if status != Status::Busy {
                break;
            }
        }
    }

    fn send(&mut self, event: Event) {
        assert!(self.varvara.send(event));
        self.run();
    }

    fn frames(&mut self, count: usize) {
        for _ in 0..count {
            self.send(Event::Frame);
        }
    }

    fn press(&mut self, button: u8) {
        self.send(Event::Button { player: 0, button, down: true });
        self.send(Event::Button { player: 0, button, down: false });
    }

    fn mouse(&mut self, x: u16, y: u16, mask: u8, down: bool) {
        self.send(Event::MouseMove { x, y });
        self.send(Event::MouseButton { mask, down });
    }

    fn address(&self, name: &str) -> usize {
        let symbol = self.assembly.symbols.iter().find(|symbol| symbol.name == name.as_bytes());
        usize::from(symbol.unwrap_or_else(|| panic!("no {name}")).address)
    }

    fn byte(&self, name: &str) -> u8 {
        self.varvara.uxn().ram()[self.address(name)]
    }

    fn short(&self, name: &str) -> u16 {
        let address = self.address(name);
        let ram = self.varvara.uxn().ram();
        u16::from_be_bytes([ram[address], ram[address + 1]])
    }

    /// Changes the program's memory behind its back.
    fn poke(&mut self, name: &str, bytes: &[u8]) {
        let address = self.address(name);
        self.varvara.uxn_mut().ram_mut()[address..][..bytes.len()].copy_from_slice(bytes);
    }

    /// What would sound from now on, on the left and on the right.
    fn sound(&self, count: usize) -> Vec<[i16; 2]> {
        let mut samples = vec![[0; 2]; count];
        self.varvara.sound(&mut samples);
        samples
    }

    /// The index of the colour of a pixel.
    fn colour(&self, x: usize, y: usize) -> u8 {
        let screen = self.varvara.screen();
        let pixel = screen.pixels()[y * usize::from(screen.width()) + x];
        if pixel >> 2 == 0 { pixel & 3 } else { pixel >> 2 }
    }
}

/// What a console program prints, and its exit code.
fn console(name: &str, args: &[&str], input: &[u8]) -> (String, Option<u8>) {
    let mut session = Session::start(&format!("roms/console/{name}.tal"), args);
    for &byte in input {
        if session.varvara.exit_code().is_some() {
            break;
        }
        session.send(Event::Console { byte, kind: InputType::Stdin });
    }
    if session.varvara.exit_code().is_none() {
        session.send(Event::Console { byte: 0, kind: InputType::End });
    }
    (String::from_utf8(session.output).expect("text"), session.varvara.exit_code())
}

fn success(output: &str) -> (String, Option<u8>) {
    (output.to_string(), Some(0))
}

fn failure(output: &str) -> (String, Option<u8>) {
    (output.to_string(), Some(1))
}

/// The page makes its menu from these comments.
#[test]
fn every_program_has_a_header() {
    for path in programs() {
        let source = fs::read_to_string(&path).expect("UTF-8");
        let header = source.strip_prefix("( ").and_then(|rest| rest.split_once(" )\n")).expect(&path).0;
        let lines: Vec<&str> = header.lines().map(str::trim).collect();
        assert!(lines.len() >= 4, "{path}");
        assert!(!lines[0].is_empty() && lines[1].ends_with('.'), "{path}");
        assert_eq!(
            lines[lines.len() - 2..],
            ["Author: The fantail authors", "Licence: MIT OR Apache-2.0"],
            "{path}"
        );
    }
}

#[test]
fn programs_with_a_screen_name_themselves() {
    for path in programs().into_iter().filter(|path| !is_console(path)) {
        let session = Session::start(&path, &[]);
        // Tools find the address in the first six bytes.
        assert_eq!(session.assembly.rom[3..6], [0x80, 0x06, 0x37], "{path}");
        let source = fs::read_to_string(&path).expect("UTF-8");
        let metadata = session.varvara.metadata().expect(&path);
        assert_eq!(Some(metadata.name.as_str()), source[2..].lines().next(), "{path}");
        assert_eq!(metadata.lines.len(), 2, "{path}");
        assert_eq!(metadata.lines[1], "By The fantail authors", "{path}");
    }
}

/// A doubt that is told for a program of today would be wrong. There is nothing to run, and so nothing to be compiled.
#[cfg(not(target_family = "wasm"))]
#[test]
fn nothing_is_doubtful_about_them() {
    for path in programs() {
        let rom = assemble(&path).rom;
        assert_eq!((rom::check(&rom), rom::warning(&rom)), (Ok(()), None), "{path}");
    }
    for entry in fs::read_dir("tests/web/roms").expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let source = fs::read(&path).expect("a source");
        let rom = fantail::tal::assemble_with("test", &source, &mut |include: &str| fs::read(include));
        let rom = rom.unwrap_or_else(|errors| panic!("{errors}")).rom;
        let is_old = path.file_stem().is_some_and(|name| name == "of-2021");
        let warning = is_old.then_some(RomWarning::Year2021);
        assert_eq!((rom::check(&rom), rom::warning(&rom)), (Ok(()), warning), "{}", path.display());
    }
}

/// Whatever a vector leaves on a stack stays there, and fills it in the end.
#[test]
fn vectors_leave_the_stacks_empty() {
    for path in programs().into_iter().filter(|path| !is_console(path)) {
        let mut session = Session::start(&path, &[]);
        session.frames(3);
        for (x, y) in [(10, 10), (200, 100), (0xffff, 0x8000), (300, 315), (210, 10)] {
            session.mouse(x, y, 1, true);
            session.send(Event::MouseMove { x: x ^ 15, y: 90 });
            session.mouse(x, y, 1, false);
            session.mouse(x, y, 2, true);
            session.mouse(x, y, 2, false);
            session.send(Event::Scroll { x: 0, y: 1 });
        }
        for key in 0..=255 {
            session.send(Event::Key(key));
            session.frames(1);
        }
        for shift in 0..8 {
            session.press(1 << shift);
            session.frames(1);
        }
        session.frames(100);
        let uxn = session.varvara.uxn();
        assert_eq!((uxn.wst.ptr(), uxn.rst.ptr()), (0, 0), "{path}");
    }
}

/// `roms/lib/long.tal` against the numbers of Rust.
#[test]
#[cfg_attr(
    feature = "eager",
    ignore = "the programs are so long that it takes half a minute to compile them"
)]
fn longs_add_subtract_compare_multiply_and_divide() {
    let mut numbers = vec![0, 1, 2, 9, 10, 0xff, 0x100, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, u32::MAX];
    let mut random = 1u32;
    for width in 1..=32 {
        random = random.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
        numbers.push(random >> (32 - width));
    }
    for a in &numbers {
        // All sums of one number with the others make one program.
        let mut source = String::from("~roms/lib/varvara.tal |0100 ");
        let mut expected: Vec<u8> = Vec::new();
        for b in &numbers {
            let long = |n: u32| format!("#{:04x} #{:04x} ", n >> 16, n & 0xffff);
            let mut case = |routine: &str, results: &[u32]| {
                source += &format!("{}{}long/{routine} ", long(*a), long(*b));
                for result in results.iter().rev() {
                    source += "<write-long> ";
                    expected.extend(result.to_le_bytes());
                }
            };
            case("add", &[a.wrapping_add(*b)]);
            case("sub", &[a.wrapping_sub(*b)]);
            // The answer is one byte.
            case("lth STH #0000 #00 STHr", &[u32::from(a < b)]);
            case("mul", &[a.wrapping_mul(*b)]);
            case("div", &[a.checked_div(*b).unwrap_or(0), a.checked_rem(*b).unwrap_or(*a)]);
        }
        source += "BRK @<write-long> #18 DEO #18 DEO #18 DEO #18 DEO JMP2r ~roms/lib/long.tal";
        let assembly = assemble_with("longs", source.as_bytes(), &mut |include: &str| fs::read(include));
        let session = Session::boot(assembly.expect("correct source"), Options::default());
        assert!(session.output == expected, "{a:#x}");
    }
}

#[test]
fn fib_prints_fibonacci_numbers() {
    assert_eq!(console("fib", &[], b""), success("196418\n"));
    for (argument, number) in [("0", "0\n"), ("1", "1\n"), ("2", "1\n"), ("24", "46368\n"), ("25", "75025\n")]
    {
        assert_eq!(console("fib", &[argument], b""), success(number));
    }
    assert_eq!(console("fib", &["48"], b""), failure("The largest argument is 47.\n"));
    for argument in ["-1", "3x", "99999999999"] {
        assert_eq!(console("fib", &[argument], b""), failure("Expected a number.\n"));
    }
}

/// The primes below a bound, by the definition.
fn primes(bound: u32) -> Vec<u32> {
    (2..bound).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0)).collect()
}

#[test]
fn primes32_counts_primes() {
    for (bound, count, largest) in
        [("3", 1, 2), ("4", 2, 3), ("6", 3, 5), ("26", 9, 23), ("70000", 6935, 69997)]
    {
        let expected = format!("{count} primes below {bound}, the largest {largest}\n");
        assert_eq!(console("primes32", &[bound], b""), success(&expected));
    }
    assert_eq!(console("primes32", &["2"], b""), success("0 primes below 2\n"));
    assert_eq!(console("primes32", &[], b""), success("3432 primes below 32000, the largest 31991\n"));
    assert_eq!(primes(32000).len(), 3432);
    assert_eq!(primes(70000).len(), 6935);
}

#[test]
fn sieve_lists_primes() {
    for bound in [0, 2, 3, 4, 49, 50, 1000, 65535] {
        let list = primes(bound);
        let mut expected: String = list.iter().map(|prime| format!("{prime}\n")).collect();
        expected += &format!("{} primes below {bound}\n", list.len());
        assert_eq!(console("sieve", &[&bound.to_string()], b""), success(&expected));
    }
    assert_eq!(console("sieve", &["65536"], b""), failure("The largest argument is 65535.\n"));
}

#[test]
fn sort_sorts_lines() {
    let lines = ["pear", "", "apple", "app", "app\tle", "Zebra", "pear", "", "\u{e9}t\u{e9}", "zoo"];
    let mut sorted = lines;
    sorted.sort_by_key(|line| line.as_bytes());
    let expected = sorted.join("\n") + "\n";
    // With and without the last line feed, and when there are arguments.
    assert_eq!(console("sort", &[], (lines.join("\n") + "\n").as_bytes()), success(&expected));
    assert_eq!(console("sort", &[], lines.join("\n").as_bytes()), success(&expected));
    assert_eq!(console("sort", &["some", "arguments"], lines.join("\n").as_bytes()), success(&expected));
    assert_eq!(console("sort", &[], b""), success(""));
    assert_eq!(console("sort", &[], b"\n"), success("\n"));

    let many: Vec<String> = (0..5000).map(|n: u32| (n * 7919 % 5003).to_string()).collect();
    let mut expected = many.clone();
    expected.sort();
    assert_eq!(console("sort", &[], many.join("\n").as_bytes()), success(&(expected.join("\n") + "\n")));

    assert_eq!(console("sort", &[], &[b'x'; 70_000]), failure("The input does not fit in memory.\n"));
    assert_eq!(console("sort", &[], &[b'\n'; 70_000]), failure("The input does not fit in memory.\n"));
}

#[test]
fn wc_counts() {
    assert_eq!(console("wc", &[], b""), success("0 0 0\n"));
    assert_eq!(console("wc", &["an", "argument"], b"one two\n  three\tfour \n\nfive"), success("3 5 27\n"));
    let long = "a word\n".repeat(20_000);
    assert_eq!(console("wc", &[], long.as_bytes()), success("20000 40000 140000\n"));
}

/// The same arithmetic, in wider numbers.
#[test]
fn mandelbrot_prints_the_sum_of_its_iterations() {
    let product = |a: i32, b: i32| (a * b) >> 12;
    let mut sum = 0u32;
    for row in 0..320 {
        for column in 0..512 {
            let (cx, cy) =
                (i32::from(0xd89au16 as i16) + 29 * column, i32::from(0xede0u16 as i16) + 29 * row);
            let (mut x, mut y) = (0i32, 0i32);
            for _ in 0..64 {
                if x.abs() >= 0x2000 || y.abs() >= 0x2000 {
                    break;
                }
                let (xx, yy) = (product(x.abs(), x.abs()), product(y.abs(), y.abs()));
                if xx + yy >= 0x4000 {
                    break;
                }
                y = 2 * product(x.abs(), y.abs()) * (x.signum() * y.signum()) + cy;
                x = xx - yy + cx;
                sum += 1;
            }
        }
    }
    let session = Session::start("roms/mandelbrot.tal", &[]);
    assert_eq!(String::from_utf8(session.output).expect("text"), format!("{sum:08x}\n"));
}

#[test]
fn life_follows_the_rules() {
    let mut session = Session::start("roms/life.tal", &[]);
    let (width, height) = (128usize, 76usize);
    let start = session.address("field/first-row") + 1;
    let field = |session: &Session| -> Vec<bool> {
        let cell = |i: usize| session.varvara.uxn().ram()[start + i / width * 130 + i % width] & 1 == 1;
        (0..width * height).map(cell).collect()
    };
    // Pauses, fills at random, makes single steps.
    session.send(Event::Key(b' '));
    session.send(Event::Key(b'r'));
    for generation in 1..50 {
        let before = field(&session);
        let alive = |x: usize, y: usize| usize::from(before[y % height * width + x % width]);
        let after: Vec<bool> = (0..width * height)
            .map(|i| {
                let (x, y) = (i % width + width, i / width + height);
                let block: usize = (0..9).map(|k| alive(x + k % 3 - 1, y + k / 3 - 1)).sum();
                block == 3 || block == 4 && before[i]
            })
            .collect();
        if generation % 2 == 0 {
            session.press(button::RIGHT);
        } else {
            session.send(Event::Key(b's'));
        }
        assert!(field(&session) == after, "generation {generation}");
        assert_eq!(usize::from(session.short("population")), after.iter().filter(|alive| **alive).count());
        assert_eq!(session.short("generation"), generation);
    }
    // The mouse draws, and its right button erases.
    session.send(Event::Key(b'c'));
    session.mouse(40, 40, 1, true);
    session.mouse(79, 40, 1, false);
    assert_eq!(session.short("population"), 10);
    session.mouse(60, 0, 2, true);
    session.mouse(60, 300, 2, false);
    assert_eq!(session.short("population"), 9);
}

#[test]
fn draw_draws_strokes_without_gaps() {
    let mut session = Session::start("roms/draw.tal", &[]);
    // The second colour, the smallest brush.
    session.mouse(35, 10, 1, true);
    session.mouse(35, 10, 1, false);
    session.send(Event::Key(b'-'));
    session.send(Event::Key(b'-'));
    for (x0, y0, x1, y1) in
        [(50, 60, 450, 290), (450, 40, 440, 310), (30, 200, 400, 200), (300, 300, 100, 30)]
    {
        session.send(Event::Key(b'c'));
        session.mouse(x0, y0, 1, true);
        session.send(Event::MouseMove { x: x1, y: y1 });
        session.mouse(x1, y1, 1, false);
        // Move away from what is looked at.
        session.send(Event::MouseMove { x: 5, y: 318 });
        session.frames(1);
        let (dx, dy) = (f64::from(x1) - f64::from(x0), f64::from(y1) - f64::from(y0));
        let steps = dx.abs().max(dy.abs());
        let mut count = 0;
        for y in 24..320 {
            count += (30..512).filter(|x| session.colour(*x, y) == 2).count();
        }
        assert_eq!(count as f64, steps + 1.0);
        for k in 0..=steps as u32 {
            let (x, y) =
                (f64::from(x0) + dx * f64::from(k) / steps, f64::from(y0) + dy * f64::from(k) / steps);
            // Halfway between two pixels, either will do.
            let near = |v: f64| [(v - 0.01).round() as usize, (v + 0.01).round() as usize];
            assert!(near(x).iter().any(|x| near(y).iter().any(|y| session.colour(*x, *y) == 2)), "{x} {y}");
        }
    }
    // The eraser, over the last stroke.
    session.send(Event::Key(b'e'));
    session.mouse(300, 300, 1, true);
    session.mouse(100, 30, 1, false);
    session.send(Event::MouseMove { x: 5, y: 318 });
    session.frames(1);
    assert!((24..320).all(|y| (30..512).all(|x| session.colour(x, y) == 0)));
}

#[test]
fn bounce_counts_sprites() {
    let mut session = Session::start("roms/bounce.tal", &[]);
    assert_eq!(session.short("count"), 256);
    session.mouse(100, 100, 1, true);
    session.mouse(100, 100, 1, false);
    session.press(button::A);
    session.send(Event::Key(b'+'));
    assert_eq!(session.short("count"), 448);
    session.press(button::B);
    session.send(Event::MouseButton { mask: 2, down: true });
    session.send(Event::MouseButton { mask: 2, down: false });
    assert_eq!(session.short("count"), 320);
    session.send(Event::Button { player: 0, button: button::A, down: true });
    session.frames(300);
    assert_eq!(session.short("count"), 4096);
    session.send(Event::Button { player: 0, button: button::A, down: false });
    // All are inside, however long they bounce.
    let sprites = session.address("sprites");
    for sprite in session.varvara.uxn().ram()[sprites..].chunks(8).take(4096) {
        let (x, y) = (u16::from_be_bytes([sprite[0], sprite[1]]), u16::from_be_bytes([sprite[2], sprite[3]]));
        assert!(x < 504 * 16 && y < 296 * 16);
    }
    session.send(Event::Button { player: 0, button: button::B, down: true });
    session.frames(300);
    assert_eq!(session.short("count"), 0);
}

/// A clock for the test to move.
struct Watch(Arc<AtomicU8>);

impl Clock for Watch {
    fn now(&mut self) -> DateTime {
        let mut now = FixedClock { unix_seconds: 0 }.now();
        now.second = self.0.load(atomic::Ordering::Relaxed);
        now
    }
}

#[test]
fn bounce_measures_the_frame_rate() {
    let second = Arc::new(AtomicU8::new(7));
    let options = Options { clock: Box::new(Watch(second.clone())), ..Options::default() };
    let mut session = Session::boot(assemble("roms/bounce.tal"), options);
    for (now, frames) in [(8, 60), (9, 25), (59, 61)] {
        session.frames(frames - 1);
        second.store(now, atomic::Ordering::Relaxed);
        session.frames(1);
        assert_eq!(usize::from(session.short("rate")), frames);
    }
}
