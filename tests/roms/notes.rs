//! The notes editor: what is typed is in files, and nothing is lost.

use std::cell::RefCell;
use std::rc::Rc;

use fantail::varvara::controller::button;
use fantail::varvara::{Event, FilePath, Memory, Node, Options, Quota, Storage};

use super::{Session, assemble};

const NEW: (u16, u16) = (30, 40);
const DELETE: (u16, u16) = (90, 40);
const TITLE: (u16, u16) = (180, 14);

struct Notes {
    session: Session,
    files: Rc<RefCell<Memory>>,
}

fn path(name: &str) -> FilePath {
    FilePath::parse(name.as_bytes()).expect("a path")
}

impl Notes {
    fn open(files: &Rc<RefCell<Memory>>) -> Notes {
        let options = Options { files: Box::new(files.clone()), ..Options::default() };
        let mut notes =
            Notes { session: Session::boot(assemble("roms/notes.tal"), options), files: files.clone() };
        notes.session.frames(1);
        notes
    }

    /// With these files in the directory.
    fn with(contents: &[(&str, &[u8])]) -> Notes {
        let mut files = Memory::default();
        for (name, bytes) in contents {
            files.restore(&path(&format!("notes/{name}")), Node::File(bytes.to_vec())).expect("room");
        }
        Notes::open(&Rc::new(RefCell::new(files)))
    }

    fn click(&mut self, (x, y): (u16, u16)) {
        self.session.mouse(x, y, 1, true);
        self.session.mouse(x, y, 1, false);
        self.session.frames(1);
    }

    /// A note by its place in the list.
    fn choose(&mut self, row: u16) {
        self.click((40, 60 + 16 * row));
    }

    fn keys(&mut self, text: &str) {
        for byte in text.bytes() {
            self.session.send(Event::Key(byte));
        }
    }

    fn chord(&mut self, button: u8) {
        self.session.send(Event::Button { player: 0, button: button::A, down: true });
        self.session.press(button);
        self.session.send(Event::Button { player: 0, button: button::A, down: false });
    }

    fn file(&self, name: &str) -> Option<String> {
        let files = self.files.borrow();
        files.file(&path(name)).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// The text in the editor.
    fn text(&self) -> Vec<u8> {
        let end = usize::from(self.session.short("end"));
        self.session.varvara.uxn().ram()[0x8000..end].to_vec()
    }

    fn says(&self, what: &str) -> bool {
        usize::from(self.session.short("message")) == self.session.address(&format!("Say/{what}"))
    }
}

#[test]
fn what_is_typed_is_saved_after_a_pause_and_there_again_later() {
    let mut notes = Notes::with(&[]);
    notes.click(NEW);
    assert_eq!(notes.file("notes/note-001.txt").as_deref(), Some(""));
    notes.keys("Tea\rGr\u{fc}n");
    assert_eq!(notes.file("notes/note-001.txt").as_deref(), Some(""));
    notes.session.frames(60);
    assert_eq!(notes.file("notes/note-001.txt").as_deref(), Some("Tea\nGr\u{fc}n"));
    assert!(notes.says("saved"));
    let again = Notes::open(&notes.files);
    assert_eq!(again.text(), "Tea\nGr\u{fc}n".as_bytes());
}

#[test]
fn opening_another_note_saves_the_one_before() {
    let mut notes = Notes::with(&[("a.txt", b"one"), ("b.txt", b"two")]);
    notes.keys("1 ");
    notes.choose(1);
    assert_eq!((notes.file("notes/a.txt").as_deref(), &notes.text()[..]), (Some("1 one"), &b"two"[..]));
    notes.chord(button::UP);
    assert_eq!(notes.text(), b"1 one");
    notes.click(NEW);
    assert_eq!(notes.session.byte("notes"), 3);
}

#[test]
fn characters_are_typed_and_deleted_where_the_cursor_is() {
    let mut notes = Notes::with(&[("a", "first line\nse\u{e7}ond\nthird".as_bytes())]);
    notes.session.press(button::DOWN);
    notes.session.press(button::RIGHT);
    notes.session.press(button::RIGHT);
    notes.keys("\x7f");
    assert_eq!(notes.text(), b"first line\nseond\nthird");
    notes.keys("c\x08\x08");
    assert_eq!(notes.text(), b"first line\nsond\nthird");
    notes.chord(button::RIGHT);
    notes.keys("!");
    notes.session.press(button::START);
    notes.keys("<");
    notes.session.press(button::UP);
    notes.chord(button::LEFT);
    notes.keys("\x08>");
    assert_eq!(notes.text(), b">first line\n<sond!\nthird");
    // A click between the letters of the third line.
    notes.click((0xa8 + 4, 0x28 + 2 * 12 + 3));
    notes.keys("-");
    assert_eq!(notes.text(), b">first line\n<sond!\nt-hird");
    // With the repetition of a held key to the very end.
    notes.session.send(Event::Button { player: 0, button: button::RIGHT, down: true });
    for _ in 0..20 {
        notes.session.send(Event::Button { player: 0, button: button::RIGHT, down: true });
    }
    notes.keys("\x7f.");
    assert_eq!(notes.text(), b">first line\n<sond!\nt-hird.");
}

#[test]
fn long_lines_break_between_words_and_words_that_are_too_long_anywhere() {
    let text = "wide words ".repeat(40) + &"m".repeat(100) + "\n\nend";
    let notes = Notes::with(&[("a", text.as_bytes())]);
    let ram = notes.session.varvara.uxn().ram();
    let lines = usize::from(notes.session.short("lines"));
    let widths = notes.session.address("font/widths");
    let starts: Vec<_> = (0..lines)
        .map(|line| usize::from(u16::from_be_bytes([ram[0xc000 + 2 * line], ram[0xc001 + 2 * line]])))
        .collect();
    assert_eq!(starts[0], 0x8000);
    for pair in starts.windows(2) {
        let line = &ram[pair[0]..pair[1]];
        let printed = line.trim_ascii_end();
        let width: usize =
            printed.iter().map(|&byte| usize::from(ram[widths + usize::from(byte) - 32])).sum();
        assert!(width <= 0x148, "{width}");
        assert!(line.ends_with(b" ") || line.ends_with(b"\n") || line.ends_with(b"mmm"), "{line:?}");
    }
    assert_eq!(&text.as_bytes()[starts[lines - 1] - 0x8000..], b"end");
}

#[test]
fn a_note_is_renamed_by_its_title() {
    let mut notes = Notes::with(&[("a.txt", b"one"), ("b.txt", b"two")]);
    notes.click(TITLE);
    notes.keys(&"\x08".repeat(50));
    notes.keys("z/\\s.txt\r");
    assert_eq!((notes.file("notes/zs.txt").as_deref(), notes.file("notes/a.txt")), (Some("one"), None));
    // A name that is taken, and none.
    for name in ["b.txt", ""] {
        notes.click(TITLE);
        notes.keys(&"\x08".repeat(50));
        notes.keys(name);
        notes.keys("\r");
    }
    assert_eq!((notes.file("notes/b.txt").as_deref(), notes.session.byte("notes")), (Some("two"), 2));
    notes.keys("x");
    notes.session.frames(60);
    assert_eq!(notes.file("notes/zs.txt").as_deref(), Some("xone"));
}

#[test]
fn a_deleted_note_goes_to_the_end_of_the_trash() {
    let mut notes = Notes::with(&[("a.txt", b"one"), ("b.txt", b"two")]);
    notes.click(DELETE);
    assert!(notes.file("notes/a.txt").is_some());
    notes.click(DELETE);
    assert_eq!(notes.file("notes/a.txt"), None);
    assert!(notes.says("deleted"));
    // Nothing is open: there is nothing to delete or to type into.
    notes.click(DELETE);
    notes.click(DELETE);
    notes.keys("lost?");
    assert_eq!(notes.file("notes/b.txt").as_deref(), Some("two"));
    notes.choose(0);
    notes.click(DELETE);
    // Any other click takes it back.
    notes.click((300, 200));
    notes.click(DELETE);
    assert!(notes.file("notes/b.txt").is_some());
    notes.click(DELETE);
    assert_eq!(notes.file("trash.txt").as_deref(), Some("-- a.txt\none\n-- b.txt\ntwo\n"));
}

#[test]
fn without_room_nothing_is_lost_and_it_is_said() {
    let mut files = Memory::new(Quota { bytes: 8, entries: 8 });
    files.restore(&path("notes/a"), Node::File(b"four".to_vec())).expect("room");
    files.restore(&path("notes/b"), Node::File(b"two".to_vec())).expect("room");
    let mut notes = Notes::open(&Rc::new(RefCell::new(files)));
    notes.keys("too much ");
    notes.session.frames(60);
    assert!(notes.says("failed"));
    // The text stays until there is room.
    notes.choose(1);
    notes.click(NEW);
    assert_eq!(notes.text(), b"too much four");
    assert_eq!(notes.file("notes/a").as_deref(), Some("four"));
    notes.click(DELETE);
    notes.click(DELETE);
    assert!(notes.says("kept") && notes.file("notes/a").is_some());
    notes.files.borrow_mut().delete(&path("notes/b")).expect("a file");
    notes.keys(&"\x08".repeat(8));
    notes.session.frames(60);
    assert_eq!(notes.file("notes/a").as_deref(), Some("tfour"));
}

#[test]
fn a_file_that_is_too_long_is_left_alone() {
    for text in [vec![b'x'; 0x4000], vec![b'\n'; 0x3000]] {
        let mut notes = Notes::with(&[("a", &text)]);
        assert!(notes.says("long"));
        notes.keys("x\x08\r");
        notes.session.frames(100);
        assert_eq!(notes.files.borrow().file(&path("notes/a")), Some(&text[..]));
    }
    let mut notes = Notes::with(&[("a", &[b'x'; 0x3fff])]);
    notes.keys("y");
    assert!(notes.says("full"));
    assert_eq!(notes.text().len(), 0x3fff);
    notes.keys("\x7fy");
    assert_eq!(notes.text()[..2], *b"yx");
}
