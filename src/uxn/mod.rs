//! The CPU: 256 opcodes, 64 KiB of memory, two stacks. No devices, no platform.
//!
//! [`Uxn`] is one machine in one block of memory. [`Uxn::run`] evaluates from an address until `BRK`, until
//! its [fuel](Uxn::run) is used up, or until a device halts it, and can be called again to go on from
//! there. What an opcode does is written once, in `semantics`; two dispatchers use it, `tailcall` and
//! `switch`, and agree in everything that can be observed. In WebAssembly hot code can be compiled while it runs:
//! `compile` makes a module of it, and `blocks` runs what is compiled from the `tailcall` dispatcher.
//!
//! ```
//! use fantail::uxn::{Devices, Engine, Stop, Uxn};
//! use std::ops::ControlFlow;
//!
//! /// Prints what the program writes to port 0x18.
//! struct Printer(String);
//!
//! impl Devices for Printer {
//!     fn dei(&mut self, uxn: &mut Uxn, port: u8) -> u8 {
//!         uxn.dev[usize::from(port)]
//!     }
//!     fn deo(&mut self, uxn: &mut Uxn, port: u8) -> ControlFlow<()> {
//!         if port == 0x18 {
//!             self.0.push(uxn.dev[0x18] as char);
//!         }
//!         ControlFlow::Continue(())
//!     }
//! }
//!
//! let mut uxn = Uxn::new();
//! uxn.load(&[0x80, b'A', 0x80, 0x18, 0x17, 0x00]); // LIT 'A' LIT 18 DEO BRK
//! uxn.set_pc(0x0100);
//! let mut printer = Printer(String::new());
//! assert_eq!(uxn.run(Engine::default(), &mut printer, 1000), Stop::Brk);
//! assert_eq!(printer.0, "A");
//! ```

#[cfg(feature = "blocks")]
mod blocks;
#[cfg(feature = "compile")]
pub mod compile;
#[cfg(feature = "eager")]
mod eager;
pub mod opcode;
#[cfg(any(feature = "compile", feature = "web"))]
pub mod sample;
mod semantics;
mod stack;
mod switch;
#[cfg(feature = "tailcall")]
mod tailcall;
#[cfg(any(feature = "blocks", feature = "compile"))]
pub mod unit;

use std::ops::{ControlFlow, Range};
use std::ptr::NonNull;

pub use stack::Stack;
#[cfg(feature = "blocks")]
pub use tailcall::unit_imports;

/// What [`Uxn::set_ports`] says of a port: its device neither looks at the stacks nor writes to memory, and takes no fuel for
/// a read.
pub const QUIET: u8 = 1;
/// What [`Uxn::set_ports`] says of a port: a read has no effect, and gives the byte that is in [`Uxn::dev`].
pub const PLAIN: u8 = 2;
/// What [`Uxn::set_ports`] says of a port: a write has no effect but that the byte is in [`Uxn::dev`].
pub const KEPT: u8 = 4;

/// Bytes of main memory.
pub const RAM_SIZE: usize = 0x10000;
/// Where a ROM is loaded and where the reset vector starts.
pub const RESET: u16 = 0x0100;

/// Bytes after main memory that stay zero. The program counter may run past 0xffff by the length of an
/// instruction; it then meets a `BRK` here, and only `BRK` has to look whether the counter has wrapped.
const GUARD: usize = 16;

/// What the CPU asks of the computer around it.
///
/// The CPU stores written bytes in [`Uxn::dev`] itself. During a call the stack pointers are current, and
/// what the call makes of them, of memory and of the device page is what the program goes on with.
pub trait Devices {
    /// `DEI`: the byte that a read of `port` gives. `DEI2` asks for both ports, the high byte's first.
    fn dei(&mut self, uxn: &mut Uxn, port: u8) -> u8;

    /// `DEO`: `port` was written. `DEO2` stores both bytes and announces only the second port, on which
    /// the short ports act. `Break` halts the machine after this instruction.
    fn deo(&mut self, uxn: &mut Uxn, port: u8) -> ControlFlow<()>;
}

/// Why [`Uxn::run`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The vector ended.
    Brk,
    /// The fuel is used up; another run goes on from here.
    Fuel,
    /// A device asked for it; another run goes on from here.
    Halted,
}

/// How instructions are dispatched. Programs cannot tell the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A function per opcode, each ending in a tail call of the next.
    #[cfg(feature = "tailcall")]
    Tailcall,
    /// One loop around one `match`.
    Switch,
}

impl Engine {
    /// The engines of this build, the default first.
    pub const ALL: &[Engine] = &[
        #[cfg(feature = "tailcall")]
        Engine::Tailcall,
        Engine::Switch,
    ];

    /// The name used in options and reports.
    pub const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "tailcall")]
            Engine::Tailcall => "tailcall",
            Engine::Switch => "switch",
        }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Engine::ALL[0]
    }
}

impl std::str::FromStr for Engine {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Engine::ALL.iter().copied().find(|engine| engine.name() == name).ok_or_else(|| {
            let names: Vec<_> = Engine::ALL.iter().map(|engine| engine.name()).collect();
            format!("no engine named `{name}` in this build; there is {}", names.join(", "))
        })
    }
}

/// One machine: memory, stacks, device page and registers, in one block of fixed layout.
#[repr(C)]
pub struct Uxn {
    ram: [u8; RAM_SIZE + GUARD],
    /// The working stack.
    pub wst: Stack,
    /// The return stack.
    pub rst: Stack,
    /// The device page: the byte behind each of the 256 ports.
    pub dev: [u8; 256],
    /// What is known of each port.
    ports: &'static [u8; 256],
    pc: u16,
    fuel: u32,
    /// What of the fuel a dispatcher has not taken into its registers.
    reserve: u32,
    /// See [`Uxn::take_deficit`].
    deficit: u32,
    stop: Stop,
    /// Set while `run` is on the call stack, but for the calls of the devices themselves.
    devices: Option<NonNull<dyn Devices>>,
    /// For each address to which control may jump, what `blocks` knows of it.
    #[cfg(feature = "blocks")]
    map: [blocks::Entry; RAM_SIZE],
    /// For each byte of memory, whether compiled code rests on it.
    #[cfg(feature = "blocks")]
    marks: [u8; RAM_SIZE],
    /// See [`Uxn::compiled_fuel`].
    #[cfg(feature = "blocks")]
    compiled_fuel: u32,
    #[cfg(feature = "blocks")]
    blocks: blocks::Blocks,
}

// SAFETY: the pointer to the devices is all that is not `Send` by itself, and it is there only while the
// dispatcher of `run` has the machine.
#[allow(unsafe_code)]
unsafe impl Send for Uxn {}

impl Uxn {
    /// A machine with everything zero.
    pub fn new() -> Box<Uxn> {
        #[allow(unused_mut)]
        let mut uxn = Box::new(Uxn {
            ram: [0; RAM_SIZE + GUARD],
            wst: Stack::default(),
            rst: Stack::default(),
            dev: [0; 256],
            ports: &[0; 256],
            pc: 0,
            fuel: 0,
            reserve: 0,
            deficit: 0,
            stop: Stop::Brk,
            devices: None,
            #[cfg(feature = "blocks")]
            map: [blocks::NEVER; RAM_SIZE],
            #[cfg(feature = "blocks")]
            marks: [0; RAM_SIZE],
            #[cfg(feature = "blocks")]
            compiled_fuel: 0,
            #[cfg(feature = "blocks")]
            blocks: blocks::Blocks::default(),
        });
        #[cfg(feature = "eager")]
        uxn.set_hot(Some(1));
        uxn
    }

    /// Makes everything zero again but for a ROM, as [`new`](Uxn::new) and [`load`](Uxn::load) do.
    pub fn restart(&mut self, rom: &[u8]) {
        let rom = &rom[..rom.len().min(RAM_SIZE - usize::from(RESET))];
        let (before, rest) = self.ram.split_at_mut(RESET.into());
        let (program, behind) = rest.split_at_mut(rom.len());
        before.fill(0);
        program.copy_from_slice(rom);
        behind.fill(0);
        (self.wst, self.rst, self.dev) = (Stack::default(), Stack::default(), [0; 256]);
        (self.pc, self.fuel, self.reserve, self.deficit) = (0, 0, 0, 0);
        // What was compiled from the same bytes stays.
        #[cfg(feature = "blocks")]
        self.review_blocks();
    }

    /// Says what can be taken for granted of each port: [`QUIET`], [`PLAIN`] and [`KEPT`], or nothing, as of all at first.
    /// Plain ports are read and kept ones written without their device, and compiled code calls quiet ones by itself.
    pub fn set_ports(&mut self, ports: &'static [u8; 256]) {
        #[cfg(feature = "blocks")]
        self.forget_blocks();
        self.ports = ports;
    }

    /// Copies a ROM to [`RESET`]. What does not fit below 0x10000 is left out; it belongs into the
    /// expansion banks, which are not the CPU's.
    pub fn load(&mut self, rom: &[u8]) {
        let start = usize::from(RESET);
        let length = rom.len().min(RAM_SIZE - start);
        self.ram_range_mut(start..start + length).copy_from_slice(&rom[..length]);
    }

    /// Main memory.
    pub fn ram(&self) -> &[u8; RAM_SIZE] {
        self.ram.first_chunk().expect("main memory is longer than the guard behind it")
    }

    /// Main memory, to be changed.
    pub fn ram_mut(&mut self) -> &mut [u8; RAM_SIZE] {
        #[cfg(feature = "blocks")]
        self.overwritten(0..RAM_SIZE);
        self.ram.first_chunk_mut().expect("main memory is longer than the guard behind it")
    }

    /// A part of main memory, to be changed: what a device writes to. The range is inside.
    pub fn ram_range_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        #[cfg(feature = "blocks")]
        self.overwritten(range.clone());
        &mut self.ram[range]
    }

    /// The short at an address; the second byte wraps from 0xffff to 0.
    pub fn ram_short(&self, address: u16) -> u16 {
        let ram = self.ram();
        u16::from_be_bytes([ram[usize::from(address)], ram[usize::from(address.wrapping_add(1))]])
    }

    /// The short in two ports of the device page; the second port wraps from 0xff to 0.
    pub fn dev_short(&self, port: u8) -> u16 {
        u16::from_be_bytes([self.dev[usize::from(port)], self.dev[usize::from(port.wrapping_add(1))]])
    }

    /// Sets the short in two ports of the device page.
    pub fn set_dev_short(&mut self, port: u8, value: u16) {
        let [high, low] = value.to_be_bytes();
        self.dev[usize::from(port)] = high;
        self.dev[usize::from(port.wrapping_add(1))] = low;
    }

    /// The address of the next instruction.
    pub fn pc(&self) -> u16 {
        self.pc
    }

    /// Sets the address at which the next [`run`](Uxn::run) goes on: the start of a vector.
    pub fn set_pc(&mut self, pc: u16) {
        self.pc = pc;
    }

    /// The fuel that the last [`run`](Uxn::run) left over; in a call of a device, what is left behind its
    /// instruction.
    pub fn fuel(&self) -> u32 {
        self.fuel
    }

    /// Takes fuel for work done on behalf of the program, so that a device whose single write costs as
    /// much as a million instructions cannot be used to freeze the host. The machine stops behind the
    /// instruction if none is left.
    #[cfg_attr(target_family = "wasm", inline(never))]
    pub fn charge(&mut self, fuel: u32) {
        self.deficit = self.deficit.saturating_add(fuel.saturating_sub(self.fuel));
        self.fuel = self.fuel.saturating_sub(fuel);
    }

    /// What devices have [charged](Uxn::charge) beyond the fuel since the last call. The CPU forgives it. A host whose
    /// slices are smaller than what a device may charge at once takes it off the next ones.
    pub fn take_deficit(&mut self) -> u32 {
        std::mem::take(&mut self.deficit)
    }

    /// Evaluates from [`pc`](Uxn::pc) until `BRK`, until a device halts, or until the fuel is used up.
    ///
    /// Straight code costs its length: a unit for each byte by which the program counter moves on, operand
    /// bytes too, and one more for each move of control. The fuel is looked at only
    /// - when a jump or call has been taken (`JMP`, `JCN`, `JSR`, `JCI`, `JMI`, `JSI`). Due are one unit and the
    ///   bytes from where control last arrived, which is the start of this run or the target of the last jump,
    ///   up to behind the jump instruction. The machine that has nothing left stops with [`pc`](Uxn::pc) at
    ///   the target;
    /// - when the program counter has run past 0xffff and the next instruction would be fetched from there: a
    ///   jump of the same price, to the address modulo 0x10000;
    /// - in a device instruction. The device sees what is left behind it and may [take more](Uxn::charge). The
    ///   machine that then has nothing left stops behind the instruction.
    ///
    /// Between two of these lie at most 65,536 bytes, and what they cost beyond the fuel is forgiven:
    /// [`fuel`](Uxn::fuel) is 0 then. Without fuel nothing is evaluated.
    ///
    /// After [`Stop::Brk`] the program counter is behind the `BRK`, and the bytes up to there are paid. A device
    /// that halts and takes the last of the fuel has halted. Runs in slices do the same as one long run, but for
    /// the price: where a slice ends, a deficit is forgiven, and the unit for a program counter that has just
    /// passed 0xffff is not due.
    pub fn run(&mut self, engine: Engine, devices: &mut dyn Devices, fuel: u32) -> Stop {
        self.fuel = fuel;
        if fuel == 0 {
            return Stop::Fuel;
        }
        let devices: NonNull<dyn Devices + '_> = NonNull::from(devices);
        // SAFETY: only the lifetime changes. The pointer is used by the dispatcher below and is removed
        // before the borrow it came from ends.
        #[allow(unsafe_code)]
        let devices =
            unsafe { std::mem::transmute::<NonNull<dyn Devices + '_>, NonNull<dyn Devices>>(devices) };
        // A device that runs the machine it is called from must find its own way back.
        let outer = self.devices.replace(devices);
        loop {
            match engine {
                #[cfg(feature = "tailcall")]
                Engine::Tailcall => tailcall::run(self),
                Engine::Switch => switch::run(self, switch::Until::Fuel),
            }
            // A dispatcher also stops where it takes more of the fuel into its registers.
            if self.stop != Stop::Fuel || self.fuel == 0 {
                break;
            }
        }
        self.devices = outer;
        #[cfg(feature = "blocks")]
        {
            self.blocks.age = self.blocks.age.wrapping_add(fuel.saturating_sub(self.fuel));
        }
        self.stop
    }
}
