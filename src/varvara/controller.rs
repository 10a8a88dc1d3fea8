//! Controller (0x80): buttons of up to four players, and characters.

use crate::uxn::Uxn;

pub(super) const BASE: u8 = 0x80;
const VECTOR: u8 = 0x80;
const VECTOR_LOW: u8 = VECTOR + 1;
/// The button bytes of players 1 to 4.
const BUTTONS: [u8; 4] = [0x82, 0x85, 0x86, 0x87];
const KEY: u8 = 0x83;

/// The bits of a button byte, and the key under which each usually lies.
pub mod button {
    /// Left Ctrl.
    pub const A: u8 = 0x01;
    /// Left Alt.
    pub const B: u8 = 0x02;
    /// Left Shift.
    pub const SELECT: u8 = 0x04;
    /// Home.
    pub const START: u8 = 0x08;
    /// Arrow up.
    pub const UP: u8 = 0x10;
    /// Arrow down.
    pub const DOWN: u8 = 0x20;
    /// Arrow left.
    pub const LEFT: u8 = 0x40;
    /// Arrow right.
    pub const RIGHT: u8 = 0x80;
}

/// Whether a write to a port of Controller does more than to leave its byte there.
pub(super) const fn acts_on(port: u8) -> bool {
    port == VECTOR_LOW
}

#[derive(Default)]
pub(super) struct Controller {
    pub vector: u16,
    /// Whether the program has looked at the ports.
    pub polled: bool,
}

impl Controller {
    pub fn deo(&mut self, uxn: &Uxn, port: u8) {
        if port == VECTOR_LOW {
            self.vector = uxn.dev_short(VECTOR);
        }
    }
}

/// Sets or clears bits of a player's button byte. `player` counts from 0.
pub(super) fn set_button(uxn: &mut Uxn, player: u8, button: u8, down: bool) {
    if let Some(&port) = BUTTONS.get(usize::from(player)) {
        let byte = &mut uxn.dev[usize::from(port)];
        *byte = if down { *byte | button } else { *byte & !button };
    }
}

pub(super) fn press_key(uxn: &mut Uxn, key: u8) {
    uxn.dev[usize::from(KEY)] = key;
}

/// A character is there only during its event.
pub(super) fn clear_key(uxn: &mut Uxn) {
    uxn.dev[usize::from(KEY)] = 0;
}
