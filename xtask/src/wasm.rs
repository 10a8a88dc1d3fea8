//! The library as WebAssembly with its JavaScript bindings: the two builds that the page chooses from, the
//! compiler, the fuzzer's, and the tests that run there as well.

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
    /// The most bytes of code it may have.
    most_code: usize,
}

/// Up to so many bytes of code in a module Firefox optimises functions after a third of the work that they take to be
/// optimised otherwise.
const SMALL: usize = 150_000;

/// What is shipped: the two builds that the page chooses from, and the compiler.
pub const SHIPPED: [Build; 3] = [
    Build {
        name: "tailcall",
        features: "web,blocks",
        // Compiled functions are added to the table.
        rustflags: "-C target-feature=+tail-call -C link-arg=--growable-table -C link-arg=--export-table",
        profile: "release",
        tail_calls: true,
        most_code: SMALL,
    },
    Build {
        name: "compiler",
        features: "compiler",
        rustflags: "-Z allow-features=",
        profile: "small",
        tail_calls: false,
        most_code: SMALL,
    },
    Build {
        name: "switch",
        features: "web",
        // Refuses every nightly feature: this build is plain Rust.
        rustflags: "-Z allow-features=",
        profile: "release",
        tail_calls: false,
        most_code: SMALL,
    },
];

/// What the fuzzer works with: all engines, and the means to compare them.
pub const FUZZ: Build =
    Build { name: "fuzz", features: "fuzz", profile: "fuzz", most_code: usize::MAX, ..SHIPPED[0] };

/// The tests in `tests/` that run in WebAssembly as well, where code is compiled as soon as it is jumped to.
const TESTS: [&str; 4] = ["cpu", "devices", "pictures", "roms"];

/// Makes builds.
pub fn build(builds: &[Build], dev: bool) -> Result<()> {
    let Place { root, target } = place()?;
    let mut codes = Vec::new();
    for build in builds {
        let module = compile(&root, &target, build, dev)?;
        // The page takes the bindings from here, wherever cargo keeps its files.
        let out = root.join("target/web").join(build.name);
        bind(&module, &out).with_context(|| format!("making the bindings of {}", module.display()))?;
        let bytes = fs::read(out.join("fantail_bg.wasm"))?;
        let code = Code::of(&bytes)?;
        println!(
            "{:8}  {:>9} bytes, {:>8} gzipped, {:>8} of code, {:>5} tail calls",
            build.name,
            bytes.len(),
            gzipped(&bytes)?,
            code.size,
            code.tail_calls
        );
        codes.push(code);
    }
    for (Build { name, tail_calls, most_code, .. }, code) in builds.iter().zip(codes) {
        ensure!(
            (code.tail_calls > 0) == *tail_calls,
            "the {name} build has {} tail calls; check its flags in xtask/src/wasm.rs",
            code.tail_calls
        );
        ensure!(
            dev || code.size <= *most_code,
            "the {name} build has {} bytes of code; with more than {most_code} it starts slowly in Firefox",
            code.size
        );
    }
    Ok(())
}

/// The repository, and where cargo keeps its files.
struct Place {
    root: PathBuf,
    target: PathBuf,
}

fn place() -> Result<Place> {
    // Where cargo runs it, not where it was built: a target folder may have been copied from another checkout.
    let folder = env::var_os("CARGO_MANIFEST_DIR").context("not run by cargo")?;
    let root = Path::new(&folder).parent().context("xtask has no parent folder")?.to_path_buf();
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(Place { root, target })
}

/// Compiles the library and returns the path of the module. All builds share cargo's folder, so that procedural
/// macros and build scripts are compiled once; what differs in flags cargo keeps apart. Only the module itself is
/// overwritten by the next build.
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
        .current_dir(&root)
        .args(["test", "--no-run", "--quiet", "--locked", "--package", "fantail", "--target", TARGET])
        .args(["--no-default-features", "--features", "eager", "--message-format", "json-render-diagnostics"])
        .args(TESTS.iter().flat_map(|name| ["--test", name]))
        .env("CARGO_TARGET_DIR", target)
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

/// What there is to say of a module's code.
struct Code {
    /// Bytes.
    size: usize,
    tail_calls: usize,
}

impl Code {
    fn of(module: &[u8]) -> Result<Code> {
        let mut code = Code { size: 0, tail_calls: 0 };
        for payload in Parser::new(0).parse_all(module) {
            let body = match payload? {
                Payload::CodeSectionStart { size, .. } => {
                    code.size = size as usize;
                    continue;
                }
                Payload::CodeSectionEntry(body) => body,
                _ => continue,
            };
            for operator in body.get_operators_reader()? {
                let operator = operator?;
                code.tail_calls += usize::from(matches!(
                    operator,
                    Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. }
                ));
            }
        }
        Ok(code)
    }
}

fn gzipped(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}
