//! Ledgers of any size, by the writer that a gateway writes with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sluis::cli::tiles;
use sluis::domain::*;
use sluis::ledger::SigningKey;
use sluis::policy::Bundle;
use sluis::store::{Ledger, SealOutcome, Sealed, Store, Submission};
use tokio::task::JoinSet;

use crate::harness::setting::organisation;
use crate::harness::{ACCARE, ASSEN, Folder};

pub const ORIGIN: &str = "sluis.test/ledger";
/// Entries that are handed in at a time; the writer takes them in batches of 256.
const AT_A_TIME: u64 = 2_048;

/// A ledger on disk, with its tiles, its key, and some of its receipts.
pub struct Written {
    pub folder: Folder,
    pub size: u64,
    pub signing: SigningKey,
    sealed: Vec<Sealed>,
}

impl Written {
    pub fn tiles(&self) -> PathBuf {
        self.folder.path().join("tiles")
    }

    pub fn key_file(&self) -> PathBuf {
        self.folder.path().join("ledger.vkey")
    }

    /// Receipts of the first, the last and some entries between, each in a file.
    pub fn receipts(&self) -> Vec<(&Sealed, PathBuf)> {
        let file = |sealed: &Sealed| self.folder.path().join(format!("{}.tlog-proof", sealed.index));
        self.sealed.iter().map(|sealed| (sealed, file(sealed))).collect()
    }
}

/// Another key for another seed, under the same name.
pub fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[seed; 32]).unwrap()
}

/// Writes a ledger of this size: a covenant, and disclosures under it.
pub async fn write_ledger(size: u64, seed: u8) -> Written {
    let folder = Folder::new();
    let store = Store::open(&folder.path().join("sluis.db"), 2).await.unwrap();
    let ledger = Ledger::start(&store, Arc::new(signing_key(seed)));
    let files = Arc::new(covenant());
    let rules = files.digest().unwrap();
    let adopted = entry(&rules, Event::CovenantAdopted { parties: files.parties_digest().unwrap() });
    let mut sealed = vec![done(ledger.adopt(adopted, files).await)];
    let (mut next, kept) = (1, [1, 2, 100, 254, 255, 256, 300, 65_534, 65_535, 65_536]);
    while next < size {
        let mut waiting = JoinSet::new();
        let until = size.min(next + AT_A_TIME);
        for _ in next..until {
            waiting.spawn(seal(ledger.clone(), asked(&rules)));
        }
        next = until;
        sealed.extend(waiting.join_all().await.into_iter().filter(|s| kept.contains(&s.index)));
    }
    tiles::write(&store, &folder.path().join("tiles")).await.unwrap();
    drop(ledger);
    store.close().await;
    let signing = signing_key(seed);
    std::fs::write(folder.path().join("ledger.vkey"), format!("{}\n", signing.verifier())).unwrap();
    let written = Written { folder, size, signing, sealed };
    for (sealed, file) in written.receipts() {
        std::fs::write(file, sealed.receipt.to_text()).unwrap();
    }
    written
}

async fn seal(ledger: Ledger, entry: Entry) -> Sealed {
    done(ledger.seal(Submission { entry, spent: vec![] }).await)
}

fn done(outcome: Result<SealOutcome, sluis::store::Error>) -> Sealed {
    match outcome.unwrap() {
        SealOutcome::Sealed(sealed) => sealed,
        _ => panic!("not sealed"),
    }
}

/// The covenant that is shipped.
fn covenant() -> Bundle {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Bundle::read(&root.join("policies"), &root.join("deploy/parties.toml")).unwrap()
}

fn entry(rules: &CovenantDigest, event: Event) -> Entry {
    let number = *uuid::Uuid::new_v4().as_bytes();
    Entry {
        format: Entry::format(),
        at: Timestamp(1_795_003_200_000),
        nonce: Nonce::new(number),
        trace: TraceId::from_bytes(number),
        covenant: rules.clone(),
        parties: 1,
        client: None,
        revision: None,
        actor: None,
        event,
    }
}

fn asked(rules: &CovenantDigest) -> Entry {
    let withheld = WithheldFields {
        rule: "no-relation".into(),
        because: Because::Rule(Told::NoConsent),
        told: Told::NoConsent,
        fields: ["C01", "C02", "D01"].map(|code| FieldCode::parse(code).unwrap()).to_vec(),
    };
    let event = Event::Disclosure(DisclosureEvent {
        request: RequestId::parse(&uuid::Uuid::new_v4().to_string()).unwrap(),
        repeat_of: None,
        custodian: organisation(ACCARE),
        purpose: PurposeCode::parse("WON").unwrap(),
        life_domains: vec![LifeDomain::Housing],
        ground: Ground::CONSENT,
        evidence: None,
        related: false,
        released: vec![],
        withheld: vec![withheld],
        failure: None,
        spends: vec![],
        answered_in: None,
        follow_up: None,
    });
    let hat = Hat { organisation: organisation(ASSEN), role: Role::parse("wijkteam").unwrap() };
    let requester = RequesterRef::from_bytes(*uuid::Uuid::new_v4().as_bytes());
    Entry {
        client: Some(ClientRef::from_bytes(*uuid::Uuid::new_v4().as_bytes())),
        actor: Some(Actor { requester, hat, level: AuthenticationLevel::Substantial }),
        ..entry(rules, event)
    }
}
