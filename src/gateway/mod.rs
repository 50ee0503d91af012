//! The use cases: what a party can do through the gateway. No wire, no SQL, no Cedar.
//!
//! What is always true here: whatever is answered about a client was sealed first, refusals too; what a decision rested
//! on is checked again inside the seal.

mod audit;
mod condition;
mod consent;
mod consult;
mod covenant;
mod describe;
mod destruction;
mod disclose;
mod export;
mod export_proof;
mod fetch;
mod follow;
mod follow_up;
mod log_read;
mod overriding;
mod overview;
pub mod page_token;
mod permission;
mod preview;
mod processing;
mod refused;
mod report;
mod retention;
mod sample;
mod steady;
mod suppose;
mod tally;
#[cfg(test)]
mod tests;
mod versions;
mod withholding;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::{Notify, Semaphore};

use crate::custodian::Custodians;
use crate::domain::{
    Actor, Capability, ClientRef, Clock, Entry, Event, FollowUpRefused, Hat, Nonce, OrganisationId,
    OverviewRefused, Randomness, SampleRefused, Timestamp, TraceId,
};
use crate::gateway::steady::SteadyClock;
use crate::gateway::tally::Tallies;
use crate::identity::PseudonymKey;
use crate::policy::Covenant;
use crate::store::{Ledger, Register, SealOutcome, Sealed, Store, Submission};

pub use audit::{CosignedCheckpoint, Found};
pub use condition::{Ailment, Condition};
pub use consent::{Changed, ConsentError, GrantRequest, RecordRequest, WithdrawRequest};
pub use consult::ConsultRequest;
pub use covenant::{AdoptError, CovenantInForce};
pub use describe::{DescribeRequest, Described, Thought};
pub use disclose::DisclosureRequest;
pub use export::{Export, ExportPlace, ExportRequest, Exported, reader, with_record};
pub use export_proof::ExportProof;
pub use follow::{Beginning, Followed, Follower, Part, Span, SpanKind};
pub use overriding::OverrideRequest;
pub use overview::{LeftOutEntry, Overview, OverviewBasis, OverviewConsent, OverviewRequest};
pub use permission::Denied;
pub use preview::PreviewRequest;
pub use processing::Processing;
pub use report::{Progress, ReportRequest, Reported};
pub use retention::LetGo;
pub use suppose::{SupposeRequest, Supposed, Supposition};
pub use tally::Tallied;
pub use versions::CovenantVersion;
pub use withholding::WithholdRequest;

/// How often something that changed meanwhile is decided again before the caller is asked to retry.
const ATTEMPTS: usize = 16;

/// The gateway.
pub struct Gateway {
    /// The rules in force.
    covenant: ArcSwap<CovenantInForce>,
    /// Registrations and consents.
    register: Register,
    /// The only way to write.
    ledger: Ledger,
    /// Reading the record.
    store: Store,
    /// The systems that hold the data.
    custodians: Custodians,
    /// What turns a BSN into a pseudonym.
    pseudonyms: Arc<PseudonymKey>,
    /// The figures of each side whose officers looked at them.
    tallies: Tallies,
    /// Room for exports that are under way, and for reports that are being made.
    export_places: Arc<Semaphore>,
    report_places: Semaphore,
    /// The newest checkpoint that enough witnesses cosigned.
    cosigned: ArcSwapOption<CosignedCheckpoint>,
    clock: SteadyClock,
    randomness: Arc<dyn Randomness>,
    /// When the covenant in force is not the own one any more.
    outdated: Notify,
    /// When the own one changed.
    adopted: Notify,
}

/// What the gateway is made of.
pub struct Parts {
    /// Reading the record.
    pub store: Store,
    /// Registrations and consents.
    pub register: Register,
    /// The only way to write.
    pub ledger: Ledger,
    /// The systems that hold the data.
    pub custodians: Custodians,
    /// What turns a BSN into a pseudonym.
    pub pseudonyms: Arc<PseudonymKey>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// How far it may go back before nothing is decided.
    pub clock_tolerance: Duration,
    /// Whether a covenant comes into force at the start although another is: not where other gateways decide by that one.
    pub replaces_covenant: bool,
    /// Where nonces come from.
    pub randomness: Arc<dyn Randomness>,
}

/// The authenticated professional asking now, wearing one hat.
#[derive(Debug, Clone)]
pub struct Requester {
    /// Who.
    pub actor: Actor,
    /// Under which trace.
    pub trace: TraceId,
}

/// Why there is no answer. A withheld field is not one of these: it is a verdict.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed, so nothing was released.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// An entry cannot be written in the form that was asked.
    #[error(transparent)]
    Projection(#[from] crate::projection::NotProjected),
    /// Somebody keeps changing what the decision rests on.
    #[error("the decision was overtaken too often; try again")]
    Contended,
    /// This `request_id` was used for another request.
    #[error("request_id: was used for another request; make a new one")]
    RequestIdReused,
    /// This hat may not do that.
    #[error("this role may not do that; see the parties of the covenant")]
    NotAllowed,
    /// There is no such thing on the caller's side.
    #[error("there is no such {0} at your organisation")]
    NotFound(&'static str),
    /// A consent cannot be recorded or changed so.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// What an entry rested on is not there any more, or does not lead to it.
    #[error("the entry cannot be explained: {0}")]
    Unexplained(#[source] Box<crate::store::ReplayProblem>),
    /// A release without consent cannot be followed up so.
    #[error(transparent)]
    FollowUp(#[from] FollowUpRefused),
    /// An entry of a sample cannot be judged so.
    #[error(transparent)]
    Sample(#[from] SampleRefused),
    /// As many reports are being made as may be at a time.
    #[error("others ask for reports now; try again later")]
    ReportsBusy,
    /// This reader does not read the overview.
    #[error(transparent)]
    Overview(OverviewRefused),
}

impl Gateway {
    /// Puts the gateway together and brings the covenant into force.
    pub async fn start(parts: Parts, covenant: Covenant) -> Result<Arc<Self>, AdoptError> {
        let newest = parts.store.newest().await?;
        let tolerance = i64::try_from(parts.clock_tolerance.as_millis()).unwrap_or(0);
        let first = CovenantInForce { covenant: Arc::new(covenant), party_revision: 0 };
        let gateway = Arc::new(Self {
            covenant: ArcSwap::from_pointee(first.clone()),
            register: parts.register,
            ledger: parts.ledger,
            store: parts.store,
            custodians: parts.custodians,
            pseudonyms: parts.pseudonyms,
            tallies: Tallies::default(),
            export_places: Arc::new(Semaphore::new(export::AT_A_TIME)),
            report_places: Semaphore::new(report::AT_A_TIME),
            cosigned: ArcSwapOption::empty(),
            clock: SteadyClock::new(parts.clock, newest, tolerance),
            randomness: parts.randomness,
            outdated: Notify::new(),
            adopted: Notify::new(),
        });
        if !parts.replaces_covenant {
            gateway.confirm(&first.covenant).await?;
        }
        gateway.adopt(first.covenant).await?;
        Ok(gateway)
    }

    /// Now, by the gateway's clock: to show how things stand, never to decide.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The key that makes pseudonyms.
    pub fn pseudonyms(&self) -> &PseudonymKey {
        &self.pseudonyms
    }

    /// The writer of the ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Whether somebody wearing this hat may do that.
    pub fn allows(&self, hat: &Hat, capability: Capability) -> bool {
        self.covenant().covenant.parties.allows(hat, capability)
    }

    /// Whether this custodian's system can be asked through this gateway.
    pub fn serves(&self, custodian: &OrganisationId) -> bool {
        self.custodians.serves(custodian)
    }

    /// 16 random bytes, for a nonce or an id.
    pub fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.randomness.fill(&mut bytes);
        bytes
    }

    /// An entry about a client, decided now under this covenant on this revision.
    fn entry(&self, requester: &Requester, basis: &Basis<'_>, event: Event) -> Entry {
        Entry {
            format: Entry::format(),
            at: basis.at,
            nonce: Nonce::new(self.random()),
            trace: requester.trace.clone(),
            covenant: basis.covenant.covenant.digest.clone(),
            parties: basis.covenant.party_revision,
            client: Some(basis.client.clone()),
            revision: basis.revision,
            actor: Some(requester.actor.clone()),
            event,
        }
    }

    /// Seals an entry. If it was decided by other rules than those in force, it is stale once this gateway has those rules too, and
    /// refused if it does not get them. If the clock leapt since it was decided, it is stale as well.
    async fn submit(&self, submission: Submission) -> Result<SealOutcome, Error> {
        if self.clock.is_long_past(submission.entry.at) {
            return Ok(SealOutcome::Stale);
        }
        let (covenant, parties) = (submission.entry.covenant.clone(), submission.entry.parties);
        let sealing = follow::part("seal");
        let sealed = match self.ledger.seal(submission).await {
            Err(crate::store::Error::OtherCovenant) if self.has_other_rules(&covenant, parties).await => {
                Ok(SealOutcome::Stale)
            }
            outcome => outcome,
        };
        let (outcome, failed) = match &sealed {
            Ok(SealOutcome::Sealed(_)) => ("sealed", false),
            Ok(SealOutcome::Stale) => ("stale", false),
            Ok(SealOutcome::Repeat(_)) => ("repeat", false),
            Err(_) => ("failed", true),
        };
        follow::ended(sealing, outcome, failed);
        Ok(sealed?)
    }

    /// Seals an entry that needs no second look at what it rests on but the revision.
    async fn seal(&self, client: &ClientRef, entry: Entry) -> Result<Option<Sealed>, Error> {
        match self.submit(Submission { entry, spent: vec![] }).await? {
            SealOutcome::Sealed(sealed) => Ok(Some(sealed)),
            SealOutcome::Stale | SealOutcome::Repeat(_) => {
                self.register.forget(client);
                Ok(None)
            }
        }
    }
}

/// What an entry was decided on.
struct Basis<'a> {
    at: Timestamp,
    covenant: &'a CovenantInForce,
    client: &'a ClientRef,
    revision: Option<i64>,
}
