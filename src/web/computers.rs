//! One program on several computers at once, for the fuzzer: as `trial`, but with the devices of Varvara.

use wasm_bindgen::prelude::*;

use super::trial::{BLOCKS, Outcome, TrialModule, compile_hot, difference, overcount, same};
use crate::uxn::{Engine, Uxn};
use crate::varvara::{Event, InputType, Options, Status, Varvara};

struct Computer {
    name: String,
    /// Whether hot code is compiled.
    compiles: bool,
    varvara: Varvara,
}

impl Computer {
    fn new(name: &str, rom: &[u8]) -> Result<Computer, JsError> {
        let compiles = name == BLOCKS;
        let engine = if compiles {
            Engine::Tailcall
        } else {
            name.parse().map_err(|error: String| JsError::new(&error))?
        };
        let varvara = Varvara::new(rom, Options { engine, ..Options::default() });
        Ok(Computer { name: name.to_owned(), compiles, varvara })
    }

    fn uxn(&mut self) -> &mut Uxn {
        self.varvara.uxn_mut()
    }
}

/// A program on computers with all engines.
#[wasm_bindgen]
pub struct Computers {
    reference: Computer,
    subjects: Vec<Computer>,
    /// Hot addresses that have still to be compiled.
    rest: Vec<u16>,
    difference: String,
}

#[wasm_bindgen]
impl Computers {
    /// Computers with these engines and a ROM. Code that is jumped to `hot` times is compiled.
    ///
    /// # Errors
    /// When there is no such engine in this build.
    #[wasm_bindgen(constructor)]
    pub fn new(engines: Vec<String>, rom: &[u8], hot: u16) -> Result<Computers, JsError> {
        let mut subjects =
            engines.iter().map(|name| Computer::new(name, rom)).collect::<Result<Vec<_>, _>>()?;
        for subject in subjects.iter_mut().filter(|subject| subject.compiles) {
            subject.uxn().set_hot(Some(hot));
        }
        let reference = Computer::new(Engine::Switch.name(), rom)?;
        Ok(Computers { reference, subjects, rest: Vec::new(), difference: String::new() })
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Computer> {
        std::iter::once(&mut self.reference).chain(&mut self.subjects)
    }

    /// Starts the program again.
    pub fn reset(&mut self) {
        self.all().for_each(|computer| computer.varvara.reset());
    }

    /// Sends an event, which the value makes one of many.
    pub fn send(&mut self, value: u32) {
        let [kind, a, b, c] = value.to_le_bytes();
        let event = match kind % 8 {
            0..=2 => Event::Frame,
            3 => Event::Key(a),
            4 => Event::Button { player: b & 3, button: a, down: c & 1 == 0 },
            5 => Event::MouseMove { x: u16::from(a) * 2, y: u16::from(b) },
            6 => Event::MouseButton { mask: a & 7, down: c & 1 == 0 },
            _ => Event::Console { byte: a, kind: InputType::Stdin },
        };
        self.all().for_each(|computer| {
            computer.varvara.send(event);
        });
    }

    /// Lets all computers run, and compares them.
    pub fn run(&mut self, fuel: u32) -> Outcome {
        let status = self.reference.varvara.run(fuel);
        let output = self.reference.varvara.take_output();
        let should = &self.reference.varvara;
        for subject in &mut self.subjects {
            let compiled_before = subject.uxn().compiled_fuel();
            let is = subject.varvara.run(fuel);
            let printed = subject.varvara.take_output();
            let varvara = &subject.varvara;
            let compiled = varvara.uxn().compiled_fuel().wrapping_sub(compiled_before);
            let found = if is != status {
                Some(format!("is {is:?}, not {status:?}"))
            } else if printed != output {
                Some(format!("prints {printed:?}, not {output:?}"))
            } else if varvara.fuel() != should.fuel() {
                Some(format!("fuel left is {}, not {}", varvara.fuel(), should.fuel()))
            } else if let Some(difference) = difference(varvara.uxn(), should.uxn(), true) {
                Some(difference)
            } else if let Some(difference) = overcount(compiled, fuel, varvara.fuel()) {
                Some(difference)
            } else if !same(varvara.screen().pixels(), should.screen().pixels())
                || varvara.palette() != should.palette()
            {
                Some("the picture is another one".to_owned())
            } else {
                let mut sound = [[[0; 2]; 64]; 2];
                varvara.sound(&mut sound[0]);
                should.sound(&mut sound[1]);
                (sound[0] != sound[1]).then(|| "the sound is another one".to_owned())
            };
            if let Some(found) = found {
                self.difference = format!("{} in a computer: {found}", subject.name);
                return Outcome::Differs;
            }
        }
        match status {
            Status::Idle => Outcome::Brk,
            Status::Busy => Outcome::Fuel,
            Status::Exited(_) => Outcome::Halted,
        }
    }

    /// Compiles what is hot, as in [`Trial`](super::trial::Trial).
    pub fn compile(&mut self, #[wasm_bindgen(js_name = isBrief)] is_brief: bool) -> Option<TrialModule> {
        let subject = self.subjects.iter_mut().find(|subject| subject.compiles)?;
        compile_hot(subject.uxn(), &mut self.rest, is_brief)
    }

    /// Links units whose functions are in the table at `slots`. How many have been.
    pub fn link(&mut self, module: TrialModule, slots: &[u16]) -> usize {
        let subject = self.subjects.iter_mut().find(|subject| subject.compiles);
        subject.map_or(0, |subject| subject.uxn().link_all(module.translation.units, slots))
    }

    /// The fuel that compiled code has used, modulo 2³².
    #[wasm_bindgen(getter, js_name = compiledFuel)]
    pub fn compiled_fuel(&self) -> u32 {
        self.subjects.iter().fold(0, |sum, subject| sum.wrapping_add(subject.varvara.uxn().compiled_fuel()))
    }

    /// The table's slots that are free again.
    #[wasm_bindgen(js_name = takeRetired)]
    pub fn take_retired(&mut self) -> Vec<u16> {
        self.subjects.iter_mut().flat_map(|subject| subject.uxn().take_retired()).collect()
    }

    /// Has all compiled code unlinked. What it leaves is [retired](Computers::take_retired).
    pub fn close(&mut self) {
        for subject in self.subjects.iter_mut().filter(|subject| subject.compiles) {
            subject.uxn().set_hot(None);
        }
    }

    /// The last difference.
    #[wasm_bindgen(getter)]
    pub fn difference(&self) -> String {
        self.difference.clone()
    }
}
