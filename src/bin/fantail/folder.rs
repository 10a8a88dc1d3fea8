//! A directory on disk as the storage of a program.
//!
//! `cap-std` opens every path relative to the directory and follows no link out of it. Only files and
//! directories exist for a program: pipes and devices would block, or worse.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, OpenOptions};
use fantail::varvara::{Entry, FilePath, Stat, Storage, StorageError};

/// The most files and directories that a program may add.
const MAX_NEW_ENTRIES: usize = 10_000;
/// An operation is several calls of the system, as every directory on the way is opened: 10 to 90 microseconds on Linux,
/// and 10 to 30 for each entry of a listing. In memory the same is paid with 64 units, and 32.
const SLOWNESS: u32 = 64;
/// The most entries of a directory that a program sees.
const MAX_LISTED: usize = 65_536;

pub struct Folder {
    root: Dir,
    /// The most bytes that a program may add.
    quota: u64,
    /// Bytes and entries that the program has added, less what it has removed. Never less than nothing: a sparse
    /// file that goes makes no room for as many bytes as it pretended to have.
    grown: u64,
    created: usize,
}

impl Folder {
    /// The files in a directory, which may grow by `quota` bytes.
    pub fn open(path: &Path, quota: u64) -> io::Result<Folder> {
        let root = Dir::open_ambient_dir(path, ambient_authority())?;
        Ok(Folder { root, quota, grown: 0, created: 0 })
    }

    fn metadata(&self, path: &Path) -> Result<Metadata, StorageError> {
        self.root.metadata(path).map_err(refusal)
    }

    /// A regular file, opened.
    fn file(&self, path: &Path, options: &OpenOptions) -> Result<(File, u64), StorageError> {
        let metadata = self.metadata(path)?;
        if !metadata.is_file() {
            return Err(StorageError::WrongKind);
        }
        let file = self.root.open_with(path, options).map_err(refusal)?;
        Ok((file, metadata.len()))
    }

    /// What the files have grown by once one of `old` bytes has `new` bytes.
    fn growth(&self, old: u64, new: u64) -> Result<u64, StorageError> {
        let grown = self.grown.saturating_add(new).saturating_sub(old);
        if new <= old || grown <= self.quota { Ok(grown) } else { Err(StorageError::Full) }
    }

    fn check_entries(&self, more: usize) -> Result<(), StorageError> {
        if self.created + more <= MAX_NEW_ENTRIES { Ok(()) } else { Err(StorageError::Full) }
    }

    /// How many of these directories do not exist.
    fn missing(&self, directories: impl Iterator<Item = FilePath>) -> Result<usize, StorageError> {
        let mut missing = 0;
        for directory in directories {
            match self.metadata(&host_path(&directory)?) {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Err(StorageError::WrongKind),
                Err(StorageError::Missing) => missing += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(missing)
    }
}

impl Storage for Folder {
    fn slowness(&self) -> u32 {
        SLOWNESS
    }

    fn stat(&mut self, path: &FilePath) -> Result<Stat, StorageError> {
        stat(&self.metadata(&host_path(path)?)?)
    }

    fn read(&mut self, path: &FilePath, offset: u64, buffer: &mut [u8]) -> Result<usize, StorageError> {
        let (mut file, _) = self.file(&host_path(path)?, OpenOptions::new().read(true))?;
        file.seek(SeekFrom::Start(offset)).map_err(refusal)?;
        let mut length = 0;
        while length < buffer.len() {
            match file.read(&mut buffer[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(refusal(error)),
            }
        }
        Ok(length)
    }

    fn list(&mut self, path: &FilePath) -> Result<Vec<Entry>, StorageError> {
        let path = host_path(path)?;
        let mut entries = Vec::new();
        for entry in self.root.read_dir(&path).map_err(refusal)?.take(MAX_LISTED) {
            let entry = entry.map_err(refusal)?;
            let name = entry.file_name();
            // A link is what it leads to; one that leads outside does not exist.
            let Ok(stat) = self.metadata(&path.join(&name)).and_then(|metadata| stat(&metadata)) else {
                continue;
            };
            let name = name.into_encoded_bytes();
            // Names that a program could not use are not shown to it.
            if FilePath::parse(&name).is_none_or(|path| path.as_bytes() != name) {
                continue;
            }
            let size = match stat {
                Stat::File(size) => Some(size),
                Stat::Directory => None,
            };
            entries.push(Entry { name, size });
        }
        entries.sort();
        Ok(entries)
    }

    fn replace(&mut self, path: &FilePath, bytes: &[u8]) -> Result<(), StorageError> {
        let host = host_path(path)?;
        let old = match self.metadata(&host).and_then(|metadata| stat(&metadata)) {
            Ok(Stat::File(size)) => Some(size),
            Ok(Stat::Directory) => return Err(StorageError::WrongKind),
            Err(StorageError::Missing) => None,
            Err(error) => return Err(error),
        };
        let grown = self.growth(old.unwrap_or(0), bytes.len() as u64)?;
        let created = self.missing(path.parents())? + usize::from(old.is_none());
        self.check_entries(created)?;
        // Counted before the host may refuse the rest.
        self.created += created;
        if let Some(parent) = host.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            self.root.create_dir_all(parent).map_err(refusal)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let mut file = self.root.open_with(&host, &options).map_err(refusal)?;
        self.grown = grown;
        file.write_all(bytes).map_err(refusal)
    }

    fn write(&mut self, path: &FilePath, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let (mut file, old) = self.file(&host_path(path)?, OpenOptions::new().write(true))?;
        let end = offset.checked_add(bytes.len() as u64).ok_or(StorageError::Full)?;
        self.grown = self.growth(old, old.max(end))?;
        file.seek(SeekFrom::Start(offset)).map_err(refusal)?;
        file.write_all(bytes).map_err(refusal)
    }

    fn create_directory(&mut self, path: &FilePath) -> Result<(), StorageError> {
        if path.is_root() {
            return Ok(());
        }
        let created = self.missing(path.parents().chain([path.clone()]))?;
        self.check_entries(created)?;
        self.created += created;
        self.root.create_dir_all(host_path(path)?).map_err(refusal)
    }

    fn delete(&mut self, path: &FilePath) -> Result<(), StorageError> {
        let path = host_path(path)?;
        let metadata = self.root.symlink_metadata(&path).map_err(refusal)?;
        // A link to a file goes; what it leads to stays.
        let size = match stat(&self.metadata(&path)?)? {
            Stat::Directory => return Err(StorageError::WrongKind),
            Stat::File(size) if metadata.is_file() => size,
            Stat::File(_) => 0,
        };
        self.root.remove_file(&path).map_err(refusal)?;
        self.grown = self.grown.saturating_sub(size);
        self.created = self.created.saturating_sub(1);
        Ok(())
    }
}

fn stat(metadata: &Metadata) -> Result<Stat, StorageError> {
    if metadata.is_dir() {
        Ok(Stat::Directory)
    } else if metadata.is_file() {
        Ok(Stat::File(metadata.len()))
    } else {
        Err(StorageError::WrongKind)
    }
}

fn refusal(error: io::Error) -> StorageError {
    match error.kind() {
        ErrorKind::NotFound => StorageError::Missing,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => StorageError::Full,
        ErrorKind::NotADirectory | ErrorKind::IsADirectory => StorageError::WrongKind,
        _ => StorageError::Failed,
    }
}

/// The path below the directory, as the host writes it.
fn host_path(path: &FilePath) -> Result<PathBuf, StorageError> {
    if cfg!(windows) && path.names().any(is_reserved) {
        return Err(StorageError::Failed);
    }
    if path.is_root() {
        return Ok(PathBuf::from("."));
    }
    path.names().map(os_name).collect::<Option<PathBuf>>().ok_or(StorageError::Failed)
}

#[cfg(unix)]
fn os_name(name: &[u8]) -> Option<&OsStr> {
    Some(std::os::unix::ffi::OsStrExt::from_bytes(name))
}

#[cfg(not(unix))]
fn os_name(name: &[u8]) -> Option<&OsStr> {
    std::str::from_utf8(name).ok().map(OsStr::new)
}

/// Whether Windows takes a name for a device, a stream of another file, or a different name.
fn is_reserved(name: &[u8]) -> bool {
    let stem = name.split(|&byte| byte == b'.').next().unwrap_or_default().trim_ascii().to_ascii_uppercase();
    let is_device = match &stem[..] {
        b"CON" | b"PRN" | b"AUX" | b"NUL" => true,
        [b'C', b'O', b'M', number] | [b'L', b'P', b'T', number] => number.is_ascii_digit(),
        _ => false,
    };
    is_device
        || name.iter().any(|byte| b"<>:\"|?*".contains(byte))
        || name.ends_with(b".")
        || name.ends_with(b" ")
}

#[cfg(test)]
mod tests {
    use super::{FilePath, Folder, Storage, StorageError, is_reserved};

    /// Sparse files have sizes that add up to more than a disk has, or a counter holds.
    #[test]
    fn a_file_that_goes_makes_no_room_that_the_program_did_not_take() {
        let directory = std::env::temp_dir().join(format!("fantail-folder-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("file"), "ten bytes.").unwrap();
        let mut folder = Folder::open(&directory, 4).unwrap();
        let [old, new] = ["file", "new"].map(|name| FilePath::parse(name.as_bytes()).unwrap());
        let results = [
            folder.delete(&old),
            folder.replace(&new, b"five!"),
            folder.replace(&new, b"four"),
            folder.replace(&new, b"1"),
            folder.write(&new, 1, b"234"),
            folder.write(&new, 4, b"5"),
        ];
        std::fs::remove_dir_all(&directory).unwrap();
        let full = Err(StorageError::Full);
        assert_eq!(results, [Ok(()), full, Ok(()), Ok(()), Ok(()), full]);
    }

    #[test]
    fn names_that_windows_reserves() {
        for name in
            ["CON", "con", "aux.tal", "Com1", "lpt9.txt", "nul .x", "a:b", "C:", "a.", "a ", "a?", "|"]
        {
            assert!(is_reserved(name.as_bytes()), "{name}");
        }
        for name in ["a.txt", ".theme", "console", "com", "com10", "auxiliary.tal", "ä", "a b"] {
            assert!(!is_reserved(name.as_bytes()), "{name}");
        }
    }
}
