//! Compiled code in a machine: what is hot, which code is compiled, and what becomes of it when it is written to.
//!
//! The interpreter counts, for each address, how often control jumps there. What is hot waits in a queue until the host
//! takes it, has it compiled, and links the functions. From then on a jump to one of their entries goes into the
//! compiled code. Each byte that it was made from is marked; a store to a marked byte unlinks what covers it.
//!
//! All of this is seldom, so it is optimised for its size: the emulator has to stay below the size up to which Firefox
//! optimises it early (`xtask/src/wasm.rs`).

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
/// How many times the heat that an address needs is doubled. At 512 times as many jumps the interpreter has taken longer
/// there than the compiler will.
const MAX_DOUBLINGS: u8 = 9;
/// At most so many units are linked. What is hot after that stays with the interpreter.
const UNITS: usize = 1024;
/// How many times an opcode is patched before it is the interpreter's.
const PATCHES: u8 = 3;
/// The fuel that the machine uses while a unit is linked, for each jump that makes an address hot, after which the unit was
/// worth its making: with 400 jumps 3.3 million, some ten milliseconds.
const WORTH: u32 = 1 << 13;
/// The fuel, for each jump that makes an address hot, after which the machine forgets what it has learnt about code that
/// changes: with 400 jumps 210 million, about a second.
const SEASON: u32 = 1 << 19;
/// The marks' bits that count patches.
const PATCH_COUNT: u8 = 0x0f;

/// How often an address was asked for.
#[derive(Clone, Copy, Default)]
struct Attempts {
    /// How many times the heat that it needs is doubled.
    doublings: u8,
    /// How many times it has become hot since it was last asked for.
    passes: u16,
}

/// A unit that is linked.
struct Linked {
    description: Description,
    /// [`Blocks::age`] when it was linked.
    since: u32,
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
    /// How often units were asked for, by address, as long as some may be.
    attempts: Vec<Attempts>,
    /// The fuel that the machine has used, modulo 2³². It stands still during a run.
    pub(super) age: u32,
    /// The age at which the season began.
    season: u32,
    /// The table's indices that are free again.
    retired: Vec<u16>,
}

impl Blocks {
    /// Whether a hot address is to be asked for. The more often that was so, the more heat it needs: code that changes all
    /// the time cannot keep the compiler at work.
    fn is_due(&mut self, address: usize) -> bool {
        let attempts = &mut self.attempts[address];
        attempts.passes += 1;
        if attempts.passes < 1 << attempts.doublings {
            return false;
        }
        *attempts = Attempts { doublings: (attempts.doublings + 1).min(MAX_DOUBLINGS), passes: 0 };
        true
    }

    /// Whether so much fuel was used since an age that a unit has been worth its making.
    fn is_worth(&self, since: u32) -> bool {
        self.has_passed(since, WORTH)
    }

    fn has_passed(&self, since: u32, fuel: u32) -> bool {
        let threshold = u32::from(self.threshold.unwrap_or(NEVER));
        self.age.wrapping_sub(since) >= threshold.saturating_mul(fuel)
    }
}

impl Uxn {
    /// Lets code that is jumped to `threshold` times (1 to 32,766) be compiled, or, with `None`, none at all. What was
    /// linked is unlinked.
    #[optimize(size)]
    pub fn set_hot(&mut self, threshold: Option<u16>) {
        self.forget_blocks();
        self.blocks.threshold = threshold.map(|threshold| threshold.clamp(1, NEVER - 1));
        self.map.fill(if threshold.is_some() { 0 } else { NEVER });
        self.marks.fill(0);
        let size = if threshold.is_some() { RAM_SIZE } else { 0 };
        self.blocks.covers = vec![0; size];
        self.blocks.attempts = vec![Attempts::default(); size];
        self.blocks.hot.clear();
        self.blocks.asked.clear();
        self.blocks.season = self.blocks.age;
    }

    /// What has become hot, in order: loops begin before those inside them. The host has it compiled and links what comes
    /// of it before it asks again. What is part of another's unit may be left out.
    #[optimize(size)]
    pub fn take_hot(&mut self) -> Vec<u16> {
        let mut hot = std::mem::take(&mut self.blocks.hot);
        hot.retain(|&address| self.map[usize::from(address)] & COMPILED == 0);
        self.blocks.asked.clone_from(&hot);
        if self.blocks.has_passed(self.blocks.season, SEASON) {
            self.forget_learnt();
        }
        hot
    }

    /// Forgets what was learnt about code that changes, as other code may be there by now: which bytes are variables, but for
    /// those that linked units write to without looking, and where the compiler was asked in vain.
    #[inline(never)]
    #[optimize(size)]
    fn forget_learnt(&mut self) {
        self.blocks.season = self.blocks.age;
        for entry in &mut self.map {
            if *entry == NEVER {
                *entry = 0;
            }
        }
        // What waits is not counted.
        for &address in self.blocks.hot.iter().chain(&self.blocks.asked) {
            let entry = &mut self.map[usize::from(address)];
            if *entry & COMPILED == 0 {
                *entry = NEVER;
            }
        }
        self.marks.iter_mut().for_each(|mark| *mark &= CODE);
        for &address in self.blocks.units.iter().flat_map(|linked| &linked.description.data) {
            self.marks[usize::from(address)] |= DATA;
        }
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
    #[optimize(size)]
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
    #[optimize(size)]
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
        let since = self.blocks.age;
        self.blocks.units.push(Linked { description, since, slots: slots.to_vec() });
        true
    }

    /// Unlinks what memory does not hold any more, as a program begins again: what was learnt about the last one is
    /// forgotten.
    #[optimize(size)]
    pub(super) fn review_blocks(&mut self) {
        let ram = *self.ram();
        self.unlink(&|linked| {
            linked.description.code.iter().any(|&(address, byte)| ram[usize::from(address)] != byte)
        });
        if self.blocks.threshold.is_some() {
            self.blocks.attempts.fill(Attempts::default());
            self.forget_learnt();
        }
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
    #[optimize(size)]
    pub(super) fn heat(&mut self, address: usize) {
        let Some(threshold) = self.blocks.threshold else { return };
        let entry = &mut self.map[address];
        *entry += 1;
        if *entry < threshold {
            return;
        }
        if self.blocks.units.len() >= UNITS {
            *entry = NEVER;
        } else if self.blocks.hot.len() >= QUEUE || !self.blocks.is_due(address) {
            *entry = 0;
        } else {
            *entry = NEVER;
            let hot = &mut self.blocks.hot;
            hot.insert(hot.partition_point(|&other| usize::from(other) < address), address as u16);
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

    #[optimize(size)]
    fn patch(&mut self, address: u16) {
        let blocks = &self.blocks;
        let covering = || blocks.units.iter().filter(|linked| linked.description.covers(address));
        let literal = covering().any(|linked| linked.description.has_literal(address));
        // Where units are worth their making, one program follows another, rather than an opcode.
        let counts = covering().any(|linked| !blocks.is_worth(linked.since));
        self.unlink(&|linked| linked.description.covers(address));
        let mark = &mut self.marks[usize::from(address)];
        *mark += u8::from(counts);
        if literal || *mark & PATCH_COUNT >= PATCHES {
            *mark = *mark & !PATCH_COUNT | DATA;
        }
    }

    /// A device is about to write to a range of memory.
    #[inline(never)]
    pub(super) fn overwritten(&mut self, range: Range<usize>) {
        // Eight at a time: the range may be all of memory, and the program pays little for it.
        let (eights, rest) = self.marks[range.clone()].as_chunks::<8>();
        const CODES: u64 = u64::from_ne_bytes([CODE; 8]);
        if eights.iter().any(|&eight| u64::from_ne_bytes(eight) & CODES != 0)
            || rest.iter().any(|mark| mark & CODE != 0)
        {
            self.unlink(&|linked| linked.description.covers_any(&range));
        }
    }

    /// What is hot, or was asked for last, and part of a unit need not be compiled by itself, unless it becomes hot again.
    #[optimize(size)]
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
    #[optimize(size)]
    fn unlink(&mut self, which: &dyn Fn(&Linked) -> bool) {
        for index in (0..self.blocks.units.len()).rev() {
            if !which(&self.blocks.units[index]) {
                continue;
            }
            let linked = self.blocks.units.swap_remove(index);
            let was_worth = self.blocks.is_worth(linked.since);
            for (&entry, &slot) in linked.description.entries.iter().zip(&linked.slots) {
                if self.map[usize::from(entry)] == COMPILED | slot {
                    self.map[usize::from(entry)] = 0;
                }
            }
            for &(address, _) in &linked.description.code {
                if was_worth {
                    self.blocks.attempts[usize::from(address)] = Attempts::default();
                }
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
