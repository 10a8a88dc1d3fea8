//! What to do about an error: the slips that are usual in Uxntal, and names that are nearly right.

use super::names::{fault, is_hex_digit, is_legacy_name, parse_opcode};
use super::source::show;
use super::state::{Assembler, Definition, MentionName};
use super::visible::{is_invisible, name};
use crate::uxn::opcode;

/// For a token with a character that cannot be seen: it is hardly meant.
fn for_invisible(token: &[u8]) -> Option<String> {
    let c = std::str::from_utf8(token).ok()?.chars().find(|&c| is_invisible(c))?;
    let name = name(c);
    Some(if c.is_whitespace() {
        format!("{name} is not a space that separates tokens; write a plain one")
    } else {
        format!("{name} cannot be seen; delete it")
    })
}

/// For a rune and what was to be a number.
pub fn for_number(token: &[u8]) -> Option<String> {
    if let Some(help) = for_invisible(token) {
        return Some(help);
    }
    let (rune, number) = token.split_first()?;
    let rune = *rune as char;
    if let Some(digits) = number.strip_prefix(b"0x").or(number.strip_prefix(b"0X"))
        && is_hex(digits)
    {
        let digits = show(&digits.to_ascii_lowercase());
        return Some(format!("numbers are hexadecimal without a prefix: `{rune}{digits}`"));
    }
    let lower = number.to_ascii_lowercase();
    (is_hex(number) && lower != number)
        .then(|| format!("hexadecimal digits are lower case: `{rune}{}`", show(&lower)))
}

/// For digits without a rune that are not 2 or 4.
pub fn for_raw_number(token: &[u8]) -> &'static str {
    match token {
        [b'a'..=b'f', ..] => {
            "a name needs a character that is not one of 0 to 9 and a to f; a number has 2 or 4 digits"
        }
        _ => "write `hh` for a byte and `hhhh` for a short, with leading zeroes",
    }
}

/// For a label or macro whose name is not allowed.
pub fn for_name(name: &[u8]) -> &'static str {
    match name {
        [] => "write the name behind the rune, without a space",
        _ if is_legacy_name(name) => {
            "add a character that is not one of 0 to 9 and a to f, or assemble with `--legacy`"
        }
        _ if is_hex(name) => "add a character that is not one of 0 to 9 and a to f",
        _ => "choose another name",
    }
}

/// For a rune with nothing behind it: message and help.
pub fn for_empty(rune: &[u8]) -> (String, String) {
    match rune {
        b"\"" => (
            "`\"` without text".to_string(),
            "text follows without a space and ends before the next one; a space is `20`".to_string(),
        ),
        b"|" | b"$" => (
            format!("`{}` without a number or label", show(rune)),
            "write it behind the rune, without a space".to_string(),
        ),
        b"~" => ("`~` without a path".to_string(), "write it behind the rune, without a space".to_string()),
        _ => (
            format!("`{}` without the name of a label", show(rune)),
            "write it behind the rune, without a space".to_string(),
        ),
    }
}

fn is_hex(digits: &[u8]) -> bool {
    !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit)
}

/// Names that are longer are not compared.
const LONGEST: usize = 64;
/// How many names are compared in all, so that many errors in a large source stay cheap.
const MAX_COMPARISONS: usize = 100_000;

/// Finds what an unknown name may have meant.
#[derive(Default)]
pub struct Suggestions {
    /// All defined names, and whether each is a label or a macro.
    candidates: Option<Vec<(String, &'static str)>>,
    comparisons: usize,
}

impl Suggestions {
    /// `token` is what is written, `name` the full name it stands for.
    pub fn suggest(&mut self, assembler: &Assembler, token: &[u8], name: &[u8]) -> Option<String> {
        for_invisible(token).or_else(|| for_word(token)).or_else(|| self.similar(assembler, token, name))
    }

    fn similar(&mut self, assembler: &Assembler, token: &[u8], name: &[u8]) -> Option<String> {
        if name.len() > LONGEST || self.comparisons > MAX_COMPARISONS {
            return None;
        }
        let candidates = self.candidates.get_or_insert_with(|| candidates(assembler));
        self.comparisons += candidates.len();
        let name = std::str::from_utf8(name).ok()?;
        // The same name in or out of a scope, rather than a similar one.
        let last = |name: &str| name.split_once('/').map_or(name, |(_, tail)| tail).to_string();
        let wanted = last(name);
        let elsewhere = candidates.iter().find(|(found, _)| !wanted.is_empty() && last(found) == wanted);
        let similar = || {
            let farthest = (name.chars().count() / 3).min(3);
            let distances = candidates.iter().map(|found| (strsim::osa_distance(name, &found.0), found));
            let near = distances.filter(|&(distance, _)| distance <= farthest);
            near.min_by_key(|&(distance, _)| distance).map(|(_, found)| found)
        };
        let (found, kind) = elsewhere.or_else(similar)?;
        let scoped = token.iter().any(|byte| b"&/".contains(byte)) || !found.contains('/');
        Some(if scoped || elsewhere.is_none() {
            format!("there is a {kind} `{}`", show(found.as_bytes()))
        } else {
            let (found, wanted) = (show(found.as_bytes()), show(wanted.as_bytes()));
            format!("there is a {kind} `{found}`; in its scope `/{wanted}` is enough")
        })
    }
}

fn candidates(assembler: &Assembler) -> Vec<(String, &'static str)> {
    let named = assembler.entries.iter().filter_map(|entry| {
        let MentionName::Name(name) = entry.name else { return None };
        let kind = match entry.definition? {
            Definition::Label { origin, .. } => origin.map(|_| "label")?,
            Definition::Macro { .. } => "macro",
        };
        let is_short = assembler.names.length(name) <= LONGEST;
        is_short.then(|| (String::from_utf8_lossy(&assembler.names.full(name)).into_owned(), kind))
    });
    named.take(MAX_COMPARISONS / 10).collect()
}

/// For a token that was taken for a call because it is nothing else.
fn for_word(token: &[u8]) -> Option<String> {
    let lower = token.to_ascii_lowercase();
    let upper_opcode = token
        .split_at_checked(3)
        .map(|(base, modes)| [base.to_ascii_uppercase(), modes.to_ascii_lowercase()].concat());
    Some(match token {
        [b':', label @ ..] if fault(label).is_none() => {
            format!("`:` is no longer a rune; write `={}`, or assemble with `--legacy`", show(label))
        }
        [b'\'', text @ ..] if !text.is_empty() => {
            format!("`'` is no longer a rune; write `\"{}`, or assemble with `--legacy`", show(text))
        }
        b"JCI" => "the immediate jump has no mnemonic; write `?label`".to_string(),
        b"JMI" => "the immediate jump has no mnemonic; write `!label`".to_string(),
        b"JSI" => "the immediate call has no mnemonic; write `label`".to_string(),
        [b'B', b'R', b'K', modes @ ..] if modes.iter().all(|byte| b"2kr".contains(byte)) => {
            "BRK has no modes".to_string()
        }
        [b'0', b'x' | b'X', digits @ ..] if is_hex(digits) => {
            format!("numbers are hexadecimal without a prefix: `{}`", show(&digits.to_ascii_lowercase()))
        }
        // Of the legacy dialect, where it may be a name.
        _ if token.iter().all(|&byte| is_hex_digit(byte)) => "a number has 2 or 4 digits".to_string(),
        _ if matches!(token.len(), 2 | 4) && is_hex(token) => {
            format!("hexadecimal digits are lower case: `{}`", show(&lower))
        }
        [.., b'{' | b'}'] => "braces are tokens of their own; put a space before it".to_string(),
        [.., b'[' | b']'] => "brackets are tokens of their own; put a space before it".to_string(),
        [b')', ..] | [.., b')'] => "`)` is a token of its own; put spaces around it".to_string(),
        _ => {
            let opcode = upper_opcode?;
            if let Some(opcode) = parse_opcode(&opcode) {
                return Some(format!("opcodes are written like `{}`", opcode::name(opcode)));
            }
            parse_opcode(token.get(..3)?)?;
            "the modes behind an opcode are `2`, `k` and `r`".to_string()
        }
    })
}
