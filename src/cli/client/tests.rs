use clap::Parser;

use super::*;
use crate::ledger::cosignature::{cosign, with_line};
use crate::ledger::{Batch, CosigningKey, Frontier, SigningKey, leaf_hash};

#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    client: ClientArguments,
}

fn typed(line: &str) -> Result<ClientArguments, clap::Error> {
    Cli::try_parse_from(std::iter::once("client").chain(line.split(' '))).map(|cli| cli.client)
}

#[test]
fn every_command_is_well_formed_and_a_profile_may_come_first_or_last() {
    <Cli as clap::CommandFactory>::command().debug_assert();
    for line in [
        "register --bsn-file f --reference r-1 --birth-date 2011-03-04 --authority moeder=parent-authority --checked-on 2026-01-01",
        "register --bsn-file f --reference r-1 --birth-date 1990-03-04 --authority-free",
        "consent --bsn-file - --recipient o --recipient-role wonen --purpose housing --field a --field b --capacity youth \
         --text-version 1 --refusal-explained --until 2027-01-01",
        "object --handle h --capacity adult --text-version 1",
        "describe --bsn-file f --recipient o --recipient-role wonen --purpose housing --field a --reader youth --language en",
        "describe --handle h --consent-id c",
        "grant --handle h --consent-id c --person vader --capacity parent-authority",
        "withdraw --handle h --consent-id c --person vader",
        "ask --bsn-file f --custodian o --purpose housing --field a --receipt-out r",
        "ask --bsn-file f --custodian o --purpose crisis --field a --ground R09 --evidence e --level high",
        "preview --bsn-file f --custodian o --purpose housing --field a",
        "preview-draft --handle h --custodian o --recipient o --recipient-role wonen --purpose housing --field a",
        "preview-draft --handle h --custodian o --consent-id c --life-domain housing",
        "preview-withdrawal --handle h --custodian o --consent-id c --person vader --field a",
        "consents --handle h",
        "entries",
        "entry 7",
        "emergencies --all",
        "review 7 --verdict not-justified --note n",
        "notices",
        "notify 7 --how letter --note n",
        "delay 7 --reason out-of-reach --review-on 2026-12-01 --note n",
        "receipt --receipt f --leaf l --vkey v",
        "checkpoint",
        "fields --purpose housing",
        "purposes",
        "parties",
        "clock 2027-01-01T12:00:00Z",
    ] {
        for line in [format!("--profile p.toml {line}"), format!("{line} --profile p.toml --role wonen")] {
            let parsed = typed(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(parsed.profile, Some("p.toml".into()), "{line}");
        }
    }
}

#[test]
fn a_client_is_named_once_and_a_bsn_is_never_shown() {
    assert!(typed("consents --bsn 999990019 --handle h").is_err());
    let arguments = typed("consents --bsn 999990019").unwrap();
    assert!(!format!("{arguments:?}").contains("999990019"));
    let ClientCommand::Consents { client } = typed("consents").unwrap().command else {
        panic!("not parsed so")
    };
    assert!(client.client().err().unwrap().to_string().contains("--bsn-file"));
}

#[test]
fn a_receipt_is_verified_offline_and_a_changed_one_is_not() {
    let key = SigningKey::from_seed("sluis.example/ledger", &[9; 32]).unwrap();
    let leaf = leaf_hash(b"an entry");
    let batch = Batch::append(&Frontier::new(), &[leaf]);
    let head = Checkpoint { origin: "sluis.example/ledger".into(), size: 1, root: batch.frontier.root() };
    let receipt = Receipt { index: 0, proof: batch.proofs[0].clone(), checkpoint: head.sign(&key).unwrap() };
    let (text, vkey) = (receipt.to_text(), key.verifier().to_string());
    let mut output = Vec::new();
    verify(&text, &leaf.to_base64(), Some(&vkey), None, &mut output).unwrap();
    assert_eq!(
        String::from_utf8(output).unwrap(),
        "entry 0 is in the ledger sluis.example/ledger of 1 entries\n"
    );
    let witness = CosigningKey::from_seed("witness.example/w1", &[3; 32]).unwrap();
    let policy = format!("log {vkey}\nwitness w {}\nquorum w\n", witness.verifier());
    let policy = Policy::parse(&policy).unwrap();
    let by_policy = |text: &str| verify(text, &leaf.to_base64(), None, Some(&policy), &mut Vec::new());
    let line = cosign(&witness, &head.to_text(), 5).unwrap();
    assert!(by_policy(&with_line(&text, &line)).is_ok());
    assert!(matches!(by_policy(&text), Err(ClientProblem::Policy(_))), "no witness cosigned this one");
    let other = leaf_hash(b"another").to_base64();
    for (text, leaf) in [(text.replace("index 0", "index 1"), leaf.to_base64()), (text, other)] {
        assert!(matches!(
            verify(&text, &leaf, Some(&vkey), None, &mut Vec::new()),
            Err(ClientProblem::Receipt(_))
        ));
    }
}
