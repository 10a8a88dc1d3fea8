//! Uxntal: the assembler.
