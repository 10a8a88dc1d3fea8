//! Mouse (0x90): position, buttons, wheel.

use crate::uxn::Uxn;

pub(super) const BASE: u8 = 0x90;
const VECTOR: u8 = 0x90;
const VECTOR_LOW: u8 = VECTOR + 1;
const X: u8 = 0x92;
const Y: u8 = 0x94;
const STATE: u8 = 0x96;
const SCROLL_X: u8 = 0x9a;
const SCROLL_Y: u8 = 0x9c;

/// Whether a write to a port of Mouse does more than to leave its byte there.
pub(super) const fn acts_on(port: u8) -> bool {
    port == VECTOR_LOW
}

#[derive(Default)]
pub(super) struct Mouse {
    pub vector: u16,
    /// Whether the program has looked at the ports.
    pub polled: bool,
}

impl Mouse {
    pub fn deo(&mut self, uxn: &Uxn, port: u8) {
        if port == VECTOR_LOW {
            self.vector = uxn.dev_short(VECTOR);
        }
    }
}

pub(super) fn set_position(uxn: &mut Uxn, x: u16, y: u16) {
    uxn.set_dev_short(X, x);
    uxn.set_dev_short(Y, y);
}

pub(super) fn set_buttons(uxn: &mut Uxn, mask: u8, down: bool) {
    let state = &mut uxn.dev[usize::from(STATE)];
    *state = if down { *state | mask } else { *state & !mask };
}

pub(super) fn set_scroll(uxn: &mut Uxn, x: i16, y: i16) {
    uxn.set_dev_short(SCROLL_X, x as u16);
    uxn.set_dev_short(SCROLL_Y, y as u16);
}

/// The wheel's steps are there only during their event.
pub(super) fn clear_scroll(uxn: &mut Uxn) {
    set_scroll(uxn, 0, 0);
}
