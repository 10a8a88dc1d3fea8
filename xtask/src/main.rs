//! Build steps that need Rust: `cargo xtask ...`.

mod wasm;

use std::env;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask wasm [--dev|--fuzz|--tests]

  wasm     builds the library for the page, once with tail calls and once without,
           and the compiler, into target/web/{tailcall,switch,compiler}
  --dev    builds faster, runs slower
  --fuzz   builds what the fuzzer works with instead, into target/web/fuzz
  --tests  builds tests that run in WebAssembly instead, into target/web/tests";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["wasm"] => wasm::build(&wasm::SHIPPED, false),
        ["wasm", "--dev"] => wasm::build(&wasm::SHIPPED, true),
        ["wasm", "--fuzz"] => wasm::build(&[wasm::FUZZ], false),
        ["wasm", "--tests"] => wasm::build_tests(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
