use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::domain::Timestamp;
use crate::ledger::{Proof, SigningKey};

const ORIGIN: &str = "sluis.example/ledger";
static COUNT: AtomicU32 = AtomicU32::new(0);

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp(1_795_003_200_123)
    }
}

struct World {
    folder: PathBuf,
    witness: Witness,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn ledger() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap()
}

fn cosigner() -> CosigningKey {
    CosigningKey::from_seed("witness.example/w1", &[3; 32]).unwrap()
}

fn open(folder: &Path) -> Result<Witness, StateProblem> {
    Witness::open(cosigner(), vec![ledger().verifier().clone()], folder, Arc::new(Noon))
}

fn world() -> World {
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    let folder = std::env::temp_dir().join(format!("sluis-witness-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    World { witness: open(&folder).unwrap(), folder }
}

/// A tree of one leaf is its own root, so that two of them need no proof but their equality.
fn ask(old: u64, size: u64, leaf: u8) -> String {
    let head = Checkpoint { origin: ORIGIN.into(), size, root: Hash([leaf; 32]) };
    AddCheckpoint { old, proof: Proof::default(), checkpoint: head.sign(&ledger()).unwrap() }.to_text()
}

#[test]
fn what_it_cosigns_it_remembers_and_shows_with_both_signatures() {
    let world = world();
    assert_eq!(world.witness.newest(&origin_hash(ORIGIN)).unwrap(), None);
    let line = world.witness.add_checkpoint(&ask(0, 5, 1)).unwrap();
    let note = world.witness.newest(&origin_hash(ORIGIN)).unwrap().unwrap();
    assert!(note.ends_with(&line));
    let head = Checkpoint::parse_and_verify(&note, ORIGIN, ledger().verifier()).unwrap();
    let known = [cosigner().verifier().clone()];
    let cosigned = cosignatures(&note, &known).unwrap();
    assert_eq!((head.size, cosigned[0].at), (5, 1_795_003_200));
    assert_eq!(world.witness.newest(&origin_hash("sluis.example/other")).unwrap(), None);
}

#[test]
fn a_second_history_of_the_same_size_is_refused_for_ever() {
    let world = world();
    world.witness.add_checkpoint(&ask(0, 1, 1)).unwrap();
    for witness in [&world.witness, &open(&world.folder).unwrap()] {
        let refused = witness.add_checkpoint(&ask(1, 1, 2)).unwrap_err();
        assert!(matches!(refused, Refused::Request(WitnessRefusal::Proof)), "{refused}");
        let from_nothing = witness.add_checkpoint(&ask(0, 1, 2)).unwrap_err();
        assert!(matches!(from_nothing, Refused::Request(WitnessRefusal::Conflict(1))), "{from_nothing}");
        assert!(witness.add_checkpoint(&ask(1, 1, 1)).is_ok(), "the same head is cosigned again");
    }
}

#[test]
fn a_memory_that_was_changed_is_named_and_nothing_is_cosigned_on_it() {
    let world = world();
    world.witness.add_checkpoint(&ask(0, 1, 1)).unwrap();
    let file = world.folder.join(format!("{}.checkpoint", origin_hash(ORIGIN)));
    let good = std::fs::read_to_string(&file).unwrap();
    let other = Checkpoint { origin: ORIGIN.into(), size: 1, root: Hash([2; 32]) };
    let unsigned = other.sign(&ledger()).unwrap();
    for bad in [good.replace("\n1\n", "\n0\n"), unsigned, String::new(), good.replace('=', "")] {
        std::fs::write(&file, &bad).unwrap();
        assert!(matches!(open(&world.folder), Err(StateProblem::Changed(_))), "{bad}");
        let refused = world.witness.add_checkpoint(&ask(1, 1, 1));
        assert!(matches!(refused, Err(Refused::State(StateProblem::Changed(_)))), "{bad}");
    }
    std::fs::write(&file, &good).unwrap();
    assert!(world.witness.add_checkpoint(&ask(1, 1, 1)).is_ok());
}

#[test]
fn of_many_histories_at_once_one_is_cosigned() {
    let world = Arc::new(world());
    let lanes: Vec<_> = (0..8_u8)
        .map(|leaf| {
            let world = world.clone();
            std::thread::spawn(move || world.witness.add_checkpoint(&ask(0, 1, leaf)).is_ok())
        })
        .collect();
    let cosigned = lanes.into_iter().map(|lane| lane.join().unwrap()).filter(|ok| *ok).count();
    assert_eq!(cosigned, 1);
}
