//! Which instruction follows which: counts that say what a handler had better expect next.
//!
//! ```text
//! cargo run --release --example opcode_pairs -- [--limit MILLIONS] [ROM...]
//! ```
//!
//! Counts the pairs of instructions that run one after the other, on the CPU of the tests: in the programs of the
//! benchmarks with all that they are given there, or else in each ROM's reset vector, then in its screen vector
//! again and again. The devices are stubs: a screen size, stack pointers, storage, copies of memory. Every
//! program has the same weight, except that one which stops early, say to wait for input that never comes, has
//! none.

#[path = "../tests/oracle/mod.rs"]
mod oracle;
#[path = "../benches/programs/mod.rs"]
mod programs;

use std::process::ExitCode;

use oracle::{Cpu, Devices, Step, name};
use programs::{Program, programs};

/// How often each opcode followed each, by the first one.
type Counts = Vec<[f64; 256]>;

struct Stubs {
    ended: bool,
}

impl Devices for Stubs {
    fn dei(&mut self, cpu: &mut Cpu, port: u8) -> u8 {
        match port {
            0x04 => cpu.wst.ptr,
            0x05 => cpu.rst.ptr,
            _ => cpu.dev[usize::from(port)],
        }
    }

    fn deo(&mut self, cpu: &mut Cpu, port: u8) -> bool {
        let value = cpu.dev[usize::from(port)];
        match port {
            0x03 => copy(cpu),
            0x04 => cpu.wst.ptr = value,
            0x05 => cpu.rst.ptr = value,
            0x0f => self.ended = value != 0,
            _ => {}
        }
        false
    }
}

/// System/expansion, as far as it copies within main memory.
fn copy(cpu: &mut Cpu) {
    let record = vector(cpu, 0x02);
    let byte = |offset: u16| cpu.ram[usize::from(record.wrapping_add(offset))];
    let short = |offset: u16| usize::from(u16::from_be_bytes([byte(offset), byte(offset + 1)]));
    let (length, from, to) = (short(1), short(5), short(9));
    let is_copy = matches!(byte(0), 1 | 2) && short(3) == 0 && short(7) == 0;
    if is_copy && from.max(to) + length <= cpu.ram.len() {
        cpu.ram.copy_within(from..from + length, to);
    }
}

fn vector(cpu: &Cpu, port: usize) -> u16 {
    u16::from_be_bytes([cpu.dev[port], cpu.dev[port + 1]])
}

/// Fewer instructions say little about a program.
const ENOUGH: u64 = 100_000;

/// A program under way, and its pairs so far.
struct Run {
    cpu: Cpu,
    stubs: Stubs,
    counts: Counts,
    instructions: u64,
    limit: u64,
}

impl Run {
    fn new(program: &Program, limit: u64) -> Run {
        let mut cpu = Cpu::new();
        let length = program.rom.len().min(0xff00);
        cpu.ram[0x0100..0x0100 + length].copy_from_slice(&program.rom[..length]);
        cpu.dev[0x17] = u8::from(!program.args.is_empty());
        cpu.dev[0x22..0x26].copy_from_slice(&[0x02, 0x00, 0x01, 0x40]); // 512 by 320
        Run { cpu, stubs: Stubs { ended: false }, counts: vec![[0.0; 256]; 256], instructions: 0, limit }
    }

    /// Does a program's work, up to the limit.
    fn work(&mut self, program: &Program) {
        self.evaluate(0x0100);
        for (index, arg) in program.args.iter().enumerate() {
            arg.bytes().for_each(|byte| self.input(byte, 2));
            self.input(b'\n', if index + 1 == program.args.len() { 4 } else { 3 });
        }
        if let Some(input) = &program.input {
            input.iter().for_each(|&byte| self.input(byte, 1));
            self.input(0, 4);
        }
        for _ in 0..program.frames {
            let vector = vector(&self.cpu, 0x20);
            if vector == 0 || self.is_over() {
                break;
            }
            self.evaluate(vector);
        }
    }

    fn is_over(&self) -> bool {
        self.stubs.ended || self.instructions >= self.limit
    }

    /// Calls the console vector for a byte.
    fn input(&mut self, byte: u8, kind: u8) {
        let vector = vector(&self.cpu, 0x10);
        if vector != 0 && !self.is_over() {
            self.cpu.dev[0x12] = byte;
            self.cpu.dev[0x17] = kind;
            self.evaluate(vector);
        }
    }

    fn evaluate(&mut self, vector: u16) {
        self.cpu.pc = u32::from(vector);
        self.cpu.paid = self.cpu.pc;
        let mut before: Option<u8> = None;
        while self.instructions < self.limit {
            let opcode = self.cpu.ram[self.cpu.pc as usize & 0xffff];
            if let Some(before) = before.replace(opcode) {
                self.counts[usize::from(before)][usize::from(opcode)] += 1.0;
            }
            self.instructions += 1;
            if self.cpu.step(&mut self.stubs) == Step::Brk {
                break;
            }
        }
        // What lies between the last jump and the end is not paid for yet.
        self.cpu.cost += u64::from(self.cpu.pc - self.cpu.paid);
    }
}

/// The limit in instructions, and the programs.
fn arguments() -> Result<(u64, Vec<Program>), String> {
    let mut limit = 20_000_000;
    let mut roms = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--limit" {
            let millions = args.next().and_then(|value| value.parse::<u64>().ok());
            limit = millions.ok_or("--limit needs a number of millions")?.saturating_mul(1_000_000);
        } else if arg.starts_with('-') {
            return Err("usage: opcode_pairs [--limit MILLIONS] [ROM...]".to_owned());
        } else {
            let rom = std::fs::read(&arg).map_err(|error| format!("{arg}: {error}"))?;
            roms.push(Program { name: arg, rom, args: Vec::new(), input: None, frames: u64::MAX });
        }
    }
    Ok((limit, if roms.is_empty() { programs() } else { roms }))
}

fn main() -> ExitCode {
    let (limit, programs) = match arguments() {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };

    let mut all: Counts = vec![[0.0; 256]; 256];
    let mut largest = [0.0; 256];
    let mut counted = 0.0;
    for program in &programs {
        let name = &program.name;
        let mut run = Run::new(program, limit);
        run.work(program);
        let Run { counts, instructions, cpu, .. } = run;
        if instructions < ENOUGH {
            println!("{instructions:>12}  {name} (stops early, left out)");
            continue;
        }
        let fuel = cpu.cost as f64 / instructions as f64;
        println!("{instructions:>12}  {name}, {fuel:.2} units of fuel each");
        counted += 1.0;
        let pairs: f64 = counts.iter().flatten().sum();
        for (second, largest) in largest.iter_mut().enumerate() {
            let count: f64 = counts.iter().map(|followers| followers[second]).sum();
            *largest = f64::max(*largest, count / pairs);
        }
        for (sum, count) in all.iter_mut().flatten().zip(counts.iter().flatten()) {
            *sum += count / pairs;
        }
    }

    all.iter_mut().flatten().for_each(|share| *share /= f64::max(counted, 1.0));

    println!("\nThe commonest opcodes, and the largest share that they have of a program");
    let mut opcodes: Vec<(f64, u8)> = (0..=255).map(|code| (largest[usize::from(code)], code)).collect();
    opcodes.sort_by(|a, b| b.0.total_cmp(&a.0));
    for &(share, code) in opcodes.iter().take_while(|opcode| opcode.0 >= 0.0005) {
        println!("{:6.2}%  {}", share * 100.0, name(code));
    }

    println!("\nThe commonest pairs, and their share of all");
    let mut pairs: Vec<(f64, u8, u8)> = Vec::new();
    for first in 0..=255 {
        for second in 0..=255 {
            pairs.push((all[usize::from(first)][usize::from(second)], first, second));
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    for &(share, first, second) in pairs.iter().take(40).take_while(|pair| pair.0 > 0.0) {
        println!("{:6.2}%  {:<6} {}", share * 100.0, name(first), name(second));
    }

    println!("\nEach opcode, its share of all, and what follows it");
    let share = |opcode: u8| all[usize::from(opcode)].iter().sum::<f64>();
    let mut opcodes: Vec<u8> = (0..=255).filter(|&opcode| share(opcode) > 0.0).collect();
    opcodes.sort_by(|&a, &b| share(b).total_cmp(&share(a)));
    for opcode in opcodes {
        let mut followers: Vec<(f64, u8)> =
            (0..=255).map(|next| (all[usize::from(opcode)][usize::from(next)], next)).collect();
        followers.sort_by(|a, b| b.0.total_cmp(&a.0));
        print!("{:6.2}%  {:<6}", share(opcode) * 100.0, name(opcode));
        for (count, next) in followers.into_iter().take(3).take_while(|follower| follower.0 > 0.0) {
            print!("  {:<6}{:3.0}%", name(next), count / share(opcode) * 100.0);
        }
        println!();
    }
    ExitCode::SUCCESS
}
