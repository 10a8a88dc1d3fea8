//! Tests in WebAssembly, where code is compiled as soon as it is jumped to. `#[test]` collects them as ever, and the
//! host runs them (`host.ts`): each in an instance of its own, as a panic ends an instance.

use test::{TestDescAndFn, TestFn};

#[link(wasm_import_module = "tests")]
unsafe extern "C" {
    /// Which test is to be run; if it is none, they are all listed.
    fn wanted() -> i32;
    fn list(name: *const u8, length: usize, ignored: bool);
    fn panicked(message: *const u8, length: usize);
    /// The length of a file of the repository, of which as much is written to `bytes` as there is room, or -1. A path
    /// that ends in `/` is a folder, and its file is the list of names in it, each on a line.
    fn read(path: *const u8, length: usize, bytes: *mut u8, room: usize) -> i32;
}

/// Runs the test that is wanted, or says which there are.
pub fn run(tests: &[&TestDescAndFn]) {
    std::panic::set_hook(Box::new(|info| {
        let message = info.to_string();
        // SAFETY: the host reads the message.
        unsafe { panicked(message.as_ptr(), message.len()) };
    }));
    // SAFETY: it is a question.
    let wanted = unsafe { wanted() };
    if let Some(test) = usize::try_from(wanted).ok().and_then(|index| tests.get(index)) {
        let TestFn::StaticTestFn(body) = test.testfn else { unreachable!("there are no benchmarks") };
        body().unwrap();
        return;
    }
    for test in tests {
        let name = test.desc.name.as_slice();
        // SAFETY: the host reads the name.
        unsafe { list(name.as_ptr(), name.len(), test.desc.ignore) };
    }
}

/// What tests use of `std::fs`.
#[allow(dead_code)]
pub mod fs {
    use std::io::{Error, ErrorKind, Result};
    use std::path::{Path, PathBuf};

    pub fn read(path: impl AsRef<Path>) -> Result<Vec<u8>> {
        let path = path.as_ref().to_str().ok_or(ErrorKind::InvalidInput)?;
        let read = |bytes: &mut [u8]| {
            // SAFETY: the host reads the path, and writes into the bytes.
            unsafe { super::read(path.as_ptr(), path.len(), bytes.as_mut_ptr(), bytes.len()) }
        };
        let length = usize::try_from(read(&mut [])).map_err(|_| ErrorKind::NotFound)?;
        let mut bytes = vec![0; length];
        read(&mut bytes);
        Ok(bytes)
    }

    pub fn read_to_string(path: impl AsRef<Path>) -> Result<String> {
        String::from_utf8(read(path)?).map_err(|_| Error::from(ErrorKind::InvalidData))
    }

    pub struct Entry(PathBuf);

    impl Entry {
        pub fn path(&self) -> PathBuf {
            self.0.clone()
        }
    }

    pub fn read_dir(path: impl AsRef<Path>) -> Result<impl Iterator<Item = Result<Entry>>> {
        let path = path.as_ref().to_owned();
        let names = read_to_string(path.join(""))?;
        let paths: Vec<_> = names.lines().map(|name| path.join(name)).collect();
        Ok(paths.into_iter().map(|path| Ok(Entry(path))))
    }
}
