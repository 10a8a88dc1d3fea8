//! The text.

use std::collections::HashMap;
use std::fmt::Write;

use super::flow::{Flow, Form, Part, START, mnemonic};
use super::labels::{Labels, Place, is_port, place, scope};
use crate::uxn::opcode::{BRK, JCI, JMI, JSI, LIT, LIT2, is_literal, length, name};

/// Columns of code before the comment with the address; a tab counts for four.
const WIDTH: usize = 52;
/// Bytes of data on a line.
const ROW: usize = 16;
/// So many zeroes become a padding.
const MIN_ZEROES: usize = 2 * ROW;
/// So many printable characters are taken for text.
const MIN_TEXT: usize = 4;
/// Bytes of text on a line.
const MAX_TEXT: usize = 64;

/// Prints a program.
pub fn print(flow: &Flow, labels: &Labels) -> String {
    let mut printer = Printer { flow, labels, text: String::new(), scope: String::new() };
    printer.head();
    let mut at = START;
    while at < flow.end() {
        printer.labels(at);
        at = match flow.part(at) {
            Some(Part::Instruction) => printer.code(at),
            _ => printer.data(at),
        };
    }
    printer.labels(at);
    printer.text
}

struct Printer<'a> {
    flow: &'a Flow<'a>,
    labels: &'a Labels,
    text: String,
    /// The scope in which the assembler is at this point.
    scope: String,
}

impl Printer<'_> {
    /// What stands above the program.
    fn head(&mut self) {
        let length = self.flow.end() - START;
        let bytes = if length == 1 { "byte" } else { "bytes" };
        self.push(format_args!("( {length} {bytes} )\n"));
        match self.labels.omitted {
            0 => {}
            1 => self.text.push_str("( 1 symbol is left out: its name cannot be that of a label )\n"),
            more => self.push(format_args!(
                "( {more} symbols are left out: their names cannot be those of labels )\n"
            )),
        }
        let above = self.labels.iter().filter(|&(address, _)| place(self.flow, address) == Place::Above);
        let mut above: Vec<(u16, &String)> =
            above.flat_map(|(address, names)| names.iter().map(move |name| (address, name))).collect();
        // Ports, structures and variables share addresses; each by itself reads better.
        let mut first = HashMap::new();
        for &(address, name) in &above {
            first.entry(scope(name)).or_insert(address);
        }
        above.sort_by_key(|&(_, name)| (!is_port(name), first[scope(name)], scope(name)));
        for (index, &(address, name)) in above.iter().enumerate() {
            let separator = if index > 0 && self.scope == scope(name) { ' ' } else { '\n' };
            let label = self.define(name);
            self.push(format_args!("{separator}|{address:04x} {label}"));
        }
        self.text.push_str(if !above.is_empty() { "\n\n|0100\n" } else { "\n|0100\n" });
    }

    /// The labels at an address, each on a line.
    fn labels(&mut self, at: usize) {
        for name in self.labels.at(at) {
            let label = self.define(name);
            match label.starts_with('@') {
                true => self.push(format_args!("\n{label}\n")),
                false => self.push(format_args!("\t{label}\n")),
            }
        }
    }

    /// A line of instructions. Returns where the next one starts.
    fn code(&mut self, start: usize) -> usize {
        let mut line = String::new();
        let mut at = start;
        while let Some(opcode) = self.flow.byte(at) {
            if !line.is_empty() {
                line.push(' ');
            }
            line += &self.instruction(at, opcode);
            at += usize::from(length(opcode));
            let ends = matches!(opcode, BRK | JCI | JMI | JSI)
                || matches!(mnemonic(opcode), "JMP" | "JCN" | "JSR" | "STZ" | "STR" | "STA" | "DEO");
            let goes_on = self.flow.part(at) == Some(Part::Instruction) && self.labels.at(at).is_empty();
            // A literal stays with what takes it, unless there is no end of literals.
            let full = line.len() > if is_literal(opcode) { 2 * WIDTH } else { WIDTH - 8 };
            if ends || !goes_on || full {
                break;
            }
        }
        self.line(&line, start);
        at
    }

    fn instruction(&mut self, at: usize, opcode: u8) -> String {
        let labels = self.labels;
        let reference = self.flow.reference(at);
        let named = reference.and_then(|reference| Some((reference.form, labels.of(reference)?)));
        let rune = match opcode {
            JCI => '?',
            JMI => '!',
            _ if is_literal(opcode) => return self.literal(at, opcode, named),
            JSI => '/',
            _ => return name(opcode).to_string(),
        };
        // Targets of immediate jumps and calls always have a name.
        let label = named.map(|(_, name)| self.refer(name)).unwrap_or_default();
        match (rune, label.strip_prefix('&')) {
            ('/', Some(tail)) => format!("/{tail}"),
            ('/', None) => label,
            _ => format!("{rune}{label}"),
        }
    }

    /// A literal: `#12` or `;label`, and where it is of the return stack or its operand is a variable, the
    /// opcode and a raw operand.
    fn literal(&mut self, at: usize, opcode: u8, named: Option<(Form, &str)>) -> String {
        let labels = self.labels.at(at + 1);
        let is_plain = labels.is_empty() && matches!(opcode, LIT | LIT2);
        // These may change the scope in which the operand is.
        let labels: Vec<_> = labels.iter().map(|name| self.define(name)).collect();
        let operand = match named {
            Some((form, name)) => {
                let rune = match (form, is_plain) {
                    (Form::Relative, true) => ',',
                    (Form::Relative, false) => '_',
                    (Form::ZeroPage, true) => '.',
                    (Form::ZeroPage, false) => '-',
                    (Form::Absolute | Form::Immediate, true) => ';',
                    (Form::Absolute | Form::Immediate, false) => '=',
                };
                format!("{rune}{}", self.refer(name))
            }
            None => {
                let rune = if is_plain { "#" } else { "" };
                format!("{rune}{}", hexadecimal(self.flow.bytes(at + 1, at + usize::from(length(opcode)))))
            }
        };
        match &labels[..] {
            [] if is_plain => operand,
            [] => format!("{} {operand}", name(opcode)),
            labels => format!("[ {} {} {operand} ]", name(opcode), labels.join(" ")),
        }
    }

    /// Lines of data up to the next label or instruction. Returns where that is.
    fn data(&mut self, start: usize) -> usize {
        let mut end = start + 1;
        while self.flow.part(end) == Some(Part::Data) && self.labels.at(end).is_empty() {
            end += 1;
        }
        let mut at = start;
        while at < end {
            let bytes = self.flow.bytes(at, end);
            let zeroes = bytes.iter().take_while(|&&byte| byte == 0).count();
            let text = text_length(bytes);
            let (line, length) = if zeroes >= MIN_ZEROES && at + zeroes == self.flow.end() {
                // Padding at the end adds nothing: the last byte has to be written.
                (format!("${:x} 00", zeroes - 1), zeroes)
            } else if zeroes >= MIN_ZEROES {
                (format!("${zeroes:x}"), zeroes)
            } else if text > 0 {
                let ends =
                    bytes[text..].iter().take(2).take_while(|&&byte| matches!(byte, 0 | b'\n')).count();
                (characters(&bytes[..text + ends]), text + ends)
            } else {
                let row = &bytes[..bytes.len().min(ROW)];
                let length = (1..row.len())
                    .find(|&length| starts_with_zeroes(&bytes[length..]) || text_length(&bytes[length..]) > 0)
                    .unwrap_or(row.len());
                (hexadecimal(&row[..length]), length)
            };
            self.line(&line, at);
            at += length;
        }
        end
    }

    fn line(&mut self, tokens: &str, address: usize) {
        self.push(format_args!("\t{tokens:<width$} ( {address:04x} )\n", width = WIDTH - 5));
    }

    /// The token that defines a name here.
    fn define(&mut self, name: &str) -> String {
        let token = match name.split_once('/') {
            Some((head, tail)) if head == self.scope => format!("&{tail}"),
            _ => format!("@{name}"),
        };
        self.scope = scope(name).to_string();
        token
    }

    /// How a name is referred to here.
    fn refer(&self, name: &str) -> String {
        match name.split_once('/') {
            Some((head, tail)) if head == self.scope => format!("&{tail}"),
            _ => name.to_string(),
        }
    }

    fn push(&mut self, text: std::fmt::Arguments) {
        self.text.write_fmt(text).expect("a String takes all text");
    }
}

fn starts_with_zeroes(bytes: &[u8]) -> bool {
    bytes.get(..MIN_ZEROES).is_some_and(|start| start.iter().all(|&byte| byte == 0))
}

/// How many characters of text come first, as far as they go on a line. Pictures have printable bytes as well,
/// but few letters.
fn text_length(bytes: &[u8]) -> usize {
    let line = &bytes[..bytes.len().min(MAX_TEXT)];
    let mut length = line.iter().take_while(|byte| matches!(byte, b' '..=b'~')).count();
    if length == MAX_TEXT && bytes.get(length).is_some_and(|byte| matches!(byte, b'!'..=b'~')) {
        // Rather between words.
        length = line.iter().rposition(|&byte| byte == b' ').map_or(length, |space| space + 1);
    }
    let letters = line[..length].iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let is_text = length >= MIN_TEXT && 2 * letters >= length && line[0] != b' ';
    if is_text { length } else { 0 }
}

/// `"Hello 20 "world 00`
fn characters(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut in_word = false;
    for &byte in bytes {
        let is_character = byte.is_ascii_graphic();
        if !in_word || !is_character {
            if !text.is_empty() {
                text.push(' ');
            }
            if is_character {
                text.push('"');
            }
        }
        if is_character {
            text.push(byte as char);
        } else {
            _ = write!(text, "{byte:02x}");
        }
        in_word = is_character;
    }
    text
}

/// Shorts, and a byte if one is left.
fn hexadecimal(bytes: &[u8]) -> String {
    let groups: Vec<String> =
        bytes.chunks(2).map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
    groups.join(" ")
}
