//! One program on several engines at once, for the fuzzer (`tests/fuzz/`). Not part of what is shipped.
//!
//! A [`Trial`] holds a machine for each engine and one more, the reference, which the `switch` dispatcher runs. All
//! of them begin the same, run in the same slices of fuel, and have the same devices, which note every call. After
//! each run everything that a program or its host can observe is compared.

use std::ops::ControlFlow;

use wasm_bindgen::prelude::*;

use crate::uxn::compile::{self, Limits, Translation};
use crate::uxn::{Devices, Engine, KEPT, PLAIN, QUIET, RAM_SIZE, RESET, Stop, Uxn, opcode};

/// Devices that do to a machine whatever devices may do, and note what they see of it. Which one a port is depends on
/// the port alone; those not named here store what is written and read it back.
///
/// | port | read | write |
/// |---|---|---|
/// | 03 | | fills memory at the address in 00 and 01 with the byte in 02, as often as the byte says |
/// | 04, 05 | the stack pointers | sets them |
/// | 06 | | copies as many bytes as the byte says from the address in 40 and 41 to that in 42 and 43 |
/// | 07 | moves both stack pointers | moves both stack pointers |
/// | 0c | takes one unit of fuel | takes that much fuel |
/// | 0e, 1e | | halts |
/// | 0f | | takes all fuel and halts |
/// | 10–1d | the next of a sequence of bytes, also stored | |
/// | 08–0b, 34–37 | | kept: the byte is stored, and the device is not called |
/// | 28–2f | plain: nobody sees that they are read | |
/// | 2c | | takes that much fuel |
/// | 2d | | counts the short in 28 and 29 up |
/// | 33 | | writes the byte to memory, at the address in 30 and 31 |
struct Lab {
    /// Calls since the last comparison, packed.
    calls: Vec<[u32; 3]>,
    sequence: u32,
}

/// The ports whose devices neither look at the stacks nor write to memory, nor look at the fuel when they are read.
const fn is_quiet(port: u8) -> bool {
    port >= 0x10 && port != 0x33
}

/// The ports whose reads nobody sees. They show what was written, and two of them what a device put there.
const fn is_plain(port: u8) -> bool {
    port & 0xf8 == 0x28
}

/// The ports of which the device does not learn that they were written.
const fn is_kept(port: u8) -> bool {
    matches!(port, 0x08..=0x0b | 0x34..=0x37)
}

/// The same, as the compiler wants to have it.
const PORTS: [u8; 256] = {
    let mut ports = [0; 256];
    let mut port = 0;
    while port < 256 {
        let quiet = if is_quiet(port as u8) { QUIET } else { 0 };
        let plain = if is_plain(port as u8) { PLAIN } else { 0 };
        ports[port] = quiet | plain | if is_kept(port as u8) { KEPT } else { 0 };
        port += 1;
    }
    ports
};

/// A machine whose ports are those.
fn machine() -> Box<Uxn> {
    let mut uxn = Uxn::new();
    uxn.set_ports(&PORTS);
    uxn
}

impl Lab {
    /// A call, and of what the device can see as much as it may look at.
    fn note(&mut self, uxn: &Uxn, write: bool, port: u8, value: u8) {
        let below = uxn.dev[usize::from(port.wrapping_sub(1))];
        let call = u32::from_le_bytes([port, value, below, u8::from(write)]);
        let seen = uxn.ram()[usize::from(uxn.dev_short(0x30))];
        let fuel = if write || !is_quiet(port) { uxn.fuel() } else { 0 };
        let stacks = if is_quiet(port) {
            u32::from(seen)
        } else {
            let (wst, rst) = (uxn.wst.ptr(), uxn.rst.ptr());
            let top = uxn.wst.get(wst.wrapping_sub(1)) ^ uxn.rst.get(rst.wrapping_sub(1)).rotate_left(4);
            u32::from_le_bytes([seen, wst, rst, top])
        };
        self.calls.push([call, stacks, fuel]);
    }
}

impl Devices for Lab {
    fn dei(&mut self, uxn: &mut Uxn, port: u8) -> u8 {
        if is_plain(port) {
            return uxn.dev[usize::from(port)];
        }
        let (wst, rst) = (uxn.wst.ptr(), uxn.rst.ptr());
        let value = match port {
            0x04 => wst,
            0x05 => rst,
            0x10..=0x1d => {
                self.sequence = self.sequence.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let byte = (self.sequence >> 24) as u8;
                uxn.dev[usize::from(port)] = byte;
                byte
            }
            _ => uxn.dev[usize::from(port)],
        };
        self.note(uxn, false, port, value);
        match port {
            0x07 => {
                uxn.wst.set_ptr(wst.wrapping_add(3));
                uxn.rst.set_ptr(rst.wrapping_sub(5));
            }
            0x0c => uxn.charge(1),
            _ => {}
        }
        value
    }

    fn deo(&mut self, uxn: &mut Uxn, port: u8) -> ControlFlow<()> {
        let value = uxn.dev[usize::from(port)];
        self.note(uxn, true, port, value);
        match port {
            0x03 => {
                let from = usize::from(uxn.dev_short(0x00));
                let to = (from + usize::from(value)).min(RAM_SIZE);
                let byte = uxn.dev[0x02];
                memory(uxn, from..to).fill(byte);
            }
            0x04 => uxn.wst.set_ptr(value),
            0x05 => uxn.rst.set_ptr(value),
            0x06 => {
                let (from, to) = (usize::from(uxn.dev_short(0x40)), usize::from(uxn.dev_short(0x42)));
                let length = usize::from(value).min(RAM_SIZE - from.max(to));
                let bytes = uxn.ram()[from..from + length].to_vec();
                memory(uxn, to..to + length).copy_from_slice(&bytes);
            }
            0x07 => {
                uxn.wst.set_ptr(uxn.wst.ptr().wrapping_sub(7));
                uxn.rst.set_ptr(uxn.rst.ptr().wrapping_add(2));
            }
            0x0c | 0x2c => uxn.charge(u32::from(value)),
            0x0e | 0x1e => return ControlFlow::Break(()),
            0x0f => {
                uxn.charge(u32::MAX);
                return ControlFlow::Break(());
            }
            0x2d => uxn.set_dev_short(0x28, uxn.dev_short(0x28).wrapping_add(1)),
            0x33 => {
                let address = usize::from(uxn.dev_short(0x30));
                memory(uxn, address..address + 1)[0] = value;
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// A part of main memory, to be changed.
fn memory(uxn: &mut Uxn, range: std::ops::Range<usize>) -> &mut [u8] {
    uxn.ram_range_mut(range)
}

/// The engine that runs compiled code where there is some.
pub(super) const BLOCKS: &str = "blocks";

/// One of the machines.
struct Subject {
    name: &'static str,
    engine: Engine,
    /// Whether hot code is compiled.
    compiles: bool,
    uxn: Box<Uxn>,
    lab: Lab,
}

impl Subject {
    fn new(name: &str) -> Result<Subject, JsError> {
        let lab = Lab { calls: Vec::new(), sequence: 0 };
        if name == BLOCKS {
            let engine = Engine::Tailcall;
            return Ok(Subject { name: BLOCKS, engine, compiles: true, uxn: machine(), lab });
        }
        let engine: Engine = name.parse().map_err(|error: String| JsError::new(&error))?;
        Ok(Subject { name: engine.name(), engine, compiles: false, uxn: machine(), lab })
    }

    /// Makes everything as it was before the program ran: in one of the ways in which a host may do that, or by touching
    /// nothing but what is different.
    fn reset(&mut self, start: &Uxn, sequence: u32) {
        let uxn = &mut *self.uxn;
        match sequence % 8 {
            0 => uxn.restart(&start.ram()[usize::from(RESET)..]),
            1 => uxn.ram_mut().copy_from_slice(start.ram()),
            _ => {}
        }
        for chunk in 0..RAM_SIZE / CHUNK {
            let range = chunk * CHUNK..(chunk + 1) * CHUNK;
            if same(&start.ram()[range.clone()], &uxn.ram()[range.clone()]) {
                continue;
            }
            for address in range {
                let byte = start.ram()[address];
                if uxn.ram()[address] != byte {
                    memory(uxn, address..address + 1)[0] = byte;
                }
            }
        }
        (uxn.wst, uxn.rst, uxn.dev) = (start.wst.clone(), start.rst.clone(), start.dev);
        self.lab.calls.clear();
        self.lab.sequence = sequence;
    }

    fn run(&mut self, fuel: u32) -> Stop {
        self.uxn.run(self.engine, &mut self.lab, fuel)
    }

    /// The first thing in which a subject differs from the reference.
    fn difference(&self, reference: &Subject, memory_too: bool) -> Option<String> {
        let (is, should) = (&self.lab.calls, &reference.lab.calls);
        if is != should {
            let at = is.iter().zip(should).take_while(|(a, b)| a == b).count();
            let [is, should] = [is, should].map(|calls| calls.get(at).map_or("none".to_owned(), describe));
            return Some(format!("device call {at} is {is}, not {should}"));
        }
        if self.uxn.fuel() != reference.uxn.fuel() {
            return Some(format!("fuel left is {}, not {}", self.uxn.fuel(), reference.uxn.fuel()));
        }
        difference(&self.uxn, &reference.uxn, memory_too)
    }
}

/// The first thing in which a machine differs from another one.
pub(super) fn difference(is: &Uxn, should: &Uxn, memory_too: bool) -> Option<String> {
    if is.pc() != should.pc() {
        return Some(format!("pc is {:04x}, not {:04x}", is.pc(), should.pc()));
    }
    for (name, is, should) in [("WST", &is.wst, &should.wst), ("RST", &is.rst, &should.rst)] {
        if is == should {
            continue;
        }
        if is.ptr() != should.ptr() {
            return Some(format!("{name} pointer is {:02x}, not {:02x}", is.ptr(), should.ptr()));
        }
        let different = |index: &u8| is.get(*index) != should.get(*index);
        let index = (0..=255).find(different).unwrap_or_default();
        let (is, should) = (is.get(index), should.get(index));
        return Some(format!("{name} byte {index:02x} is {is:02x}, not {should:02x}"));
    }
    if let Some(port) = (0..256).find(|&port| is.dev[port] != should.dev[port]) {
        return Some(format!("port {port:02x} is {:02x}, not {:02x}", is.dev[port], should.dev[port]));
    }
    if memory_too && !same(is.ram(), should.ram()) {
        let address = (0..RAM_SIZE).find(|&at| is.ram()[at] != should.ram()[at]).unwrap_or_default();
        let (is, should) = (is.ram()[address], should.ram()[address]);
        return Some(format!("memory at {address:04x} is {is:02x}, not {should:02x}"));
    }
    None
}

/// What is wrong with the count of compiled fuel after a run with so much fuel, of which so much is left.
pub(super) fn overcount(compiled: u32, fuel: u32, left: u32) -> Option<String> {
    // Who takes more than there is has nothing left. Compiled code may have used that as well.
    const DEFICIT: u32 = RAM_SIZE as u32;
    let deficit = if left == 0 { DEFICIT } else { 0 };
    let used = fuel.saturating_sub(left);
    (compiled > used.saturating_add(deficit)).then(|| format!("compiled code has used {compiled} of {used}"))
}

/// Compiles what is left of the last request, or else what is hot now, up to the first module that comes of it.
pub(super) fn compile_hot(uxn: &mut Uxn, rest: &mut Vec<u16>, is_brief: bool) -> Option<TrialModule> {
    let limits = if is_brief { Limits::SMALL } else { Limits::LARGE };
    loop {
        if rest.is_empty() {
            *rest = uxn.take_hot();
        }
        if rest.is_empty() {
            return None;
        }
        let translation = compile::compile(&uxn.snapshot(), rest, limits);
        rest.clone_from(&translation.rest);
        if !translation.units.is_empty() {
            return Some(TrialModule { translation });
        }
    }
}

/// Memory is compared in pieces of so many bytes.
const CHUNK: usize = 64;

/// Whether pieces of memory are the same. Comparing slices goes byte by byte in WebAssembly.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let different = a.iter().zip(b).map(|(a, b)| u64::from_ne_bytes(*a) ^ u64::from_ne_bytes(*b));
    a.len() == b.len() && a_rest == b_rest && different.fold(0, |all, bits| all | bits) == 0
}

fn describe(&[call, seen, fuel]: &[u32; 3]) -> String {
    let [port, value, below, write] = call.to_le_bytes();
    let [memory, wst, rst, top] = seen.to_le_bytes();
    let what = if write != 0 { "write" } else { "read" };
    format!(
        "{what} {port:02x} value {value:02x} (below {below:02x}, memory {memory:02x}, WST {wst:02x}, RST {rst:02x}, top {top:02x}, fuel {fuel})"
    )
}

/// What a run came to, for all machines.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum Outcome {
    /// The vector ended.
    Brk,
    /// The fuel is used up.
    Fuel,
    /// A device halted.
    Halted,
    /// A machine is not as the reference: see [`Trial::difference`].
    Differs,
}

/// A program on all engines.
#[wasm_bindgen]
pub struct Trial {
    reference: Subject,
    subjects: Vec<Subject>,
    /// Hot addresses that have still to be compiled.
    rest: Vec<u16>,
    /// How all of them begin.
    start: Box<Uxn>,
    difference: String,
}

#[wasm_bindgen]
impl Trial {
    /// Machines for these engines.
    ///
    /// # Errors
    /// When there is no such engine in this build.
    #[wasm_bindgen(constructor)]
    pub fn new(engines: Vec<String>) -> Result<Trial, JsError> {
        let subjects = engines.iter().map(|name| Subject::new(name)).collect::<Result<_, _>>()?;
        let reference = Subject::new(Engine::Switch.name())?;
        Ok(Trial { reference, subjects, start: machine(), rest: Vec::new(), difference: String::new() })
    }

    /// Begins a program: memory is zero but for what [`poke`](Trial::poke) puts there. What is jumped to `hot` times is
    /// [compiled](Trial::compile).
    pub fn clear(&mut self, hot: u16) {
        self.start.ram_mut().fill(0);
        self.rest.clear();
        for subject in self.subjects.iter_mut().filter(|subject| subject.compiles) {
            subject.uxn.set_hot(Some(hot));
        }
    }

    /// Compiles what is hot on the engine with compiled code, in small units if it is to be brief: a module to be
    /// [linked](Trial::link), as long as there is one.
    pub fn compile(&mut self, #[wasm_bindgen(js_name = isBrief)] is_brief: bool) -> Option<TrialModule> {
        let subject = self.subjects.iter_mut().find(|subject| subject.compiles)?;
        compile_hot(&mut subject.uxn, &mut self.rest, is_brief)
    }

    /// Links units whose functions are in the table at `slots`. How many have been.
    pub fn link(&mut self, module: TrialModule, slots: &[u16]) -> usize {
        let subject = self.subjects.iter_mut().find(|subject| subject.compiles);
        subject.map_or(0, |subject| subject.uxn.link_all(module.translation.units, slots))
    }

    /// The fuel that compiled code has used, in all programs, modulo 2³².
    #[wasm_bindgen(getter, js_name = compiledFuel)]
    pub fn compiled_fuel(&self) -> u32 {
        self.subjects.iter().fold(0, |sum, subject| sum.wrapping_add(subject.uxn.compiled_fuel()))
    }

    /// The table's slots that are free again.
    #[wasm_bindgen(js_name = takeRetired)]
    pub fn take_retired(&mut self) -> Vec<u16> {
        self.subjects.iter_mut().flat_map(|subject| subject.uxn.take_retired()).collect()
    }

    /// A piece of the program. What runs over the end of memory goes on at its beginning.
    pub fn poke(&mut self, address: u16, bytes: &[u8]) {
        let ram = self.start.ram_mut();
        for (i, &byte) in bytes.iter().enumerate().take(RAM_SIZE) {
            ram[usize::from(address.wrapping_add(i as u16))] = byte;
        }
    }

    /// Puts the program into all machines, with pointers, and with bytes made from a seed in stacks and device page.
    pub fn start(&mut self, seed: u32, wst: u8, rst: u8) {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        for index in 0..=255 {
            self.start.wst.set(index, next());
            self.start.rst.set(index, next());
            self.start.dev[usize::from(index)] = next();
        }
        self.start.wst.set_ptr(wst);
        self.start.rst.set_ptr(rst);
        self.reference.reset(&self.start, seed);
        for subject in &mut self.subjects {
            subject.reset(&self.start, seed);
        }
    }

    /// Where the next run goes on.
    #[wasm_bindgen(js_name = setPc)]
    pub fn set_pc(&mut self, pc: u16) {
        self.reference.uxn.set_pc(pc);
        for subject in &mut self.subjects {
            subject.uxn.set_pc(pc);
        }
    }

    /// The short in two ports of the reference: the vector of a device.
    pub fn vector(&self, port: u8) -> u16 {
        self.reference.uxn.dev_short(port)
    }

    /// Where the reference has stopped.
    #[wasm_bindgen(getter)]
    pub fn pc(&self) -> u16 {
        self.reference.uxn.pc()
    }

    /// Lets all machines run, and compares them; memory only if asked for, or where a vector ends.
    pub fn run(&mut self, fuel: u32, memory_too: bool) -> Outcome {
        let stop = self.reference.run(fuel);
        let memory_too = memory_too || stop == Stop::Brk;
        for subject in &mut self.subjects {
            let compiled_before = subject.uxn.compiled_fuel();
            let is = subject.run(fuel);
            let difference = if is == stop {
                subject.difference(&self.reference, memory_too)
            } else {
                Some(format!("stopped for {is:?}, not for {stop:?}"))
            };
            let difference = difference.or_else(|| {
                let compiled = subject.uxn.compiled_fuel().wrapping_sub(compiled_before);
                overcount(compiled, fuel, subject.uxn.fuel())
            });
            if let Some(difference) = difference {
                self.difference = format!("{}: {difference}", subject.name);
                return Outcome::Differs;
            }
            subject.lab.calls.clear();
        }
        self.reference.lab.calls.clear();
        match stop {
            Stop::Brk => Outcome::Brk,
            Stop::Fuel => Outcome::Fuel,
            Stop::Halted => Outcome::Halted,
        }
    }

    /// The last difference.
    #[wasm_bindgen(getter)]
    pub fn difference(&self) -> String {
        self.difference.clone()
    }
}

/// A module made of hot code.
#[wasm_bindgen]
pub struct TrialModule {
    pub(super) translation: Translation,
}

#[wasm_bindgen]
impl TrialModule {
    /// The module.
    #[wasm_bindgen(getter)]
    pub fn module(&self) -> Vec<u8> {
        self.translation.module.clone()
    }

    /// How many functions it exports, named `0`, `1` and so on.
    #[wasm_bindgen(getter)]
    pub fn functions(&self) -> usize {
        self.translation.functions()
    }
}

/// The names of the 256 opcodes.
#[wasm_bindgen(js_name = opcodeNames)]
pub fn opcode_names() -> Vec<String> {
    (0..=255).map(|code| opcode::name(code).to_string()).collect()
}

/// What each opcode does to the stacks, five numbers each: whether its operands come from the return stack, whether
/// they stay, the bytes it pops, the bytes it pushes back, and those it pushes to the other stack.
#[wasm_bindgen(js_name = opcodeEffects)]
pub fn opcode_effects() -> Vec<u8> {
    let effects = (0..=255).map(opcode::effect);
    effects.flat_map(|e| [u8::from(e.from_return), u8::from(e.keep), e.pops, e.pushes, e.other]).collect()
}
