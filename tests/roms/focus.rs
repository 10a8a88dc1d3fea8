//! The focus timer: rounds by the clock, the bell, tasks and days in files.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use fantail::varvara::controller::button;
use fantail::varvara::{Clock, DateTime, Event, FilePath, FixedClock, Memory, Node, Options, Quota, Storage};

use super::{Session, assemble};

const READY: u8 = 0;
const RUNNING: u8 = 1;
const PAUSED: u8 = 2;
const OVER: u8 = 3;

/// Where the file has them.
const PHASE: usize = 5;
const MINUTES: usize = 20;
const DAYS: usize = 22;
const LENGTH: usize = 36;

/// 2026-11-22 12:00:00, a Sunday.
const NOON: i64 = 1_795_348_800;
const DAY: i64 = 86400;

/// A clock for the test to move: seconds, and whether summer time is in force.
#[derive(Clone, Default)]
struct Watch(Rc<Cell<(i64, bool)>>);

impl Clock for Watch {
    fn now(&mut self) -> DateTime {
        let (seconds, dst) = self.0.get();
        let local = FixedClock { unix_seconds: seconds + if dst { 3600 } else { 0 } }.now();
        DateTime { dst, ..local }
    }
}

struct Focus {
    session: Session,
    watch: Watch,
    files: Rc<RefCell<Memory>>,
}

impl Focus {
    fn new() -> Focus {
        Focus::open(Watch(Rc::new(Cell::new((NOON, false)))), Rc::new(RefCell::new(Memory::default())))
    }

    fn open(watch: Watch, files: Rc<RefCell<Memory>>) -> Focus {
        let options =
            Options { clock: Box::new(watch.clone()), files: Box::new(files.clone()), ..Options::default() };
        let session = Session::boot(assemble("roms/focus.tal"), options);
        Focus { session, watch, files }
    }

    fn with_file(name: &str, contents: &[u8]) -> Focus {
        let mut files = Memory::default();
        files.restore(&path(name), Node::File(contents.to_vec())).expect("room");
        Focus::open(Watch(Rc::new(Cell::new((NOON, false)))), Rc::new(RefCell::new(files)))
    }

    /// The page is closed, and opened again after some seconds.
    fn reopen(&self, seconds: i64) -> Focus {
        self.forward(seconds);
        Focus::open(self.watch.clone(), self.files.clone())
    }

    fn forward(&self, seconds: i64) {
        let (now, dst) = self.watch.0.get();
        self.watch.0.set((now + seconds, dst));
    }

    /// 60 frames in each second.
    fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.session.frames(59);
            self.forward(1);
            self.session.frames(1);
        }
    }

    /// As a hidden tab: no frames, then one.
    fn sleep(&mut self, seconds: i64) {
        self.forward(seconds);
        self.session.frames(1);
        self.check_stacks();
    }

    fn keys(&mut self, keys: &str) {
        for key in keys.bytes() {
            self.session.send(Event::Key(key));
            self.check_stacks();
        }
    }

    fn check_stacks(&self) {
        let uxn = self.session.varvara.uxn();
        assert_eq!((uxn.wst.ptr(), uxn.rst.ptr()), (0, 0));
    }

    fn click(&mut self, x: u16, y: u16) {
        self.session.mouse(x, y, 1, true);
        self.session.mouse(x, y, 1, false);
        self.check_stacks();
    }

    fn state(&self) -> u8 {
        self.session.byte("state")
    }

    fn seconds(&self) -> u16 {
        self.session.short("shown-seconds")
    }

    fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.files.borrow().file(&path(name)).map(<[u8]>::to_vec)
    }

    fn tasks(&self) -> String {
        String::from_utf8(self.file("tasks.txt").expect("saved")).expect("text")
    }

    fn record(&self) -> Vec<u8> {
        self.file("focus.dat").expect("saved")
    }

    /// Whether there is anything in the colour of warnings beside the title.
    fn warns(&self) -> bool {
        (11..22).any(|y| (56..248).any(|x| self.session.colour(x, y) == 2))
    }
}

fn path(name: &str) -> FilePath {
    FilePath::parse(name.as_bytes()).expect("a name")
}

#[test]
fn a_round_takes_its_time_and_the_bell_rings() {
    let mut focus = Focus::new();
    focus.pass(5);
    assert_eq!((focus.state(), focus.seconds()), (READY, 1500));
    focus.keys(" ");
    for second in 1..1500 {
        focus.pass(1);
        assert_eq!((focus.state(), focus.seconds()), (RUNNING, 1500 - second));
        assert!(!focus.session.varvara.is_sounding());
    }
    // The last of its frames, and not one before.
    focus.session.frames(59);
    assert_eq!(focus.state(), RUNNING);
    focus.forward(1);
    focus.session.frames(1);
    // What comes next is a break, of another colour.
    assert_eq!((focus.state(), focus.session.byte("phase"), focus.seconds()), (OVER, 1, 300));
    assert_eq!(focus.session.varvara.palette()[2], [0x11, 0x88, 0x66]);

    let (mut loudest, mut heard) = (0, 0);
    for _ in 0..240 {
        let mut samples = [[0; 2]; 735];
        focus.session.varvara.sound(&mut samples);
        let peak = samples.iter().flatten().map(|sample| sample.unsigned_abs()).max().expect("samples");
        loudest = loudest.max(peak);
        heard += u32::from(peak > 300);
        focus.session.frames(1);
    }
    assert!((5_000..30_000).contains(&loudest), "{loudest}");
    assert!((60..180).contains(&heard), "{heard} frames");
    assert!(!focus.session.varvara.is_sounding());
}

#[test]
fn a_pause_takes_no_time_and_rewinding_and_skipping_no_round() {
    let mut focus = Focus::new();
    focus.keys(" ");
    focus.pass(60);
    focus.session.frames(30);
    focus.keys(" ");
    focus.sleep(10_000);
    assert_eq!((focus.state(), focus.seconds()), (PAUSED, 1440));
    // Half a second is missing yet.
    focus.keys(" ");
    focus.session.frames(29);
    assert_eq!(focus.seconds(), 1440);
    focus.session.frames(1);
    assert_eq!(focus.seconds(), 1439);
    focus.keys("r");
    focus.session.frames(1);
    assert_eq!((focus.state(), focus.seconds()), (READY, 1500));
    focus.keys("S");
    focus.session.frames(1);
    assert_eq!((focus.state(), focus.seconds(), focus.session.byte("phase")), (READY, 300, 1));
    // The same with the mouse.
    focus.click(150, 220);
    assert_eq!(focus.session.byte("phase"), 0);
    focus.click(60, 220);
    assert_eq!(focus.state(), RUNNING);
    focus.click(200, 220);
    assert_eq!(focus.state(), READY);
    focus.session.press(button::START);
    assert_eq!(focus.state(), RUNNING);
    assert_eq!(focus.record()[DAYS + 13], 0);
}

#[test]
fn the_clock_has_the_last_word() {
    let mut focus = Focus::new();
    focus.keys(" ");
    // A slow tab, a hidden one, and one that is asleep for too long.
    for _ in 0..10 {
        focus.sleep(1);
    }
    assert_eq!(focus.seconds(), 1490);
    focus.sleep(1000);
    assert_eq!((focus.state(), focus.seconds()), (RUNNING, 490));
    // Frames without a clock are one second at most.
    focus.session.frames(1000);
    assert_eq!(focus.seconds(), 490);
    focus.sleep(1);
    assert_eq!(focus.seconds(), 489);
    // Neither summer time nor a clock that is set back take anything.
    let (now, _) = focus.watch.0.get();
    focus.watch.0.set((now + 1, true));
    focus.session.frames(1);
    assert_eq!(focus.seconds(), 488);
    focus.watch.0.set((now + 2, false));
    focus.session.frames(1);
    assert_eq!(focus.seconds(), 487);
    focus.watch.0.set((now - 500, false));
    focus.session.frames(1);
    focus.sleep(7);
    assert!((479..=480).contains(&focus.seconds()), "{}", focus.seconds());
    focus.sleep(3 * DAY);
    assert_eq!(focus.state(), OVER);
}

#[test]
fn every_fourth_break_is_long() {
    let mut focus = Focus::new();
    let mut phases = Vec::new();
    for _ in 0..9 {
        focus.keys(" ");
        focus.sleep(3600);
        assert_eq!(focus.state(), OVER);
        phases.push(focus.session.byte("phase"));
    }
    assert_eq!(phases, [1, 0, 1, 0, 1, 0, 2, 0, 1]);
    let record = focus.record();
    assert_eq!((record[DAYS + 13], &record[MINUTES..MINUTES + 2]), (5, &[0, 125][..]));
    assert_eq!((record.len(), usize::from(record[PHASE])), (LENGTH, 1));
}

#[test]
fn lengths_are_set_and_kept() {
    let mut focus = Focus::new();
    // The mouse: work up, break down.
    focus.click(60, 270);
    focus.click(75, 270);
    // Keys: the long break, and the rounds up to it.
    focus.session.press(button::RIGHT);
    focus.keys("+=");
    focus.session.press(button::RIGHT);
    focus.keys("-");
    focus.session.frames(1);
    assert_eq!(focus.seconds(), 26 * 60);
    assert_eq!(focus.record()[1..5], [26, 4, 17, 3]);
    let mut focus = focus.reopen(0);
    focus.session.frames(1);
    assert_eq!(focus.seconds(), 26 * 60);
    // A round under way keeps its length, and the ring is no more than full.
    focus.keys(" -----");
    focus.session.frames(100);
    assert_eq!((focus.seconds(), focus.session.short("shown-steps")), (26 * 60, 512));
    focus.keys("r+++++");
    // Only up to their limits.
    for (setting, least, most) in [(0, 1, 99), (1, 1, 60), (2, 1, 99), (3, 2, 8)] {
        focus.keys(&"-".repeat(200));
        assert_eq!(focus.record()[1 + setting], least);
        focus.keys(&"+".repeat(200));
        assert_eq!(focus.record()[1 + setting], most);
        focus.session.press(button::RIGHT);
    }
}

#[test]
fn tasks_are_typed_ticked_moved_deleted_brought_back_and_saved_at_once() {
    let mut focus = Focus::new();
    focus.keys("nbread\rmilkk\x08\rwater\r");
    assert_eq!(focus.tasks(), "- [ ] bread\n- [ ] milk\n- [ ] water\n");
    // What is typed is no command.
    assert_eq!(focus.state(), READY);
    focus.keys("\x1b");
    focus.session.press(button::DOWN);
    focus.keys("x");
    assert_eq!(focus.tasks(), "- [ ] bread\n- [x] milk\n- [ ] water\n");
    focus.session.send(Event::Button { player: 0, button: button::SELECT, down: true });
    focus.session.press(button::UP);
    focus.session.press(button::UP);
    focus.session.send(Event::Button { player: 0, button: button::SELECT, down: false });
    assert_eq!(focus.tasks(), "- [x] milk\n- [ ] bread\n- [ ] water\n");
    focus.keys("d");
    assert_eq!(focus.tasks(), "- [ ] bread\n- [ ] water\n");
    focus.keys("u");
    focus.keys("u");
    assert_eq!(focus.tasks(), "- [x] milk\n- [ ] bread\n- [ ] water\n");
    // The mouse: tick the second, delete the third, bring it back, drag it to the top.
    focus.click(270, 78);
    focus.click(350, 97);
    focus.click(420, 236);
    assert_eq!(focus.tasks(), "- [x] milk\n- [x] bread\n");
    focus.click(480, 236);
    focus.session.mouse(350, 97, 1, true);
    focus.session.send(Event::MouseMove { x: 350, y: 78 });
    focus.session.mouse(350, 60, 1, false);
    assert_eq!(focus.tasks(), "- [ ] water\n- [x] milk\n- [x] bread\n");
    let mut focus = focus.reopen(10);
    assert_eq!(focus.session.byte("count"), 3);
    focus.keys("ddd");
    assert_eq!(focus.tasks(), "\n");
    focus.keys("dux");
    assert_eq!(focus.tasks(), "- [ ] bread\n");
}

#[test]
fn rounds_are_counted_for_the_chosen_task() {
    let mut focus = Focus::with_file(
        "tasks.txt",
        b"- [ ] one (2)\n- [x] two\nthree (x)\r\n\n- [ ] (4)\n[X] five (300)\n",
    );
    for _ in 0..2 {
        focus.keys(" ");
        focus.sleep(3600);
    }
    // A task that is done gets no more.
    focus.session.press(button::DOWN);
    focus.keys(" ");
    focus.sleep(3600);
    focus.session.press(button::DOWN);
    focus.keys("xx");
    assert_eq!(
        focus.tasks(),
        "- [ ] one (3)\n- [x] two\n- [ ] three (x) (0)\n- [ ] (4) (0)\n- [x] five (300) (0)\n"
    );
    let again = focus.reopen(0);
    assert_eq!(again.session.byte("count"), 5);
    assert_eq!(again.session.byte("chosen"), 2);
}

#[test]
fn a_new_day_begins_at_nought() {
    let mut focus = Focus::new();
    for _ in 0..3 {
        focus.keys(" ");
        focus.sleep(1500);
    }
    let today = |focus: &Focus| focus.session.byte("days/today");
    assert_eq!(today(&focus), 2);
    // While it is open, and while it is not.
    focus.sleep(DAY);
    assert_eq!((today(&focus), focus.session.short("minutes")), (0, 0));
    let focus = focus.reopen(2 * DAY);
    let days = focus.session.address("days");
    let days = &focus.session.varvara.uxn().ram()[days..][..14];
    assert_eq!(days, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0]);
    // Over the end of a year.
    let focus = focus.reopen(36 * DAY);
    assert_eq!(focus.session.short("Clock/year"), 2026);
    let mut focus = focus.reopen(0);
    focus.keys(" ");
    focus.sleep(1500);
    let focus = focus.reopen(DAY);
    assert_eq!(focus.session.short("Clock/year"), 2027);
    assert_eq!((today(&focus), focus.session.byte("days")), (0, 0));
}

#[test]
fn a_round_goes_on_when_the_page_is_opened_again() {
    let mut focus = Focus::new();
    focus.keys(" ");
    focus.pass(10);
    let mut focus = focus.reopen(90);
    focus.session.frames(1);
    assert_eq!((focus.state(), focus.seconds()), (RUNNING, 1400));
    let mut focus = focus.reopen(1400);
    focus.session.frames(1);
    assert_eq!((focus.state(), focus.session.byte("days/today")), (OVER, 1));
    // Not on the next day.
    focus.keys("s ");
    let mut focus = focus.reopen(DAY);
    focus.session.frames(1);
    assert_eq!((focus.state(), focus.seconds(), focus.session.byte("days/today")), (READY, 1500, 0));
}

#[test]
fn without_files_it_works_and_says_so() {
    let full = Memory::new(Quota { bytes: 10, entries: 10 });
    let files = Rc::new(RefCell::new(full));
    let mut focus = Focus::open(Watch(Rc::new(Cell::new((NOON, false)))), files);
    assert!(!focus.warns());
    focus.keys("nbread\rmilk\r\x1b ");
    assert!(focus.warns());
    focus.sleep(1500);
    assert_eq!((focus.state(), focus.session.byte("count")), (OVER, 2));
    assert_eq!((focus.file("tasks.txt"), focus.file("focus.dat")), (None, None));
    // There is room again.
    let mut focus = Focus::new();
    focus.files.borrow_mut().create_directory(&path("focus.dat")).expect("room");
    focus.keys(" ");
    assert!(focus.warns());
    focus.files.borrow_mut().remove(&path("focus.dat"));
    focus.keys(" ");
    assert!(!focus.warns());
}

#[test]
#[cfg_attr(feature = "eager", ignore = "each computer has its program compiled anew, and there are hundreds")]
fn strange_files_do_no_harm() {
    // More than it can hold is not written over.
    let long = "- [ ] task\n".repeat(129);
    let wide = format!("- [ ] {}\n", "x".repeat(126));
    let large = "\n".repeat(0x5000);
    for contents in [long, wide, large] {
        let mut focus = Focus::with_file("tasks.txt", contents.as_bytes());
        focus.keys("nmore\r\x1bdx");
        assert_eq!(focus.tasks(), contents);
        assert!(focus.warns());
    }
    // 128 tasks are not too many, nor the longest names.
    let mut focus = Focus::with_file("tasks.txt", "- [ ] task\n".repeat(127).as_bytes());
    focus.keys(&format!("n{}\rone more\r\x1b", "\u{e9}x".repeat(100)));
    assert!(!focus.warns());
    assert_eq!(focus.tasks().lines().count(), 128);
    let last = focus.tasks().lines().last().expect("a task").to_string();
    assert!(last.starts_with("- [ ] \u{e9}x\u{e9}x"), "{last}");
    assert_eq!(focus.reopen(0).session.byte("count"), 128);

    let mut random = 1u32;
    for round in 0..60 {
        let mut bytes: Vec<u8> = (0..LENGTH)
            .map(|_| {
                random = random.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
                (random >> 24) as u8
            })
            .collect();
        bytes[0] = 1;
        if round % 2 == 0 {
            bytes[1..9].copy_from_slice(&[25, 5, 15, 4, 0, 1, 0, 200]);
            bytes[9] = 0;
        }
        let mut focus = Focus::with_file("focus.dat", &bytes);
        focus.session.frames(100);
        focus.keys(" -+ nx\r\x1bdu");
        focus.session.frames(20);
        assert!((1..=99).contains(&focus.session.byte("lengths")));
        focus.check_stacks();
    }
}

/// A long list scrolls, and every place can be pressed.
#[test]
fn a_long_list_scrolls() {
    let mut focus = Focus::with_file("tasks.txt", "task\n".repeat(40).as_bytes());
    for (scroll, top) in [(-1, 0), (1, 1), (1, 2), (-1, 1), (1, 2)] {
        focus.session.send(Event::Scroll { x: 0, y: scroll });
        focus.check_stacks();
        assert_eq!(focus.session.byte("top"), top);
    }
    focus.click(350, 60);
    assert_eq!((focus.session.byte("chosen"), focus.session.byte("top")), (2, 2));
    for _ in 0..60 {
        focus.session.press(button::DOWN);
    }
    assert_eq!((focus.session.byte("chosen"), focus.session.byte("top")), (39, 31));
    for _ in 0..60 {
        focus.session.send(Event::Scroll { x: 0, y: 1 });
    }
    assert_eq!(focus.session.byte("top"), 31);
    for y in (3..320).step_by(19) {
        for x in (5..512).step_by(31) {
            focus.click(x, y);
            focus.session.mouse(x, y, 1, true);
            focus.session.send(Event::MouseMove { x: x ^ 31, y: y ^ 31 });
            focus.session.mouse(x, y, 1, false);
            focus.check_stacks();
        }
    }
}

#[test]
fn it_follows_the_theme() {
    let mut focus = Focus::with_file(".theme", &[0x01, 0x23, 0x45, 0x67, 0x89, 0xab]);
    focus.keys("s");
    assert_eq!(
        focus.session.varvara.palette(),
        [[0x00, 0x44, 0x88], [0x11, 0x55, 0x99], [0x22, 0x66, 0xaa], [0x33, 0x77, 0xbb]]
    );
}
