//! `fantail link`: a link that holds a program, as the page's Share makes it.
//!
//! The link is `PAGE#z=PROGRAM`, or `PAGE#args=LINE&z=PROGRAM` with arguments. PROGRAM is the ROM in zlib (RFC 1950) and
//! base64url (RFC 4648, section 5) without padding; LINE is percent-encoded UTF-8. `www/player/program/link.ts` opens it. Zopfli
//! searches longer than browsers do: the same program takes 3 or 4 % fewer characters.

use std::io::{self, ErrorKind, Write};
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::computer::read_rom;
use crate::error::Error;
use crate::note;

/// Where `npm start` serves the page.
const LOCAL_PAGE: &str = "http://localhost:4173/";

/// Some programs that people write to each other with cut longer addresses, or messages.
const CHAT: usize = 2000;
/// Firefox goes to no longer address; Chromium goes to one of twice as many.
const BROWSERS: usize = 1 << 20;

/// How often Zopfli goes over a small ROM. Over a large one it goes once: more took up to 17 s and gained 0.3 %.
const ROUNDS: NonZeroU64 = NonZeroU64::new(15).unwrap();
/// The most that goes into main memory.
const SMALL: usize = 0xff00;

const HELP: &str = "\
The program is behind `#` in the link, the part that browsers keep to themselves. A QR code of the link holds up to
2953 characters:
  fantail link x.rom --page https://example.org/ | tr -d '\\n' | qrencode -t ansiutf8";

#[derive(clap::Args)]
#[command(after_help = HELP)]
pub struct LinkArgs {
    /// The ROM.
    rom: PathBuf,
    /// The address of a fantail page, which opens the link. The default is where `npm start` serves the page, on
    /// this computer only.
    #[arg(long, value_name = "ADDRESS", default_value = LOCAL_PAGE, value_parser = page)]
    page: String,
    /// Arguments for the program, as one line: words with spaces between them, in quotation marks where needed.
    #[arg(
        long,
        value_name = "LINE",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    args: String,
}

/// The address of a page, without what it may have behind `#`.
fn page(address: &str) -> Result<String, &'static str> {
    let page = address.split('#').next().unwrap_or_default();
    let host = page.split_once("://").and_then(|(scheme, rest)| {
        ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)).then_some(rest)
    });
    if host.is_none_or(|host| host.is_empty() || host.starts_with(['/', '?'])) {
        return Err("the address of a page begins with https:// or http://, and the name of a server");
    }
    if page.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("an address has no spaces");
    }
    Ok(page.into())
}

/// Prints the link.
pub fn link(args: &LinkArgs) -> Result<ExitCode, Error> {
    let rom = read_rom(&args.rom)?;
    let rounds = if rom.len() <= SMALL { ROUNDS } else { NonZeroU64::MIN };
    let options = zopfli::Options { iteration_count: rounds, ..Default::default() };
    let mut packed = Vec::new();
    zopfli::compress(options, zopfli::Format::Zlib, &rom[..], &mut packed).map_err(Error::Print)?;
    let link = format!("{}#{}z={}", args.page, arguments(&args.args), URL_SAFE_NO_PAD.encode(packed));
    match writeln!(io::stdout(), "{link}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(Error::Print(error)),
        _ => {}
    }
    if args.page == LOCAL_PAGE {
        note(format_args!(
            "fantail: the link opens on this computer only; --page takes the address of another page"
        ));
    }
    let length = link.len();
    if length > BROWSERS {
        note(format_args!("fantail: the link has {length} characters, and Firefox opens at most {BROWSERS}"));
    } else if length > CHAT {
        note(format_args!(
            "fantail: the link has {length} characters; some chat and mail programs cut it off at {CHAT}"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The parameter for a line of arguments, made of letters, digits and `%`: of these, chat and mail programs make nothing
/// else.
fn arguments(line: &str) -> String {
    if line.trim().is_empty() {
        return String::new();
    }
    // Else `%41` for the argument `%41` would look as if `A` had been encoded twice. Spaces between words do nothing.
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let bytes = line.as_bytes();
    let has_escape = (0..bytes.len())
        .any(|at| bytes[at] == b'%' && is_digit(bytes.get(at + 1)) && is_digit(bytes.get(at + 2)));
    let space = if has_escape { "%20" } else { "" };
    format!("args={space}{}&", utf8_percent_encode(line, NON_ALPHANUMERIC))
}
