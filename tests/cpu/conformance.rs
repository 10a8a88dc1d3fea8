//! Conformance cases 1 to 161 on every engine, and on the oracle, which has to be right as well.

use fantail::tal::assemble;
use fantail::uxn::{Engine, RESET, Stop};

use crate::oracle::{self, Cpu};
use crate::rig::{Lab, load};

/// A test per case: a program, and what it leaves behind.
///
/// `WST` and `RST` list a whole stack, bottom first; a stack that is not mentioned has to be empty.
/// `WST pointer` is the pointer only, `WST byte` the byte at an index wherever the pointer is, `mem` the
/// byte at an address, `pc` where the program counter stands.
macro_rules! cases {
    ($($name:ident: $source:literal => $expected:literal;)*) => {
        $(#[test]
        fn $name() {
            check($source, $expected);
        })*
    };
}

fn check(source: &str, expected: &str) {
    let rom = assemble(source).unwrap_or_else(|errors| panic!("{source}: {errors}")).rom;
    let mut setup = Cpu::new();
    let start = usize::from(RESET);
    setup.ram[start..start + rom.len()].copy_from_slice(&rom);
    setup.pc = u32::from(RESET);

    let mut cpu = setup.clone();
    assert_eq!(cpu.run(&mut Lab::new(), 1000), oracle::Stop::Brk, "oracle: {source}");
    compare("oracle", source, expected, &cpu);

    for &engine in Engine::ALL {
        let mut uxn = load(&setup);
        assert_eq!(uxn.run(engine, &mut Lab::new(), 1000), Stop::Brk, "{}: {source}", engine.name());
        let mut cpu = Cpu::new();
        *cpu.ram = *uxn.ram();
        for (stack, of) in [(&mut cpu.wst, &uxn.wst), (&mut cpu.rst, &uxn.rst)] {
            stack.data = std::array::from_fn(|index| of.get(index as u8));
            stack.ptr = of.ptr();
        }
        cpu.pc = u32::from(uxn.pc());
        compare(engine.name(), source, expected, &cpu);
    }
}

fn compare(who: &str, source: &str, expected: &str, cpu: &Cpu) {
    let hex = |text: &str| u16::from_str_radix(text, 16).unwrap();
    let mut unmentioned = vec!["WST", "RST"];
    for claim in expected.split("; ") {
        let words: Vec<&str> = claim.split(' ').collect();
        unmentioned.retain(|&stack| stack != words[0]);
        let stack = if words[0] == "RST" { &cpu.rst } else { &cpu.wst };
        let (is, should) = match words[..] {
            ["pc", pc] => (cpu.pc as u16, hex(pc)),
            ["mem", address, byte] => (u16::from(cpu.ram[usize::from(hex(address))]), hex(byte)),
            ["WST" | "RST", "pointer", ptr] => (u16::from(stack.ptr), hex(ptr)),
            ["WST" | "RST", "byte", index, byte] => {
                (u16::from(stack.data[usize::from(hex(index))]), hex(byte))
            }
            ["WST" | "RST", ref bytes @ ..] => {
                let should: Vec<u8> =
                    bytes.iter().filter(|&&byte| byte != "empty").map(|byte| hex(byte) as u8).collect();
                let is = &stack.data[..usize::from(stack.ptr)];
                assert_eq!(is, should, "{who}: {source}: {claim}");
                continue;
            }
            _ => panic!("what does `{claim}` mean?"),
        };
        assert_eq!(is, should, "{who}: {source}: {claim}, not {is:x}");
    }
    for name in unmentioned {
        let stack = if name == "RST" { &cpu.rst } else { &cpu.wst };
        assert_eq!(stack.ptr, 0, "{who}: {source}: {name} is not empty");
    }
}

cases! {
    // Arithmetic, INC
    case_001: "#12 #34 ADD BRK" => "WST 46";
    case_002: "#ff #01 ADD BRK" => "WST 00";
    case_003: "#ffff #0001 ADD2 BRK" => "WST 00 00";
    case_004: "#00 #01 SUB BRK" => "WST ff";
    case_005: "#0000 #0001 SUB2 BRK" => "WST ff ff";
    case_006: "#10 #10 MUL BRK" => "WST 00";
    case_007: "#0100 #0100 MUL2 BRK" => "WST 00 00";
    case_008: "#ffff #ffff MUL2 BRK" => "WST 00 01";
    case_009: "#07 #02 DIV BRK" => "WST 03";
    case_010: "#07 #00 DIV BRK" => "WST 00";
    case_011: "#1234 #0000 DIV2 BRK" => "WST 00 00";
    case_012: "#80 #02 DIV BRK" => "WST 40";
    case_013: "#8000 #0003 DIV2 BRK" => "WST 2a aa";
    case_014: "#ff INC BRK" => "WST 00";
    case_015: "#ffff INC2 BRK" => "WST 00 00";
    case_016: "#00ff INC BRK" => "WST 00 00";

    // Stack
    case_017: "#1234 INCk BRK" => "WST 12 34 35";
    case_018: "#1234 INC2k BRK" => "WST 12 34 12 35";
    case_019: "#1234 POP BRK" => "WST 12";
    case_020: "#1234 POP2k BRK" => "WST 12 34";
    case_021: "#1234 NIP BRK" => "WST 34";
    case_022: "#1234 NIPk BRK" => "WST 12 34 34";
    case_023: "#1234 #5678 NIP2k BRK" => "WST 12 34 56 78 56 78";
    case_024: "#1234 SWPk BRK" => "WST 12 34 34 12";
    case_025: "#1234 #5678 SWP2k BRK" => "WST 12 34 56 78 56 78 12 34";
    case_026: "#1234 #56 ROT BRK" => "WST 34 56 12";
    case_027: "#1234 #56 ROTk BRK" => "WST 12 34 56 34 56 12";
    case_028: "#1234 #5678 #9abc ROT2k BRK" => "WST 12 34 56 78 9a bc 56 78 9a bc 12 34";
    case_029: "#12 DUPk BRK" => "WST 12 12 12";
    case_030: "#1234 DUP2k BRK" => "WST 12 34 12 34 12 34";
    case_031: "#1234 OVRk BRK" => "WST 12 34 12 34 12";
    case_032: "#1234 #5678 OVR2k BRK" => "WST 12 34 56 78 12 34 56 78 12 34";

    // Comparison
    case_033: "#1212 EQU BRK" => "WST 01";
    case_034: "#1234 #1234 EQU2 BRK" => "WST 01";
    case_035: "#1234 #1234 EQU2k BRK" => "WST 12 34 12 34 01";
    case_036: "#1234 NEQk BRK" => "WST 12 34 01";
    case_037: "#80 #7f GTH BRK" => "WST 01";
    case_038: "#7f #80 GTH BRK" => "WST 00";
    case_039: "#8000 #7fff GTH2 BRK" => "WST 01";
    case_040: "#80 #7f LTH BRK" => "WST 00";
    case_041: "#0101 LTH BRK" => "WST 00";

    // Shift and logic
    case_042: "#34 #10 SFT BRK" => "WST 68";
    case_043: "#34 #01 SFT BRK" => "WST 1a";
    case_044: "#34 #33 SFT BRK" => "WST 30";
    case_045: "#ff #44 SFT BRK" => "WST f0";
    case_046: "#80 #08 SFT BRK" => "WST 00";
    case_047: "#ff #0f SFT BRK" => "WST 00";
    case_048: "#ff #80 SFT BRK" => "WST 00";
    case_049: "#1248 #34 SFT2 BRK" => "WST 09 20";
    case_050: "#ffff #f0 SFT2 BRK" => "WST 80 00";
    case_051: "#ffff #0f SFT2 BRK" => "WST 00 01";
    case_052: "#ffff #ff SFT2 BRK" => "WST 80 00";
    case_053: "#1234 #10 SFT2k BRK" => "WST 12 34 10 24 68";
    case_054: "#f0 #0f AND BRK" => "WST 00";
    case_055: "#f00f #0ff0 ORA2 BRK" => "WST ff ff";
    case_056: "#ff0f #0ff0 EOR2 BRK" => "WST f0 ff";

    // Return stack, STH
    case_057: "LITr 12 #34 STH ADDr STHr BRK" => "WST 46";
    case_058: "#12 STH BRK" => "RST 12";
    case_059: "#1234 STH2 BRK" => "RST 12 34";
    case_060: "#1234 STH2k BRK" => "WST 12 34; RST 12 34";
    case_061: "LIT2r 1234 STHkr BRK" => "WST 34; RST 12 34";
    case_062: "LIT2r 1234 STH2kr BRK" => "WST 12 34; RST 12 34";
    case_063: "LIT2r 1234 LIT2r 5678 ADD2r BRK" => "RST 68 ac";
    case_064: "LIT2r 1234 SWPkr BRK" => "RST 12 34 34 12";
    case_065: "LIT2r 0a03 DIVkr BRK" => "RST 0a 03 03";
    case_066: "LITr 05 INCr BRK" => "RST 06";

    // Jumps
    case_067: "#01 ,&x JMP #02 &x #03 BRK" => "WST 01 03";
    case_068: "#01 ;&x JMP2 #02 &x #03 BRK" => "WST 01 03";
    case_069: "#01 ,&x #01 SWP JCN #02 &x #03 BRK" => "WST 01";
    case_070: "#01 #00 ,&x JCN #02 &x #03 BRK" => "WST 01 02 03";
    case_071: "#01 #05 ,&x JCNk #02 &x #03 BRK" => "WST 01 05 02 03";
    case_072: "#01 ;&x JCN2k #02 &x #03 BRK" => "WST 01 01 08 03";
    case_073: "#00 ;&x JCN2k #02 &x #03 BRK" => "WST 00 01 08 02 03";
    case_074: ",&x JSR BRK &x #03 BRK" => "WST 03; RST 01 03";
    case_075: ";&x JSR2 BRK &x #03 BRK" => "WST 03; RST 01 04";
    case_076: ";&x JSR2k BRK &x #03 BRK" => "WST 01 05 03; RST 01 04";
    case_077: ",&x JSRk BRK &x #03 BRK" => "WST 01 03; RST 01 03";
    case_078: "LIT2r =&x JSR2r BRK &x #03 BRK" => "WST 01 04 03";
    case_079: "LIT2r =&x JSR2kr BRK &x #03 BRK" => "WST 01 04 03; RST 01 05";
    case_080: "LITr 01 JSRr BRK #03 BRK" => "WST 01 03 03";
    case_081: "LIT2r =&x JMP2r #01 &x #02 BRK" => "WST 02";
    case_082: "LIT2r =&x JMP2kr #01 &x #02 BRK" => "WST 02; RST 01 06";
    case_083: "LITr 01 LITr 02 JCNr 00 00 #03 BRK" => "WST 03";
    case_084: "sub #01 BRK @sub #02 JMP2r" => "WST 02 01";
    case_085: "#01 ?{ #02 } #03 BRK" => "WST 03";
    case_086: "#00 ?{ #02 } #03 BRK" => "WST 02 03";
    case_087: "!{ #02 } #03 BRK" => "WST 03";

    // Memory
    case_088: "#abcd #fe STZ2 #fe LDZ2 BRK" => "WST ab cd";
    case_089: "#abcd #ff STZ2 #00 LDZ #ff LDZ #ff LDZ2 BRK" => "WST cd ab ab cd";
    case_090: "#1234 #ff STZ2 #0100 LDA BRK" => "WST a0";
    case_091: "#abcd #ffff STA2 #ffff LDA2 #00 LDZ BRK" => "WST ab cd cd";
    case_092: "#12 #34 #20 STZk BRK" => "WST 12 34 20";
    case_093: "#1234 #20 STZ2k BRK" => "WST 12 34 20";
    case_094: "#1234 #2000 STA2k BRK" => "WST 12 34 20 00";
    case_095: "#20 LDZk BRK" => "WST 20 00";
    case_096: "#2000 LDAk BRK" => "WST 20 00 00";
    case_097: "#2000 LDA2k BRK" => "WST 20 00 00 00";
    case_098: ",&d LDR2 BRK &d abcd" => "WST ab cd";
    case_099: ",&d LDR2k BRK &d abcd" => "WST 01 ab cd";
    case_100: "#1234 ,&d STR2 ;&d LDA2 BRK &d 0000" => "WST 12 34";
    case_101: "#1234 ,&d STR2k BRK &d 0000" => "WST 12 34 01";
    case_102: "#ff LDR BRK" => "WST 12";
    case_103: "#7f LDR BRK" => "WST 00";
    case_104: "#80 LDR BRK" => "WST 00";
    case_105: "#aabb #20 STZ LITr 20 LDZr BRK" => "WST aa; RST bb";
    case_106: "LITr 55 LITr 21 STZr #21 LDZ BRK" => "WST 55";
    case_107: "LIT2r 5678 LITr 30 STZ2r #30 LDZ2 BRK" => "WST 56 78";
    case_108: "LIT2r 2000 LDA2kr BRK" => "RST 20 00 00 00";
    case_109: "LITr 02 LDRr BRK" => "RST 00";

    // Device page
    case_110: "#1234 #d0 DEO2 #d0 DEI2 BRK" => "WST 12 34";
    case_111: "#1234 #ff DEO2 #ff DEI #00 DEI BRK" => "WST 12 34";
    case_112: "#1234 #ff DEO2 #ff DEI2 BRK" => "WST 12 34";
    case_113: "#1234 #d0 DEO2k #d0 DEI2k BRK" => "WST 12 34 d0 d0 12 34";
    case_114: "LITr 5a LITr d0 DEOr #d0 DEI BRK" => "WST 5a";
    case_115: "LIT2r 5a5b LITr d0 DEO2r LITr d0 DEI2r BRK" => "RST 5a 5b";
    case_116: "LITr d0 DEIkr BRK" => "RST d0 00";

    // Stack edges, immediates
    case_117: "DUP2 BRK" => "WST 00 00";
    case_118: "#12 DUP2 BRK" => "WST 12 00 12";
    case_119: "LIT 12" => "WST 12";
    case_120: "LIT2r 1234 BRK" => "RST 12 34";
    case_121: "80 12 a0 34 56 c0 78 e0 9a bc 00" => "WST 12 34 56; RST 78 9a bc";
    case_122: "20 0001 01 #11 00" => "WST empty";
    case_123: "#01 20 0001 01 #11 00" => "WST 11";
    case_124: "60 0001 00 #05 00" => "WST 05; RST 01 03";
    case_125: "#00 #00 ?{ #01 ?{ #02 } } BRK" => "WST 00";
    case_126: "#80 SFTk BRK" => "WST 80 00";
    case_127: "#1234 #5678 #04 SFT2 BRK" => "WST 12 34 05 67";
    case_128: "#ffff #00 SFT2 BRK" => "WST ff ff";
    case_129: "#01 #00 #05 ROT2 BRK" => "WST 05 00 00";

    // Circular stacks and stack pointer ports
    case_130: "#ff #04 DEO #1234 STH2 #00 #04 DEO BRK" => "WST empty; RST 12 34";
    case_131: "#ff #05 DEO LIT2r 1234 STH2r #00 #05 DEO BRK" => "WST 12 34";
    case_132: "POP #04 DEI #00 #04 DEO #20 STZ BRK" => "WST pointer ff; mem 0020 ff";
    case_133: "POP #00 #04 DEO BRK" => "WST empty";
    case_134: "ADD STH #00 #04 DEO BRK" => "RST 00";
    case_135: "#01 ADD STH #00 #04 DEO BRK" => "RST 01";
    case_136: "#12 POP POP #34 #00 #04 DEO #56 #01 #04 DEO BRK" => "WST 56";
    case_137: "#05 #04 DEO BRK" => "WST 05 04 00 00 00";
    case_138: "#1234 #05 #04 DEOk BRK" => "WST 12 34 05 04 00";
    case_139: "#1234 #04 DEI BRK" => "WST 12 34 02";
    case_140: "#1234 #04 DEIk BRK" => "WST 12 34 04 03";
    case_141: "#12 #34 #05 DEIk BRK" => "WST 12 34 05 00";
    case_142: "LIT2r 1234 LITr 05 DEIr BRK" => "RST 12 34 02";
    case_143: "#12 LITr 00 LITr 05 DEOr BRK" => "WST 12; RST empty";
    case_144: "#ff #04 DEO #1234 #04 DEI BRK" => "WST 34 01; WST byte ff 12";
    case_145: "#ff #05 DEO LITr ab #00 #05 DEO STHr POP #00 #04 DEO STHr BRK" => "WST 00; RST pointer fe";
    case_146: "JMP2r" => "RST pointer fe; pc 0001";

    // Program counter and literals at the end of memory
    case_147: "#80 #ffff STA #42 #0000 STA #00 #0001 STA #ffff JMP2" => "WST 42";
    case_148: "#a0 #fffe STA #12 #ffff STA #34 #0000 STA #00 #0001 STA #fffe JMP2" => "WST 12 34";
    case_149: "#80 #fffd STA #01 #fffe STA #32 #ffff STA #aabb #0001 STA2 #00 #0000 STA #fffd JMP2" => "WST aa bb";
    case_150: "#60 #fffe STA #00 #ffff STA #01 #0000 STA #0000 #0001 STA2 #fffe JMP2" => "RST 00 01";
    case_151: "#55 #88 STZ #80 LDR BRK" => "WST 55";
    case_152: ";yy JMP2k 00 00 @yy BRK" => "WST 01 06";
    case_153: "#0100 LDA BRK" => "WST a0";
    case_154: "#12 #0200 STA #0200 LDA #0201 LDA BRK" => "WST 12 00";
    case_155: "#55 ,&lb STR [ LIT &lb 00 ] BRK" => "WST 55";
    case_156: ",&aa JMP &bb #01 BRK &aa !&bb" => "WST 01";
    case_157: "#fd LDR BRK" => "WST 80";
    case_158: "#1234 #5678 SUB2 BRK" => "WST bb bc";
    case_159: "#80 #7f SUBk BRK" => "WST 80 7f 01";
    case_160: "#03 #04 MULk BRK" => "WST 03 04 0c";
    case_161: "#1234 #0010 DIV2k BRK" => "WST 12 34 00 10 01 23";
}
