//! Which opcodes mostly come next: what the handlers guess.
//!
//! Counted over our programs, each with the same weight: `docs/interpreter.md` says how. A row pays where its
//! opcode is frequent and the guess mostly right; each one makes handlers larger.

use crate::uxn::opcode::{self, BRK};

/// At most this many guesses after an opcode.
const GUESSES: usize = 8;

/// For each opcode those to expect behind it, the likeliest first; [`BRK`] stands for none.
pub(super) const FOLLOWERS: [[u8; GUESSES]; 256] = {
    let mut followers = [[BRK; GUESSES]; 256];
    let mut row = 0;
    while row < PAIRS.len() {
        let (first, next) = PAIRS[row];
        let mut rank = 0;
        while rank < next.len() {
            followers[code(first) as usize][rank] = code(next[rank]);
            rank += 1;
        }
        row += 1;
    }
    followers
};

/// The opcode of a name in the customary order. A misspelt one does not compile.
const fn code(name: &str) -> u8 {
    let mut opcode = 0;
    while !same(opcode::name(opcode).as_bytes(), name.as_bytes()) {
        opcode += 1;
    }
    opcode
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

const PAIRS: &[(&str, &[&str])] = &[
    ("LIT", &["SFT2", "LDZ2", "SWP", "SUB", "DEO2", "STZ2", "DEO", "SFT"]),
    ("LIT2", &["ADD2", "AND2", "LIT2", "SUB2", "LTH2", "LIT"]),
    ("ADD2", &["LIT", "SWP2", "DUP2", "LIT2"]),
    ("JCI", &["LIT", "LIT2", "DUP", "POP2"]),
    ("DUP2", &["LIT2", "LIT", "ADD2"]),
    ("SFT2", &["LIT", "ORA2", "ADD2"]),
    ("LDZ2", &["LIT", "ADD2", "DUP2", "LIT2"]),
    ("SWP", &["LIT", "OVR", "JMP2r"]),
    ("DUP", &["LIT", "JCI"]),
    ("SWP2", &["STH2k", "DUP2", "JMP2r"]),
    ("OVR2", &["LIT2", "LIT"]),
    ("STH2r", &["STH2kr", "STH2r", "LTH2"]),
    ("ROT2", &["ADD2", "SWP2"]),
    ("SUB2", &["LIT", "LIT2"]),
    ("STH", &["ADDr", "LIT"]),
    ("SUB", &["SWP", "STHk", "DUP"]),
    ("STHr", &["LIT", "JMP2r"]),
    ("POP2", &["POP2", "STHr", "JMP2r"]),
    ("MUL2", &["LIT", "SUB2"]),
    ("DEO2", &["LIT2", "DUP2", "LIT"]),
    ("STZ2", &["LIT", "STH2r"]),
    ("STH2", &["LIT", "JSI"]),
    ("DEO", &["SWP", "LIT", "JMP2r"]),
    ("AND2", &["LIT2", "LIT"]),
    ("INC2", &["LDAk", "INC2", "LDA"]),
    ("SFT", &["LIT", "ADD"]),
    ("LDAk", &["STH", "DUP"]),
    ("ORA2", &["LIT", "STH2"]),
    ("STA2", &["LIT2", "JMP2r"]),
    ("AND", &["LIT", "JMP2r"]),
    ("ROT", &["LIT"]),
    ("INC", &["STZ", "DUP", "LIT"]),
    ("OVR", &["JCI", "LIT"]),
    ("STZ", &["LIT"]),
    ("ORA", &["LIT", "JCI"]),
    ("LDA", &["LIT", "STH"]),
    ("LDA2", &["ADD2", "LIT"]),
    ("ADD", &["LIT"]),
    ("LDZ", &["LIT", "INC", "JCI"]),
    ("NIP", &["LIT"]),
    ("EQU", &["JCI"]),
    ("NEQ", &["JCI"]),
    ("GTH", &["JCI"]),
    ("LTH", &["JCI"]),
    ("EQU2", &["JCI"]),
    ("NEQ2", &["JCI"]),
    ("GTH2", &["JCI"]),
    ("LTH2", &["JCI", "LIT"]),
    ("EQUk", &["JCI"]),
    ("EQU2k", &["JCI"]),
    ("NEQk", &["JCI"]),
    ("NEQ2k", &["JCI"]),
    ("GTHk", &["JCI"]),
    ("GTH2k", &["JCI"]),
    ("LTHk", &["JCI"]),
    ("LTH2k", &["JCI", "LIT"]),
];
