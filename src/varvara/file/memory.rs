//! Files in memory, for hosts that keep them elsewhere or not at all.

use std::mem;
use std::ops::Range;

use super::{Entry, FilePath, Stat, Storage, StorageError};

/// How much a storage may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Bytes in all files together.
    pub bytes: u64,
    /// Files and directories together.
    pub entries: usize,
}

impl Default for Quota {
    /// 16 MiB in 4096 files and directories.
    fn default() -> Self {
        Quota { bytes: 16 << 20, entries: 4096 }
    }
}

/// A file or directory, as the host keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A file and what it contains.
    File(Vec<u8>),
    /// A directory.
    Directory,
}

impl Node {
    /// The size in bytes; a directory has none.
    pub fn size(&self) -> Option<u64> {
        match self {
            Node::File(bytes) => Some(bytes.len() as u64),
            Node::Directory => None,
        }
    }
}

/// Files in memory that remember what has changed, so that the host can keep them in its own time.
///
/// ```
/// use fantail::varvara::{FilePath, Memory, Node, Storage};
///
/// let mut files = Memory::default();
/// let path = FilePath::parse(b"notes/today.txt").unwrap();
/// files.replace(&path, b"rain")?;
/// let changes = files.take_changes();
/// assert_eq!(changes[0], (FilePath::parse(b"notes").unwrap(), Some(Node::Directory)));
/// assert_eq!(changes[1], (path, Some(Node::File(b"rain".to_vec()))));
/// assert!(files.take_changes().is_empty());
/// # Ok::<(), fantail::varvara::StorageError>(())
/// ```
#[derive(Default)]
pub struct Memory {
    /// Sorted by path; a directory has its slot before those of what it contains. One vector, searched by halving: maps
    /// and sets are several kB of the page's download. Boxes, since each new file moves those behind it.
    #[expect(clippy::vec_box, reason = "slots are moved often")]
    slots: Vec<Box<Slot>>,
    /// What the host has and the program has deleted, sorted. Bounded by the quota, as the host had it once.
    #[expect(clippy::vec_box, reason = "as above")]
    deleted: Vec<Box<FilePath>>,
    quota: Quota,
    /// Bytes in all files.
    bytes: u64,
    revision: u32,
}

/// What is known of a file or directory.
struct Slot {
    path: FilePath,
    node: Node,
    /// Whether the host has to be told.
    changed: bool,
    /// Whether the host has something there.
    saved: bool,
    /// Whether it is the host's, and not to be kept: of such there is no change but that `saved` is over.
    given: bool,
}

impl Memory {
    /// An empty storage.
    pub fn new(quota: Quota) -> Memory {
        Memory { quota, ..Memory::default() }
    }

    /// Everything there is, sorted by path, without the root.
    pub fn nodes(&self) -> impl Iterator<Item = (&FilePath, &Node)> {
        self.slots.iter().map(|slot| (&slot.path, &slot.node))
    }

    /// The file or directory at a path, unless it is the root.
    pub fn node(&self, path: &FilePath) -> Option<&Node> {
        Some(&self.slots[self.find(path).ok()?].node)
    }

    /// Where the slot of a path is, or would be.
    fn find(&self, path: &FilePath) -> Result<usize, usize> {
        self.slots.binary_search_by(|slot| slot.path.cmp(path))
    }

    /// The slots of all that is below a directory.
    #[cfg_attr(feature = "blocks", optimize(size))]
    fn below(&self, directory: &[u8]) -> Range<usize> {
        if directory.is_empty() {
            return 0..self.slots.len();
        }
        // All begin with the directory and a slash; next after the slash comes the zero.
        let bound = |last: u8| {
            let bound = [directory, &[last]].concat();
            self.slots.partition_point(|slot| slot.path.as_bytes() < &bound[..])
        };
        bound(b'/')..bound(b'/' + 1)
    }

    /// A file's contents.
    pub fn file(&self, path: &FilePath) -> Option<&[u8]> {
        match self.node(path) {
            Some(Node::File(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// How much it may hold.
    pub fn quota(&self) -> Quota {
        self.quota
    }

    /// Bytes in all files together.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A number that is another one after each change, until it comes round.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Puts a file or directory there that the host has: no change. The host's files are not measured by the quota; what
    /// is over it leaves the program no room.
    ///
    /// # Errors
    /// [`WrongKind`](StorageError::WrongKind) for a file in the place of a directory, or the other way round, and below
    /// a file.
    #[optimize(size)]
    #[inline(never)]
    pub fn restore(&mut self, path: &FilePath, node: Node) -> Result<(), StorageError> {
        let quota = mem::replace(&mut self.quota, Quota { bytes: u64::MAX, entries: usize::MAX });
        let result = match node {
            Node::File(bytes) => self.replace(path, &bytes),
            Node::Directory => self.create_directory(path),
        };
        self.quota = quota;
        result?;
        if let Ok(index) = self.find(path) {
            let slot = &mut self.slots[index];
            (slot.changed, slot.saved, slot.given) = (false, true, false);
        }
        Ok(())
    }

    /// Takes away what the host no longer has: no change, unless there is something in it that the host has. What was
    /// [given](Memory::give) stays.
    ///
    /// ```
    /// use fantail::varvara::{FilePath, Memory, Node};
    ///
    /// let mut files = Memory::default();
    /// let path = FilePath::parse(b"score").unwrap();
    /// files.restore(&path, Node::File(b"9".to_vec()))?;
    /// files.forget(&path);
    /// assert!(files.node(&path).is_none() && !files.is_changed());
    /// # Ok::<(), fantail::varvara::StorageError>(())
    /// ```
    pub fn forget(&mut self, path: &FilePath) {
        let Ok(index) = self.find(path) else { return };
        if !self.slots[index].given {
            self.slots[index].saved = false;
            self.remove(path);
        }
    }

    /// Lets the program find a file that the host does not keep. It is no change until the program writes it, and
    /// then the program's own. If the program deletes it, it is gone until it is given again.
    ///
    /// A file or directory of the program's own at this path stays as it is.
    ///
    /// ```
    /// use fantail::varvara::{FilePath, Memory, Storage};
    ///
    /// let mut files = Memory::default();
    /// let theme = FilePath::parse(b".theme").unwrap();
    /// files.give(&theme, &[0x0a, 0x6f, 0x05, 0xcf, 0x0c, 0xaf])?;
    /// assert!(files.file(&theme).is_some() && files.is_given(&theme) && !files.is_changed());
    /// files.write(&theme, 0, &[0xff])?;
    /// assert!(!files.is_given(&theme) && files.is_changed());
    /// # Ok::<(), fantail::varvara::StorageError>(())
    /// ```
    ///
    /// # Errors
    /// As [`replace`](Storage::replace).
    #[cfg_attr(feature = "blocks", optimize(size))]
    pub fn give(&mut self, path: &FilePath, bytes: &[u8]) -> Result<(), StorageError> {
        if self.find(path).is_ok_and(|index| !self.slots[index].given) {
            return Ok(());
        }
        let parents = self.missing_parents(path)?;
        self.replace(path, bytes)?;
        for path in parents.iter().chain([path]) {
            if let Ok(index) = self.find(path) {
                let slot = &mut self.slots[index];
                (slot.given, slot.changed) = (true, slot.saved);
            }
        }
        Ok(())
    }

    /// Takes back a file that was [given](Memory::give). One that has become the program's own stays.
    pub fn take_back(&mut self, path: &FilePath) {
        if self.file(path).is_some() && self.find(path).is_ok_and(|index| self.slots[index].given) {
            self.remove(path);
        }
    }

    /// Whether there is something at a path that was [given](Memory::give) and has not become the program's own.
    pub fn is_given(&self, path: &FilePath) -> bool {
        self.find(path).is_ok_and(|index| self.slots[index].given)
    }

    /// Whether [`take_changes`](Memory::take_changes) would return anything.
    pub fn is_changed(&self) -> bool {
        !self.deleted.is_empty() || self.slots.iter().any(|slot| slot.changed)
    }

    /// What was created, written or deleted (none) since the last call, sorted by path: what the host has to
    /// do to have the same files.
    #[cfg_attr(feature = "blocks", optimize(size))]
    #[inline(never)]
    pub fn take_changes(&mut self) -> Vec<(FilePath, Option<Node>)> {
        let mut changes = Vec::new();
        let mut deleted = self.deleted.drain(..).peekable();
        for slot in self.slots.iter_mut().filter(|slot| slot.changed) {
            while let Some(path) = deleted.next_if(|path| **path < slot.path) {
                changes.push((*path, None));
            }
            (slot.changed, slot.saved) = (false, !slot.given);
            changes.push((slot.path.clone(), slot.saved.then(|| slot.node.clone())));
        }
        changes.extend(deleted.map(|path| (*path, None)));
        changes
    }

    /// Deletes a file, or a directory with all that it contains.
    #[cfg_attr(feature = "blocks", optimize(size))]
    pub fn remove(&mut self, path: &FilePath) {
        // From the end: what is below a directory is behind it.
        for index in self.below(path.as_bytes()).rev().chain(self.find(path).ok()) {
            let slot = self.slots.remove(index);
            self.bytes -= slot.node.size().unwrap_or(0);
            self.revision = self.revision.wrapping_add(1);
            if slot.saved
                && let Err(index) = find_deleted(&self.deleted, &slot.path)
            {
                self.deleted.insert(index, Box::new(slot.path));
            }
        }
    }

    #[cfg_attr(feature = "blocks", optimize(size))]
    fn insert(&mut self, path: FilePath, node: Node) {
        match self.find(&path) {
            Ok(index) => {
                let slot = &mut self.slots[index];
                (slot.node, slot.changed, slot.given) = (node, true, false);
            }
            Err(index) => {
                let deleted = find_deleted(&self.deleted, &path);
                let saved = deleted.map(|index| self.deleted.remove(index)).is_ok();
                self.slots.insert(index, Box::new(Slot { path, node, changed: true, saved, given: false }));
            }
        }
        self.revision = self.revision.wrapping_add(1);
    }

    /// The directories around a path that do not exist yet, innermost first. Around one that exists all do.
    #[cfg_attr(feature = "blocks", optimize(size))]
    fn missing_parents(&self, path: &FilePath) -> Result<Vec<FilePath>, StorageError> {
        let mut missing = Vec::new();
        for parent in path.parents().rev() {
            match self.node(&parent) {
                Some(Node::Directory) => break,
                Some(Node::File(_)) => return Err(StorageError::WrongKind),
                None => missing.push(parent),
            }
        }
        Ok(missing)
    }

    fn check_entries(&self, more: usize) -> Result<(), StorageError> {
        let fits = more == 0 || self.slots.len() + more <= self.quota.entries;
        if fits { Ok(()) } else { Err(StorageError::Full) }
    }

    /// The number of bytes in all files when one of `old` bytes has become one of `new` bytes.
    fn resized(&self, old: u64, new: u64) -> Result<u64, StorageError> {
        let bytes = (self.bytes - old).checked_add(new).ok_or(StorageError::Full)?;
        if bytes <= self.quota.bytes { Ok(bytes) } else { Err(StorageError::Full) }
    }
}

fn find_deleted(deleted: &[Box<FilePath>], path: &FilePath) -> Result<usize, usize> {
    deleted.binary_search_by(|other| (**other).cmp(path))
}

impl Storage for Memory {
    fn stat(&mut self, path: &FilePath) -> Result<Stat, StorageError> {
        match self.node(path) {
            Some(Node::File(bytes)) => Ok(Stat::File(bytes.len() as u64)),
            Some(Node::Directory) => Ok(Stat::Directory),
            None if path.is_root() => Ok(Stat::Directory),
            None => Err(StorageError::Missing),
        }
    }

    fn read(&mut self, path: &FilePath, offset: u64, buffer: &mut [u8]) -> Result<usize, StorageError> {
        let bytes = self.file(path).ok_or(StorageError::Missing)?;
        let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    #[cfg_attr(feature = "blocks", optimize(size))]
    fn list(&mut self, path: &FilePath) -> Result<Vec<Entry>, StorageError> {
        if self.stat(path)? != Stat::Directory {
            return Err(StorageError::WrongKind);
        }
        let prefix = if path.is_root() { 0 } else { path.as_bytes().len() + 1 };
        let mut entries = Vec::new();
        let Range { start: mut index, end } = self.below(path.as_bytes());
        while index < end {
            let Slot { path, node, .. } = &*self.slots[index];
            let name = &path.as_bytes()[prefix..];
            if let Some(slash) = name.iter().position(|&byte| byte == b'/') {
                // Behind all that is below this directory, which has had its turn.
                index = self.below(&path.as_bytes()[..prefix + slash]).end;
            } else {
                entries.push(Entry { name: name.to_vec(), size: node.size() });
                index += 1;
            }
        }
        Ok(entries)
    }

    #[cfg_attr(feature = "blocks", optimize(size))]
    fn replace(&mut self, path: &FilePath, bytes: &[u8]) -> Result<(), StorageError> {
        let old = match self.stat(path) {
            Ok(Stat::Directory) => return Err(StorageError::WrongKind),
            Ok(Stat::File(size)) => Some(size),
            Err(_) => None,
        };
        let parents = self.missing_parents(path)?;
        self.check_entries(parents.len() + usize::from(old.is_none()))?;
        self.bytes = self.resized(old.unwrap_or(0), bytes.len() as u64)?;
        for parent in parents {
            self.insert(parent, Node::Directory);
        }
        self.insert(path.clone(), Node::File(bytes.to_vec()));
        Ok(())
    }

    #[cfg_attr(feature = "blocks", optimize(size))]
    fn write(&mut self, path: &FilePath, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let index = self.find(path).map_err(|_| StorageError::Missing)?;
        let Node::File(file) = &self.slots[index].node else { return Err(StorageError::Missing) };
        let old = file.len() as u64;
        let end = offset.checked_add(bytes.len() as u64).ok_or(StorageError::Full)?;
        self.bytes = self.resized(old, old.max(end))?;
        let slot = &mut self.slots[index];
        if let Node::File(file) = &mut slot.node {
            // What fits the quota fits memory, and so `usize`.
            let start = offset as usize;
            file.resize(file.len().max(start), 0);
            let (over, behind) = bytes.split_at(bytes.len().min(file.len() - start));
            file[start..start + over.len()].copy_from_slice(over);
            file.extend_from_slice(behind);
            (slot.changed, slot.given) = (true, false);
            self.revision = self.revision.wrapping_add(1);
        }
        Ok(())
    }

    #[cfg_attr(feature = "blocks", optimize(size))]
    fn create_directory(&mut self, path: &FilePath) -> Result<(), StorageError> {
        match self.stat(path) {
            Ok(Stat::Directory) => return Ok(()),
            Ok(Stat::File(_)) => return Err(StorageError::WrongKind),
            Err(_) => {}
        }
        let parents = self.missing_parents(path)?;
        self.check_entries(parents.len() + 1)?;
        for directory in parents.into_iter().chain([path.clone()]) {
            self.insert(directory, Node::Directory);
        }
        Ok(())
    }

    fn delete(&mut self, path: &FilePath) -> Result<(), StorageError> {
        self.file(path).ok_or(StorageError::Missing)?;
        self.remove(path);
        Ok(())
    }
}
