//! Datetime, at 12:34:56 on Sunday, 22 November 2026.

use crate::machine::cases;

cases! {
    case_301: "#c0 DEI2 #c2 DEI #c3 DEI #c7 DEI #c8 DEI2 #ca DEI BRK", |m| m.wst("07 ea 0a 16 00 01 45 00");
    case_302: "#12 #c2 DEO #c2 DEI BRK", |m| m.wst("0a");

    the_time: "#c4 DEI #c5 DEI #c6 DEI BRK", |m| m.wst("0c 22 38");
    low_bytes_are_live: "#c1 DEI #c9 DEI BRK", |m| m.wst("ea 45");
    the_ports_behind_are_storage: "#12 #cb DEO #cb DEI BRK", |m| m.wst("12");
}
