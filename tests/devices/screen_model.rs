//! Random drawing against a second screen, slow and plain, written pixel by pixel from the specification.

use fantail::uxn::Engine;
use fantail::varvara::{Edition, Options, Status, Varvara};
use proptest::prelude::*;

use crate::machine::FUEL;

/// A write to one of the screen's registers or a drawing port.
#[derive(Clone, Copy, Debug)]
enum Write {
    Width(u16),
    Height(u16),
    Auto(u8),
    X(u16),
    Y(u16),
    Addr(u16),
    Pixel(u8),
    Sprite(u8),
}

/// Both layers, each a colour per pixel.
struct Model {
    width: i32,
    height: i32,
    layers: [Vec<u8>; 2],
    auto: u8,
    x: u16,
    y: u16,
    addr: u16,
    memory: Vec<u8>,
    edition: Edition,
}

/// Rows of the table in the specification; `-` is not written.
const BLENDING: [&str; 4] = ["-0001-1122-2333-", "0123012301230123", "1231123112311231", "2312231223122312"];

impl Model {
    fn resize(&mut self, width: u16, height: u16) {
        let (width, height) = (i32::from(width), i32::from(height));
        if (width, height) != (self.width, self.height) {
            (self.width, self.height) = (width, height);
            self.layers = [vec![0; (width * height) as usize], vec![0; (width * height) as usize]];
        }
    }

    fn put(&mut self, layer: usize, x: i32, y: i32, colour: u8) {
        if (0..self.width).contains(&x) && (0..self.height).contains(&y) {
            self.layers[layer][(y * self.width + x) as usize] = colour;
        }
    }

    fn pixel(&mut self, control: u8) {
        let layer = usize::from(control >> 6 & 1);
        let (x, y) = (i32::from(self.x as i16), i32::from(self.y as i16));
        if control & 0x80 != 0 {
            for row in 0..self.height {
                for column in 0..self.width {
                    let in_x = if control & 0x10 != 0 { column < x } else { column >= x };
                    let in_y = if control & 0x20 != 0 { row < y } else { row >= y };
                    if in_x && in_y {
                        self.put(layer, column, row, control & 3);
                    }
                }
            }
            return;
        }
        self.put(layer, x, y, control & 3);
        let back = self.edition == Edition::Y2026;
        if self.auto & 1 != 0 {
            self.x = self.x.wrapping_add(if back && control & 0x10 != 0 { 0xffff } else { 1 });
        }
        if self.auto & 2 != 0 {
            self.y = self.y.wrapping_add(if back && control & 0x20 != 0 { 0xffff } else { 1 });
        }
    }

    fn sprite(&mut self, control: u8) {
        let fx = if control & 0x10 != 0 { -1 } else { 1 };
        let fy = if control & 0x20 != 0 { -1 } else { 1 };
        let dx = if self.auto & 1 != 0 { 8 } else { 0 };
        let dy = if self.auto & 2 != 0 { 8 } else { 0 };
        let (mut x, mut y) = (self.x, self.y);
        for _ in 0..=self.auto >> 4 {
            for row in 0..8 {
                for column in 0..8 {
                    let at = usize::from(self.addr) + if fy < 0 { 7 - row } else { row };
                    let bit = if fx < 0 { column } else { 7 - column };
                    let mut value = self.memory[at] >> bit & 1;
                    if control & 0x80 != 0 {
                        value |= (self.memory[at + 8] >> bit & 1) << 1;
                    }
                    let entry = BLENDING[usize::from(value)].as_bytes()[usize::from(control & 0xf)];
                    if entry != b'-' {
                        let x = i32::from(x.wrapping_add(column as u16) as i16);
                        let y = i32::from(y.wrapping_add(row as u16) as i16);
                        self.put(usize::from(control >> 6 & 1), x, y, entry - b'0');
                    }
                }
            }
            if self.auto & 4 != 0 {
                self.addr = self.addr.wrapping_add(if control & 0x80 != 0 { 16 } else { 8 });
            }
            x = x.wrapping_add((fx * dy) as u16);
            y = y.wrapping_add((fy * dx) as u16);
        }
        self.x = self.x.wrapping_add((fx * dx) as u16);
        self.y = self.y.wrapping_add((fy * dy) as u16);
    }

    fn write(&mut self, write: Write) {
        match write {
            Write::Width(width) => self.resize(width, self.height as u16),
            Write::Height(height) => self.resize(self.width as u16, height),
            Write::Auto(auto) => self.auto = auto,
            Write::X(x) => self.x = x,
            Write::Y(y) => self.y = y,
            Write::Addr(addr) => self.addr = addr,
            Write::Pixel(control) => self.pixel(control),
            Write::Sprite(control) => self.sprite(control),
        }
    }
}

impl Write {
    fn code(self) -> Vec<u8> {
        let short = |port: u8, value: u16| vec![0xa0, (value >> 8) as u8, value as u8, 0x80, port, 0x37];
        let byte = |port: u8, value: u8| vec![0x80, value, 0x80, port, 0x17];
        match self {
            Write::Width(width) => short(0x22, width),
            Write::Height(height) => short(0x24, height),
            Write::Auto(auto) => byte(0x26, auto),
            Write::X(x) => short(0x28, x),
            Write::Y(y) => short(0x2a, y),
            Write::Addr(addr) => short(0x2c, addr),
            Write::Pixel(control) => byte(0x2e, control),
            Write::Sprite(control) => byte(0x2f, control),
        }
    }
}

/// Around the screen, or anywhere.
fn position() -> impl Strategy<Value = u16> {
    prop_oneof![6 => (-20i16..60).prop_map(|position| position as u16), 1 => any::<u16>()]
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        1 => (0u16..50).prop_map(Write::Width),
        1 => (0u16..50).prop_map(Write::Height),
        4 => any::<u8>().prop_map(Write::Auto),
        6 => position().prop_map(Write::X),
        6 => position().prop_map(Write::Y),
        6 => prop_oneof![any::<u16>(), 0xffe0u16..=0xffff].prop_map(Write::Addr),
        6 => any::<u8>().prop_map(Write::Pixel),
        12 => any::<u8>().prop_map(Write::Sprite),
    ]
}

proptest! {
    #[test]
    fn the_screen_agrees_with_a_plain_one(
        writes in prop::collection::vec(write(), 1..200),
        edition in prop::sample::select(Edition::ALL),
        seed in any::<u32>(),
    ) {
        // Size first, then the writes, then tiles of noise up to the end of main memory and beyond.
        let setup = [Write::Width(40), Write::Height(30)];
        let mut rom: Vec<u8> = setup.iter().chain(&writes).flat_map(|write| write.code()).collect();
        rom.push(0);
        let mut random = seed | 1;
        rom.resize_with(0xff00 + 0x100, || {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            random as u8
        });
        let mut memory = vec![0; 0x0100];
        memory.extend(&rom);

        let mut model = Model {
            width: 512,
            height: 320,
            layers: [vec![0; 512 * 320], vec![0; 512 * 320]],
            auto: 0,
            x: 0,
            y: 0,
            addr: 0,
            memory,
            edition,
        };
        setup.iter().chain(&writes).for_each(|&write| model.write(write));

        for &engine in Engine::ALL {
            let mut computer = Varvara::new(&rom, Options { engine, edition, ..Options::default() });
            prop_assert_eq!(computer.run(FUEL), Status::Idle);
            let screen = computer.screen();
            let size = (i32::from(screen.width()), i32::from(screen.height()));
            prop_assert_eq!(size, (model.width, model.height));
            let [background, foreground] = &model.layers;
            let expected: Vec<u8> = foreground.iter().zip(background).map(|(f, b)| f * 4 + b).collect();
            prop_assert_eq!(screen.pixels(), expected);
            let short = |port| computer.uxn().dev_short(port);
            prop_assert_eq!((short(0x28), short(0x2a), short(0x2c)), (model.x, model.y, model.addr));
        }
    }
}
