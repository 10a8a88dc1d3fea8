//! The names of addresses.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::names::fault;
use super::super::symbols::Symbol;
use super::flow::{Flow, Part, Reference, START, Usage};
use crate::uxn::opcode::is_literal;

/// The longest name that is taken from a symbol: what the reference assemblers allow.
const MAX_NAME: usize = 62;
/// Bytes of source in which names from symbols are defined, so that it is one that the assembler takes.
const MAX_NAMES: usize = 2 << 20;
/// What a definition takes besides the name: a space, `|0000` and another, and `@`.
const DEFINITION: usize = 8;

/// Where a label is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Between instructions or data.
    Line,
    /// In front of the operand of a literal.
    Operand,
    /// Above the program.
    Above,
}

/// The full names at an address, of which there may be thousands, and those to refer by.
#[derive(Default)]
struct Names {
    all: Vec<String>,
    /// What the device port here is called.
    port: Option<usize>,
    /// What anything else is called.
    other: Option<usize>,
}

impl Names {
    fn add(&mut self, name: String) {
        let index = self.all.len();
        if !is_port(&name) {
            self.other.get_or_insert(index);
        } else if self.port.is_none_or(|port| name.contains('/') && !self.all[port].contains('/')) {
            // `Console/vector` rather than `Console`, which is there as well.
            self.port = Some(index);
        }
        self.all.push(name);
    }
}

/// The labels of a program.
pub struct Labels {
    names: BTreeMap<u16, Names>,
    taken: HashSet<String>,
    /// How many symbols had to be left out.
    pub omitted: usize,
}

impl Labels {
    /// Takes names from symbols, and gives names to all else that is referred to.
    pub fn new(flow: &Flow, symbols: &[Symbol]) -> Labels {
        let mut labels = Labels { names: BTreeMap::new(), taken: HashSet::new(), omitted: 0 };
        labels.take_symbols(symbols);
        let mut locals = Vec::new();
        let (ports, usages) = usages(flow);
        for port in ports {
            labels.name_port(port);
        }
        for (target, usage) in usages {
            // The zero page and the device page share their addresses, but not their names.
            let is_named = labels
                .names
                .get(&target)
                .is_some_and(|names| usize::from(target) >= START || names.other.is_some());
            let place = place(flow, target);
            if is_named || usize::from(target) == START {
                continue;
            }
            if place == Place::Operand {
                locals.push((target, "var"));
            } else if usage == Usage::Jump && place == Place::Line {
                locals.push((target, "at"));
            } else {
                labels.name(target, usage);
            }
        }
        if !labels.names.contains_key(&(START as u16)) {
            labels.add(START as u16, "on-reset".to_string());
        }
        labels.name_locals(flow, &locals);
        labels
    }

    /// All labels with their names, by address.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &[String])> {
        self.names.iter().map(|(&address, names)| (address, &names.all[..]))
    }

    /// The names at an address.
    pub fn at(&self, address: usize) -> &[String] {
        u16::try_from(address)
            .ok()
            .and_then(|address| self.names.get(&address))
            .map_or(&[], |names| &names.all)
    }

    /// The name for a reference. None if it is rather a number.
    pub fn of(&self, reference: Reference) -> Option<&str> {
        let names = self.names.get(&reference.target)?;
        let zero_page = reference.target < START as u16;
        let index = match reference.usage {
            Usage::Port => names.port?,
            Usage::Pointer if zero_page || reference.target == START as u16 => return None,
            Usage::Data if zero_page => names.other.unwrap_or(0),
            _ => 0,
        };
        Some(&names.all[index])
    }

    fn take_symbols(&mut self, symbols: &[Symbol]) {
        let mut addresses: HashMap<&str, u16> = HashMap::new();
        let mut length = 0;
        for Symbol { address, name } in symbols {
            if name == b"Top" && usize::from(*address) == START || is_lambda(name) {
                continue;
            }
            let Some(name) = label_name(name).filter(|name| length + DEFINITION + name.len() <= MAX_NAMES)
            else {
                self.omitted += 1;
                continue;
            };
            match addresses.get(name) {
                None => {
                    length += DEFINITION + name.len();
                    addresses.insert(name, *address);
                    self.add(*address, name.to_string());
                }
                Some(first) if first == address => {}
                Some(_) => self.omitted += 1,
            }
        }
    }

    fn name_port(&mut self, port: u16) {
        if self.names.get(&port).is_none_or(|names| names.port.is_none())
            && let Some(name) = port_name(port as u8).filter(|name| !self.taken.contains(name))
        {
            self.add(port, name);
        }
    }

    fn name(&mut self, target: u16, usage: Usage) {
        let prefix = match usage {
            Usage::Vector(device) => {
                let name = match device {
                    1 => "on-console",
                    2 => "on-screen",
                    3 => "on-audio1",
                    4 => "on-audio2",
                    5 => "on-audio3",
                    6 => "on-audio4",
                    8 => "on-controller",
                    _ => "on-mouse",
                };
                if !self.taken.contains(name) {
                    return self.add(target, name.to_string());
                }
                name
            }
            Usage::Call => "sub",
            Usage::Jump => "at",
            Usage::Data if usize::from(target) < START => "var",
            Usage::Data | Usage::Pointer | Usage::Port => "data",
        };
        self.add(target, format!("{prefix}-{target:04x}"));
    }

    /// Names what becomes a sublabel of the label above it. `locals` is in the order of addresses.
    fn name_locals(&mut self, flow: &Flow, locals: &[(u16, &str)]) {
        let scopes = self.names.iter().filter(|&(&address, _)| place(flow, address) != Place::Above);
        let scopes: Vec<(u16, String)> = scopes
            .filter_map(|(&address, names)| Some((address, scope(names.all.last()?).to_string())))
            .collect();
        for &(target, prefix) in locals {
            // The program has a label at its start.
            let index = scopes.partition_point(|&(address, _)| address < target);
            let scope = &scopes[index - 1].1;
            self.add(target, format!("{scope}/{prefix}-{target:04x}"));
        }
    }

    /// Adds a name, a little changed if it is taken.
    fn add(&mut self, address: u16, mut name: String) {
        while !self.taken.insert(name.clone()) {
            name.push('-');
        }
        self.names.entry(address).or_default().add(name);
    }
}

/// Where a label at an address is defined.
pub fn place(flow: &Flow, address: u16) -> Place {
    let at = usize::from(address);
    match flow.part(at) {
        Some(Part::Data | Part::Instruction) => Place::Line,
        None if at == flow.end() => Place::Line,
        Some(Part::Operand)
            if flow.part(at - 1) == Some(Part::Instruction) && flow.byte(at - 1).is_some_and(is_literal) =>
        {
            Place::Operand
        }
        _ => Place::Above,
    }
}

/// The scope that a label with this full name sets.
pub fn scope(name: &str) -> &str {
    name.split_once('/').map_or(name, |(head, _)| head)
}

/// The device ports in use, and what else is referred to, by address, with the best reason for a name.
fn usages(flow: &Flow) -> (BTreeSet<u16>, BTreeMap<u16, Usage>) {
    let mut usages = BTreeMap::new();
    let mut ports = BTreeSet::new();
    for at in (START..flow.end()).filter(|&at| flow.part(at) == Some(Part::Instruction)) {
        let Some(Reference { target, usage, .. }) = flow.reference(at) else { continue };
        let is_data = || usize::from(target) > START && flow.part(target.into()) == Some(Part::Data);
        match usage {
            Usage::Pointer if !is_data() => {}
            Usage::Port => _ = ports.insert(target),
            _ => {
                let known = usages.entry(target).or_insert(usage);
                *known = usage.max(*known);
            }
        }
    }
    (ports, usages)
}

/// Whether a name looks like that of a device port, which by custom has a capital.
pub fn is_port(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// Lambdas' names stand in symbol files; in a source they have none.
fn is_lambda(name: &[u8]) -> bool {
    name.strip_prefix("λ".as_bytes())
        .is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_hexdigit))
}

/// The name of a symbol if it can be that of a label, in any dialect, and is text that can be shown.
fn label_name(name: &[u8]) -> Option<&str> {
    let is_shown = |c: char| c.is_ascii_graphic() || !c.is_ascii() && c.escape_debug().len() == 1;
    let is_good = name.len() <= MAX_NAME && fault(name).is_none() && !b":'".contains(&name[0]);
    std::str::from_utf8(name).ok().filter(|name| is_good && name.chars().all(is_shown))
}

/// `Device/port`, for the ports of Varvara.
fn port_name(port: u8) -> Option<String> {
    let audio: &[(u8, &str)] = &[
        (0x0, "vector"),
        (0x2, "position"),
        (0x4, "output"),
        (0x8, "adsr"),
        (0xa, "length"),
        (0xc, "addr"),
        (0xe, "volume"),
        (0xf, "pitch"),
    ];
    let file: &[(u8, &str)] = &[
        (0x0, "vector"),
        (0x2, "success"),
        (0x4, "stat"),
        (0x6, "delete"),
        (0x7, "append"),
        (0x8, "name"),
        (0xa, "length"),
        (0xc, "read"),
        (0xe, "write"),
    ];
    let (device, ports): (&str, &[(u8, &str)]) = match port >> 4 {
        0x0 => (
            "System",
            &[
                (0x2, "expansion"),
                (0x4, "wst"),
                (0x5, "rst"),
                (0x6, "metadata"),
                (0x8, "r"),
                (0xa, "g"),
                (0xc, "b"),
                (0xe, "debug"),
                (0xf, "state"),
            ],
        ),
        0x1 => ("Console", &[(0x0, "vector"), (0x2, "read"), (0x7, "type"), (0x8, "write"), (0x9, "error")]),
        0x2 => (
            "Screen",
            &[
                (0x0, "vector"),
                (0x2, "width"),
                (0x4, "height"),
                (0x6, "auto"),
                (0x8, "x"),
                (0xa, "y"),
                (0xc, "addr"),
                (0xe, "pixel"),
                (0xf, "sprite"),
            ],
        ),
        0x3 => ("Audio1", audio),
        0x4 => ("Audio2", audio),
        0x5 => ("Audio3", audio),
        0x6 => ("Audio4", audio),
        0x8 => (
            "Controller",
            &[(0x0, "vector"), (0x2, "button"), (0x3, "key"), (0x5, "p2"), (0x6, "p3"), (0x7, "p4")],
        ),
        0x9 => (
            "Mouse",
            &[(0x0, "vector"), (0x2, "x"), (0x4, "y"), (0x6, "state"), (0xa, "scrollx"), (0xc, "scrolly")],
        ),
        0xa => ("File1", file),
        0xb => ("File2", file),
        0xc => (
            "DateTime",
            &[
                (0x0, "year"),
                (0x2, "month"),
                (0x3, "day"),
                (0x4, "hour"),
                (0x5, "minute"),
                (0x6, "second"),
                (0x7, "weekday"),
                (0x8, "yearday"),
                (0xa, "dst"),
            ],
        ),
        _ => return None,
    };
    let (_, name) = ports.iter().find(|&&(offset, _)| offset == port & 0xf)?;
    Some(format!("{device}/{name}"))
}
