//! Random writes, reads and events: nothing panics, everything stays in bounds, the engines agree.

use std::cell::RefCell;
use std::rc::Rc;

use fantail::uxn::Engine;
use fantail::varvara::{Edition, Event, InputType, Memory, Node, Options, Quota, Status, Varvara};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Access {
    Write {
        port: u8,
        value: u8,
    },
    WriteShort {
        port: u8,
        value: u16,
    },
    Read {
        port: u8,
        short: bool,
    },
    /// A record, written to the zero page and performed.
    Expansion {
        code: u8,
        length: u16,
        from: (u16, u16),
        to: (u16, u16),
    },
    /// A name, written to the zero page and given to a file device.
    Name {
        second: bool,
        name: &'static [u8],
    },
}

const NAMES: [&[u8]; 12] =
    [b"a", b"b.txt", b"d/a", b"d/e/f", b"d/", b".", b"./", b"", b"..", b"a/../../b", b"/a", b"\xff\\"];

const QUOTA: Quota = Quota { bytes: 0x18000, entries: 5 };

/// Numbers at which something ends, and any others.
fn short() -> impl Strategy<Value = u16> {
    let edges = [0, 1, 7, 8, 9, 0xff, 0x100, 0x13f, 0x140, 0x1f8, 0x1ff, 0x200, 0xfff, 0x1000];
    let high = [0x7fff, 0x8000, 0xfff0, 0xfff7, 0xfff8, 0xfff9, 0xfffe, 0xffff];
    prop_oneof![proptest::sample::select([edges.as_slice(), &high].concat()), any::<u16>()]
}

fn port() -> impl Strategy<Value = u8> {
    // Mostly screen, voices and files; seldom the size, which costs time.
    prop_oneof![
        8 => 0x26u8..0x30,
        1 => 0x22u8..0x26,
        4 => 0x30u8..0x70,
        4 => 0xa2u8..0xc0,
        4 => any::<u8>(),
    ]
}

fn access() -> impl Strategy<Value = Access> {
    let place = || (prop_oneof![0u16..17, any::<u16>()], short());
    prop_oneof![
        6 => (port(), short()).prop_map(|(port, value)| Access::WriteShort { port, value }),
        6 => (port(), any::<u8>()).prop_map(|(port, value)| Access::Write { port, value }),
        2 => (port(), any::<bool>()).prop_map(|(port, short)| Access::Read { port, short }),
        1 => (0u8..4, short(), place(), place())
            .prop_map(|(code, length, from, to)| Access::Expansion { code, length, from, to }),
        2 => (any::<bool>(), prop::sample::select(&NAMES[..]))
            .prop_map(|(second, name)| Access::Name { second, name }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        any::<u8>().prop_map(|byte| Event::Console { byte, kind: InputType::Stdin }),
        any::<u8>().prop_map(Event::Key),
        (0u8..5, any::<u8>(), any::<bool>()).prop_map(|(player, button, down)| Event::Button {
            player,
            button,
            down
        }),
        (any::<u16>(), any::<u16>()).prop_map(|(x, y)| Event::MouseMove { x, y }),
        (any::<u8>(), any::<bool>()).prop_map(|(mask, down)| Event::MouseButton { mask, down }),
        (any::<i16>(), any::<i16>()).prop_map(|(x, y)| Event::Scroll { x, y }),
        Just(Event::Frame),
    ]
}

/// A program that does all this and then stops. Vectors it sets lead into its own middle or elsewhere.
fn program(accesses: &[Access]) -> Vec<u8> {
    let [lit, lit2, dei, dei2, deo, deo2, stz, pop, pop2, brk] =
        [0x80, 0xa0, 0x16, 0x36, 0x17, 0x37, 0x11, 0x02, 0x22, 0x00];
    let mut rom = Vec::new();
    for access in accesses {
        match *access {
            Access::Write { port, value } => rom.extend([lit, value, lit, port, deo]),
            Access::WriteShort { port, value } => {
                let [high, low] = value.to_be_bytes();
                rom.extend([lit2, high, low, lit, port, deo2]);
            }
            Access::Read { port, short } => {
                rom.extend([lit, port, if short { dei2 } else { dei }, if short { pop2 } else { pop }]);
            }
            Access::Expansion { code, length, from, to } => {
                let mut record = vec![code];
                for value in [length, from.0, from.1, to.0, to.1] {
                    record.extend(value.to_be_bytes());
                }
                for (address, byte) in record.into_iter().enumerate() {
                    rom.extend([lit, byte, lit, address as u8, stz]);
                }
                rom.extend([lit2, 0x00, 0x00, lit, 0x02, deo2]);
            }
            Access::Name { second, name } => {
                for (address, &byte) in (0x80u8..).zip(name.iter().chain(b"\0")) {
                    rom.extend([lit, byte, lit, address, stz]);
                }
                rom.extend([lit2, 0x00, 0x80, lit, if second { 0xb8 } else { 0xa8 }, deo2]);
            }
        }
    }
    rom.push(brk);
    rom
}

/// Everything that can be seen of a computer after a run in slices.
fn outcome(
    rom: &[u8],
    events: &[Event],
    engine: Engine,
    edition: Edition,
) -> impl PartialEq + std::fmt::Debug {
    let files = Rc::new(RefCell::new(Memory::new(QUOTA)));
    let options = Options { engine, edition, files: Box::new(Rc::clone(&files)), ..Options::default() };
    let mut computer = Varvara::new(rom, options);
    let mut output = Vec::new();
    let mut sound = Vec::new();
    let mut trace = Vec::new();
    for slice in 0..200 {
        if slice % 20 == 10 {
            for &event in events {
                computer.send(event);
            }
        }
        if slice % 40 == 0 {
            computer.skip_frame(); // Also in the middle of a vector.
            let mut samples = [[0; 2]; 100];
            computer.sound(&mut samples);
            assert!(computer.is_sounding() || samples == [[0; 2]; 100]);
            sound.extend(samples);
        }
        let status = computer.run(500);
        trace.push((status, computer.fuel()));
        output.extend(computer.take_output());
        if matches!(status, Status::Exited(_)) {
            break;
        }
    }
    let screen = computer.screen();
    assert!(screen.width() <= 4095 && screen.height() <= 4095);
    assert_eq!(screen.pixels().len(), usize::from(screen.width()) * usize::from(screen.height()));
    assert!(screen.pixels().iter().all(|&pixel| pixel < 16));
    let mut rgba = Vec::new();
    if screen.pixels().len() < 1 << 20 {
        computer.picture_rgba(&mut rgba);
        assert_eq!(rgba.len(), screen.pixels().len() * 4);
    }
    let uxn = computer.uxn();
    let stacks = (uxn.wst.clone(), uxn.rst.clone());
    let hash = |bytes: &[u8]| {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        hasher.finish()
    };
    let banks: Vec<_> = (1..16).map(|number| hash(computer.bank(number).unwrap())).collect();
    let memory = (hash(uxn.ram()), hash(&uxn.dev), banks, hash(screen.pixels()));
    let nodes: Vec<_> = files.borrow().nodes().map(|(path, node)| (path.clone(), node.clone())).collect();
    let bytes: usize =
        nodes.iter().map(|(_, node)| if let Node::File(file) = node { file.len() } else { 0 }).sum();
    assert!(bytes as u64 <= QUOTA.bytes && nodes.len() <= QUOTA.entries);
    (trace, output, sound, stacks, memory, computer.palette(), computer.metadata().cloned(), nodes)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_the_engines_agree(
        accesses in prop::collection::vec(access(), 0..150),
        events in prop::collection::vec(event(), 0..20),
        edition in prop::sample::select(Edition::ALL),
    ) {
        let rom = program(&accesses);
        let outcomes: Vec<_> =
            Engine::ALL.iter().map(|&engine| outcome(&rom, &events, engine, edition)).collect();
        for other in &outcomes[1..] {
            prop_assert_eq!(&outcomes[0], other);
        }
    }

    /// Any bytes at all.
    #[test]
    fn random_roms_do_no_harm(
        rom in prop::collection::vec(any::<u8>(), 0..2000),
        events in prop::collection::vec(event(), 0..20),
    ) {
        let outcomes: Vec<_> =
            Engine::ALL.iter().map(|&engine| outcome(&rom, &events, engine, Edition::Y2026)).collect();
        for other in &outcomes[1..] {
            prop_assert_eq!(&outcomes[0], other);
        }
    }
}
