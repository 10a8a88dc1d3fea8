//! Code is compiled as soon as control gets there, so that everything that can be compiled runs compiled. For tests: a
//! page waits until code is hot, and the program runs on meanwhile.

#![allow(unsafe_code)]

use super::compile::{self, Limits};
use super::{Uxn, unit_imports};

#[link(wasm_import_module = "eager")]
unsafe extern "C" {
    /// What modules import: the function at an index of the table, by name.
    fn import(name: *const u8, length: usize, index: u32);
    /// Takes back indices of the table.
    fn release(slots: *const u16, count: usize);
    /// Makes an instance of a module and puts its functions, which are named `0`, `1` and so on, into the table. Their
    /// indices there are written to `slots`.
    fn instantiate(module: *const u8, length: usize, slots: *mut u16, functions: usize);
}

impl Drop for Uxn {
    fn drop(&mut self) {
        self.set_hot(None);
        self.release_retired();
    }
}

impl Uxn {
    /// Compiles what is hot and links it. Whether there is compiled code now that was not there before.
    pub(super) fn compile_hot(&mut self) -> bool {
        let hot = self.take_hot();
        let translation = compile::compile(&self.snapshot(), &hot, Limits::LARGE);
        let units = translation.units.len();
        if units == 0 {
            return false;
        }
        self.release_retired();
        let module = &translation.module;
        let mut slots = vec![0; translation.functions()];
        // SAFETY: the host reads and writes inside of these.
        unsafe {
            for (name, index) in unit_imports() {
                import(name.as_ptr(), name.len(), index);
            }
            instantiate(module.as_ptr(), module.len(), slots.as_mut_ptr(), slots.len());
        }
        assert_eq!(self.link_all(translation.units, &slots), units, "memory is what they were made from");
        true
    }

    fn release_retired(&mut self) {
        let retired = self.take_retired();
        // SAFETY: the host reads them.
        unsafe { release(retired.as_ptr(), retired.len()) };
    }
}
