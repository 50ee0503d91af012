//! Breaking the glass, and everything that must come after it: who may ask again, who judges, and that the client is told.

use sluis::contract::v1::*;
use sluis::identity::AuthenticationLevel;
use tonic::Code;

use crate::harness::*;
use crate::records;

const HOUR: i64 = 3_600;

async fn gateway() -> TestGateway {
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "een")])))]);
    TestGateway::start(setting).await
}

/// The six answers, and that the client does not know yet.
pub fn evidence() -> GroundEvidence {
    let text = || "Er is op dit moment geen andere weg dan deze.".to_owned();
    let emergency = EmergencyEvidence {
        consent: text(),
        damage: text(),
        conscience: text(),
        subsidiarity: text(),
        effectiveness: text(),
        proportionality: text(),
        consulted: "colleague-7".into(),
    };
    GroundEvidence {
        ground: Some(ground_evidence::Ground::Emergency(emergency)),
        note_reference: "dossier/2026-17".into(),
        notice: Some(ClientNotice { when: Some(client_notice::When::Told(true)) }),
    }
}

pub fn emergency(bsn: &str, evidence: Option<GroundEvidence>) -> DiscloseRequest {
    DiscloseRequest {
        ground: "R09".into(),
        evidence,
        ..ask(bsn, ACCARE, "crisis", &["person.name", "housing.wish"])
    }
}

async fn answer(caller: &Caller, request: DiscloseRequest) -> DiscloseResponse {
    caller.disclosures().disclose(request).await.unwrap().into_inner()
}

/// Somebody of this organisation with a second factor.
pub async fn professional(gateway: &TestGateway, organisation: &str, role: &str, subject: &str) -> Caller {
    let caller = gateway.party(organisation, role).await;
    let high = AuthenticationLevel::High;
    caller.with_token(Some(gateway.setting.token_at(high, organisation, role, subject, organisation)))
}

async fn registered(care: &Caller, bsn: &str) {
    let request =
        RegisterClientRequest { client: named(bsn), registration: Some(registration("acc-1", &born(16))) };
    care.consents().register_client(request).await.unwrap();
}

async fn set_clock(caller: &Caller, to: jiff::Timestamp) {
    caller.development().set_clock(SetClockRequest { now: to.to_string() }).await.unwrap();
}

async fn emergencies(officer: &Caller, all: bool) -> Vec<Emergency> {
    let request = ListEmergenciesRequest { all, ..ListEmergenciesRequest::default() };
    officer.audit().list_emergencies(request).await.unwrap().into_inner().emergencies
}

async fn notices(officer: &Caller, all: bool) -> Vec<Notice> {
    let request = ListNoticesRequest { all, ..ListNoticesRequest::default() };
    officer.audit().list_notices(request).await.unwrap().into_inner().notices
}

fn indexes<'a>(releases: impl Iterator<Item = &'a Option<UnconsentedRelease>>) -> Vec<u64> {
    releases.map(|release| release.as_ref().unwrap().entry_index).collect()
}

fn review(entry_index: u64, verdict: ReviewVerdict) -> ReviewEmergencyRequest {
    ReviewEmergencyRequest { entry_index, verdict: verdict.into(), note_reference: "dossier/2026-18".into() }
}

fn told(entry_index: u64) -> NotifyClientRequest {
    let how = ToldHow::Conversation.into();
    NotifyClientRequest {
        entry_index,
        person: "client".into(),
        how,
        note_reference: "dossier/2026-19".into(),
    }
}

fn delay(entry_index: u64, review_on: String) -> DelayNoticeRequest {
    let reason = DelayReason::HarmToClient.into();
    DelayNoticeRequest { entry_index, reason, review_on, note_reference: "dossier/2026-20".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_six_answers_hold_for_four_hours_for_the_same_professional_and_nobody_else() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let team = professional(&gateway, ASSEN, "wijkteam", "professional-1").await;
    let colleague = professional(&gateway, ASSEN, "wijkteam", "professional-2").await;
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let client = bsn(0);
    registered(&care, &client).await;
    let began = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    set_clock(&care, began).await;

    let empty = answer(&team, emergency(&client, None)).await;
    assert_eq!(withheld(&empty)[0], ("person.name", "EMERGENCY_INCOMPLETE"));
    assert!(emergencies(&officer, true).await.is_empty() && notices(&officer, true).await.is_empty());

    let first = answer(&team, emergency(&client, Some(evidence()))).await;
    assert_eq!(released(&first), ["person.name"]);
    let listed = emergencies(&officer, false).await;
    assert_eq!(indexes(listed.iter().map(|e| &e.release)), [first.entry_index]);
    assert!(
        !listed[0].overdue && !listed[0].client_told && listed[0].verdict() == ReviewVerdict::Unspecified
    );
    let release = listed[0].release.as_ref().unwrap();
    assert_eq!((release.ground.as_str(), release.recipient.as_str()), ("R09", ASSEN));
    assert_eq!(indexes(notices(&officer, false).await.iter().map(|n| &n.release)), [first.entry_index]);

    let other = answer(&colleague, emergency(&client, None)).await;
    assert_eq!(withheld(&other)[0].1, "EMERGENCY_INCOMPLETE", "the answers are one professional's");

    set_clock(&care, began + jiff::SignedDuration::from_secs(4 * HOUR - 60)).await;
    let second = answer(&team, emergency(&client, None)).await;
    assert_eq!(released(&second), ["person.name"], "within four hours nothing is repeated");
    let entry = GetEntryRequest { index: second.entry_index };
    let entry = officer.audit().get_entry(entry).await.unwrap().into_inner().entry.unwrap();
    assert_eq!(entry.about_entry, first.entry_index, "it names the entry that carries the answers");
    let both = [first.entry_index, second.entry_index];
    assert_eq!(indexes(emergencies(&officer, false).await.iter().map(|e| &e.release)), both);
    assert_eq!(indexes(notices(&officer, false).await.iter().map(|n| &n.release)), both);

    // The minute that the first answer came later than the clock was set is long over.
    set_clock(&care, began + jiff::SignedDuration::from_secs(4 * HOUR + 120)).await;
    let late = answer(&team, emergency(&client, None)).await;
    assert_eq!(withheld(&late)[0].1, "EMERGENCY_INCOMPLETE", "the second ask began no new four hours");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_is_judged_by_somebody_else_and_the_client_is_told_whatever_happens_to_the_gateway() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let asker = professional(&gateway, ACCARE, "fact-behandelaar", "professional-1").await;
    let same_person = professional(&gateway, ACCARE, "privacy-officer", "professional-1").await;
    let officer = professional(&gateway, ACCARE, "privacy-officer", "officer-2").await;
    let stranger = gateway.party(ASSEN, "privacy-officer").await;
    let client = bsn(1);
    registered(&care, &client).await;
    let index = answer(&asker, emergency(&client, Some(evidence()))).await.entry_index;

    let refused = same_person.audit().review_emergency(review(index, ReviewVerdict::Justified)).await;
    let (code, reason, _) = refusal(&refused.err().unwrap());
    assert_eq!((code, reason.as_str()), (Code::PermissionDenied, "OWN_RELEASE"));
    let refused = stranger.audit().review_emergency(review(index, ReviewVerdict::Justified)).await;
    assert_eq!(refused.err().unwrap().code(), Code::NotFound, "it is not of the stranger's organisation");
    let refused = care.audit().review_emergency(review(index, ReviewVerdict::Justified)).await;
    assert_eq!(refusal(&refused.err().unwrap()).1, "ROLE_MAY_NOT");
    let refused = officer.audit().review_emergency(review(index, ReviewVerdict::Unspecified)).await;
    assert_eq!(refusal(&refused.err().unwrap()).2, ["verdict"]);

    let refused = ListEntriesRequest { outcome: "withheld".into(), ..ListEntriesRequest::default() };
    let refused = officer.audit().list_entries(refused).await.unwrap().into_inner().entries;
    assert!(refused.iter().filter(|e| e.event == "refused" && e.role == "privacy-officer").count() == 2);

    officer.audit().review_emergency(review(index, ReviewVerdict::NeedsFollowUp)).await.unwrap();
    assert_eq!(emergencies(&officer, false).await.len(), 1, "it is not settled");
    officer.audit().review_emergency(review(index, ReviewVerdict::NotJustified)).await.unwrap();
    assert!(emergencies(&officer, false).await.is_empty());
    assert!(emergencies(&officer, true).await[0].verdict() == ReviewVerdict::NotJustified);
    let refused = officer.audit().review_emergency(review(index, ReviewVerdict::Justified)).await;
    assert_eq!(refusal(&refused.err().unwrap()).1, "ALREADY_REVIEWED");

    assert_eq!(notices(&care, false).await.len(), 1, "that the requester says so tells nobody");
    for (review_on, reason) in [
        (today().to_string(), "REVIEW_NOT_LATER"),
        (in_days(60), "REVIEW_TOO_LATE"),
        ("soon".to_owned(), "DATE_MALFORMED"),
    ] {
        let refused = care.audit().delay_notice(delay(index, review_on)).await;
        assert_eq!(refusal(&refused.err().unwrap()).1, reason);
    }
    let delayed =
        care.audit().delay_notice(delay(index, in_days(10))).await.unwrap().into_inner().entry_index;

    let (setting, _) = gateway.finish().await;
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let waiting = notices(&care, false).await;
    assert_eq!(indexes(waiting.iter().map(|n| &n.release)), [index], "a restart loses nobody");
    assert!(waiting[0].delayed_in == delayed && !waiting[0].overdue);
    set_clock(&care, jiff::Timestamp::now() + jiff::SignedDuration::from_hours(12 * 24)).await;
    assert!(notices(&care, false).await[0].overdue, "putting it off does not last");

    care.audit().notify_client(told(index)).await.unwrap();
    assert!(notices(&care, false).await.is_empty());
    assert!(notices(&care, true).await[0].told_in > delayed);
    let refused = care.audit().notify_client(told(index)).await;
    assert_eq!(refusal(&refused.err().unwrap()).1, "CLIENT_ALREADY_TOLD");
    gateway.finish().await;
}
