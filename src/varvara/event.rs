//! What the host tells the computer, and the queue in which it waits.

use std::collections::VecDeque;

use super::InputType;

/// Something that happened outside. Each is delivered on its own, in the order sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A byte for Console/read.
    Console {
        /// The byte.
        byte: u8,
        /// What kind of byte, for Console/type.
        kind: InputType,
    },
    /// A character for Controller/key.
    Key(u8),
    /// A button of a controller goes down or up. A repeated press evaluates the vector again.
    Button {
        /// 0 to 3 for players 1 to 4; events of others are dropped.
        player: u8,
        /// The [bits](super::controller::button) that change.
        button: u8,
        /// Down or up.
        down: bool,
    },
    /// The pointer is at this pixel. Values outside the screen are allowed.
    MouseMove {
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
    },
    /// A mouse button goes down or up.
    MouseButton {
        /// The bits that change: left 1, right 2, middle 4, as in `MouseEvent.buttons` of the web platform.
        mask: u8,
        /// Down or up.
        down: bool,
    },
    /// The wheel, for Mouse/scrollx and scrolly: right and down are positive.
    Scroll {
        /// Steps to the right.
        x: i16,
        /// Steps down.
        y: i16,
    },
    /// A sixtieth of a second has passed. The voices have gone on by the time the event is sent; the vectors of
    /// those whose notes are over come first, and the screen vector when it is the event's turn.
    Frame,
}

/// The events a host may have sent ahead.
const CAPACITY: usize = 0x10000;

/// Events that wait for the vector under way.
#[derive(Default)]
pub(super) struct Queue {
    events: VecDeque<Event>,
    has_frame: bool,
}

impl Queue {
    /// Appends an event. False if there is no room for it.
    pub fn push(&mut self, event: Event) -> bool {
        if event == Event::Frame && self.has_frame {
            return true;
        }
        if let (Some(last @ Event::MouseMove { .. }), Event::MouseMove { .. }) =
            (self.events.back_mut(), event)
        {
            *last = event;
            return true;
        }
        if self.events.len() >= CAPACITY {
            return false;
        }
        self.has_frame |= event == Event::Frame;
        self.events.push_back(event);
        true
    }

    /// Puts an event, not a frame, before all others.
    pub fn push_front(&mut self, event: Event) {
        self.events.push_front(event);
    }

    /// Whether no event waits.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Takes the oldest event.
    pub fn pop(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        self.has_frame &= event != Event::Frame;
        Some(event)
    }
}
