//! The symbolic model of the two stacks: what each slot holds, as far as a block knows.
//!
//! Slots are counted from where the pointer was when the function was entered: the first push goes to slot 0,
//! arguments are at -1, -2 and so on. A slot that is not known holds what is in memory. A known slot may be
//! *dirty*: memory has something older, and gets the value when the function is left. That includes slots above
//! the pointer, since a pop leaves its byte behind and a program may look at it later.

use litemap::LiteMap;

/// A number on its way: a constant, or a local of the WebAssembly function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Const(u32),
    Local(u32),
}

/// A comparison that has been made but whose flag nobody has asked for yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    Less,
}

/// One byte. The halves of a short stay together until one of them is used alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Byte {
    Const(u8),
    /// A local with a byte in it.
    Local(u32),
    /// The high byte of a local with a short in it.
    High(u32),
    /// The low byte of a local with a short in it.
    Low(u32),
    /// 1 or 0.
    Flag(Comparison, Value, Value),
}

impl Byte {
    /// Whether `self` and the byte above it are the two halves of one short.
    pub fn is_high_of(self, low: Byte) -> bool {
        matches!((self, low), (Byte::High(a), Byte::Low(b)) if a == b)
    }

    /// The locals it needs.
    pub fn locals(self) -> impl Iterator<Item = u32> {
        let of = |value| match value {
            Value::Local(local) => Some(local),
            Value::Const(_) => None,
        };
        let (first, second) = match self {
            Byte::Const(_) => (None, None),
            Byte::Local(local) | Byte::High(local) | Byte::Low(local) => (Some(local), None),
            Byte::Flag(_, a, b) => (of(a), of(b)),
        };
        first.into_iter().chain(second)
    }
}

/// What is known of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub byte: Byte,
    /// Memory does not have it yet.
    pub dirty: bool,
}

/// One of the stacks.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    /// Where the next push goes.
    pub depth: i32,
    pub known: LiteMap<i32, Slot>,
}

impl Slots {
    /// Pushes a byte. One that is there already is not made dirty.
    pub fn push(&mut self, byte: Byte) {
        let slot = self.known.entry(self.depth).or_insert(Slot { byte, dirty: true });
        if slot.byte != byte {
            *slot = Slot { byte, dirty: true };
        }
        self.depth += 1;
    }

    /// Forgets what is above the pointer and in memory anyway.
    pub fn tidy(&mut self) {
        let depth = self.depth;
        self.known.retain(|&slot, known| slot < depth || known.dirty);
    }
}

/// Both stacks.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub stacks: [Slots; 2],
}

/// The index of the working stack in [`State::stacks`].
pub(super) const WST: usize = 0;
/// The index of the return stack.
pub(super) const RST: usize = 1;

impl State {
    pub fn depths(&self) -> [i32; 2] {
        [self.stacks[WST].depth, self.stacks[RST].depth]
    }
}

/// How far a piece of code goes on both stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// The lowest slot read or written.
    pub low: [i32; 2],
    /// The lowest slot written.
    pub written: [i32; 2],
    /// The highest depth.
    pub high: [i32; 2],
}

impl Extent {
    pub const NONE: Extent = Extent { low: [i32::MAX; 2], written: [i32::MAX; 2], high: [i32::MIN; 2] };

    pub fn join(&mut self, other: &Extent) {
        for stack in [WST, RST] {
            self.low[stack] = self.low[stack].min(other.low[stack]);
            self.written[stack] = self.written[stack].min(other.written[stack]);
            self.high[stack] = self.high[stack].max(other.high[stack]);
        }
    }
}
