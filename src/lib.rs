//! fantail runs programs for Uxn, a small virtual CPU, and Varvara, the computer around it.
//!
//! - [`uxn`]: the CPU. Knows no device and no platform.
//! - [`varvara`]: the computer: screen, console, controller, mouse and the rest. Knows no browser.
//! - [`tal`]: the Uxntal assembler.
//! - `web`: what JavaScript sees (wasm32 only).
//!
//! ```
//! use fantail::tal;
//! use fantail::varvara::{Options, Varvara};
//!
//! let rom = tal::assemble("@on-reset LIT \"A #18 DEO BRK")?.rom;
//! let mut computer = Varvara::new(&rom, Options::default());
//! computer.run(1_000_000);
//! assert_eq!(computer.take_output()[0].bytes, b"A");
//! # Ok::<(), tal::Errors>(())
//! ```

#![cfg_attr(feature = "tailcall", feature(explicit_tail_calls, rust_preserve_none_cc))]
#![cfg_attr(feature = "tailcall", allow(incomplete_features))]
#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod tal;
pub mod uxn;
pub mod varvara;
#[cfg(all(any(feature = "web", feature = "compiler"), target_arch = "wasm32"))]
pub mod web;
