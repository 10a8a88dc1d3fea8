//! Screen. What whole pictures show is in the test `pictures`.

use fantail::uxn::Engine;
use fantail::varvara::{Event, Options, Status, Varvara};

use crate::machine::{FUEL, assemble, cases};

cases! {
    case_196: "#22 DEI2 #24 DEI2 BRK", |m| m.wst("02 00 01 40");
    case_197: "#0100 #22 DEO2 #0080 #24 DEO2 #22 DEI2 #24 DEI2 BRK", |m| {
        m.wst("01 00 00 80");
        assert_eq!((m.varvara.screen().width(), m.varvara.screen().height()), (256, 128));
    };
    case_198: "#0004 #22 DEO2 #22 DEI2 #ffff #24 DEO2 #24 DEI2 BRK", |m| m.wst("00 04 0f ff");
    case_199: "#0000 #22 DEO2 #22 DEI2 BRK", |m| {
        m.wst("00 00");
        assert!(m.varvara.screen().pixels().is_empty());
    };
    case_200: ";ss #2c DEO2 #0020 #28 DEO2 #01 #2f DEO #0100 #22 DEO2 BRK @ss ffff ffff ffff ffff", |m| {
        m.pixels(30, 0, [0, 0, 0, 0, 0, 0]);
    };
    case_201: ";ss #2c DEO2 #0020 #28 DEO2 #01 #2f DEO #0200 #22 DEO2 BRK @ss ffff ffff ffff ffff", |m| {
        m.pixels(30, 0, [0, 0, 1, 1, 1, 1]);
    };
    case_202: "#1234 #28 DEO2 #28 DEI2 BRK", |m| m.wst("12 34");
    case_203: "#8000 #28 DEO2 #28 DEI2 #ffff #2a DEO2 #2a DEI2 BRK", |m| m.wst("80 00 ff ff");
    case_204: "#12 #28 DEO #28 DEI2 #34 #29 DEO #28 DEI2 BRK", |m| m.wst("00 00 12 34");
    case_205: "#ff #26 DEO #26 DEI BRK", |m| m.wst("ff");
    case_206: ";on #20 DEO2 BRK @on #28 DEI2 INC2 #28 DEO2 #01 #2e DEO BRK", |m| {
        m.frames(3);
        m.pixels(0, 0, [0, 1, 1, 1, 0, 0]);
    };
    /// The size is in its ports from the beginning.
    case_413: "#82 #23 DEO #22 DEI2 #40 #25 DEO #24 DEI2 BRK", |m| m.wst("02 82 01 40");

    case_207: "#0002 #28 DEO2 #0003 #2a DEO2 #02 #2e DEO #41 #2e DEO BRK", |m| m.pixels(0, 3, [0, 0, 6, 0]);
    case_208: "#0002 #28 DEO2 #43 #2e DEO #40 #2e DEO #01 #2e DEO BRK", |m| m.pixels(0, 0, [0, 0, 1, 0]);
    case_209: "#41 #2e DEO #02 #2e DEO #40 #2e DEO BRK", |m| m.pixels(0, 0, [2]);
    case_210: "#03 #26 DEO #01 #2e DEOk DEO #28 DEI2 #2a DEI2 BRK", |m| {
        m.wst("00 02 00 02");
        m.only(1, |x, y| x == y && x < 2);
    };
    case_211: "#01 #26 DEO #0002 #28 DEO2 #02 #2e DEOk DEOk DEO #28 DEI2 BRK", |m| {
        m.wst("00 05");
        m.pixels(0, 0, [0, 0, 2, 2, 2, 0]);
    };
    case_212: "#02 #26 DEO #02 #2e DEOk DEO #28 DEI2 #2a DEI2 BRK", |m| m.wst("00 00 00 02");
    case_213: "#03 #26 DEO #0005 #28 DEO2 #0005 #2a DEO2 #31 #2e DEO #28 DEI2 #2a DEI2 BRK", |m| {
        m.wst("00 04 00 04");
        m.only(1, |x, y| (x, y) == (5, 5));
    };
    case_214: "#ffff #28 DEO2 #01 #2e DEO #01 #26 DEO #01 #2e DEO #28 DEI2 #01 #2e DEO #28 DEI2 BRK", |m| {
        m.wst("00 00 00 01");
        m.only(1, |x, y| (x, y) == (0, 0));
    };
    case_215: "#01fe #28 DEO2 #013e #2a DEO2 #81 #2e DEO #28 DEI2 BRK", |m| {
        m.wst("01 fe");
        m.only(1, |x, y| x >= 510 && y >= 318);
    };
    case_216: "#0002 #28 DEO2 #0002 #2a DEO2 #b1 #2e DEO BRK", |m| m.only(1, |x, y| x < 2 && y < 2);
    case_217: "#0002 #28 DEO2 #0002 #2a DEO2 #91 #2e DEO BRK", |m| m.only(1, |x, y| x < 2 && y >= 2);
    case_218: "#0002 #28 DEO2 #0002 #2a DEO2 #a1 #2e DEO BRK", |m| m.only(1, |x, y| x >= 2 && y < 2);
    case_219: "#0300 #28 DEO2 #81 #2e DEO BRK", |m| m.only(1, |_, _| false);
    case_220: "#0200 #28 DEO2 #91 #2e DEO BRK", |m| m.only(1, |_, _| true);
    case_221: "#03 #26 DEO #0002 #28 DEO2 #0002 #2a DEO2 #81 #2e DEO #28 DEI2 #2a DEI2 BRK", |m| {
        m.wst("00 02 00 02");
    };
}

/// A background pixel of colour 3, and over it a tile whose rows have the values 0 0 2 2 1 1 3 3.
macro_rules! blends {
    ($($name:ident: $blend:literal, $expected:expr;)*) => {
        cases! {
            $($name: concat!("#03 #2e DEO ;ss #2c DEO2 #", $blend, " #2f DEO BRK
                @ss 0f0f 0f0f 0f0f 0f0f 3333 3333 3333 3333"), |m| m.pixels(0, 0, $expected);)*
        }
    };
}

blends! {
    case_222: "80", [3, 0, 1, 1, 0, 0, 2, 2];
    case_223: "81", [0, 0, 2, 2, 1, 1, 3, 3];
    case_224: "82", [0, 0, 3, 3, 2, 2, 1, 1];
    case_225: "83", [0, 0, 1, 1, 3, 3, 2, 2];
    case_226: "84", [1, 1, 1, 1, 0, 0, 2, 2];
    case_227: "85", [3, 0, 2, 2, 1, 1, 3, 3];
    case_228: "86", [1, 1, 3, 3, 2, 2, 1, 1];
    case_229: "87", [1, 1, 1, 1, 3, 3, 2, 2];
    case_230: "88", [2, 2, 1, 1, 0, 0, 2, 2];
    case_231: "89", [2, 2, 2, 2, 1, 1, 3, 3];
    case_232: "8a", [3, 0, 3, 3, 2, 2, 1, 1];
    case_233: "8b", [2, 2, 1, 1, 3, 3, 2, 2];
    case_234: "8c", [3, 3, 1, 1, 0, 0, 2, 2];
    case_235: "8d", [3, 3, 2, 2, 1, 1, 3, 3];
    case_236: "8e", [3, 3, 3, 3, 2, 2, 1, 1];
    case_237: "8f", [3, 0, 1, 1, 3, 3, 2, 2];
    case_238: "00", [3, 0, 0, 0, 0, 0, 0, 0];
    case_239: "05", [3, 0, 0, 0, 1, 1, 1, 1];
    case_240: "04", [1, 1, 1, 1, 0, 0, 0, 0];
}

cases! {
    case_241: "#42 #2e DEO ;ss #2c DEO2 #ca #2f DEO BRK @ss 0f0f 0f0f 0f0f 0f0f 3333 3333 3333 3333", |m| {
        m.pixels(0, 0, [8, 0, 0xc, 0xc, 8, 8, 4, 4]);
    };
    case_242: ";ss #2c DEO2 #41 #2f DEO #40 #2f DEO BRK @ss ffff ffff ffff ffff", |m| m.pixels(0, 0, [0, 0]);
    case_243: ";ss #2c DEO2 #41 #2f DEO #44 #2f DEO BRK @ss 00ff ffff ffff ffff", |m| {
        m.pixels(0, 0, [4, 4]);
        m.pixels(0, 1, [0, 0]);
    };
    case_244: ";ss #2c DEO2 #01 #2f DEO BRK @ss 80 40 20 10 08 04 02 01", |m| {
        m.only(1, |x, y| x < 8 && y == x);
    };
    case_245: ";ss #2c DEO2 #11 #2f DEO BRK @ss 80 40 20 10 08 04 02 01", |m| {
        m.only(1, |x, y| x < 8 && x + y == 7);
    };
    case_246: ";ss #2c DEO2 #21 #2f DEO BRK @ss 80 40 20 10 08 04 02 01", |m| {
        m.only(1, |x, y| x < 8 && x + y == 7);
    };
    case_247: ";ss #2c DEO2 #31 #2f DEO BRK @ss 80 40 20 10 08 04 02 01", |m| {
        m.only(1, |x, y| x < 8 && y == x);
    };
    case_248: "#0020 #28 DEO2 #0020 #2a DEO2 ;ss #2c DEO2 #15 #26 DEO #01 #2f DEO BRK @ss ff00 0000 0000 0000 00ff 0000 0000 0000", |m| {
        m.only(1, |x, y| (32..40).contains(&x) && [32, 41].contains(&y));
    };
    case_249: "#0020 #28 DEO2 #0020 #2a DEO2 ;ss #2c DEO2 #16 #26 DEO #01 #2f DEO BRK @ss ff00 0000 0000 0000 00ff 0000 0000 0000", |m| {
        m.only(1, |x, y| (32..40).contains(&x) && y == 32 || (40..48).contains(&x) && y == 33);
    };
    case_250: "#0020 #28 DEO2 #0020 #2a DEO2 ;ss #2c DEO2 #17 #26 DEO #01 #2f DEO BRK @ss ff00 0000 0000 0000 00ff 0000 0000 0000", |m| {
        m.only(1, |x, y| (32..40).contains(&x) && y == 32 || (40..48).contains(&x) && y == 41);
    };
    case_251: "#0020 #28 DEO2 #0020 #2a DEO2 ;ss #2c DEO2 #14 #26 DEO #01 #2f DEO #2c DEI2 BRK @ss ff00 0000 0000 0000 00ff 0000 0000 0000", |m| {
        m.only(1, |x, y| (32..40).contains(&x) && y == 33);
        m.wst("01 30");
    };
    case_252: "#0040 #28 DEO2 #0040 #2a DEO2 ;ss #2c DEO2 #16 #26 DEO #01 #2f DEO #28 DEI2 #2a DEI2 #2c DEI2 BRK @ss", |m| {
        m.wst("00 40 00 48 01 36");
    };
    case_253: "#0040 #28 DEO2 #0040 #2a DEO2 ;ss #2c DEO2 #15 #26 DEO #11 #2f DEO #28 DEI2 #2a DEI2 #2c DEI2 BRK @ss", |m| {
        m.wst("00 38 00 40 01 36");
    };
    case_254: "#0040 #28 DEO2 #0040 #2a DEO2 ;ss #2c DEO2 #12 #26 DEO #21 #2f DEO #28 DEI2 #2a DEI2 #2c DEI2 BRK @ss", |m| {
        m.wst("00 40 00 38 01 26");
    };
    case_255: "#0040 #28 DEO2 #0040 #2a DEO2 ;ss #2c DEO2 #17 #26 DEO #31 #2f DEO #28 DEI2 #2a DEI2 #2c DEI2 BRK @ss", |m| {
        m.wst("00 38 00 38 01 36");
    };
    case_256: ";ss #2c DEO2 #16 #26 DEO #81 #2f DEO #28 DEI2 #2a DEI2 #2c DEI2 BRK @ss", |m| {
        m.wst("00 00 00 08 01 3a");
    };
    case_257: "#ff #26 DEO #03 #2f DEO #28 DEI2 #2a DEI2 #2c DEI2 BRK", |m| m.wst("00 08 00 08 00 80");
    case_258: "#05 #26 DEO ;ss #2c DEO2 #01 #2f DEOk DEO BRK @ss ff00 0000 0000 0000 00ff", |m| {
        m.only(1, |x, y| x < 8 && y == 0 || (8..16).contains(&x) && y == 1);
    };
    case_259: "#26 #26 DEO ;ss #2c DEO2 #0008 #28 DEO2 #11 #2f DEO BRK @ss 8000 0000 0000 0000 8000 0000 0000 0000 8000", |m| {
        m.only(1, |x, y| y == 0 && [7, 15].contains(&x));
    };
    case_260: "#25 #26 DEO ;ss #2c DEO2 #0010 #2a DEO2 #21 #2f DEO BRK @ss 8000 0000 0000 0000 4000 0000 0000 0000 2000", |m| {
        m.only(1, |x, y| [(0, 23), (1, 15), (2, 7)].contains(&(x, y)));
    };
    case_261: "#fffc #28 DEO2 ;ss #2c DEO2 #01 #2f DEO BRK @ss ffff ffff ffff ffff", |m| {
        m.pixels(0, 0, [1, 1, 1, 1, 0, 0]);
        m.only(1, |x, y| x < 4 && y < 8);
    };
    case_262: "#01fc #28 DEO2 ;ss #2c DEO2 #01 #2f DEO BRK @ss ffff ffff ffff ffff", |m| {
        m.pixels(506, 0, [0, 0, 1, 1, 1, 1]);
        m.only(1, |x, y| x >= 508 && y < 8);
    };
    case_263: "#fff8 #28 DEO2 ;ss #2c DEO2 #01 #2f DEO BRK @ss ffff ffff ffff ffff", |m| m.only(1, |_, _| false);
    case_264: "#0200 #28 DEO2 ;ss #2c DEO2 #01 #2f DEO BRK @ss ffff ffff ffff ffff", |m| m.only(1, |_, _| false);
    case_265: "#fffc #2a DEO2 ;ss #2c DEO2 #01 #2f DEO BRK @ss ffff ffff ffff ffff", |m| {
        m.only(1, |x, y| x < 8 && y < 4);
    };

    /// The size that is, not the number that was written.
    the_size_reads_as_it_is: "#1200 #22 DEO2 #22 DEI2 #f1 #22 DEO #22 DEI2 BRK", |m| m.wst("02 00 02 00");
    negative_fills: "#fffe #28 DEO2 #013f #2a DEO2 #81 #2e DEO #0000 #2a DEO2 #92 #2e DEO BRK", |m| {
        m.only(1, |_, y| y == 319);
    };
    a_fill_keeps_the_other_layer: "#81 #2e DEO #c2 #2e DEO #80 #2e DEO BRK", |m| m.only(8, |_, _| true);
    a_narrow_screen_shows_a_part_of_a_tile: "#0003 #22 DEO2 #0005 #24 DEO2 #ffff #28 DEO2 ;ss #2c DEO2 #01 #2f DEO BRK
        @ss 80 40 20 10 08 04 02 01", |m| {
        m.only(1, |x, y| y == x + 1);
    };
    nothing_can_be_drawn_on_an_empty_screen: "#0000 #24 DEO2 #ff #26 DEO #01 #2e DEO #81 #2e DEO #ff #2f DEO BRK", |m| {
        assert!(m.varvara.screen().pixels().is_empty());
    };
    /// Bank 1 starts with ff ff; the tile at 0xfffa ends there.
    sprite_data_runs_on_into_bank_1: ";cm #02 DEO2 #fffa #2c DEO2 #01 #2f DEO BRK @cm [ 00 0002 0001 0000 ff ]", |m| {
        m.only(1, |x, y| x < 8 && (6..8).contains(&y));
    };
    a_low_byte_alone_goes_on_from_where_auto_went: "#00ff #28 DEO2 #01 #26 DEO #01 #2e DEO #05 #29 DEO #28 DEI2 BRK", |m| {
        m.wst("01 05");
    };
}

/// Fills, resizes and tiles take fuel, so that a loop of them cannot freeze a page.
#[test]
fn big_drawings_take_fuel() {
    let programs = [
        ("#0fff #22 DEO2 BRK", 80_000),
        ("#0fff #22 DEO2 #0fff #24 DEO2 BRK", 1_100_000),
        ("#81 #2e DEO BRK", 10_000),
        ("#01fe #28 DEO2 #81 #2e DEO BRK", 320),
        ("#f0 #26 DEO #81 #2f DEO BRK", 256),
    ];
    for &engine in Engine::ALL {
        for (source, cost) in programs {
            let mut computer = Varvara::new(&assemble(source), Options { engine, ..Options::default() });
            assert_eq!(computer.run(FUEL), Status::Idle);
            assert!(FUEL - computer.fuel() >= cost, "{source}: {}", FUEL - computer.fuel());
        }
    }
}

#[test]
fn redraw_is_asked_for_when_something_changed() {
    let rom = assemble(";on #80 DEO2 BRK @on #83 DEI #2e DEO BRK");
    for &engine in Engine::ALL {
        let mut computer = Varvara::new(&rom, Options { engine, ..Options::default() });
        computer.run(FUEL);
        assert!(computer.take_redraw(), "the first picture");
        assert!(!computer.take_redraw());
        computer.send(Event::Key(0x01));
        computer.run(FUEL);
        assert!(computer.take_redraw());
        assert!(!computer.take_redraw());
    }
    for (source, redraw) in [
        ("#0100 #22 DEO2 BRK", true),
        ("#0200 #22 DEO2 BRK", false),
        ("#1000 #08 DEO2 BRK", true),
        ("#0200 #28 DEO2 #01 #2e DEO #81 #2e DEO #01 #2f DEO BRK", false),
    ] {
        let mut computer = Varvara::new(&assemble(source), Options::default());
        computer.take_redraw();
        computer.run(FUEL);
        assert_eq!(computer.take_redraw(), redraw, "{source}");
    }
}

#[test]
fn the_picture_shows_the_foreground_over_the_background() {
    let source = "#1234 #08 DEO2 #5678 #0a DEO2 #9abc #0c DEO2 #0003 #22 DEO2 #0001 #24 DEO2
        #01 #26 DEO #02 #2e DEO #43 #2e DEO #0000 #28 DEO2 #40 #2e DEO #01 #2e DEO BRK";
    let mut computer = Varvara::new(&assemble(source), Options::default());
    computer.run(FUEL);
    assert_eq!(computer.screen().pixels(), [2, 0xd, 0]);
    assert_eq!(computer.picture(), [0x33, 0x77, 0xbb, 0x44, 0x88, 0xcc, 0x11, 0x55, 0x99]);
    let mut rgba = vec![1; 99];
    computer.picture_rgba(&mut rgba);
    assert_eq!(rgba, [0x33, 0x77, 0xbb, 255, 0x44, 0x88, 0xcc, 255, 0x11, 0x55, 0x99, 255]);
}
