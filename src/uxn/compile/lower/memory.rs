//! Main memory: addresses, loads and stores.

use wasm_encoder::{BlockType, MemArg};

use super::Lowering;
use crate::uxn::compile::stacks::{Byte, State, Value};
use crate::uxn::unit::CODE;

impl Lowering<'_> {
    /// The address at a signed distance from `next`.
    pub(super) fn relative(&mut self, distance: Value, next: u16) -> Value {
        match distance {
            Value::Const(distance) => {
                Value::Const(next.wrapping_add_signed((distance as u8 as i8).into()).into())
            }
            Value::Local(_) => {
                self.get(distance);
                self.emit().i32_extend8_s();
                self.constant(next.into());
                self.emit().i32_add().i32_const(0xffff).i32_and();
                self.set(0xffff)
            }
        }
    }

    /// The address of the byte behind another; it wraps where `mask` says.
    pub(super) fn following(&mut self, address: Value, mask: u32) -> Value {
        match address {
            Value::Const(address) => Value::Const((address + 1) & mask),
            Value::Local(_) => {
                let bound = self.locals.bound(address);
                self.get(address);
                self.emit().i32_const(1).i32_add();
                if bound >= mask {
                    self.constant(mask);
                    self.emit().i32_and();
                }
                self.set((bound + 1).min(mask))
            }
        }
    }

    /// Leaves the part of an address that is not constant on WebAssembly's stack, and returns the rest.
    pub(super) fn get_address(&mut self, base: u32, address: Value) -> MemArg {
        let offset = match address {
            Value::Const(address) => {
                self.constant(0);
                u64::from(base) + u64::from(address)
            }
            Value::Local(_) => {
                self.get(address);
                base.into()
            }
        };
        MemArg { offset, align: 0, memory_index: 0 }
    }

    pub(super) fn load(&mut self, address: Value, short: bool, wrap: u32) -> Value {
        let memory = self.get_address(self.snapshot.ram_address, address);
        self.emit().i32_load8_u(memory);
        if !short {
            return self.set(0xff);
        }
        self.emit().i32_const(8).i32_shl();
        let high = self.set(0xff00);
        let second = self.following(address, wrap);
        self.get(high);
        let memory = self.get_address(self.snapshot.ram_address, second);
        self.emit().i32_load8_u(memory).i32_or();
        self.set(0xffff)
    }

    /// Stores, unless there is code: then the interpreter has to do it, and `before` is the state it starts from.
    pub(super) fn store(
        &mut self,
        address: Value,
        value: (Byte, Byte),
        short: bool,
        wrap: u32,
        pc: u16,
        before: &State,
    ) {
        let second = if short { Some(self.following(address, wrap)) } else { None };
        match address {
            Value::Const(first) => {
                self.assumptions.data.insert(first as u16, ());
                if let Some(Value::Const(second)) = second {
                    self.assumptions.data.insert(second as u16, ());
                }
            }
            Value::Local(_) => {
                let memory = self.get_address(self.snapshot.marks_address, address);
                self.emit().i32_load8_u(memory);
                if let Some(second) = second {
                    let memory = self.get_address(self.snapshot.marks_address, second);
                    self.emit().i32_load8_u(memory).i32_or();
                }
                self.constant(CODE.into());
                self.emit().i32_and().if_(BlockType::Empty);
                self.leave(before, Value::Const(pc.into()));
                self.emit().end();
            }
        }
        let (high, low) = value;
        let first = if short { high } else { low };
        let memory = self.get_address(self.snapshot.ram_address, address);
        self.get_byte(first);
        self.emit().i32_store8(memory);
        if let Some(second) = second {
            let memory = self.get_address(self.snapshot.ram_address, second);
            match low {
                // The store takes the low byte of it.
                Byte::Low(local) => self.local_get(local),
                _ => self.get_byte(low),
            }
            self.emit().i32_store8(memory);
        }
    }
}
