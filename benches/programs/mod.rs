//! The programs of the benchmarks, `benches/programs.json`, and what each is given. Paths are those of the
//! repository, in which cargo runs benchmarks and examples are run.

use fantail::tal;
use serde_json::Value;

/// A program and its work: the reset vector, the arguments, standard input, frames, in this order.
pub struct Program {
    pub name: String,
    pub rom: Vec<u8>,
    pub args: Vec<String>,
    /// Standard input, which ends then; without it nothing comes in.
    pub input: Option<Vec<u8>>,
    /// How many times the screen vector is called.
    pub frames: u64,
}

/// Reads the list and assembles the programs. There is no benchmark without them: whatever is wrong is a panic.
pub fn programs() -> Vec<Program> {
    let list: Value = serde_json::from_slice(&read("benches/programs.json")).expect("programs.json is JSON");
    list.as_array().expect("a list of programs").iter().map(program).collect()
}

fn program(entry: &Value) -> Program {
    let text = |key: &str| entry[key].as_str();
    let source = text("source").expect("every program has a source");
    let args = entry["args"].as_array().into_iter().flatten();
    let repeat = entry["repeat"].as_u64().map_or(1, |count| count as usize);
    Program {
        name: text("name").expect("every program has a name").to_owned(),
        rom: assemble(source),
        args: args.map(|arg| arg.as_str().expect("arguments are text").to_owned()).collect(),
        input: text("input").map(|path| read(path).repeat(repeat)),
        frames: entry["frames"].as_u64().unwrap_or(0),
    }
}

fn read(path: &str) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn assemble(path: &str) -> Vec<u8> {
    let mut sources = |path: &str| std::fs::read(path);
    let assembly = tal::assemble_with(path, &read(path), &mut sources);
    assembly.unwrap_or_else(|errors| panic!("{path}:\n{errors}")).rom
}
