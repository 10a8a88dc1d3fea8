//! `fantail run`: a console program in the terminal.
//!
//! The program ends when it sets System/state, when standard input has ended and it has been told, or, if it
//! reads no input, when nothing is left to do. Input is read by a thread of its own, and only from the moment
//! the program listens, so that frames go on while it waits for a key.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use fantail::varvara::{Clock, DateTime, Event, FixedClock, InputType, Output, Status, Stream, Varvara};

use crate::computer::ComputerArgs;
use crate::error::Error;
use crate::note;

#[derive(clap::Args)]
pub struct RunArgs {
    /// The ROM, then the program's arguments. What stands behind the ROM goes to the program, options too.
    #[arg(required = true, num_args = 1.., trailing_var_arg = true, value_names = ["ROM", "ARG"])]
    rom_and_args: Vec<OsString>,
    /// Let Datetime stand at this time, in UTC, instead of showing the local time.
    #[arg(long, value_name = "UNIX_SECONDS", allow_negative_numbers = true)]
    clock: Option<i64>,
    #[command(flatten)]
    computer: ComputerArgs,
}

/// Fuel between two looks at the output and the clock: about a millisecond.
const SLICE: u32 = 1_000_000;
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 60);

pub fn run(args: RunArgs) -> Result<ExitCode, Error> {
    let clock: Box<dyn Clock> = match args.clock {
        Some(unix_seconds) => Box::new(FixedClock { unix_seconds }),
        None => Box::new(LocalClock),
    };
    let mut words = args.rom_and_args.into_iter();
    let rom = words.next().unwrap_or_default();
    let words = words.map(OsString::into_encoded_bytes).collect();
    let mut computer = args.computer.start(Path::new(&rom), words, clock)?;
    match converse(&mut computer) {
        Ok(code) => Ok(ExitCode::from(code)),
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(Error::Print(error)),
    }
}

/// Runs the program to its end and returns its exit code.
fn converse(computer: &mut Varvara) -> io::Result<u8> {
    let mut input = None;
    let mut ended = false;
    let mut next_frame = Instant::now() + FRAME;
    loop {
        let status = computer.run(SLICE);
        print(&computer.take_output())?;
        match status {
            Status::Exited(code) => return Ok(code),
            Status::Busy => continue,
            Status::Idle => {}
        }
        if !computer.uses_console() || ended {
            if !computer.uses_console() && computer.uses_screen() {
                note(format_args!(
                    "fantail: the program goes on with its screen only, which `fantail shot` shows"
                ));
            }
            return Ok(0);
        }

        let now = Instant::now();
        if !computer.uses_screen() {
            next_frame = now + FRAME;
        } else if now >= next_frame {
            computer.send(Event::Frame);
            // Frames that are long past are not made up for.
            next_frame = (next_frame + FRAME).max(now);
            continue;
        }
        let input = input.get_or_insert_with(read_input);
        let bytes = if computer.uses_screen() {
            match input.recv_timeout(next_frame - now) {
                Err(RecvTimeoutError::Timeout) => continue,
                received => received.ok(),
            }
        } else {
            input.recv().ok()
        };
        match bytes {
            Some(bytes) => {
                for byte in bytes {
                    computer.send(Event::Console { byte, kind: InputType::Stdin });
                }
            }
            None => {
                computer.send(Event::Console { byte: 0, kind: InputType::End });
                ended = true;
            }
        }
    }
}

/// Starts to read standard input. The channel closes at its end.
fn read_input() -> Receiver<Vec<u8>> {
    let (sender, receiver) = sync_channel(1);
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        let mut buffer = [0; 4096];
        loop {
            match stdin.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(length) if length > 0 => {
                    if sender.send(buffer[..length].to_vec()).is_err() {
                        return;
                    }
                }
                // What cannot be read any more has ended.
                _ => return,
            }
        }
    });
    receiver
}

/// Prints what the program has written, at once.
pub fn print(output: &[Output]) -> io::Result<()> {
    for Output { stream, bytes } in output {
        match stream {
            Stream::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(bytes)?;
                stdout.flush()?;
            }
            Stream::Stderr => io::stderr().write_all(bytes)?,
        }
    }
    Ok(())
}

/// The time where this computer is.
struct LocalClock;

impl Clock for LocalClock {
    fn now(&mut self) -> DateTime {
        let now = jiff::Zoned::now();
        DateTime {
            year: now.year().try_into().unwrap_or(0),
            month: now.month() as u8 - 1,
            day: now.day() as u8,
            hour: now.hour() as u8,
            minute: now.minute() as u8,
            second: now.second() as u8,
            weekday: now.weekday().to_sunday_zero_offset() as u8,
            yearday: now.day_of_year() as u16 - 1,
            dst: now.time_zone().to_offset_info(now.timestamp()).dst().is_dst(),
        }
    }
}
