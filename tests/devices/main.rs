//! The devices against the specification. A test named `case_…` is the conformance case of that number:
//! a program and what it leaves behind, on every engine.
//!
//! Where the newest reference emulator and the recommendation of the specification differ, the test follows the
//! recommendation and says so.

mod machine;
#[path = "../oracle/audio.rs"]
mod oracle;

mod audio;
mod console;
mod datetime;
mod editions;
mod events;
mod file;
mod file_model;
mod input;
mod screen;
mod screen_model;
mod system;
mod traffic;
mod vectors;
