//! What is asked of few ROMs, so that it is in the module that pages fetch later.

use wasm_bindgen::prelude::*;

use crate::varvara::rom;

/// Why a ROM that runs is perhaps not the one meant, in words, or `undefined` if nothing is doubtful.
#[wasm_bindgen(js_name = romWarning)]
pub fn rom_warning(bytes: &[u8]) -> Option<String> {
    rom::warning(bytes).map(|warning| warning.to_string())
}
