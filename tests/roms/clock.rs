//! The clock: what it shows is read from the screen, glyph by glyph.

use std::cell::Cell;
use std::f64::consts::TAU;
use std::rc::Rc;

use fantail::varvara::{Clock, DateTime, FixedClock, Options};

use super::{Session, assemble};

const DAY: i64 = 86_400;
/// The middle of the dial.
const CENTRE: (f64, f64) = (150.0, 160.0);
/// Where date and calendar begin.
const LEFT: usize = 0x148;

/// A clock for the test to set.
#[derive(Clone)]
struct Watch(Rc<Cell<DateTime>>);

impl Clock for Watch {
    fn now(&mut self) -> DateTime {
        self.0.get()
    }
}

fn date_time(unix_seconds: i64) -> DateTime {
    FixedClock { unix_seconds }.now()
}

fn start(now: DateTime) -> (Session, Watch) {
    let watch = Watch(Rc::new(Cell::new(now)));
    let options = Options { clock: Box::new(watch.clone()), ..Options::default() };
    let mut session = Session::boot(assemble("roms/clock.tal"), options);
    session.frames(1);
    (session, watch)
}

impl Session {
    /// The text that stands at a place in one colour, at a multiple of its size.
    fn text(&self, x: usize, y: usize, ink: u8, scale: usize) -> String {
        let ram = self.varvara.uxn().ram();
        let (glyphs, widths) = (self.address("font/glyphs"), self.address("font/widths"));
        let mut text = String::new();
        let mut x = x;
        loop {
            let matches = |&number: &usize| {
                let width = usize::from(ram[widths + number]);
                x + width * scale <= 512
                    && (0..8).all(|row| {
                        (0..width).all(|column| {
                            let is_set = ram[glyphs + 8 * number + row] >> (7 - column) & 1 == 1;
                            is_set == (self.colour(x + column * scale, y + row * scale) == ink)
                        })
                    })
            };
            let width = |&number: &usize| (number > 0, ram[widths + number]);
            let Some(number) = (0..95).filter(matches).max_by_key(width) else { break };
            text.push(char::from(b' ' + number as u8));
            x += usize::from(ram[widths + number]) * scale;
        }
        text.trim_end().to_string()
    }

    /// What stands beside the dial: digits, date, and day of the year.
    fn shown(&self) -> [String; 3] {
        [self.text(LEFT, 0x30, 3, 4), self.text(LEFT, 0x58, 3, 1), self.text(LEFT, 0x68, 2, 1)]
    }

    /// Whether a hand of this colour is at a distance from the middle of the dial, at a part of the turn.
    fn has_hand(&self, turn: f64, distance: f64, ink: u8) -> bool {
        let (sine, cosine) = (turn * TAU).sin_cos();
        let (x, y) = ((CENTRE.0 + sine * distance) as usize, (CENTRE.1 - cosine * distance) as usize);
        // The thinnest hand is a pixel wide.
        (y - 1..=y + 1).any(|y| (x - 1..=x + 1).any(|x| self.colour(x, y) == ink))
    }
}

#[test]
fn digits_and_date_are_those_of_the_clock() {
    let known = [
        // 2026-11-22 22:20:05
        (1_795_386_005, ["22:20:05", "Sunday, 22 November 2026", "Day 326 of 365   Standard time"]),
        // 2024-02-29 00:00:00
        (1_709_164_800, ["00:00:00", "Thursday, 29 February 2024", "Day 60 of 366   Standard time"]),
        // 2000-12-31 23:59:59
        (978_307_199, ["23:59:59", "Sunday, 31 December 2000", "Day 366 of 366   Standard time"]),
        // 2100-03-01 09:08:07
        (4_107_575_287, ["09:08:07", "Monday, 1 March 2100", "Day 60 of 365   Standard time"]),
    ];
    for (seconds, expected) in known {
        assert_eq!(start(date_time(seconds)).0.shown(), expected);
    }
}

#[test]
#[cfg_attr(feature = "eager", ignore = "each computer has its program compiled anew, and there are hundreds")]
fn the_calendar_is_that_of_the_month() {
    // From 1999 to 2032, and around the century without a leap day.
    let months = (0..34 * 12).map(|month| 915_148_800 + month * DAY * 61 / 2);
    for seconds in months.chain((0..14).map(|month| 4_099_766_400 + month * DAY * 61 / 2)) {
        let now = date_time(seconds);
        let first = seconds - i64::from(now.day - 1) * DAY;
        let (session, _) = start(now);
        for day in 1..=31 {
            let that = date_time(first + (day - 1) * DAY);
            let cell = usize::from((date_time(first).weekday + 6) % 7) + day as usize - 1;
            let x = LEFT + cell % 7 * 24 + if day < 10 { 3 } else { 0 };
            let y = 0x96 + cell / 7 * 18;
            let ink = if day == i64::from(now.day) { 0 } else { 3 };
            // The mark goes on behind today's number.
            let text = session.text(x, y, ink, 1);
            let expected = if that.month == now.month { day.to_string() } else { String::new() };
            let found = text.split(' ').next().unwrap_or_default();
            assert_eq!(found, expected, "day {day} of month {} of {}", now.month + 1, now.year);
        }
    }
}

#[test]
fn hands_point_at_the_time() {
    for (hour, minute) in [(0, 0), (3, 0), (9, 30), (10, 20), (12, 15), (18, 45), (23, 59)] {
        let (session, _) = start(DateTime { hour, minute, second: 35, ..date_time(0) });
        let minutes = (f64::from(minute) + 35.0 / 60.0) / 60.0;
        let hours = (f64::from(hour % 12) + f64::from(minute) / 60.0) / 12.0;
        assert!(session.has_hand(hours, 50.0, 3), "{hour}:{minute}");
        assert!(session.has_hand(minutes, 95.0, 3), "{hour}:{minute}");
        assert!(session.has_hand(35.0 / 60.0, 108.0, 2), "{hour}:{minute}");
        // Opposite to the minute hand there is nothing behind the numerals.
        assert!(!session.has_hand(minutes + 0.5, 104.0, 3), "{hour}:{minute}");
    }
}

#[test]
fn the_second_hand_sweeps_and_waits_for_a_late_second() {
    let (mut session, watch) = start(DateTime { second: 10, ..date_time(0) });
    let points_at = |session: &Session, second: f64| session.has_hand(second / 60.0, 108.0, 2);
    assert!(points_at(&session, 10.0) && !points_at(&session, 10.6));
    session.frames(30);
    assert!(points_at(&session, 10.5));
    session.frames(200);
    assert!(points_at(&session, 11.0));
    watch.0.set(DateTime { second: 11, ..date_time(0) });
    session.frames(1);
    assert!(points_at(&session, 11.0));
}

#[test]
fn midnight_and_the_change_to_summer_time_are_noticed() {
    let (mut session, watch) = start(date_time(DAY - 1));
    assert_eq!(session.shown()[1], "Thursday, 1 January 1970");
    watch.0.set(date_time(DAY));
    session.frames(1);
    let expected = ["00:00:00", "Friday, 2 January 1970", "Day 2 of 365   Standard time"];
    assert_eq!(session.shown(), expected);
    watch.0.set(DateTime { dst: true, hour: 1, ..date_time(DAY) });
    session.frames(1);
    let expected = ["01:00:00", "Friday, 2 January 1970", "Day 2 of 365   Summer time"];
    assert_eq!(session.shown(), expected);
}

#[test]
fn colours_follow_the_hour() {
    let mut palettes: Vec<_> =
        (0..24).map(|hour| start(DateTime { hour, ..date_time(0) }).0.varvara.palette()).collect();
    palettes.dedup();
    // Night, morning, day, evening, and night again.
    assert_eq!((palettes.len(), palettes[0]), (5, palettes[4]));
}
