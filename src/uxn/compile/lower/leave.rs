//! What a function owes the interpreter and other functions: registers, fuel, and stacks in memory.

use wasm_encoder::BlockType;

use super::{Lowering, local};
use crate::uxn::compile::stacks::{RST, State, Value, WST};

impl Lowering<'_> {
    /// Leaves the free slots of both stacks on WebAssembly's stack, packed as in the result of a function, with
    /// `pc << 16` added.
    pub(super) fn get_registers(&mut self, state: &State, pc: u32) {
        let [wst, rst] = state.depths();
        let constant = ((pc << 16) as i32).wrapping_sub(wst.wrapping_mul(256)).wrapping_sub(rst);
        self.emit().local_get(local::FREE);
        if constant != 0 {
            self.emit().i32_const(constant).i32_add();
        }
    }

    /// Emits code that leaves the function, and counts its bytes.
    pub(super) fn side_exit(&mut self, emit: impl FnOnce(&mut Self)) {
        let before = self.code.len();
        emit(self);
        self.side_exits += self.code.len() - before;
    }

    /// Returns, with everything in memory, to go on at an address.
    pub fn leave(&mut self, state: &State, pc: Value) {
        self.side_exit(|lowering| {
            lowering.flush(state, |_, _| true);
            lowering.emit().local_get(local::FUEL).i64_extend_i32_u().i64_const(32).i64_shl();
            match pc {
                Value::Const(pc) => lowering.get_registers(state, pc),
                Value::Local(_) => {
                    lowering.get_registers(state, 0);
                    lowering.get(pc);
                    lowering.emit().i32_const(16).i32_shl().i32_add();
                }
            }
            lowering.emit().i64_extend_i32_u().i64_or().return_();
        });
    }

    /// Pays for a jump: the bias of the fuel moves with the program counter.
    pub fn charge(&mut self, from: u16, to: Value) {
        let constant = match to {
            Value::Const(to) => to as i32 - i32::from(from) - 1,
            Value::Local(_) => -i32::from(from) - 1,
        };
        self.emit().local_get(local::FUEL);
        if let Value::Local(_) = to {
            self.get(to);
            self.emit().i32_add();
        }
        self.emit().i32_const(constant).i32_add().local_set(local::FUEL);
    }

    /// Leaves if there might not be enough fuel to the next look at it.
    pub fn check_fuel(&mut self, pc: u16) {
        self.emit().local_get(local::FUEL);
        self.constant(u32::from(pc) + self.margin);
        self.emit().i32_le_s().if_(BlockType::Empty);
        let state = self.state.clone();
        self.leave(&state, Value::Const(pc.into()));
        self.emit().end();
    }

    /// Calls a function and goes on if it comes back to where it should, with fuel to go on; else hands up what it
    /// returned. `reach` are the lowest slots that the callee may see, and it finds them in memory.
    pub fn call(&mut self, function: u32, reach: [i32; 2], back: u16, delta: i32) {
        let before = self.state.clone();
        self.flush(&before, |stack, slot| slot >= reach[stack]);
        for stack in [WST, RST] {
            let depth = before.stacks[stack].depth;
            self.emit().local_get(stack as u32);
            if depth != 0 {
                self.emit().i32_const(-depth).i32_add();
            }
            self.state.stacks[stack].known.retain(|&slot, _| slot < reach[stack]);
        }
        self.emit().local_get(local::FUEL).call(function);
        self.state.stacks[WST].depth += delta;
        self.state.stacks[RST].depth -= 2;
        let after = self.state.clone();
        self.emit().local_tee(local::RESULT).i32_wrap_i64();
        self.get_registers(&after, back.into());
        self.emit()
            .i32_ne()
            .local_get(local::RESULT)
            .i64_const(32)
            .i64_shr_u()
            .i32_wrap_i64()
            .local_tee(local::FUEL);
        self.constant(u32::from(back) + self.margin);
        self.emit().i32_le_s().i32_or().if_(BlockType::Empty);
        self.side_exit(|lowering| {
            lowering.flush(&after, |_, _| true);
            lowering.emit().local_get(local::RESULT).return_().end();
        });
    }
}
