//! Entries of every kind, with everything in them that can be.

use jiff::civil::date;

use crate::domain::testing::*;
use crate::domain::*;
use crate::projection::Reader;

/// The shipped words, and the parties of these tests.
pub(super) struct Words {
    catalogue: Catalogue,
    purposes: Purposes,
    parties: Parties,
}

impl Words {
    pub(super) fn new() -> Self {
        let purposes = purposes();
        let parties = r#"
            [[party]]
            id = "00000001111111110000"
            name = "Zorg, \"De Brug\""
            kind = "care"
            activities = "https://register.example/"
            [[party.role]]
            role = "behandelaar"
            label = "Behandelaar"
            may = ["ask"]

            [[party]]
            id = "00000002222222220000"
            name = "=Gemeente"
            kind = "municipality"
            [[party.role]]
            role = "wijkteam"
            label = "Wijkteam"
            may = ["ask"]
        "#;
        let parties = Parties::parse(parties, &purposes).unwrap();
        Self { catalogue: catalogue(), parties, purposes }
    }

    pub(super) fn reader<'a>(&'a self, side: &'a OrganisationId) -> Reader<'a> {
        Reader {
            side,
            origin: "sluis.example/ledger",
            catalogue: &self.catalogue,
            purposes: &self.purposes,
            parties: &self.parties,
        }
    }
}

pub(super) fn entry(event: Event) -> Entry {
    Entry {
        format: Entry::format(),
        at: today(),
        nonce: Nonce::new([0x11; 16]),
        trace: TraceId::from_bytes([0x22; 16]),
        covenant: CovenantDigest::parse(&"c0".repeat(32)).unwrap(),
        parties: 70_003,
        client: Some(ClientRef::from_bytes([0x44; 16])),
        revision: Some(80_005),
        actor: Some(Actor {
            requester: RequesterRef::from_bytes([0x66; 16]),
            hat: team(),
            level: AuthenticationLevel::Substantial,
        }),
        event,
    }
}

fn brought_forward() -> GroundEvidence {
    GroundEvidence {
        answered: [Question::Consent].into(),
        note: Some(EvidenceReference::parse("note-77").unwrap()),
        representative: Some(person("aunt-77")),
        informed: true,
        order: Some(CustodianReference::parse("order-77").unwrap()),
        initiative: Some(Initiative::OnRequest),
        consulted: Some(RequesterRef::from_bytes([0x99; 16])),
        notice: Some(ClientNotice::Delayed {
            reason: DelayReason::HarmToClient,
            review_on: date(2026, 12, 1),
        }),
    }
}

pub(super) fn disclosure() -> DisclosureEvent {
    DisclosureEvent {
        request: request(1),
        repeat_of: Some(60_017),
        custodian: custodian(),
        purpose: purpose("CAS"),
        life_domains: vec![LifeDomain::Housing],
        ground: Ground::VITAL,
        evidence: Some(brought_forward()),
        related: true,
        released: vec![ReleasedFields {
            rule: "consent-covers".to_owned(),
            consent: Some((ConsentId::from_bytes([1; 16]), 50_002)),
            fields: fields(&["C01"]),
        }],
        withheld: vec![WithheldFields {
            rule: "consent-lacks".to_owned(),
            because: Because::Lack(Lack::HolderRefused),
            told: Told::NoConsent,
            fields: fields(&["C02"]),
        }],
        failure: None,
        spends: vec![ConsentId::from_bytes([0x77; 16])],
        answered_in: Some(60_018),
        follow_up: Some(FollowUp {
            tell_by: days_ago(-1),
            review_by: Some(days_ago(-2)),
            answers_until: Some(days_ago(-3)),
        }),
    }
}

/// Nothing was released, and somebody had said no.
pub(super) fn refusal() -> DisclosureEvent {
    DisclosureEvent { released: vec![], ..disclosure() }
}

fn consent() -> Consent {
    let mut consent = permit("CAS", &["C01"]).yes_about("mother-77", &["G03"], days_ago(8));
    consent.evidence.note = Some(EvidenceReference::parse("note-78").unwrap());
    consent.struck.insert(field("C01"), days_ago(7));
    consent.withdrawn = Some(days_ago(6));
    consent.spent = Some(Spent { organisation: team().organisation, request: request(2), at: days_ago(5) });
    consent.overrides.push(RefusalOverride {
        exception: Exception::SeriousHarm,
        note: EvidenceReference::parse("note-79").unwrap(),
        refused_by: vec![grantor("father-77", Capacity::ParentAuthority)],
        decided_by: RequesterRef::from_bytes([0x88; 16]),
        decided_at: days_ago(4),
        until: days_ago(-4),
        confirmed: Some(Confirmation { by: RequesterRef::from_bytes([0x89; 16]), at: days_ago(3) }),
        revoked: Some(days_ago(2)),
    });
    for grant in &mut consent.grants {
        grant.withdrawn = Some(days_ago(1));
    }
    consent
}

fn change() -> Box<RegistrationChange> {
    let withholding = Withholding {
        id: WithholdingId::from_bytes([3; 16]),
        items: WithheldItems::Entries(vec![60_020]),
        reason: WithholdingReason::Safety,
        note: EvidenceReference::parse("note-80").unwrap(),
        by: RequesterRef::from_bytes([0x8a; 16]),
        at: days_ago(1),
        review_on: date(2026, 12, 2),
    };
    let mut registration = born(date(2012, 2, 29)).with_parents();
    registration.withheld.push(withholding);
    Box::new(RegistrationChange {
        custodian: custodian(),
        withholding: WithholdingId::from_bytes([3; 16]),
        registration,
    })
}

/// By an officer of the care provider, of its own record.
fn judged() -> Entry {
    let judgement = SampleJudgement {
        entry: 60_029,
        seed: SampleSeed::parse("2026-11").unwrap(),
        verdict: SampleVerdict::NotInOrder,
        follow_up: SampleFollowUp::Talk,
        note: Some(EvidenceReference::parse("note-82").unwrap()),
    };
    let mut judged = entry(Event::SampleJudged(judgement));
    judged.actor.iter_mut().for_each(|officer| officer.hat = hat("00000001111111110000", "behandelaar"));
    judged
}

/// One of each.
pub(super) fn every_event() -> Vec<Entry> {
    let note = || EvidenceReference::parse("note-81").unwrap();
    let registration = born(date(2012, 2, 29))
        .with_parents()
        .with_order(always(), Some(in_place_of(&["father"], &["CAS"])))
        .with_member(team(), always())
        .judged(false, date(2026, 11, 1), Some("CAS"));
    let preview = PreviewEvent {
        custodian: custodian(),
        recipient: institution(),
        purpose: purpose("CAS"),
        life_domains: vec![LifeDomain::Housing],
        ground: Ground::CONSENT,
        evidence: Some(brought_forward()),
        supposing: Some(Supposing::Agreed(ConsentId::from_bytes([5; 16]))),
        permitted: fields(&["C01"]),
        withheld: vec![(field("C02"), Told::NoConsent)],
    };
    let consult = ConsultEvent {
        request: request(3),
        consulted: hat("00000001111111110000", "behandelaar"),
        purpose: purpose("CAS"),
        outcome: ConsultOutcome::IdentifierDetected(vec![Identifier::Phone]),
    };
    let review = EmergencyReview {
        custodian: custodian(),
        entry: 60_021,
        verdict: ReviewVerdict::Justified,
        note: note(),
    };
    let told = NoticeGiven {
        custodian: custodian(),
        entry: 60_022,
        told: person("aunt-78"),
        how: ToldHow::Letter,
        note: note(),
    };
    let delay = NoticeDelay {
        custodian: custodian(),
        entry: 60_023,
        reason: DelayReason::OutOfReach,
        note: note(),
        until: days_ago(-9),
    };
    let destruction = DestructionRequest {
        custodian: custodian(),
        asked_by: person("client"),
        outcome: DestructionOutcome::Partly,
        note: note(),
    };
    let objection = no("father-78", Capacity::ParentAuthority, today(), to_exactly("CAS", &["C01"]));
    let read = LogRead {
        view: LogView::Export(ExportedFile {
            format: "csv".to_owned(),
            records: 60_024,
            sha256: FileDigest::from_bytes([0x5a; 32]),
        }),
        from: 60_025,
        until: 60_026,
        filter: LogFilter { after: Some(days_ago(40)), ..LogFilter::default() },
    };
    let events = vec![
        Event::LogRead(Box::new(read)),
        Event::Disclosure(disclosure()),
        Event::Disclosure(refusal()),
        Event::Previewed(preview),
        Event::Refused { method: "Disclose".to_owned(), reason: "ROLE_MAY_NOT".to_owned() },
        Event::Registered { custodian: custodian(), registration },
        Event::ConsentRecorded(consent()),
        Event::ConsentRecorded(objection),
        Event::GrantAdded(consent()),
        Event::ConsentWithdrawn(consent()),
        Event::RefusalOverridden(consent()),
        Event::OverrideConfirmed(consent()),
        Event::OverrideRevoked(consent()),
        Event::WithheldFromRepresentatives(change()),
        Event::WithholdingLifted(change()),
        Event::EmergencyReviewed(review),
        Event::ClientNotified(told),
        Event::NoticeDelayed(delay),
        Event::DestructionRequested(destruction),
    ];
    let about_nobody = |event, actor: bool| {
        let entry = entry(event);
        Entry { client: None, revision: None, actor: entry.actor.clone().filter(|_| actor), ..entry }
    };
    let digest = CovenantDigest::parse(&"ab".repeat(32)).unwrap();
    let mut entries: Vec<Entry> = events.into_iter().map(entry).collect();
    entries.push(judged());
    entries.push(about_nobody(Event::Consulted(consult), true));
    entries.push(about_nobody(Event::CovenantAdopted { parties: digest }, false));
    let (until, kept_digest) = (days_ago(2_000), KeptDigest::parse(&"cd".repeat(32)).unwrap());
    entries.push(about_nobody(
        Event::Expired(Expiry { before: 60_027, until, kept: 60_028, kept_digest }),
        false,
    ));
    entries.push(about_nobody(Event::LedgerResumed(LedgerResumed { kept: None, reference: note() }), false));
    entries
}
