use proptest::prelude::*;

use super::super::cosignature::{cosign, with_line};
use super::super::{CosigningKey, Hash, SigningKey};
use super::*;

const ORIGIN: &str = "sluis.example/ledger";

fn ledger() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap()
}

fn witness(number: u8) -> CosigningKey {
    CosigningKey::from_seed(&format!("witness.example/{number}"), &[number; 32]).unwrap()
}

fn vkey(number: u8) -> WitnessKey {
    witness(number).verifier().clone()
}

/// A checkpoint that these witnesses cosigned.
fn checkpoint(by: &[u8]) -> String {
    let head = Checkpoint { origin: ORIGIN.into(), size: 5, root: Hash([1; 32]) };
    by.iter().fold(head.sign(&ledger()).unwrap(), |note, number| {
        with_line(&note, &cosign(&witness(*number), &head.to_text(), 1_795_003_200).unwrap())
    })
}

/// Two out of three here, one out of two there, and both: the example of the specification, with comments.
fn example() -> String {
    let mut text = format!("# for auditors\n\n log\t{}  \n", ledger().verifier());
    for (name, number) in [("X1", 1), ("X2", 2), ("X3", 3), ("Y1", 4), ("Y2", 5)] {
        let _ = writeln!(text, "witness {name} {} https://witness.example/{number}", vkey(number));
    }
    text + "group X 2 X1 X2 X3\ngroup Y any Y1 Y2\n\tgroup X-and-Y all X Y\nquorum X-and-Y\n"
}

#[test]
fn a_quorum_of_groups_counts_as_the_table_says() {
    let policy = Policy::parse(&example()).unwrap();
    for (by, reached) in [
        ([].as_slice(), false),
        (&[1, 2], false),
        (&[1, 2, 3], false),
        (&[1, 4], false),
        (&[1, 1, 4], false),
        (&[1, 2, 4], true),
        (&[3, 1, 5], true),
        (&[1, 2, 3, 4, 5], true),
        (&[4, 5], false),
        (&[7, 8, 9], false),
    ] {
        let opened = policy.open(&checkpoint(by));
        assert_eq!(opened.is_ok(), reached, "{by:?}: {opened:?}");
    }
    let refused = policy.open(&checkpoint(&[3, 4])).unwrap_err().to_string();
    assert!(refused.ends_with("cosigned: X3, Y1"), "{refused}");
    assert_eq!(policy.open(&checkpoint(&[1, 2, 4])).unwrap().0.size, 5);
}

#[test]
fn a_policy_reads_back_as_it_was_written() {
    let policy = Policy::parse(&example()).unwrap();
    assert_eq!(Policy::parse(&policy.to_text()), Ok(policy));
    let of = |count: u8, least| {
        let witnesses = (1..=count).map(|n| (format!("w{n}"), vkey(n), "https://w.example".to_owned()));
        Policy::of(ledger().verifier(), witnesses.collect(), least)
    };
    assert!(of(2, 1).unwrap().to_text().ends_with("group witnesses 1 w1 w2\nquorum witnesses\n"));
    assert!(of(0, 0).unwrap().to_text().ends_with("quorum none\n"));
    assert!(of(2, 3).is_err() && of(2, 0).is_err());
    let twice = vec![("a".to_owned(), vkey(1), "u".to_owned()), ("a".to_owned(), vkey(2), "u".to_owned())];
    assert!(Policy::of(ledger().verifier(), twice, 1).is_err());
}

#[test]
fn a_forged_cosignature_or_another_ledger_is_refused_even_where_no_witness_is_asked() {
    let none = Policy::parse(&format!("log {}\nquorum none\n", ledger().verifier())).unwrap();
    assert!(none.open(&checkpoint(&[])).is_ok());
    let other = SigningKey::from_seed(ORIGIN, &[8; 32]).unwrap();
    let theirs = Policy::parse(&format!("log {}\nquorum none\n", other.verifier())).unwrap();
    assert_eq!(theirs.open(&checkpoint(&[])).err(), Some(PolicyError::NoLedger));
    let either = format!("log {}\nlog {}\nquorum none\n", other.verifier(), ledger().verifier());
    assert!(Policy::parse(&either).unwrap().open(&checkpoint(&[])).is_ok());
    let forged = checkpoint(&[1]).replace("\n5\n", "\n6\n");
    assert!(matches!(none.open(&forged), Err(PolicyError::Checkpoint(_))));

    let one = format!("log {}\nwitness w {}\nquorum w\n", ledger().verifier(), vkey(1));
    let one = Policy::parse(&one).unwrap();
    let elsewhere = Checkpoint { origin: ORIGIN.into(), size: 6, root: Hash([1; 32]) };
    let moved = with_line(&checkpoint(&[1]), &cosign(&witness(1), &elsewhere.to_text(), 5).unwrap());
    assert!(one.open(&checkpoint(&[1])).is_ok());
    assert!(matches!(one.open(&moved), Err(PolicyError::Checkpoint(_))), "its name under another head");
}

#[test]
fn every_line_that_is_not_of_the_format_is_named() {
    let (log, w1, w2) = (ledger().verifier().to_string(), vkey(1).to_string(), vkey(2).to_string());
    let renamed = CosigningKey::from_seed("other.example", &[1; 32]).unwrap().verifier().to_string();
    let head = format!("log {log}\nwitness a {w1}\nwitness b {w2}\n");
    for (lines, number, why) in [
        (format!("log {log}\n"), 4, "log's key again"),
        (format!("log {w1}\n"), 4, "another type"),
        (format!("witness c {log}\n"), 4, "another type"),
        (format!("witness a {w2}\n"), 4, "name again"),
        (format!("witness none {w2}\n"), 4, "name again"),
        (format!("witness c {renamed}\n"), 4, "witness's key again"),
        ("group g 3 a b\n".into(), 4, "number from 1"),
        ("group g 0 a b\n".into(), 4, "number from 1"),
        ("group g 01 a b\n".into(), 4, "number from 1"),
        ("group g most a b\n".into(), 4, "number from 1"),
        ("group g all\n".into(), 4, "is none of"),
        ("group g all a c\n".into(), 4, "no line before"),
        ("group g all a none\n".into(), 4, "no line before"),
        ("group g all a a\n".into(), 4, "in a group already"),
        ("group g any a\ngroup h any a b\n".into(), 5, "in a group already"),
        ("group a any b\n".into(), 4, "name again"),
        ("quorum c\n".into(), 4, "no line before"),
        ("quorum a\nquorum a\n".into(), 5, "second quorum"),
        ("quorum\n".into(), 4, "is none of"),
        ("log a b c\n".into(), 4, "is none of"),
        ("witnesses a b\n".into(), 4, "is none of"),
        ("quorum a\r\n".into(), 4, "control character"),
    ] {
        let refused = Policy::parse(&format!("{head}{lines}")).unwrap_err().to_string();
        assert!(refused.contains(&format!("line {number}")) && refused.contains(why), "{lines}: {refused}");
    }
    assert_eq!(Policy::parse(&head), Err(PolicyError::NoQuorum));
}

proptest! {
    #[test]
    fn garbage_is_refused_and_never_panics(text in ".*", lines in "((log|witness|group|quorum|#)( [a-z]{1,2}){0,4}\n){0,9}") {
        for text in [text, lines] {
            if let Ok(policy) = Policy::parse(&text) {
                prop_assert_eq!(Policy::parse(&policy.to_text()), Ok(policy));
            }
        }
    }
}
