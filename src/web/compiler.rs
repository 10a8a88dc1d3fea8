//! The compiler, as a WebAssembly module of its own.

use wasm_bindgen::prelude::*;

use crate::uxn::compile::{self, Limits};
use crate::uxn::sample::SAMPLE;
use crate::uxn::unit::{Description, Snapshot};
use crate::uxn::{QUIET, RESET};

/// A module made of hot code.
#[wasm_bindgen]
pub struct Translation {
    translation: compile::Translation,
}

#[wasm_bindgen]
impl Translation {
    /// The module.
    #[wasm_bindgen(getter)]
    pub fn module(&self) -> Vec<u8> {
        self.translation.module.clone()
    }

    /// How many functions it exports, named `0`, `1` and so on. None if the interpreter does everything as well.
    #[wasm_bindgen(getter)]
    pub fn functions(&self) -> usize {
        self.translation.functions()
    }

    /// What the machine has to know of its units.
    #[wasm_bindgen(getter)]
    pub fn units(&self) -> Vec<u8> {
        self.translation.units.iter().flat_map(Description::encode).collect()
    }

    /// The addresses that have still to be asked for.
    #[wasm_bindgen(getter)]
    pub fn rest(&self) -> Vec<u16> {
        self.translation.rest.clone()
    }
}

/// Compiles what is reached from hot addresses of a machine, briefly where the page waits. Nothing, if the snapshot is none.
#[wasm_bindgen]
pub fn compile(
    snapshot: &[u8],
    addresses: &[u16],
    #[wasm_bindgen(js_name = isBrief)] is_brief: bool,
) -> Option<Translation> {
    let limits = if is_brief { Limits::SMALL } else { Limits::LARGE };
    let translation = compile::compile(&Snapshot::decode(snapshot)?, addresses, limits);
    Some(Translation { translation })
}

/// Compiles a program that has something of everything, for nothing: browsers compile the compiler's functions when they
/// are first called.
#[wasm_bindgen(js_name = warmUp)]
pub fn warm_up() {
    let mut ram = vec![0; 0x10000];
    ram[RESET.into()..][..SAMPLE.len()].copy_from_slice(&SAMPLE);
    let (marks, ports) = (vec![0; 0x10000], [QUIET; 256]);
    let snapshot = Snapshot {
        ram: &ram,
        marks: &marks,
        ports: &ports,
        machine: 0,
        ram_address: 0,
        marks_address: 0,
        dev_address: 0,
        stacks: [0x100; 2],
        counter: 0,
    };
    compile::compile(&snapshot, &[RESET], Limits::LARGE);
}
