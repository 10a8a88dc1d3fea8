//! Expansion memory: 15 banks behind main memory, and the operations of System/expansion on all 16.
//!
//! Bank 0 is main memory. An operation that runs over the end of a bank goes on in the next one; behind
//! bank 15 there is nothing.

use std::fmt;
use std::ops::Range;

use super::Edition;
use crate::uxn::{RAM_SIZE, RESET, Uxn};

const BANKS: usize = 16;
/// Bytes in all banks.
const SIZE: usize = BANKS * RAM_SIZE;

/// Bytes that are filled for a unit of fuel.
const FILLED_PER_FUEL: usize = 64;
/// Bytes that are copied for a unit of fuel, if many are at once: each is read and written twice.
const MOVED_PER_FUEL: usize = 32;
/// Bytes that are copied at once. For more, memory would have to come from the host, which takes ten times as long.
const CHUNK: usize = 1024;
/// What an operation costs by itself.
const FUEL_PER_OPERATION: u32 = 4;

/// A record that System/expansion points to.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Fill { length: u16, to: Place, value: u8 },
    CopyLeft { length: u16, from: Place, to: Place },
    CopyRight { length: u16, from: Place, to: Place },
}

#[derive(Clone, Copy)]
pub(super) struct Place {
    bank: u16,
    address: u16,
}

impl Place {
    /// The offset from the start of bank 0, if there is such a bank.
    fn offset(self) -> Option<usize> {
        let bank = usize::from(self.bank);
        (bank < BANKS).then(|| bank * RAM_SIZE + usize::from(self.address))
    }
}

/// A record whose first byte names no operation.
pub(super) struct UnknownOperation {
    code: u8,
    address: u16,
}

impl fmt::Display for UnknownOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "System/expansion: unknown operation {:02x} at {:04x}", self.code, self.address)
    }
}

impl Operation {
    /// The record at an address. Its bytes wrap from 0xffff to 0.
    pub fn read(uxn: &Uxn, address: u16) -> Result<Operation, UnknownOperation> {
        let short = |offset| uxn.ram_short(address.wrapping_add(offset));
        let place = |offset| Place { bank: short(offset), address: short(offset + 2) };
        let code = uxn.ram()[usize::from(address)];
        let length = short(1);
        match code {
            0x00 => Ok(Operation::Fill { length, to: place(3), value: short(7).to_be_bytes()[0] }),
            0x01 => Ok(Operation::CopyLeft { length, from: place(3), to: place(7) }),
            0x02 => Ok(Operation::CopyRight { length, from: place(3), to: place(7) }),
            _ => Err(UnknownOperation { code, address }),
        }
    }
}

/// Banks 1 to 15.
pub(super) struct Banks(Vec<u8>);

impl Default for Banks {
    fn default() -> Self {
        Banks(vec![0; SIZE - RAM_SIZE])
    }
}

impl Banks {
    /// Copies what of a ROM lies behind main memory.
    pub fn load(&mut self, rom: &[u8]) {
        let rest = rom.get(RAM_SIZE - usize::from(RESET)..).unwrap_or_default();
        let length = rest.len().min(self.0.len());
        self.0[..length].copy_from_slice(&rest[..length]);
    }

    /// A bank from 1 on.
    pub fn bank(&self, number: usize) -> Option<&[u8]> {
        self.0.chunks(RAM_SIZE).nth(number.checked_sub(1)?)
    }

    /// The bytes from an address of main memory on, across the border to bank 1.
    pub fn bytes<const N: usize>(&self, uxn: &Uxn, address: u16) -> [u8; N] {
        let start = usize::from(address);
        match uxn.ram()[start..].first_chunk() {
            Some(bytes) => *bytes,
            None => std::array::from_fn(|index| self.byte(uxn, start + index)),
        }
    }

    /// Does nothing if a bank does not exist.
    #[inline(never)]
    #[cfg_attr(feature = "blocks", optimize(size))]
    pub fn perform(&mut self, uxn: &mut Uxn, operation: Operation, edition: Edition) {
        uxn.charge(FUEL_PER_OPERATION);
        match operation {
            Operation::Fill { length, to, value } => {
                let Some(to) = to.offset() else { return };
                let length = usize::from(length).min(SIZE - to);
                let (main, banks) = split(to, length);
                uxn.ram_range_mut(main).fill(value);
                self.0[banks].fill(value);
                uxn.charge((length / FILLED_PER_FUEL) as u32);
            }
            Operation::CopyLeft { length, from, to } | Operation::CopyRight { length, from, to } => {
                let (Some(from), Some(to)) = (from.offset(), to.offset()) else { return };
                let length = usize::from(length).min(SIZE - from).min(SIZE - to);
                if edition.copies_are_moves() {
                    self.move_bytes(uxn, from, to, length);
                    uxn.charge((length / MOVED_PER_FUEL) as u32);
                    return;
                }
                let is_left = matches!(operation, Operation::CopyLeft { .. });
                for index in 0..length {
                    let index = if is_left { index } else { length - 1 - index };
                    self.copy_byte(uxn, from + index, to + index);
                }
                uxn.charge(length as u32);
            }
        }
    }

    /// In chunks, from the end that is written to before it would be read.
    fn move_bytes(&mut self, uxn: &mut Uxn, from: usize, to: usize, length: usize) {
        let mut buffer = [0; CHUNK];
        let chunks = length.div_ceil(CHUNK);
        for index in 0..chunks {
            let start = CHUNK * if to <= from { index } else { chunks - 1 - index };
            let bytes = &mut buffer[..CHUNK.min(length - start)];
            let (main, banks) = split(from + start, bytes.len());
            let (first, second) = bytes.split_at_mut(main.len());
            first.copy_from_slice(&uxn.ram()[main]);
            second.copy_from_slice(&self.0[banks]);
            let (main, banks) = split(to + start, bytes.len());
            let (first, second) = bytes.split_at(main.len());
            uxn.ram_range_mut(main).copy_from_slice(first);
            self.0[banks].copy_from_slice(second);
        }
    }

    fn copy_byte(&mut self, uxn: &mut Uxn, from: usize, to: usize) {
        let byte = self.byte(uxn, from);
        match to.checked_sub(RAM_SIZE) {
            None => uxn.ram_range_mut(to..to + 1)[0] = byte,
            Some(to) => self.0[to] = byte,
        }
    }

    fn byte(&self, uxn: &Uxn, offset: usize) -> u8 {
        match offset.checked_sub(RAM_SIZE) {
            None => uxn.ram()[offset],
            Some(offset) => self.0[offset],
        }
    }
}

/// The parts of a range of all banks that lie in main memory, and in the banks behind it.
fn split(start: usize, length: usize) -> (Range<usize>, Range<usize>) {
    let end = start + length;
    let banks = start.max(RAM_SIZE) - RAM_SIZE..end.max(RAM_SIZE) - RAM_SIZE;
    (start.min(RAM_SIZE)..end.min(RAM_SIZE), banks)
}
