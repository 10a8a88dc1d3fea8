//! What files charge that are not in memory. In WebAssembly all are, and nobody asks.

use fantail::varvara::{Entry, FilePath, Memory, Options, Stat, Status, Storage, StorageError, Varvara};

use super::machine::{FUEL, assemble};

/// Files that are said to be far away.
#[derive(Default)]
struct Slow(Memory);

impl Storage for Slow {
    fn slowness(&self) -> u32 {
        50
    }
    fn stat(&mut self, path: &FilePath) -> Result<Stat, StorageError> {
        self.0.stat(path)
    }
    fn read(&mut self, path: &FilePath, offset: u64, buffer: &mut [u8]) -> Result<usize, StorageError> {
        self.0.read(path, offset, buffer)
    }
    fn list(&mut self, path: &FilePath) -> Result<Vec<Entry>, StorageError> {
        self.0.list(path)
    }
    fn replace(&mut self, path: &FilePath, bytes: &[u8]) -> Result<(), StorageError> {
        self.0.replace(path, bytes)
    }
    fn write(&mut self, path: &FilePath, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        self.0.write(path, offset, bytes)
    }
    fn create_directory(&mut self, path: &FilePath) -> Result<(), StorageError> {
        self.0.create_directory(path)
    }
    fn delete(&mut self, path: &FilePath) -> Result<(), StorageError> {
        self.0.delete(path)
    }
}

#[test]
fn files_that_are_slow_cost_more_but_not_their_names() {
    let used = |source: &str, files: Box<dyn Storage>| {
        let mut computer = Varvara::new(&assemble(source), Options { files, ..Options::default() });
        assert_eq!(computer.run(FUEL), Status::Idle, "{source}");
        FUEL - computer.fuel()
    };
    let name = ";name #a8 DEO2 #0001 #aa DEO2";
    let programs = [
        (format!("{name} BRK @name \"x 00"), 0),
        // An operation is 64 units, and an entry of a listing 32.
        (format!("{name} #2000 #a4 DEO2 BRK @name \"x 00"), 64),
        (format!("{name} #2000 #ae DEO2 BRK @name \"x 00"), 64),
        (
            format!("{name} #2000 #ae DEO2 ;root #a8 DEO2 #2000 #ac DEO2 BRK @name \"x 00 @root \". 00"),
            64 + 64 + 32,
        ),
    ];
    for (source, units) in &programs {
        let [fast, slow] = [Box::new(Memory::default()) as Box<dyn Storage>, Box::new(Slow::default())]
            .map(|files| used(source, files));
        assert_eq!(slow - fast, 49 * units, "{source}");
    }
}
