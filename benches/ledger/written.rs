//! A ledger on a disk, by the gateway's own writer: a covenant, and disclosures of forty fields under it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use sluis::domain::{
    Actor, AuthenticationLevel, Because, ClientRef, ConsentId, CovenantDigest, DisclosureEvent, Entry, Event,
    FieldCode, Ground, Hat, LifeDomain, Nonce, OrganisationId, PurposeCode, ReleasedFields, RequestId,
    RequesterRef, Role, Timestamp, Told, TraceId, WithheldFields,
};
use sluis::ledger::{Hash, LogResource, SigningKey, VerifierKey};
use sluis::policy::Bundle;
use sluis::store::{Ledger, SealOutcome, Store, Submission};
use tokio::task::JoinSet;

use crate::Problem;

const ORIGIN: &str = "sluis.example/benchmark";
/// Entries that wait for the writer at a time.
const AT_A_TIME: u64 = 2_048;
/// Released, and withheld, of the forty that are asked.
const RELEASED: u8 = 30;

/// A ledger in a folder that is removed with it.
pub struct Written {
    pub size: u64,
    folder: PathBuf,
    store: Store,
    key: VerifierKey,
}

impl Written {
    /// Writes so many entries.
    pub async fn new(size: u64) -> Result<Self, Problem> {
        let folder = std::env::temp_dir().join(format!("sluis-ledger-{}-{size}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let store = Store::open(&folder.join("sluis.db"), 4).await?;
        let ledger = Ledger::start(&store, Arc::new(key()?));
        let rules = begin(&ledger).await?;
        let mut next = 1;
        while next < size {
            let until = size.min(next + AT_A_TIME);
            let mut waiting = JoinSet::new();
            for number in next..until {
                waiting.spawn(seal(ledger.clone(), asked(number, &rules)?));
            }
            while let Some(sealed) = waiting.join_next().await {
                sealed??;
            }
            next = until;
        }
        Ok(Self { size, folder, store, key: key()?.verifier().clone() })
    }

    /// Every entry as it stands in the ledger.
    pub async fn bodies(&self) -> Result<Vec<Vec<u8>>, Problem> {
        let mut bodies = Vec::new();
        for part in LogResource::all(self.size).filter(|part| matches!(part, LogResource::Entries { .. })) {
            let bundle = self.store.log_resource(&part).await?.ok_or("a bundle is missing")?;
            let mut rest = bundle.as_slice();
            while let Some((length, more)) = rest.split_first_chunk::<2>() {
                let (body, more) = more.split_at(u16::from_be_bytes(*length).into());
                bodies.push(body.to_vec());
                rest = more;
            }
        }
        Ok(bodies)
    }

    /// The root that was signed.
    pub async fn root(&self) -> Result<Hash, Problem> {
        let (_, checkpoint) = self.store.checkpoint().await?;
        let root = checkpoint.lines().nth(2).and_then(Hash::from_base64);
        root.ok_or_else(|| "the checkpoint has no root".into())
    }

    /// Seconds of what `sluis ledger verify` does, from opening the file on.
    pub async fn verify(&self) -> Result<f64, Problem> {
        let started = Instant::now();
        let store = Store::open_to_verify(&self.folder.join("sluis.db")).await?;
        let audit = store.verify(&self.key, &|_, _| ()).await?;
        store.close().await;
        let took = started.elapsed().as_secs_f64();
        if audit.size == self.size { Ok(took) } else { Err("another number of entries was verified".into()) }
    }

    /// Seconds for one proof, of so many of entries all over the ledger.
    pub async fn proofs(&self, count: u32) -> Result<f64, Problem> {
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        let started = Instant::now();
        for number in 0..u64::from(count) {
            let index = number.wrapping_mul(step) % self.size;
            self.store.receipt(index).await?.ok_or("there is no such entry")?;
        }
        Ok(started.elapsed().as_secs_f64() / f64::from(count))
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The key of every ledger here.
pub fn key() -> Result<SigningKey, Problem> {
    Ok(SigningKey::from_seed(ORIGIN, &[5; 32])?)
}

/// The first entry of a ledger: the covenant that is shipped comes into force.
pub async fn begin(ledger: &Ledger) -> Result<CovenantDigest, Problem> {
    let files = covenant()?;
    let (rules, parties) = (files.digest()?, files.parties_digest()?);
    let adopted = entry(0, &rules, Event::CovenantAdopted { parties });
    match ledger.adopt(adopted, Arc::new(files)).await? {
        SealOutcome::Sealed(_) => Ok(rules),
        SealOutcome::Stale | SealOutcome::Repeat(_) => Err("the covenant was not sealed".into()),
    }
}

/// Has an entry sealed.
pub async fn seal(ledger: Ledger, entry: Entry) -> Result<(), Problem> {
    match ledger.seal(Submission { entry, spent: vec![] }).await? {
        SealOutcome::Sealed(_) => Ok(()),
        SealOutcome::Stale | SealOutcome::Repeat(_) => Err("an entry was not sealed".into()),
    }
}

/// The covenant that is shipped.
fn covenant() -> Result<Bundle, Problem> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(Bundle::read(&root.join("policies"), &root.join("deploy/parties.toml"))?)
}

/// Different for every number, and the same in every run.
fn scattered(number: u64) -> [u8; 16] {
    (u128::from(number) | 1 << 127).wrapping_mul(0x2d99_787b_47c3_4e2b_8b4c_58a7_1c3f_9d15).to_be_bytes()
}

fn entry(number: u64, rules: &CovenantDigest, event: Event) -> Entry {
    Entry {
        format: Entry::format(),
        at: Timestamp(1_795_003_200_000),
        nonce: Nonce::new(scattered(number)),
        trace: TraceId::from_bytes(scattered(number + 1)),
        covenant: rules.clone(),
        parties: 1,
        client: None,
        revision: None,
        actor: None,
        event,
    }
}

/// A disclosure of forty fields, with its own number.
pub fn asked(number: u64, rules: &CovenantDigest) -> Result<Entry, Problem> {
    let codes = |numbers: std::ops::RangeInclusive<u8>| {
        numbers.map(|n| FieldCode::parse(&format!("C{n:02}"))).collect::<Result<Vec<_>, _>>()
    };
    let event = Event::Disclosure(DisclosureEvent {
        request: RequestId::parse(&format!("0192f0c1-7a53-7c3e-9a41-{number:012x}"))?,
        repeat_of: None,
        custodian: OrganisationId::parse("00000099000000000101")?,
        purpose: PurposeCode::parse("WON")?,
        life_domains: vec![LifeDomain::Housing],
        ground: Ground::CONSENT,
        evidence: None,
        related: true,
        released: vec![ReleasedFields {
            rule: "consent".into(),
            consent: Some((ConsentId::from_bytes(scattered(number % 10_000)), 1)),
            fields: codes(1..=RELEASED)?,
        }],
        withheld: vec![WithheldFields {
            rule: "outside-purpose".into(),
            because: Because::Rule(Told::OutsidePurpose),
            told: Told::OutsidePurpose,
            fields: codes(RELEASED + 1..=40)?,
        }],
        failure: None,
        spends: vec![],
        answered_in: None,
        follow_up: None,
    });
    let organisation = OrganisationId::parse("00000099000000000201")?;
    let actor = Actor {
        requester: RequesterRef::from_bytes(scattered(number % 1_000)),
        hat: Hat { organisation, role: Role::parse("wijkteam")? },
        level: AuthenticationLevel::Substantial,
    };
    let client = ClientRef::from_bytes(scattered(number % 10_000));
    Ok(Entry { client: Some(client), actor: Some(actor), ..entry(number, rules, event) })
}
