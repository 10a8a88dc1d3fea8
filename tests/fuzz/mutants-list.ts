/** Mistakes for `mutants.ts`: in every pass of the compiler, and where its code is linked and taken back. */

export interface Mutant {
  /** The pass, and what is wrong. */
  readonly name: string;
  readonly file: string;
  /** A text that the file has once. */
  readonly before: string;
  readonly after: string;
  /** Why it makes no difference, if it makes none. */
  readonly unobservable?: string;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "graph: a return address that was popped still counts",
    file: "src/uxn/compile/graph.rs",
    before: "stack.depth >= call.slot + 2",
    after: "stack.depth >= call.slot",
  },
  {
    name: "graph: any constant is a return address",
    file: "src/uxn/compile/graph.rs",
    before: "stack.known.get(&slot).is_some_and(|known| known.byte == Byte::Const(byte))",
    after: "stack.known.get(&slot).is_some_and(|known| matches!(known.byte, Byte::Const(_)) && byte == byte)",
  },
  {
    name: "graph: blocks are joined whatever the depth",
    file: "src/uxn/compile/graph.rs",
    before: "return if depths[index] == at {",
    after: "return if depths[index] == at || true {",
  },
  {
    name: "graph: the calls around a call are still known after it",
    file: "src/uxn/compile/graph.rs",
    before: "(seen, vec![target(program, from, 0, after)])",
    after: "(seen, vec![target(program, from, calls, after)])",
  },
  {
    name: "graph: the depth after a call is the one before it",
    file: "src/uxn/compile/graph.rs",
    before: "let after = [end_depths[WST] + delta, slot];",
    after: "let after = [end_depths[WST] + delta.min(0), slot];",
  },
  {
    name: "graph: loops with two heads are not cut",
    file: "src/uxn/compile/graph.rs",
    before: "&& !graph.dominates(to, index)\n                {\n                    graph.blocks",
    after:
      "&& !graph.dominates(to, index)\n                    && false\n                {\n                    graph.blocks",
  },
  {
    name: "graph: jumps cost nothing",
    file: "src/uxn/compile/graph.rs",
    before: "cost: u32::from(terminator.end().wrapping_sub(place.pc)) + 1",
    after: "cost: u32::from(terminator.end().wrapping_sub(place.pc))",
  },
  {
    name: "graph: the cheapest path instead of the most expensive",
    file: "src/uxn/compile/graph.rs",
    before: ".map(|next| costs[next]).max();",
    after: ".map(|next| costs[next]).min();",
  },
  {
    name: "graph: a call may wrap the stack",
    file: "src/uxn/compile/graph.rs",
    before: "filter(|delta| delta.abs() <= MAX_DELTA)",
    after: "filter(|delta| delta.abs() <= 100 * MAX_DELTA)",
    unobservable:
      "with the block after such a call a function needs more of a stack than there is, and is not compiled; but where the limit on blocks leaves that block out",
  },
  {
    name: "graph: a branch has its targets the other way round",
    file: "src/uxn/compile/graph.rs",
    before: "(seen, vec![target(program, to, calls, end_depths), other])",
    after: "(seen, vec![other, target(program, to, calls, end_depths)])",
  },
  {
    name: "graph: a condition that is known is not looked at",
    file: "src/uxn/compile/graph.rs",
    before:
      "| Terminator::Branch { condition: Byte::Const(0), from: to, .. } => {\n                (Terminator::Fall",
    after:
      "| Terminator::Branch { condition: Byte::Const(1), from: to, .. } => {\n                (Terminator::Fall",
  },
  {
    name: "graph: a callee that comes back at two depths is inlined",
    file: "src/uxn/compile/graph.rs",
    before: "&& returns.all(|other| Some(other) == delta)",
    after: "&& returns.all(|other| other == other)",
    unobservable:
      "an edge that brings another depth leaves the function: so does a return to another depth from an inlined callee",
  },
  {
    name: "graph: a loop that is entered twice has one entry less",
    file: "src/uxn/compile/graph.rs",
    before: "filter(|&&from| from < block).count() > 1",
    after: "filter(|&&from| from < block).count() > 2",
  },
  {
    name: "stacks: a byte that replaces another is not written",
    file: "src/uxn/compile/stacks.rs",
    before: "*slot = Slot { byte, dirty: true };",
    after: "*slot = Slot { byte, dirty: slot.dirty };",
  },
  {
    name: "stacks: what is above the pointer is forgotten",
    file: "src/uxn/compile/stacks.rs",
    before: "slot < depth || known.dirty",
    after: "slot < depth",
  },
  {
    name: "stacks: halves of two shorts are one",
    file: "src/uxn/compile/stacks.rs",
    before: "matches!((self, low), (Byte::High(a), Byte::Low(b)) if a == b)",
    after: "matches!((self, low), (Byte::High(_), Byte::Low(_)))",
    unobservable: "any two bytes are put together as what they are; for phis it is a hint",
  },
  {
    name: "stacks: the second operand of a comparison is free",
    file: "src/uxn/compile/stacks.rs",
    before: "Byte::Flag(_, a, b) => (of(a), of(b)),",
    after: "Byte::Flag(_, a, _) => (of(a), None),",
  },
  {
    name: "stacks: how far down is written is not joined",
    file: "src/uxn/compile/stacks.rs",
    before: "self.written[stack] = self.written[stack].min(other.written[stack]);",
    after:
      "self.written[stack] = self.written[stack].min(self.written[stack]).min(other.written[stack].max(0));",
  },
  {
    name: "lower: the uppermost slot is not reserved",
    file: "src/uxn/compile/lower.rs",
    before: "self.extent.high[stack].max(slot + 1)",
    after: "self.extent.high[stack].max(slot)",
  },
  {
    name: "lower: a pair is written though only one half is asked for",
    file: "src/uxn/compile/lower.rs",
    before: "next == index + 1 && above.dirty && which(stack, next) && is_short",
    after: "next == index + 1 && above.dirty && is_short",
    unobservable: "the other half is written too early: memory has what the slot holds, and gets it again",
  },
  {
    name: "lower: a patched literal is a constant",
    file: "src/uxn/compile/lower/step.rs",
    before: "if self.snapshot.is_data(address) {",
    after: "if self.snapshot.is_data(address) && address == 0 {",
    unobservable:
      "a unit is unlinked when a literal changes that it was made from, and one that writes to its own is not made: it is only slower",
  },
  {
    name: "lower: a patched opcode is compiled",
    file: "src/uxn/compile/lower/step.rs",
    before: "if self.snapshot.is_data(pc) {",
    after: "if self.snapshot.is_data(pc) && pc == 0 {",
    unobservable: "as with a patched literal: the unit is unlinked when the byte changes",
  },
  {
    name: "lower: the second byte of a distance may be patched",
    file: "src/uxn/compile/lower/step.rs",
    before: "if self.snapshot.is_data(pc + 1) || self.snapshot.is_data(pc + 2) {",
    after: "if self.snapshot.is_data(pc + 1) {",
    unobservable: "as with a patched literal: the unit is unlinked when the byte changes",
  },
  {
    name: "lower: the second byte of a distance is not assumed",
    file: "src/uxn/compile/lower/step.rs",
    before: "for address in pc..=pc + 2 {",
    after: "for address in pc..=pc + 1 {",
  },
  {
    name: "lower: opcodes are not assumed",
    file: "src/uxn/compile/lower/step.rs",
    before: "        self.assumptions.code.insert(pc, ());\n        match instruction.row() {",
    after: "        match instruction.row() {",
  },
  {
    name: "lower: POP does not reach down",
    file: "src/uxn/compile/lower/step.rs",
    before: "            row::POP => {\n                self.skip(instruction);\n",
    after:
      "            row::POP => {\n                self.state.stacks[stack].depth -= instruction.width();\n",
  },
  {
    name: "lower: the low byte counts in a condition",
    file: "src/uxn/compile/lower.rs",
    before:
      "self.emit().local_get(local).i32_const(0xff00).i32_and();\n            }\n            _ => self.get_byte(byte),",
    after:
      "self.emit().local_get(local).i32_const(0xffff).i32_and();\n            }\n            _ => self.get_byte(byte),",
  },
  {
    name: "lower: a short that is a little more than a byte is one",
    file: "src/uxn/compile/lower.rs",
    before: "if !short || self.locals.bound(value) <= 0xff =>",
    after: "if !short || self.locals.bound(value) <= 0x1ff =>",
  },
  {
    name: "lower: an unknown target of JCN has been popped",
    file: "src/uxn/compile/lower/step.rs",
    before: "                self.state = before;\n                return Terminator::Leave { pc };",
    after: "                let _ = before;\n                return Terminator::Leave { pc };",
    unobservable:
      "lowering stops before it; only in a block that ends otherwise than decided, of which there is none, would that be seen",
  },
  {
    name: "lower: JSR returns to itself",
    file: "src/uxn/compile/lower/step.rs",
    before: "self.push(other, Value::Const(next.into()), true);",
    after: "self.push(other, Value::Const(pc.into()), true);",
  },
  {
    name: "lower: after DEO no margin is left",
    file: "src/uxn/compile/lower/device.rs",
    before: "self.constant(u32::from(next) + self.margin);",
    after: "self.constant(u32::from(next));",
  },
  {
    name: "lower: between side exits the return stack is not written",
    file: "src/uxn/compile/lower.rs",
    before:
      "        let state = self.state.clone();\n        self.flush(&state, |_, _| true);\n        for slots",
    after:
      "        let state = self.state.clone();\n        self.flush(&state, |stack, _| stack == WST);\n        for slots",
  },
  {
    name: "lower: a block ends at a size",
    file: "src/uxn/compile/lower.rs",
    before:
      "                    if self.side_exits > SIDE_EXITS {\n                        self.flush_all();\n                    }",
    after:
      "                    if self.code.len() > (8 << 10) {\n                        return Terminator::Leave { pc: next };\n                    }",
  },
  {
    name: "lower: SFT does not keep",
    file: "src/uxn/compile/lower/step.rs",
    before: "let a = self.pop(stack, short);\n        self.keep(instruction);",
    after:
      "let a = self.pop(stack, short);\n        if row != row::SFT {\n            self.keep(instruction);\n        }",
  },
  {
    name: "lower: both bytes of a plain port are the first",
    file: "src/uxn/compile/lower/device.rs",
    before: "self.plain_port(port.wrapping_add(1));",
    after: "self.plain_port(port);",
  },
  {
    name: "lower: a local is given back while a slot holds it",
    file: "src/uxn/compile/lower.rs",
    before: "filter(|local| !used.contains(local))",
    after: "filter(|local| !used[..used.len().saturating_sub(1)].contains(local))",
  },
  {
    name: "arithmetic: a sum is no larger than its parts",
    file: "src/uxn/compile/lower/arithmetic.rs",
    before: "Add => bound_a + bound_b,",
    after: "Add => bound_a.max(bound_b),",
  },
  {
    name: "arithmetic: a difference is no larger than the minuend",
    file: "src/uxn/compile/lower/arithmetic.rs",
    before: "Sub => u32::MAX,",
    after: "Sub => bound_a,",
  },
  {
    name: "arithmetic: AND with a mask that is one too small is nothing",
    file: "src/uxn/compile/lower/arithmetic.rs",
    before: "bound <= bits {",
    after: "bound <= bits + 1 {",
  },
  {
    name: "arithmetic: a shift to the left is not masked",
    file: "src/uxn/compile/lower/arithmetic.rs",
    before: "let bound = bound << left;",
    after: "let bound = bound << left.min(1);",
  },
  {
    name: "arithmetic: a constant zero divides",
    file: "src/uxn/compile/lower/arithmetic.rs",
    before: "            (_, Value::Const(0)) => return Value::Const(0),\n",
    after: "",
  },
  {
    name: "arithmetic: greater than or equal",
    file: "src/uxn/compile/lower/arithmetic.rs",
    before: "Comparison::Greater => a > b,",
    after: "Comparison::Greater => a >= b,",
  },
  {
    name: "memory: a short does not wrap",
    file: "src/uxn/compile/lower/memory.rs",
    before: "if bound >= mask {",
    after: "if bound > mask {",
  },
  {
    name: "memory: the second byte of a store is not looked up",
    file: "src/uxn/compile/lower/memory.rs",
    before:
      "self.emit().i32_load8_u(memory).i32_or();\n                }\n                self.constant(CODE",
    after: "self.emit().i32_load8_u(memory).drop();\n                }\n                self.constant(CODE",
  },
  {
    name: "memory: the second byte of a store may be code",
    file: "src/uxn/compile/lower/memory.rs",
    before: "self.assumptions.data.insert(second as u16, ());",
    after: "let _ = second;",
  },
  {
    name: "memory: relative addresses do not wrap",
    file: "src/uxn/compile/lower/memory.rs",
    before: "self.emit().i32_add().i32_const(0xffff).i32_and();",
    after: "self.emit().i32_add();",
  },
  {
    name: "memory: a store to code leaves after its operands",
    file: "src/uxn/compile/lower/memory.rs",
    before: "self.leave(before, Value::Const(pc.into()));",
    after:
      "let _ = before;\n                let state = self.state.clone();\n                self.leave(&state, Value::Const(pc.into()));",
  },
  {
    name: "leave: computed jumps are free",
    file: "src/uxn/compile/lower/leave.rs",
    before: "Value::Local(_) => -i32::from(from) - 1,",
    after: "Value::Local(_) => -i32::from(from),",
  },
  {
    name: "leave: the lowest byte that a callee sees is not written",
    file: "src/uxn/compile/lower/leave.rs",
    before: "self.flush(&before, |stack, slot| slot >= reach[stack]);",
    after: "self.flush(&before, |stack, slot| slot > reach[stack]);",
  },
  {
    name: "leave: after a call there is always fuel",
    file: "src/uxn/compile/lower/leave.rs",
    before: "self.constant(u32::from(back) + self.margin);",
    after: "self.constant(u32::from(back).min(self.margin));",
  },
  {
    name: "leave: what a callee has changed is still known",
    file: "src/uxn/compile/lower/leave.rs",
    before: "known.retain(|&slot, _| slot < reach[stack]);",
    after: "known.retain(|&slot, _| slot < reach[stack] + 1);",
  },
  {
    name: "leave: a callee that comes back elsewhere is not noticed",
    file: "src/uxn/compile/lower/leave.rs",
    before: "            .i32_ne()\n            .local_get(local::RESULT)",
    after:
      "            .i32_ne()\n            .i32_const(0x7fff_ffff)\n            .i32_and()\n            .i32_const(0)\n            .i32_and()\n            .local_get(local::RESULT)",
  },
  {
    name: "function: a stack has a slot more than it has",
    file: "src/uxn/compile/function.rs",
    before: "u32::try_from(255 + low - high)",
    after: "u32::try_from(256 + low - high)",
  },
  {
    name: "function: at the entry there is always fuel",
    file: "src/uxn/compile/function.rs",
    before: "let margin = (u32::from(pc) + self.margin) as i32;",
    after: "let margin = i32::from(pc);",
  },
  {
    name: "function: loops do not look at the fuel",
    file: "src/uxn/compile/function.rs",
    before: "        if is_loop {\n            lowering.check_fuel(block.pc);\n        }\n",
    after: "",
  },
  {
    name: "function: the lowest slot that a loop writes is no phi",
    file: "src/uxn/compile/function.rs",
    before: "is_loop && slot >= extent.written[stack]",
    after: "is_loop && slot > extent.written[stack]",
  },
  {
    name: "function: a slot is written only if all edges left that to do",
    file: "src/uxn/compile/function.rs",
    before: "is_written(slot) || bytes(slot).iter().any(|slot| slot.is_some_and(|slot| slot.dirty))",
    after: "is_written(slot) || bytes(slot).iter().all(|slot| slot.is_some_and(|slot| slot.dirty))",
  },
  {
    name: "function: a constant phi is never set",
    file: "src/uxn/compile/function.rs",
    before: "if back && phi.constant {",
    after: "if phi.constant {",
  },
  {
    name: "function: phis are set in the wrong order",
    file: "src/uxn/compile/function.rs",
    before: "for &(local, _) in set.iter().rev() {",
    after: "for &(local, _) in set.iter() {",
  },
  {
    name: "function: half a phi has not changed, so neither has the other",
    file: "src/uxn/compile/function.rs",
    before: "a == phi.local && b == phi.local",
    after: "a == phi.local || b == phi.local",
  },
  {
    name: "function: half a phi that a loop does not write is constant",
    file: "src/uxn/compile/function.rs",
    before: "!is_written(slot) && !(short && is_written(slot + 1))",
    after: "!is_written(slot)",
  },
  {
    name: "function: return addresses are phis around a loop",
    file: "src/uxn/compile/function.rs",
    before: "block.return_bytes.get(&slot).copied().filter(|_| stack == RST)",
    after: "block.return_bytes.get(&slot).copied().filter(|_| stack == RST && !is_loop)",
  },
  {
    name: "function: return addresses are on both stacks",
    file: "src/uxn/compile/function.rs",
    before: "filter(|_| stack == RST)",
    after: "filter(|_| stack == RST || true)",
  },
  {
    name: "function: the expected depths need not fit",
    file: "src/uxn/compile/function.rs",
    before: "            reach.high[stack] = reach.high[stack].max(depth);\n",
    after: "            reach.high[stack] = reach.high[stack].max(depth.min(0));\n",
  },
  {
    name: "function: what a callee writes, the loop around it does not",
    file: "src/uxn/compile/function.rs",
    before: "extent.written[stack] = extent.written[stack].min(from_here(callee.extent.written[stack]));",
    after: "let _ = from_here(callee.extent.written[stack]);",
  },
  {
    name: "module: a unit may write to its own code",
    file: "src/uxn/compile/mod.rs",
    before: "if written.is_empty() {",
    after: "if written.len() < 10_000 {",
  },
  {
    name: "module: compiled fuel is counted with the distance gone",
    file: "src/uxn/compile/mod.rs",
    before: "code.local_get(RESULT).i32_wrap_i64().i32_const(16).i32_shr_u().i32_add();\n    code.i32_add()",
    after: "code.local_get(RESULT).i32_wrap_i64().i32_const(16).i32_shr_u().drop();\n    code.i32_add()",
  },
  {
    name: "module: what has done nothing is tried again",
    file: "src/uxn/compile/mod.rs",
    before: "i32_const(entry.into()).i32_eq();\n    code.if_",
    after: "i32_const(-1).i32_eq();\n    code.if_",
  },
  {
    name: "linking: memory is not compared",
    file: "src/uxn/blocks.rs",
    before: "self.ram[usize::from(address)] == byte && self.marks",
    after: "byte == byte && self.marks",
  },
  {
    name: "linking: variables may be code",
    file: "src/uxn/blocks.rs",
    before: " && self.marks[usize::from(address)] & DATA == 0",
    after: "",
  },
  {
    name: "linking: code that is written to stays linked",
    file: "src/uxn/blocks.rs",
    before:
      "            if self.marks[usize::from(address)] & CODE != 0 {\n                self.unlink(&|linked| linked.description.covers(address));\n            }\n            self.marks",
    after: "            self.marks",
  },
  {
    name: "linking: the second byte of a store changes no code",
    file: "src/uxn/blocks.rs",
    before: "for address in [first, second] {",
    after: "for address in [first, first.max(second.min(first))] {",
  },
  {
    name: "taking back: the last byte that a device writes changes no code",
    file: "src/uxn/blocks.rs",
    before: "self.unlink(&|linked| linked.description.covers_any(&range));",
    after: "self.unlink(&|linked| linked.description.covers_any(&(range.start..range.end - 1)));",
  },
  {
    name: "taking back: marks go with the first unit",
    file: "src/uxn/blocks.rs",
    before: "if *covers == 0 {",
    after: "if *covers < 2 {",
  },
  {
    name: "taking back: entries stay",
    file: "src/uxn/blocks.rs",
    before: "self.map[usize::from(entry)] = 0;",
    after: "self.map[usize::from(entry)] |= 0;",
  },
  {
    name: "taking back: what linked units write to is forgotten",
    file: "src/uxn/blocks.rs",
    before: "self.marks[usize::from(address)] |= DATA;\n        }\n    }",
    after: "self.marks[usize::from(address)] |= 0;\n        }\n    }",
  },
  {
    name: "taking back: a program that begins again has what it had",
    file: "src/uxn/blocks.rs",
    before: "linked.description.code.iter().any(|&(address, byte)| ram[usize::from(address)] != byte)",
    after: "linked.description.code.iter().all(|&(address, byte)| ram[usize::from(address)] != byte)",
  },
  {
    name: "unit: the first byte of a range is not in it",
    file: "src/uxn/unit.rs",
    before: "usize::from(address) < range.start)",
    after: "usize::from(address) <= range.start)",
  },
  {
    name: "calls: what a device leaves of the fuel is not counted",
    file: "src/uxn/tailcall.rs",
    before: "(*uxn).compiled_fuel = (*uxn).compiled_fuel.wrapping_add(got);",
    after: "let _ = got;",
    unobservable: "the count of compiled fuel may be too small, not too large",
  },
];
