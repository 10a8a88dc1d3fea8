//! An engine and the oracle side by side, with the same devices, compared after every run.

use std::ops::ControlFlow;

#[cfg(feature = "eager")]
use fantail::uxn::QUIET;
use fantail::uxn::{Devices, Engine, Stop, Uxn};

use crate::oracle::{self, Cpu};

/// What [`Lab`] needs of a machine.
pub trait Machine {
    fn pointers(&self) -> (u8, u8);
    fn set_wst(&mut self, ptr: u8);
    fn set_rst(&mut self, ptr: u8);
    fn page(&mut self) -> &mut [u8; 256];
    fn memory(&mut self) -> &mut [u8; 0x10000];
    fn fuel_left(&self) -> u32;
    fn take_fuel(&mut self, fuel: u32);
}

impl Machine for Uxn {
    fn pointers(&self) -> (u8, u8) {
        (self.wst.ptr(), self.rst.ptr())
    }
    fn set_wst(&mut self, ptr: u8) {
        self.wst.set_ptr(ptr);
    }
    fn set_rst(&mut self, ptr: u8) {
        self.rst.set_ptr(ptr);
    }
    fn page(&mut self) -> &mut [u8; 256] {
        &mut self.dev
    }
    fn memory(&mut self) -> &mut [u8; 0x10000] {
        self.ram_mut()
    }
    fn fuel_left(&self) -> u32 {
        self.fuel()
    }
    fn take_fuel(&mut self, fuel: u32) {
        self.charge(fuel);
    }
}

impl Machine for Cpu {
    fn pointers(&self) -> (u8, u8) {
        (self.wst.ptr, self.rst.ptr)
    }
    fn set_wst(&mut self, ptr: u8) {
        self.wst.ptr = ptr;
    }
    fn set_rst(&mut self, ptr: u8) {
        self.rst.ptr = ptr;
    }
    fn page(&mut self) -> &mut [u8; 256] {
        &mut self.dev
    }
    fn memory(&mut self) -> &mut [u8; 0x10000] {
        &mut self.ram
    }
    fn fuel_left(&self) -> u32 {
        self.fuel
    }
    fn take_fuel(&mut self, fuel: u32) {
        self.charge(fuel);
    }
}

/// One call of a device, and what the device saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub write: bool,
    pub port: u8,
    /// The byte read, or the byte written.
    pub value: u8,
    /// The byte of the port below: the high byte of a short that was written.
    pub below: u8,
    pub wst: u8,
    pub rst: u8,
    pub fuel: u32,
}

/// Ports that do to a machine whatever a device may do. All others are plain storage.
///
/// | port | read | write |
/// |---|---|---|
/// | 04, 05 | the stack pointers | sets them |
/// | 0c | | takes that much fuel |
/// | 0d | takes one unit of fuel | |
/// | 0e | | halts |
/// | 0f | | takes all fuel and halts |
/// | 10–1f | the next of a sequence of bytes, also stored | |
/// | 20 | moves both stack pointers | moves both stack pointers |
/// | 33 | | writes that byte to memory, at the address in 30 and 31 |
#[derive(Clone)]
pub struct Lab {
    pub calls: Vec<Call>,
    /// Whether 0c, 0d and 0f take fuel. How much they can take depends on how much a run was given, so runs
    /// cut differently are only comparable without.
    pub charges: bool,
    sequence: u32,
}

/// The ports whose devices neither look at the stacks nor write to memory, nor look at the fuel when they are read.
const fn is_quiet(port: u8) -> bool {
    port >= 0x10 && port != 0x20 && port != 0x33
}

/// The same, as the compiler wants to have it.
#[cfg(feature = "eager")]
pub const PORTS: [u8; 256] = {
    let mut ports = [0; 256];
    let mut port = 0;
    while port < 256 {
        ports[port] = if is_quiet(port as u8) { QUIET } else { 0 };
        port += 1;
    }
    ports
};

impl Lab {
    pub fn new() -> Lab {
        Lab { calls: Vec::new(), charges: true, sequence: 1 }
    }

    fn record(&mut self, machine: &mut impl Machine, write: bool, port: u8, value: u8) {
        let (mut wst, mut rst) = machine.pointers();
        let below = machine.page()[usize::from(port.wrapping_sub(1))];
        let mut fuel = machine.fuel_left();
        if cfg!(feature = "eager") && is_quiet(port) {
            // What compiled code need not have saved.
            (wst, rst) = (0, 0);
            fuel = if write { fuel } else { 0 };
        }
        self.calls.push(Call { write, port, value, below, wst, rst, fuel });
    }

    fn read(&mut self, machine: &mut impl Machine, port: u8) -> u8 {
        let (wst, rst) = machine.pointers();
        let value = match port {
            0x04 => wst,
            0x05 => rst,
            0x10..=0x1f => {
                self.sequence = self.sequence.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let byte = (self.sequence >> 24) as u8;
                machine.page()[usize::from(port)] = byte;
                byte
            }
            _ => machine.page()[usize::from(port)],
        };
        self.record(machine, false, port, value);
        match port {
            0x0d if self.charges => machine.take_fuel(1),
            0x20 => {
                machine.set_wst(wst.wrapping_add(3));
                machine.set_rst(rst.wrapping_sub(5));
            }
            _ => {}
        }
        value
    }

    fn write(&mut self, machine: &mut impl Machine, port: u8) -> ControlFlow<()> {
        let (wst, rst) = machine.pointers();
        let value = machine.page()[usize::from(port)];
        self.record(machine, true, port, value);
        match port {
            0x04 => machine.set_wst(value),
            0x05 => machine.set_rst(value),
            0x0c if self.charges => machine.take_fuel(u32::from(value)),
            0x0e => return ControlFlow::Break(()),
            0x0f => {
                if self.charges {
                    machine.take_fuel(u32::MAX);
                }
                return ControlFlow::Break(());
            }
            0x20 => {
                machine.set_wst(wst.wrapping_sub(7));
                machine.set_rst(rst.wrapping_add(2));
            }
            0x33 => {
                let address = u16::from_be_bytes([machine.page()[0x30], machine.page()[0x31]]);
                machine.memory()[usize::from(address)] = value;
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Devices for Lab {
    fn dei(&mut self, uxn: &mut Uxn, port: u8) -> u8 {
        self.read(uxn, port)
    }
    fn deo(&mut self, uxn: &mut Uxn, port: u8) -> ControlFlow<()> {
        self.write(uxn, port)
    }
}

impl oracle::Devices for Lab {
    fn dei(&mut self, cpu: &mut Cpu, port: u8) -> u8 {
        self.read(cpu, port)
    }
    fn deo(&mut self, cpu: &mut Cpu, port: u8) -> bool {
        self.write(cpu, port).is_break()
    }
}

impl From<oracle::Stop> for Stop {
    fn from(stop: oracle::Stop) -> Stop {
        match stop {
            oracle::Stop::Brk => Stop::Brk,
            oracle::Stop::Fuel => Stop::Fuel,
            oracle::Stop::Halted => Stop::Halted,
        }
    }
}

/// A machine at its start. The oracle's form of it serves as the description.
pub type Setup = Cpu;

/// The same start for an engine.
pub fn load(setup: &Setup) -> Box<Uxn> {
    let mut uxn = Uxn::new();
    *uxn.ram_mut() = *setup.ram;
    set_stacks(&mut uxn, &setup.wst, &setup.rst);
    uxn.dev = setup.dev;
    uxn.set_pc(setup.pc as u16);
    #[cfg(feature = "eager")]
    uxn.set_ports(&PORTS);
    uxn
}

fn set_stacks(uxn: &mut Uxn, wst: &oracle::Stack, rst: &oracle::Stack) {
    for index in 0..=255 {
        uxn.wst.set(index, wst.data[usize::from(index)]);
        uxn.rst.set(index, rst.data[usize::from(index)]);
    }
    uxn.wst.set_ptr(wst.ptr);
    uxn.rst.set_ptr(rst.ptr);
}

/// How much to compare.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything.
    Full,
    /// All but main memory and the device page, for instructions that write neither.
    Registers,
}

/// One engine and the oracle.
pub struct Pair {
    pub engine: Engine,
    pub uxn: Box<Uxn>,
    pub uxn_lab: Lab,
    pub cpu: Cpu,
    pub cpu_lab: Lab,
    /// Whether memory has been changed since the last run.
    changed: bool,
}

impl Pair {
    pub fn new(engine: Engine, setup: &Setup) -> Pair {
        let (uxn, cpu) = (load(setup), setup.clone());
        Pair { engine, uxn, uxn_lab: Lab::new(), cpu, cpu_lab: Lab::new(), changed: false }
    }

    pub fn set_ram(&mut self, address: u16, byte: u8) {
        let address = usize::from(address);
        if self.cpu.ram[address] == byte && self.uxn.ram()[address] == byte {
            return;
        }
        self.uxn.ram_range_mut(address..address + 1)[0] = byte;
        self.cpu.ram[address] = byte;
        self.changed = true;
    }

    pub fn set_pc(&mut self, pc: u16) {
        self.uxn.set_pc(pc);
        self.cpu.pc = u32::from(pc);
    }

    pub fn set_stacks(&mut self, wst: &oracle::Stack, rst: &oracle::Stack) {
        set_stacks(&mut self.uxn, wst, rst);
        self.cpu.wst = wst.clone();
        self.cpu.rst = rst.clone();
    }

    /// Runs both with so much fuel. The error is the first difference.
    pub fn run(&mut self, fuel: u32, depth: Depth) -> Result<Stop, String> {
        if std::mem::take(&mut self.changed) {
            // It is another program, of which nothing has been compiled too often.
            #[cfg(feature = "eager")]
            self.uxn.set_hot(Some(1));
        }
        let stop = self.uxn.run(self.engine, &mut self.uxn_lab, fuel);
        let expected = self.cpu.run(&mut self.cpu_lab, fuel).into();
        let difference = if stop == expected {
            difference(&self.uxn, &self.uxn_lab, &self.cpu, &self.cpu_lab, depth)
        } else {
            Some(format!("stopped for {stop:?}, not for {expected:?}"))
        };
        match difference {
            None => {
                self.uxn_lab.calls.clear();
                self.cpu_lab.calls.clear();
                Ok(stop)
            }
            Some(what) => Err(format!("{}: {what}", self.engine.name())),
        }
    }
}

/// Whether memory is the same. In WebAssembly `==` goes byte by byte.
fn same(a: &[u8; 0x10000], b: &[u8; 0x10000]) -> bool {
    let [a, b] =
        [a, b].map(|memory| memory.as_chunks::<8>().0.iter().map(|bytes| u64::from_ne_bytes(*bytes)));
    a.eq(b)
}

/// The first thing in which an engine differs from the oracle.
pub fn difference(uxn: &Uxn, uxn_lab: &Lab, cpu: &Cpu, cpu_lab: &Lab, depth: Depth) -> Option<String> {
    if uxn_lab.calls != cpu_lab.calls {
        let (is, should) = (&uxn_lab.calls, &cpu_lab.calls);
        let at = is.iter().zip(should).take_while(|(a, b)| a == b).count();
        return Some(format!("device call {at} is {:x?}, not {:x?}", is.get(at), should.get(at)));
    }
    if u32::from(uxn.pc()) != cpu.pc {
        return Some(format!("pc is {:04x}, not {:04x}", uxn.pc(), cpu.pc));
    }
    if uxn.fuel() != cpu.fuel {
        return Some(format!("fuel left is {}, not {}", uxn.fuel(), cpu.fuel));
    }
    for (name, is, should) in [("WST", &uxn.wst, &cpu.wst), ("RST", &uxn.rst, &cpu.rst)] {
        if is.ptr() != should.ptr {
            return Some(format!("{name} pointer is {:02x}, not {:02x}", is.ptr(), should.ptr));
        }
        for index in 0..=255 {
            let (is, should) = (is.get(index), should.data[usize::from(index)]);
            if is != should {
                return Some(format!("{name} byte {index:02x} is {is:02x}, not {should:02x}"));
            }
        }
    }
    if depth == Depth::Registers {
        return None;
    }
    if uxn.dev != cpu.dev {
        let port = (0..256).find(|&port| uxn.dev[port] != cpu.dev[port]).unwrap();
        return Some(format!("port {port:02x} is {:02x}, not {:02x}", uxn.dev[port], cpu.dev[port]));
    }
    if !same(uxn.ram(), &cpu.ram) {
        let at = (0..0x10000).find(|&at| uxn.ram()[at] != cpu.ram[at]).unwrap();
        return Some(format!("memory at {at:04x} is {:02x}, not {:02x}", uxn.ram()[at], cpu.ram[at]));
    }
    None
}

/// Looks for the stretch up to a jump or a device in which an engine and the oracle part, and shows its code.
#[cfg(not(target_family = "wasm"))]
pub fn explain(engine: Engine, setup: &Setup) -> String {
    let mut pair = Pair::new(engine, setup);
    for stretches in 0..1_000_000 {
        let before = pair.cpu.clone();
        match pair.run(1, Depth::Full) {
            Ok(Stop::Brk) => break,
            Ok(_) => {}
            Err(what) => {
                return format!(
                    "after {stretches} stretches, in the instructions from {:04x} on, {what}\n{}WST pointer {:02x}, RST pointer {:02x} there",
                    before.pc,
                    oracle::disassemble(&before.ram, before.pc as u16, 16),
                    before.wst.ptr,
                    before.rst.ptr,
                );
            }
        }
    }
    "one by one there is no difference".to_owned()
}
