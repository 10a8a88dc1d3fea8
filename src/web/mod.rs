//! What JavaScript sees: the only part that knows a browser.
//!
//! Two WebAssembly modules are made of it: the computer, and the compiler, which a page fetches when something is hot
//! or doubtful. A third one is for fuzzing.

#[cfg(feature = "compiler")]
mod compiler;
#[cfg(feature = "fuzz")]
mod computers;
#[cfg(feature = "web")]
mod files;
#[cfg(feature = "compiler")]
mod rom;
#[cfg(feature = "fuzz")]
mod trial;
#[cfg(feature = "web")]
mod varvara;
