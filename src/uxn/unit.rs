//! What the machine and the compiler tell each other. They are two WebAssembly modules, so all of it goes over as bytes.

use std::ops::Range;

/// The functions that compiled code imports, in this order.
pub const IMPORTS: [&str; 4] = ["arrive", "dispatch", "dei", "deo"];
/// The bit of a port by which `dei` and `deo` are asked for a short.
pub const SHORT_PORT: u32 = 0x100;

/// A mark of a byte in memory: compiled code takes it for constant.
pub const CODE: u8 = 0x80;
/// A mark of a byte in memory: compiled code writes to it without looking, or has been patched there. It is not taken for
/// constant, nor compiled as an opcode, any more.
pub const DATA: u8 = 0x40;

/// The machine as it is when the compiler is asked.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    /// Main memory.
    pub ram: &'a [u8],
    /// A byte of marks for each of memory.
    pub marks: &'a [u8],
    /// What is known of each port: see [`Uxn::set_ports`](super::Uxn::set_ports).
    pub ports: &'a [u8],
    /// Where the machine is in WebAssembly's memory.
    pub machine: u32,
    /// Where its main memory is.
    pub ram_address: u32,
    /// Where its marks are.
    pub marks_address: u32,
    /// Where the bytes of its ports are.
    pub dev_address: u32,
    /// Where the bytes of the working and of the return stack begin.
    pub stacks: [u32; 2],
    /// Where compiled code counts the fuel that it uses: 32 bits.
    pub counter: u32,
}

const WORDS: usize = 7;
const PORTS: usize = 256;
const RAM: usize = 0x10000;

impl<'a> Snapshot<'a> {
    /// As bytes: seven little-endian words, the ports, memory, and its marks.
    pub fn encode(&self) -> Vec<u8> {
        let [wst, rst] = self.stacks;
        let Snapshot { machine, ram_address, marks_address, dev_address, counter, .. } = *self;
        let words = [machine, ram_address, marks_address, dev_address, wst, rst, counter];
        let words = words.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<_>>();
        [&words, self.ports, self.ram, self.marks].concat()
    }

    /// The reverse, or nothing if the length is wrong.
    pub fn decode(bytes: &'a [u8]) -> Option<Snapshot<'a>> {
        let (words, rest) = bytes.split_at_checked(4 * WORDS)?;
        let (ports, rest) = rest.split_at_checked(PORTS)?;
        let (ram, marks) = rest.split_at_checked(RAM)?;
        if marks.len() != RAM {
            return None;
        }
        let mut words = words.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word));
        let mut word = || words.next();
        let (machine, ram_address, marks_address, dev_address) = (word()?, word()?, word()?, word()?);
        let (stacks, counter) = ([word()?, word()?], word()?);
        Some(Snapshot {
            ram,
            marks,
            ports,
            machine,
            ram_address,
            marks_address,
            dev_address,
            stacks,
            counter,
        })
    }
}

/// What a compiled unit was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The addresses at which its functions begin, in the order of the module's exports.
    pub entries: Vec<u16>,
    /// The bytes that it takes for constant, with their addresses, which ascend.
    pub code: Vec<(u16, u8)>,
    /// Addresses of literals among them, ascending: if one is written to, it had better be a variable.
    pub literals: Vec<u16>,
    /// Addresses that it writes to without looking.
    pub data: Vec<u16>,
}

impl Description {
    /// Whether the byte at an address is among those that it was made from.
    pub fn covers(&self, address: u16) -> bool {
        self.code.binary_search_by_key(&address, |&(address, _)| address).is_ok()
    }

    /// Whether one of the bytes in a range of memory is.
    pub fn covers_any(&self, range: &Range<usize>) -> bool {
        let first = self.code.partition_point(|&(address, _)| usize::from(address) < range.start);
        self.code.get(first).is_some_and(|&(address, _)| usize::from(address) < range.end)
    }

    /// Whether there is a literal at an address.
    pub fn has_literal(&self, address: u16) -> bool {
        self.literals.binary_search(&address).is_ok()
    }

    /// As bytes: each list behind its length, in little-endian shorts.
    pub fn encode(&self) -> Vec<u8> {
        let (addresses, bytes): (Vec<u16>, Vec<u16>) =
            self.code.iter().map(|&(address, byte)| (address, u16::from(byte))).unzip();
        let lists = [&self.entries, &addresses, &bytes, &self.literals, &self.data];
        let shorts =
            lists.into_iter().flat_map(|list| std::iter::once(list.len() as u16).chain(list.iter().copied()));
        shorts.flat_map(u16::to_le_bytes).collect()
    }

    /// The reverse, of any number of them one behind the other. What comes behind something else is left out.
    pub fn decode(bytes: &[u8]) -> Vec<Description> {
        let mut rest = bytes;
        let mut list = || list(&mut rest);
        let description = || {
            let (entries, addresses, bytes, literals, data) = (list()?, list()?, list()?, list()?, list()?);
            let code = addresses.into_iter().zip(bytes.into_iter().map(|byte| byte as u8)).collect();
            Some(Description { entries, code, literals, data })
        };
        std::iter::from_fn(description).collect()
    }
}

/// Takes the first of several lists.
#[inline(never)]
fn list(rest: &mut &[u8]) -> Option<Vec<u16>> {
    let (length, behind) = rest.split_first_chunk()?;
    let (shorts, behind) = behind.split_at_checked(2 * usize::from(u16::from_le_bytes(*length)))?;
    *rest = behind;
    Some(shorts.as_chunks().0.iter().map(|short| u16::from_le_bytes(*short)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_read_back() {
        let description = Description {
            entries: vec![0x100, 0xffff],
            code: vec![(0x100, 0x80), (0x101, 0xff)],
            literals: vec![0x101],
            data: vec![],
        };
        let twice = [description.encode(), description.encode()].concat();
        assert_eq!(Description::decode(&twice), [description.clone(), description.clone()]);
        assert_eq!(Description::decode(&twice[..twice.len() - 2]), [description]);
        assert_eq!(Description::decode(&[3, 0, 1]), []);
    }
}
