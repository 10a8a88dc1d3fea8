//! Ports: what compiled code reads itself, and what it calls the machine for.

use wasm_encoder::{BlockType, MemArg};

use super::step::Instruction;
use super::{Lowering, STOPPED, import, local};
use crate::uxn::compile::stacks::{Byte, Value};
use crate::uxn::unit::SHORT_PORT;
use crate::uxn::{PLAIN, QUIET};

impl Lowering<'_> {
    /// `DEI`, unless the port is not known or its device may look at the CPU: the interpreter has to do that, and nothing
    /// has been emitted.
    pub(super) fn device_input(&mut self, instruction: &Instruction) -> bool {
        let short = instruction.is_short();
        let Value::Const(port) = self.pop(instruction.stack(), false) else { return false };
        self.keep(instruction);
        let port = port as u8;
        if self.snapshot.has(PLAIN, port, short) {
            self.plain_port(port);
            if short {
                self.constant(8);
                self.emit().i32_shl();
                self.plain_port(port.wrapping_add(1));
                self.emit().i32_or();
            }
        } else if self.snapshot.has(QUIET, port, short) {
            self.constant(self.snapshot.machine);
            self.port(port, short);
            self.emit().call(import::DEI);
        } else {
            return false;
        }
        let value = self.set(instruction.mask());
        self.push(instruction.stack(), value, short);
        true
    }

    /// `DEO`, with the same exceptions. Afterwards there may be no more fuel, or the machine may have stopped.
    pub(super) fn device_output(&mut self, instruction: &Instruction) -> bool {
        let short = instruction.is_short();
        let Value::Const(port) = self.pop(instruction.stack(), false) else { return false };
        let (high, low) = self.pop_bytes(instruction.stack(), short);
        self.keep(instruction);
        if !self.snapshot.has(QUIET, port as u8, short) {
            return false;
        }
        let next = instruction.next;
        let after = self.state.clone();
        self.constant(self.snapshot.machine);
        self.get_registers(&after, next.into());
        self.emit().local_get(local::FUEL);
        self.port(port as u8, short);
        self.get_short(if short { high } else { Byte::Const(0) }, low);
        self.emit().call(import::DEO).local_tee(local::FUEL);
        self.constant(u32::from(next) + self.margin);
        self.emit().i32_le_s().if_(BlockType::Empty);
        self.emit().local_get(local::FUEL).i32_eqz().if_(BlockType::Empty);
        self.side_exit(|lowering| {
            lowering.flush(&after, |_, _| true);
            lowering.emit().i64_const(STOPPED).return_().end();
        });
        self.leave(&after, Value::Const(next.into()));
        self.emit().end();
        true
    }

    /// Names a port, of a short the first, to `dei` and `deo`.
    fn port(&mut self, port: u8, short: bool) {
        self.constant(u32::from(port) | if short { SHORT_PORT } else { 0 });
    }

    /// Pushes a port's byte as it is, without asking the device.
    fn plain_port(&mut self, port: u8) {
        let offset = u64::from(self.snapshot.dev_address) + u64::from(port);
        self.emit().i32_const(0).i32_load8_u(MemArg { offset, align: 0, memory_index: 0 });
    }
}
