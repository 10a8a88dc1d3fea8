//! File (0xa0, 0xb0): two devices that read, write, list and delete what a [`Storage`] keeps.
//!
//! Reads and writes go on where the last one ended, so each device remembers a path and a place in it; nothing
//! is open in the storage. Where a file vanishes, the transfer fails and the next one opens the name again; only
//! appending creates it anew.

mod memory;
mod path;
mod storage;

use std::ffi::CStr;

use super::Edition;
use crate::uxn::{RAM_SIZE, Uxn};

pub use memory::{Memory, Node, Quota};
pub use path::{FilePath, MAX_DEPTH, MAX_NAME, MAX_PATH};
pub use storage::{Entry, Stat, Storage, StorageError};

pub(super) const BASE: u8 = 0xa0;
pub(super) const BASE_2: u8 = 0xb0;
const SUCCESS: u8 = 0x02;
const STAT: u8 = 0x04;
const STAT_LOW: u8 = STAT + 1;
const DELETE: u8 = 0x06;
const APPEND: u8 = 0x07;
const NAME: u8 = 0x08;
const NAME_LOW: u8 = NAME + 1;
const LENGTH: u8 = 0x0a;
const READ: u8 = 0x0c;
const READ_LOW: u8 = READ + 1;
const WRITE: u8 = 0x0e;
const WRITE_LOW: u8 = WRITE + 1;

/// The most bytes of a name that are looked at: more than a path has, as `.` and `..` take room.
const MAX_RAW_NAME: usize = 4 * MAX_PATH;
/// What an operation costs by itself.
const FUEL_PER_OPERATION: u32 = 64;
/// What it costs to find a name in the storage, or to add it or take it away there, among thousands.
const FUEL_PER_SEARCH: u32 = 192;
/// Bytes that are read or written for a unit of fuel. Memory for a new file has to come from the host.
const BYTES_PER_FUEL: usize = 16;
/// What an entry of a listing costs.
const FUEL_PER_ENTRY: u32 = 32;
/// What a byte of a name costs whenever the name is read. Each second one may be a directory.
const FUEL_PER_NAME_BYTE: u32 = 2;

/// Whether a write to a port of File does more than to leave its byte there.
pub(super) const fn acts_on(port: u8) -> bool {
    matches!(port & 0x0f, NAME_LOW | STAT_LOW | DELETE | READ_LOW | WRITE_LOW)
}

/// Both devices.
pub(super) struct Files {
    devices: [File; 2],
    pub storage: Box<dyn Storage>,
    /// Whether the program has named a file.
    pub used: bool,
}

#[derive(Default)]
struct File {
    name: Option<Name>,
    state: State,
}

enum Name {
    /// Its address: it is read when it is needed.
    At(u16),
    /// What stood there.
    Copied(Vec<u8>),
}

#[derive(Default)]
enum State {
    #[default]
    Idle,
    Reading {
        path: FilePath,
        offset: u64,
    },
    Writing {
        path: FilePath,
        /// None behind whatever the file contains.
        offset: Option<u64>,
    },
    Listing {
        text: Vec<u8>,
        offset: usize,
    },
}

/// A name as the program gave it.
struct Target {
    path: FilePath,
    /// It ends in `/`: only a directory can be meant.
    is_directory: bool,
}

impl Files {
    pub fn new(storage: Box<dyn Storage>) -> Files {
        Files { devices: Default::default(), storage, used: false }
    }

    #[inline(never)]
    #[cfg_attr(feature = "blocks", optimize(size))]
    pub fn deo(&mut self, uxn: &mut Uxn, port: u8, edition: Edition) {
        let base = port & 0xf0;
        let file = &mut self.devices[usize::from(base != BASE)];
        let storage = &mut *self.storage;
        // A name is only remembered. Pages have all files in memory, and shall not fetch code that asks.
        let is_near = cfg!(target_family = "wasm") || port & 0x0f == NAME_LOW;
        let slowness = if is_near { 1 } else { storage.slowness() };
        let success = match port & 0x0f {
            NAME_LOW => {
                self.used = true;
                file.set_name(uxn, uxn.dev_short(base + NAME), edition);
                0
            }
            // Of nothing there is nothing to tell, not even that it is missing.
            STAT_LOW if file.name.is_none() => 0,
            STAT_LOW => {
                let to = range(uxn, base, STAT);
                let target = file.target(uxn);
                uxn.charge((to.len() / BYTES_PER_FUEL) as u32);
                let buffer = uxn.ram_range_mut(to);
                stat(storage, target, buffer);
                buffer.len() as u16
            }
            DELETE => edition.delete_success(file.delete(storage, uxn)),
            READ_LOW => {
                let to = range(uxn, base, READ);
                let target = if file.goes_on_reading() { None } else { file.target(uxn) };
                // All of the buffer, for the CPU looks whether there is code in it.
                uxn.charge((to.len() / BYTES_PER_FUEL) as u32);
                let (length, fuel) = file.read(storage, target, uxn.ram_range_mut(to), edition);
                uxn.charge(fuel.saturating_mul(slowness));
                length as u16
            }
            WRITE_LOW => {
                let from = range(uxn, base, WRITE);
                let target = if file.goes_on_writing() { None } else { file.target(uxn) };
                let append = uxn.dev[usize::from(base + APPEND)] == 1;
                uxn.charge((from.len() / BYTES_PER_FUEL) as u32);
                file.write(storage, target, &uxn.ram()[from], append)
            }
            _ => return,
        };
        uxn.charge(FUEL_PER_OPERATION.saturating_mul(slowness));
        uxn.set_dev_short(base + SUCCESS, success);
    }
}

/// The bytes of memory that an operation concerns: as many as File/length says, up to the end of memory.
fn range(uxn: &Uxn, base: u8, address: u8) -> std::ops::Range<usize> {
    let start = usize::from(uxn.dev_short(base + address));
    let length = usize::from(uxn.dev_short(base + LENGTH));
    start..(start + length).min(RAM_SIZE)
}

/// The zero-terminated bytes at an address; memory ends them too. One more than [`MAX_RAW_NAME`] at most.
fn name_at(uxn: &Uxn, address: u16) -> &[u8] {
    let bytes = &uxn.ram()[usize::from(address)..];
    let bytes = &bytes[..bytes.len().min(MAX_RAW_NAME + 1)];
    // Finds the zero faster than a loop.
    CStr::from_bytes_until_nul(bytes).map_or(bytes, CStr::to_bytes)
}

impl File {
    fn set_name(&mut self, uxn: &mut Uxn, address: u16, edition: Edition) {
        self.state = State::Idle;
        self.name = Some(if edition.names_are_copied() {
            let name = name_at(uxn, address).to_vec();
            uxn.charge(name.len() as u32 * FUEL_PER_NAME_BYTE);
            Name::Copied(name)
        } else {
            Name::At(address)
        });
    }

    /// What the name stands for now, if that is a path. Needed only where nothing goes on.
    #[inline(never)]
    #[cfg_attr(feature = "blocks", optimize(size))]
    fn target(&self, uxn: &mut Uxn) -> Option<Target> {
        let name = match self.name.as_ref()? {
            Name::At(address) => name_at(uxn, *address),
            Name::Copied(name) => name,
        };
        let path = if name.len() <= MAX_RAW_NAME { FilePath::parse(name) } else { None };
        let (length, is_directory) = (name.len(), name.ends_with(b"/"));
        uxn.charge(FUEL_PER_SEARCH + length as u32 * FUEL_PER_NAME_BYTE);
        Some(Target { path: path?, is_directory })
    }

    fn goes_on_reading(&self) -> bool {
        matches!(self.state, State::Reading { .. } | State::Listing { .. })
    }

    fn goes_on_writing(&self) -> bool {
        matches!(self.state, State::Writing { .. })
    }

    /// Whether there was a file to delete. Directories stay.
    fn delete(&mut self, storage: &mut dyn Storage, uxn: &mut Uxn) -> bool {
        self.state = State::Idle;
        let target = self.target(uxn).filter(|target| !target.is_directory);
        target.is_some_and(|target| storage.delete(&target.path).is_ok())
    }

    /// How many bytes were read, and what that costs beside the buffer.
    #[inline(never)]
    #[cfg_attr(feature = "blocks", optimize(size))]
    fn read(
        &mut self,
        storage: &mut dyn Storage,
        target: Option<Target>,
        buffer: &mut [u8],
        edition: Edition,
    ) -> (usize, u32) {
        let mut fuel = 0;
        if !self.goes_on_reading() {
            let Some(target) = target else {
                self.state = State::Idle;
                return (0, fuel);
            };
            self.state = open(storage, target, edition, &mut fuel);
        }
        let length = match &mut self.state {
            State::Reading { path, offset } => {
                let length = storage.read(path, *offset, buffer).unwrap_or(0);
                *offset += length as u64;
                if length == 0 && !buffer.is_empty() {
                    self.state = State::Idle;
                }
                length
            }
            State::Listing { text, offset } => {
                let rest = &text[*offset..];
                let length = whole_lines(rest, buffer.len());
                buffer[..length].copy_from_slice(&rest[..length]);
                if let Some(end) = buffer.get_mut(length) {
                    *end = 0;
                }
                *offset += length;
                if rest.is_empty() && !buffer.is_empty() {
                    self.state = State::Idle;
                }
                length
            }
            State::Idle | State::Writing { .. } => 0,
        };
        (length, fuel)
    }

    /// File/success after a write.
    #[inline(never)]
    #[cfg_attr(feature = "blocks", optimize(size))]
    fn write(
        &mut self,
        storage: &mut dyn Storage,
        target: Option<Target>,
        bytes: &[u8],
        append: bool,
    ) -> u16 {
        let length = bytes.len() as u64;
        let written = if let State::Writing { path, offset } = &mut self.state {
            match offset {
                Some(offset) => storage.write(path, *offset, bytes).inspect(|()| *offset += length),
                None => append_to(storage, path, bytes),
            }
        } else {
            self.state = State::Idle;
            let Some(Target { path, is_directory }) = target else { return 0 };
            if is_directory {
                return u16::from(storage.create_directory(&path).is_ok());
            }
            let written = match append {
                true => append_to(storage, &path, bytes),
                false => storage.replace(&path, bytes),
            };
            self.state = State::Writing { path, offset: (!append).then_some(length) };
            written
        };
        if written.is_err() {
            self.state = State::Idle;
            return 0;
        }
        length as u16
    }
}

/// Starts to read a file or a directory.
fn open(storage: &mut dyn Storage, target: Target, edition: Edition, fuel: &mut u32) -> State {
    match storage.stat(&target.path) {
        Ok(Stat::File(_)) if !target.is_directory => State::Reading { path: target.path, offset: 0 },
        Ok(Stat::Directory) => {
            let entries = storage.list(&target.path).unwrap_or_default();
            *fuel = (entries.len() as u32).saturating_mul(FUEL_PER_ENTRY);
            let has_parent = edition.listings_have_parents() && !target.path.is_root();
            let parent = has_parent.then(|| Entry { name: b"..".to_vec(), size: None });
            let text = listing(parent.iter().chain(&entries), edition);
            State::Listing { text, offset: 0 }
        }
        _ => State::Idle,
    }
}

/// Writes behind the end of a file, which is created where there is none.
fn append_to(storage: &mut dyn Storage, path: &FilePath, bytes: &[u8]) -> Result<(), StorageError> {
    match storage.stat(path) {
        Ok(Stat::File(size)) => storage.write(path, size, bytes),
        Ok(Stat::Directory) => Err(StorageError::WrongKind),
        Err(_) => storage.replace(path, bytes),
    }
}

/// A line for each entry: size, separator, name, and `/` behind the name of a directory.
fn listing<'a>(entries: impl Iterator<Item = &'a Entry>, edition: Edition) -> Vec<u8> {
    let mut text = Vec::new();
    for Entry { name, size } in entries {
        let mut column = [b'-'; 4];
        if let Some(size) = size {
            digits(*size, &mut column);
        }
        text.extend(column);
        text.push(edition.listing_separator());
        text.extend(name);
        text.extend(if size.is_none() { b"/\n".as_slice() } else { b"\n" });
    }
    text
}

/// The length of the lines that fit whole.
fn whole_lines(text: &[u8], room: usize) -> usize {
    let fitting = &text[..text.len().min(room)];
    fitting.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1)
}

/// Fills a buffer with what is known of a file.
fn stat(storage: &mut dyn Storage, target: Option<Target>, buffer: &mut [u8]) {
    let stat = target.and_then(|target| {
        let stat = storage.stat(&target.path).ok()?;
        (stat == Stat::Directory || !target.is_directory).then_some(stat)
    });
    match stat {
        Some(Stat::File(size)) => digits(size, buffer),
        Some(Stat::Directory) => buffer.fill(b'-'),
        None => buffer.fill(b'!'),
    }
}

/// A number in hexadecimal, over the whole buffer; `?` where it does not fit.
fn digits(mut number: u64, buffer: &mut [u8]) {
    buffer.fill(b'0');
    for digit in buffer.iter_mut().rev() {
        if number == 0 {
            return;
        }
        *digit = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
    }
    if number > 0 {
        buffer.fill(b'?');
    }
}
