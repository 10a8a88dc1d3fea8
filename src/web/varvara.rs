//! [`WebVarvara`] is [`Varvara`] with JavaScript's names and types, and [`LocalClock`] its Datetime.
//!
//! Nothing is emulated here, and nothing is decided: when to run, with how much fuel, and what to show is
//! up to the page (`www/player/`). Every method may be called at any time.

use std::rc::Rc;

use js_sys::{Array, Date, Function, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::prelude::*;

use crate::uxn::Engine;
use crate::uxn::sample::{AGAIN, SAMPLE};
#[cfg(feature = "blocks")]
use crate::uxn::unit::Description;
use crate::varvara::{Clock, DateTime, Edition, Event, InputType, Options, Status, Stream, Varvara, rom};

use super::files::WebFiles;

/// How often [`warm_up`] runs its program: 100,000 instructions, some milliseconds when nothing is compiled. Firefox
/// optimises `dispatch` after 68,000 turns of its loop, as long as the module is as small as `cargo xtask wasm` wants it.
const WARM_UP: u32 = 1200;

/// Panics are reported on the browser's console with their place in the source.
#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// The dispatcher of this build: `tailcall` or `switch`.
#[wasm_bindgen]
pub fn engine() -> String {
    Engine::default().name().to_owned()
}

/// The size of the largest ROM in bytes.
#[wasm_bindgen(js_name = maxRomSize)]
pub fn max_rom_size() -> usize {
    rom::MAX_ROM
}

/// Why these bytes cannot be a ROM, in words, or `undefined` if they can.
#[wasm_bindgen(js_name = checkRom)]
pub fn check_rom(bytes: &[u8]) -> Option<String> {
    rom::check(bytes).err().map(|error| error.to_string())
}

/// Runs a program that has something of everything, for nothing: browsers compile functions when they are called for
/// the first time, and begin to optimise them when they have been used for a while.
#[wasm_bindgen(js_name = warmUp)]
pub fn warm_up() {
    let mut varvara = Varvara::new(&SAMPLE, Options::default());
    varvara.run(u32::MAX);
    for _ in 0..WARM_UP {
        varvara.send(Event::Console { byte: AGAIN, kind: InputType::Stdin });
    }
    varvara.run(u32::MAX);
}

/// The function table of this module, to which compiled functions are added.
#[cfg(feature = "blocks")]
#[wasm_bindgen(js_name = functionTable, unchecked_return_type = "WebAssembly.Table")]
pub fn function_table() -> JsValue {
    wasm_bindgen::function_table()
}

/// What compiled modules import.
///
/// # Errors
/// None that are known: the functions are in the table.
#[cfg(feature = "blocks")]
#[wasm_bindgen(js_name = unitImports, unchecked_return_type = "WebAssembly.Imports")]
pub fn unit_imports() -> Result<JsValue, JsValue> {
    let table = js_sys::WebAssembly::Table::from(wasm_bindgen::function_table());
    let module = js_sys::Object::new();
    js_sys::Reflect::set(&module, &"m".into(), &wasm_bindgen::memory())?;
    for (name, index) in crate::uxn::unit_imports() {
        js_sys::Reflect::set(&module, &name.into(), &table.get(index)?.into())?;
    }
    let imports = js_sys::Object::new();
    js_sys::Reflect::set(&imports, &"f".into(), &module)?;
    Ok(imports.into())
}

/// What a run came to.
#[wasm_bindgen(js_name = Status)]
#[derive(Clone, Copy)]
pub enum WebStatus {
    /// Everything sent has been worked off.
    Idle,
    /// There is more to do: the fuel was used up, or output waits to be taken.
    Busy,
    /// The program has ended. See [`WebVarvara::exit_code`].
    Exited,
}

/// One computer with its program.
#[wasm_bindgen(js_name = Varvara)]
pub struct WebVarvara {
    varvara: Varvara,
    /// The last picture, kept for its memory.
    rgba: Vec<u8>,
}

#[wasm_bindgen(js_class = Varvara)]
impl WebVarvara {
    /// A computer with a ROM in memory and its reset vector pending. The arguments are delivered to the
    /// program's Console. `edition` is `"2026"` or `"2023"`. The computer shares the files.
    ///
    /// # Errors
    /// When there is no such edition.
    #[wasm_bindgen(constructor)]
    pub fn new(
        rom: &[u8],
        #[wasm_bindgen(unchecked_param_type = "Uint8Array[]")] args: &Array,
        edition: &str,
        files: &WebFiles,
    ) -> Result<WebVarvara, JsError> {
        Ok(WebVarvara { varvara: computer(rom, args, edition, files)?, rgba: Vec::new() })
    }

    /// Starts the same program again, with everything as after the constructor.
    pub fn reset(&mut self) {
        self.varvara.reset();
    }

    /// Goes on until nothing is left to do or the fuel is used up.
    pub fn run(&mut self, fuel: u32) -> WebStatus {
        match self.varvara.run(fuel) {
            Status::Idle => WebStatus::Idle,
            Status::Busy => WebStatus::Busy,
            Status::Exited(_) => WebStatus::Exited,
        }
    }

    /// The fuel left over from the last run.
    #[wasm_bindgen(getter)]
    pub fn fuel(&self) -> u32 {
        self.varvara.fuel()
    }

    /// The exit code, once the program has ended.
    #[wasm_bindgen(getter, js_name = exitCode)]
    pub fn exit_code(&self) -> Option<u8> {
        self.varvara.exit_code()
    }

    /// Lets code that is jumped to so often be compiled, or none at all. See `www/player/emulator/compile/blocks.ts`.
    #[cfg(feature = "blocks")]
    #[wasm_bindgen(js_name = setHot)]
    pub fn set_hot(&mut self, threshold: Option<u16>) {
        self.varvara.uxn_mut().set_hot(threshold);
    }

    /// The addresses that have become hot, or `undefined` if there are none.
    #[cfg(feature = "blocks")]
    #[wasm_bindgen(js_name = takeHot)]
    pub fn take_hot(&mut self) -> Option<Vec<u16>> {
        let hot = self.varvara.uxn_mut().take_hot();
        (!hot.is_empty()).then_some(hot)
    }

    /// The machine as the compiler wants to see it.
    #[cfg(feature = "blocks")]
    pub fn snapshot(&self) -> Vec<u8> {
        self.varvara.uxn().snapshot().encode()
    }

    /// Links units whose functions are in the table at `slots`, one behind the other. How many still fit the memory.
    #[cfg(feature = "blocks")]
    pub fn link(&mut self, units: &[u8], slots: &[u16]) -> usize {
        self.varvara.uxn_mut().link_all(Description::decode(units), slots)
    }

    /// The fuel that compiled code has used, modulo 2³².
    #[cfg(feature = "blocks")]
    #[wasm_bindgen(getter, js_name = compiledFuel)]
    pub fn compiled_fuel(&self) -> u32 {
        self.varvara.uxn().compiled_fuel()
    }

    /// The table's slots that are free again.
    #[cfg(feature = "blocks")]
    #[wasm_bindgen(js_name = takeRetired)]
    pub fn take_retired(&mut self) -> Vec<u16> {
        self.varvara.uxn_mut().take_retired()
    }

    /// Hands over what the program has written, in order: `write(isError, bytes)`.
    ///
    /// # Errors
    /// What `write` throws.
    #[wasm_bindgen(js_name = takeOutput)]
    pub fn take_output(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "(isError: boolean, bytes: Uint8Array) => void")]
        write: &Function,
    ) -> Result<(), JsValue> {
        for output in self.varvara.take_output() {
            let is_error = matches!(output.stream, Stream::Stderr);
            write.call2(&JsValue::UNDEFINED, &is_error.into(), &Uint8Array::from(&output.bytes[..]))?;
        }
        Ok(())
    }

    /// Sends bytes of standard input. What does not fit into the queue of 65,536 events is lost.
    #[wasm_bindgen(js_name = sendInput)]
    pub fn send_input(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.varvara.send(Event::Console { byte, kind: InputType::Stdin });
        }
    }

    /// Ends standard input.
    #[wasm_bindgen(js_name = sendInputEnd)]
    pub fn send_input_end(&mut self) {
        self.varvara.send(Event::Console { byte: 0, kind: InputType::End });
    }

    /// Sends one byte of a typed character.
    #[wasm_bindgen(js_name = sendKey)]
    pub fn send_key(&mut self, byte: u8) {
        self.varvara.send(Event::Key(byte));
    }

    /// Presses or releases buttons of a controller: bits of its button byte. `player` counts from 0; there
    /// are four, and others have no buttons.
    #[wasm_bindgen(js_name = sendButton)]
    pub fn send_button(&mut self, player: u8, button: u8, down: bool) {
        self.varvara.send(Event::Button { player, button, down });
    }

    /// Moves the mouse to a pixel of the screen.
    #[wasm_bindgen(js_name = sendMouseMove)]
    pub fn send_mouse_move(&mut self, x: u16, y: u16) {
        self.varvara.send(Event::MouseMove { x, y });
    }

    /// Presses or releases mouse buttons: left 1, right 2, middle 4.
    #[wasm_bindgen(js_name = sendMouseButton)]
    pub fn send_mouse_button(&mut self, mask: u8, down: bool) {
        self.varvara.send(Event::MouseButton { mask, down });
    }

    /// Turns the wheel by whole steps; right and down are positive.
    #[wasm_bindgen(js_name = sendScroll)]
    pub fn send_scroll(&mut self, x: i16, y: i16) {
        self.varvara.send(Event::Scroll { x, y });
    }

    /// Sends the screen's tick, due sixty times a second.
    #[wasm_bindgen(js_name = sendFrame)]
    pub fn send_frame(&mut self) {
        self.varvara.send(Event::Frame);
    }

    /// Lets a sixtieth of a second pass without the screen's tick.
    #[wasm_bindgen(js_name = skipFrame)]
    pub fn skip_frame(&mut self) {
        self.varvara.skip_frame();
    }

    /// Whether the program plays something that can be heard.
    #[wasm_bindgen(getter, js_name = isSounding)]
    pub fn is_sounding(&self) -> bool {
        self.varvara.is_sounding()
    }

    /// The time that has passed for the program, in samples at 44100 a second.
    #[wasm_bindgen(getter, js_name = soundTime)]
    pub fn sound_time(&self) -> f64 {
        self.varvara.sound_time() as f64
    }

    /// What is to be heard from now on if the program does nothing more: left and right of each sample.
    pub fn sound(&self, samples: usize) -> Vec<i16> {
        let mut sound = vec![[0; 2]; samples];
        self.varvara.sound(&mut sound);
        sound.into_flattened()
    }

    /// The width of the screen in pixels.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u16 {
        self.varvara.screen().width()
    }

    /// The height of the screen in pixels.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u16 {
        self.varvara.screen().height()
    }

    /// Whether the picture has changed since this was last asked.
    #[wasm_bindgen(js_name = takeRedraw)]
    pub fn take_redraw(&mut self) -> bool {
        self.varvara.take_redraw()
    }

    /// Copies the picture into the data of an `ImageData` of the screen's size.
    #[wasm_bindgen(js_name = drawInto)]
    pub fn draw_into(&mut self, pixels: &Uint8ClampedArray) {
        self.varvara.picture_rgba(&mut self.rgba);
        if pixels.length() as usize == self.rgba.len() {
            pixels.copy_from(&self.rgba);
        }
    }

    /// Gives a program that shows the colours it has read from `.theme` those of another theme. Whether it did.
    #[wasm_bindgen(js_name = followTheme)]
    pub fn follow_theme(&mut self, before: &[u8], after: &[u8]) -> bool {
        let (Ok(before), Ok(after)) = (before.try_into(), after.try_into()) else { return false };
        self.varvara.follow_theme(before, after)
    }

    /// The lines of the program's metadata, its name first, once the program has announced it.
    #[wasm_bindgen(getter)]
    pub fn metadata(&self) -> Option<Vec<String>> {
        let metadata = self.varvara.metadata()?;
        Some(std::iter::once(&metadata.name).chain(&metadata.lines).cloned().collect())
    }

    /// Whether the program uses the mouse.
    #[wasm_bindgen(getter, js_name = usesMouse)]
    pub fn uses_mouse(&self) -> bool {
        self.varvara.uses_mouse()
    }

    /// Whether the program uses the controller.
    #[wasm_bindgen(getter, js_name = usesController)]
    pub fn uses_controller(&self) -> bool {
        self.varvara.uses_controller()
    }

    /// Whether the program has named a file.
    #[wasm_bindgen(getter, js_name = usesFiles)]
    pub fn uses_files(&self) -> bool {
        self.varvara.uses_files()
    }

    /// Whether the program listens to standard input.
    #[wasm_bindgen(getter, js_name = usesConsole)]
    pub fn uses_console(&self) -> bool {
        self.varvara.uses_console()
    }
}

/// Apart from the function that JavaScript calls, into which it would be inlined, it can be made for size.
#[optimize(size)]
#[inline(never)]
fn computer(rom: &[u8], args: &Array, edition: &str, files: &WebFiles) -> Result<Varvara, JsError> {
    let args = args.iter().map(|arg| Uint8Array::new(&arg).to_vec()).collect();
    let edition: Edition = edition.parse().map_err(|error: String| JsError::new(&error))?;
    let files = Box::new(Rc::clone(&files.memory));
    let options = Options { args, edition, clock: Box::new(LocalClock), files, ..Options::default() };
    Ok(Varvara::new(rom, options))
}

/// The browser's time in its time zone.
struct LocalClock;

impl Clock for LocalClock {
    fn now(&mut self) -> DateTime {
        let now = Date::new_0();
        let (year, month) = (now.get_full_year(), now.get_month());
        let first = |month: i32| Date::new_with_year_month_day(year, month, 1);
        let midnight = Date::new_with_year_month_day(year, month as i32, now.get_date() as i32);
        // A day has 23 or 25 hours when the clocks change: the quotient is rounded.
        let yearday = ((midnight.get_time() - first(0).get_time()) / 86_400_000.0).round();
        // Minutes that local time is behind UTC: fewer in summer, whichever half of the year that is.
        let winter_offset = first(0).get_timezone_offset().max(first(6).get_timezone_offset());
        DateTime {
            year: year as u16,
            month: month as u8,
            day: now.get_date() as u8,
            hour: now.get_hours() as u8,
            minute: now.get_minutes() as u8,
            second: now.get_seconds() as u8,
            weekday: now.get_day() as u8,
            yearday: yearday as u16,
            dst: now.get_timezone_offset() < winter_offset,
        }
    }
}
