//! A gateway on a store of its own, without custodians, for tests of what it reads.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::ambient::{SystemClock, SystemRandomness};
use crate::custodian::Custodians;
use crate::domain::testing::{field, hat, purpose};
use crate::domain::{Actor, AuthenticationLevel, Bsn, Ground, OrganisationId, RequestId, TraceId};
use crate::gateway::{DisclosureRequest, Gateway, Parts, Requester};
use crate::identity::PseudonymKey;
use crate::identity::testing::Directory;
use crate::ledger::SigningKey;
use crate::policy::Covenant;
use crate::store::{Ledger, Register, Store};

const ACCARE: &str = "00000099000000000101";
const ASSEN: &str = "00000099000000000201";

/// The gateway.
pub(super) struct Bare {
    _directory: Directory,
    pub(super) gateway: Arc<Gateway>,
}

impl Bare {
    pub(super) async fn open() -> Self {
        let directory = Directory::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let covenant = Covenant::load(&root.join("policies"), &root.join("deploy/parties.toml")).unwrap();
        let store = Store::open(&directory.path().join("sluis.db"), 2).await.unwrap();
        let key = Arc::new(SigningKey::from_seed("sluis.example", &[7; 32]).unwrap());
        let parts = Parts {
            register: Register::new(&store, 100),
            ledger: Ledger::start(&store, key),
            store,
            custodians: Custodians::new(HashMap::new(), Duration::from_secs(5), 100),
            pseudonyms: Arc::new(PseudonymKey::new(&Zeroizing::new([1; 32])).unwrap()),
            clock: Arc::new(SystemClock),
            clock_tolerance: Duration::ZERO,
            replaces_covenant: true,
            randomness: Arc::new(SystemRandomness),
        };
        Self { _directory: directory, gateway: Gateway::start(parts, covenant).await.unwrap() }
    }

    fn requester(&self, organisation: &str, role: &str) -> Requester {
        let hat = hat(organisation, role);
        let requester = self.gateway.pseudonyms.requester(&hat.organisation, "medewerker-1");
        let actor = Actor { requester, hat, level: AuthenticationLevel::Substantial };
        Requester { actor, trace: TraceId::from_bytes([7; 16]) }
    }

    /// The privacy officer of a municipality.
    pub(super) fn officer(&self) -> Requester {
        self.requester(ASSEN, "privacy-officer")
    }

    /// Its neighbourhood team asks about somebody whom nobody knows, so many times: each is an entry of its side.
    pub(super) async fn asks(&self, times: u64) {
        const TOGETHER: u64 = 64;
        let team = self.requester(ASSEN, "wijkteam");
        let client = self.gateway.pseudonyms.client(&Bsn::parse("999993653").unwrap());
        let mut asking = tokio::task::JoinSet::new();
        for number in 0..times {
            let request = DisclosureRequest {
                id: RequestId::parse(&format!("0192f0c1-7a53-7c3e-9a41-{number:012x}")).unwrap(),
                client: client.clone(),
                custodian: OrganisationId::parse(ACCARE).unwrap(),
                purpose: purpose("WON"),
                life_domains: vec![],
                fields: vec![field("C01")],
                ground: Ground::CONSENT,
                evidence: None,
            };
            let (gateway, team) = (self.gateway.clone(), team.clone());
            asking.spawn(async move { gateway.disclose(&team, &request).await.map(drop) });
            if asking.len() as u64 >= TOGETHER {
                asking.join_next().await.unwrap().unwrap().unwrap();
            }
        }
        while let Some(asked) = asking.join_next().await {
            asked.unwrap().unwrap();
        }
    }
}
