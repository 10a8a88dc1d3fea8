//! File against a model of it that shares no code: names are a table, files a map from text to bytes.

use std::collections::BTreeMap;
use std::rc::Rc;

use std::cell::RefCell;

use fantail::varvara::{Edition, FilePath, Memory, Node, Options, Quota, Storage, Varvara};
use proptest::prelude::*;

/// Names that programs give, what they stand for, and whether only a directory can be meant.
const NAMES: [(&str, Option<&str>, bool); 20] = [
    ("a", Some("a"), false),
    ("./a", Some("a"), false),
    ("a/", Some("a"), true),
    ("b.txt", Some("b.txt"), false),
    ("d", Some("d"), false),
    ("d/", Some("d"), true),
    ("d/a", Some("d/a"), false),
    ("d//a", Some("d/a"), false),
    ("d/e/f", Some("d/e/f"), false),
    ("d/e/../a", Some("d/a"), false),
    ("d-e", Some("d-e"), false),
    ("a/x", Some("a/x"), false),
    ("x/../b.txt", Some("b.txt"), false),
    (".", Some(""), false),
    ("./", Some(""), true),
    ("..", None, false),
    ("d/../../a", None, false),
    ("/a", None, false),
    ("", None, false),
    ("d\\a", None, false),
];
const QUOTA: Quota = Quota { bytes: 300, entries: 6 };

const NAMES_AT: u16 = 0x3000;
const NAME_STRIDE: u16 = 0x10;
/// Where transfers go, up to the end of memory.
const DATA: u16 = 0x4000;

#[derive(Clone, Debug)]
enum Access {
    Name(usize),
    Length(u16),
    Append(u8),
    Stat(u16),
    Delete,
    Read(u16),
    Write(u16),
}

fn access() -> impl Strategy<Value = (bool, Access)> {
    let address = || prop_oneof![4 => DATA..DATA + 0x200, 1 => 0xffe0u16..=0xffff];
    let access = prop_oneof![
        4 => (0..NAMES.len()).prop_map(Access::Name),
        2 => (0u16..20).prop_map(Access::Length),
        1 => prop_oneof![0u16..200, Just(0xffffu16)].prop_map(Access::Length),
        1 => (0u8..3).prop_map(Access::Append),
        2 => address().prop_map(Access::Stat),
        1 => Just(Access::Delete),
        5 => address().prop_map(Access::Read),
        5 => address().prop_map(Access::Write),
    ];
    (any::<bool>(), access)
}

/// Does all this, and keeps File/success after each.
fn program(accesses: &[(bool, Access)]) -> Vec<u8> {
    let mut rom = Vec::new();
    for (number, (second, access)) in accesses.iter().enumerate() {
        let base = if *second { 0xb0 } else { 0xa0 };
        let (port, value) = match *access {
            Access::Name(name) => (8, NAMES_AT + name as u16 * NAME_STRIDE),
            Access::Length(length) => (0xa, length),
            // The byte before is File/delete, which a short does not touch.
            Access::Append(append) => (6, u16::from(append)),
            Access::Stat(to) => (4, to),
            Access::Delete => (6, 0),
            Access::Read(to) => (0xc, to),
            Access::Write(from) => (0xe, from),
        };
        let [high, low] = value.to_be_bytes();
        match access {
            Access::Delete => rom.extend([0x80, 0, 0x80, base + 6, 0x17]),
            _ => rom.extend([0xa0, high, low, 0x80, base + port, 0x37]),
        }
        // #a2 DEI2 #address STA2
        let [high, low] = (0x1000 + 2 * number as u16).to_be_bytes();
        rom.extend([0x80, base + 2, 0x36, 0xa0, high, low, 0x35]);
    }
    rom.push(0);
    rom.resize(usize::from(DATA - 0x100), 0);
    for (number, (name, ..)) in NAMES.iter().enumerate() {
        let at = usize::from(NAMES_AT - 0x100 + number as u16 * NAME_STRIDE);
        rom[at..at + name.len()].copy_from_slice(name.as_bytes());
    }
    rom.extend((0..0x300u32).map(|index| (index * 7 % 251) as u8));
    rom
}

enum Open {
    Reading(String, usize),
    Writing(String, usize),
    Appending(String),
    Listing(Vec<String>),
}

#[derive(Default)]
struct Device {
    name: Option<usize>,
    length: u16,
    append: bool,
    success: u16,
    open: Option<Open>,
}

struct Model {
    /// None is a directory.
    tree: BTreeMap<String, Option<Vec<u8>>>,
    ram: Vec<u8>,
    edition: Edition,
}

impl Model {
    fn is_directory(&self, path: &str) -> bool {
        path.is_empty() || self.tree.get(path) == Some(&None)
    }

    fn entries_left(&self) -> usize {
        QUOTA.entries - self.tree.len()
    }

    fn bytes_left(&self) -> usize {
        QUOTA.bytes as usize - self.tree.values().flatten().map(Vec::len).sum::<usize>()
    }

    /// The directories around a path that are missing; none if one of them is a file.
    fn missing(&self, path: &str) -> Option<Vec<String>> {
        let mut missing = Vec::new();
        for (at, _) in path.match_indices('/') {
            match self.tree.get(&path[..at]) {
                None => missing.push(path[..at].to_string()),
                Some(None) => {}
                Some(Some(_)) => return None,
            }
        }
        Some(missing)
    }

    fn make(&mut self, path: &str, contents: Option<Vec<u8>>) -> bool {
        let Some(missing) = self.missing(path) else { return false };
        if missing.len() + usize::from(!self.tree.contains_key(path)) > self.entries_left() {
            return false;
        }
        self.tree.extend(missing.into_iter().map(|directory| (directory, None)));
        self.tree.insert(path.to_string(), contents);
        true
    }

    fn create(&mut self, path: &str, bytes: &[u8]) -> bool {
        let old = self.tree.get(path).and_then(Option::as_ref).map_or(0, Vec::len);
        !self.is_directory(path)
            && bytes.len() <= self.bytes_left() + old
            && self.make(path, Some(bytes.to_vec()))
    }

    fn overwrite(&mut self, path: &str, offset: usize, bytes: &[u8]) -> bool {
        let left = self.bytes_left();
        let Some(Some(file)) = self.tree.get_mut(path) else { return false };
        let end = offset + bytes.len();
        if end.saturating_sub(file.len()) > left {
            return false;
        }
        while file.len() < end {
            file.push(0);
        }
        file.splice(offset..end, bytes.iter().copied());
        true
    }

    fn lines(&self, directory: &str) -> Vec<String> {
        let tab = if self.edition == Edition::Y2026 { '\t' } else { ' ' };
        let mut lines = Vec::new();
        if self.edition == Edition::Y2023 && !directory.is_empty() {
            lines.push("---- ../\n".to_string());
        }
        for (path, contents) in &self.tree {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
            if parent == directory {
                lines.push(match contents {
                    None => format!("----{tab}{name}/\n"),
                    Some(bytes) => format!("{:04x}{tab}{name}\n", bytes.len()),
                });
            }
        }
        lines
    }

    fn put(&mut self, at: u16, bytes: &[u8]) {
        self.ram[usize::from(at)..][..bytes.len()].copy_from_slice(bytes);
    }

    fn step(&mut self, device: &mut Device, access: &Access) {
        let (path, slash) = match device.name {
            Some(name) => (NAMES[name].1, NAMES[name].2),
            None => (None, false),
        };
        let room = |at: u16| usize::from(device.length).min(0x10000 - usize::from(at));
        match *access {
            Access::Name(name) => {
                device.name = Some(name);
                device.open = None;
                device.success = 0;
            }
            Access::Length(length) => device.length = length,
            Access::Append(append) => device.append = append == 1,
            Access::Stat(_) if device.name.is_none() => device.success = 0,
            Access::Stat(to) => {
                let room = room(to);
                let text = match path {
                    Some(path) if self.is_directory(path) => "-".repeat(room),
                    Some(path) if !slash => match self.tree.get(path) {
                        Some(Some(bytes)) => {
                            let digits = format!("{:0room$x}", bytes.len());
                            if digits.len() > room { "?".repeat(room) } else { digits }
                        }
                        _ => "!".repeat(room),
                    },
                    _ => "!".repeat(room),
                };
                self.put(to, text.as_bytes());
                device.success = room as u16;
            }
            Access::Delete => {
                device.open = None;
                let deleted = match path {
                    Some(path) if !slash && !self.is_directory(path) => self.tree.remove(path).is_some(),
                    _ => false,
                };
                device.success = match self.edition {
                    Edition::Y2026 => u16::from(deleted),
                    Edition::Y2023 => u16::from(deleted).wrapping_sub(1),
                };
            }
            Access::Read(to) => {
                let room = room(to);
                if !matches!(device.open, Some(Open::Reading(..) | Open::Listing(..))) {
                    device.open = match path {
                        Some(path) if self.is_directory(path) => Some(Open::Listing(self.lines(path))),
                        Some(path) if !slash && self.tree.contains_key(path) => {
                            Some(Open::Reading(path.to_string(), 0))
                        }
                        _ => None,
                    };
                }
                let mut done = device.open.is_none();
                let mut read = Vec::new();
                match &mut device.open {
                    Some(Open::Reading(path, offset)) => {
                        if let Some(Some(file)) = self.tree.get(&*path) {
                            read = file.iter().copied().skip(*offset).take(room).collect();
                        }
                        *offset += read.len();
                        done = read.is_empty() && room > 0;
                        self.put(to, &read);
                    }
                    Some(Open::Listing(lines)) => {
                        done = lines.is_empty() && room > 0;
                        while lines.first().is_some_and(|line| read.len() + line.len() <= room) {
                            read.extend(lines.remove(0).bytes());
                        }
                        self.put(to, &read);
                        if read.len() < room {
                            self.put(to + read.len() as u16, &[0]);
                        }
                    }
                    _ => {}
                }
                if done {
                    device.open = None;
                }
                device.success = read.len() as u16;
            }
            Access::Write(from) => {
                let room = room(from);
                let bytes = self.ram[usize::from(from)..][..room].to_vec();
                let end = |model: &Model, path: &str| match model.tree.get(path) {
                    Some(Some(file)) => file.len(),
                    _ => 0,
                };
                let written = match &mut device.open {
                    Some(Open::Writing(path, offset)) => {
                        let written = self.overwrite(path, *offset, &bytes);
                        *offset += room;
                        written
                    }
                    Some(Open::Appending(path)) => {
                        let path = path.clone();
                        if self.tree.contains_key(&path) {
                            self.overwrite(&path, end(self, &path), &bytes)
                        } else {
                            self.create(&path, &bytes)
                        }
                    }
                    _ => {
                        device.open = None;
                        match path {
                            None => false,
                            Some(path) if slash => {
                                let made = self.is_directory(path)
                                    || !self.tree.contains_key(path) && self.make(path, None);
                                device.success = u16::from(made);
                                return;
                            }
                            Some(path) if device.append && self.tree.contains_key(path) => {
                                device.open = Some(Open::Appending(path.to_string()));
                                self.overwrite(path, end(self, path), &bytes)
                            }
                            Some(path) => {
                                device.open = Some(match device.append {
                                    true => Open::Appending(path.to_string()),
                                    false => Open::Writing(path.to_string(), room),
                                });
                                self.create(path, &bytes)
                            }
                        }
                    }
                };
                if !written {
                    device.open = None;
                }
                device.success = if written { room as u16 } else { 0 };
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_model(
        accesses in prop::collection::vec(access(), 0..120),
        edition in prop::sample::select(Edition::ALL),
    ) {
        let rom = program(&accesses);
        let mut memory = Memory::new(QUOTA);
        memory.replace(&FilePath::parse(b"a").unwrap(), &[b'a'; 30]).unwrap();
        memory.replace(&FilePath::parse(b"d/a").unwrap(), b"in d").unwrap();
        let files = Rc::new(RefCell::new(memory));
        let options = Options { edition, files: Box::new(Rc::clone(&files)), ..Options::default() };
        let mut computer = Varvara::new(&rom, options);
        computer.run(10_000_000);

        let mut ram = vec![0; 0x10000];
        ram[0x100..0x100 + rom.len()].copy_from_slice(&rom);
        let tree = [("a", Some(vec![b'a'; 30])), ("d", None), ("d/a", Some(b"in d".to_vec()))];
        let tree = tree.map(|(path, contents)| (path.to_string(), contents)).into();
        let mut model = Model { tree, ram, edition };
        let mut devices = [Device::default(), Device::default()];
        for (number, (second, access)) in accesses.iter().enumerate() {
            let device = &mut devices[usize::from(*second)];
            model.step(device, access);
            model.put(0x1000 + 2 * number as u16, &device.success.to_be_bytes());
        }

        prop_assert!(computer.uxn().ram()[..] == model.ram[..], "memory differs");
        let tree: BTreeMap<_, _> = files
            .borrow()
            .nodes()
            .map(|(path, node)| {
                let contents = match node {
                    Node::File(bytes) => Some(bytes.clone()),
                    Node::Directory => None,
                };
                (path.to_string(), contents)
            })
            .collect();
        prop_assert_eq!(&tree, &model.tree);
        let bytes: usize = tree.values().flatten().map(Vec::len).sum();
        prop_assert_eq!(files.borrow().bytes(), bytes as u64);
    }
}
