//! From a control-flow graph to the body of one WebAssembly function.
//!
//! Blocks are lowered in reverse postorder, so that what is known on all ways into a block is known when it is
//! lowered, but for the ways back to the head of a loop. Where ways meet, a slot that they leave different values
//! in gets a local of its own, set on each way: a phi. WebAssembly has no jumps, only nested blocks; the nesting
//! comes from the tree of dominators (Ramsey, "Beyond Relooper").

use litemap::LiteMap;
use wasm_encoder::{BlockType, InstructionSink};

use super::dump::dump;
use super::graph::{Block, Graph, Target};
use super::lower::{Assumptions, Locals, Lowering, local};
use super::stacks::{Byte, Extent, RST, Slot, State, Value, WST};
use super::terminator::Terminator;
use crate::uxn::unit::Snapshot;

/// A function that others call: its index in the module, and how far it reaches.
#[derive(Clone, Copy)]
pub(super) struct Callee {
    pub index: u32,
    pub extent: Extent,
}

/// The functions of a module by address.
pub(super) type Callees = LiteMap<u16, Callee>;

/// The body of a function.
pub(super) struct Body {
    pub code: Vec<u8>,
    /// How many locals it has behind the fixed ones.
    pub locals: u32,
}

/// Bytes of a function's blocks. Browsers take more, but units are many.
const MAX_SIZE: usize = 256 << 10;

/// At most so many slots of a stack are kept in locals around a loop.
const LOOP_SLOTS: i32 = 24;

/// A value that depends on the way taken.
struct Phi {
    stack: usize,
    slot: i32,
    short: bool,
    local: u32,
    /// Ways back into the loop do not change it.
    constant: bool,
}

/// What ways into a block agree on.
struct Merge {
    state: State,
    phis: Vec<Phi>,
}

/// A way out of a block.
struct Edge {
    code: Vec<u8>,
    to: Option<usize>,
}

/// A block in WebAssembly.
struct Lowered {
    code: Vec<u8>,
    /// None if the code leaves the function; two after a condition, the first if it is true.
    edges: Vec<Edge>,
    /// What is known at its end.
    state: State,
}

/// How far the code of a block and the functions it calls go.
pub(super) fn extent(block: &Block, callees: &Callees) -> Extent {
    let mut extent = block.extent;
    if let Terminator::Call { to, .. } = block.terminator
        && let Some(callee) = callees.get(&to)
    {
        for stack in [WST, RST] {
            let at = block.end_depths[stack];
            // None is not a slot that lies a little lower or higher.
            let from_here = |slot: i32| if slot == i32::MAX { slot } else { slot.saturating_add(at) };
            extent.low[stack] = extent.low[stack].min(from_here(callee.extent.low[stack]));
            extent.written[stack] = extent.written[stack].min(from_here(callee.extent.written[stack]));
        }
    }
    extent
}

/// The WebAssembly of a function, or nothing if it needs more of a stack than there is, or becomes too large.
pub(super) fn body(
    snapshot: &Snapshot,
    graph: &Graph,
    callees: &Callees,
    assumptions: &mut Assumptions,
) -> Option<Body> {
    dump('g', || format!("function {:04x}\n{graph}", graph.blocks[0].pc));
    let extents: Vec<Extent> = graph.blocks.iter().map(|block| extent(block, callees)).collect();
    let mut reach = Extent { low: [0; 2], written: [0; 2], high: [0; 2] };
    for block in &graph.blocks {
        reach.join(&block.extent);
        // Also what is expected of callees has to fit: a depth that wraps looks like another address behind the call.
        for (stack, depth) in [WST, RST].into_iter().zip(block.depths) {
            reach.low[stack] = reach.low[stack].min(depth);
            reach.high[stack] = reach.high[stack].max(depth);
        }
    }
    let mut function = Function {
        snapshot,
        graph,
        callees,
        margin: graph.dearest_way(),
        extents,
        reach,
        locals: Locals::default(),
        assumptions,
        lowered: Vec::new(),
        merges: LiteMap::new(),
        labels: Vec::new(),
        code: Vec::new(),
    };
    function.prologue()?;
    let mut size = 0;
    for block in 0..graph.blocks.len() {
        function.lower(block);
        size += function.lowered[block].code.len();
        if size > MAX_SIZE {
            return None;
        }
    }
    function.tree(0);
    function.emit().unreachable();
    Some(Body { code: function.code, locals: function.locals.count() })
}

/// What a branch may lead to, innermost last.
#[derive(PartialEq)]
enum Label {
    /// The head of this loop.
    Loop(usize),
    /// The block that follows.
    Before(usize),
    If,
}

struct Function<'a> {
    snapshot: &'a Snapshot<'a>,
    graph: &'a Graph,
    callees: &'a Callees,
    margin: u32,
    extents: Vec<Extent>,
    /// How far it goes itself, which the prologue makes sure of.
    reach: Extent,
    locals: Locals,
    assumptions: &'a mut Assumptions,
    lowered: Vec<Lowered>,
    merges: LiteMap<usize, Merge>,
    labels: Vec<Label>,
    code: Vec<u8>,
}

impl Function<'_> {
    fn emit(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    fn lowering(&mut self, state: State) -> Lowering<'_> {
        Lowering::new(self.snapshot, state, &mut self.locals, self.assumptions, self.margin)
    }

    /// Leaves at once unless both stacks have all the slots that are used, and there is fuel to begin with.
    fn prologue(&mut self) -> Option<()> {
        let pc = self.graph.blocks[0].pc;
        let margin = (u32::from(pc) + self.margin) as i32;
        let reach = self.reach;
        let mut emit = self.emit();
        emit.local_get(local::WST).i32_const(8).i32_shl().local_get(local::RST).i32_or();
        emit.local_set(local::FREE);
        emit.local_get(local::FUEL).i32_const(margin).i32_le_s();
        for stack in [WST, RST] {
            let (low, high) = (reach.low[stack], reach.high[stack]);
            if (low, high) == (0, 0) {
                continue;
            }
            let range = u32::try_from(255 + low - high).ok()?;
            emit.local_get(stack as u32).i32_const(high).i32_sub().i32_const(range as i32);
            emit.i32_gt_u().i32_or();
        }
        emit.if_(BlockType::Empty);
        let mut lowering = self.lowering(State::default());
        lowering.leave(&State::default(), Value::Const(pc.into()));
        let mut leave = lowering.code;
        self.code.append(&mut leave);
        self.emit().end();
        Some(())
    }

    fn lower(&mut self, index: usize) {
        let graph = self.graph;
        let block = &graph.blocks[index];
        let is_loop = graph.is_loop(index);
        let state = if is_loop || graph.is_merge(index) {
            self.merge(index)
        } else if index == 0 {
            State::default()
        } else {
            self.lowered[block.predecessors[0]].state.clone()
        };
        let callees = self.callees;
        let mut lowering = self.lowering(state);
        if is_loop {
            lowering.check_fuel(block.pc);
        }
        let seen = match block.terminator {
            leave @ Terminator::Leave { pc } if pc == block.pc => leave,
            decided => lowering.run(block.pc, |pc, _| pc == decided.end()),
        };
        let decided = block.terminator.with_operands(seen);
        debug_assert!(decided.is_some(), "{:04x} ends with {seen:?}, not {:?}", block.pc, block.terminator);
        // A block that ends otherwise than decided leaves the function, wherever it goes: that is always right.
        let target = |index: usize, pc: u16| match decided {
            Some(_) => block.targets[index],
            None => Target::Out(pc),
        };
        let mut edges = Vec::new();
        // The code of an edge that leaves the function, or nothing yet.
        let mut edge = |lowering: &mut Lowering, to: Target, charge: Option<(u16, u16)>| {
            let code = std::mem::take(&mut lowering.code);
            if let Some((from, to)) = charge {
                lowering.charge(from, Value::Const(to.into()));
            }
            let to = match to {
                Target::Block(block) => Some(block),
                Target::Out(pc) => {
                    let state = lowering.state.clone();
                    lowering.leave(&state, Value::Const(pc.into()));
                    None
                }
            };
            edges.push(Edge { code: std::mem::replace(&mut lowering.code, code), to });
        };
        match decided.unwrap_or(seen) {
            Terminator::Leave { pc } => {
                let state = lowering.state.clone();
                lowering.leave(&state, Value::Const(pc.into()));
            }
            Terminator::Fall { to } => edge(&mut lowering, target(0, to), None),
            Terminator::Jump { to, from } => edge(&mut lowering, target(0, to), Some((from, to))),
            Terminator::Branch { condition, to, from } => {
                lowering.get_condition(condition);
                edge(&mut lowering, target(0, to), Some((from, to)));
                edge(&mut lowering, target(1, from), None);
            }
            Terminator::Call { to, from } => {
                lowering.charge(from, Value::Const(to.into()));
                match callees.get(&to) {
                    Some(&Callee { index, extent }) if decided.is_some() => {
                        let reach = [WST, RST].map(|stack| {
                            extent.low[stack].min(0).saturating_add(lowering.state.stacks[stack].depth)
                        });
                        lowering.call(index, reach, from, block.delta);
                        edge(&mut lowering, target(0, from), None);
                    }
                    _ => {
                        let state = lowering.state.clone();
                        lowering.leave(&state, Value::Const(to.into()));
                    }
                }
            }
            Terminator::Computed { target, from } => {
                lowering.charge(from, target);
                let state = lowering.state.clone();
                lowering.leave(&state, target);
            }
        }
        lowering.state.stacks.iter_mut().for_each(|slots| slots.tidy());
        lowering.release();
        let Lowering { code, state, .. } = lowering;
        dump('s', || format!("{index:3} @{:04x} {state}\n", block.pc));
        if cfg!(debug_assertions) {
            self.verify(&state);
        }
        debug_assert!(
            edges.iter().filter_map(|edge| edge.to).all(|to| graph.blocks[to].is_entered_with(&state)),
            "{:04x} leads elsewhere than decided: {:?}, {state:?}",
            block.pc,
            block.targets
        );
        self.lowered.push(Lowered { code, edges, state });
        // Ways back: their targets are known.
        for edge in 0..self.lowered[index].edges.len() {
            if let Some(to) = self.lowered[index].edges[edge].to
                && to <= index
            {
                let mut moves = self.moves(&self.lowered[index].state.clone(), to, true);
                self.lowered[index].edges[edge].code.append(&mut moves);
            }
        }
    }

    /// Checks that what is known at the end of a block is in locals, and within the slots that the prologue makes sure of.
    fn verify(&self, state: &State) {
        self.locals.verify(state);
        for stack in [WST, RST] {
            let slots = &state.stacks[stack];
            let range = self.reach.low[stack]..self.reach.high[stack];
            assert!(slots.known.keys().all(|slot| range.contains(slot)), "{range:?}: {state}");
        }
    }

    /// What is known at the head of a loop or where ways meet. The ways from before get their moves.
    fn merge(&mut self, index: usize) -> State {
        let graph = self.graph;
        let block = &graph.blocks[index];
        let mut from: Vec<usize> = block.predecessors.iter().copied().filter(|&from| from < index).collect();
        from.dedup();
        let mut states: Vec<State> = from.iter().map(|&from| self.lowered[from].state.clone()).collect();
        if index == 0 {
            states.push(State::default());
        }
        let is_loop = graph.is_loop(index);
        let mut extent = Extent::NONE;
        let mut hints: Vec<&State> = Vec::new();
        if is_loop {
            for block in graph.loop_body(index) {
                extent.join(&self.extents[block]);
                hints.push(&graph.blocks[block].hint);
            }
        }
        let mut state = State::default();
        let mut phis = Vec::new();
        for stack in [WST, RST] {
            let depth = block.depths[stack];
            let bytes = |slot: i32| {
                states
                    .iter()
                    .map(move |state| state.stacks[stack].known.get(&slot).copied())
                    .collect::<Vec<_>>()
            };
            // In a loop the uppermost slots are known in any case; below them what all ways know.
            let lowest = extent.low[stack].max(self.reach.low[stack]).max(depth - LOOP_SLOTS).min(depth);
            let lowest = if is_loop { lowest } else { depth };
            let below = states[0].stacks[stack].known.keys().copied().filter(|&slot| slot < lowest);
            let below = below.filter(|&slot| bytes(slot).iter().all(Option::is_some));
            let mut slots = below.chain(lowest..depth).peekable();
            let known = &mut state.stacks[stack];
            known.depth = depth;
            let is_written = |slot: i32| is_loop && slot >= extent.written[stack];
            let return_byte = |slot: i32| block.return_bytes.get(&slot).copied().filter(|_| stack == RST);
            let is_phi = |slot: i32| {
                let bytes = bytes(slot);
                let first = bytes[0].map(|slot| slot.byte);
                return_byte(slot).is_none()
                    && (is_written(slot)
                        || first.is_none()
                        || bytes.iter().any(|slot| slot.map(|slot| slot.byte) != first))
            };
            while let Some(slot) = slots.next() {
                let dirty = |slot: i32| {
                    is_written(slot) || bytes(slot).iter().any(|slot| slot.is_some_and(|slot| slot.dirty))
                };
                // All ways bring a return address that the block is known by, also those that write it anew.
                if let Some(byte) = return_byte(slot) {
                    known.known.insert(slot, Slot { byte: Byte::Const(byte), dirty: dirty(slot) });
                    continue;
                }
                if !is_phi(slot) {
                    if let Some(byte) = bytes(slot)[0].map(|slot| slot.byte) {
                        known.known.insert(slot, Slot { byte, dirty: dirty(slot) });
                    }
                    continue;
                }
                let short = slots.peek() == Some(&(slot + 1))
                    && is_phi(slot + 1)
                    && is_short(states.iter().chain(hints.iter().copied()), stack, slot);
                let constant = !is_written(slot) && !(short && is_written(slot + 1));
                let local = self.locals.allocate(if short { 0xffff } else { 0xff });
                if short {
                    slots.next();
                    let dirty = dirty(slot) || dirty(slot + 1);
                    known.known.insert(slot, Slot { byte: Byte::High(local), dirty });
                    known.known.insert(slot + 1, Slot { byte: Byte::Low(local), dirty });
                } else {
                    known.known.insert(slot, Slot { byte: Byte::Local(local), dirty: dirty(slot) });
                }
                phis.push(Phi { stack, slot, short, local, constant });
            }
        }
        self.merges.insert(index, Merge { state: state.clone(), phis });
        if index == 0 {
            let mut moves = self.moves(&State::default(), index, false);
            self.code.append(&mut moves);
        }
        for from in from {
            for edge in 0..self.lowered[from].edges.len() {
                if self.lowered[from].edges[edge].to == Some(index) {
                    let mut moves = self.moves(&self.lowered[from].state.clone(), index, false);
                    self.lowered[from].edges[edge].code.append(&mut moves);
                }
            }
        }
        state
    }

    /// What has to happen on a way to a block where ways meet: memory gets what the block does not know of, and
    /// the phis their values.
    fn moves(&mut self, state: &State, to: usize, back: bool) -> Vec<u8> {
        let Some(merge) = self.merges.remove(&to) else { unreachable!("ways meet there") };
        let mut lowering = self.lowering(state.clone());
        lowering.flush(state, |stack, slot| {
            !merge.state.stacks[stack].known.get(&slot).is_some_and(|known| known.dirty)
        });
        // All values first, so that none is lost before it is read.
        let mut set = Vec::new();
        for phi in &merge.phis {
            if back && phi.constant {
                continue;
            }
            let bytes = lowering.bytes(phi.stack, phi.slot, phi.short);
            let unchanged = match bytes {
                (_, Byte::Local(local)) if !phi.short => local == phi.local,
                (Byte::High(a), Byte::Low(b)) if phi.short => a == phi.local && b == phi.local,
                _ => false,
            };
            if !unchanged {
                set.push((phi.local, bytes));
            }
        }
        for &(_, (high, low)) in &set {
            lowering.get_short(high, low);
        }
        for &(local, _) in set.iter().rev() {
            lowering.emit().local_set(local);
        }
        lowering.release();
        let code = lowering.code;
        self.merges.insert(to, merge);
        code
    }

    // ---- Structure ----

    /// A block and all that it dominates.
    fn tree(&mut self, index: usize) {
        let graph = self.graph;
        let is_loop = graph.is_loop(index);
        if is_loop {
            self.emit().loop_(BlockType::Empty);
            self.labels.push(Label::Loop(index));
        }
        // Where ways meet that part here: each comes behind the end of a block that is left to get there.
        let merges: Vec<usize> = (index + 1..graph.blocks.len())
            .filter(|&block| graph.dominators[block] == index && graph.is_merge(block))
            .collect();
        for &merge in merges.iter().rev() {
            self.emit().block(BlockType::Empty);
            self.labels.push(Label::Before(merge));
        }
        self.code.append(&mut self.lowered[index].code);
        let mut edges = std::mem::take(&mut self.lowered[index].edges).into_iter();
        match (edges.next(), edges.next()) {
            (Some(taken), Some(other)) => {
                self.emit().if_(BlockType::Empty);
                self.labels.push(Label::If);
                self.edge(index, taken);
                self.emit().else_();
                self.edge(index, other);
                self.labels.pop();
                self.emit().end();
            }
            (Some(only), None) => self.edge(index, only),
            (None, _) => {}
        }
        for merge in merges {
            self.labels.pop();
            self.emit().end();
            self.tree(merge);
        }
        if is_loop {
            self.labels.pop();
            self.emit().end();
        }
    }

    fn edge(&mut self, from: usize, mut edge: Edge) {
        self.code.append(&mut edge.code);
        let Some(to) = edge.to else { return };
        let label = if to <= from {
            Label::Loop(to)
        } else if self.graph.is_merge(to) {
            Label::Before(to)
        } else {
            return self.tree(to);
        };
        let depth = self.labels.iter().rev().position(|other| *other == label);
        self.emit().br(depth.expect("a branch leads to what is around it") as u32);
    }
}

/// Whether most ways take two slots for one short.
fn is_short<'s>(states: impl Iterator<Item = &'s State>, stack: usize, slot: i32) -> bool {
    let (mut shorts, mut bytes, mut constants) = (0, 0, 0);
    for state in states {
        let known = &state.stacks[stack].known;
        match (known.get(&slot), known.get(&(slot + 1))) {
            (None, None) => {}
            (Some(high), Some(low)) if high.byte.is_high_of(low.byte) => shorts += 1,
            (Some(Slot { byte: Byte::Const(_), .. }), Some(_)) => constants += 1,
            _ => bytes += 1,
        }
    }
    if shorts + bytes == 0 { constants > 0 } else { shorts >= bytes }
}
