//! Screen (0x20): two layers of pixels, drawn one by one, as rectangles, or as tiles.
//!
//! Both layers share a byte per pixel: foreground * 4 + background. A row of a tile is then eight bytes, one
//! `u64`, and drawing it is a handful of logical operations whatever the blend; clipping is settled once
//! for a tile.

use std::ops::Range;

use super::Edition;
use super::expansion::Banks;
use crate::uxn::Uxn;

pub(super) const BASE: u8 = 0x20;
const VECTOR: u8 = 0x20;
const VECTOR_LOW: u8 = VECTOR + 1;
const WIDTH: u8 = 0x22;
const WIDTH_LOW: u8 = WIDTH + 1;
const HEIGHT: u8 = 0x24;
const HEIGHT_LOW: u8 = HEIGHT + 1;
const AUTO: u8 = 0x26;
const X: u8 = 0x28;
const X_LOW: u8 = X + 1;
const Y: u8 = 0x2a;
const Y_LOW: u8 = Y + 1;
const ADDR: u8 = 0x2c;
const ADDR_LOW: u8 = ADDR + 1;
const PIXEL: u8 = 0x2e;
const SPRITE: u8 = 0x2f;

// Bits of Screen/auto; its high nibble is the number of extra sprites.
const AUTO_X: u8 = 0x01;
const AUTO_Y: u8 = 0x02;
const AUTO_ADDR: u8 = 0x04;

// Bits of Screen/pixel and Screen/sprite.
const FILL: u8 = 0x80;
const TWO_BITS: u8 = 0x80;
const FOREGROUND: u8 = 0x40;
const FLIP_Y: u8 = 0x20;
const FLIP_X: u8 = 0x10;

/// Width and height at the start, in pixels.
const SIZE: (u16, u16) = (512, 320);
/// A size is a number of 12 bits.
const SIZE_MASK: u16 = 0x0fff;

/// Pixels that a fill or a resize writes for a unit of fuel: WebAssembly takes 0.3 ns for one.
const PIXELS_PER_FUEL: usize = 16;
/// What a row of a fill costs by itself. In a wide screen each is in another page of the host's memory.
const FUEL_PER_ROW: usize = 8;
/// What a tile costs. It takes 40 to 100 ns.
const FUEL_PER_TILE: u32 = 24;

/// Whether a write to a port of Screen does more than to leave its byte there.
pub(super) const fn acts_on(port: u8) -> bool {
    matches!(port, VECTOR_LOW | WIDTH_LOW | HEIGHT_LOW | X_LOW | Y_LOW | ADDR_LOW | PIXEL | SPRITE)
}

/// What is on the screen.
pub struct Screen {
    width: u16,
    height: u16,
    /// Row by row; foreground * 4 + background.
    pixels: Vec<u8>,
    vector: u16,
    x: u16,
    y: u16,
    addr: u16,
    /// Size or pixels have changed since `take_changed`.
    changed: bool,
}

impl Default for Screen {
    fn default() -> Self {
        let (width, height) = SIZE;
        let pixels = vec![0; usize::from(width) * usize::from(height)];
        Screen { width, height, pixels, vector: 0, x: 0, y: 0, addr: 0, changed: true }
    }
}

impl Screen {
    /// The width in pixels, 0 to 4095.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// The height in pixels, 0 to 4095.
    pub fn height(&self) -> u16 {
        self.height
    }

    /// A byte for each pixel, row by row from the top: foreground * 4 + background. What is seen is the
    /// foreground unless it is 0.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    pub(super) fn vector(&self) -> u16 {
        self.vector
    }

    /// Puts the size into its ports, so that a program may begin by writing a low byte alone.
    pub(super) fn store_size(&self, uxn: &mut Uxn) {
        uxn.set_dev_short(WIDTH, self.width);
        uxn.set_dev_short(HEIGHT, self.height);
    }

    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Reads show the size and the position as they are, not what was last written.
    pub(super) fn dei(&self, uxn: &Uxn, port: u8) -> u8 {
        let short = match port & !1 {
            WIDTH => self.width,
            HEIGHT => self.height,
            X => self.x,
            Y => self.y,
            ADDR => self.addr,
            _ => return uxn.dev[usize::from(port)],
        };
        short.to_be_bytes()[usize::from(port & 1)]
    }

    #[inline(never)]
    pub(super) fn deo(&mut self, uxn: &mut Uxn, port: u8, banks: &Banks, edition: Edition) {
        match port {
            VECTOR_LOW => self.vector = uxn.dev_short(VECTOR),
            WIDTH_LOW => self.resize(uxn, uxn.dev_short(WIDTH) & SIZE_MASK, self.height),
            HEIGHT_LOW => self.resize(uxn, self.width, uxn.dev_short(HEIGHT) & SIZE_MASK),
            X_LOW => self.x = uxn.dev_short(X),
            Y_LOW => self.y = uxn.dev_short(Y),
            ADDR_LOW => self.addr = uxn.dev_short(ADDR),
            PIXEL => {
                let control = uxn.dev[usize::from(PIXEL)];
                if control & FILL != 0 { self.fill(uxn, control) } else { self.pixel(uxn, control, edition) }
            }
            SPRITE => self.sprites(uxn, uxn.dev[usize::from(SPRITE)], banks),
            _ => {}
        }
    }

    /// Another size clears both layers.
    #[inline(never)]
    fn resize(&mut self, uxn: &mut Uxn, width: u16, height: u16) {
        if (width, height) == (self.width, self.height) {
            return;
        }
        (self.width, self.height) = (width, height);
        let length = usize::from(width) * usize::from(height);
        self.pixels.clear();
        self.pixels.reserve_exact(length);
        self.pixels.resize(length, 0);
        self.changed = true;
        uxn.charge((length / PIXELS_PER_FUEL) as u32);
    }

    fn pixel(&mut self, uxn: &mut Uxn, control: u8, edition: Edition) {
        if self.x < self.width && self.y < self.height {
            let pixel = &mut self.pixels[usize::from(self.y) * usize::from(self.width) + usize::from(self.x)];
            let (mask, colour) = layer_and_colour(control);
            *pixel = *pixel & !mask | colour;
            self.changed = true;
        }
        let step = |flip| if control & flip != 0 && edition.flipped_pixels_step_back() { !0 } else { 1 };
        self.advance(uxn, step(FLIP_X), step(FLIP_Y));
    }

    /// Fills from the position to an edge of the screen, in both directions.
    #[inline(never)]
    fn fill(&mut self, uxn: &mut Uxn, control: u8) {
        let columns = reach(self.x, self.width, control & FLIP_X != 0);
        let rows = reach(self.y, self.height, control & FLIP_Y != 0);
        if columns.is_empty() || rows.is_empty() {
            return;
        }
        let (mask, colour) = layer_and_colour(control);
        uxn.charge((rows.len() * (FUEL_PER_ROW + columns.len() / PIXELS_PER_FUEL)) as u32);
        let (masks, colours) = (u64::from(mask) * BYTES, u64::from(colour) * BYTES);
        for row in self.pixels.chunks_exact_mut(usize::from(self.width)).take(rows.end).skip(rows.start) {
            let (cells, rest) = row[columns.clone()].as_chunks_mut();
            for cell in cells {
                *cell = (u64::from_le_bytes(*cell) & !masks | colours).to_le_bytes();
            }
            for pixel in rest {
                *pixel = *pixel & !mask | colour;
            }
        }
        self.changed = true;
    }

    /// Draws the sprite and as many extra ones as Screen/auto asks for.
    #[inline(never)]
    fn sprites(&mut self, uxn: &mut Uxn, control: u8, banks: &Banks) {
        let auto = uxn.dev[usize::from(AUTO)];
        let blend = Blend::new(control);
        let two_bits = control & TWO_BITS != 0;
        let step = |flip| if control & flip != 0 { 8u16.wrapping_neg() } else { 8 };
        let (step_x, step_y) = (step(FLIP_X), step(FLIP_Y));
        // Crosswise: what moves the position in x lays the extra sprites out in y.
        let extra_x = if auto & AUTO_Y != 0 { step_x } else { 0 };
        let extra_y = if auto & AUTO_X != 0 { step_y } else { 0 };
        let (mut x, mut y) = (self.x, self.y);
        let count = auto >> 4;
        for _ in 0..=count {
            let mut planes = banks.bytes::<16>(uxn, self.addr);
            if !two_bits {
                planes[8..].fill(0);
            }
            self.tile(x, y, &planes, &blend);
            if auto & AUTO_ADDR != 0 {
                self.addr = self.addr.wrapping_add(if two_bits { 16 } else { 8 });
            }
            x = x.wrapping_add(extra_x);
            y = y.wrapping_add(extra_y);
        }
        uxn.charge((u32::from(count) + 1) * FUEL_PER_TILE);
        if auto & AUTO_ADDR != 0 {
            uxn.set_dev_short(ADDR, self.addr);
        }
        self.advance(uxn, step_x, step_y);
    }

    /// Moves the position as Screen/auto asks. The stored bytes follow, so that a program may go on by
    /// writing a low byte alone.
    fn advance(&mut self, uxn: &mut Uxn, step_x: u16, step_y: u16) {
        let auto = uxn.dev[usize::from(AUTO)];
        if auto & AUTO_X != 0 {
            self.x = self.x.wrapping_add(step_x);
            uxn.set_dev_short(X, self.x);
        }
        if auto & AUTO_Y != 0 {
            self.y = self.y.wrapping_add(step_y);
            uxn.set_dev_short(Y, self.y);
        }
    }

    /// Draws the part of a tile that is on the screen. `planes` are its eight rows, of bit 0 and of bit 1.
    fn tile(&mut self, x: u16, y: u16, planes: &[u8; 16], blend: &Blend) {
        let (columns, rows) = (visible(x, self.width), visible(y, self.height));
        if columns.is_empty() || rows.is_empty() {
            return;
        }
        self.changed = true;
        let stride = usize::from(self.width);
        // Modulo 65536, as x and y: only the visible part has to be inside.
        let left = usize::from(x.wrapping_add(columns.start as u16));
        let mut start = usize::from(y.wrapping_add(rows.start as u16)) * stride + left;
        let whole = columns.len() == 8;
        for row in rows {
            let source = row ^ blend.flip_rows;
            let (low, high) = (planes[source], planes[source + 8]);
            if whole && let Some(pixels) = self.pixels[start..].first_chunk_mut() {
                *pixels = blend.apply(*pixels, low, high);
            } else {
                let pixels = &mut self.pixels[start..start + columns.len()];
                let mut cell = [0; 8];
                cell[columns.clone()].copy_from_slice(pixels);
                pixels.copy_from_slice(&blend.apply(cell, low, high)[columns.clone()]);
            }
            start += stride;
        }
    }
}

/// The bits of a layer in a pixel's byte, and a colour in them.
fn layer_and_colour(control: u8) -> (u8, u8) {
    let colour = control & 3;
    if control & FOREGROUND != 0 { (0x0c, colour << 2) } else { (0x03, colour) }
}

/// What a fill covers in one direction. A position from 0x8000 on is left of or above the screen.
fn reach(position: u16, size: u16, flip: bool) -> Range<usize> {
    let position = usize::from((position as i16).max(0) as u16).min(usize::from(size));
    if flip { 0..position } else { position..usize::from(size) }
}

/// Which of a tile's eight columns or rows are on the screen.
fn visible(position: u16, size: u16) -> Range<usize> {
    let position = i32::from(position as i16);
    let end = (i32::from(size) - position).clamp(0, 8);
    (-position).clamp(0, end) as usize..end as usize
}

/// How the values of a tile become colours.
struct Blend {
    /// The colour of value 0, in all eight bytes, in the bits of the layer; what changes with bit 0, with bit 1, and
    /// with both besides.
    colours: [u64; 4],
    /// The layer's bits in all eight bytes.
    layer: u64,
    /// The same where value 0 is written, or 0.
    background: u64,
    /// Which rows of [`PIXELS`] apply: mirrored or not.
    pixels: &'static [u64; 256],
    /// 7 to take the rows from the last, or 0.
    flip_rows: usize,
}

/// A 1 in each byte.
const BYTES: u64 = 0x0101_0101_0101_0101;

impl Blend {
    fn new(control: u8) -> Blend {
        let blend = control & 0x0f;
        let shift = if control & FOREGROUND != 0 { 2 } else { 0 };
        let layer = (3 * BYTES) << shift;
        let [zero, one, two, three] =
            COLOURS.map(|colours| (u64::from(colours[usize::from(blend)]) * BYTES) << shift);
        let colours = [zero, zero ^ one, zero ^ two, zero ^ one ^ two ^ three];
        // Value 0 is left out by every fifth blend.
        let background = if blend.is_multiple_of(5) { 0 } else { layer };
        let pixels = &PIXELS[usize::from(control & FLIP_X != 0)];
        Blend { colours, layer, background, pixels, flip_rows: if control & FLIP_Y != 0 { 7 } else { 0 } }
    }

    /// Eight pixels with a row of a tile over them.
    #[inline]
    fn apply(&self, under: [u8; 8], low: u8, high: u8) -> [u8; 8] {
        let low = self.pixels[usize::from(low)];
        let high = self.pixels[usize::from(high)];
        let [zero, by_low, by_high, by_both] = self.colours;
        let colour = zero ^ low & by_low ^ high & by_high ^ low & high & by_both;
        let mask = (low | high) & self.layer | self.background;
        let under = u64::from_le_bytes(under);
        (under ^ (under ^ colour) & mask).to_le_bytes()
    }
}

/// The colour that each of the 16 blends gives to values 0 to 3.
const COLOURS: [[u8; 16]; 4] = [
    [0, 0, 0, 0, 1, 0, 1, 1, 2, 2, 0, 2, 3, 3, 3, 0],
    [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3],
    [1, 2, 3, 1, 1, 2, 3, 1, 1, 2, 3, 1, 1, 2, 3, 1],
    [2, 3, 1, 2, 2, 3, 1, 2, 2, 3, 1, 2, 2, 3, 1, 2],
];

/// The eight bits of a byte as eight bytes of ff or 00, the leftmost pixel first: as they are, and mirrored.
static PIXELS: [[u64; 256]; 2] = {
    let mut pixels = [[0; 256]; 2];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            if byte >> bit & 1 != 0 {
                pixels[0][byte] |= 0xff << (8 * (7 - bit));
                pixels[1][byte] |= 0xff << (8 * bit);
            }
            bit += 1;
        }
        byte += 1;
    }
    pixels
};

/// The colour seen for each value of a pixel's byte.
pub(super) fn composed(palette: [[u8; 3]; 4]) -> [[u8; 3]; 16] {
    std::array::from_fn(|pixel| palette[if pixel < 4 { pixel } else { pixel / 4 }])
}
