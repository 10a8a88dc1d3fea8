//! The engines against an independent CPU (`tests/oracle`).

mod opcodes;
#[path = "../oracle/mod.rs"]
mod oracle;
mod promises;
mod random;
mod rig;
