//! Build steps that need Rust: `cargo xtask ...`.

fn main() {}
