//! System (0x00): palette, stack pointers, the end of the program. What `expansion` does is in
//! [`expansion`](super::expansion).

use std::fmt::Write;
use std::ops::ControlFlow;

use super::Metadata;
use crate::uxn::{Stack, Uxn};

pub(super) const BASE: u8 = 0x00;
pub(super) const EXPANSION: u8 = 0x02;
pub(super) const EXPANSION_LOW: u8 = EXPANSION + 1;
const WST: u8 = 0x04;
const RST: u8 = 0x05;
const METADATA: u8 = 0x06;
const METADATA_LOW: u8 = METADATA + 1;
pub(super) const RED: u8 = 0x08;
const RED_LOW: u8 = RED + 1;
const GREEN: u8 = 0x0a;
const GREEN_LOW: u8 = GREEN + 1;
const BLUE: u8 = 0x0c;
const BLUE_LOW: u8 = BLUE + 1;
pub(super) const DEBUG: u8 = 0x0e;
pub(super) const STATE: u8 = 0x0f;

/// Whether a write to a port of System does more than to leave its byte there.
pub(super) const fn acts_on(port: u8) -> bool {
    matches!(port, EXPANSION_LOW | WST | RST | METADATA_LOW | RED_LOW | GREEN_LOW | BLUE_LOW | DEBUG | STATE)
}

/// Whether a port completes a short of the colours.
pub(super) const fn is_colour(port: u8) -> bool {
    matches!(port, RED_LOW | GREEN_LOW | BLUE_LOW)
}

#[derive(Default)]
pub(super) struct System {
    /// The ports of the colours, as they were when the last short was complete.
    colours: [u8; 6],
    palette_changed: bool,
    pub metadata: Option<Metadata>,
}

impl System {
    pub fn take_palette_changed(&mut self) -> bool {
        std::mem::take(&mut self.palette_changed)
    }

    /// Red, green and blue of the four colours: the highest nibble of each short belongs to colour 0. All are black at
    /// first.
    pub fn palette(&self) -> [[u8; 3]; 4] {
        let [r, g, b] = [0, 2, 4].map(|at| u16::from_be_bytes([self.colours[at], self.colours[at + 1]]));
        [12, 8, 4, 0].map(|shift| [r, g, b].map(|channel| (channel >> shift & 0xf) as u8 * 17))
    }

    /// The ports of the colours, if they hold a certain theme, get another one.
    pub fn change_theme(&mut self, uxn: &mut Uxn, before: [u8; 6], after: [u8; 6]) -> bool {
        let ports = &mut uxn.dev[usize::from(RED)..=usize::from(BLUE_LOW)];
        if ports != before {
            return false;
        }
        ports.copy_from_slice(&after);
        self.set_palette(uxn);
        true
    }

    /// Takes the ports of the colours over.
    #[inline]
    pub fn set_palette(&mut self, uxn: &Uxn) {
        self.colours.copy_from_slice(&uxn.dev[usize::from(RED)..=usize::from(BLUE_LOW)]);
        self.palette_changed = true;
    }

    pub fn dei(uxn: &Uxn, port: u8) -> u8 {
        match port {
            WST => uxn.wst.ptr(),
            RST => uxn.rst.ptr(),
            _ => uxn.dev[usize::from(port)],
        }
    }

    pub fn deo(&mut self, uxn: &mut Uxn, port: u8) -> ControlFlow<()> {
        match port {
            WST => uxn.wst.set_ptr(uxn.dev[usize::from(WST)]),
            RST => uxn.rst.set_ptr(uxn.dev[usize::from(RST)]),
            METADATA_LOW => {
                let (metadata, fuel) = Metadata::read(uxn, uxn.dev_short(METADATA));
                self.metadata = Some(metadata);
                uxn.charge(fuel);
            }
            // The vector goes on to its end, but from here on with an allowance: see `Varvara::run`.
            STATE if uxn.dev[usize::from(STATE)] != 0 => return ControlFlow::Break(()),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// Both stacks in two lines, as System/debug prints them.
#[optimize(size)]
#[inline(never)]
pub(super) fn debug(uxn: &Uxn) -> String {
    format!("{}\n{}", debug_stack("WST", &uxn.wst), debug_stack("RST", &uxn.rst))
}

/// The eight bytes below the pointer. A `|` stands where the stack begins.
#[optimize(size)]
fn debug_stack(name: &str, stack: &Stack) -> String {
    let ptr = stack.ptr();
    let mut line = String::from(name);
    line.push(if ptr == 8 { '|' } else { ' ' });
    for distance in (1..=8).rev() {
        let index = ptr.wrapping_sub(distance);
        let separator = if index == 0xff { '|' } else { ' ' };
        let _ = write!(line, "{:02x}{separator}", stack.get(index));
    }
    let _ = write!(line, "<{ptr:02x}");
    line
}
