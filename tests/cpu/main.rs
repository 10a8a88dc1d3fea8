//! The engines against an independent CPU (`tests/oracle`) and the conformance cases.

#![cfg_attr(target_family = "wasm", feature(custom_test_frameworks, test), test_runner(eager::run))]
#[cfg(target_family = "wasm")]
extern crate test;

#[cfg(target_family = "wasm")]
#[path = "../eager/mod.rs"]
mod eager;

mod conformance;
mod opcodes;
#[path = "../oracle/mod.rs"]
mod oracle;
mod promises;
// In WebAssembly the fuzzer makes random programs (`tests/fuzz`).
#[cfg(not(target_family = "wasm"))]
mod random;
mod rig;
