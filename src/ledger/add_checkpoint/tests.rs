use proptest::prelude::*;

use super::super::tree::tests::{leaves, root_by_definition};
use super::super::{SigningKey, proof};
use super::*;

const ORIGIN: &str = "sluis.example/ledger";

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap()
}

fn seen(size: usize) -> Seen {
    Seen { size: size as u64, root: root_by_definition(&leaves(size)) }
}

fn signed(size: usize) -> String {
    let Seen { size, root } = seen(size);
    Checkpoint { origin: ORIGIN.into(), size, root }.sign(&key()).unwrap()
}

/// A true request.
fn request(old: usize, new: usize) -> AddCheckpoint {
    let hashes =
        if old == 0 { vec![] } else { proof::tests::recomputed_consistency(old, &leaves(new), true) };
    AddCheckpoint { old: old as u64, proof: Proof(hashes), checkpoint: signed(new) }
}

fn check(request: &AddCheckpoint, seen: Seen) -> Result<u64, WitnessRefusal> {
    request.check(&[key().verifier().clone()], seen).map(|accepted| accepted.head.size)
}

#[test]
fn a_ledger_that_only_grew_is_cosigned_whatever_the_sizes() {
    for new in 0..40 {
        for old in 0..=new {
            let request = request(old, new);
            let seen = if old == 0 { Seen::default() } else { seen(old) };
            assert_eq!(AddCheckpoint::parse(&request.to_text()).as_ref(), Ok(&request));
            assert_eq!(check(&request, seen), Ok(new as u64), "{old} to {new}");
        }
    }
}

#[test]
fn each_refusal_is_the_one_that_the_protocol_names() {
    use WitnessRefusal::{Conflict, Malformed, Unsigned};
    let good = request(5, 11);
    let with = |change: &dyn Fn(&mut AddCheckpoint)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    let forged = SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap();
    let head = Checkpoint { origin: ORIGIN.into(), size: 11, root: Hash([1; 32]) };
    let empty = note::sign(&format!("{ORIGIN}\n0\n{}\n", Hash([1; 32]).to_base64()), &[&key()]).unwrap();
    let old_larger = Malformed("the old size is larger than that of the checkpoint");
    let proof = WitnessRefusal::Proof;
    let cases = [
        ("it is asked again from a size it left behind", good.clone(), seen(7), Err(Conflict(7))),
        ("it never cosigned this ledger", good.clone(), Seen::default(), Err(Conflict(0))),
        ("an older checkpoint is played back", request(0, 4), seen(5), Err(Conflict(5))),
        ("the ledger shrank", AddCheckpoint { old: 12, ..good.clone() }, seen(12), Err(old_larger)),
        (
            "another root of the same size",
            with(&|r| r.old = 11),
            Seen { size: 11, root: Hash([2; 32]) },
            Err(proof.clone()),
        ),
        ("the same head again", request(11, 11), seen(11), Ok(11)),
        ("another history", good.clone(), Seen { size: 5, root: Hash([2; 32]) }, Err(proof.clone())),
        ("another root", with(&|r| r.checkpoint = head.sign(&key()).unwrap()), seen(5), Err(proof.clone())),
        ("a hash left out", with(&|r| r.proof.0.truncate(1)), seen(5), Err(proof.clone())),
        ("a hash too many", with(&|r| r.proof.0.push(Hash([0; 32]))), seen(5), Err(proof.clone())),
        (
            "a proof from nothing",
            AddCheckpoint { old: 0, ..good.clone() },
            Seen::default(),
            Err(proof.clone()),
        ),
        (
            "no entries, another root",
            AddCheckpoint { checkpoint: empty, ..request(0, 0) },
            Seen::default(),
            Err(proof),
        ),
        (
            "somebody else's signature",
            with(&|r| r.checkpoint = head.sign(&forged).unwrap()),
            seen(5),
            Err(Unsigned),
        ),
        (
            "a signature that does not fit",
            with(&|r| r.checkpoint = signed(11).replace("\n11\n", "\n12\n")),
            seen(5),
            Err(Unsigned),
        ),
        (
            "another ledger",
            with(&|r| r.checkpoint = r.checkpoint.replace("sluis.", "luis.")),
            seen(5),
            Err(WitnessRefusal::UnknownOrigin),
        ),
    ];
    for (what, request, seen, expected) in cases {
        assert_eq!(check(&request, seen), expected, "{what}");
    }
    assert_eq!(good.check(&[], seen(5)), Err(WitnessRefusal::UnknownOrigin));
}

#[test]
fn a_witness_hands_on_the_signatures_that_it_verified_and_no_others() {
    let stranger = SigningKey::from_seed("sluis.example/stranger", &[1; 32]).unwrap();
    let mut request = request(0, 3);
    let alone = request.checkpoint.clone();
    let text = note::split(&alone).unwrap().0;
    let strange = note::sign(text, &[&stranger]).unwrap();
    request.checkpoint.push_str(note::split(&strange).unwrap().1[0].line);
    request.checkpoint.push('\n');
    let keys = [key().verifier().clone()];
    assert_eq!(request.check(&keys, Seen::default()).unwrap().note, alone);
}

#[test]
fn what_is_not_a_request_is_named() {
    let good = request(5, 11).to_text();
    let hash = Hash([0; 32]).to_base64();
    let proof_of = |lines: usize| format!("old 5\n{}\n{}", format!("{hash}\n").repeat(lines), signed(11));
    for (text, why) in [
        (good.replace("old 5", "old 05"), "first line"),
        (good.replace("old 5", "old -5"), "first line"),
        (good.replace("old 5\n", ""), "first line"),
        (good.replacen("\n\n", "\n", 2), "no empty line"),
        (good.replacen('=', "", 1), "base64"),
        (proof_of(64), "63 lines"),
        (format!("{good}{}", "x".repeat(MAX_BYTES)), "too large"),
    ] {
        let refused = AddCheckpoint::parse(&text).unwrap_err().to_string();
        assert!(refused.contains(why), "{why}: {refused}");
    }
    assert!(AddCheckpoint::parse(&proof_of(63)).is_ok(), "63 lines are allowed");
    let no_note = AddCheckpoint { checkpoint: format!("{ORIGIN}\n"), ..request(5, 11) };
    assert!(matches!(check(&no_note, seen(5)), Err(WitnessRefusal::Malformed(_))));
}

proptest! {
    #[test]
    fn garbage_is_refused_and_never_panics(text in ".*", tail in "(\n|old |[0-9]|[A-Za-z0-9+/=]{44}){0,20}") {
        for text in [text, format!("old 5\n{tail}")] {
            if let Ok(request) = AddCheckpoint::parse(&text) {
                prop_assert!(check(&request, Seen::default()).is_err());
            }
        }
    }
}
