//! Compiled code in a machine: what is hot, which code is compiled, and what becomes of it when it is written to.
//!
//! The interpreter counts, for each address, how often control jumps there. What is hot waits in a queue until the host
//! takes it, has it compiled, and links the functions. From then on a jump to one of their entries goes into the
//! compiled code. Each byte that it was made from is marked; a store to a marked byte unlinks what covers it.

use std::ops::Range;

use super::unit::{CODE, DATA, Description, Snapshot};
use super::{RAM_SIZE, Uxn};

/// What the machine knows of an address to which control may jump: a count of how often it did, or one of these.
pub(super) type Entry = u16;
/// Nothing is counted: compiled code is not wanted here.
pub(super) const NEVER: Entry = 0x7fff;
/// The bit of an entry that is compiled. The others are its function's index in the table.
pub(super) const COMPILED: Entry = 0x8000;

/// Hot addresses that wait at most. Further ones are counted once more.
const QUEUE: usize = 64;
/// A unit is at most so often made for the same address.
const ATTEMPTS: u8 = 8;
/// At most so many units are linked. What is hot after that stays with the interpreter.
const UNITS: usize = 1024;
/// An opcode that was patched so often is not compiled again.
const PATCHES: u8 = 3;
/// The marks' bits that count patches.
const PATCH_COUNT: u8 = 0x0f;

/// A unit that is linked.
struct Linked {
    description: Description,
    /// The table's indices of its functions.
    slots: Vec<u16>,
}

/// The compiled code of a machine.
#[derive(Default)]
pub(super) struct Blocks {
    /// Jumps to an address that make it hot.
    threshold: Option<Entry>,
    /// Hot addresses, in order.
    hot: Vec<u16>,
    /// Hot addresses that the host has taken last.
    asked: Vec<u16>,
    units: Vec<Linked>,
    /// How many units were made from each byte of memory, as long as some may be.
    covers: Vec<u16>,
    /// How often a unit was asked for, by address.
    attempts: Vec<(u16, u8)>,
    /// The table's indices that are free again.
    retired: Vec<u16>,
}

impl Uxn {
    /// Lets code that is jumped to `threshold` times (1 to 32,766) be compiled, or, with `None`, none at all. What was
    /// linked is unlinked.
    pub fn set_hot(&mut self, threshold: Option<u16>) {
        self.forget_blocks();
        self.blocks.attempts.clear();
        self.blocks.threshold = threshold.map(|threshold| threshold.clamp(1, NEVER - 1));
        self.map.fill(if threshold.is_some() { 0 } else { NEVER });
        self.marks.fill(0);
        self.blocks.covers = vec![0; if threshold.is_some() { RAM_SIZE } else { 0 }];
        self.blocks.hot.clear();
        self.blocks.asked.clear();
    }

    /// What has become hot, in order: loops begin before those inside them. The host has it compiled and links what comes
    /// of it before it asks again. What is part of another's unit may be left out.
    pub fn take_hot(&mut self) -> Vec<u16> {
        let mut hot = std::mem::take(&mut self.blocks.hot);
        hot.retain(|&address| self.map[usize::from(address)] & COMPILED == 0);
        self.blocks.asked.clone_from(&hot);
        hot
    }

    /// Memory and marks for the compiler.
    pub fn snapshot(&self) -> Snapshot<'_> {
        let address = |part: *const u8| part as usize as u32;
        Snapshot {
            ram: self.ram(),
            marks: &self.marks,
            ports: self.ports,
            machine: address(std::ptr::from_ref(self).cast()),
            ram_address: address(self.ram.as_ptr()),
            marks_address: address(self.marks.as_ptr()),
            dev_address: address(self.dev.as_ptr()),
            stacks: [address(self.wst.data.as_ptr()), address(self.rst.data.as_ptr())],
            counter: address((&raw const self.compiled_fuel).cast()),
        }
    }

    /// The fuel that compiled code has used, modulo 2³². A function that a device has stopped is not counted.
    pub fn compiled_fuel(&self) -> u32 {
        self.compiled_fuel
    }

    /// Links units, whose functions the host has put into the table at `slots`, one behind the other. How many still fit
    /// the memory; the slots of the others are free again.
    pub fn link_all(&mut self, units: Vec<Description>, slots: &[u16]) -> usize {
        let mut slots = slots;
        let mut linked = 0;
        for unit in units {
            let (own, others) = slots.split_at(unit.entries.len().min(slots.len()));
            slots = others;
            linked += usize::from(self.link(unit, own));
        }
        self.blocks.retired.extend(slots);
        linked
    }

    /// Links a unit, whose functions the host has put into the table at `slots`. False, and the slots are free again, if
    /// memory is not what it was made from any more, or there are too many.
    pub fn link(&mut self, description: Description, slots: &[u16]) -> bool {
        let fits = description.entries.len() == slots.len()
            && slots.iter().all(|&slot| slot < NEVER)
            && self.blocks.threshold.is_some()
            && self.blocks.units.len() < UNITS
            && description.code.iter().all(|&(address, byte)| {
                self.ram[usize::from(address)] == byte && self.marks[usize::from(address)] & DATA == 0
            });
        if !fits {
            self.blocks.retired.extend(slots);
            self.cool(&description);
            return false;
        }
        for &address in &description.data {
            if self.marks[usize::from(address)] & CODE != 0 {
                self.unlink(&|linked| linked.description.covers(address));
            }
            self.marks[usize::from(address)] |= DATA;
        }
        for &(address, _) in &description.code {
            self.marks[usize::from(address)] |= CODE;
            self.blocks.covers[usize::from(address)] += 1;
        }
        for (&address, &slot) in description.entries.iter().zip(slots) {
            let entry = &mut self.map[usize::from(address)];
            if *entry & COMPILED == 0 {
                *entry = COMPILED | slot;
            }
        }
        self.cool(&description);
        self.blocks.units.push(Linked { description, slots: slots.to_vec() });
        true
    }

    /// Unlinks what memory does not hold any more.
    pub(super) fn review_blocks(&mut self) {
        let ram = *self.ram();
        self.unlink(&|linked| {
            linked.description.code.iter().any(|&(address, byte)| ram[usize::from(address)] != byte)
        });
    }

    /// Unlinks everything, as after a change of memory from outside.
    #[inline(never)]
    pub(super) fn forget_blocks(&mut self) {
        self.unlink(&|_| true);
    }

    /// The table's indices that are free again.
    pub fn take_retired(&mut self) -> Vec<u16> {
        std::mem::take(&mut self.blocks.retired)
    }

    /// Counts a jump to an address that is not compiled.
    #[cold]
    pub(super) fn heat(&mut self, address: usize) {
        let Some(threshold) = self.blocks.threshold else { return };
        let entry = &mut self.map[address];
        *entry += 1;
        if *entry < threshold {
            return;
        }
        if self.blocks.units.len() >= UNITS {
            *entry = NEVER;
        } else if self.blocks.hot.len() >= QUEUE {
            *entry = 0;
        } else {
            *entry = NEVER;
            let address = address as u16;
            let attempts = &mut self.blocks.attempts;
            let at = attempts.iter().position(|&(other, _)| other == address).unwrap_or_else(|| {
                attempts.push((address, 0));
                attempts.len() - 1
            });
            attempts[at].1 = attempts[at].1.saturating_add(1);
            if attempts[at].1 <= ATTEMPTS {
                let hot = &mut self.blocks.hot;
                hot.insert(hot.partition_point(|&other| other < address), address);
            }
        }
    }

    /// The program has written to one byte or two, and compiled code takes one of them for constant.
    #[cold]
    #[inline(never)]
    pub(super) fn patched(&mut self, first: usize, second: usize) {
        for address in [first, second] {
            if self.marks[address] & CODE != 0 {
                self.patch(address as u16);
            }
        }
    }

    fn patch(&mut self, address: u16) {
        let literal = self.blocks.units.iter().any(|linked| linked.description.has_literal(address));
        self.unlink(&|linked| linked.description.covers(address));
        let mark = &mut self.marks[usize::from(address)];
        *mark += 1;
        if literal || *mark & PATCH_COUNT >= PATCHES {
            *mark = *mark & !PATCH_COUNT | DATA;
        }
    }

    /// A device is about to write to a range of memory.
    #[inline(never)]
    pub(super) fn overwritten(&mut self, range: Range<usize>) {
        if self.marks[range.clone()].iter().any(|mark| mark & CODE != 0) {
            self.unlink(&|linked| linked.description.covers_any(&range));
        }
    }

    /// What is hot, or was asked for last, and part of a unit need not be compiled by itself, unless it becomes hot again.
    fn cool(&mut self, unit: &Description) {
        let Blocks { hot, asked, .. } = &mut self.blocks;
        for list in [hot, asked] {
            list.retain(|&address| {
                let entry = &mut self.map[usize::from(address)];
                let covered = unit.covers(address);
                if covered && *entry & COMPILED == 0 {
                    *entry = 0;
                }
                !covered
            });
        }
    }

    #[inline(never)]
    fn unlink(&mut self, which: &dyn Fn(&Linked) -> bool) {
        for index in (0..self.blocks.units.len()).rev() {
            if !which(&self.blocks.units[index]) {
                continue;
            }
            let linked = self.blocks.units.swap_remove(index);
            for (&entry, &slot) in linked.description.entries.iter().zip(&linked.slots) {
                if self.map[usize::from(entry)] == COMPILED | slot {
                    self.map[usize::from(entry)] = 0;
                }
            }
            for &(address, _) in &linked.description.code {
                let covers = &mut self.blocks.covers[usize::from(address)];
                *covers -= 1;
                if *covers == 0 {
                    self.marks[usize::from(address)] &= !CODE;
                }
            }
            self.blocks.retired.extend(&linked.slots);
        }
    }
}
