//! Arithmetic and comparisons. What is constant is folded, and no result is masked that cannot be too large.

use wasm_encoder::{BlockType, ValType};

use super::Lowering;
use crate::uxn::compile::stacks::{Byte, Comparison, Value};

#[derive(Clone, Copy)]
pub(super) enum Binary {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
}

impl Lowering<'_> {
    pub(super) fn binary(&mut self, operation: Binary, a: Value, b: Value, mask: u32) -> Value {
        use Binary::*;
        if let (Value::Const(a), Value::Const(b)) = (a, b) {
            let value = match operation {
                Add => a.wrapping_add(b),
                Sub => a.wrapping_sub(b),
                Mul => a.wrapping_mul(b),
                And => a & b,
                Or => a | b,
                Xor => a ^ b,
            };
            return Value::Const(value & mask);
        }
        match (operation, a, b) {
            (Add | Or | Xor, Value::Const(0), value)
            | (Add | Sub | Or | Xor, value, Value::Const(0))
            | (Mul, Value::Const(1), value)
            | (Mul, value, Value::Const(1)) => return value,
            (Mul | And, Value::Const(0), _) | (Mul | And, _, Value::Const(0)) => return Value::Const(0),
            (And, value, Value::Const(bits)) | (And, Value::Const(bits), value) => {
                let bound = self.locals.bound(value);
                if (bits + 1).is_power_of_two() && bound <= bits {
                    return value;
                }
            }
            _ => {}
        }
        let (bound_a, bound_b) = (self.locals.bound(a), self.locals.bound(b));
        self.get(a);
        self.get(b);
        let mut emit = self.emit();
        match operation {
            Add => emit.i32_add(),
            Sub => emit.i32_sub(),
            Mul => emit.i32_mul(),
            And => emit.i32_and(),
            Or => emit.i32_or(),
            Xor => emit.i32_xor(),
        };
        let bound = match operation {
            Add => bound_a + bound_b,
            Sub => u32::MAX,
            Mul => bound_a.saturating_mul(bound_b),
            And => bound_a.min(bound_b),
            Or | Xor => ones(bound_a | bound_b),
        };
        if bound > mask {
            self.constant(mask);
            self.emit().i32_and();
        }
        self.set(bound.min(mask))
    }

    pub(super) fn divide(&mut self, a: Value, b: Value) -> Value {
        match (a, b) {
            (_, Value::Const(0)) => return Value::Const(0),
            (Value::Const(a), Value::Const(b)) => return Value::Const(a / b),
            (a, Value::Const(1)) => return a,
            _ => {}
        }
        let bound = self.locals.bound(a);
        if let Value::Const(_) = b {
            self.get(a);
            self.get(b);
            self.emit().i32_div_u();
        } else {
            self.get(b);
            self.emit().if_(BlockType::Result(ValType::I32));
            self.get(a);
            self.get(b);
            self.emit().i32_div_u().else_().i32_const(0).end();
        }
        self.set(bound)
    }

    pub(super) fn shift(&mut self, a: Value, shift: Value, mask: u32) -> Value {
        if let Value::Const(shift) = shift {
            let (right, left) = (shift & 0xf, shift >> 4);
            if let Value::Const(a) = a {
                return Value::Const(((a >> right) << left) & mask);
            }
            let bound = self.locals.bound(a) >> right;
            if bound == 0 {
                return Value::Const(0);
            }
            if right == 0 && left == 0 {
                return a;
            }
            self.get(a);
            if right != 0 {
                self.constant(right);
                self.emit().i32_shr_u();
            }
            if left != 0 {
                self.constant(left);
                self.emit().i32_shl();
            }
            let bound = bound << left;
            if bound > mask {
                self.constant(mask);
                self.emit().i32_and();
            }
            return self.set(bound.min(mask));
        }
        self.get(a);
        self.get(shift);
        self.emit().i32_const(0xf).i32_and().i32_shr_u();
        self.get(shift);
        self.emit().i32_const(4).i32_shr_u().i32_shl();
        self.constant(mask);
        self.emit().i32_and();
        self.set(mask)
    }

    pub(super) fn compare(&mut self, comparison: Comparison, a: Value, b: Value) -> Byte {
        if let (Value::Const(a), Value::Const(b)) = (a, b) {
            return Byte::Const(u8::from(match comparison {
                Comparison::Equal => a == b,
                Comparison::NotEqual => a != b,
                Comparison::Greater => a > b,
                Comparison::Less => a < b,
            }));
        }
        Byte::Flag(comparison, a, b)
    }
}

/// The largest number with as many bits.
fn ones(number: u32) -> u32 {
    number.checked_ilog2().map_or(0, |highest| u32::MAX >> (31 - highest))
}
