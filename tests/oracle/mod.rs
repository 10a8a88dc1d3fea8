//! A second CPU, written from the specification alone.
//!
//! Slow and plain on purpose: one `match`, one arm per opcode, each pop and push spelled out. It shares
//! nothing with the CPU under test, not even the opcode names, so that a mistake has to be made twice to
//! go unnoticed.

#![allow(dead_code)] // every test uses its own part

/// A circular stack: 256 bytes and a pointer to the next free one.
#[derive(Clone)]
pub struct Stack {
    pub data: [u8; 256],
    pub ptr: u8,
}

impl Stack {
    pub fn push(&mut self, byte: u8) {
        self.data[usize::from(self.ptr)] = byte;
        self.ptr = self.ptr.wrapping_add(1);
    }

    pub fn pop(&mut self) -> u8 {
        self.ptr = self.ptr.wrapping_sub(1);
        self.data[usize::from(self.ptr)]
    }
}

/// Why [`Cpu::run`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Brk,
    Fuel,
    Halted,
}

/// The computer around the CPU.
pub trait Devices {
    /// The byte that a read of the port gives.
    fn dei(&mut self, cpu: &mut Cpu, port: u8) -> u8;
    /// The port was written; `true` halts the CPU after the instruction.
    fn deo(&mut self, cpu: &mut Cpu, port: u8) -> bool;
}

/// What one instruction did, as far as it matters to fuel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Went on to the instruction behind it.
    Next,
    /// Took a jump or call.
    Jumped,
    /// Called a device, which halted the CPU or not.
    Device { halt: bool },
    /// Ended the vector.
    Brk,
}

/// The mode bits of the instruction being evaluated.
#[derive(Clone, Copy)]
struct Mode {
    short: bool,
    ret: bool,
    keep: bool,
    /// The pointer of the operand stack before the first pop.
    before: u8,
}

#[derive(Clone)]
pub struct Cpu {
    pub ram: Box<[u8; 0x10000]>,
    pub wst: Stack,
    pub rst: Stack,
    pub dev: [u8; 256],
    /// The address of the next instruction. Behind the end of memory only between an instruction that ran
    /// over the end and the next fetch, where the wrap costs its fuel.
    pub pc: u32,
    pub fuel: u32,
    /// What one long run up to here would have cost. Runs in slices took less fuel, where deficits were forgiven.
    pub cost: u64,
    /// The bytes behind this address are not paid for yet.
    pub paid: u32,
}

impl Cpu {
    pub fn new() -> Cpu {
        let stack = Stack { data: [0; 256], ptr: 0 };
        Cpu {
            ram: vec![0; 0x10000].try_into().unwrap(),
            wst: stack.clone(),
            rst: stack,
            dev: [0; 256],
            pc: 0,
            fuel: 0,
            cost: 0,
            paid: 0,
        }
    }

    /// Evaluates from `pc`. A unit of fuel goes for every byte of code, one for every jump or call taken, and one
    /// for every wrap of the program counter, when the instruction behind the wrap is about to be fetched. Jumps
    /// and wraps that leave none stop the run there; so does a device instruction, after it is done.
    pub fn run(&mut self, devices: &mut dyn Devices, fuel: u32) -> Stop {
        self.fuel = fuel;
        if fuel == 0 {
            return Stop::Fuel;
        }
        self.paid = self.pc;
        let stop = loop {
            if self.pc > 0xffff {
                self.go_to(self.pc & 0xffff);
                if self.fuel == 0 {
                    break Stop::Fuel;
                }
            }
            match self.step(devices) {
                Step::Next => {}
                Step::Jumped => {
                    if self.fuel == 0 {
                        break Stop::Fuel;
                    }
                }
                Step::Device { halt: true } => break Stop::Halted,
                Step::Device { halt: false } => {
                    if self.fuel == 0 {
                        break Stop::Fuel;
                    }
                }
                Step::Brk => break Stop::Brk,
            }
        };
        self.pay();
        if stop == Stop::Fuel && self.pc > 0xffff {
            self.cost += 1;
        }
        self.pc &= 0xffff;
        stop
    }

    /// Takes the fuel for the bytes that `pc` has passed, as far as there is any.
    fn pay(&mut self) {
        let bytes = self.pc - self.paid;
        self.fuel = self.fuel.saturating_sub(bytes);
        self.cost += u64::from(bytes);
        self.paid = self.pc;
    }

    /// Moves control elsewhere.
    fn go_to(&mut self, address: u32) {
        self.pay();
        self.fuel = self.fuel.saturating_sub(1);
        self.cost += 1;
        self.pc = address;
        self.paid = address;
    }

    pub fn charge(&mut self, fuel: u32) {
        self.fuel = self.fuel.saturating_sub(fuel);
    }

    /// Evaluates one instruction.
    pub fn step(&mut self, devices: &mut dyn Devices) -> Step {
        let opcode = self.fetch();
        match opcode {
            // BRK
            0x00 => return Step::Brk,
            // JCI
            0x20 => {
                let distance = self.fetch16();
                if self.wst.pop() != 0 {
                    self.go_to((self.pc + u32::from(distance)) & 0xffff);
                    return Step::Jumped;
                }
                return Step::Next;
            }
            // JMI
            0x40 => {
                let distance = self.fetch16();
                self.go_to((self.pc + u32::from(distance)) & 0xffff);
                return Step::Jumped;
            }
            // JSI
            0x60 => {
                let distance = self.fetch16();
                let [high, low] = self.address().to_be_bytes();
                self.rst.push(high);
                self.rst.push(low);
                self.go_to((self.pc + u32::from(distance)) & 0xffff);
                return Step::Jumped;
            }
            // LIT
            0x80 => {
                let byte = self.fetch();
                self.wst.push(byte);
                return Step::Next;
            }
            // LIT2
            0xa0 => {
                let high = self.fetch();
                let low = self.fetch();
                self.wst.push(high);
                self.wst.push(low);
                return Step::Next;
            }
            // LITr
            0xc0 => {
                let byte = self.fetch();
                self.rst.push(byte);
                return Step::Next;
            }
            // LIT2r
            0xe0 => {
                let high = self.fetch();
                let low = self.fetch();
                self.rst.push(high);
                self.rst.push(low);
                return Step::Next;
            }
            _ => {}
        }

        let ret = opcode & 0x40 != 0;
        let m = Mode {
            short: opcode & 0x20 != 0,
            ret,
            keep: opcode & 0x80 != 0,
            before: if ret { self.rst.ptr } else { self.wst.ptr },
        };
        match opcode & 0x1f {
            // INC
            0x01 => {
                let v = self.pop(m);
                self.popped(m);
                self.push(m, v.wrapping_add(1));
            }
            // POP
            0x02 => {
                self.pop(m);
                self.popped(m);
            }
            // NIP
            0x03 => {
                let b = self.pop(m);
                let _a = self.pop(m);
                self.popped(m);
                self.push(m, b);
            }
            // SWP
            0x04 => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push(m, b);
                self.push(m, a);
            }
            // ROT
            0x05 => {
                let c = self.pop(m);
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push(m, b);
                self.push(m, c);
                self.push(m, a);
            }
            // DUP
            0x06 => {
                let a = self.pop(m);
                self.popped(m);
                self.push(m, a);
                self.push(m, a);
            }
            // OVR
            0x07 => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push(m, a);
                self.push(m, b);
                self.push(m, a);
            }
            // EQU
            0x08 => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push8(m, if a == b { 1 } else { 0 });
            }
            // NEQ
            0x09 => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push8(m, if a != b { 1 } else { 0 });
            }
            // GTH
            0x0a => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push8(m, if a > b { 1 } else { 0 });
            }
            // LTH
            0x0b => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push8(m, if a < b { 1 } else { 0 });
            }
            // JMP
            0x0c => {
                let v = self.pop(m);
                self.popped(m);
                self.jump(m, v);
                return Step::Jumped;
            }
            // JCN
            0x0d => {
                let v = self.pop(m);
                let condition = self.pop8(m);
                self.popped(m);
                if condition != 0 {
                    self.jump(m, v);
                    return Step::Jumped;
                }
            }
            // JSR
            0x0e => {
                let v = self.pop(m);
                self.popped(m);
                let [high, low] = self.address().to_be_bytes();
                self.other(m).push(high);
                self.other(m).push(low);
                self.jump(m, v);
                return Step::Jumped;
            }
            // STH
            0x0f => {
                let v = self.pop(m);
                self.popped(m);
                let [high, low] = v.to_be_bytes();
                if m.short {
                    self.other(m).push(high);
                }
                self.other(m).push(low);
            }
            // LDZ
            0x10 => {
                let address = self.pop8(m);
                self.popped(m);
                let first = self.ram[usize::from(address)];
                let second = self.ram[usize::from(address.wrapping_add(1))];
                self.push_loaded(m, first, second);
            }
            // STZ
            0x11 => {
                let address = self.pop8(m);
                let v = self.pop(m);
                self.popped(m);
                let [high, low] = v.to_be_bytes();
                if m.short {
                    self.ram[usize::from(address)] = high;
                    self.ram[usize::from(address.wrapping_add(1))] = low;
                } else {
                    self.ram[usize::from(address)] = low;
                }
            }
            // LDR
            0x12 => {
                let offset = self.pop8(m);
                self.popped(m);
                self.load(m, self.relative(offset));
            }
            // STR
            0x13 => {
                let offset = self.pop8(m);
                let v = self.pop(m);
                self.popped(m);
                self.store(m, self.relative(offset), v);
            }
            // LDA
            0x14 => {
                let address = self.pop16(m);
                self.popped(m);
                self.load(m, address);
            }
            // STA
            0x15 => {
                let address = self.pop16(m);
                let v = self.pop(m);
                self.popped(m);
                self.store(m, address, v);
            }
            // DEI
            0x16 => {
                let port = self.pop8(m);
                self.popped(m);
                self.pay();
                let first = devices.dei(self, port);
                if m.short {
                    let second = devices.dei(self, port.wrapping_add(1));
                    self.push8(m, first);
                    self.push8(m, second);
                } else {
                    self.push8(m, first);
                }
                return Step::Device { halt: false };
            }
            // DEO
            0x17 => {
                let port = self.pop8(m);
                let v = self.pop(m);
                self.popped(m);
                let [high, low] = v.to_be_bytes();
                let mut trigger = port;
                if m.short {
                    self.dev[usize::from(port)] = high;
                    trigger = port.wrapping_add(1);
                }
                self.dev[usize::from(trigger)] = low;
                self.pay();
                let halt = devices.deo(self, trigger);
                return Step::Device { halt };
            }
            // ADD
            0x18 => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push(m, a.wrapping_add(b));
            }
            // SUB
            0x19 => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push(m, a.wrapping_sub(b));
            }
            // MUL
            0x1a => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push(m, a.wrapping_mul(b));
            }
            // DIV
            0x1b => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push(m, a.checked_div(b).unwrap_or(0));
            }
            // AND
            0x1c => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push(m, a & b);
            }
            // ORA
            0x1d => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push(m, a | b);
            }
            // EOR
            0x1e => {
                let b = self.pop(m);
                let a = self.pop(m);
                self.popped(m);
                self.push(m, a ^ b);
            }
            // SFT
            0x1f => {
                let shift = self.pop8(m);
                let v = self.pop(m);
                self.popped(m);
                let shifted = (u32::from(v) >> (shift & 0x0f)) << (shift >> 4);
                self.push(m, (shifted & 0xffff) as u16);
            }
            _ => unreachable!("base opcode 0 was handled above"),
        }
        Step::Next
    }

    /// The byte at `pc`, which moves on.
    fn fetch(&mut self) -> u8 {
        let byte = self.ram[usize::from(self.address())];
        self.pc += 1;
        byte
    }

    fn fetch16(&mut self) -> u16 {
        let high = self.fetch();
        let low = self.fetch();
        u16::from_be_bytes([high, low])
    }

    /// `pc` as programs know it.
    fn address(&self) -> u16 {
        (self.pc & 0xffff) as u16
    }

    /// The address at a signed distance from `pc`.
    fn relative(&self, offset: u8) -> u16 {
        let distance = if offset < 0x80 { i32::from(offset) } else { i32::from(offset) - 0x100 };
        ((i32::from(self.address()) + distance) & 0xffff) as u16
    }

    fn jump(&mut self, m: Mode, v: u16) {
        self.go_to(u32::from(if m.short { v } else { self.relative(v as u8) }));
    }

    /// The stack that operands come from and results go to.
    fn this(&mut self, m: Mode) -> &mut Stack {
        if m.ret { &mut self.rst } else { &mut self.wst }
    }

    fn other(&mut self, m: Mode) -> &mut Stack {
        if m.ret { &mut self.wst } else { &mut self.rst }
    }

    fn pop8(&mut self, m: Mode) -> u8 {
        self.this(m).pop()
    }

    fn pop16(&mut self, m: Mode) -> u16 {
        let low = self.pop8(m);
        let high = self.pop8(m);
        u16::from_be_bytes([high, low])
    }

    /// An operand of the width that the mode says.
    fn pop(&mut self, m: Mode) -> u16 {
        if m.short { self.pop16(m) } else { u16::from(self.pop8(m)) }
    }

    /// To be called when the operands are popped: keep mode puts the pointer back.
    fn popped(&mut self, m: Mode) {
        if m.keep {
            self.this(m).ptr = m.before;
        }
    }

    fn push8(&mut self, m: Mode, byte: u8) {
        self.this(m).push(byte);
    }

    /// A result of the width that the mode says.
    fn push(&mut self, m: Mode, v: u16) {
        let [high, low] = v.to_be_bytes();
        if m.short {
            self.push8(m, high);
        }
        self.push8(m, low);
    }

    fn push_loaded(&mut self, m: Mode, first: u8, second: u8) {
        self.push8(m, first);
        if m.short {
            self.push8(m, second);
        }
    }

    fn load(&mut self, m: Mode, address: u16) {
        let first = self.ram[usize::from(address)];
        let second = self.ram[usize::from(address.wrapping_add(1))];
        self.push_loaded(m, first, second);
    }

    fn store(&mut self, m: Mode, address: u16, v: u16) {
        let [high, low] = v.to_be_bytes();
        if m.short {
            self.ram[usize::from(address)] = high;
            self.ram[usize::from(address.wrapping_add(1))] = low;
        } else {
            self.ram[usize::from(address)] = low;
        }
    }
}

/// The name of an opcode, modes included.
pub fn name(opcode: u8) -> String {
    const BASE: [&str; 32] = [
        "", "INC", "POP", "NIP", "SWP", "ROT", "DUP", "OVR", "EQU", "NEQ", "GTH", "LTH", "JMP", "JCN", "JSR",
        "STH", "LDZ", "STZ", "LDR", "STR", "LDA", "STA", "DEI", "DEO", "ADD", "SUB", "MUL", "DIV", "AND",
        "ORA", "EOR", "SFT",
    ];
    const BASE_0: [&str; 8] = ["BRK", "JCI", "JMI", "JSI", "LIT", "LIT2", "LITr", "LIT2r"];
    if opcode & 0x1f == 0 {
        return BASE_0[usize::from(opcode >> 5)].to_owned();
    }
    let mut name = BASE[usize::from(opcode & 0x1f)].to_owned();
    for (bit, letter) in [(0x20, '2'), (0x80, 'k'), (0x40, 'r')] {
        if opcode & bit != 0 {
            name.push(letter);
        }
    }
    name
}

/// How many bytes follow the opcode as its operand.
pub fn operand_length(opcode: u8) -> u16 {
    match opcode {
        0x80 | 0xc0 => 1,
        0x20 | 0x40 | 0x60 | 0xa0 | 0xe0 => 2,
        _ => 0,
    }
}

/// Some instructions from an address on, one a line.
pub fn disassemble(ram: &[u8; 0x10000], start: u16, count: usize) -> String {
    let mut text = String::new();
    let mut address = start;
    for _ in 0..count {
        let opcode = ram[usize::from(address)];
        text += &format!("  {address:04x}  {}", name(opcode));
        for i in 1..=operand_length(opcode) {
            text += &format!(" {:02x}", ram[usize::from(address.wrapping_add(i))]);
        }
        text.push('\n');
        address = address.wrapping_add(1 + operand_length(opcode));
    }
    text
}
