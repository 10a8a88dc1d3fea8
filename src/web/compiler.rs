//! The compiler, as a WebAssembly module of its own.

use wasm_bindgen::prelude::*;

use crate::uxn::compile;
use crate::uxn::unit::Snapshot;

/// A module made of hot code.
#[wasm_bindgen]
pub struct Unit {
    unit: compile::Unit,
}

#[wasm_bindgen]
impl Unit {
    /// The module.
    #[wasm_bindgen(getter)]
    pub fn module(&self) -> Vec<u8> {
        self.unit.module.clone()
    }

    /// How many functions it exports, named `0`, `1` and so on.
    #[wasm_bindgen(getter)]
    pub fn functions(&self) -> usize {
        self.unit.description.entries.len()
    }

    /// What the machine has to know of it.
    #[wasm_bindgen(getter)]
    pub fn description(&self) -> Vec<u8> {
        self.unit.description.encode()
    }
}

/// Compiles what is reached from a hot address of a machine, or nothing if the interpreter does that as well.
#[wasm_bindgen]
pub fn compile(snapshot: &[u8], address: u16) -> Option<Unit> {
    let unit = compile::compile(&Snapshot::decode(snapshot)?, address)?;
    Some(Unit { unit })
}
