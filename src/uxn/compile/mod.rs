//! The compiler: from hot Uxn code to WebAssembly functions.
//!
//! A unit is the function at a hot address and the functions it calls. A module holds several. One pass a file:
//!
//! 1. `graph`: where control goes from the entry, as blocks with a `terminator` each; small callees are inlined.
//! 2. `lower`: a block's instructions on symbolic stacks (`stacks`), as WebAssembly instructions.
//! 3. `function`: the blocks of a function put together: phis where ways meet, nested blocks instead of jumps.
//! 4. [`compile`], here: functions to a module.
//!
//! The machine at run time, which counts heat, links units and takes them back, is `blocks`. What a compiled function
//! and the interpreter owe each other is written in `docs/compiler.md`.

mod dump;
mod function;
mod graph;
mod lower;
mod stacks;
mod terminator;

use std::rc::Rc;

use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, FunctionSection, ImportSection, MemArg,
    MemoryType, Module, TypeSection, ValType,
};

use function::{Body, Callee, Callees};
use graph::{Graph, Program};
use lower::{Assumptions, STOPPED, import};
use stacks::{Extent, RST, WST};
use terminator::Terminator;

use super::unit::{DATA, Description, IMPORTS, Snapshot};

/// Bounds on the work for one unit.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Instructions of a function.
    instructions: u32,
    /// Instructions of all functions of a unit.
    unit: u32,
    /// Instructions of a module, after which no unit is added.
    module: u32,
    /// Blocks of a function.
    blocks: usize,
    /// Instructions of a callee that is inlined.
    inline: u32,
    /// Inlined calls inside each other.
    inline_depth: usize,
    /// Calls inside each other that are looked at.
    call_depth: usize,
    /// Instructions looked at, counted each time.
    effort: u32,
}

impl Limits {
    /// For a thread that has nothing else to do.
    pub const LARGE: Limits = Limits {
        instructions: 1000,
        unit: 1000,
        module: 500,
        blocks: 300,
        inline: 40,
        inline_depth: 4,
        call_depth: 8,
        effort: 10_000,
    };

    /// For the page's thread, which must not stand still for long.
    pub const SMALL: Limits =
        Limits { instructions: 150, unit: 200, module: 1, blocks: 60, effort: 600, ..Limits::LARGE };
}

impl Snapshot<'_> {
    fn is_data(&self, address: u16) -> bool {
        self.marks[usize::from(address)] & DATA != 0
    }

    fn short(&self, address: u16) -> u16 {
        u16::from_be_bytes([self.ram[usize::from(address)], self.ram[usize::from(address.wrapping_add(1))]])
    }

    /// Whether a port, of a short both, has a property: see [`Uxn::set_ports`](super::Uxn::set_ports).
    fn has(&self, property: u8, port: u8, short: bool) -> bool {
        let has = |port: u8| self.ports[usize::from(port)] & property != 0;
        has(port) && (!short || has(port.wrapping_add(1)))
    }
}

/// Units in one module, and what the machine has to know of them.
#[derive(Debug, Default)]
pub struct Translation {
    /// The module. It imports the memory `f.m` and the functions `f.arrive`, `f.dispatch`, `f.dei` and `f.deo`, and
    /// exports a handler for each entry of each unit, named by its number.
    pub module: Vec<u8>,
    /// What they were made from.
    pub units: Vec<Description>,
    /// The addresses that have still to be asked for.
    pub rest: Vec<u16>,
}

impl Translation {
    /// How many functions the module exports.
    pub fn functions(&self) -> usize {
        self.units.iter().map(|unit| unit.entries.len()).sum()
    }
}

/// Compiles what is reached from hot addresses, one after the other until a module has enough. What is part of a
/// unit before it is left out, and what the interpreter does as well.
pub fn compile(snapshot: &Snapshot, addresses: &[u16], limits: Limits) -> Translation {
    let mut translation = Translation::default();
    let mut bodies = Vec::new();
    let mut instructions = 0;
    let mut rest = addresses.iter().copied();
    while instructions < limits.module
        && let Some(address) = rest.next()
    {
        if translation.units.iter().any(|unit| unit.covers(address)) {
            continue;
        }
        let Some(mut unit) = unit(snapshot, address, bodies.len(), limits) else {
            // Even that may have been work.
            instructions += 1;
            continue;
        };
        instructions += unit.instructions;
        bodies.append(&mut unit.bodies);
        translation.units.push(unit.description);
    }
    translation.rest =
        rest.filter(|&address| !translation.units.iter().any(|unit| unit.covers(address))).collect();
    translation.module = module(snapshot, &translation.units, bodies);
    translation
}

/// The functions of a unit.
struct Unit {
    bodies: Vec<Body>,
    description: Description,
    /// Instructions of the program in it.
    instructions: u32,
}

/// Compiles what is reached from an address, or nothing if the interpreter does that as well. There are so many functions
/// before it in the module.
fn unit(snapshot: &Snapshot, entry: u16, functions: usize, limits: Limits) -> Option<Unit> {
    let mut marks = snapshot.marks.to_vec();
    // A unit that writes to its own code begins again with these bytes as variables.
    for _ in 0..4 {
        let snapshot = Snapshot { marks: &marks, ..*snapshot };
        let unit = attempt(&snapshot, entry, import::COUNT + functions as u32, limits)?;
        let Description { data, .. } = &unit.description;
        let written: Vec<u16> =
            data.iter().copied().filter(|&address| unit.description.covers(address)).collect();
        if written.is_empty() {
            return Some(unit);
        }
        for address in written {
            marks[usize::from(address)] |= DATA;
        }
    }
    None
}

/// A unit whose functions have the indices from `first` on.
fn attempt(snapshot: &Snapshot, entry: u16, first: u32, limits: Limits) -> Option<Unit> {
    let mut program = Program::new(snapshot, limits);
    let mut functions: Vec<(u16, Rc<Graph>)> = vec![(entry, program.graph(entry))];
    if let Terminator::Leave { pc } = functions[0].1.blocks[0].terminator
        && pc == entry
    {
        return None;
    }
    let mut callees = Callees::new();
    callees.insert(entry, Callee { index: first, extent: Extent::NONE });
    let mut instructions = functions[0].1.instructions();
    let mut next = 0;
    while next < functions.len() {
        let calls: Vec<u16> = calls(&functions[next].1).collect();
        next += 1;
        for callee in calls {
            if callees.contains_key(&callee) {
                continue;
            }
            let graph = program.graph(callee);
            instructions += graph.instructions();
            if instructions > limits.unit {
                break;
            }
            let index = first + functions.len() as u32;
            callees.insert(callee, Callee { index, extent: Extent::NONE });
            functions.push((callee, graph));
        }
    }
    reach(&functions, &mut callees);

    let mut assumptions = Assumptions::default();
    let mut bodies = Vec::new();
    for (_, graph) in &mut functions {
        // The others are left to the interpreter.
        let is_other = |callee| !callees.contains_key(&callee);
        if graph.calls(is_other) {
            *graph = Rc::new(graph.without_calls(is_other));
        }
        bodies.push(function::body(snapshot, graph, &callees, &mut assumptions)?);
    }
    let byte = |&address: &u16| (address, snapshot.ram[usize::from(address)]);
    let description = Description {
        entries: functions.iter().map(|&(address, _)| address).collect(),
        code: assumptions.code.keys().map(byte).collect(),
        literals: assumptions.literals.keys().copied().collect(),
        data: assumptions.data.keys().copied().collect(),
    };
    Some(Unit { bodies, description, instructions })
}

fn calls(graph: &Graph) -> impl Iterator<Item = u16> {
    graph.blocks.iter().filter_map(|block| match block.terminator {
        Terminator::Call { to, .. } => Some(to),
        _ => None,
    })
}

/// Finds out how far each function reaches below its entry, with all that it calls. Functions that reach without end,
/// as a recursion that eats the stack does, are not called.
fn reach(functions: &[(u16, Rc<Graph>)], callees: &mut Callees) {
    const DEEPEST: i32 = -128;
    loop {
        let (mut changed, mut removed) = (false, false);
        for (address, graph) in functions {
            let Some(&callee) = callees.get(address) else { continue };
            let mut extent = Extent::NONE;
            for block in &graph.blocks {
                extent.join(&function::extent(block, callees));
            }
            if extent.low[WST] < DEEPEST || extent.low[RST] < DEEPEST {
                callees.remove(address);
                removed = true;
            } else if extent != callee.extent {
                callees.insert(*address, Callee { extent, ..callee });
                changed = true;
            }
        }
        if removed {
            // What others reach by those that are gone would go round and round in functions that call each other.
            for (_, callee) in callees.iter_mut() {
                callee.extent = Extent::NONE;
            }
        } else if !changed {
            return;
        }
    }
}

// The types of a module's functions.
const FUNCTION: u32 = 0;
const HANDLER: u32 = 1;
const DEI: u32 = 2;
const DEO: u32 = 3;

/// The module: each function in turn, and behind them the handler for each.
fn module(snapshot: &Snapshot, units: &[Description], bodies: Vec<Body>) -> Vec<u8> {
    use ValType::{I32, I64};
    let mut types = TypeSection::new();
    types.ty().function([I32; 3], [I64]);
    types.ty().function([I32; 5], [I64]);
    types.ty().function([I32; 2], [I32]);
    types.ty().function([I32; 5], [I32]);

    let mut imports = ImportSection::new();
    for (name, of) in IMPORTS.into_iter().zip([HANDLER, HANDLER, DEI, DEO]) {
        imports.import("f", name, EntityType::Function(of));
    }
    let memory =
        MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
    imports.import("f", "m", memory);

    let mut functions = FunctionSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    let count = bodies.len() as u32;
    for body in bodies {
        functions.function(FUNCTION);
        let locals = [(1, I32), (1, I64), (body.locals, I32)];
        let mut function = wasm_encoder::Function::new(locals);
        function.raw(body.code);
        function.instructions().end();
        code.function(&function);
    }
    for (index, &entry) in (0..).zip(units.iter().flat_map(|unit| &unit.entries)) {
        functions.function(HANDLER);
        exports.export(&index.to_string(), ExportKind::Func, import::COUNT + count + index);
        code.function(&handler(snapshot, import::COUNT + index, entry));
    }

    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
    module.finish()
}

/// The handler that runs a function and goes on where it has left off: in other compiled code if there is some, but not in
/// this function again if it has done nothing.
fn handler(snapshot: &Snapshot, function: u32, entry: u16) -> wasm_encoder::Function {
    const RESULT: u32 = 5;
    const LOW: u32 = 6;
    let mut handler = wasm_encoder::Function::new([(1, ValType::I64), (1, ValType::I32)]);
    let mut code = handler.instructions();
    code.local_get(2).local_get(3).local_get(4).call(function).local_tee(RESULT);
    code.i64_const(STOPPED).i64_eq();
    code.if_(BlockType::Empty).local_get(RESULT).return_().end();
    // What has been used: what there was at the entry, less what there is now.
    let counter = MemArg { offset: snapshot.counter.into(), align: 2, memory_index: 0 };
    code.i32_const(0).i32_const(0).i32_load(counter);
    code.local_get(4).i32_const(entry.into()).i32_sub();
    code.local_get(RESULT).i64_const(32).i64_shr_u().i32_wrap_i64().i32_sub();
    code.local_get(RESULT).i32_wrap_i64().i32_const(16).i32_shr_u().i32_add();
    code.i32_add().i32_store(counter);
    code.i32_const(snapshot.machine as i32);
    code.local_get(RESULT).i32_wrap_i64().local_tee(LOW).i32_const(16).i32_shr_u();
    code.local_get(LOW).i32_const(8).i32_shr_u().i32_const(0xff).i32_and();
    code.local_get(LOW).i32_const(0xff).i32_and();
    code.local_get(RESULT).i64_const(32).i64_shr_u().i32_wrap_i64();
    // Of handler's five arguments, both branches take what is on the stack.
    code.local_get(LOW).i32_const(16).i32_shr_u().i32_const(entry.into()).i32_eq();
    code.if_(BlockType::FunctionType(HANDLER)).return_call(import::DISPATCH);
    code.else_().return_call(import::ARRIVE).end().end();
    handler
}
