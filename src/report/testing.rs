//! Entries made by hand, and what a report makes of them.

use crate::domain::testing::{catalogue, custodian, fields, purpose, purposes, request, team, today};
use crate::domain::*;
use crate::projection::{Reader, Record};
use crate::report::{Filed, Heads, Report, Scope, Table};

/// The care provider that holds the data.
pub(super) fn care() -> OrganisationId {
    custodian()
}

/// The municipality whose team asks.
pub(super) fn municipality() -> OrganisationId {
    team().organisation
}

/// Who asks.
pub(super) fn professional() -> RequesterRef {
    RequesterRef::from_bytes([0x66; 16])
}

/// Narrowed to nothing, asked on the day of the tests.
pub(crate) fn scope() -> Scope {
    Scope {
        from: None,
        until: None,
        now: today(),
        requester: None,
        organisation: None,
        purpose: None,
        other: None,
        discovered: None,
        seed: "seed".to_owned(),
        count: None,
        heads: Heads::default(),
    }
}

/// Something that the team's professional did about the n-th client.
pub(super) fn done(client: u8, at: Timestamp, event: Event) -> Entry {
    Entry {
        format: Entry::format(),
        at,
        nonce: Nonce::new([0x11; 16]),
        trace: TraceId::from_bytes([0x22; 16]),
        covenant: CovenantDigest::parse(&"c0".repeat(32)).unwrap(),
        parties: 1,
        client: Some(ClientRef::from_bytes([client; 16])),
        revision: Some(1),
        actor: Some(Actor {
            requester: professional(),
            hat: team(),
            level: AuthenticationLevel::Substantial,
        }),
        event,
    }
}

/// An ask for housing on consent: these fields were released and those withheld, for a holder refused.
pub(crate) fn asked(client: u8, at: Timestamp, released: &[&str], withheld: &[&str]) -> Entry {
    let consent = Some((ConsentId::from_bytes([1; 16]), 2));
    let released = (!released.is_empty()).then(|| ReleasedFields {
        rule: "consent-covers".to_owned(),
        consent,
        fields: fields(released),
    });
    let withheld = (!withheld.is_empty()).then(|| WithheldFields {
        rule: "consent-lacks".to_owned(),
        because: Because::Lack(Lack::HolderRefused),
        told: Told::NoConsent,
        fields: fields(withheld),
    });
    let event = DisclosureEvent {
        request: request(1),
        repeat_of: None,
        custodian: custodian(),
        purpose: purpose("WON"),
        life_domains: vec![],
        ground: Ground::CONSENT,
        evidence: None,
        related: true,
        released: released.into_iter().collect(),
        withheld: withheld.into_iter().collect(),
        failure: None,
        spends: vec![],
        answered_in: None,
        follow_up: None,
    };
    done(client, at, Event::Disclosure(event))
}

/// The same, changed.
pub(crate) fn but(mut entry: Entry, change: impl FnOnce(&mut DisclosureEvent)) -> Entry {
    match &mut entry.event {
        Event::Disclosure(disclosure) => change(disclosure),
        _ => panic!("not a disclosure"),
    }
    entry
}

/// The same request again.
pub(crate) fn repeated(entry: Entry, of: u64) -> Entry {
    but(entry, |disclosure| disclosure.repeat_of = Some(of))
}

/// Somebody of the team reads a list about client 1.
pub(super) fn read_log(at: Timestamp) -> Entry {
    let read = LogRead { view: LogView::Listing, from: 0, until: 9, filter: LogFilter::default() };
    done(1, at, Event::LogRead(Box::new(read)))
}

/// A call that could not be answered.
pub(super) fn refused(at: Timestamp) -> Entry {
    let (method, reason) = ("Disclose".to_owned(), "PURPOSE_UNKNOWN".to_owned());
    done(1, at, Event::Refused { method, reason })
}

/// What a report tells this side of a story.
pub(super) fn told(report: impl Report + 'static, story: &[Entry], side: &OrganisationId) -> Vec<Table> {
    told_with(include_str!("../../deploy/parties.toml"), report, story, side)
}

/// The same, among these parties.
pub(super) fn told_with(
    parties: &str,
    report: impl Report + 'static,
    story: &[Entry],
    side: &OrganisationId,
) -> Vec<Table> {
    let (catalogue, purposes) = (catalogue(), purposes());
    let parties = Parties::parse(parties, &purposes).unwrap();
    let reader =
        Reader { side, origin: "test", catalogue: &catalogue, purposes: &purposes, parties: &parties };
    let mut report: Box<dyn Report> = Box::new(report);
    for (index, entry) in (0..).zip(story) {
        let body = entry.encode().unwrap();
        let client = entry.client.as_ref().map(|client| format!("handle-{}", &client.as_str()[..2]));
        report.take(&Record { index, leaf: [0; 32], entry, body: &body, client: client.as_deref(), reader });
    }
    report.tables(&reader)
}

/// These columns of a table, in Dutch.
pub(super) fn cells<const N: usize>(table: &Table, columns: &[&str; N]) -> Vec<[String; N]> {
    let at =
        columns.map(|id| table.columns.iter().position(|c| c.id == id).unwrap_or_else(|| panic!("{id}")));
    table.rows.iter().map(|row| at.map(|at| row[at].written(Language::Dutch))).collect()
}

/// An emergency release (R10) with its six answers, or resting on those of another entry; told within three days, judged within
/// seven.
pub(super) fn emergency(client: u8, at: Timestamp, answered_in: Option<u64>) -> Entry {
    use crate::domain::testing::DAY;
    but(asked(client, at, &["C01"], &[]), |disclosure| {
        disclosure.ground = Ground::VITAL;
        disclosure.purpose = purpose("CRI");
        disclosure.answered_in = answered_in;
        let answered = domain_questions(answered_in.is_none());
        disclosure.evidence = Some(GroundEvidence { answered, ..GroundEvidence::default() });
        disclosure.follow_up = Some(FollowUp {
            tell_by: at.plus(3 * DAY),
            review_by: Some(at.plus(7 * DAY)),
            answers_until: answered_in.is_none().then(|| at.plus(DAY / 6)),
        });
    })
}

fn domain_questions(all: bool) -> std::collections::BTreeSet<crate::domain::Question> {
    let questions = crate::domain::Question::of(Ground::VITAL).iter().copied();
    questions.filter(|_| all).collect()
}

/// By an officer of the care provider.
fn by_officer(client: u8, at: Timestamp, event: Event) -> Entry {
    let hat = Hat { organisation: custodian(), role: Role::parse("privacy-officer").unwrap() };
    let requester = RequesterRef::from_bytes([0x77; 16]);
    let actor = Some(Actor { requester, hat, level: AuthenticationLevel::Substantial });
    Entry { actor, ..done(client, at, event) }
}

fn note() -> EvidenceReference {
    EvidenceReference::parse("note-1").unwrap()
}

/// An officer judged an emergency.
pub(super) fn judged(client: u8, at: Timestamp, entry: u64, verdict: ReviewVerdict) -> Entry {
    let review = EmergencyReview { custodian: custodian(), entry, verdict, note: note() };
    by_officer(client, at, Event::EmergencyReviewed(review))
}

/// An officer judged an entry of the sample of this seed.
pub(super) fn sampled(
    client: u8,
    at: Timestamp,
    entry: u64,
    seed: &str,
    (verdict, follow_up): (SampleVerdict, SampleFollowUp),
) -> Entry {
    let seed = SampleSeed::parse(seed).unwrap();
    let judgement = SampleJudgement { entry, seed, verdict, follow_up, note: Some(note()) };
    by_officer(client, at, Event::SampleJudged(judgement))
}

/// The client was told.
pub(super) fn client_told(client: u8, at: Timestamp, entry: u64) -> Entry {
    let (told, how) = (PersonRef::client(), ToldHow::Letter);
    let notice = NoticeGiven { custodian: custodian(), entry, told, how, note: note() };
    by_officer(client, at, Event::ClientNotified(notice))
}

/// Telling was put off.
pub(super) fn delayed(client: u8, at: Timestamp, entry: u64, until: Timestamp) -> Entry {
    let reason = DelayReason::HarmToClient;
    let delay = NoticeDelay { custodian: custodian(), entry, reason, note: note(), until };
    by_officer(client, at, Event::NoticeDelayed(delay))
}

/// A consent was taken back by whoever recorded it at the care provider.
pub(super) fn withdrawn(client: u8, consent: Consent, at: Timestamp) -> Entry {
    by_officer(client, at, Event::ConsentWithdrawn(Consent { version: 3, ..consent }))
}

/// What a report tells of what stands in the register about one client.
pub(super) fn filed(
    report: impl Report + 'static,
    registration: &Registration,
    consents: &[Consent],
    side: &OrganisationId,
) -> Vec<Table> {
    let (catalogue, purposes) = (catalogue(), purposes());
    let parties = Parties::parse(include_str!("../../deploy/parties.toml"), &purposes).unwrap();
    let reader =
        Reader { side, origin: "test", catalogue: &catalogue, purposes: &purposes, parties: &parties };
    let mut report: Box<dyn Report> = Box::new(report);
    report.take_file(&Filed { client: "handle-01", registration, consents }, &reader);
    report.tables(&reader)
}
