//! Who must agree, as the people around one client live it: a refusal, two professionals who pass it, and its end.

use sluis::contract::v1::*;
use tonic::Code;

use crate::harness::*;
use crate::records;

const FIELDS: [&str; 2] = ["housing.situation", "housing.wish"];

struct Story {
    gateway: TestGateway,
    care: Caller,
    colleague: Caller,
    municipality: Caller,
    client: String,
    consent: String,
}

impl Story {
    /// Fourteen years old: the youth and the first parent agree, the second does not.
    async fn begin() -> Self {
        Self::begin_with(|_| ()).await
    }

    async fn begin_with(change: impl FnOnce(&Setting)) -> Self {
        let file = records::file(&[("acc-1", "één")]);
        let setting = Setting::new(vec![(ACCARE, Custody::Records(file))]);
        change(&setting);
        let gateway = TestGateway::start(setting).await;
        let care = gateway.party(ACCARE, "fact-behandelaar").await;
        let token = gateway.setting.token(ACCARE, "fact-behandelaar", "professional-2", ACCARE);
        let colleague = care.with_token(Some(token));
        let municipality = gateway.party(ASSEN, "wijkteam").await;
        let client = bsn(0);
        let registration = Some(registration("acc-1", &born(14)));
        let registered = RegisterClientRequest { client: named(&client), registration };
        care.consents().register_client(registered).await.unwrap();
        let long = RecordConsentRequest {
            period: Some(Period { from: String::new(), until: in_days(300) }),
            ..permit(&client, ASSEN, "wijkteam", "housing", &FIELDS)
        };
        let consent = care.consents().record_consent(long).await.unwrap().into_inner().consent.unwrap();
        let consent = consent.consent_id;
        let grant = AddGrantRequest {
            client: named(&client),
            consent_id: consent.clone(),
            grantor: grantor("parent-1", Capacity::ParentAuthority),
        };
        care.consents().add_grant(grant).await.unwrap();
        Self { gateway, care, colleague, municipality, client, consent }
    }

    async fn father_refuses(&self) {
        let no = RecordConsentRequest {
            stance: Some(record_consent_request::Stance::Objection(Objection::default())),
            period: None,
            grantor: grantor("parent-2", Capacity::ParentAuthority),
            ..permit(&self.client, ASSEN, "wijkteam", "housing", &[])
        };
        self.care.consents().record_consent(no).await.unwrap();
    }

    async fn decide(&self, until: &str) -> Result<Consent, tonic::Status> {
        let request = OverrideRefusalRequest {
            client: named(&self.client),
            consent_id: self.consent.clone(),
            exception: OverrideException::ConsideredWish.into(),
            note_reference: "note-12".into(),
            until: until.into(),
        };
        let answer = self.care.consents().override_refusal(request).await?;
        Ok(answer.into_inner().consent.unwrap())
    }

    async fn confirm(&self, who: &Caller) -> Result<Consent, tonic::Status> {
        let (client, consent_id) = (named(&self.client), self.consent.clone());
        let answer = who.consents().confirm_override(ConfirmOverrideRequest { client, consent_id }).await?;
        Ok(answer.into_inner().consent.unwrap())
    }

    async fn ask(&self) -> DiscloseResponse {
        let asked = ask(&self.client, ACCARE, "housing", &FIELDS);
        self.municipality.disclosures().disclose(asked).await.unwrap().into_inner()
    }

    async fn shared(&self) -> bool {
        let answer = self.ask().await;
        assert!(answer.released.is_empty() || released(&answer) == FIELDS);
        assert!(withheld(&answer).iter().all(|(_, reason)| *reason == "NO_CONSENT"));
        !answer.released.is_empty()
    }

    /// What the custodian's officer reads of the newest entries.
    async fn entries(&self) -> Vec<LedgerEntry> {
        let officer = self.gateway.party(ACCARE, "privacy-officer").await;
        officer.audit().list_entries(ListEntriesRequest::default()).await.unwrap().into_inner().entries
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fathers_no_is_passed_by_two_professionals_flagged_and_over_after_three_months() {
    let story = Story::begin().await;
    let silent = refusal(&story.decide(&in_days(30)).await.err().unwrap());
    assert_eq!((silent.0, silent.1.as_str()), (Code::FailedPrecondition, "NOBODY_REFUSED"), "silence");
    story.father_refuses().await;
    assert!(!story.shared().await, "vector 5");

    let long = story.decide(&in_days(120)).await.err().unwrap();
    assert!(long.message().contains("T1-05"), "{}", long.message());
    assert_eq!(refusal(&long).1, "OVERRIDE_TOO_LONG");
    let decided = story.decide(&in_days(80)).await.unwrap();
    assert!(decided.status() == ConsentStatus::Incomplete && !decided.overrides[0].in_force);
    assert_eq!(decided.overrides[0].refused_by[0].person, "parent-2");
    assert!(!story.shared().await, "one professional is not enough");
    let alone = refusal(&story.confirm(&story.care).await.err().unwrap());
    assert_eq!(alone.1, "SECOND_PROFESSIONAL_NEEDED");
    assert!(!story.shared().await);

    let confirmed = story.confirm(&story.colleague).await.unwrap();
    assert!(confirmed.status() == ConsentStatus::InForce && confirmed.overrides[0].in_force);
    assert_ne!(confirmed.overrides[0].decided_by, confirmed.overrides[0].confirmed_by);
    assert!(story.shared().await, "vector 6");
    let entries = story.entries().await;
    let rule =
        |entry: &LedgerEntry| String::from_utf8_lossy(&entry.entry).contains("\"rule\":\"T1-05-override\"");
    assert!(rule(&entries[0]) && entries[0].event == "disclosure", "the officer finds it by its rule");
    assert_eq!(entries[1].event, "override-confirmed");

    let clock = SetClockRequest { now: format!("{}T12:00:00Z", in_days(40)) };
    story.care.development().set_clock(clock).await.unwrap();
    let list = ListConsentsRequest { client: named(&story.client) };
    let listed = story.care.consents().list_consents(list).await.unwrap().into_inner().consents;
    let own = listed.iter().find(|c| c.consent_id == story.consent).unwrap();
    let end = own.upcoming.iter().find(|u| u.occasion() == Occasion::OverrideEnds).unwrap();
    assert!(end.then() == Outlook::Suspended && end.waiting_for[0].person == "parent-2");
    assert!(story.shared().await);
    let clock = SetClockRequest { now: format!("{}T12:00:00Z", in_days(81)) };
    story.care.development().set_clock(clock).await.unwrap();
    assert!(!story.shared().await, "three months at most");
    story.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_is_revoked_by_one_professional_and_barred_to_who_did_not_record_the_consent() {
    let story = Story::begin().await;
    story.father_refuses().await;
    story.decide(&in_days(30)).await.unwrap();
    let stranger = story.gateway.party(GGZ_DRENTHE, "fact-behandelaar").await;
    assert_eq!(refusal(&story.confirm(&stranger).await.err().unwrap()).0, Code::NotFound);
    story.confirm(&story.colleague).await.unwrap();
    assert!(story.shared().await);
    let revoke = RevokeOverrideRequest { client: named(&story.client), consent_id: story.consent.clone() };
    let after = story.colleague.consents().revoke_override(revoke).await.unwrap().into_inner();
    assert!(after.consent.unwrap().status() == ConsentStatus::Incomplete);
    assert!(!story.shared().await);
    story.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_clock_lies_before_the_newest_entry_nothing_is_decided() {
    let story = Story::begin().await;
    let clock = SetClockRequest { now: format!("{}T12:00:00Z", in_days(2)) };
    story.care.development().set_clock(clock).await.unwrap();
    assert!(!story.shared().await);
    let client = story.client.clone();
    // Started again, the clock is the system's: two days back.
    let (setting, _) = story.gateway.finish().await;
    let gateway = TestGateway::start(setting).await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let asked = municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &FIELDS)).await;
    let (code, reason, _) = refusal(&asked.err().unwrap());
    assert_eq!((code, reason.as_str()), (Code::Unavailable, "CLOCK_BEHIND"));
    let recorded =
        care.consents().record_consent(permit(&client, ASSEN, "wijkteam", "housing", &FIELDS)).await;
    assert_eq!(refusal(&recorded.err().unwrap()).1, "CLOCK_BEHIND");
    let clock = SetClockRequest { now: format!("{}T12:00:01Z", in_days(2)) };
    care.development().set_clock(clock).await.unwrap();
    let asked = municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &FIELDS)).await;
    assert!(asked.is_ok(), "the clock is right again");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_covenant_reads_the_law_strictly_a_competent_youth_decides_alone() {
    let strict = |setting: &Setting| {
        let path = setting.path().join("parties.toml");
        let parties = std::fs::read_to_string(&path).unwrap();
        let accare = "name = \"Accare\"\n";
        assert!(parties.contains(accare));
        let changed = parties.replace(accare, &format!("{accare}consent_profile = \"strict-wgbo\"\n"));
        std::fs::write(path, changed).unwrap();
    };
    let story = Story::begin_with(strict).await;
    assert!(story.shared().await);
    story.father_refuses().await;
    assert!(story.shared().await, "a parent's no does not block");
    let outcome = refusal(&story.decide(&in_days(30)).await.err().unwrap());
    assert_eq!(outcome.1, "OVERRIDE_NOT_FOR_THIS_CLIENT");
    story.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withheld_from_representatives_is_recorded_and_outlives_a_new_registration() {
    let story = Story::begin().await;
    let withhold = |fields: &[&str], entries: &[u64], review_on: String| WithholdFromRepresentativeRequest {
        client: named(&story.client),
        fields: owned(fields),
        entries: entries.to_vec(),
        reason: WithholdingReason::TrustAtRisk.into(),
        note_reference: "note-13".into(),
        review_on,
    };
    let mut consents = story.care.consents();
    let later = in_days(60);
    let by_field = withhold(&["housing.situation"], &[], later.clone());
    let first =
        consents.withhold_from_representative(by_field).await.unwrap().into_inner().withholding.unwrap();
    let by_entry = withhold(&[], &[2], later.clone());
    consents.withhold_from_representative(by_entry).await.unwrap();
    for (wrong, reason) in [
        (withhold(&[], &[], later.clone()), "NOTHING_NAMED"),
        (withhold(&["housing.situation"], &[2], later.clone()), "NOTHING_NAMED"),
        (withhold(&[], &[0], later.clone()), "ENTRY_UNKNOWN"),
        (withhold(&["housing.situation"], &[], in_days(0)), "REVIEW_DATE_WRONG"),
        (withhold(&["housing.situation"], &[], in_days(400)), "REVIEW_DATE_WRONG"),
    ] {
        assert_eq!(refusal(&consents.withhold_from_representative(wrong).await.err().unwrap()).1, reason);
    }
    let anew = RegisterClientRequest {
        client: named(&story.client),
        registration: Some(registration("acc-1", &born(14))),
    };
    consents.register_client(anew).await.unwrap();
    let get = || GetRegistrationRequest { client: named(&story.client) };
    assert_eq!(consents.get_registration(get()).await.unwrap().into_inner().withheld.len(), 2);
    let lift = || LiftWithholdingRequest {
        client: named(&story.client),
        withholding_id: first.withholding_id.clone(),
    };
    consents.lift_withholding(lift()).await.unwrap();
    assert_eq!(consents.lift_withholding(lift()).await.err().unwrap().code(), Code::NotFound);
    let left = consents.get_registration(get()).await.unwrap().into_inner().withheld;
    assert_eq!(left.iter().map(|w| w.entries.clone()).collect::<Vec<_>>(), [vec![2]]);
    story.gateway.finish().await;
}
