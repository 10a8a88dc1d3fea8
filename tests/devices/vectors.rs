//! Vectors, and which port of a short acts.

use crate::machine::{Machine, cases};

cases! {
    case_162: ";on #20 DEO2 #11 BRK @on #22 BRK", |m| {
        m.frames(2);
        m.wst("11 22 22");
    };
    case_163: ";on #20 DEO2 BRK @on #0000 #20 DEO2 LIT \"a #18 DEO BRK", |m| {
        m.frames(3);
        assert_eq!(m.stdout, "a");
    };
    /// The high byte alone sets no vector.
    case_164: "#01 #20 DEO BRK", |m| {
        m.frames(1);
        m.wst("");
        m.ports(0x20, "01 00");
    };
    /// The vector in which the program ends is evaluated to its end.
    case_165: "#80 #0f DEO #12 BRK", |m| {
        m.wst("12");
        m.exited(0);
    };
    case_166: "#01 #0f DEO LIT \"a #18 DEO BRK", |m| {
        assert_eq!(m.stdout, "a");
        m.exited(1);
    };
    case_167: "#00 #0f DEO LIT \"a #18 DEO BRK", |m| {
        assert_eq!(m.stdout, "a");
        m.runs_on();
    };
    case_168: "#00 #0f DEO #7f #0f DEO BRK", |m| m.exited(127);
    case_169: "#ff #0f DEO BRK", |m| m.exited(127);
    case_170: "#2000 #10 DEO2 #10 DEI2 BRK", |m| m.wst("20 00");
    case_171: "#4142 #18 DEO2 BRK", |m| {
        assert_eq!((m.stdout.as_str(), m.stderr.as_str()), ("", "B"));
    };
    case_172: "#0202 #2e DEO2 BRK", |m| m.pixels(0, 0, [0]);
    case_173: "#0102 #04 DEO2 BRK", |m| {
        assert_eq!(m.varvara.uxn().rst.ptr(), 2);
        m.wst("");
    };
    case_174: "#0109 #0e DEO2 BRK", |m| {
        assert_eq!(m.stderr, "");
        m.exited(9);
    };
    /// Day and hour, as recommended: the newest reference gives the day and a stale byte, but no program can
    /// be served by that, and older ones read both at once.
    case_175: "#c3 DEI2 BRK", |m| m.wst("16 0c");
    case_176: "#1234 #04 DEI2 BRK", |m| m.wst("12 34 02 00");
    case_177: "#1234 #ff DEO2 #ff DEI #00 DEI BRK", |m| m.wst("12 34");

    /// Ports of devices that are not there, and ports without a meaning.
    other_ports_are_storage: "#1234 #30 DEO2 #5678 #a8 DEO2 #9abc #d0 DEO2 #30 DEI2 #a8 DEI2 #d0 DEI2 BRK", |m| {
        m.wst("12 34 56 78 9a bc");
    };
    a_vector_may_replace_itself: ";on #20 DEO2 BRK @on ;off #20 DEO2 #01 BRK @off #02 BRK", |m: &mut Machine| {
        m.frames(3);
        m.wst("01 02 02");
    };
}
