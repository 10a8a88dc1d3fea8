//! What a ROM says about itself through System/metadata.

use crate::uxn::Uxn;

/// The longest text that is read, without its terminator. 256 bytes are recommended.
const MAX_TEXT: u16 = 0x1000;
/// What reading a block costs by itself.
const FUEL: u32 = 64;
/// What a byte of the text costs: each second one may be a line, which is a text of its own.
const FUEL_PER_BYTE: u32 = 8;
/// What a field costs, for it may be an icon.
const FUEL_PER_FIELD: u32 = 16;

const DEVICES: u8 = 0x41;
const CHR_ICON: u8 = 0x83;
const ICN_ICON: u8 = 0x88;

/// A metadata block. Everything in it was chosen by the ROM's author: show it as text only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The first line: the program's name.
    pub name: String,
    /// The other lines, such as description, author and date.
    pub lines: Vec<String>,
    /// The devices that the program expects: bit n stands for the device at port n * 0x10.
    pub devices: Option<u16>,
    /// An icon of 24 by 24 pixels: 9 tiles of 16 bytes in the format chr (2 bits per pixel).
    pub chr_icon: Option<Vec<u8>>,
    /// An icon of 64 by 64 pixels: 64 tiles of 8 bytes in the format icn (1 bit per pixel).
    pub icn_icon: Option<Vec<u8>>,
}

impl Metadata {
    /// Reads the block at an address, and says what that costs. Whatever lies there gives something; bytes that are no
    /// UTF-8 become U+FFFD, and a text without an end is cut, at the end of memory at the latest.
    #[inline(never)]
    #[cfg_attr(feature = "blocks", optimize(size))]
    pub(super) fn read(uxn: &Uxn, address: u16) -> (Metadata, u32) {
        // The first byte is a version, so far always 0.
        let text = usize::from(address) + 1;
        let rest = uxn.ram().get(text..).unwrap_or_default();
        let rest = &rest[..rest.len().min(usize::from(MAX_TEXT) + 1)];
        let end = rest.iter().position(|&byte| byte == 0);
        let bytes = &rest[..end.unwrap_or(rest.len().min(usize::from(MAX_TEXT)))];
        let decoded = String::from_utf8_lossy(bytes);
        let mut lines = decoded.lines().map(str::to_owned);
        let name = lines.next().unwrap_or_default();
        let mut metadata =
            Metadata { name, lines: lines.collect(), devices: None, chr_icon: None, icn_icon: None };
        let fields = end.map_or(0, |end| metadata.read_fields(uxn, text + end + 1));
        (metadata, FUEL + bytes.len() as u32 * FUEL_PER_BYTE + u32::from(fields) * FUEL_PER_FIELD)
    }

    /// Reads the fields behind the text: a count, which is returned, then an id and a short for each.
    fn read_fields(&mut self, uxn: &Uxn, start: usize) -> u8 {
        let rest = uxn.ram().get(start..).unwrap_or_default();
        let Some((&count, fields)) = rest.split_first() else { return 0 };
        for &[id, high, low] in fields.as_chunks().0.iter().take(usize::from(count)) {
            let value = u16::from_be_bytes([high, low]);
            let tiles = |length: usize| {
                let start = usize::from(value);
                uxn.ram().get(start..start + length).map(<[u8]>::to_vec)
            };
            match id {
                DEVICES => self.devices = Some(value),
                CHR_ICON => self.chr_icon = tiles(9 * 16),
                ICN_ICON => self.icn_icon = tiles(64 * 8),
                _ => {}
            }
        }
        count
    }
}
