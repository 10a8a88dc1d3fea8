//! The Varvara computer: the devices around the CPU, and the vectors they start.
//!
//! [`Varvara`] is one computer with one ROM. The host sends it [events](Event), lets it [run](Varvara::run)
//! for some fuel, and takes what came of it: text, a picture, an exit code. It never waits and never calls
//! the host back; the services it needs are the time, from a [`Clock`], and files, in a [`Storage`].
//!
//! An event is delivered when nothing else is being evaluated: its ports are written, then its vector is
//! evaluated to the end. Only then comes the next. A vector that uses up its fuel goes on in the next `run`.
//!
//! Time is what the host says it is: with each [`Event::Frame`] a sixtieth of a second passes, for the voices of
//! Audio as for the screen. What is to be heard can be [asked for](Varvara::sound) and changes nothing.
//!
//! ```
//! use fantail::varvara::{Event, Options, Status, Stream, Varvara};
//!
//! // ;on-key #80 DEO2 BRK  @on-key #83 DEI #18 DEO BRK: print every character that is typed.
//! let rom = [0xa0, 0x01, 0x07, 0x80, 0x80, 0x37, 0x00, 0x80, 0x83, 0x16, 0x80, 0x18, 0x17, 0x00];
//! let mut computer = Varvara::new(&rom, Options::default());
//! computer.send(Event::Key(b'h'));
//! computer.send(Event::Key(b'i'));
//! assert_eq!(computer.run(1000), Status::Idle);
//! let output = computer.take_output();
//! assert_eq!((output[0].stream, output[0].bytes.as_slice()), (Stream::Stdout, b"hi".as_slice()));
//! ```

pub mod audio;
mod console;
pub mod controller;
mod datetime;
mod edition;
mod event;
mod expansion;
mod file;
mod metadata;
mod mouse;
pub mod rom;
mod screen;
mod system;

use std::ops::ControlFlow;

use crate::uxn::{self, Engine, KEPT, PLAIN, QUIET, RESET, Stop, Uxn};

use audio::Audio;
use console::Console;
use controller::Controller;
use datetime::Datetime;
use expansion::{Banks, Operation};
use file::Files;
use mouse::Mouse;
use system::System;

pub use console::{InputType, Output, Stream};
pub use datetime::{Clock, DateTime, FixedClock};
pub use edition::Edition;
pub use event::Event;
pub use file::{
    Entry, FilePath, MAX_DEPTH, MAX_NAME, MAX_PATH, Memory, Node, Quota, Stat, Storage, StorageError,
};
pub use metadata::Metadata;
pub use screen::Screen;

/// What a write to a port on which a device acts costs: the call, and what is little work.
const FUEL_PER_WRITE: u32 = 4;
/// What it costs to start a vector: the way of the event through the queue, and into the machine and out, 20 to 40 ns.
const FUEL_PER_EVENT: u32 = 6;
/// What a vector may use after System/state was set, before it is broken off.
const GRACE: u32 = 100_000_000;

/// How a computer is set up.
pub struct Options {
    /// Program arguments, delivered through the Console after the reset vector.
    pub args: Vec<Vec<u8>>,
    /// How instructions are dispatched.
    pub engine: Engine,
    /// Which generation of the reference emulator to agree with.
    pub edition: Edition,
    /// Where Datetime gets the time.
    pub clock: Box<dyn Clock>,
    /// Where File finds and leaves files.
    pub files: Box<dyn Storage>,
}

impl Default for Options {
    /// No arguments, the default engine and edition, a clock that stands at 1970-01-01 00:00 UTC, and an empty
    /// [`Memory`] for files.
    fn default() -> Self {
        Options {
            args: Vec::new(),
            engine: Engine::default(),
            edition: Edition::default(),
            clock: Box::new(FixedClock { unix_seconds: 0 }),
            files: Box::new(Memory::default()),
        }
    }
}

/// Why [`Varvara::run`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// No vector is being evaluated and no event waits.
    Idle,
    /// There is more to do: the fuel is used up, or the console's output waits to be taken.
    Busy,
    /// The program has ended with this code, 0 to 127. The computer stays as it is until a reset.
    Exited(u8),
}

/// One computer: CPU, devices and a ROM.
///
/// ```
/// use fantail::tal;
/// use fantail::varvara::{Event, Options, Status, Varvara};
///
/// // Colour 2 is red. Each frame draws a pixel of it further to the right; the third ends the program.
/// let source = "
///     #00f0 #08 DEO2 #0003 #22 DEO2 #0001 #24 DEO2 #01 #26 DEO
///     ;on-frame #20 DEO2 BRK
///     @on-frame #02 #2e DEO #28 DEI2 #0003 EQU2 ?{ BRK } #80 #0f DEO BRK";
/// let mut computer = Varvara::new(&tal::assemble(source)?.rom, Options::default());
/// for _ in 0..2 {
///     computer.send(Event::Frame);
///     assert_eq!(computer.run(1000), Status::Idle);
/// }
/// assert_eq!(computer.picture(), [0xff, 0, 0, 0xff, 0, 0, 0, 0, 0]);
/// computer.send(Event::Frame);
/// assert_eq!(computer.run(1000), Status::Exited(0));
/// # Ok::<(), tal::Errors>(())
/// ```
pub struct Varvara {
    uxn: Box<Uxn>,
    devices: Devices,
    engine: Engine,
    rom: Vec<u8>,
    args: Vec<Vec<u8>>,
    events: event::Queue,
    evaluation: Option<Evaluation>,
    exit: Option<u8>,
    fuel: u32,
    /// What devices have charged beyond the fuel of a run: the next runs begin with it.
    debt: u32,
}

/// A vector under way.
struct Evaluation {
    /// What is due at its end.
    then: Then,
    /// What it may still use once System/state is set.
    grace: u32,
}

/// What is due at the end of a vector.
enum Then {
    /// Nothing.
    Nothing,
    /// After the reset vector: the arguments.
    Arguments,
    /// Controller/key goes back to 0.
    ClearKey,
    /// Mouse/scrollx and scrolly go back to 0.
    ClearScroll,
}

impl Varvara {
    /// A computer with this ROM in memory and its reset vector pending.
    ///
    /// Bytes behind the first 0xff00 go to the expansion banks; what does not fit there either is left out.
    /// [`rom::check`] says beforehand whether the bytes look like a ROM at all; here any bytes are one.
    #[optimize(size)]
    #[inline(never)]
    pub fn new(rom: &[u8], options: Options) -> Varvara {
        let Options { args, engine, edition, clock, files } = options;
        let mut computer = Varvara {
            uxn: Uxn::new(),
            devices: Devices::new(edition, clock, files),
            engine,
            rom: rom[..rom.len().min(rom::MAX_ROM)].to_vec(),
            args,
            events: event::Queue::default(),
            evaluation: None,
            exit: None,
            fuel: 0,
            debt: 0,
        };
        computer.uxn.set_ports(&PORTS);
        computer.boot();
        computer
    }

    /// Starts again with the same ROM and arguments and everything else as new: a hard reboot that also
    /// clears the expansion banks. Events and output that wait are dropped; files stay.
    #[optimize(size)]
    #[inline(never)]
    pub fn reset(&mut self) {
        self.devices.reset();
        self.events = event::Queue::default();
        self.exit = None;
        self.debt = 0;
        self.boot();
    }

    #[optimize(size)]
    #[inline(never)]
    fn boot(&mut self) {
        self.uxn.restart(&self.rom);
        self.devices.banks.load(&self.rom);
        self.uxn.dev[usize::from(console::TYPE)] =
            if self.args.is_empty() { InputType::None } else { InputType::Stdin } as u8;
        self.devices.screen.store_size(&mut self.uxn);
        self.uxn.set_pc(RESET);
        self.evaluation = Some(Evaluation { then: Then::Arguments, grace: GRACE });
    }

    /// Queues an event. Consecutive mouse moves become one, and at most one [`Event::Frame`] waits: of further
    /// ones only the time passes.
    ///
    /// False if the event was dropped: the queue is full (it holds 65,536), the program has ended, or there is
    /// no such player.
    pub fn send(&mut self, event: Event) -> bool {
        let is_known = !matches!(event, Event::Button { player: 4.., .. });
        if !is_known || self.exit.is_some() {
            return false;
        }
        if event == Event::Frame {
            self.skip_frame();
        }
        self.events.push(event)
    }

    /// A sixtieth of a second passes without a screen vector: for hosts that drop a frame.
    ///
    /// It passes at once, also in the middle of a vector. The vectors of voices whose notes have come to their
    /// end are next, before the events that wait.
    pub fn skip_frame(&mut self) {
        self.devices.audio.pass_frame();
    }

    /// Goes on with an unfinished vector, then with the events that wait, until nothing is left to do or
    /// `fuel` is used up: one unit for each byte of code and each move of control [of the CPU](Uxn::run), six for each
    /// event that starts a vector, and more for the work of devices: some for each write to a port, and by the
    /// pixel, byte or entry for fills, resizes, sprites, expansion copies, text and files. A unit takes the host less
    /// than ten nanoseconds; `cargo bench --bench devices` measures it.
    ///
    /// What a device takes beyond the fuel is due first in the next run, which may do nothing else.
    ///
    /// When the buffer for the console's output is full (64 KiB, or 1024 changes between the streams) the
    /// program stands still, and every `run` is [`Status::Busy`] at once, until
    /// [`take_output`](Varvara::take_output).
    pub fn run(&mut self, fuel: u32) -> Status {
        let due = self.debt.min(fuel);
        self.debt -= due;
        self.fuel = fuel - due;
        loop {
            if let Some(code) = self.exit {
                return Status::Exited(code);
            }
            if self.evaluation.is_some() {
                if self.fuel == 0 || self.devices.console.is_full() {
                    return Status::Busy;
                }
                self.evaluate();
            } else if !self.devices.audio.has_ended() && self.events.is_empty() {
                return Status::Idle;
            } else if self.fuel == 0 {
                return Status::Busy;
            } else if let Some(vector) = self.devices.audio.take_ended(&self.uxn) {
                self.start(vector, Then::Nothing);
            } else if let Some(event) = self.events.pop() {
                self.deliver(event);
            }
        }
    }

    /// The fuel that the last [`run`](Varvara::run) left over.
    pub fn fuel(&self) -> u32 {
        self.fuel
    }

    /// Evaluates the vector under way until it ends or stops.
    fn evaluate(&mut self) {
        let Some(evaluation) = &mut self.evaluation else { return };
        let ending = self.uxn.dev[usize::from(system::STATE)] != 0;
        let fuel = if ending { self.fuel.min(evaluation.grace) } else { self.fuel };
        let stop = self.uxn.run(self.engine, &mut self.devices, fuel);
        let used = fuel - self.uxn.fuel();
        self.fuel -= used;
        self.debt = self.debt.saturating_add(self.uxn.take_deficit());
        if ending {
            evaluation.grace -= used;
        }
        if stop == Stop::Brk || evaluation.grace == 0 {
            self.finish();
        }
    }

    /// Ends the vector under way.
    fn finish(&mut self) {
        let Some(Evaluation { then, .. }) = self.evaluation.take() else { return };
        match self.uxn.dev[usize::from(system::STATE)] {
            0 => {}
            state => {
                self.exit = Some(state & 0x7f);
                self.events = event::Queue::default();
                self.devices.audio.silence();
            }
        }
        match then {
            Then::Nothing => {}
            // Without a console vector nobody listens, and arguments are not for a later one.
            Then::Arguments if self.devices.console.vector != 0 && self.exit.is_none() => {
                for event in console::arguments(&self.args).into_iter().rev() {
                    self.events.push_front(event);
                }
            }
            Then::Arguments => {}
            Then::ClearKey => controller::clear_key(&mut self.uxn),
            Then::ClearScroll => mouse::clear_scroll(&mut self.uxn),
        }
    }

    /// Writes an event's ports and starts its vector.
    fn deliver(&mut self, event: Event) {
        let Devices { console, screen, controller, mouse, edition, .. } = &self.devices;
        let uxn = &mut *self.uxn;
        let (vector, then) = match event {
            Event::Console { byte, kind } => {
                console::input(uxn, byte, kind);
                (console.vector, Then::Nothing)
            }
            Event::Key(key) => {
                controller::press_key(uxn, key);
                (controller.vector, Then::ClearKey)
            }
            Event::Button { player, button, down } => {
                controller::set_button(uxn, player, button, down);
                (controller.vector, Then::Nothing)
            }
            Event::MouseMove { x, y } => {
                mouse::set_position(uxn, x, y);
                (mouse.vector, Then::Nothing)
            }
            Event::MouseButton { mask, down } => {
                mouse::set_buttons(uxn, edition.mouse_buttons(mask), down);
                (mouse.vector, Then::Nothing)
            }
            Event::Scroll { x, y } => {
                mouse::set_scroll(uxn, x, y);
                (mouse.vector, Then::ClearScroll)
            }
            Event::Frame => (screen.vector(), Then::Nothing),
        };
        self.start(vector, then);
    }

    fn start(&mut self, vector: u16, then: Then) {
        self.evaluation = Some(Evaluation { then, grace: GRACE });
        if vector == 0 {
            self.finish();
        } else {
            self.debt += FUEL_PER_EVENT.saturating_sub(self.fuel);
            self.fuel = self.fuel.saturating_sub(FUEL_PER_EVENT);
            self.uxn.set_pc(vector);
        }
    }

    /// What the program has printed since the last call, in the order written.
    pub fn take_output(&mut self) -> Vec<Output> {
        self.devices.console.take_output()
    }

    /// The exit code, 0 to 127, once the program has ended.
    pub fn exit_code(&self) -> Option<u8> {
        self.exit
    }

    /// The screen: size and pixels.
    pub fn screen(&self) -> &Screen {
        &self.devices.screen
    }

    /// Red, green and blue of the four colours.
    pub fn palette(&self) -> [[u8; 3]; 4] {
        self.devices.system.palette()
    }

    /// Lets the program follow a change of the host's theme, when it shows what it has read from `.theme`: if
    /// System/r, g and b hold exactly what the file contained before, they get what it contains now. False for a
    /// program that has colours of its own, or has not used a file.
    ///
    /// The bytes are those of the file `.theme`, in which programs look for the colours to begin with: each of the
    /// three shorts as it is written to its port. The host changes the file itself.
    ///
    /// ```
    /// use fantail::tal;
    /// use fantail::varvara::{FilePath, Memory, Options, Varvara};
    ///
    /// let source = "
    ///     ;theme #a8 DEO2 #0002 #aa DEO2
    ///     ;buffer #ac DEO2 ;buffer LDA2 #08 DEO2
    ///     ;buffer #ac DEO2 ;buffer LDA2 #0a DEO2
    ///     ;buffer #ac DEO2 ;buffer LDA2 #0c DEO2 BRK
    ///     @theme \".theme 00 @buffer";
    /// let (light, dark) = ([0xf0, 0x00, 0xf0, 0x00, 0xf0, 0x00], [0x0f, 0xff, 0x0f, 0xff, 0x0f, 0xff]);
    /// let mut files = Memory::default();
    /// files.give(&FilePath::parse(b".theme").unwrap(), &light)?;
    /// let options = Options { files: Box::new(files), ..Options::default() };
    /// let mut computer = Varvara::new(&tal::assemble(source)?.rom, options);
    /// computer.run(1000);
    /// assert_eq!(computer.palette()[0], [0xff; 3]);
    /// assert!(computer.follow_theme(light, dark));
    /// assert_eq!(computer.palette()[0], [0; 3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[optimize(size)]
    #[inline(never)]
    pub fn follow_theme(&mut self, before: [u8; 6], after: [u8; 6]) -> bool {
        let Devices { system, files, .. } = &mut self.devices;
        files.used && system.change_theme(&mut self.uxn, before, after)
    }

    /// The picture on the screen: red, green and blue of each pixel, row by row from the top.
    pub fn picture(&self) -> Vec<u8> {
        let colours = screen::composed(self.palette());
        self.screen().pixels().iter().flat_map(|&pixel| colours[usize::from(pixel & 15)]).collect()
    }

    /// The same with an alpha of 255 behind each pixel, into a buffer that is made to fit.
    pub fn picture_rgba(&self, picture: &mut Vec<u8>) {
        let colours = screen::composed(self.palette()).map(|[r, g, b]| [r, g, b, 0xff]);
        let pixels = self.screen().pixels();
        picture.resize(pixels.len() * 4, 0);
        for (rgba, &pixel) in picture.as_chunks_mut::<4>().0.iter_mut().zip(pixels) {
            *rgba = colours[usize::from(pixel & 15)];
        }
    }

    /// Whether layers, palette or size have changed since the last call. True at first.
    pub fn take_redraw(&mut self) -> bool {
        self.devices.system.take_palette_changed() | self.devices.screen.take_changed()
    }

    /// Fills `samples`, left and right at 44100 a second, with what is to be heard from now on if the program
    /// does nothing more. Nothing moves by it: time passes with [`Event::Frame`], 735 samples each.
    ///
    /// ```
    /// use fantail::tal;
    /// use fantail::varvara::{Options, Varvara};
    ///
    /// // A square wave at middle C, at full volume on the left.
    /// let source = "
    ///     ;wave #3c DEO2 #0010 #3a DEO2 #f0 #3e DEO #3c #3f DEO BRK
    ///     @wave ffff ffff ffff ffff 0000 0000 0000 0000";
    /// let mut computer = Varvara::new(&tal::assemble(source)?.rom, Options::default());
    /// computer.run(1000);
    /// let mut samples = [[0; 2]; 735];
    /// computer.sound(&mut samples);
    /// assert_eq!((samples[0], samples[100]), ([10834, 0], [-10920, 0]));
    /// # Ok::<(), tal::Errors>(())
    /// ```
    pub fn sound(&self, samples: &mut [[i16; 2]]) {
        self.devices.audio.sound(self.uxn.ram(), samples);
    }

    /// Whether a voice plays that can be heard. If not, [`sound`](Varvara::sound) gives silence.
    pub fn is_sounding(&self) -> bool {
        self.devices.audio.is_sounding()
    }

    /// The time that has passed since the start or the last reset, in samples.
    pub fn sound_time(&self) -> u64 {
        self.devices.audio.time()
    }

    /// What the program says about itself, as read when it last wrote System/metadata.
    pub fn metadata(&self) -> Option<&Metadata> {
        self.devices.system.metadata.as_ref()
    }

    /// Whether the program uses the mouse: it has set the vector, or it looks at the ports in other vectors.
    pub fn uses_mouse(&self) -> bool {
        self.devices.mouse.vector != 0 || self.devices.mouse.polled
    }

    /// Whether the program uses the controller: it has set the vector, or it looks at the ports in others.
    pub fn uses_controller(&self) -> bool {
        self.devices.controller.vector != 0 || self.devices.controller.polled
    }

    /// Whether the program has set the console vector: whether it reads what is typed into a terminal.
    pub fn uses_console(&self) -> bool {
        self.devices.console.vector != 0
    }

    /// Whether the program has set the screen vector: whether it wants to be told of each frame.
    pub fn uses_screen(&self) -> bool {
        self.devices.screen.vector() != 0
    }

    /// Whether the program has named a file.
    pub fn uses_files(&self) -> bool {
        self.devices.files.used
    }

    /// The CPU with main memory, stacks and device page.
    pub fn uxn(&self) -> &Uxn {
        &self.uxn
    }

    /// The CPU, to be changed between two runs: for tests and debuggers.
    pub fn uxn_mut(&mut self) -> &mut Uxn {
        &mut self.uxn
    }

    /// An expansion bank, 1 to 15. Bank 0 is main memory.
    pub fn bank(&self, number: usize) -> Option<&[u8]> {
        self.devices.banks.bank(number)
    }
}

/// What can be taken for granted of each port. Those that are not quiet are of System, all but the colours, of Datetime,
/// and of the files.
static PORTS: [u8; 256] = {
    let mut ports = [0; 256];
    let mut port = 0;
    while port < 256 {
        let is_quiet = match port as u8 & 0xf0 {
            system::BASE => port >= system::RED as usize && port < system::DEBUG as usize,
            datetime::BASE | file::BASE | file::BASE_2 => false,
            _ => true,
        };
        let plain = if is_plain(port as u8) { PLAIN } else { 0 };
        let kept = if is_kept(port as u8) { KEPT } else { 0 };
        ports[port] = if is_quiet { QUIET } else { 0 } | plain | kept;
        port += 1;
    }
    ports
};

/// Whether a read of a port has no effect, and gives what was last written to it or put there.
const fn is_plain(port: u8) -> bool {
    let asks = matches!(
        port & 0xf0,
        system::BASE | screen::BASE | audio::FIRST
            ..=audio::LAST | controller::BASE | mouse::BASE | datetime::BASE
    );
    !asks
}

/// Whether a write to a port does nothing but leave its byte there. What [`Devices::deo`] acts on is not.
const fn is_kept(port: u8) -> bool {
    !match port & 0xf0 {
        system::BASE => system::acts_on(port),
        console::BASE => console::acts_on(port),
        screen::BASE => screen::acts_on(port),
        audio::FIRST..=audio::LAST => audio::acts_on(port),
        controller::BASE => controller::acts_on(port),
        mouse::BASE => mouse::acts_on(port),
        file::BASE | file::BASE_2 => file::acts_on(port),
        _ => false,
    }
}

/// Everything that ports reach.
struct Devices {
    system: System,
    console: Console,
    screen: Screen,
    audio: Audio,
    controller: Controller,
    mouse: Mouse,
    datetime: Datetime,
    files: Files,
    banks: Banks,
    edition: Edition,
}

impl Devices {
    #[optimize(size)]
    #[inline(never)]
    fn new(edition: Edition, clock: Box<dyn Clock>, files: Box<dyn Storage>) -> Devices {
        Devices {
            system: System::default(),
            console: Console::default(),
            screen: Screen::default(),
            audio: Audio::default(),
            controller: Controller::default(),
            mouse: Mouse::default(),
            datetime: Datetime { clock },
            files: Files::new(files),
            banks: Banks::default(),
            edition,
        }
    }

    /// The ports of System, some of which concern other devices.
    #[inline(never)]
    fn system_deo(&mut self, uxn: &mut Uxn, port: u8) -> ControlFlow<()> {
        match port {
            system::EXPANSION_LOW => match Operation::read(uxn, uxn.dev_short(system::EXPANSION)) {
                Ok(operation) => self.banks.perform(uxn, operation, self.edition),
                Err(unknown) => self.console.print_line(uxn, &unknown.to_string()),
            },
            system::DEBUG => self.console.print_line(uxn, &system::debug(uxn)),
            _ => return self.system.deo(uxn, port),
        }
        self.console.flow()
    }

    /// All as new; the clock goes on, and files stay.
    #[optimize(size)]
    #[inline(never)]
    fn reset(&mut self) {
        let clock = std::mem::replace(&mut self.datetime.clock, Box::new(FixedClock { unix_seconds: 0 }));
        let files = std::mem::replace(&mut self.files.storage, Box::new(Memory::default()));
        *self = Devices::new(self.edition, clock, files);
    }
}

// Each device is a function of its own: browsers take 50 ms to optimise all of them in one, and one byte for the console
// would wait for that.
impl uxn::Devices for Devices {
    fn dei(&mut self, uxn: &mut Uxn, port: u8) -> u8 {
        match port & 0xf0 {
            system::BASE => System::dei(uxn, port),
            screen::BASE => self.screen.dei(uxn, port),
            audio::FIRST..=audio::LAST => self.audio.dei(uxn, port),
            datetime::BASE => self.datetime.dei(uxn, port),
            controller::BASE => {
                self.controller.polled = true;
                uxn.dev[usize::from(port)]
            }
            mouse::BASE => {
                self.mouse.polled = true;
                uxn.dev[usize::from(port)]
            }
            _ => uxn.dev[usize::from(port)],
        }
    }

    fn deo(&mut self, uxn: &mut Uxn, port: u8) -> ControlFlow<()> {
        uxn.charge(FUEL_PER_WRITE);
        // Only what is not `KEPT` comes here.
        match port & 0xf0 {
            // By itself: what the other ports of System need besides takes longer than this.
            system::BASE if system::is_colour(port) => self.system.set_palette(uxn),
            system::BASE => return self.system_deo(uxn, port),
            console::BASE => return self.console.deo(uxn, port),
            screen::BASE => self.screen.deo(uxn, port, &self.banks, self.edition),
            audio::FIRST..=audio::LAST => self.audio.deo(uxn, port, self.edition),
            controller::BASE => self.controller.deo(uxn, port),
            mouse::BASE => self.mouse.deo(uxn, port),
            file::BASE | file::BASE_2 => self.files.deo(uxn, port, self.edition),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uxn::Devices as _;

    #[test]
    fn a_read_of_a_plain_port_gives_the_byte_and_changes_nothing() {
        let mut computer = Varvara::new(&[], Options::default());
        let bytes = std::array::from_fn(|port| port as u8 ^ 0xa5);
        computer.uxn.dev = bytes;
        let mut plain = 0;
        for port in (0..=255).filter(|&port| PORTS[usize::from(port)] & PLAIN != 0) {
            assert_eq!(computer.devices.dei(&mut computer.uxn, port), bytes[usize::from(port)], "{port:02x}");
            plain += 1;
        }
        assert_eq!(computer.uxn.dev, bytes);
        assert_eq!(plain, 7 * 16, "Console, both Files, and four that are not there");
    }
}
