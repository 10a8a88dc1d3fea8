//! The game, played to its end by a player who looks ahead.

use std::collections::VecDeque;

use fantail::varvara::controller::button;
use fantail::varvara::{Event, FilePath, Memory, Options, Quota, Storage};

use super::{Session, assemble};

/// A player who looks for the shortest way to the moth, and takes any way if there is none.
fn steer(session: &Session) -> Option<u8> {
    const STEPS: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];
    let ram = session.varvara.uxn().ram();
    let at = |name: &str, index: usize| usize::from(ram[session.address(name) + index]);
    let mut blocked: Vec<bool> = (0..280).map(|cell| at("cells", cell) != 0).collect();
    for bird in 0..usize::from(session.byte("birds")) {
        blocked[at("ys", bird) * 20 + at("xs", bird)] = true;
    }
    let next = |cell: usize, facing: usize| {
        let (dx, dy) = STEPS[facing];
        (cell as i32 + dx + dy * 20) as usize
    };
    // How far each cell is from the moth.
    let moth = at("moth-y", 0) * 20 + at("moth-x", 0);
    let mut distance = vec![usize::MAX; 280];
    distance[moth] = 0;
    let mut queue = VecDeque::from([moth]);
    while let Some(cell) = queue.pop_front() {
        for facing in 0..4 {
            let neighbour = next(cell, facing);
            if !blocked[neighbour] && distance[neighbour] == usize::MAX {
                distance[neighbour] = distance[cell] + 1;
                queue.push_back(neighbour);
            }
        }
    }
    let head = at("ys", 0) * 20 + at("xs", 0);
    let facing = session.byte("facing");
    let turns = (0..4u8).filter(|turn| *turn != facing ^ 2 && !blocked[next(head, usize::from(*turn))]);
    let best = turns.min_by_key(|turn| distance[next(head, usize::from(*turn))])?;
    (best != facing).then_some(best)
}

const TITLE: u8 = 0;
const READY: u8 = 1;
const PLAY: u8 = 2;
const PAUSE: u8 = 3;
const CRASH: u8 = 4;
const CLEARED: u8 = 5;
const ENTRY: u8 = 6;
const OVER: u8 = 7;

/// Plays until the state is reached. The birds turn by arrow keys, letters and the mouse in turns.
fn play_until(session: &mut Session, state: u8) {
    for frame in 0..20_000 {
        if session.byte("state") == state {
            return;
        }
        if session.byte("state") == PLAY
            && session.byte("turn") == 4
            && let Some(facing) = steer(session)
        {
            match frame % 3 {
                0 => {
                    let arrows = [button::RIGHT, button::DOWN, button::LEFT, button::UP];
                    session.press(arrows[usize::from(facing)]);
                }
                1 => session.send(Event::Key(b"dsaw"[usize::from(facing)])),
                _ => {
                    let ram = session.varvara.uxn().ram();
                    let pixel = |name: &str| u16::from(ram[session.address(name)]) * 16 + 8;
                    let (x, y) = (pixel("xs"), pixel("ys") + 16);
                    let (x, y) = [(x + 40, y), (x, y + 40), (x - 40.min(x), y), (x, y - 40.min(y))]
                        [usize::from(facing)];
                    session.mouse(x, y, 1, true);
                    session.mouse(x, y, 1, false);
                }
            }
            assert_eq!(session.byte("turn"), facing);
        }
        session.frames(1);
    }
    panic!("state {} instead of {state}", session.byte("state"));
}

/// The initials and scores of the list.
fn best_scores(session: &Session) -> Vec<(String, u16)> {
    let table = session.address("score-file/table");
    let entries = session.varvara.uxn().ram()[table..table + 25].chunks(5);
    entries
        .map(|entry| (String::from_utf8_lossy(&entry[..3]).into(), u16::from_be_bytes([entry[3], entry[4]])))
        .collect()
}

#[test]
fn fledglings_is_played_from_its_title_to_its_end() {
    let mut session = Session::start("roms/fledglings.tal", &[]);
    session.frames(100);
    assert_eq!(session.byte("state"), TITLE);
    session.press(button::START);
    assert_eq!((session.byte("state"), session.byte("birds"), session.byte("lives")), (READY, 2, 3));
    session.send(Event::Key(b'\r'));
    session.frames(1);
    assert_eq!((session.byte("state"), session.byte("moths-left")), (PLAY, 6));
    let speed = session.byte("speed");

    session.send(Event::Key(b'p'));
    assert_eq!(session.byte("state"), PAUSE);
    let still = session.varvara.uxn().ram()[session.address("xs")..][..256].to_vec();
    session.frames(100);
    assert!(session.varvara.uxn().ram()[session.address("xs")..][..256] == still);
    session.send(Event::Key(b'P'));

    // Six moths of at least ten points, and ten for each fledgling.
    play_until(&mut session, CLEARED);
    assert_eq!((session.byte("birds"), session.byte("lives")), (8, 3));
    let score = session.short("score");
    assert!((60 + 70..=6 * 50 + 70).contains(&score), "{score}");

    // The next garden has hedges, more moths, and is faster.
    play_until(&mut session, READY);
    assert_eq!((session.byte("garden"), session.byte("moths-left"), session.byte("birds")), (2, 8, 2));
    assert!(session.byte("speed") > speed);
    play_until(&mut session, CLEARED);
    let score = session.short("score");

    // Straight on, three times into the hedge.
    play_until(&mut session, PLAY);
    for lives in [2, 1, 0] {
        for _ in 0..600 {
            if session.byte("state") == CRASH {
                break;
            }
            session.frames(1);
        }
        assert_eq!((session.byte("state"), session.byte("lives")), (CRASH, lives));
        if lives > 0 {
            play_until(&mut session, PLAY);
        }
    }
    play_until(&mut session, ENTRY);
    assert!(session.short("score") >= score);
}

#[test]
fn fledglings_keeps_its_best_scores_in_a_file() {
    let mut session = Session::start("roms/fledglings.tal", &[]);
    let first = best_scores(&session);
    assert!(first.is_sorted_by(|a, b| a.1 > b.1));
    // The last life, with a score between the first and the second.
    let lose = |session: &mut Session, score: u16| {
        session.press(button::A);
        play_until(session, PLAY);
        session.poke("lives", &[1]);
        session.poke("score", &score.to_be_bytes());
        for _ in 0..600 {
            if session.byte("state") != PLAY && session.byte("state") != CRASH {
                break;
            }
            session.frames(1);
        }
    };
    lose(&mut session, 1700);
    assert_eq!(session.byte("state"), ENTRY);
    // A becomes B; then a letter is typed, and the third goes from A down to Z.
    session.press(button::UP);
    session.press(button::RIGHT);
    session.send(Event::Key(b'q'));
    session.press(button::DOWN);
    session.frames(1);
    session.press(button::START);
    assert_eq!(session.byte("state"), TITLE);
    let mut expected = first.clone();
    expected.insert(1, ("BQZ".to_string(), 1700));
    expected.truncate(5);
    assert_eq!(best_scores(&session), expected);

    // As after a restart.
    session.varvara.reset();
    session.run();
    assert_eq!(best_scores(&session), expected);
    // The same by mouse or finger.
    lose(&mut session, 3000);
    session.mouse(0x80, 0x70, 1, true);
    session.mouse(0x80, 0x70, 1, false);
    session.mouse(160, 0x99, 1, true);
    session.mouse(160, 0x99, 1, false);
    expected.insert(0, ("BAA".to_string(), 3000));
    expected.truncate(5);
    assert_eq!(best_scores(&session), expected);
    // Too low for the list.
    lose(&mut session, 3);
    assert_eq!(session.byte("state"), OVER);

    // Without files the list lasts as long as the program, and what is no list is not taken.
    for files in [Memory::new(Quota { bytes: 0, entries: 0 }), {
        let mut files = Memory::default();
        let path = FilePath::parse(b"fledglings.scores").expect("a name");
        files.replace(&path, &[b'?'; 27]).expect("room");
        files
    }] {
        let options = Options { files: Box::new(files), ..Options::default() };
        let mut session = Session::boot(assemble("roms/fledglings.tal"), options);
        assert_eq!(best_scores(&session), first);
        lose(&mut session, 1700);
        session.press(button::START);
        assert_eq!(best_scores(&session)[1].1, 1700);
    }
}

#[test]
fn fledglings_sounds_until_it_is_muted() {
    let mut session = Session::start("roms/fledglings.tal", &[]);
    let loudest = |session: &mut Session| {
        let mut loudest = 0;
        for _ in 0..200 {
            session.frames(1);
            loudest = session.sound(735).iter().fold(loudest, |loudest, sample| sample[0].abs().max(loudest));
        }
        loudest
    };
    assert!((3000..20_000).contains(&loudest(&mut session)));
    session.send(Event::Key(b'm'));
    session.frames(60);
    assert_eq!(loudest(&mut session), 0);
    session.send(Event::Key(b'M'));
    assert!(loudest(&mut session) > 3000);
}
