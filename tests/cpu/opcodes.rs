//! Every opcode at the edges of its operands, of the stacks and of memory.

use fantail::uxn::{Engine, Stop};

use crate::oracle::{self, Cpu, Stack};
use crate::rig::{Depth, Pair, Setup};

const EDGE_BYTES: [u8; 5] = [0x00, 0x01, 0x7f, 0x80, 0xff];
const EDGE_POINTERS: [u8; 12] = [0, 1, 2, 3, 4, 6, 0x80, 0xfb, 0xfc, 0xfd, 0xfe, 0xff];

/// What ends before, at, and behind an instruction.
const FUEL: &[u32] = if cfg!(feature = "eager") { &[MOST, 12] } else { &[1, 2, 3, 4, 5, 6, 12] };

/// What any instruction takes with the `BRK` behind it. Compiled code leaves a way that the fuel does not last for to the
/// interpreter.
const MOST: u32 = 8;

/// Of the longest series every so manieth is enough where each program is compiled.
const STRIDE: usize = if cfg!(feature = "eager") { 51 } else { 1 };

/// A fixed sequence of bytes without zero bytes, so that few instructions are `BRK`.
struct Bytes(u32);

impl Bytes {
    fn next(&mut self) -> u8 {
        loop {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let byte = (self.0 >> 24) as u8;
            if byte != 0 {
                return byte;
            }
        }
    }

    fn stack(&mut self, ptr: u8) -> Stack {
        Stack { data: std::array::from_fn(|_| self.next()), ptr }
    }

    fn memory(&mut self) -> Setup {
        let mut setup = Cpu::new();
        setup.ram.fill_with(|| self.next());
        setup
    }
}

/// Puts an instruction and a `BRK` behind it at an address and goes there.
fn place(pair: &mut Pair, pc: u16, opcode: u8, operand: [u8; 2]) {
    let length = oracle::operand_length(opcode);
    pair.set_ram(pc.wrapping_add(1 + length), 0);
    for i in 0..length {
        pair.set_ram(pc.wrapping_add(1 + i), operand[usize::from(i)]);
    }
    pair.set_ram(pc, opcode);
    pair.set_pc(pc);
}

/// Runs what was placed; with one unit of fuel that is one instruction, or the `BRK` behind it as well.
/// Memory is compared where the instruction may write to it; a stray write by another instruction is found
/// by [`check_memory`], since nothing cleans it up.
fn check(pair: &mut Pair, fuel: u32) {
    let pc = pair.cpu.pc as u16;
    let opcode = pair.cpu.ram[usize::from(pc)];
    let writes = matches!(opcode & 0x1f, 0x11 | 0x13 | 0x15..=0x17);
    let depth = if writes || fuel > 1 { Depth::Full } else { Depth::Registers };
    let fuel = if cfg!(feature = "eager") { fuel.max(MOST) } else { fuel };
    let (wst, rst) = (pair.cpu.wst.clone(), pair.cpu.rst.clone());
    if let Err(what) = pair.run(fuel, depth) {
        let top = |stack: &Stack| -> Vec<u8> {
            (1..=6).rev().map(|i| stack.data[usize::from(stack.ptr.wrapping_sub(i))]).collect()
        };
        panic!(
            "{} ({opcode:02x}) at {pc:04x} with fuel {fuel}, WST pointer {:02x} under {:02x?}, RST pointer {:02x} under {:02x?}: {what}\n{}",
            oracle::name(opcode),
            wst.ptr,
            top(&wst),
            rst.ptr,
            top(&rst),
            oracle::disassemble(&pair.cpu.ram, pc, 4),
        );
    }
}

fn check_memory(pair: &Pair, opcode: u8) {
    if let Some(what) =
        crate::rig::difference(&pair.uxn, &pair.uxn_lab, &pair.cpu, &pair.cpu_lab, Depth::Full)
    {
        panic!("{} after all runs of {}: {what}", pair.engine.name(), oracle::name(opcode));
    }
}

fn on_every_engine(test: impl Fn(Engine)) {
    for &engine in Engine::ALL {
        test(engine);
    }
}

#[test]
fn every_opcode_at_the_edges_of_stacks_and_memory() {
    on_every_engine(|engine| {
        let mut bytes = Bytes(1);
        let mut pair = Pair::new(engine, &bytes.memory());
        let mut turn = 0;
        for opcode in 0..=255 {
            for pc in [0x00ff, 0x0100, 0xfffd, 0xffff] {
                let operand = [bytes.next(), bytes.next()];
                let mut stacks = [bytes.stack(0), bytes.stack(0)];
                for wst in EDGE_POINTERS {
                    for rst in EDGE_POINTERS {
                        (stacks[0].ptr, stacks[1].ptr) = (wst, rst);
                        pair.set_stacks(&stacks[0], &stacks[1]);
                        place(&mut pair, pc, opcode, operand);
                        // Now and then more fuel: go on behind the jump or the wrap.
                        turn += 1;
                        check(&mut pair, if turn % 8 == 0 { 5 } else { 1 });
                    }
                }
            }
            check_memory(&pair, opcode);
        }
    });
}

#[test]
fn every_opcode_near_the_end_of_memory() {
    on_every_engine(|engine| {
        let mut bytes = Bytes(2);
        let mut pair = Pair::new(engine, &bytes.memory());
        for opcode in 0..=255 {
            for pc in (0xfff0..=0xffff).chain(0x00fe..=0x0101) {
                for &fuel in FUEL {
                    let (wst, rst) = (bytes.next(), bytes.next());
                    pair.set_stacks(&bytes.stack(wst), &bytes.stack(rst));
                    place(&mut pair, pc, opcode, [bytes.next(), bytes.next()]);
                    check(&mut pair, fuel);
                }
            }
            check_memory(&pair, opcode);
        }
    });
}

#[test]
fn every_opcode_with_edge_operands() {
    on_every_engine(|engine| {
        let mut bytes = Bytes(3);
        let mut pair = Pair::new(engine, &bytes.memory());
        for opcode in 0..=255 {
            let mut stacks = [bytes.stack(0), bytes.stack(0)];
            for operands in quadruples() {
                for stack in &mut stacks {
                    stack.ptr = 0x40;
                    operands.into_iter().for_each(|byte| stack.push(byte));
                }
                pair.set_stacks(&stacks[0], &stacks[1]);
                place(&mut pair, 0x2000, opcode, [operands[2], operands[3]]);
                check(&mut pair, 1);
            }
            check_memory(&pair, opcode);
        }
    });
}

/// All combinations of four edge bytes.
fn quadruples() -> impl Iterator<Item = [u8; 4]> {
    let count = EDGE_BYTES.len();
    (0..count.pow(4)).map(move |i| [3, 2, 1, 0].map(|place| EDGE_BYTES[i / count.pow(place) % count]))
}

/// An engine may prepare an instruction together with the one before it.
#[test]
fn every_pair_of_opcodes() {
    on_every_engine(|engine| {
        let mut bytes = Bytes(9);
        let mut pair = Pair::new(engine, &bytes.memory());
        for first in 0..=255 {
            let mut stacks = [bytes.stack(0), bytes.stack(0)];
            for second in (first % STRIDE as u8..=255).step_by(STRIDE) {
                for (pc, pointer) in [(0x0100, 0x40), (0xfffe, 0x80), (0x0200, 0x01), (0x8000, 0xff)] {
                    stacks[0].ptr = pointer ^ (second & 3);
                    stacks[1].ptr = pointer ^ (first & 3);
                    pair.set_stacks(&stacks[0], &stacks[1]);
                    let behind = u16::wrapping_add(pc, 1 + oracle::operand_length(first));
                    place(&mut pair, behind, second, [bytes.next(), bytes.next()]);
                    pair.set_ram(pc, first);
                    pair.set_pc(pc);
                    check(&mut pair, 1);
                }
            }
            check_memory(&pair, first);
        }
    });
}

/// A store into the instruction that comes next takes effect, whatever was there and whatever comes.
#[test]
fn every_opcode_written_just_before_it_runs() {
    on_every_engine(|engine| {
        let mut bytes = Bytes(10);
        let mut pair = Pair::new(engine, &bytes.memory());
        // STZ, STR, STA, and a device that writes, each followed by the instruction it writes.
        let stores: [(u16, &[u8]); 4] = [
            (0x0080, &[0x84, 0x11]),
            (0x3000, &[0x00, 0x13]),
            (0x3000, &[0x30, 0x04, 0x15]),
            (0x3000, &[0x33, 0x17]),
        ];
        for (pc, store) in stores {
            for new in 0..=255 {
                for old in [0x00, 0x02, 0x18, 0x21, 0x80, 0xa0, new ^ 0x20, bytes.next()] {
                    let mut stacks = [bytes.stack(0x40), bytes.stack(0x40)];
                    stacks[0].push(new);
                    pair.set_stacks(&stacks[0], &stacks[1]);
                    let (&opcode, address) = store.split_last().unwrap();
                    let mut at = pc;
                    // The literal of the address, a short for STA.
                    let literal = if address.len() == 2 { 0xa0 } else { 0x80 };
                    for &byte in [&[literal], address, &[opcode]].concat().iter() {
                        pair.set_ram(at, byte);
                        at += 1;
                    }
                    // The device takes its address from ports 30 and 31.
                    let [high, low] = at.to_be_bytes();
                    for dev in [&mut pair.uxn.dev, &mut pair.cpu.dev] {
                        (dev[0x30], dev[0x31]) = (high, low);
                    }
                    place(&mut pair, at, new, [bytes.next(), bytes.next()]);
                    pair.set_ram(at, old);
                    pair.set_pc(pc);
                    check(&mut pair, 1);
                }
            }
        }
    });
}

#[test]
fn every_relative_offset() {
    on_every_engine(|engine| {
        let mut bytes = Bytes(4);
        let mut pair = Pair::new(engine, &bytes.memory());
        for base in [0x0c, 0x0d, 0x0e, 0x12, 0x13] {
            for modes in (0..8).map(|modes| modes << 5) {
                for pc in [0x0000, 0x0001, 0x007f, 0x0080, 0x0100, 0xff7f, 0xff80, 0xfffe, 0xffff] {
                    for offset in (0..=255).step_by(STRIDE) {
                        let mut stacks = [bytes.stack(0x20), bytes.stack(0x20)];
                        stacks.iter_mut().for_each(|stack| stack.push(offset));
                        pair.set_stacks(&stacks[0], &stacks[1]);
                        place(&mut pair, pc, base | modes, [0; 2]);
                        check(&mut pair, 1);
                    }
                }
                check_memory(&pair, base | modes);
            }
        }
    });
}

#[test]
fn every_zero_page_address() {
    on_every_engine(|engine| {
        let mut bytes = Bytes(5);
        let mut pair = Pair::new(engine, &bytes.memory());
        for base in [0x10, 0x11] {
            for modes in (0..8).map(|modes| modes << 5) {
                for address in 0..=255 {
                    let mut stacks = [bytes.stack(0x20), bytes.stack(0x20)];
                    stacks.iter_mut().for_each(|stack| stack.push(address));
                    pair.set_stacks(&stacks[0], &stacks[1]);
                    place(&mut pair, 0x0100, base | modes, [0; 2]);
                    check(&mut pair, 1);
                }
                check_memory(&pair, base | modes);
            }
        }
    });
}

#[test]
fn absolute_addresses_around_the_instruction_and_the_end_of_memory() {
    on_every_engine(|engine| {
        let mut bytes = Bytes(6);
        let mut pair = Pair::new(engine, &bytes.memory());
        for base in [0x0c, 0x0d, 0x0e, 0x14, 0x15] {
            for modes in (0..8).map(|modes| modes << 5) {
                for pc in [0x0100, 0xfffe, 0xffff] {
                    for address in
                        [0xfff8..=0xffff, 0..=8, 0xf8..=0x108, 0x7ff8..=0x8008].into_iter().flatten()
                    {
                        let mut stacks = [bytes.stack(0x20), bytes.stack(0x20)];
                        for stack in &mut stacks {
                            u16::to_be_bytes(address).into_iter().for_each(|byte| stack.push(byte));
                        }
                        pair.set_stacks(&stacks[0], &stacks[1]);
                        place(&mut pair, pc, base | modes, [0; 2]);
                        check(&mut pair, 1);
                    }
                }
                check_memory(&pair, base | modes);
            }
        }
    });
}

#[test]
fn immediate_jumps_by_every_edge_distance() {
    on_every_engine(|engine| {
        let mut bytes = Bytes(7);
        let mut pair = Pair::new(engine, &bytes.memory());
        for opcode in [0x20, 0x40, 0x60] {
            for pc in [0x0000, 0x0100, 0x7fff, 0xfffa, 0xfffb, 0xfffc, 0xfffd, 0xfffe, 0xffff] {
                for high in EDGE_BYTES {
                    for low in (0..=255).step_by(STRIDE) {
                        for condition in [0, 1, 0x80] {
                            let mut wst = bytes.stack(0x20);
                            wst.push(condition);
                            pair.set_stacks(&wst, &bytes.stack(0xfe));
                            place(&mut pair, pc, opcode, [high, low]);
                            check(&mut pair, 1);
                        }
                    }
                }
            }
            check_memory(&pair, opcode);
        }
    });
}

/// Ports that are not known when code is compiled are the interpreter's.
#[test]
#[cfg_attr(feature = "eager", ignore)]
fn every_port() {
    on_every_engine(|engine| {
        let mut bytes = Bytes(8);
        let mut pair = Pair::new(engine, &bytes.memory());
        for base in [0x16, 0x17] {
            for modes in (0..8).map(|modes| modes << 5) {
                for port in 0..=255 {
                    for pointer in [0, 1, 2, 3, 0x80, 0xfe, 0xff] {
                        for (pc, fuel) in [(0x0100, 1), (0x0100, 2), (0x0100, 40), (0xffff, 2), (0xffff, 3)] {
                            let value = bytes.next() >> (port & 7);
                            let mut stacks = [bytes.stack(pointer), bytes.stack(pointer.wrapping_add(0x70))];
                            for stack in &mut stacks {
                                stack.ptr = stack.ptr.wrapping_sub(3);
                                [bytes.next(), value, port].into_iter().for_each(|byte| stack.push(byte));
                            }
                            pair.set_stacks(&stacks[0], &stacks[1]);
                            place(&mut pair, pc, base | modes, [0; 2]);
                            check(&mut pair, fuel);
                        }
                    }
                }
            }
        }
    });
}

/// Evaluates an operation on many operands at once: each gets its literal, and the results pile up.
fn batch(pair: &mut Pair, opcode: u8, operands: &[[u8; 4]]) {
    let ret = opcode & 0x40;
    let short = opcode & 0x20 != 0;
    let mut address = 0x0100;
    let mut emit = |byte: u8| {
        pair.set_ram(address, byte);
        address += 1;
    };
    for &[a, b, c, d] in operands {
        let shift = opcode & 0x1f == 0x1f;
        let literals: &[u8] = match (short, shift) {
            (false, _) => &[0xa0 | ret, c, d],
            (true, true) => &[0xa0 | ret, a, b, 0x80 | ret, d],
            (true, false) => &[0xa0 | ret, a, b, 0xa0 | ret, c, d],
        };
        literals.iter().for_each(|&byte| emit(byte));
        emit(opcode);
    }
    emit(0);
    pair.set_pc(0x0100);
    match pair.run(1000, Depth::Registers) {
        Ok(stop) => assert_eq!(stop, Stop::Brk),
        Err(what) => panic!("{} on some of {operands:02x?}: {what}", oracle::name(opcode)),
    }
}

/// The opcodes of two operands that only compute: `NIP` to `LTH` and `ADD` to `SFT`.
const BINARY: [u8; 16] =
    [0x03, 0x04, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f];

#[test]
fn every_pair_of_bytes() {
    on_every_engine(|engine| {
        let mut pair = Pair::new(engine, &Cpu::new());
        for base in BINARY {
            for modes in [0x00, 0x40, 0x80, 0xc0] {
                for a in (0..=255).step_by(STRIDE) {
                    let operands: Vec<_> = (0..=255).map(|b| [0, 0, a, b]).collect();
                    for part in operands.chunks(32) {
                        batch(&mut pair, base | modes, part);
                    }
                }
                check_memory(&pair, base | modes);
            }
        }
    });
}

#[test]
fn pairs_of_edge_shorts() {
    const EDGES: [u16; 27] = [
        0, 1, 2, 3, 0x0f, 0x10, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x100, 0x101, 0x1ff, 0x200, 0xff0, 0x1234,
        0x7f80, 0x7fff, 0x8000, 0x8001, 0x80ff, 0xaaaa, 0xff00, 0xff01, 0xfffe, 0xffff,
    ];
    on_every_engine(|engine| {
        let mut pair = Pair::new(engine, &Cpu::new());
        for base in BINARY {
            for modes in [0x20, 0x60, 0xa0, 0xe0] {
                for a in EDGES {
                    let [a_high, a_low] = a.to_be_bytes();
                    let operands: Vec<_> = if base == 0x1f {
                        (0..=255).map(|shift| [a_high, a_low, 0, shift]).collect()
                    } else {
                        EDGES.map(|b| [a_high, a_low, b.to_be_bytes()[0], b.to_be_bytes()[1]]).to_vec()
                    };
                    for part in operands.chunks(16) {
                        batch(&mut pair, base | modes, part);
                    }
                }
                check_memory(&pair, base | modes);
            }
        }
    });
}

#[test]
fn no_fuel_does_nothing() {
    on_every_engine(|engine| {
        let mut setup = Cpu::new();
        setup.pc = 0x1234;
        let mut pair = Pair::new(engine, &setup);
        assert_eq!(pair.run(0, Depth::Full), Ok(Stop::Fuel));
        assert_eq!(pair.run(1, Depth::Full), Ok(Stop::Brk));
    });
}
