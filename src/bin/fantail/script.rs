//! Scripts of `fantail shot`: what happens to the program, and when.

use fantail::tal::visible;
use fantail::varvara::controller::button;
use fantail::varvara::{Event, InputType};

/// The lines of a script, for `--help`.
pub const HELP: &str = "\
A script has one of these on each line:
  frames N              how many frames to run, unless --frames says it
  arg TEXT              an argument of the program: the rest of the line
  @K key HH             a character, in hexadecimal
  @K char C             a character
  @K down NAME [PLAYER] a button: ctrl alt shift home up down left right; of player 1, or 2 to 4
  @K up NAME [PLAYER]   the same, released
  @K mouse X Y          the pointer
  @K mdown MASK         mouse buttons, in hexadecimal: left 1, right 2, middle 4
  @K mup MASK           the same, released
  @K scroll X Y         wheel steps, right and up positive
  @K stdin TEXT         standard input: the rest of the line; `\\n` is a newline, `\\\\` a backslash
  @K eof                the end of standard input
  # TEXT                nothing
K is the frame, from 1, before whose screen vector it happens.";

/// A script, read.
#[derive(Debug, Default, PartialEq)]
pub struct Script {
    pub frames: Option<u32>,
    pub args: Vec<Vec<u8>>,
    /// Frame and event, in order.
    pub events: Vec<(u32, Event)>,
}

/// A line that is not understood.
#[derive(Debug, PartialEq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    pub message: String,
}

/// Reads a script.
pub fn parse(text: &[u8]) -> Result<Script, Fault> {
    let mut script = Script::default();
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = match index {
            0 => line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line),
            _ => line,
        };
        std::str::from_utf8(line)
            .map_err(|_| "the line is not UTF-8".to_string())
            .and_then(|line| script.line(line))
            .map_err(|message| Fault { line: index + 1, message: visible(&message) })?;
    }
    // Lines may stand in any order; those of one frame keep theirs.
    script.events.sort_by_key(|&(frame, _)| frame);
    Ok(script)
}

impl Script {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let (word, rest) = split(line);
        if word.is_empty() || word.starts_with('#') {
            return Ok(());
        }
        if let Some(frame) = word.strip_prefix('@') {
            let frame = match number::<u32>(frame, "a frame") {
                Ok(frame) if frame > 0 => frame,
                _ => return Err(format!("`{word}` is not a frame; the first is @1")),
            };
            let events = events(rest)?;
            self.events.extend(events.into_iter().map(|event| (frame, event)));
            return Ok(());
        }
        match word {
            "frames" => self.frames = Some(number(only(rest, "frames N")?, "a number of frames")?),
            "arg" => self.args.push(rest.as_bytes().to_vec()),
            _ => {
                return Err(format!(
                    "`{word}` is unknown; expected frames, arg, or @ and the number of a frame"
                ));
            }
        }
        Ok(())
    }
}

/// The first word, and what follows the one space behind it.
fn split(line: &str) -> (&str, &str) {
    let line = line.trim_start();
    line.split_once([' ', '\t']).unwrap_or((line, ""))
}

/// The events of one line behind `@K`.
fn events(line: &str) -> Result<Vec<Event>, String> {
    let (word, rest) = split(line);
    let event = match word {
        "key" => Event::Key(hex(only(rest, "key HH")?)?),
        "char" => {
            // The character may be a space.
            let mut chars = if rest.trim().is_empty() { rest } else { rest.trim() }.chars();
            let (Some(c), None) = (chars.next(), chars.next()) else {
                return Err(format!("`char` takes one character, not `{rest}`"));
            };
            return Ok(c.encode_utf8(&mut [0; 4]).bytes().map(Event::Key).collect());
        }
        "down" | "up" => {
            let (name, player) = match pair(rest, "") {
                Ok((name, player)) => (name, player_index(player)?),
                Err(_) => (only(rest, "down NAME [PLAYER] or up NAME [PLAYER]")?, 0),
            };
            Event::Button { player, button: button_under(name)?, down: word == "down" }
        }
        "mouse" => {
            let (x, y) = pair(rest, "mouse X Y")?;
            // The port shows what is left of or above the screen as a large number.
            let coordinate = |text| {
                number::<i32>(text, "a coordinate").and_then(|value| match value {
                    -0x8000..=0xffff => Ok(value as u16),
                    _ => Err(format!("`{text}` is not a coordinate from -32768 to 65535")),
                })
            };
            Event::MouseMove { x: coordinate(x)?, y: coordinate(y)? }
        }
        "mdown" | "mup" => {
            Event::MouseButton { mask: hex(only(rest, "mdown MASK or mup MASK")?)?, down: word == "mdown" }
        }
        "scroll" => {
            let (x, y) = pair(rest, "scroll X Y")?;
            let steps = |text| number::<i16>(text, "a number of wheel steps from -32768 to 32767");
            // Up is negative in the port.
            Event::Scroll { x: steps(x)?, y: steps(y)?.wrapping_neg() }
        }
        "stdin" => {
            let input = unescape(rest).into_bytes().into_iter();
            return Ok(input.map(|byte| Event::Console { byte, kind: InputType::Stdin }).collect());
        }
        "eof" if rest.trim().is_empty() => Event::Console { byte: 0, kind: InputType::End },
        "eof" => return Err("`eof` takes nothing".to_string()),
        _ => {
            return Err(format!(
                "`{word}` is unknown; expected key, char, down, up, mouse, mdown, mup, scroll, stdin or eof"
            ));
        }
    };
    Ok(vec![event])
}

fn only<'a>(rest: &'a str, usage: &str) -> Result<&'a str, String> {
    let mut words = rest.split_whitespace();
    match (words.next(), words.next()) {
        (Some(word), None) => Ok(word),
        _ => Err(format!("expected `{usage}`")),
    }
}

fn pair<'a>(rest: &'a str, usage: &str) -> Result<(&'a str, &'a str), String> {
    let mut words = rest.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(first), Some(second), None) => Ok((first, second)),
        _ => Err(format!("expected `{usage}`")),
    }
}

fn number<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, String> {
    let fault = || format!("`{text}` is not {what}");
    // Rust would take a plus sign.
    if text.starts_with('+') { Err(fault()) } else { text.parse().map_err(|_| fault()) }
}

fn hex(text: &str) -> Result<u8, String> {
    // A sign would be accepted otherwise.
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u8::from_str_radix(text, 16)
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| format!("`{text}` is not a byte in hexadecimal"))
}

/// Players count from 1 in a script, and from 0 in an event.
fn player_index(text: &str) -> Result<u8, String> {
    match number::<u8>(text, "a player") {
        Ok(player @ 1..=4) => Ok(player - 1),
        _ => Err(format!("`{text}` is not a player from 1 to 4")),
    }
}

/// The button that lies under a key.
fn button_under(key: &str) -> Result<u8, String> {
    Ok(match key {
        "ctrl" => button::A,
        "alt" => button::B,
        "shift" => button::SELECT,
        "home" => button::START,
        "up" => button::UP,
        "down" => button::DOWN,
        "left" => button::LEFT,
        "right" => button::RIGHT,
        _ => {
            return Err(format!("`{key}` is not a button: ctrl, alt, shift, home, up, down, left or right"));
        }
    })
}

fn unescape(text: &str) -> String {
    let mut unescaped = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        unescaped.push_str(before);
        let (c, skip) = match after.as_bytes().first() {
            Some(b'n') => ('\n', 1),
            Some(b'\\') => ('\\', 1),
            _ => ('\\', 0),
        };
        unescaped.push(c);
        rest = &after[skip..];
    }
    unescaped + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (usize, String) {
        let Fault { line, message } = parse(text.as_bytes()).unwrap_err();
        (line, message)
    }

    #[test]
    fn every_line_is_read() {
        let script = parse(
            b"\xef\xbb\xbf# a script\r\nframes 90\narg one two \narg\n\n  @2 key 1b\n@1 char \xc3\xa9\n@1 char  \n@3 down home\n\
            @3 up right\n@3 down left 4\n@4 mouse -1 300\n@4 mdown 1\n@4\tmup 04\n@5 scroll 1 1\n@6 stdin a\\nb \\\\ \\x\n@6 eof\n",
        );
        let key = Event::Key;
        let stdin = |byte| (6, Event::Console { byte, kind: InputType::Stdin });
        let mut events = vec![
            (1, key(0xc3)),
            (1, key(0xa9)),
            (1, key(b' ')),
            (2, key(0x1b)),
            (3, Event::Button { player: 0, button: 0x08, down: true }),
            (3, Event::Button { player: 0, button: 0x80, down: false }),
            (3, Event::Button { player: 3, button: 0x40, down: true }),
            (4, Event::MouseMove { x: 0xffff, y: 300 }),
            (4, Event::MouseButton { mask: 1, down: true }),
            (4, Event::MouseButton { mask: 4, down: false }),
            (5, Event::Scroll { x: 1, y: -1 }),
        ];
        events.extend(b"a\nb \\ \\x".map(stdin));
        events.push((6, Event::Console { byte: 0, kind: InputType::End }));
        let args = vec![b"one two ".to_vec(), Vec::new()];
        assert_eq!(script, Ok(Script { frames: Some(90), args, events }));
    }

    #[test]
    fn faults_tell_their_line() {
        assert_eq!(
            fault("frames 1\n\nframe 2"),
            (3, "`frame` is unknown; expected frames, arg, or @ and the number of a frame".to_string())
        );
        assert_eq!(fault("@1 eof\n@1 click").0, 2);
        for line in [
            "@0 eof",
            "@ eof",
            "@-1 eof",
            "@x eof",
            "@+1 eof",
            "@1",
            "@1 eof now",
            "@1 down left 0",
            "@1 down left 5",
            "@1 down left 1 1",
            "@1 down",
            "frames",
            "frames 1 2",
            "frames -1",
            "frames +1",
            "frames 4294967296",
            "@1 key",
            "@1 key 100",
            "@1 key +1",
            "@1 key g",
            "@1 char",
            "@1 char ab",
            "@1 down",
            "@1 down a",
            "@1 up LEFT",
            "@1 mouse 1",
            "@1 mouse 1 2 3",
            "@1 mouse 65536 0",
            "@1 mouse 1.5 0",
            "@1 mouse +1 0",
            "@1 scroll 0 +1",
            "@1 mdown",
            "@1 mup 100",
            "@1 scroll 1",
            "@1 scroll 40000 0",
        ] {
            assert_eq!(fault(line).0, 1, "{line}");
        }
        assert_eq!(parse(b"\n\xff").unwrap_err().line, 2);
    }
}
