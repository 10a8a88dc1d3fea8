//! What devices charge. `cargo bench --bench devices` measures whether that is enough.

use fantail::uxn::Engine;
use fantail::varvara::{Options, Status, Varvara};

use super::machine::{FUEL, assemble};

fn computer(source: &str, engine: Engine) -> Varvara {
    Varvara::new(&assemble(source), Options { engine, ..Options::default() })
}

/// A few bytes of code, and the least that they cost.
#[test]
fn work_is_charged_by_what_there_is_to_do() {
    let long = ";record #02 DEO2 #1000 #a8 DEO2";
    let record = "@record 00 0fff 0000 1000 78";
    let programs = [
        // A name of 4 kB, wherever it is read.
        (format!("{long} #2000 #a4 DEO2 BRK {record}"), 2 * 4095),
        (format!("{long} #2000 #ac DEO2 BRK {record}"), 2 * 4095),
        (format!("{long} #2000 #ae DEO2 BRK {record}"), 2 * 4095),
        (format!("{long} #00 #a6 DEO BRK {record}"), 2 * 4095),
        // All of the buffer, whether it is filled with digits, marks or nothing.
        ("#d000 #aa DEO2 ;name #a8 DEO2 #2000 #a4 DEO2 BRK @name \"x 00".to_owned(), 0xd000 / 16),
        ("#d000 #aa DEO2 ;name #a8 DEO2 #2000 #ac DEO2 BRK @name \"x 00".to_owned(), 0xd000 / 16),
        ("#d000 #aa DEO2 ;name #a8 DEO2 #2000 #ae DEO2 BRK @name \"x 00".to_owned(), 0xd000 / 16),
        // Lines of metadata, by their bytes.
        (
            "#2000 &next LIT2 \"a 0a OVR2 STA2 INC2 INC2 DUP2 #2ffe LTH2 ?&next #1fff #06 DEO2 BRK"
                .to_owned(),
            8 * 4094,
        ),
        // Messages, and streams that take turns.
        ("#01 #0e DEO BRK".to_owned(), 200),
        (";record #02 DEO2 BRK @record 07".to_owned(), 200),
        ("#41 #18 DEO #41 #19 DEO #41 #18 DEO #41 #19 DEO BRK".to_owned(), 4 * 64),
        // Rows of one pixel.
        ("#0fff #24 DEO2 #01ff #28 DEO2 #81 #2e DEO BRK".to_owned(), 8 * 4095),
        // Little work is some.
        ("#0000 #02 DEO2 #3c #3f DEO #0000 #08 DEO2 #01 #2e DEO BRK".to_owned(), 18 + 4 * 4),
    ];
    for &engine in Engine::ALL {
        for (source, least) in &programs {
            let mut computer = computer(source, engine);
            assert_eq!(computer.run(FUEL), Status::Idle, "{source}");
            let used = FUEL - computer.fuel();
            assert!(used >= *least, "{source}: {used}");
        }
    }
}

/// A resize costs a million units, however small the slices are, and the program is where it would be.
#[test]
fn what_a_device_charges_beyond_a_slice_is_due_in_the_next() {
    let source = "#0fff #22 DEO2 #0fff #24 DEO2 #1234 BRK";
    for &engine in Engine::ALL {
        let mut whole = computer(source, engine);
        assert_eq!(whole.run(FUEL), Status::Idle);
        let expected = FUEL - whole.fuel();
        for slice in [40, 1000, 70_000] {
            let mut computer = computer(source, engine);
            let mut used = 0;
            loop {
                let status = computer.run(slice);
                used += slice - computer.fuel();
                if status == Status::Idle {
                    break;
                }
            }
            assert_eq!(used, expected, "slices of {slice}");
            assert_eq!(computer.uxn().wst.bytes(), [0x12, 0x34]);
        }
        // A reset owes nothing.
        let mut computer = computer(source, engine);
        computer.run(100);
        computer.reset();
        assert_eq!((computer.run(8), computer.uxn().dev[0x22]), (Status::Busy, 0x0f));
    }
}
