//! The library as WebAssembly with its JavaScript bindings: the two builds that the page chooses from, and the
//! fuzzer's.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use wasm_bindgen_cli_support::Bindgen;
use wasmparser::{Operator, Parser, Payload};

const TARGET: &str = "wasm32-unknown-unknown";

/// One of the builds.
pub struct Build {
    /// Its folder below `target/web`. The page's are named after the engine that is their default.
    name: &'static str,
    features: &'static str,
    rustflags: &'static str,
    profile: &'static str,
    tail_calls: bool,
}

/// What is shipped: the two builds that the page chooses from, and the compiler.
pub const SHIPPED: [Build; 3] = [
    Build {
        name: "tailcall",
        features: "web,blocks",
        // Compiled functions are added to the table.
        rustflags: "-C target-feature=+tail-call -C link-arg=--growable-table -C link-arg=--export-table",
        profile: "release",
        tail_calls: true,
    },
    Build {
        name: "compiler",
        features: "compiler",
        rustflags: "-Z allow-features=",
        profile: "small",
        tail_calls: false,
    },
    Build {
        name: "switch",
        features: "web",
        // Refuses every nightly feature: this build is plain Rust.
        rustflags: "-Z allow-features=",
        profile: "release",
        tail_calls: false,
    },
];

/// What the fuzzer works with: all engines, and the means to compare them.
pub const FUZZ: Build = Build { name: "fuzz", features: "fuzz", ..SHIPPED[0] };

/// The tests in `tests/` that run in WebAssembly as well, where code is compiled as soon as it is jumped to.
const TESTS: [&str; 4] = ["cpu", "devices", "pictures", "roms"];

/// Makes builds.
pub fn build(builds: &[Build], dev: bool) -> Result<()> {
    let Place { root, target } = place()?;
    let mut counts = Vec::new();
    for build in builds {
        let module = compile(root, &target.join("wasm").join(build.name), build, dev)?;
        // The page takes the bindings from here, wherever cargo keeps its files.
        let out = root.join("target/web").join(build.name);
        bind(&module, &out).with_context(|| format!("making the bindings of {}", module.display()))?;
        let bytes = fs::read(out.join("fantail_bg.wasm"))?;
        let tail_calls = count_tail_calls(&bytes)?;
        println!(
            "{:8}  {:>9} bytes, {:>8} gzipped, {tail_calls:>5} tail calls",
            build.name,
            bytes.len(),
            gzipped(&bytes)?
        );
        counts.push(tail_calls);
    }
    for (build, tail_calls) in builds.iter().zip(counts) {
        ensure!(
            (tail_calls > 0) == build.tail_calls,
            "the {} build has {tail_calls} tail calls; check its flags in xtask/src/wasm.rs",
            build.name
        );
    }
    Ok(())
}

/// The repository, and where cargo keeps its files.
struct Place {
    root: &'static Path,
    target: PathBuf,
}

fn place() -> Result<Place> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(Place { root, target })
}

/// Compiles the library and returns the path of the module. Each build has a target folder of its own, as
/// different flags would make cargo compile everything anew every time.
fn compile(root: &Path, target: &Path, build: &Build, dev: bool) -> Result<PathBuf> {
    let profile = if dev { "dev" } else { build.profile };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root)
        .args(["build", "--quiet", "--locked", "--package", "fantail", "--lib", "--target", TARGET])
        .args(["--profile", profile, "--no-default-features", "--features", build.features])
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTFLAGS", build.rustflags)
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    let status = cargo.status().context("starting cargo")?;
    if !status.success() {
        bail!("the {} build failed", build.name);
    }
    let folder = if dev { "debug" } else { build.profile };
    Ok(target.join(TARGET).join(folder).join("fantail.wasm"))
}

/// Compiles the tests, without bindings: `tests/eager/host.ts` knows what they import.
pub fn build_tests() -> Result<()> {
    let Place { root, target } = place()?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root)
        .args(["test", "--no-run", "--quiet", "--locked", "--package", "fantail", "--target", TARGET])
        .args(["--no-default-features", "--features", "eager", "--message-format", "json-render-diagnostics"])
        .args(TESTS.iter().flat_map(|name| ["--test", name]))
        .env("CARGO_TARGET_DIR", target.join("wasm/tests"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("RUSTFLAGS", FUZZ.rustflags)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .stderr(Stdio::inherit());
    let output = cargo.output().context("starting cargo")?;
    ensure!(output.status.success(), "the build of the tests failed");
    let out = root.join("target/web/tests");
    fs::create_dir_all(&out)?;
    let mut missing = TESTS.to_vec();
    for line in output.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let message: Value = serde_json::from_slice(line)?;
        let (Some(name), Some(module)) = (message["target"]["name"].as_str(), message["executable"].as_str())
        else {
            continue;
        };
        fs::copy(module, out.join(name).with_extension("wasm"))?;
        missing.retain(|other| *other != name);
    }
    ensure!(missing.is_empty(), "cargo has not said where {missing:?} are");
    Ok(())
}

/// Writes the module for the browser, an ES module that loads it, and their types.
fn bind(module: &Path, out: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(module)
        .web(true)?
        // The bindings know where their module is, and bundlers see it.
        .omit_default_module_path(false)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(out)
}

fn count_tail_calls(module: &[u8]) -> Result<usize> {
    let mut count = 0;
    for payload in Parser::new(0).parse_all(module) {
        let Payload::CodeSectionEntry(body) = payload? else { continue };
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            count += usize::from(matches!(
                operator,
                Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. }
            ));
        }
    }
    Ok(count)
}

fn gzipped(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}
