//! How a block ends.
//!
//! Discovery (`graph`) decides the terminator of each block once. Lowering evaluates the same instructions with more
//! values known, and comes to a terminator again: the decided one with its operands. [`Terminator::with_operands`] says what
//! may be different then.

use super::stacks::{Byte, Value};

/// How a block ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terminator {
    /// Runs into another block.
    Fall { to: u16 },
    /// Jumps; `from` is the address after the jump.
    Jump { to: u16, from: u16 },
    /// Jumps if the condition is not zero, or goes on at `from`.
    Branch { condition: Byte, to: u16, from: u16 },
    /// Calls a function; its return address, `from`, is on the return stack.
    Call { to: u16, from: u16 },
    /// Jumps to an address found at run time: a return, mostly.
    Computed { target: Value, from: u16 },
    /// The interpreter has to go on at `pc`.
    Leave { pc: u16 },
}

impl Terminator {
    /// The address after the last instruction of the block.
    pub fn end(self) -> u16 {
        match self {
            Terminator::Fall { to: end } | Terminator::Leave { pc: end } => end,
            Terminator::Jump { from: end, .. }
            | Terminator::Branch { from: end, .. }
            | Terminator::Call { from: end, .. }
            | Terminator::Computed { from: end, .. } => end,
        }
    }

    /// This terminator with the operands of `seen`, to which lowering has come; or nothing if that is another one.
    ///
    /// A state in which more is known makes constants of operands: of the target of a computed jump, or of a condition. The
    /// end of a block does not move, and a constant does not become unknown.
    pub fn with_operands(self, seen: Terminator) -> Option<Terminator> {
        use Terminator::*;
        if self.end() != seen.end() {
            return None;
        }
        match (self, seen) {
            (Fall { .. }, Fall { .. } | Branch { condition: Byte::Const(0), .. }) => Some(self),
            // Lowering stops where discovery has found something for the interpreter.
            (Leave { .. }, Leave { .. } | Fall { .. }) => Some(self),
            (Computed { .. }, Computed { .. }) => Some(seen),
            (Computed { from, .. }, Jump { to, .. } | Call { to, .. }) => {
                Some(Computed { target: Value::Const(to.into()), from })
            }
            // Of a call that is inlined, or of which too little is known, discovery makes a jump.
            (Jump { to, .. }, Jump { to: seen_to, .. } | Call { to: seen_to, .. })
            | (Jump { to, .. }, Branch { condition: Byte::Const(1..), to: seen_to, .. })
            | (Call { to, .. }, Call { to: seen_to, .. })
                if to == seen_to =>
            {
                Some(self)
            }
            (Branch { to, .. }, Branch { to: seen_to, .. }) if to == seen_to => Some(seen),
            _ => None,
        }
    }
}
