//! `fantail shot`: a run without a window that comes out the same every time, its picture and its sound.
//!
//! Time is counted in frames and fuel, never by a clock.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fantail::varvara::audio::{SAMPLE_RATE, SAMPLES_PER_FRAME};
use fantail::varvara::{Event, FixedClock, Output, Status, Stream, Varvara};
use hound::{SampleFormat, WavSpec, WavWriter};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::computer::ComputerArgs;
use crate::error::Error;
use crate::run;
use crate::script::{self, Fault, Script};
use crate::{note, read};

const JSON_HELP: &str = "\
With --json the program's own output is not printed; instead there is one line:
  width, height         the screen, in pixels
  frames                frames whose screen vector was evaluated
  end                   \"running\", or \"exit\" if the program ended itself
  exit                  its exit code, or null
  rgb_sha256            of red, green and blue of each pixel, row by row from the top
  wst, rst              the bytes on the stacks, bottom first, as arrays of numbers
  stdout, stderr        what was printed, as text
  stdout_sha256         of the bytes printed";

#[derive(clap::Args)]
#[command(after_help = format!("{}\n\n{JSON_HELP}", script::HELP))]
pub struct ShotArgs {
    /// The ROM.
    rom: PathBuf,
    /// How many frames to run after reset and arguments [default: as the script says, else 60]
    #[arg(long, value_name = "N")]
    frames: Option<u32>,
    /// What happens to the program: see below.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Where Datetime stands, in UTC.
    #[arg(long, value_name = "UNIX_SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    clock: i64,
    /// Write a PNG of the screen as it is at the end.
    #[arg(long, value_name = "PNG")]
    out: Option<PathBuf>,
    /// Write a WAV of what sounds during the frames: 735 samples each, 44100 a second, 16 bits, stereo.
    #[arg(long, value_name = "WAV")]
    wav: Option<PathBuf>,
    /// Print one line about the run, as below.
    #[arg(long)]
    json: bool,
    /// End the run after this much fuel, however many frames are left. A unit is a byte of code or a jump.
    #[arg(long, value_name = "UNITS", default_value_t = 1 << 35)]
    fuel: u64,
    #[command(flatten)]
    computer: ComputerArgs,
}

/// The most that a program can print, both streams together.
const MAX_OUTPUT: usize = 64 << 20;
/// The most that a script can have.
const MAX_SCRIPT: usize = 16 << 20;
/// The most frames whose sound a WAV file can hold: its size is a number of 32 bits.
const MAX_WAV_FRAMES: u32 = (u32::MAX - 44) / (4 * SAMPLES_PER_FRAME);
/// Fuel between two looks at the output.
const SLICE: u32 = 1 << 24;

/// What `--json` prints.
#[derive(Serialize)]
struct Summary<'a> {
    width: u16,
    height: u16,
    frames: u32,
    end: &'static str,
    exit: Option<u8>,
    rgb_sha256: String,
    wst: Vec<u8>,
    rst: Vec<u8>,
    stdout: &'a str,
    stderr: &'a str,
    stdout_sha256: String,
}

pub fn shot(args: ShotArgs) -> Result<ExitCode, Error> {
    let script = match &args.script {
        Some(path) => read_script(path)?,
        None => Script::default(),
    };
    let frames = args.frames.or(script.frames).unwrap_or(60);
    if let Some((frame, _)) = script.events.last().filter(|&&(frame, _)| frame > frames) {
        note(format_args!("fantail: the run has {frames} frames; the script goes on to frame {frame}"));
    }
    let wav = match &args.wav {
        Some(path) if frames > MAX_WAV_FRAMES => {
            return Err(Error::TooLong { path: path.clone(), frames, limit: MAX_WAV_FRAMES });
        }
        Some(path) => Some(create_wav(path).map_err(|source| wav_error(path, source))?),
        None => None,
    };
    let clock = Box::new(FixedClock { unix_seconds: args.clock });
    let computer = args.computer.start(&args.rom, script.args, clock)?;
    let mut recording =
        Recording { computer, fuel: args.fuel, wav, stdout: Vec::new(), stderr: Vec::new(), frames: 0 };
    let mut played = recording.play(frames, &script.events);
    if let Some(wav) = recording.wav.take()
        && !matches!(played, Err(End::Wav(_)))
        && let Err(error) = wav.finalize()
    {
        played = Err(End::Wav(error));
    }
    match played {
        Err(End::Limit(limit)) => {
            let Recording { frames: done, .. } = recording;
            note(format_args!("fantail: the run was ended in frame {} of {frames}: {limit}", done + 1));
        }
        Err(End::Wav(error)) => return Err(wav_error(args.wav.as_deref().unwrap_or(Path::new("")), error)),
        Err(End::Exit) | Ok(()) => {}
    }
    let picture = recording.computer.picture();
    let printed = if args.json {
        let mut line = recording.summary(&picture);
        line.push('\n');
        io::stdout().write_all(line.as_bytes())
    } else {
        run::print(&recording.output())
    };
    match printed {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(Error::Print(error)),
        _ => {}
    }
    if let Some(path) = &args.out {
        write_png(path, &recording.computer, &picture)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read_script(path: &Path) -> Result<Script, Error> {
    let text =
        read(path, MAX_SCRIPT).map_err(|source| Error::Read { what: "script", path: path.into(), source })?;
    if text.len() > MAX_SCRIPT {
        return Err(Error::TooLarge { what: "script", path: path.into(), most: MAX_SCRIPT });
    }
    script::parse(&text).map_err(|Fault { line, message }| Error::Script { path: path.into(), line, message })
}

/// A program under way.
struct Recording {
    computer: Varvara,
    /// What is left.
    fuel: u64,
    /// Where the sound goes.
    wav: Option<WavFile>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    /// Frames whose screen vector was evaluated.
    frames: u32,
}

/// Why a run ends before its last frame.
enum End {
    Exit,
    /// It would not end by itself, or print too much.
    Limit(&'static str),
    /// The sound could not be written.
    Wav(hound::Error),
}

impl Recording {
    /// Reset, arguments, then frames: the events of each in order, then the screen vector.
    fn play(&mut self, frames: u32, events: &[(u32, Event)]) -> Result<(), End> {
        self.settle()?;
        let mut events = events.iter().peekable();
        for frame in 1..=frames {
            while let Some((_, event)) = events.next_if(|&&(due, _)| due == frame) {
                self.computer.send(*event);
                self.settle()?;
            }
            self.record().map_err(End::Wav)?;
            self.computer.send(Event::Frame);
            let end = self.settle();
            if !matches!(end, Err(End::Limit(_))) {
                self.frames = frame;
            }
            end?;
        }
        Ok(())
    }

    /// Writes what sounds until the next frame.
    fn record(&mut self) -> Result<(), hound::Error> {
        let Some(wav) = &mut self.wav else { return Ok(()) };
        let mut samples = [[0; 2]; SAMPLES_PER_FRAME as usize];
        self.computer.sound(&mut samples);
        samples.iter().flatten().try_for_each(|&value| wav.write_sample(value))
    }

    /// Runs until nothing is left to do.
    fn settle(&mut self) -> Result<(), End> {
        loop {
            let slice = u32::try_from(self.fuel).unwrap_or(u32::MAX).min(SLICE);
            let status = self.computer.run(slice);
            self.fuel -= u64::from(slice - self.computer.fuel());
            for output in self.computer.take_output() {
                match output.stream {
                    Stream::Stdout => self.stdout.extend(output.bytes),
                    Stream::Stderr => self.stderr.extend(output.bytes),
                }
            }
            match status {
                Status::Idle => return Ok(()),
                Status::Exited(_) => return Err(End::Exit),
                Status::Busy if self.stdout.len() + self.stderr.len() > MAX_OUTPUT => {
                    return Err(End::Limit("the program prints without end"));
                }
                Status::Busy if self.fuel == 0 => {
                    return Err(End::Limit("the fuel is used up; --fuel gives more"));
                }
                Status::Busy => {}
            }
        }
    }

    /// What was printed, one stream after the other.
    fn output(&mut self) -> [Output; 2] {
        [(Stream::Stdout, &mut self.stdout), (Stream::Stderr, &mut self.stderr)]
            .map(|(stream, bytes)| Output { stream, bytes: std::mem::take(bytes) })
    }

    fn summary(&self, picture: &[u8]) -> String {
        let exit = self.computer.exit_code();
        let summary = Summary {
            width: self.computer.screen().width(),
            height: self.computer.screen().height(),
            frames: self.frames,
            end: if exit.is_some() { "exit" } else { "running" },
            exit,
            rgb_sha256: sha256(picture),
            wst: self.computer.uxn().wst.bytes(),
            rst: self.computer.uxn().rst.bytes(),
            stdout: &String::from_utf8_lossy(&self.stdout),
            stderr: &String::from_utf8_lossy(&self.stderr),
            stdout_sha256: sha256(&self.stdout),
        };
        serde_json::to_string(&summary).expect("numbers and text become JSON")
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

type WavFile = WavWriter<BufWriter<File>>;

fn create_wav(path: &Path) -> Result<WavFile, hound::Error> {
    let spec = WavSpec {
        channels: 2,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    WavWriter::create(path, spec)
}

fn wav_error(path: &Path, error: hound::Error) -> Error {
    let source = match error {
        hound::Error::IoError(error) => error,
        other => io::Error::other(other),
    };
    Error::Write { what: "sound", path: path.into(), source }
}

fn write_png(path: &Path, computer: &Varvara, picture: &[u8]) -> Result<(), Error> {
    let (width, height) = (computer.screen().width(), computer.screen().height());
    if picture.is_empty() {
        return Err(Error::NoPixels { width, height });
    }
    let write = || -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        let mut encoder = png::Encoder::new(&mut file, width.into(), height.into());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(picture)?;
        writer.finish()?;
        file.flush()
    };
    write().map_err(|source| Error::Write { what: "picture", path: path.into(), source })
}
