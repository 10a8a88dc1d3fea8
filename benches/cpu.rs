//! How fast each engine runs whole programs: `cargo bench --bench cpu`.
//!
//! The programs are ROMs of ours, assembled here, each in a computer of its own from reset to its end. One
//! group a program, one line an engine, so that the lines of a group give the ratio.

use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use fantail::tal;
use fantail::uxn::Engine;
use fantail::varvara::{Options, Status, Varvara};

/// What is measured, and what it has to print for the measurement to count.
const PROGRAMS: [(&str, &str, &[&str], &str); 3] = [
    // Calls and returns.
    ("fib", "roms/console/fib.tal", &["27"], "196418\n"),
    // Arithmetic on shorts and zero-page variables in deep subroutines.
    ("primes32", "roms/console/primes32.tal", &["10000"], "1229 primes below 10000, the largest 9973\n"),
    // Arithmetic, and a pixel at a time to the screen.
    ("mandelbrot", "roms/mandelbrot.tal", &[], "0027b25f\n"),
];

fn assemble(path: &str) -> Vec<u8> {
    let source = std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut sources = |path: &str| std::fs::read(path);
    tal::assemble_with(path, &source, &mut sources).unwrap_or_else(|errors| panic!("{path}:\n{errors}")).rom
}

fn computer(rom: &[u8], args: &[&str], engine: Engine) -> Varvara {
    let args = args.iter().map(|arg| arg.as_bytes().to_vec()).collect();
    Varvara::new(rom, Options { args, engine, ..Options::default() })
}

fn run(computer: &mut Varvara) {
    while computer.run(u32::MAX) == Status::Busy {}
}

fn benchmark(criterion: &mut Criterion) {
    for (name, path, args, expected) in PROGRAMS {
        let rom = assemble(path);
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).measurement_time(Duration::from_secs(5));
        for &engine in Engine::ALL {
            let mut once = computer(&rom, args, engine);
            run(&mut once);
            let printed: Vec<u8> = once.take_output().into_iter().flat_map(|output| output.bytes).collect();
            assert_eq!(String::from_utf8_lossy(&printed), expected, "{name} on {}", engine.name());

            group.bench_function(BenchmarkId::from_parameter(engine.name()), |bencher| {
                bencher.iter_batched_ref(|| computer(&rom, args, engine), run, BatchSize::PerIteration);
            });
        }
        group.finish();
    }
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
