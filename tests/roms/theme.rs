//! The tools show the colours of `.theme`.

use std::cell::RefCell;
use std::rc::Rc;

use fantail::varvara::{FilePath, Memory, Options};

use super::{Session, assemble};

const TOOLS: [&str; 3] = ["roms/clock.tal", "roms/focus.tal", "roms/notes.tal"];
const THEME: [u8; 6] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab];
const COLOURS: [[u8; 3]; 4] =
    [[0x00, 0x44, 0x88], [0x11, 0x55, 0x99], [0x22, 0x66, 0xaa], [0x33, 0x77, 0xbb]];

fn start(tool: &str, theme: Option<&[u8]>) -> Session {
    let mut memory = Memory::default();
    if let Some(theme) = theme {
        memory.give(&FilePath::parse(b".theme").unwrap(), theme).unwrap();
    }
    let files = Box::new(Rc::new(RefCell::new(memory)));
    let mut session = Session::boot(assemble(tool), Options { files, ..Options::default() });
    session.frames(120);
    session
}

#[test]
fn is_shown_and_followed() {
    for tool in TOOLS {
        for extra in [&b""[..], b"more"] {
            let mut session = start(tool, Some(&[&THEME[..], extra].concat()));
            assert_eq!(session.varvara.palette(), COLOURS, "{tool}");
            assert!(session.varvara.follow_theme(THEME, [0; 6]), "{tool}");
            session.frames(120);
            assert_eq!(session.varvara.palette(), [[0; 3]; 4], "{tool}");
        }
    }
}

#[test]
fn that_is_missing_or_short_leaves_a_program_its_own_colours() {
    for tool in TOOLS {
        let own = start(tool, None).varvara.palette();
        assert!(own[0] != own[3] && own != COLOURS);
        for length in 0..THEME.len() {
            let session = start(tool, Some(&THEME[..length]));
            assert_eq!(session.varvara.palette(), own, "{tool}, {length} bytes");
        }
    }
}
