//! What programs draw, compared with pictures that a human has looked at.
//!
//! The expectations are the PNG files beside this one. A difference is written to `tests/diff/` as one
//! picture of three panels: expected, got, and the differing pixels in red. `UPDATE_PICTURES=1` in the
//! environment makes what is drawn the expectation; look at it before it is committed.

#![cfg_attr(target_family = "wasm", feature(custom_test_frameworks, test), test_runner(eager::run))]
#[cfg(target_family = "wasm")]
extern crate test;

#[cfg(target_family = "wasm")]
#[path = "../eager/mod.rs"]
mod eager;

#[cfg(not(target_family = "wasm"))]
use std::fs;
use std::io::Cursor;
use std::path::Path;

#[cfg(target_family = "wasm")]
use eager::fs;
use fantail::uxn::Engine;
use fantail::varvara::{Options, Status, Varvara};

/// Rows from the top, three bytes a pixel.
#[derive(PartialEq)]
struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Picture {
    fn read(path: &Path) -> Option<Picture> {
        let mut reader = png::Decoder::new(Cursor::new(fs::read(path).ok()?)).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        assert_eq!(
            (info.color_type, info.bit_depth),
            (png::ColorType::Rgb, png::BitDepth::Eight),
            "{path:?}"
        );
        Some(Picture { width: info.width as usize, height: info.height as usize, rgb })
    }

    fn write(&self, path: &Path) {
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&self.rgb).unwrap();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, png).unwrap();
    }

    #[cfg(not(target_family = "wasm"))]
    fn pixel(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        let inside = x < self.width && y < self.height;
        inside.then(|| *self.rgb[(y * self.width + x) * 3..].first_chunk().unwrap())
    }

    /// This picture, the other, and where they differ, side by side.
    #[cfg(not(target_family = "wasm"))]
    fn difference(&self, got: &Picture) -> Picture {
        const GAP: [u8; 3] = [0x80; 3];
        let (width, height) = (self.width.max(got.width), self.height.max(got.height));
        let mut rgb = Vec::new();
        for y in 0..height {
            rgb.extend((0..width).flat_map(|x| self.pixel(x, y).unwrap_or(GAP)));
            rgb.extend(GAP);
            rgb.extend((0..width).flat_map(|x| got.pixel(x, y).unwrap_or(GAP)));
            rgb.extend(GAP);
            rgb.extend(
                (0..width).flat_map(
                    |x| {
                        if self.pixel(x, y) == got.pixel(x, y) { [0; 3] } else { [0xff, 0, 0] }
                    },
                ),
            );
        }
        Picture { width: 3 * width + 2, height, rgb }
    }
}

/// Runs a program on every engine and compares what it has drawn with the picture of this name.
fn check(name: &str, program: Program) {
    let path = Path::new("tests/pictures").join(name).with_extension("png");
    for &engine in Engine::ALL {
        let got = program.picture(engine);
        if std::env::var_os("UPDATE_PICTURES").is_some() {
            got.write(&path);
        }
        let Some(expected) = Picture::read(&path) else {
            panic!("{} is missing; UPDATE_PICTURES=1 makes it", path.display())
        };
        if got != expected {
            let diff = Path::new("tests/diff").join(name).with_extension("png");
            #[cfg(not(target_family = "wasm"))]
            expected.difference(&got).write(&diff);
            panic!("{name} on {}: see {}", engine.name(), diff.display());
        }
    }
}

/// Where the tiles lie in memory.
const TILES: u16 = 0x8000;
/// An F, which looks different under every flip.
const LETTER: u16 = TILES;
/// A tile of two planes whose rows have the values 0 0 1 1 2 2 3 3, and a corner that is 3.
const VALUES: u16 = TILES + 8;
/// The digits 0 to 9 and a to f, 1 bit per pixel.
const DIGITS: u16 = TILES + 24;
/// The same digits, 2 bits per pixel: the digit in 3 on a ground of 1.
const DIGITS_2: u16 = DIGITS + 16 * 8;

#[rustfmt::skip]
const DIGIT_TILES: [[u8; 8]; 16] = [
    [0x3c, 0x42, 0x46, 0x4a, 0x52, 0x62, 0x3c, 0], [0x08, 0x18, 0x28, 0x08, 0x08, 0x08, 0x3e, 0],
    [0x3c, 0x42, 0x02, 0x0c, 0x30, 0x40, 0x7e, 0], [0x3c, 0x42, 0x02, 0x1c, 0x02, 0x42, 0x3c, 0],
    [0x04, 0x0c, 0x14, 0x24, 0x7e, 0x04, 0x04, 0], [0x7e, 0x40, 0x7c, 0x02, 0x02, 0x42, 0x3c, 0],
    [0x3c, 0x40, 0x7c, 0x42, 0x42, 0x42, 0x3c, 0], [0x7e, 0x02, 0x04, 0x08, 0x10, 0x10, 0x10, 0],
    [0x3c, 0x42, 0x42, 0x3c, 0x42, 0x42, 0x3c, 0], [0x3c, 0x42, 0x42, 0x3e, 0x02, 0x04, 0x38, 0],
    [0x18, 0x24, 0x42, 0x42, 0x7e, 0x42, 0x42, 0], [0x7c, 0x42, 0x42, 0x7c, 0x42, 0x42, 0x7c, 0],
    [0x3c, 0x42, 0x40, 0x40, 0x40, 0x42, 0x3c, 0], [0x78, 0x44, 0x42, 0x42, 0x42, 0x44, 0x78, 0],
    [0x7e, 0x40, 0x40, 0x7c, 0x40, 0x40, 0x7e, 0], [0x7e, 0x40, 0x40, 0x7c, 0x40, 0x40, 0x40, 0],
];

fn tiles() -> Vec<u8> {
    let mut tiles = vec![0x7e, 0x40, 0x40, 0x78, 0x40, 0x40, 0x40, 0x00];
    tiles.extend([0xb3, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33]);
    tiles.extend([0x8f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f]);
    tiles.extend(DIGIT_TILES.as_flattened());
    for digit in DIGIT_TILES {
        tiles.extend([0xff; 8]);
        tiles.extend(digit);
    }
    tiles
}

/// A program that writes to ports, one write after the other.
struct Program(Vec<u8>);

impl Program {
    /// Starts with a palette of four colours that are easily told apart, and a screen of this size.
    fn new(width: u16, height: u16) -> Program {
        let mut program = Program(Vec::new());
        // White, red, green, blue, none of them pure.
        program.short(0x08, 0xfd13).short(0x0a, 0xf2a3).short(0x0c, 0xe34c);
        program.short(0x22, width).short(0x24, height);
        program
    }

    fn byte(&mut self, port: u8, value: u8) -> &mut Self {
        self.0.extend([0x80, value, 0x80, port, 0x17]);
        self
    }

    fn short(&mut self, port: u8, value: u16) -> &mut Self {
        let [high, low] = value.to_be_bytes();
        self.0.extend([0xa0, high, low, 0x80, port, 0x37]);
        self
    }

    fn auto(&mut self, auto: u8) -> &mut Self {
        self.byte(0x26, auto)
    }

    fn at(&mut self, x: i16, y: i16) -> &mut Self {
        self.short(0x28, x as u16).short(0x2a, y as u16)
    }

    fn pixel(&mut self, control: u8) -> &mut Self {
        self.byte(0x2e, control)
    }

    fn sprite(&mut self, addr: u16, control: u8) -> &mut Self {
        self.short(0x2c, addr).byte(0x2f, control)
    }

    /// Vertical stripes of all four colours, two pixels wide, on both layers crosswise.
    fn stripes(&mut self, width: i16, height: i16, foreground: bool) -> &mut Self {
        self.auto(0);
        for x in (0..width).step_by(2) {
            self.at(x, 0).pixel(0x80 | (x / 2 % 4) as u8);
        }
        if foreground {
            for y in (0..height).step_by(2) {
                self.at(0, y).pixel(0xc0 | (y / 2 % 4) as u8);
            }
        }
        self
    }

    fn picture(&self, engine: Engine) -> Picture {
        let mut rom = self.0.clone();
        let room = usize::from(TILES) - 0x0100;
        assert!(rom.len() < room, "the program reaches into its tiles");
        rom.resize(room, 0);
        rom.extend(tiles());
        let mut computer = Varvara::new(&rom, Options { engine, ..Options::default() });
        assert_eq!(computer.run(10_000_000), Status::Idle);
        let screen = computer.screen();
        let (width, height) = (screen.width().into(), screen.height().into());
        Picture { width, height, rgb: computer.picture() }
    }
}

/// Runs of pixels: all four directions of the auto step with both axes and each alone, on both layers.
#[test]
fn pixels() {
    let mut program = Program::new(64, 48);
    // A ground of the background's colour 1, so that the foreground's 0 can be told from it.
    program.at(0, 24).pixel(0x81);
    for (column, auto) in [0, 1, 2, 3].into_iter().enumerate() {
        for (row, layer) in [0x00, 0x40].into_iter().enumerate() {
            for flips in [0x00, 0x10, 0x20, 0x30] {
                let colour = if flips == 0 { 0x02 } else { 0x03 };
                program.at(8 + 16 * column as i16, 12 + 24 * row as i16).auto(auto);
                for _ in 0..6 {
                    program.pixel(layer | flips | colour);
                }
            }
        }
    }
    // Foreground drawn and erased over the ground: what is below shows again.
    program.auto(1).at(0, 47);
    for _ in 0..32 {
        program.pixel(0x42);
    }
    program.at(8, 47);
    for _ in 0..8 {
        program.pixel(0x40);
    }
    check("pixels", program);
}

/// Each direction from a point in the middle, on both layers; then positions outside, which fill all or nothing.
#[test]
fn fills() {
    let mut program = Program::new(48, 40);
    program.at(20, 16).pixel(0x80).pixel(0x91).pixel(0xa2).pixel(0xb3);
    // Frames on the foreground, each over the corner of its quarter.
    program.at(44, 36).pixel(0xc1).at(4, 36).pixel(0xd2).at(44, 4).pixel(0xe3).at(4, 4).pixel(0xf1);
    // Erases a part of the foreground at the right edge.
    program.at(46, 38).pixel(0xc0);
    // Nothing: to the right of the right edge, below, and left of the left edge.
    program.at(48, 0).pixel(0x83).at(0, 40).pixel(0x83).at(-1, 0).pixel(0x93).at(0, -8).pixel(0xa3);
    // Two rows from a negative column on; one column upward from far below.
    program.at(-20, 38).pixel(0x83).at(1, 1000).pixel(0xb1);
    check("fills", program);
}

fn blends(layer: u8) -> Program {
    let mut program = Program::new(16 * 12 + 4, 2 * 12 + 4);
    program.stripes(16 * 12 + 4, 2 * 12 + 4, layer != 0);
    for blend in 0..16 {
        let x = 4 + 12 * i16::from(blend);
        program.at(x, 4).sprite(LETTER, layer | blend);
        program.at(x, 16).sprite(VALUES, 0x80 | layer | blend);
    }
    program
}

/// The 16 blends from left to right, 1 bit per pixel above 2 bits per pixel, over stripes of all colours.
#[test]
fn blends_on_the_background() {
    check("blends_on_the_background", blends(0x00));
}

/// The same on the foreground, which has stripes of its own.
#[test]
fn blends_on_the_foreground() {
    check("blends_on_the_foreground", blends(0x40));
}

/// No flip, flip x, flip y, both; 1 bit per pixel above 2 bits per pixel; background, then foreground.
#[test]
fn flips() {
    let mut program = Program::new(2 * 40 + 4, 24);
    for (group, layer) in [0x00, 0x40].into_iter().enumerate() {
        for (column, flips) in [0x00, 0x10, 0x20, 0x30].into_iter().enumerate() {
            let x = 4 + 40 * group as i16 + 10 * column as i16;
            program.at(x, 2).sprite(LETTER, layer | flips | 0x01);
            program.at(x, 13).sprite(VALUES, 0x80 | layer | flips | 0x01);
        }
    }
    check("flips", program);
}

/// Eight columns for the bits of Screen/auto, four rows for the flips; in each cell two writes of three sprites.
fn auto(first: u16, control: u8) -> Program {
    const CELL: i16 = 52;
    let mut program = Program::new(8 * CELL as u16, 4 * CELL as u16);
    for (row, flips) in [0x00, 0x10, 0x20, 0x30].into_iter().enumerate() {
        for bits in 0..8 {
            let (x, y) = (i16::from(bits) * CELL, row as i16 * CELL);
            // The cell's ground, by two fills that leave the rest to the next ones.
            let ground = if (bits + row as u8) % 2 == 0 { 0 } else { 3 };
            program.auto(0).at(x, y).pixel(0x80 | ground);
            // Away from the side to which the sprites go.
            let start = |flip| if flips & flip != 0 { CELL - 10 } else { 2 };
            program.at(x + start(0x10), y + start(0x20)).auto(0x20 | bits);
            program.sprite(first, control | flips | 0x40 | 0x0a).byte(0x2f, control | flips | 0x40 | 0x05);
        }
    }
    program
}

/// Digits show the order. The second write is in another blend and starts where the registers then are.
#[test]
fn auto_with_one_bit_per_pixel() {
    check("auto_with_one_bit_per_pixel", auto(DIGITS, 0x00));
}

/// The same with sprites of 16 bytes.
#[test]
fn auto_with_two_bits_per_pixel() {
    check("auto_with_two_bits_per_pixel", auto(DIGITS_2, 0x80));
}

/// One to sixteen sprites by one write: rows by auto Y, each row a write.
#[test]
fn auto_lengths() {
    let mut program = Program::new(16 * 8, 16 * 8);
    program.at(0, 0);
    for length in 0..16 {
        program.auto(length << 4 | 0x06).sprite(DIGITS, 0x01 + length % 3);
    }
    check("auto_lengths", program);
}

/// Tiles across the four edges and corners, in all flips, on both layers; and tiles just outside.
#[test]
fn clipping() {
    let mut program = Program::new(44, 36);
    for (x, y, control) in [
        (-4, -3, 0x81),
        (18, -5, 0x91),
        (41, -4, 0xa1),
        (-1, 14, 0xb1),
        (37, 14, 0xc1),
        (-5, 31, 0xd1),
        (18, 29, 0xe1),
        (39, 33, 0xf1),
        (18, 14, 0x81),
    ] {
        program.at(x, y).sprite(VALUES, control);
    }
    for (x, y) in
        [(-8, 20), (44, 20), (10, -8), (10, 36), (-9, -9), (1000, 1000), (i16::MIN, 4), (i16::MAX, 4)]
    {
        program.at(x, y).sprite(DIGITS + 64, 0x02);
    }
    // A row of digits that starts outside on the left and ends outside on the right.
    program.auto(0x66).at(-3, 23).sprite(DIGITS, 0x03);
    check("clipping", program);
}

/// What was there before a resize is gone, and drawing goes to the new edges.
#[test]
fn resize() {
    let mut program = Program::new(64, 64);
    program.at(0, 0).pixel(0x81).pixel(0xc2).at(8, 8).sprite(LETTER, 0x4f);
    program.short(0x22, 37).short(0x24, 21);
    program.at(30, 15).pixel(0x83).at(2, 2).pixel(0xf2);
    // The same size again: everything stays.
    program.short(0x22, 37).short(0x24, 21);
    program.at(33, 10).sprite(LETTER, 0x01);
    check("resize", program);
}
