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
use super::lower::{Assumptions, Locals, Lowering};
use super::stacks::{Byte, Extent, RST, Slot, State, WST};
use super::terminator::Terminator;
use crate::uxn::unit::Snapshot;

/// An inlined call: where on the return stack its return address is, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Inlined {
    slot: i32,
    address: u16,
}

impl Inlined {
    /// The slots of the return address, and their bytes.
    fn bytes(self) -> impl Iterator<Item = (i32, u8)> {
        (self.slot..).zip(self.address.to_be_bytes())
    }
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
                && call.bytes().all(|(slot, byte)| {
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

/// A straight piece of code with one entry and one end.
#[derive(Clone)]
pub(super) struct Block {
    pub pc: u16,
    /// The depths of the stacks at its entry.
    pub depths: [i32; 2],
    /// The bytes of return addresses on the return stack that are known at its entry, by their slots: those of the calls
    /// that it is inlined in.
    pub return_bytes: LiteMap<i32, u8>,
    pub terminator: Terminator,
    /// Where the terminator leads: of a branch first where it jumps to, of a call where it comes back.
    pub targets: Vec<Target>,
    /// The depths at its end, before a call.
    pub end_depths: [i32; 2],
    /// By how much a call is expected to change the depth of the working stack.
    pub delta: i32,
    pub extent: Extent,
    /// What the block by itself knows at its end: a hint at which slots belong together as shorts.
    pub hint: State,
    /// The fuel that a way through it may take.
    pub cost: u32,
    pub instructions: u32,
    pub predecessors: Vec<usize>,
}

impl Block {
    /// The blocks that may be next.
    pub fn successors(&self) -> impl Iterator<Item = usize> {
        self.targets.iter().filter_map(|target| match *target {
            Target::Block(block) => Some(block),
            Target::Out(_) => None,
        })
    }

    /// Whether a state is one that the block was evaluated for: the depths are the same, and so are its return addresses.
    pub fn is_entered_with(&self, state: &State) -> bool {
        let known = &state.stacks[RST].known;
        self.depths == state.depths()
            && self
                .return_bytes
                .iter()
                .all(|(slot, &byte)| known.get(slot).is_some_and(|slot| slot.byte == Byte::Const(byte)))
    }
}

/// A function: its blocks in reverse postorder, the entry first.
pub(super) struct Graph {
    pub blocks: Vec<Block>,
    /// The immediate dominator of each block; the entry's is itself.
    pub dominators: Vec<usize>,
}

impl Graph {
    /// Whether a function is called.
    pub fn calls(&self, which: impl Fn(u16) -> bool) -> bool {
        self.blocks.iter().any(|block| matches!(block.terminator, Terminator::Call { to, .. } if which(to)))
    }

    /// The graph with jumps out of the function instead of calls of some functions.
    pub fn without_calls(&self, which: impl Fn(u16) -> bool) -> Graph {
        let mut blocks = self.blocks.clone();
        for block in &mut blocks {
            if let Terminator::Call { to, from } = block.terminator
                && which(to)
            {
                block.terminator = Terminator::Jump { to, from };
                block.targets = vec![Target::Out(to)];
            }
        }
        finish(blocks)
    }

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
            let ahead = block.successors().filter(|&next| next > index).map(|next| costs[next]).max();
            costs[index] = block.cost + ahead.unwrap_or(0);
        }
        costs[0]
    }

    /// Checks what the passes after this one take for granted.
    fn verify(&self) {
        for (index, block) in self.blocks.iter().enumerate() {
            for next in block.successors() {
                assert!(self.blocks[next].predecessors.contains(&index), "{next} is entered from {index}");
                assert!(next > index || self.dominates(next, index), "the loop of {next} has one head");
            }
            for &from in &block.predecessors {
                assert!(self.blocks[from].successors().any(|next| next == index), "{from} leads to {index}");
            }
            let is_entered = index == 0 || block.predecessors.iter().any(|&from| from < index);
            assert!(is_entered, "{index} is after a block that leads to it");
            assert!(self.dominators[index] <= index && self.dominates(0, index));
        }
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
        let mut returns = graph.blocks.iter().filter_map(|block| match block.terminator {
            Terminator::Computed { .. } if block.end_depths[RST] == -2 => Some(block.end_depths[WST]),
            _ => None,
        });
        let delta = returns.next().filter(|delta| delta.abs() <= MAX_DELTA);
        let calls = graph.blocks.iter().any(|block| {
            matches!(block.terminator, Terminator::Call { .. })
                || matches!(
                    (block.terminator, &block.targets[..]),
                    (Terminator::Jump { .. }, [Target::Out(_)])
                )
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
                return finish(blocks.into_iter().flatten().collect());
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
        let return_bytes: LiteMap<i32, u8> =
            self.chains.0[usize::from(place.calls)].iter().flat_map(|call| call.bytes()).collect();
        for (&slot, &byte) in &return_bytes {
            state.stacks[RST].known.insert(slot, Slot { byte: Byte::Const(byte), dirty: true });
        }
        let (mut locals, mut assumptions) = (Locals::default(), Assumptions::default());
        let mut lowering = Lowering::new(snapshot, state, &mut locals, &mut assumptions, 0);
        let mut interior: Vec<Place> = Vec::new();
        let budget = program.limits.instructions.saturating_sub(self.instructions);
        let mut count = 0;
        let seen = lowering.run(place.pc, |pc, state| {
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

        // A branch whose condition is known is none, nor is a call that is inlined or of which too little is known.
        let mut delta = 0;
        let (terminator, targets) = match seen {
            Terminator::Fall { to } | Terminator::Branch { condition: Byte::Const(0), from: to, .. } => {
                (Terminator::Fall { to }, vec![target(program, to, calls, end_depths)])
            }
            Terminator::Jump { to, from } | Terminator::Branch { condition: Byte::Const(_), to, from } => {
                (Terminator::Jump { to, from }, vec![target(program, to, calls, end_depths)])
            }
            Terminator::Branch { to, from, .. } => {
                let other = target(program, from, calls, end_depths);
                (seen, vec![target(program, to, calls, end_depths), other])
            }
            Terminator::Call { to, from } => {
                let slot = end_depths[RST] - 2;
                let summary = program.summary(to);
                let chain = &self.chains.0[usize::from(calls)];
                let is_nested = chain.len() >= program.limits.inline_depth;
                if summary.inline && !is_nested {
                    let chain = [&chain[..], &[Inlined { slot, address: from }]].concat();
                    let calls = self.chains.of(&chain);
                    (Terminator::Jump { to, from }, vec![target(program, to, calls, end_depths)])
                } else if let Some(change) = summary.delta
                    && slot >= 0
                {
                    delta = change;
                    let after = [end_depths[WST] + delta, slot];
                    // Return addresses of inlined calls are not what they were if the callee has looked for them.
                    (seen, vec![target(program, from, 0, after)])
                } else {
                    (Terminator::Jump { to, from }, vec![Target::Out(to)])
                }
            }
            Terminator::Computed { .. } | Terminator::Leave { .. } => (seen, Vec::new()),
        };
        Block {
            pc: place.pc,
            depths: at,
            return_bytes,
            terminator,
            targets,
            end_depths,
            delta,
            extent,
            hint,
            cost: u32::from(terminator.end().wrapping_sub(place.pc)) + 1,
            instructions,
            predecessors: Vec::new(),
        }
    }
}

/// Orders the blocks, and cuts edges until every loop has one head.
fn finish(mut blocks: Vec<Block>) -> Graph {
    loop {
        let mut graph = order(blocks);
        let mut cut = false;
        for index in 0..graph.blocks.len() {
            for target in 0..graph.blocks[index].targets.len() {
                if let Target::Block(to) = graph.blocks[index].targets[target]
                    && to <= index
                    && !graph.dominates(to, index)
                {
                    graph.blocks[index].targets[target] = Target::Out(graph.blocks[to].pc);
                    cut = true;
                }
            }
        }
        if !cut {
            if cfg!(debug_assertions) {
                graph.verify();
            }
            return graph;
        }
        blocks = graph.blocks;
    }
}

/// The blocks that can be reached, in reverse postorder, with predecessors and dominators.
fn order(blocks: Vec<Block>) -> Graph {
    let mut postorder = Vec::new();
    let mut seen = vec![false; blocks.len()];
    let mut path = vec![(0, blocks[0].successors().collect::<Vec<_>>())];
    seen[0] = true;
    while let Some((block, ahead)) = path.last_mut() {
        if let Some(next) = ahead.pop() {
            if !seen[next] {
                seen[next] = true;
                path.push((next, blocks[next].successors().collect()));
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
        for target in &mut block.targets {
            if let Target::Block(to) = target {
                *to = new[*to];
            }
        }
    }
    for index in 0..blocks.len() {
        let successors: Vec<usize> = blocks[index].successors().collect();
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
