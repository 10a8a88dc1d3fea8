//! Where control goes: the control-flow graph of one function.
//!
//! A function is what can be reached from an address by jumps, branches and falling through, with small callees
//! inlined. A block is known by its address and by the inlined calls it is in; each of those has put its return
//! address into a certain slot of the return stack, so that `JMP2r` is a jump to a known place. Every block is
//! entered with the stacks at the same depths, or not from this function: an edge that would bring other depths
//! leaves the function.

use std::rc::Rc;

use litemap::LiteMap;

use super::Limits;
use super::lower::{Assumptions, Exit, Locals, Lowering};
use super::stacks::{Byte, Extent, RST, Slot, State, WST};
use crate::uxn::unit::Snapshot;

/// An inlined call: where on the return stack its return address is, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Inlined {
    slot: i32,
    address: u16,
}

/// What tells one block from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    pc: u16,
    /// The inlined calls that it is in, as their index in [`Chains`].
    calls: u16,
}

/// Inlined calls inside each other, the outermost first. The first chain has none.
struct Chains(Vec<Vec<Inlined>>);

impl Chains {
    /// The index of a chain.
    fn of(&mut self, chain: &[Inlined]) -> u16 {
        let known = self.0.iter().position(|other| other == chain);
        known.unwrap_or_else(|| {
            self.0.push(chain.to_vec());
            self.0.len() - 1
        }) as u16
    }

    /// Those of a chain that are still what they were: their return addresses are on the stack, untouched.
    fn at(&mut self, chain: u16, state: &State) -> u16 {
        let calls = &self.0[usize::from(chain)];
        let stack = &state.stacks[RST];
        let holds = |call: &&Inlined| {
            stack.depth >= call.slot + 2
                && (call.slot..).zip(call.address.to_be_bytes()).all(|(slot, byte)| {
                    stack.known.get(&slot).is_some_and(|known| known.byte == Byte::Const(byte))
                })
        };
        let left = calls.iter().take_while(holds).count();
        if left == calls.len() {
            return chain;
        }
        let rest = calls[..left].to_vec();
        self.of(&rest)
    }
}

/// A set of places.
type Places = LiteMap<Place, ()>;

/// Where an edge leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Block(usize),
    /// Out of the function.
    Out(u16),
}

/// How a block ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Fall(Target),
    Jump {
        to: Target,
        address: u16,
        from: u16,
    },
    Branch {
        taken: Target,
        to: u16,
        other: Target,
        from: u16,
    },
    /// A call of another function, which is expected to change the depth of the working stack by `delta`.
    Call {
        callee: u16,
        back: Target,
        from: u16,
        delta: i32,
    },
    /// A jump out of the function to an address found at run time.
    Computed {
        from: u16,
    },
    Leave {
        pc: u16,
    },
}

impl End {
    pub fn targets_mut(&mut self) -> impl Iterator<Item = &mut Target> {
        let (first, second) = match self {
            End::Fall(to) | End::Jump { to, .. } | End::Call { back: to, .. } => (Some(to), None),
            End::Branch { taken, other, .. } => (Some(taken), Some(other)),
            End::Computed { .. } | End::Leave { .. } => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// The blocks that may be next.
    pub fn successors(&self) -> impl Iterator<Item = usize> {
        let mut end = *self;
        let targets: Vec<Target> = end.targets_mut().map(|target| *target).collect();
        targets.into_iter().filter_map(|target| match target {
            Target::Block(block) => Some(block),
            Target::Out(_) => None,
        })
    }
}

/// A straight piece of code with one entry and one end.
pub(super) struct Block {
    pub pc: u16,
    /// The depths of the stacks at its entry.
    pub depths: [i32; 2],
    pub end: End,
    /// Where the straight piece ends.
    pub behind: u16,
    /// The depths at its end.
    pub end_depths: [i32; 2],
    pub extent: Extent,
    /// What the block by itself knows at its end: a hint at which slots belong together as shorts.
    pub hint: State,
    /// The fuel that a way through it may take.
    pub cost: u32,
    pub instructions: u32,
    pub predecessors: Vec<usize>,
}

/// A function: its blocks in reverse postorder, the entry first.
pub(super) struct Graph {
    pub blocks: Vec<Block>,
    /// The immediate dominator of each block; the entry's is itself.
    pub dominators: Vec<usize>,
}

impl Graph {
    /// Whether a block is entered from behind: the head of a loop.
    pub fn is_loop(&self, block: usize) -> bool {
        self.blocks[block].predecessors.iter().any(|&from| from >= block)
    }

    /// Whether several ways from before lead to a block.
    pub fn is_merge(&self, block: usize) -> bool {
        self.blocks[block].predecessors.iter().filter(|&&from| from < block).count() > 1
    }

    /// The blocks of the loop with this head.
    pub fn loop_body(&self, head: usize) -> Vec<usize> {
        let mut body = vec![head];
        let mut rest: Vec<usize> =
            self.blocks[head].predecessors.iter().copied().filter(|&from| from >= head).collect();
        while let Some(block) = rest.pop() {
            if !body.contains(&block) {
                body.push(block);
                rest.extend(&self.blocks[block].predecessors);
            }
        }
        body
    }

    pub fn instructions(&self) -> u32 {
        self.blocks.iter().map(|block| block.instructions).sum()
    }

    /// The fuel of the dearest way that goes nowhere twice.
    pub fn dearest_way(&self) -> u32 {
        let mut costs = vec![0u32; self.blocks.len()];
        for (index, block) in self.blocks.iter().enumerate().rev() {
            let ahead = block.end.successors().filter(|&next| next > index).map(|next| costs[next]).max();
            costs[index] = block.cost + ahead.unwrap_or(0);
        }
        costs[0]
    }

    fn dominates(&self, above: usize, mut block: usize) -> bool {
        while block > above {
            block = self.dominators[block];
        }
        block == above
    }
}

/// How far a call may change the depth of the working stack. Behind more than that it has wrapped.
const MAX_DELTA: i32 = 255;

/// What is known of the subroutine at an address, without running it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Summary {
    /// By how much it changes the depth of the working stack, if it returns.
    delta: Option<i32>,
    /// Whether it is worth a copy of its own at each call.
    inline: bool,
}

/// The program, as far as it has been looked at.
pub(super) struct Program<'a> {
    pub snapshot: &'a Snapshot<'a>,
    pub limits: Limits,
    summaries: LiteMap<u16, Summary>,
    /// The graphs that the summaries were made of.
    graphs: LiteMap<u16, Rc<Graph>>,
    under_way: Vec<u16>,
    /// Whether the graph at hand rests on calls of which nothing could be known yet.
    is_partial: bool,
    /// Instructions looked at.
    effort: u32,
}

impl<'a> Program<'a> {
    pub fn new(snapshot: &'a Snapshot<'a>, limits: Limits) -> Self {
        Program {
            snapshot,
            limits,
            summaries: LiteMap::new(),
            graphs: LiteMap::new(),
            under_way: Vec::new(),
            is_partial: false,
            effort: 0,
        }
    }

    /// What a call of an address does, by all that can be seen. Only a guess: callers check what comes back.
    fn summary(&mut self, address: u16) -> Summary {
        const UNKNOWN: Summary = Summary { delta: None, inline: false };
        if let Some(&summary) = self.summaries.get(&address) {
            return summary;
        }
        if self.under_way.contains(&address)
            || self.under_way.len() >= self.limits.call_depth
            || self.effort > self.limits.effort
        {
            self.is_partial = true;
            return UNKNOWN;
        }
        self.under_way.push(address);
        let graph = self.graph(address);
        self.under_way.pop();
        let mut returns = graph.blocks.iter().filter_map(|block| match block.end {
            End::Computed { .. } if block.end_depths[RST] == -2 => Some(block.end_depths[WST]),
            _ => None,
        });
        let delta = returns.next().filter(|delta| delta.abs() <= MAX_DELTA);
        let calls = graph.blocks.iter().any(|block| {
            matches!(block.end, End::Call { .. }) || matches!(block.end, End::Jump { to: Target::Out(_), .. })
        });
        let inline = delta.is_some()
            && !calls
            && graph.instructions() <= self.limits.inline
            && returns.all(|other| Some(other) == delta);
        let summary = Summary { delta, inline };
        self.summaries.insert(address, summary);
        summary
    }

    /// The graph of the function at an address.
    pub fn graph(&mut self, entry: u16) -> Rc<Graph> {
        if let Some(graph) = self.graphs.get(&entry) {
            return Rc::clone(graph);
        }
        let around = std::mem::take(&mut self.is_partial);
        let graph = Rc::new(self.search(entry));
        if !self.is_partial {
            self.graphs.insert(entry, Rc::clone(&graph));
        }
        self.is_partial |= around;
        graph
    }

    fn search(&mut self, entry: u16) -> Graph {
        /// Searches after which every instruction is a block, so that code made for it cannot keep us searching.
        const PATIENCE: u32 = 12;
        let mut leaders = Places::new();
        let mut chains = Chains(vec![Vec::new()]);
        for round in 0.. {
            let mut discovery = Discovery {
                places: LiteMap::new(),
                blocks: Vec::new(),
                interior: Places::new(),
                leaders: &leaders,
                chains: &mut chains,
                found: Places::new(),
                instructions: 0,
            };
            discovery.explore(self, entry);
            let Discovery { blocks, found, interior, .. } = discovery;
            // A jump into the middle of a block: once more, with a block that begins there.
            if found.keys().all(|place| leaders.contains_key(place)) {
                return finish(blocks);
            }
            let interior = if round < PATIENCE { Places::new() } else { interior };
            for (place, ()) in found.into_iter().chain(interior) {
                leaders.insert(place, ());
            }
        }
        unreachable!("a search with a block for each instruction finds no new one")
    }
}

/// The search for the blocks of a function.
struct Discovery<'l> {
    places: LiteMap<Place, usize>,
    blocks: Vec<Option<Block>>,
    /// Instructions inside blocks.
    interior: Places,
    /// Where blocks must begin, as known from earlier searches.
    leaders: &'l Places,
    chains: &'l mut Chains,
    /// The same, as found by this one.
    found: Places,
    instructions: u32,
}

impl Discovery<'_> {
    fn explore(&mut self, program: &mut Program, entry: u16) {
        let entry = Place { pc: entry, calls: 0 };
        let mut rest = vec![(entry, [0, 0])];
        self.places.insert(entry, 0);
        self.blocks.push(None);
        let mut depths = vec![[0, 0]];
        while let Some((place, at)) = rest.pop() {
            let index = self.places[&place];
            let block = self.block(program, place, at, &mut depths, &mut rest);
            self.blocks[index] = Some(block);
        }
    }

    /// Evaluates one block and notes where it leads.
    fn block(
        &mut self,
        program: &mut Program,
        place: Place,
        at: [i32; 2],
        depths: &mut Vec<[i32; 2]>,
        rest: &mut Vec<(Place, [i32; 2])>,
    ) -> Block {
        let snapshot = program.snapshot;
        let mut state = State::default();
        for stack in [WST, RST] {
            state.stacks[stack].depth = at[stack];
        }
        for call in &self.chains.0[usize::from(place.calls)] {
            for (slot, byte) in (call.slot..).zip(call.address.to_be_bytes()) {
                state.stacks[RST].known.insert(slot, Slot { byte: Byte::Const(byte), dirty: true });
            }
        }
        let (mut locals, mut assumptions) = (Locals::default(), Assumptions::default());
        let mut lowering = Lowering::new(snapshot, state, &mut locals, &mut assumptions, 0);
        let mut interior: Vec<Place> = Vec::new();
        let budget = program.limits.instructions.saturating_sub(self.instructions);
        let mut count = 0;
        let exit = lowering.run(place.pc, |pc, state| {
            count += 1;
            let here = Place { pc, calls: self.chains.at(place.calls, state) };
            if count > budget || self.places.contains_key(&here) || self.leaders.contains_key(&here) {
                return true;
            }
            interior.push(here);
            false
        });
        for place in interior {
            self.interior.insert(place, ());
        }
        let calls = self.chains.at(place.calls, &lowering.state);
        let (extent, instructions) = (lowering.extent, lowering.instructions);
        let hint = lowering.state;
        self.instructions += instructions;
        program.effort += instructions;
        let end_depths = hint.depths();

        let mut target = |program: &Program, pc: u16, calls: u16, at: [i32; 2]| {
            let place = Place { pc, calls };
            if let Some(&index) = self.places.get(&place) {
                return if depths[index] == at { Target::Block(index) } else { Target::Out(pc) };
            }
            if self.blocks.len() >= program.limits.blocks || self.instructions >= program.limits.instructions
            {
                return Target::Out(pc);
            }
            if self.interior.contains_key(&place) {
                self.found.insert(place, ());
            }
            let index = self.blocks.len();
            self.blocks.push(None);
            depths.push(at);
            self.places.insert(place, index);
            rest.push((place, at));
            Target::Block(index)
        };

        let end = match exit {
            Exit::Fall { to } => End::Fall(target(program, to, calls, end_depths)),
            Exit::Jump { to, from } => {
                End::Jump { to: target(program, to, calls, end_depths), address: to, from }
            }
            Exit::Branch { condition: Byte::Const(0), from, .. } => {
                End::Fall(target(program, from, calls, end_depths))
            }
            Exit::Branch { condition: Byte::Const(_), to, from } => {
                End::Jump { to: target(program, to, calls, end_depths), address: to, from }
            }
            Exit::Branch { to, from, .. } => {
                let other = target(program, from, calls, end_depths);
                End::Branch { taken: target(program, to, calls, end_depths), to, other, from }
            }
            Exit::Call { to, from } => {
                let slot = end_depths[RST] - 2;
                let summary = program.summary(to);
                let chain = &self.chains.0[usize::from(calls)];
                let is_nested = chain.len() >= program.limits.inline_depth;
                if summary.inline && !is_nested {
                    let chain = [&chain[..], &[Inlined { slot, address: from }]].concat();
                    let calls = self.chains.of(&chain);
                    End::Jump { to: target(program, to, calls, end_depths), address: to, from }
                } else if let Some(delta) = summary.delta
                    && slot >= 0
                {
                    let after = [end_depths[WST] + delta, slot];
                    // Return addresses of inlined calls are not what they were if the callee has looked for them.
                    End::Call { callee: to, back: target(program, from, 0, after), from, delta }
                } else {
                    End::Jump { to: Target::Out(to), address: to, from }
                }
            }
            Exit::Computed { from, .. } => End::Computed { from },
            Exit::Leave { pc } => End::Leave { pc },
        };
        let behind = match end {
            End::Jump { from, .. }
            | End::Branch { from, .. }
            | End::Call { from, .. }
            | End::Computed { from } => from,
            End::Leave { pc } => pc,
            End::Fall(_) => match exit {
                Exit::Fall { to } => to,
                Exit::Branch { from, .. } => from,
                _ => place.pc,
            },
        };
        Block {
            pc: place.pc,
            depths: at,
            end,
            behind,
            end_depths,
            extent,
            hint,
            cost: u32::from(behind.wrapping_sub(place.pc)) + 1,
            instructions,
            predecessors: Vec::new(),
        }
    }
}

/// Orders the blocks, and cuts edges until every loop has one head.
fn finish(blocks: Vec<Option<Block>>) -> Graph {
    let mut blocks: Vec<Block> = blocks.into_iter().flatten().collect();
    loop {
        let mut graph = order(blocks);
        let mut cut = false;
        for index in 0..graph.blocks.len() {
            let mut end = graph.blocks[index].end;
            for target in end.targets_mut() {
                if let Target::Block(to) = *target
                    && to <= index
                    && !graph.dominates(to, index)
                {
                    *target = Target::Out(graph.blocks[to].pc);
                    cut = true;
                }
            }
            graph.blocks[index].end = end;
        }
        if !cut {
            return graph;
        }
        blocks = graph.blocks;
    }
}

/// The blocks that can be reached, in reverse postorder, with predecessors and dominators.
fn order(blocks: Vec<Block>) -> Graph {
    let mut postorder = Vec::new();
    let mut seen = vec![false; blocks.len()];
    let mut path = vec![(0, blocks[0].end.successors().collect::<Vec<_>>())];
    seen[0] = true;
    while let Some((block, ahead)) = path.last_mut() {
        if let Some(next) = ahead.pop() {
            if !seen[next] {
                seen[next] = true;
                path.push((next, blocks[next].end.successors().collect()));
            }
        } else {
            postorder.push(*block);
            path.pop();
        }
    }
    let mut new = vec![usize::MAX; blocks.len()];
    for (index, &old) in postorder.iter().rev().enumerate() {
        new[old] = index;
    }
    let mut blocks: Vec<Option<Block>> = blocks.into_iter().map(Some).collect();
    let mut blocks: Vec<Block> = postorder.iter().rev().filter_map(|&old| blocks[old].take()).collect();
    for block in &mut blocks {
        block.predecessors.clear();
        for target in block.end.targets_mut() {
            if let Target::Block(to) = target {
                *to = new[*to];
            }
        }
    }
    for index in 0..blocks.len() {
        let successors: Vec<usize> = blocks[index].end.successors().collect();
        for next in successors {
            blocks[next].predecessors.push(index);
        }
    }
    let dominators = dominators(&blocks);
    Graph { blocks, dominators }
}

/// Immediate dominators, as Cooper, Harvey and Kennedy find them.
fn dominators(blocks: &[Block]) -> Vec<usize> {
    let mut dominators = vec![usize::MAX; blocks.len()];
    dominators[0] = 0;
    let mut changed = true;
    while changed {
        changed = false;
        for index in 1..blocks.len() {
            let mut common = usize::MAX;
            for &from in &blocks[index].predecessors {
                if dominators[from] == usize::MAX {
                    continue;
                }
                if common == usize::MAX {
                    common = from;
                    continue;
                }
                let (mut a, mut b) = (common, from);
                while a != b {
                    if a > b {
                        a = dominators[a];
                    } else {
                        b = dominators[b];
                    }
                }
                common = a;
            }
            if dominators[index] != common {
                dominators[index] = common;
                changed = true;
            }
        }
    }
    dominators
}
