//! Every kind of write, and a fresh one of each.

use super::super::*;
use super::Scene;
use crate::domain::representation::WithholdingReason;
use crate::store::ExpiryPlan;
use crate::store::change::Change;

const DAY: i64 = 86_400_000;
/// When everything is written but what is old: six years later.
pub(in crate::store) const LATER: Timestamp = Timestamp(NOON.0 + 6 * 366 * DAY);

macro_rules! kinds {
    ($($kind:ident),* $(,)?) => {
        /// A kind of write.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::store) enum Kind {
            $($kind),*
        }

        impl Kind {
            pub(in crate::store) const ALL: &'static [Self] = &[$(Self::$kind),*];
        }
    };
}

kinds! {
    Released, Withheld, Repeated, Spent, ReleasedInAnEmergency, Previewed, Consulted, Refused, Registered, RegisteredAnew,
    ConsentRecorded, ObjectionRecorded, GrantAdded, ConsentWithdrawn, RefusalOverridden, OverrideConfirmed, OverrideRevoked,
    WithheldFromRepresentatives, WithholdingLifted, EmergencyReviewed, ClientNotified, NoticeDelayed, SampleJudged, DestructionRequested, LogRead,
    LedgerResumed, Expired, CovenantAdopted,
}

/// What is handed in beside the entry.
#[derive(Clone)]
pub(in crate::store) enum Brings {
    Nothing,
    Spent(Vec<Consent>),
    Files(Arc<Bundle>),
    Plan(Box<ExpiryPlan>),
}

/// An entry that is ready to be sealed.
#[derive(Clone)]
pub(in crate::store) struct Write {
    pub entry: Entry,
    pub brings: Brings,
}

impl Write {
    /// What kind it is: a new event has to be given one.
    pub fn kind(&self) -> Kind {
        match &self.entry.event {
            Event::Disclosure(d) if d.repeat_of.is_some() => Kind::Repeated,
            Event::Disclosure(d) if !d.spends.is_empty() => Kind::Spent,
            Event::Disclosure(d) if d.follow_up.is_some() => Kind::ReleasedInAnEmergency,
            Event::Disclosure(d) if d.released.is_empty() => Kind::Withheld,
            Event::Disclosure(_) => Kind::Released,
            Event::Previewed(_) => Kind::Previewed,
            Event::Consulted(_) => Kind::Consulted,
            Event::Refused { .. } => Kind::Refused,
            Event::Registered { .. } if self.entry.revision.is_none() => Kind::Registered,
            Event::Registered { .. } => Kind::RegisteredAnew,
            Event::ConsentRecorded(c) if c.permit().is_some() => Kind::ConsentRecorded,
            Event::ConsentRecorded(_) => Kind::ObjectionRecorded,
            Event::GrantAdded(_) => Kind::GrantAdded,
            Event::ConsentWithdrawn(_) => Kind::ConsentWithdrawn,
            Event::RefusalOverridden(_) => Kind::RefusalOverridden,
            Event::OverrideConfirmed(_) => Kind::OverrideConfirmed,
            Event::OverrideRevoked(_) => Kind::OverrideRevoked,
            Event::WithheldFromRepresentatives(_) => Kind::WithheldFromRepresentatives,
            Event::WithholdingLifted(_) => Kind::WithholdingLifted,
            Event::EmergencyReviewed(_) => Kind::EmergencyReviewed,
            Event::ClientNotified(_) => Kind::ClientNotified,
            Event::NoticeDelayed(_) => Kind::NoticeDelayed,
            Event::SampleJudged(_) => Kind::SampleJudged,
            Event::DestructionRequested(_) => Kind::DestructionRequested,
            Event::LogRead(_) => Kind::LogRead,
            Event::LedgerResumed(_) => Kind::LedgerResumed,
            Event::Expired(_) => Kind::Expired,
            Event::CovenantAdopted { .. } => Kind::CovenantAdopted,
        }
    }

    /// What it changes beside the ledger: a new change has to be named.
    pub fn change(&self) -> &'static str {
        let spent = if let Brings::Spent(spent) = &self.brings { spent.clone() } else { vec![] };
        match Change::of(&self.entry, spent).unwrap() {
            None => "none",
            Some(Change::Registration { .. }) => "registration",
            Some(Change::Consents { .. }) => "consents",
            Some(Change::Covenant { .. }) => "covenant",
            Some(Change::Expired(_)) => "expired",
            Some(Change::Release(_)) => "release",
            Some(Change::FollowUp { .. }) => "follow-up",
            Some(Change::Judged(_)) => "judged",
        }
    }
}

fn note() -> EvidenceReference {
    EvidenceReference::parse("dossier/17").unwrap()
}

fn purpose() -> PurposeCode {
    PurposeCode::parse("WON").unwrap()
}

fn registration(number: u64) -> Registration {
    match registered(1, None).event {
        Event::Registered { registration, .. } => Registration {
            reference: CustodianReference::parse(&format!("dossier-{number}")).unwrap(),
            ..registration
        },
        _ => panic!("no registration"),
    }
}

fn judgement(entry: u64) -> SampleJudgement {
    SampleJudgement {
        entry,
        seed: SampleSeed::parse("2026-11").unwrap(),
        verdict: SampleVerdict::NotInOrder,
        follow_up: SampleFollowUp::Talk,
        note: Some(note()),
    }
}

fn of_kind(kind: Kind, consent: Consent, about: u64, number: u64) -> Event {
    let next = Consent { version: 2, ..consent.clone() };
    let withholding = WithholdingId::from_bytes(u128::from(number).to_be_bytes());
    let withheld = Withholding {
        id: withholding.clone(),
        items: WithheldItems::Fields(vec![FieldCode::parse("C01").unwrap()]),
        reason: WithholdingReason::Safety,
        note: note(),
        by: requester(7),
        at: LATER,
        review_on: LATER.plus(30 * DAY).date(),
    };
    let change = |withheld| {
        let registration = Registration { withheld, ..registration(number) };
        Box::new(RegistrationChange {
            custodian: organisation(ACCARE),
            withholding: withholding.clone(),
            registration,
        })
    };
    let plain = |change: &dyn Fn(&mut DisclosureEvent)| with(ask(1, None), change).event;
    let recipient = Hat { organisation: organisation(ASSEN), role: Role::parse("wijkteam").unwrap() };
    match kind {
        Kind::Released => plain(&|_| ()),
        Kind::Withheld => plain(&|d| d.released.clear()),
        Kind::Repeated => plain(&|d| d.repeat_of = Some(about)),
        Kind::Spent => plain(&|d| d.spends = vec![consent.id.clone()]),
        Kind::ReleasedInAnEmergency => emergency(),
        Kind::Previewed => Event::Previewed(PreviewEvent {
            custodian: organisation(ACCARE),
            recipient,
            purpose: purpose(),
            life_domains: vec![],
            ground: Ground::CONSENT,
            evidence: None,
            supposing: None,
            permitted: vec![],
            withheld: vec![],
        }),
        Kind::Consulted => Event::Consulted(ConsultEvent {
            request: new_request(),
            consulted: recipient,
            purpose: purpose(),
            outcome: ConsultOutcome::Accepted,
        }),
        Kind::Refused => Event::Refused { method: "Disclose".into(), reason: "ROLE_MAY_NOT".into() },
        Kind::Registered | Kind::RegisteredAnew => {
            Event::Registered { custodian: organisation(ACCARE), registration: registration(number) }
        }
        Kind::ConsentRecorded => Event::ConsentRecorded(consent),
        Kind::ObjectionRecorded => {
            let all = Objection { recipient: None, role: None, purpose: None, fields: None };
            Event::ConsentRecorded(Consent { stance: Stance::Objection(all), ..consent })
        }
        Kind::GrantAdded => Event::GrantAdded(next),
        Kind::ConsentWithdrawn => Event::ConsentWithdrawn(Consent { withdrawn: Some(LATER), ..next }),
        Kind::RefusalOverridden => Event::RefusalOverridden(next),
        Kind::OverrideConfirmed => Event::OverrideConfirmed(next),
        Kind::OverrideRevoked => Event::OverrideRevoked(next),
        Kind::WithheldFromRepresentatives => Event::WithheldFromRepresentatives(change(vec![withheld])),
        Kind::WithholdingLifted => Event::WithholdingLifted(change(vec![])),
        Kind::EmergencyReviewed => Event::EmergencyReviewed(EmergencyReview {
            custodian: organisation(ACCARE),
            entry: about,
            verdict: ReviewVerdict::Justified,
            note: note(),
        }),
        Kind::ClientNotified => Event::ClientNotified(NoticeGiven {
            custodian: organisation(ACCARE),
            entry: about,
            told: PersonRef::client(),
            how: ToldHow::Letter,
            note: note(),
        }),
        Kind::NoticeDelayed => Event::NoticeDelayed(NoticeDelay {
            custodian: organisation(ACCARE),
            entry: about,
            reason: DelayReason::OutOfReach,
            note: note(),
            until: LATER.plus(4 * DAY),
        }),
        Kind::SampleJudged => Event::SampleJudged(judgement(about)),
        Kind::DestructionRequested => Event::DestructionRequested(DestructionRequest {
            custodian: organisation(ACCARE),
            asked_by: PersonRef::client(),
            outcome: DestructionOutcome::Destroyed,
            note: note(),
        }),
        Kind::LogRead => Event::LogRead(Box::new(LogRead {
            view: LogView::Listing,
            from: 0,
            until: 9,
            filter: LogFilter::default(),
        })),
        Kind::LedgerResumed => Event::LedgerResumed(LedgerResumed { kept: None, reference: note() }),
        Kind::Expired | Kind::CovenantAdopted => panic!("{kind:?} brings more than an entry"),
    }
}

/// What a write of this kind needs to be there before it: one after the other, about the client of its own.
fn before(kind: Kind) -> &'static [Kind] {
    match kind {
        Kind::Released
        | Kind::Withheld
        | Kind::RegisteredAnew
        | Kind::ReleasedInAnEmergency
        | Kind::Previewed
        | Kind::ConsentRecorded
        | Kind::ObjectionRecorded
        | Kind::WithheldFromRepresentatives
        | Kind::DestructionRequested
        | Kind::Refused => &[Kind::Registered],
        Kind::Repeated | Kind::SampleJudged => &[Kind::Registered, Kind::Released],
        Kind::WithholdingLifted => &[Kind::Registered, Kind::WithheldFromRepresentatives],
        Kind::Spent
        | Kind::GrantAdded
        | Kind::ConsentWithdrawn
        | Kind::RefusalOverridden
        | Kind::OverrideConfirmed
        | Kind::OverrideRevoked => &[Kind::Registered, Kind::ConsentRecorded],
        Kind::EmergencyReviewed | Kind::ClientNotified | Kind::NoticeDelayed => {
            &[Kind::Registered, Kind::ReleasedInAnEmergency]
        }
        Kind::Registered
        | Kind::Consulted
        | Kind::LogRead
        | Kind::LedgerResumed
        | Kind::Expired
        | Kind::CovenantAdopted => &[],
    }
}

impl<E: TestEngine> Scene<E> {
    /// A write of this kind that nothing stands in the way of.
    pub async fn ready(&mut self, kind: Kind) -> Write {
        let number = count();
        let client = ClientRef::from_bytes(u128::from(number).to_be_bytes());
        let single = kind == Kind::Spent;
        let consent =
            Consent { id: ConsentId::from_bytes(u128::from(number).to_be_bytes()), ..consent(1, single) };
        let (mut revision, mut about) = (None, 0);
        for earlier in before(kind) {
            let event = of_kind(*earlier, consent.clone(), about, number);
            let counts = !matches!(earlier, Kind::Released | Kind::ReleasedInAnEmergency);
            about = self.sealed(self.entry(Some(client.clone()), revision, event).await).await;
            revision = if counts { Some(revision.unwrap_or(0) + 1) } else { revision };
        }
        match kind {
            Kind::CovenantAdopted => self.adoption().await,
            Kind::Expired => self.expiry().await,
            Kind::Consulted | Kind::LogRead | Kind::LedgerResumed => {
                let event = of_kind(kind, consent, about, number);
                Write { entry: self.entry(None, None, event).await, brings: Brings::Nothing }
            }
            _ => {
                let event = of_kind(kind, consent.clone(), about, number);
                let officer = event.comes_after().is_some();
                let mut entry = self.entry(Some(client), revision, event).await;
                if let Some(actor) = entry.actor.as_mut().filter(|_| officer) {
                    (actor.requester, actor.hat.organisation) = (requester(8), organisation(ACCARE));
                }
                let spent = entry.spends().map(|(_, by)| Brings::Spent(vec![consent.spend(by)]));
                Write { entry, brings: spent.unwrap_or(Brings::Nothing) }
            }
        }
    }

    async fn entry(&self, client: Option<ClientRef>, revision: Option<i64>, event: Event) -> Entry {
        let (covenant, _, parties) = self.world.store.covenant().await.unwrap();
        let mut entry = entry(client, revision, event);
        (entry.at, entry.covenant, entry.parties) =
            (LATER, CovenantDigest::parse(&covenant).unwrap(), parties);
        entry
    }

    /// Another covenant than the one in force, with the same parties.
    async fn adoption(&self) -> Write {
        let (covenant, _, revision) = self.world.store.covenant().await.unwrap();
        let next = ['b', 'c']
            .into_iter()
            .find(|rules| super::super::covenant(*rules, 'a').digest().unwrap().as_str() != covenant);
        let entry = Entry { at: LATER, ..adopted(next.unwrap(), 'a', revision) };
        let files = Arc::new(files_of(&entry));
        Write { entry, brings: Brings::Files(files) }
    }

    async fn expiry(&self) -> Write {
        let plan = self.world.store.plan_expiry(LATER).await.unwrap().expect("something old");
        let mut entry = self.entry(None, None, Event::Expired(plan.expiry.clone())).await;
        entry.actor = None;
        Write { entry, brings: Brings::Plan(Box::new(plan)) }
    }
}

/// What a professional gets in an emergency.
fn emergency() -> Event {
    let ground = Ground::parse("R09").unwrap();
    let deadlines = Deadlines::parse(include_str!("../../../../policies/deadlines.toml")).unwrap();
    let answered = with(ask(1, None), |d| {
        d.ground = ground;
        d.purpose = PurposeCode::parse("CRI").unwrap();
        let answers_until = Some(LATER.plus(14_400_000));
        d.follow_up = deadlines.after_release(ground, LATER, None).map(|f| FollowUp { answers_until, ..f });
    });
    answered.event
}
