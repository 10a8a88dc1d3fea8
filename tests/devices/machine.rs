//! A computer with questions a test asks.

use fantail::tal;
use fantail::uxn::{Engine, Stack};
use fantail::varvara::{Event, FixedClock, InputType, Options, Status, Stream, Varvara};

/// More than any program here needs.
pub const FUEL: u32 = 10_000_000;

/// Sunday 22 November 2026, 12:34:56 UTC.
pub const CLOCK: FixedClock = FixedClock { unix_seconds: 1_795_350_896 };

pub struct Machine {
    pub varvara: Varvara,
    pub stdout: String,
    pub stderr: String,
}

pub fn assemble(source: &str) -> Vec<u8> {
    tal::assemble(source).unwrap_or_else(|errors| panic!("{source}\n{errors}")).rom
}

/// Runs a program's reset vector and arguments on every engine, and lets `check` go on from there.
pub fn on_every_engine(source: &str, args: &[&str], check: fn(&mut Machine)) {
    let rom = assemble(source);
    for &engine in Engine::ALL {
        let args = args.iter().map(|arg| arg.as_bytes().to_vec()).collect();
        let options = Options { args, engine, clock: Box::new(CLOCK), ..Options::default() };
        let mut machine = Machine::new(&rom, options);
        machine.run();
        check(&mut machine);
    }
}

/// Tests, each with its arguments in parentheses, a program and a check.
macro_rules! cases {
    ($($(#[$doc:meta])* $name:ident $(($($arg:literal)*))?: $source:expr, $check:expr;)*) => {
        $(
            $(#[$doc])*
            #[test]
            fn $name() {
                $crate::machine::on_every_engine($source, &[$($($arg),*)?], $check);
            }
        )*
    };
}
pub(crate) use cases;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

impl Machine {
    pub fn new(rom: &[u8], options: Options) -> Machine {
        Machine { varvara: Varvara::new(rom, options), stdout: String::new(), stderr: String::new() }
    }

    /// Runs until nothing is left to do.
    pub fn run(&mut self) -> Status {
        let status = self.varvara.run(FUEL);
        self.take_output();
        assert_ne!(status, Status::Busy, "the program is not done");
        status
    }

    pub fn take_output(&mut self) {
        for output in self.varvara.take_output() {
            let text = match output.stream {
                Stream::Stdout => &mut self.stdout,
                Stream::Stderr => &mut self.stderr,
            };
            text.extend(output.bytes.iter().map(|&byte| char::from(byte)));
        }
    }

    pub fn send(&mut self, event: Event) {
        assert!(self.varvara.send(event));
        self.run();
    }

    pub fn frames(&mut self, count: usize) {
        for _ in 0..count {
            self.varvara.send(Event::Frame);
            self.run();
        }
    }

    /// Standard input, and its end.
    pub fn stdin(&mut self, text: &str) {
        for byte in text.bytes() {
            self.send(Event::Console { byte, kind: InputType::Stdin });
        }
        self.send(Event::Console { byte: 0, kind: InputType::End });
    }

    #[track_caller]
    pub fn wst(&self, expected: &str) {
        self.stack("WST", &self.varvara.uxn().wst, expected);
    }

    #[track_caller]
    pub fn rst(&self, expected: &str) {
        self.stack("RST", &self.varvara.uxn().rst, expected);
    }

    #[track_caller]
    fn stack(&self, name: &str, stack: &Stack, expected: &str) {
        assert_eq!(hex(&stack.bytes()), expected, "{name}");
    }

    #[track_caller]
    pub fn memory(&self, address: u16, expected: &str) {
        let length = expected.split(' ').count();
        let bytes: Vec<_> = (0..length)
            .map(|index| self.varvara.uxn().ram()[usize::from(address.wrapping_add(index as u16))])
            .collect();
        assert_eq!(hex(&bytes), expected, "memory at {address:04x}");
    }

    #[track_caller]
    pub fn ports(&self, port: u8, expected: &str) {
        let length = expected.split(' ').count();
        let bytes = &self.varvara.uxn().dev[usize::from(port)..][..length];
        assert_eq!(hex(bytes), expected, "ports from {port:02x}");
    }

    /// Pixels from a place to the right, each foreground * 4 + background.
    #[track_caller]
    pub fn pixels<const N: usize>(&self, x: usize, y: usize, expected: [u8; N]) {
        let screen = self.varvara.screen();
        let start = y * usize::from(screen.width()) + x;
        assert_eq!(screen.pixels()[start..start + N], expected, "pixels from {x},{y}");
    }

    /// The whole screen: `value` exactly where `inside` says so, 0 elsewhere.
    #[track_caller]
    pub fn only(&self, value: u8, inside: impl Fn(usize, usize) -> bool) {
        let screen = self.varvara.screen();
        let width = usize::from(screen.width());
        for (index, &pixel) in screen.pixels().iter().enumerate() {
            let (x, y) = (index % width, index / width);
            assert_eq!(pixel, if inside(x, y) { value } else { 0 }, "pixel {x},{y}");
        }
    }

    #[track_caller]
    pub fn exited(&mut self, code: u8) {
        assert_eq!(self.varvara.run(FUEL), Status::Exited(code));
        assert_eq!(self.varvara.exit_code(), Some(code));
    }

    #[track_caller]
    pub fn runs_on(&mut self) {
        assert_eq!(self.varvara.run(FUEL), Status::Idle);
        assert_eq!(self.varvara.exit_code(), None);
    }
}
