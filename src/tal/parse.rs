//! Tokens to items: everything that a token's own text decides.
//!
//! An item is small and copied freely; a macro that is used many times walks the same items again. Faults in
//! a token are kept in its item and reported when it is assembled; faults of structure (comments, macro
//! bodies) are reported here.

use std::ops::Range;
use std::sync::Arc;

use super::Dialect;
use super::diagnostic::{Code, Diagnostic, Reports};
use super::names::{Name, Names, Reference, Text, fault, is_hex_digit, is_legacy_name, parse_opcode};
use super::source::{Place, Source, show};
use super::token::{Token, tokens};
use crate::uxn::opcode::{JCI, JMI, JSI, LIT, LIT2};

/// A token, understood.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub kind: Kind,
    /// Where its token starts in the source.
    pub start: u32,
    /// Where its token ends.
    pub end: u32,
}

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `|` and a number; only its low 16 bits and whether there were more.
    PadTo { address: u16, overflow: bool },
    /// `$` and a number, likewise.
    Skip { distance: u16, overflow: bool },
    /// `|` and a label.
    PadToLabel(Reference),
    /// `$` and a label.
    SkipByLabel(Reference),
    /// `@`, and whether the name is allowed.
    Label { name: Name, valid: bool },
    /// `&`
    Sublabel(Text),
    /// `#hh`
    LiteralByte(u8),
    /// `#hhhh`
    LiteralShort(u16),
    /// `hh`, or an opcode.
    Byte(u8),
    /// `hhhh`
    Short(u16),
    /// `"`: the rest of the token.
    Text,
    /// `'` and a byte, of the legacy dialect.
    Character,
    /// A rune and a name.
    Reference(Rune, Reference),
    /// A macro or a call.
    Word(Reference),
    /// `{`, alone or behind a rune; whether there is text behind it.
    Open { rune: Rune, glued: bool },
    /// `}`
    Close,
    /// `%`: the items of the body, by number. Assembly goes on behind the `}` that follows it.
    Macro { name: Name, valid: bool, body: (u32, u32) },
    /// `~`: the rest of the token.
    Include,
    /// Not a token of the language.
    Invalid(Fault),
}

/// How a reference is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rune {
    /// `,`
    LiteralRelative,
    /// `_`
    RawRelative,
    /// `.`
    LiteralZeroPage,
    /// `-`
    RawZeroPage,
    /// `;`
    LiteralAbsolute,
    /// `=`
    RawAbsolute,
    /// `!`
    Jump,
    /// `?`
    JumpIf,
    /// None.
    Call,
}

impl Rune {
    fn new(byte: u8) -> Option<Rune> {
        Some(match byte {
            b',' => Rune::LiteralRelative,
            b'_' => Rune::RawRelative,
            b'.' => Rune::LiteralZeroPage,
            b'-' => Rune::RawZeroPage,
            b';' => Rune::LiteralAbsolute,
            b'=' => Rune::RawAbsolute,
            b'!' => Rune::Jump,
            b'?' => Rune::JumpIf,
            _ => return None,
        })
    }

    /// The opcode in front of the operand.
    pub fn opcode(self) -> Option<u8> {
        match self {
            Rune::LiteralRelative | Rune::LiteralZeroPage => Some(LIT),
            Rune::LiteralAbsolute => Some(LIT2),
            Rune::Jump => Some(JMI),
            Rune::JumpIf => Some(JCI),
            Rune::Call => Some(JSI),
            Rune::RawRelative | Rune::RawZeroPage | Rune::RawAbsolute => None,
        }
    }

    /// Bytes of the operand.
    pub fn width(self) -> u16 {
        match self {
            Rune::LiteralRelative | Rune::RawRelative | Rune::LiteralZeroPage | Rune::RawZeroPage => 1,
            Rune::LiteralAbsolute | Rune::RawAbsolute | Rune::Jump | Rune::JumpIf | Rune::Call => 2,
        }
    }
}

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `#` without 2 or 4 digits.
    Literal,
    /// 1, 3, or more than 4 digits without a rune.
    RawNumber,
    /// A rune without what must follow.
    Empty,
    /// A brace that is not a token of its own.
    GluedBrace,
}

/// A source, understood.
pub struct Parsed {
    pub items: Vec<Item>,
    /// Whether definitions may have been swallowed by something that does not end.
    pub incomplete: bool,
}

/// Turns a source into items.
pub fn parse(source: &Arc<Source>, dialect: Dialect, names: &mut Names, reports: &mut Reports) -> Parsed {
    let mut parsed = Parsed { items: Vec::new(), incomplete: false };
    for token in tokens(source.bytes(), dialect) {
        match token {
            Token::Word(range) => {
                let place = || Place::new(source, range.start, range.end);
                match &source.bytes()[range.clone()] {
                    b")" => reports.warn(|| {
                        Diagnostic::new(
                            Code::StrayParenthesis,
                            place(),
                            "`)` without `(` is ignored".to_string(),
                        )
                        .help("a comment opens with a token that starts with `(`")
                    }),
                    bracket @ [b'[' | b']', ..] => {
                        if bracket.iter().any(|byte| !b"[]".contains(byte)) {
                            reports.warn(|| {
                                Diagnostic::new(
                                    Code::IgnoredText,
                                    place(),
                                    format!("`{}` is ignored as a whole", show(bracket)),
                                )
                                .help("put a space between the bracket and what belongs to the program")
                            });
                        }
                    }
                    word => {
                        let (start, end) = (range.start as u32, range.end as u32);
                        let kind = match dialect {
                            Dialect::Standard => kind(word, names),
                            Dialect::Legacy => legacy_kind(word, names, place, reports),
                        };
                        parsed.items.push(Item { kind, start, end });
                        if matches!(kind, Kind::Macro { .. }) && has_glued_brace(word) {
                            let kind = Kind::Open { rune: Rune::Call, glued: false };
                            parsed.items.push(Item { kind, start: end - 1, end });
                        }
                    }
                }
            }
            Token::GluedClose(word) => reports.warn(|| {
                let text = show(&source.bytes()[word.clone()]);
                let message = format!("the comment ends with `{text}`, as it did before 2024");
                Diagnostic::new(Code::Deprecated, Place::new(source, word.start, word.end), message)
                    .help("put a space before the `)`")
            }),
            Token::OpenComment { open, near_close } => {
                let place = |range: Range<usize>| Place::new(source, range.start, range.end);
                reports.error(|| {
                    let message = "the comment that opens here has no end".to_string();
                    let end = "a comment ends with `)` as a token of its own, one for each `(`";
                    let help = match near_close {
                        Some(_) if dialect == Dialect::Standard => {
                            format!("{end}; a source of before 2024 may need `--legacy`")
                        }
                        _ => end.to_string(),
                    };
                    let error = Diagnostic::new(Code::CommentOpen, place(open), message).help(help);
                    match near_close {
                        Some(word) => {
                            let text = format!("`{}` does not end it", show(&source.bytes()[word.clone()]));
                            error.note(place(word), text)
                        }
                        None => error,
                    }
                });
                parsed.incomplete = true;
            }
        }
    }
    find_bodies(&mut parsed, source, reports);
    parsed
}

/// What a token means, as far as its text tells.
fn kind(token: &[u8], names: &mut Names) -> Kind {
    let (first, rest) = (token[0], &token[1..]);
    match first {
        b'|' | b'$' if rest.is_empty() => Kind::Invalid(Fault::Empty),
        b'|' => match number(rest) {
            Some((address, overflow)) => Kind::PadTo { address, overflow },
            None => Kind::PadToLabel(reference(rest, names)),
        },
        b'$' => match number(rest) {
            Some((distance, overflow)) => Kind::Skip { distance, overflow },
            None => Kind::SkipByLabel(reference(rest, names)),
        },
        b'@' => Kind::Label { name: names.name(rest), valid: fault(rest).is_none() },
        b'&' => Kind::Sublabel(names.intern(rest)),
        b'#' => match (rest.len(), number(rest)) {
            (2, Some((value, _))) => Kind::LiteralByte(value as u8),
            (4, Some((value, _))) => Kind::LiteralShort(value),
            _ => Kind::Invalid(Fault::Literal),
        },
        b'"' if rest.is_empty() => Kind::Invalid(Fault::Empty),
        b'"' => Kind::Text,
        b'{' => open(Rune::Call, rest),
        b'}' if rest.is_empty() => Kind::Close,
        b'}' => Kind::Invalid(Fault::GluedBrace),
        b'%' => {
            let glued = has_glued_brace(token);
            let name = if glued { &rest[..rest.len() - 1] } else { rest };
            Kind::Macro { name: names.name(name), valid: !glued && fault(name).is_none(), body: (0, 0) }
        }
        b'~' if rest.is_empty() => Kind::Invalid(Fault::Empty),
        b'~' => Kind::Include,
        _ => match Rune::new(first) {
            Some(_) if rest.is_empty() => Kind::Invalid(Fault::Empty),
            Some(rune) if rest[0] == b'{' => open(rune, &rest[1..]),
            Some(rune) => Kind::Reference(rune, reference(rest, names)),
            None => word(token, names),
        },
    }
}

/// What a token means where the runes of before 2024 are still runes, and names may read as numbers.
fn legacy_kind(token: &[u8], names: &mut Names, place: impl Fn() -> Place, reports: &mut Reports) -> Kind {
    let (kind, instead) = match token {
        // What is no name is reported once, where it is defined.
        [b'@' | b'%', name @ ..] if is_legacy_name(name) => {
            reports.warn(|| {
                let message = format!("the name `{}` reads as a number", show(name));
                Diagnostic::new(Code::Deprecated, place(), message)
                    .help("rename it: add a character that is not one of 0 to 9 and a to f")
            });
            let name = names.name(name);
            return match token[0] {
                b'@' => Kind::Label { name, valid: true },
                _ => Kind::Macro { name, valid: true, body: (0, 0) },
            };
        }
        name if is_legacy_name(name) => return Kind::Word(reference(name, names)),
        [b':', b'{'] => (open(Rune::RawAbsolute, b""), "={".to_string()),
        [b':', label @ ..] if !label.is_empty() && label[0] != b'{' => {
            (Kind::Reference(Rune::RawAbsolute, reference(label, names)), format!("={}", show(label)))
        }
        [b'\'', _] => (Kind::Character, format!("\"{}", show(&token[1..]))),
        _ => return kind(token, names),
    };
    reports.warn(|| {
        let rune = token[0] as char;
        Diagnostic::new(Code::Deprecated, place(), format!("the rune `{rune}` is no longer in use"))
            .help(format!("write `{instead}`"))
    });
    kind
}

/// Whether a macro's name runs into its brace, `%name{`: read on as if there were a space.
fn has_glued_brace(token: &[u8]) -> bool {
    token.len() > 2 && token.ends_with(b"{")
}

fn word(token: &[u8], names: &mut Names) -> Kind {
    match (token.len(), number(token)) {
        (2, Some((value, _))) => Kind::Byte(value as u8),
        (4, Some((value, _))) => Kind::Short(value),
        (_, Some(_)) => Kind::Invalid(Fault::RawNumber),
        (_, None) => match parse_opcode(token) {
            Some(opcode) => Kind::Byte(opcode),
            None => Kind::Word(reference(token, names)),
        },
    }
}

fn open(rune: Rune, rest: &[u8]) -> Kind {
    match rest {
        [.., b'}'] => Kind::Invalid(Fault::GluedBrace),
        _ => Kind::Open { rune, glued: !rest.is_empty() },
    }
}

/// The low 16 bits of a number, and whether it has more. None unless all bytes are digits.
fn number(digits: &[u8]) -> Option<(u16, bool)> {
    if digits.is_empty() || !digits.iter().all(|&byte| is_hex_digit(byte)) {
        return None;
    }
    let (mut value, mut overflow) = (0u16, false);
    for &digit in digits {
        overflow |= value >> 12 != 0;
        value = value << 4 | u16::from(if digit <= b'9' { digit - b'0' } else { digit - b'a' + 10 });
    }
    Some((value, overflow))
}

fn reference(text: &[u8], names: &mut Names) -> Reference {
    match text {
        [b'&' | b'/', tail @ ..] => Reference::Local(names.intern(tail)),
        _ => Reference::Full(names.name(text)),
    }
}

/// Finds the body of each macro and reports those that have none.
fn find_bodies(parsed: &mut Parsed, source: &Arc<Source>, reports: &mut Reports) {
    let mut items = std::mem::take(&mut parsed.items);
    let place = |item: &Item| Place::new(source, item.start as usize, item.end as usize);
    let closes = match_braces(&items);
    let mut at = 0;
    while at < items.len() {
        let definition = items[at];
        at += 1;
        let Kind::Macro { name, valid, .. } = definition.kind else { continue };
        let token = &source.bytes()[definition.start as usize..definition.end as usize];

        // Anything may stand before the brace, but a definition there shows that the brace is missing.
        let brace = items[at..].iter().position(|item| {
            matches!(
                item.kind,
                Kind::Open { rune: Rune::Call, glued: false }
                    | Kind::Close
                    | Kind::Macro { .. }
                    | Kind::Label { .. }
            )
        });
        let brace = brace.map(|brace| at + brace).filter(|&at| matches!(items[at].kind, Kind::Open { .. }));
        let Some(brace) = brace else {
            reports.error(|| {
                Diagnostic::new(
                    Code::MacroOpen,
                    place(&definition),
                    format!("the macro `{}` has no body", show(&token[1..])),
                )
                .help("a macro is written `%name { ... }`, its braces as tokens of their own")
            });
            // An empty body, so that its uses are no errors.
            items[at - 1].kind = Kind::Macro { name, valid, body: (at as u32, at as u32) };
            continue;
        };

        let (start, close) = (brace + 1, closes[brace]);
        let nested = |item: &Item| matches!(item.kind, Kind::Macro { .. });
        let end = match close {
            Some(close) => {
                for item in items[start..close].iter().filter(|item| nested(item)) {
                    reports.error(|| {
                        Diagnostic::new(
                            Code::MacroNested,
                            place(item),
                            "a macro cannot be defined in a macro".to_string(),
                        )
                        .note(place(&definition), "in the macro that opens here")
                        .help("end the outer macro with `}` as a token of its own, or move this one out")
                    });
                }
                close
            }
            None => {
                reports.error(|| {
                    Diagnostic::new(
                        Code::MacroOpen,
                        place(&definition),
                        format!("the macro `{}` has no end", show(&token[1..])),
                    )
                    .help("a macro ends with `}` as a token of its own, one for each `{` in it")
                });
                parsed.incomplete = true;
                // What follows up to the next macro may be its body or not: it is left out.
                items[start..].iter().position(nested).map_or(items.len(), |next| start + next)
            }
        };
        let start = if close.is_some() { start } else { end };
        items[at - 1].kind = Kind::Macro { name, valid, body: (start as u32, end as u32) };
        at = end;
    }
    parsed.items = items;
}

/// For each brace that opens, the one that closes it.
fn match_braces(items: &[Item]) -> Vec<Option<usize>> {
    let mut closes = vec![None; items.len()];
    let mut open = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match item.kind {
            Kind::Open { .. } => open.push(at),
            Kind::Close => {
                if let Some(open) = open.pop() {
                    closes[open] = Some(at);
                }
            }
            _ => {}
        }
    }
    closes
}
