//! What the reference emulator answered differently over the years. No other file asks for the edition.

use std::str::FromStr;

use Edition::{Y2023, Y2026};

/// The generation of the reference emulator to agree with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// The newest.
    #[default]
    Y2026,
    /// For programs written around 2023.
    Y2023,
}

impl Edition {
    /// All editions, the default first.
    pub const ALL: &[Edition] = &[Y2026, Y2023];

    /// The name used in options: the year.
    pub const fn name(self) -> &'static str {
        match self {
            Y2026 => "2026",
            Y2023 => "2023",
        }
    }

    /// Whether the flip bits of Screen/pixel turn the direction of the auto step.
    ///
    /// Sprites always stepped back under flip bits; 2026 has pixels do the same. Before, they stepped forward.
    pub(super) const fn flipped_pixels_step_back(self) -> bool {
        matches!(self, Y2026)
    }

    /// Whether an expansion copy onto itself moves the bytes unharmed.
    ///
    /// 2026 moves. Before, cpyl went upward and cpyr downward byte by byte, and programs used the wrong
    /// direction to repeat a pattern.
    pub(super) const fn copies_are_moves(self) -> bool {
        matches!(self, Y2026)
    }

    /// Whether a pitch of 00 ends the note instead of starting note 0.
    ///
    /// 2026 plays it, slowly. The device of 2023 to 2025 was another one, of which programs used the release.
    pub(super) const fn pitch_zero_stops(self) -> bool {
        matches!(self, Y2023)
    }

    /// The bits of Mouse/state for buttons given as left 1, right 2, middle 4.
    ///
    /// 2026 counts as browsers do. Before, the middle button was 2 and the right one 4.
    pub(super) const fn mouse_buttons(self, mask: u8) -> u8 {
        match self {
            Y2026 => mask,
            Y2023 => mask & !6 | (mask & 2) << 1 | (mask & 4) >> 1,
        }
    }

    /// What stands between size and name in the listing of a directory.
    ///
    /// 2026 writes a tabulator. Before, it was a space; columns are the same.
    pub(super) const fn listing_separator(self) -> u8 {
        match self {
            Y2026 => b'\t',
            Y2023 => b' ',
        }
    }

    /// Whether the listing of a directory begins with `..`, unless that would lead out of the program's space.
    ///
    /// 2026 leaves it out. Before, programs offered it as the way back.
    pub(super) const fn listings_have_parents(self) -> bool {
        matches!(self, Y2023)
    }

    /// File/success after a delete.
    ///
    /// 2026 says 1 if the file is gone and 0 if not. Before, it was what the system's call returned: 0, or -1.
    pub(super) const fn delete_success(self, deleted: bool) -> u16 {
        match (self, deleted) {
            (Y2026, _) => deleted as u16,
            (Y2023, true) => 0,
            (Y2023, false) => 0xffff,
        }
    }

    /// Whether a file's name is read when File/name is written.
    ///
    /// 2026 keeps its address and reads it when the file is opened. Before, programs could use its place for
    /// something else at once.
    pub(super) const fn names_are_copied(self) -> bool {
        matches!(self, Y2023)
    }
}

impl FromStr for Edition {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Edition::ALL.iter().copied().find(|edition| edition.name() == name).ok_or_else(|| {
            let names: Vec<_> = Edition::ALL.iter().map(|edition| edition.name()).collect();
            format!("no edition `{name}`; there is {}", names.join(", "))
        })
    }
}
