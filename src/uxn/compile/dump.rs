//! The passes in words, for whoever works on the compiler: `FANTAIL_DUMP=gs` in a build with assertions prints them to
//! standard error, a letter a pass.
//!
//! | letter | what is printed |
//! |---|---|
//! | `g` | the graph of each function: blocks, their terminators, where they lead |
//! | `s` | the symbolic stacks at the end of each block, as lowered |

use std::fmt::{self, Write};

use super::graph::{Block, Graph, Target};
use super::stacks::{Byte, Comparison, RST, Slots, State, Value, WST};
use super::terminator::Terminator;

/// Prints a text if its pass is asked for.
pub(super) fn dump(pass: char, text: impl FnOnce() -> String) {
    if cfg!(debug_assertions) && std::env::var("FANTAIL_DUMP").is_ok_and(|passes| passes.contains(pass)) {
        eprint!("{}", text());
    }
}

/// A line for each block: number, address, depths of both stacks, terminator, targets, predecessors.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, block) in self.blocks.iter().enumerate() {
            let [wst, rst] = block.depths;
            write!(f, "{index:3} @{:04x} {wst},{rst}{block}", block.pc)?;
            if self.is_loop(index) {
                write!(f, ", a loop")?;
            }
            writeln!(f, ", from {:?}, dominated by {}", block.predecessors, self.dominators[index])?;
        }
        Ok(())
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.terminator {
            Terminator::Fall { to } => write!(f, " falls to {to:04x}")?,
            Terminator::Jump { to, .. } => write!(f, " jumps to {to:04x}")?,
            Terminator::Branch { condition, to, from } => {
                write!(f, " branches on {condition} to {to:04x} or {from:04x}")?;
            }
            Terminator::Call { to, from } => {
                write!(f, " calls {to:04x} ({:+}), back at {from:04x}", self.delta)?
            }
            Terminator::Computed { target, .. } => write!(f, " jumps to {target}")?,
            Terminator::Leave { pc } => write!(f, " leaves at {pc:04x}")?,
        }
        for target in &self.targets {
            match target {
                Target::Block(block) => write!(f, " -> {block}")?,
                Target::Out(_) => write!(f, " -> out")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wst {}, rst {}", self.stacks[WST], self.stacks[RST])
    }
}

/// The depth, and the known slots; `*` where memory does not have the byte yet.
impl fmt::Display for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [", self.depth)?;
        for (index, (slot, known)) in self.known.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            write!(f, "{space}{slot}:{}{}", known.byte, if known.dirty { "*" } else { "" })?;
        }
        f.write_char(']')
    }
}

impl fmt::Display for Byte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Byte::Const(byte) => write!(f, "{byte:02x}"),
            Byte::Local(local) => write!(f, "${local}"),
            Byte::High(local) => write!(f, "${local}.high"),
            Byte::Low(local) => write!(f, "${local}.low"),
            Byte::Flag(comparison, a, b) => {
                let sign = match comparison {
                    Comparison::Equal => "=",
                    Comparison::NotEqual => "≠",
                    Comparison::Greater => ">",
                    Comparison::Less => "<",
                };
                write!(f, "({a}{sign}{b})")
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::Const(value) => write!(f, "{value:04x}"),
            Value::Local(local) => write!(f, "${local}"),
        }
    }
}
