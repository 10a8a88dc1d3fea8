//! Console (0x10): text in and out.

use std::ops::ControlFlow;

use super::Event;
use crate::uxn::Uxn;

pub(super) const BASE: u8 = 0x10;
const VECTOR: u8 = 0x10;
const VECTOR_LOW: u8 = VECTOR + 1;
const READ: u8 = 0x12;
pub(super) const TYPE: u8 = 0x17;
const WRITE: u8 = 0x18;
const ERROR: u8 = 0x19;

/// Bytes of output that wait at most, before the program has to.
const CAPACITY: usize = 0x10000;

/// And runs of bytes to one stream: each is a call of the host.
const RUNS: usize = 1024;

/// What a byte of a message of the computer itself costs: it is made one by one.
const FUEL_PER_MESSAGE_BYTE: u32 = 4;
/// What a change of the stream costs: memory, and a call of the host.
const FUEL_PER_RUN: u32 = 64;

/// What Console/type says about the byte in Console/read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum InputType {
    /// Nothing has been read.
    None = 0,
    /// A byte of standard input.
    Stdin = 1,
    /// A byte of an argument.
    Argument = 2,
    /// The end of an argument that another one follows.
    ArgumentEnd = 3,
    /// The end of the last argument, and the end of standard input.
    End = 4,
}

/// Where output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Console/write.
    Stdout,
    /// Console/error, and what System/debug prints.
    Stderr,
}

/// Bytes written one after the other to one stream. They need not be text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Where they go.
    pub stream: Stream,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Whether a write to a port of Console does more than to leave its byte there.
pub(super) const fn acts_on(port: u8) -> bool {
    matches!(port, VECTOR_LOW | WRITE | ERROR)
}

#[derive(Default)]
pub(super) struct Console {
    pub vector: u16,
    output: Vec<Output>,
    /// Bytes in `output`.
    length: usize,
}

impl Console {
    #[inline(never)]
    pub fn deo(&mut self, uxn: &mut Uxn, port: u8) -> ControlFlow<()> {
        match port {
            VECTOR_LOW => self.vector = uxn.dev_short(VECTOR),
            WRITE => self.print(uxn, Stream::Stdout, &[uxn.dev[usize::from(WRITE)]]),
            ERROR => self.print(uxn, Stream::Stderr, &[uxn.dev[usize::from(ERROR)]]),
            _ => {}
        }
        self.flow()
    }

    /// Whether the program may go on: not while the output is full.
    pub fn flow(&self) -> ControlFlow<()> {
        if self.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    pub fn is_full(&self) -> bool {
        self.length >= CAPACITY || self.output.len() >= RUNS
    }

    /// Prints a message of the computer itself.
    pub fn print_line(&mut self, uxn: &mut Uxn, line: &str) {
        uxn.charge(line.len() as u32 * FUEL_PER_MESSAGE_BYTE);
        self.print(uxn, Stream::Stderr, line.as_bytes());
        self.print(uxn, Stream::Stderr, b"\n");
    }

    fn print(&mut self, uxn: &mut Uxn, stream: Stream, bytes: &[u8]) {
        self.length += bytes.len();
        match self.output.last_mut() {
            Some(last) if last.stream == stream => last.bytes.extend_from_slice(bytes),
            _ => {
                uxn.charge(FUEL_PER_RUN);
                self.output.push(Output { stream, bytes: bytes.to_vec() });
            }
        }
    }

    pub fn take_output(&mut self) -> Vec<Output> {
        self.length = 0;
        std::mem::take(&mut self.output)
    }
}

/// Shows a byte in the ports. They keep it after the vector.
pub(super) fn input(uxn: &mut Uxn, byte: u8, kind: InputType) {
    uxn.dev[usize::from(READ)] = byte;
    uxn.dev[usize::from(TYPE)] = kind as u8;
}

/// The events that carry the program's arguments.
#[optimize(size)]
#[inline(never)]
pub(super) fn arguments(args: &[Vec<u8>]) -> Vec<Event> {
    let mut events = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        events.extend(arg.iter().map(|&byte| Event::Console { byte, kind: InputType::Argument }));
        let last = index == args.len() - 1;
        let kind = if last { InputType::End } else { InputType::ArgumentEnd };
        events.push(Event::Console { byte: b'\n', kind });
    }
    events
}
