//! Where files are kept: the host's side of the device.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::FilePath;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stat {
    /// A file, and its size in bytes.
    File(u64),
    /// A directory.
    Directory,
}

/// A file or directory in a listing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its own name, without the directory.
    pub name: Vec<u8>,
    /// Its size, or none for a directory.
    pub size: Option<u64>,
}

/// Why a storage refuses. Programs learn only that it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageError {
    /// There is no such file or directory.
    Missing,
    /// A directory stands where a file is needed, or the other way round.
    WrongKind,
    /// The quota of bytes or of entries does not allow it.
    Full,
    /// The host could not do it.
    Failed,
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StorageError::Missing => "there is no such file",
            StorageError::WrongKind => "a file and a directory cannot have the same name",
            StorageError::Full => "there is no room for it",
            StorageError::Failed => "it could not be read or written",
        })
    }
}

impl std::error::Error for StorageError {}

/// Files and directories of one program.
///
/// Nothing is ever open: each call names its file. A call either does all of its work or, as far as the host
/// allows, none; a full storage keeps what it has.
pub trait Storage {
    /// How many times as long as in memory its operations take: so much more fuel they cost. In WebAssembly all files
    /// are taken to be in memory.
    fn slowness(&self) -> u32 {
        1
    }

    /// What is there. The root is a directory.
    ///
    /// # Errors
    /// If there is nothing.
    fn stat(&mut self, path: &FilePath) -> Result<Stat, StorageError>;

    /// Reads from an offset up to the end of the buffer or of the file; returns how many bytes.
    ///
    /// # Errors
    /// If it is not a file.
    fn read(&mut self, path: &FilePath, offset: u64, buffer: &mut [u8]) -> Result<usize, StorageError>;

    /// What a directory contains, sorted by the bytes of the names.
    ///
    /// # Errors
    /// If it is not a directory.
    fn list(&mut self, path: &FilePath) -> Result<Vec<Entry>, StorageError>;

    /// Makes a file of these bytes, in place of what it contained. Creates the directories around it.
    ///
    /// # Errors
    /// If there is a directory of that name, or a file where a directory is needed; if it does not fit.
    fn replace(&mut self, path: &FilePath, bytes: &[u8]) -> Result<(), StorageError>;

    /// Writes over a part of a file, and behind its end. A gap between end and offset is filled with zeroes.
    ///
    /// # Errors
    /// If it is not a file, or does not fit.
    fn write(&mut self, path: &FilePath, offset: u64, bytes: &[u8]) -> Result<(), StorageError>;

    /// Creates a directory and those around it. One that exists stays as it is.
    ///
    /// # Errors
    /// If there is a file of that name, or no room for another entry.
    fn create_directory(&mut self, path: &FilePath) -> Result<(), StorageError>;

    /// Deletes a file.
    ///
    /// # Errors
    /// If it is not a file.
    fn delete(&mut self, path: &FilePath) -> Result<(), StorageError>;
}

/// A storage that the host goes on using while the computer has it.
impl<S: Storage> Storage for Rc<RefCell<S>> {
    fn slowness(&self) -> u32 {
        self.borrow().slowness()
    }
    fn stat(&mut self, path: &FilePath) -> Result<Stat, StorageError> {
        self.borrow_mut().stat(path)
    }
    fn read(&mut self, path: &FilePath, offset: u64, buffer: &mut [u8]) -> Result<usize, StorageError> {
        self.borrow_mut().read(path, offset, buffer)
    }
    fn list(&mut self, path: &FilePath) -> Result<Vec<Entry>, StorageError> {
        self.borrow_mut().list(path)
    }
    fn replace(&mut self, path: &FilePath, bytes: &[u8]) -> Result<(), StorageError> {
        self.borrow_mut().replace(path, bytes)
    }
    fn write(&mut self, path: &FilePath, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        self.borrow_mut().write(path, offset, bytes)
    }
    fn create_directory(&mut self, path: &FilePath) -> Result<(), StorageError> {
        self.borrow_mut().create_directory(path)
    }
    fn delete(&mut self, path: &FilePath) -> Result<(), StorageError> {
        self.borrow_mut().delete(path)
    }
}
