//! One handler for all opcodes, for WebAssembly.
//!
//! A `return_call` takes down a frame and makes another, and looks whether the stack has room; a turn of a loop
//! does neither. What tail calls are left for is what is not in the loop: compiled code, and instructions that wrap a
//! stack.

use super::*;

macro_rules! loop_handler {
    ($($op:literal)*) => {
        handler! {
            /// Goes on with the instruction at the program counter and those behind it.
            pub(super) fn dispatch(cpu) {
                loop {
                    match cpu.fetch() {
                        $($op => {
                            execute!(Op<$op>, cpu);
                        })*
                    }
                }
            }
        }
    };
}
for_each_opcode!(loop_handler);
