//! The calculator, against an evaluator of our own by recursive descent over 64-bit numbers.

use super::{console, success};

/// The value, or nothing if any result on the way leaves 32 bits.
struct Evaluator<'a> {
    rest: &'a [u8],
}

impl Evaluator<'_> {
    fn evaluate(text: &str) -> Option<i32> {
        let mut evaluator = Evaluator { rest: text.as_bytes() };
        let value = evaluator.binary(1);
        value.inspect(|_| assert!(evaluator.peek().is_none(), "{text}"))
    }

    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.first().copied()
    }

    fn take(&mut self, token: &[u8]) -> bool {
        self.peek();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn binary(&mut self, level: usize) -> Option<i32> {
        let levels: [&[&str]; 6] = [&["|"], &["^"], &["&"], &["<<", ">>"], &["+", "-"], &["*", "/", "%"]];
        let Some(operators) = levels.get(level - 1) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.take(operator.as_bytes())) {
            let right = self.binary(level + 1)?;
            let (a, b) = (i64::from(left), i64::from(right));
            left = match *operator {
                "|" => Some(left | right),
                "^" => Some(left ^ right),
                "&" => Some(left & right),
                "<<" => u32::try_from(right).ok().and_then(|count| left.checked_shl(count)),
                ">>" => u32::try_from(right).ok().and_then(|count| left.checked_shr(count)),
                "+" => i32::try_from(a + b).ok(),
                "-" => i32::try_from(a - b).ok(),
                "*" => i32::try_from(a * b).ok(),
                "/" => a.checked_div(b).and_then(|value| i32::try_from(value).ok()),
                _ => a.checked_rem(b).and_then(|value| i32::try_from(value).ok()),
            }?;
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<i32> {
        if self.take(b"-") {
            return match self.number() {
                Some(number) => i32::try_from(-number).ok(),
                None => self.unary()?.checked_neg(),
            };
        }
        if self.take(b"~") {
            return self.unary().map(|value| !value);
        }
        if self.take(b"(") {
            let value = self.binary(1)?;
            return self.take(b")").then_some(value);
        }
        let number = self.number().expect("a number");
        i32::try_from(number).ok()
    }

    fn number(&mut self) -> Option<i64> {
        let digits = |rest: &[u8], hex: bool| {
            let is_digit = |c: &&u8| if hex { c.is_ascii_hexdigit() } else { c.is_ascii_digit() };
            String::from_utf8(rest.iter().take_while(is_digit).copied().collect()).expect("digits")
        };
        self.peek();
        if let Some(rest) = self.rest.strip_prefix(b"0x") {
            let text = digits(rest, true);
            self.rest = &rest[text.len()..];
            return Some(i64::from(u32::from_str_radix(&text, 16).expect("32 bits").cast_signed()));
        }
        let text = digits(self.rest, false);
        self.rest = &self.rest[text.len()..];
        text.parse().ok()
    }
}

struct Random(u32);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
        (self.0 >> 8) % limit
    }

    fn number(&mut self) -> String {
        let wide = (self.below(0x1_0000) << 16) | self.below(0x1_0000);
        let number = wide >> self.below(32);
        match self.below(4) {
            0 => format!("{number:#x}"),
            1 => self.below(20).to_string(),
            2 => ["2147483647", "2147483648", "65536", "46341", "0", "1"][self.below(6) as usize].to_string(),
            _ => (number >> 1).to_string(),
        }
    }

    fn expression(&mut self, depth: u32) -> String {
        let space = ["", " ", "  "][self.below(3) as usize];
        match self.below(if depth == 0 { 2 } else { 8 }) {
            0 | 1 => self.number(),
            2 => format!("({space}{})", self.expression(depth - 1)),
            3 => format!("{}{space}{}", ["-", "~"][self.below(2) as usize], self.operand(depth - 1)),
            _ => {
                let operators = ["|", "^", "&", "<<", ">>", "+", "-", "*", "/", "%", "+", "-", "*"];
                let operator = operators[self.below(13) as usize];
                format!("{}{space}{operator}{space}{}", self.operand(depth - 1), self.operand(depth - 1))
            }
        }
    }

    fn operand(&mut self, depth: u32) -> String {
        match self.below(3) {
            0 => self.expression(depth),
            1 => self.number(),
            _ => format!("({})", self.expression(depth)),
        }
    }
}

#[test]
fn random_expressions_have_the_right_value() {
    let mut random = Random(7);
    let (mut input, mut expected, mut errors) = (String::new(), String::new(), 0);
    let mut count = 0;
    while count < 4000 {
        let expression = random.expression(5);
        if expression.len() > 250 {
            continue;
        }
        count += 1;
        input += &format!("{expression}\n");
        match Evaluator::evaluate(&expression) {
            Some(value) => expected += &format!("{value}\n"),
            // An error: its first line.
            None => {
                errors += 1;
                expected += &format!("{expression}\n");
            }
        }
    }
    let (output, code) = console("calc", &[], input.as_bytes());
    let lines = output.lines().filter(|line| !line.trim_start().starts_with("^ "));
    for ((line, expected), input) in lines.zip(expected.lines()).zip(input.lines()) {
        assert_eq!(line, expected, "{input}");
    }
    assert_eq!(output.lines().count(), 4000 + errors);
    assert!((500..3500).contains(&errors), "{errors}");
    assert_eq!(code, Some(1));
}

#[test]
fn an_expression_may_come_from_the_arguments() {
    assert_eq!(console("calc", &["1+2"], b""), success("3\n"));
    assert_eq!(console("calc", &["1", "+", "2", "*", "0x10"], b""), success("33\n"));
    assert_eq!(console("calc", &["hex", "-1"], b""), success("0xffffffff\n"));
    assert_eq!(console("calc", &["hex 0"], b""), success("0x0\n"));
}

#[test]
fn variables_keep_their_values() {
    let input =
        b"x = 6*7 # the answer\n\nx/2\r\nans + 1\nx = x * x\nlong_1=-x\nvars\nlong_2=5\nhelp_me=1\nhelp_me";
    let output = "42\n21\n22\n1764\n-1764\nans = -1764\nx = 1764\nlong_1 = -1764\n5\n1\n1\n";
    assert_eq!(console("calc", &[], input), success(output));
    assert_eq!(console("calc", &[], b"1\nquit\n2\n"), success("1\n"));
}

#[test]
fn what_is_wrong_is_shown_with_its_place() {
    for (line, mark) in [
        ("1 + * 2", "    ^ expected a number"),
        ("1 +", "   ^ expected a number"),
        ("1 2", "  ^ expected an operator"),
        ("1 < 2", "  ^ expected an operator"),
        ("3*(1+2", "  ^ this parenthesis is not closed"),
        ("1+2)*3", "   ^ no parenthesis is open here"),
        ("2 + 1 / (3-3)", "      ^ division by zero"),
        ("5 % 0", "  ^ division by zero"),
        ("\t1 + 2147483647", "\t  ^ the result does not fit in 32 bits"),
        ("-2147483648/-1", "           ^ the result does not fit in 32 bits"),
        ("-(-2147483648)", "^ the result does not fit in 32 bits"),
        ("1 + 2147483648", "    ^ this number does not fit in 32 bits"),
        ("0x100000000", "^ this number does not fit in 32 bits"),
        ("0xg", "^ expected hexadecimal digits after 0x"),
        ("1 << 32", "  ^ a shift is by 0 to 31 places"),
        ("x + 1", "^ no variable has this name"),
        ("much_too_long = 1", "^ a name has 8 characters at most"),
        ("help me", "     ^ expected the end of the line"),
        ("\u{e9} + 1", "^ expected a number"),
        ("(\u{e9} + 1", " ^ expected a number"),
    ] {
        let expected = format!("{line}\n{mark}\n1\n");
        assert_eq!(console("calc", &[], format!("{line}\n1\n").as_bytes()), (expected, Some(1)), "{line}");
    }
    // The name is not kept when its value is wrong.
    let (output, _) = console("calc", &[], b"x = 1/0\nx\n");
    assert!(output.ends_with("x\n^ no variable has this name\n"), "{output}");
}

#[test]
fn no_line_and_no_nesting_is_too_much() {
    let deep = format!("{}1{}", "(".repeat(127), ")".repeat(126));
    assert_eq!(console("calc", &[], format!("{deep})").as_bytes()).0.lines().count(), 2);
    let deep = format!("{}1{}", "(".repeat(100), ")".repeat(100));
    assert_eq!(console("calc", &[], deep.as_bytes()), success("1\n"));
    let (output, code) = console("calc", &[], format!("{}\n7\n", "(".repeat(200)).as_bytes());
    assert!(output.ends_with("^ this is nested too deeply\n7\n") && code == Some(1), "{output}");
    let (output, _) = console("calc", &[], format!("{}\n7\n", "1+".repeat(200)).as_bytes());
    assert!(output.ends_with("^ the line is too long\n7\n"), "{output}");
    // One variable after the other, until there is no room.
    let many: String = (0..100).map(|n| format!("v{n}={n}\n")).collect();
    let (output, code) = console("calc", &[], format!("{many}v63*2\n").as_bytes());
    assert!(output.contains("^ there is no room for another variable") && output.ends_with("\n126\n"));
    assert_eq!(code, Some(1));
    // Any byte at all.
    let bytes: Vec<u8> = (0..=255).chain(*b"\n1+1\n").collect();
    assert!(console_bytes(&bytes).ends_with(b"\n2\n"));
}

/// The output need not be UTF-8.
fn console_bytes(input: &[u8]) -> Vec<u8> {
    use fantail::varvara::{Event, InputType};
    let mut session = super::Session::start("roms/console/calc.tal", &[]);
    for &byte in input {
        session.send(Event::Console { byte, kind: InputType::Stdin });
    }
    session.output
}
