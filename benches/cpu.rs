//! How fast each engine runs whole programs: `cargo bench --bench cpu`.
//!
//! The programs are those of `npm run bench`, each in a computer of its own from reset to the end of its work.
//! One group a program, one line an engine, so that the lines of a group give the ratio.

mod programs;

use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use fantail::uxn::Engine;
use fantail::varvara::{Event, InputType, Options, Status, Varvara};

use programs::{Program, programs};

/// Bytes of input that are sent at once, as the player does.
const INPUT_CHUNK: usize = 256;

fn computer(program: &Program, engine: Engine) -> Varvara {
    let args = program.args.iter().map(|arg| arg.as_bytes().to_vec()).collect();
    Varvara::new(&program.rom, Options { args, engine, ..Options::default() })
}

/// Does all the work, and returns what was printed.
fn work(program: &Program, computer: &mut Varvara) -> Vec<u8> {
    let mut printed = Vec::new();
    let mut run = |computer: &mut Varvara| {
        while computer.run(u32::MAX) == Status::Busy {
            printed.extend(computer.take_output().into_iter().flat_map(|output| output.bytes));
        }
    };
    run(computer);
    if let Some(input) = &program.input {
        for chunk in input.chunks(INPUT_CHUNK) {
            for &byte in chunk {
                computer.send(Event::Console { byte, kind: InputType::Stdin });
            }
            run(computer);
        }
        computer.send(Event::Console { byte: 0, kind: InputType::End });
        run(computer);
    }
    for _ in 0..program.frames {
        computer.send(Event::Frame);
        run(computer);
    }
    printed.extend(computer.take_output().into_iter().flat_map(|output| output.bytes));
    printed
}

fn benchmark(criterion: &mut Criterion) {
    for program in programs() {
        let mut group = criterion.benchmark_group(&program.name);
        group.sample_size(10).measurement_time(Duration::from_secs(5));
        // A measurement counts when the program succeeds, and does the same on every engine.
        let mut expected = None;
        for &engine in Engine::ALL {
            let mut once = computer(&program, engine);
            let printed = work(&program, &mut once);
            let place = format!("{} on {}", program.name, engine.name());
            assert!(once.exit_code().is_none_or(|code| code == 0), "{place}");
            let outcome = (printed, once.picture());
            assert!(*expected.get_or_insert_with(|| outcome.clone()) == outcome, "{place}");

            group.bench_function(BenchmarkId::from_parameter(engine.name()), |bencher| {
                bencher.iter_batched_ref(
                    || computer(&program, engine),
                    |computer| work(&program, computer),
                    BatchSize::PerIteration,
                );
            });
        }
        group.finish();
    }
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
