//! The engines against an independent CPU (`tests/oracle`) and the conformance cases.

mod conformance;
mod opcodes;
#[path = "../oracle/mod.rs"]
mod oracle;
mod promises;
mod random;
mod rig;
