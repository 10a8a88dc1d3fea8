//! The Varvara computer.
