//! The devices against the specification. A test named `case_…` is the conformance case of that number:
//! a program and what it leaves behind, on every engine.
//!
//! Where the newest reference emulator and the recommendation of the specification differ, the test follows the
//! recommendation and says so.

#![cfg_attr(target_family = "wasm", feature(custom_test_frameworks, test), test_runner(eager::run))]
#[cfg(target_family = "wasm")]
extern crate test;

#[cfg(target_family = "wasm")]
#[path = "../eager/mod.rs"]
mod eager;

mod machine;

mod audio;
mod console;
mod datetime;
mod editions;
mod events;
mod file;
mod fuel;
mod input;
mod ports;
mod screen;
mod system;
mod vectors;

#[cfg(not(target_family = "wasm"))]
mod slow_files;

// Random programs. In WebAssembly the fuzzer makes them (`tests/fuzz`).
#[cfg(not(target_family = "wasm"))]
mod audio_model;
#[cfg(not(target_family = "wasm"))]
mod file_model;
#[cfg(not(target_family = "wasm"))]
#[path = "../oracle/audio.rs"]
mod oracle;
#[cfg(not(target_family = "wasm"))]
mod screen_model;
#[cfg(not(target_family = "wasm"))]
mod traffic;
