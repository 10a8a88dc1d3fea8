//! Which instruction follows which: counts that say what a handler had better expect next.
//!
//! ```text
//! cargo run --release --example opcode_pairs -- [--limit MILLIONS] ROM...
//! ```
//!
//! Runs each ROM's reset vector, then its screen vector again and again, on the CPU of the tests, and counts
//! the pairs of instructions that ran one after the other. The devices are stubs: a screen size, stack
//! pointers, storage. Every ROM has the same weight, except that one which stops early, say to wait for
//! input that never comes, has none.

#[path = "../tests/oracle/mod.rs"]
mod oracle;

use std::process::ExitCode;

use oracle::{Cpu, Devices, Step, name};

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
            0x04 => cpu.wst.ptr = value,
            0x05 => cpu.rst.ptr = value,
            0x0f => self.ended = value != 0,
            _ => {}
        }
        false
    }
}

/// Fewer instructions say little about a program.
const ENOUGH: u64 = 100_000;

/// Counts the pairs of one ROM in at most so many instructions.
fn count(rom: &[u8], limit: u64) -> (Counts, u64) {
    let mut counts = vec![[0.0; 256]; 256];
    let mut cpu = Cpu::new();
    let length = rom.len().min(0xff00);
    cpu.ram[0x0100..0x0100 + length].copy_from_slice(&rom[..length]);
    cpu.dev[0x22..0x26].copy_from_slice(&[0x02, 0x00, 0x01, 0x40]); // 512 by 320
    cpu.pc = 0x0100;
    let mut stubs = Stubs { ended: false };
    let mut instructions = 0;
    let mut before: Option<u8> = None;
    while instructions < limit {
        cpu.pc &= 0xffff;
        let opcode = cpu.ram[cpu.pc as usize];
        if let Some(before) = before.replace(opcode) {
            counts[usize::from(before)][usize::from(opcode)] += 1.0;
        }
        instructions += 1;
        if cpu.step(&mut stubs) == Step::Brk {
            before = None;
            let vector = u16::from_be_bytes([cpu.dev[0x20], cpu.dev[0x21]]);
            if stubs.ended || vector == 0 {
                break;
            }
            cpu.pc = u32::from(vector);
        }
    }
    (counts, instructions)
}

fn main() -> ExitCode {
    let mut limit = 20_000_000;
    let mut roms = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        if arg != "--limit" {
            roms.push(arg);
        } else if let Some(millions) = args.next().and_then(|value| value.parse::<u64>().ok()) {
            limit = millions.saturating_mul(1_000_000);
        } else {
            roms.clear();
            break;
        }
    }
    if roms.is_empty() {
        eprintln!("usage: opcode_pairs [--limit MILLIONS] ROM...");
        return ExitCode::from(2);
    }

    let mut all: Counts = vec![[0.0; 256]; 256];
    let mut counted = 0.0;
    for path in &roms {
        let rom = match std::fs::read(path) {
            Ok(rom) => rom,
            Err(error) => {
                eprintln!("{path}: {error}");
                return ExitCode::FAILURE;
            }
        };
        let (counts, instructions) = count(&rom, limit);
        if instructions < ENOUGH {
            println!("{instructions:>12}  {path} (stops early, left out)");
            continue;
        }
        println!("{instructions:>12}  {path}");
        counted += 1.0;
        let pairs: f64 = counts.iter().flatten().sum();
        for (sum, count) in all.iter_mut().flatten().zip(counts.iter().flatten()) {
            *sum += count / pairs;
        }
    }

    all.iter_mut().flatten().for_each(|share| *share /= f64::max(counted, 1.0));

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
