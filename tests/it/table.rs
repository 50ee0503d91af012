//! The conversation at the table: what would a recipient get, what would it lose, and in which words is that said.

use sluis::contract::v1::*;

use crate::harness::*;
use crate::records;

const THREE: [&str; 3] = ["person.name", "housing.situation", "housing.wish"];

async fn gateway() -> TestGateway {
    TestGateway::start(Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "één")])))]))
        .await
}

async fn registered(care: &Caller, client: &str, age: i16) {
    let registration = Some(registration("acc-1", &born(age)));
    care.consents()
        .register_client(RegisterClientRequest { client: named(client), registration })
        .await
        .unwrap();
}

fn draft(fields: &[&str]) -> ConsentDraft {
    let permit = Permit {
        recipient_organisation: ASSEN.into(),
        recipient_role: "wijkteam".into(),
        purpose: "housing".into(),
        fields: owned(fields),
    };
    ConsentDraft { permit: Some(permit), period: None }
}

fn supposing(client: &str, supposing: preview_request::Supposing) -> PreviewRequest {
    PreviewRequest {
        client: named(client),
        custodian: ACCARE.into(),
        supposing: Some(supposing),
        ..PreviewRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn under_a_draft_the_table_sees_what_would_be_told_and_who_must_still_agree_and_nothing_is_released() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(0);
    registered(&care, &client, 15).await;

    let thought = preview_request::Supposing::Draft(draft(&THREE));
    let seen = care.disclosures().preview(supposing(&client, thought.clone())).await.unwrap().into_inner();
    assert_eq!(seen.permitted, THREE);
    assert_eq!(seen.gained, THREE);
    assert!(seen.lost.is_empty() && seen.withheld.is_empty());
    let people: Vec<&str> = seen.must_still_agree.iter().map(|g| g.person.as_str()).collect();
    assert_eq!(people, ["client", "parent-1", "parent-2"]);

    let asked = municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &THREE)).await.unwrap();
    assert!(asked.into_inner().released.is_empty(), "looking at a draft is no consent");
    let curious = municipality.disclosures().preview(supposing(&client, thought)).await.err().unwrap();
    assert_eq!(refusal(&curious).1, "NOT_ALLOWED", "who must agree is told to the custodian's people only");

    let recorded =
        care.consents().record_consent(permit(&client, ASSEN, "wijkteam", "housing", &THREE)).await.unwrap();
    let id = recorded.into_inner().consent.unwrap().consent_id;
    let incomplete = supposing(&client, preview_request::Supposing::ConsentId(id));
    let seen = care.disclosures().preview(incomplete).await.unwrap().into_inner();
    assert_eq!(seen.gained, THREE);
    let people: Vec<&str> = seen.must_still_agree.iter().map(|g| g.person.as_str()).collect();
    assert_eq!(people, ["parent-1", "parent-2"]);

    let outside = preview_request::Supposing::Draft(draft(&["money.worries"]));
    let refused = care.disclosures().preview(supposing(&client, outside)).await.err().unwrap();
    assert_eq!(refusal(&refused).1, "FIELD_OUTSIDE_PURPOSE");
    let (_, audit) = gateway.finish().await;
    assert_eq!(audit.size, 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1, "every look is an entry, and so is every refusal");
}

#[tokio::test(flavor = "multi_thread")]
async fn before_a_withdrawal_the_table_sees_what_the_recipient_would_lose_whole_or_by_field() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(0);
    let consent_id = consented(&care, &client, "acc-1", &THREE).await;
    let without = |person: &str, fields: &[&str]| {
        let (consent_id, person) = (consent_id.clone(), person.to_owned());
        let withdrawal = SupposedWithdrawal { consent_id, person, fields: owned(fields) };
        supposing(&client, preview_request::Supposing::Withdrawal(withdrawal))
    };

    let part = care.disclosures().preview(without("client", &["housing.wish"])).await.unwrap().into_inner();
    assert_eq!(part.lost, ["housing.wish"]);
    assert_eq!(part.permitted, ["person.name", "housing.situation"]);
    let all = care.disclosures().preview(without("client", &[])).await.unwrap().into_inner();
    assert_eq!(all.lost, THREE);
    assert!(all.permitted.is_empty() && all.gained.is_empty() && all.must_still_agree.is_empty());
    let other = care.disclosures().preview(without("parent-1", &[])).await.err().unwrap();
    assert_eq!(refusal(&other).1, "NOT_THE_GRANTOR");

    let asked = municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &THREE)).await.unwrap();
    assert_eq!(released(&asked.into_inner()), THREE, "supposing takes nothing back");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_draft_name_who_tells_what_to_whom_and_their_version_goes_with_the_consent() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let client = bsn(0);
    registered(&care, &client, 15).await;

    let asked = DescribeConsentRequest {
        client: named(&client),
        of: Some(describe_consent_request::Of::Draft(draft(&THREE))),
        ..DescribeConsentRequest::default()
    };
    let text = care.consents().describe_consent(asked.clone()).await.unwrap().into_inner();
    assert_eq!(text.language, "nl");
    assert_eq!(
        text.sentences[0].text,
        "Je geeft Accare toestemming om aan Gemeente Assen (Jeugd- en gezinswerker, toegang) te vertellen hoe je heet."
    );
    assert_eq!(
        (text.sentences[0].about.as_str(), text.sentences[0].field.as_str()),
        ("telling", "person.name")
    );
    assert!(text.sentences.iter().any(|s| s.about == "agreeing" && s.text.contains("ouders")));

    let english = DescribeConsentRequest {
        reader: Capacity::ParentAuthority.into(),
        language: "en".into(),
        ..asked.clone()
    };
    let twin = care.consents().describe_consent(english).await.unwrap().into_inner();
    assert!(twin.sentences[0].text.starts_with("You allow Accare to tell Gemeente Assen"));
    assert!(twin.sentences[0].text.ends_with("your child's name."));
    assert_eq!(twin.text_version, text.text_version);

    let mut consent = permit(&client, ASSEN, "wijkteam", "housing", &THREE);
    if let Some(evidence) = &mut consent.evidence {
        evidence.text_version.clone_from(&text.text_version);
    }
    let recorded = care.consents().record_consent(consent).await.unwrap().into_inner().consent.unwrap();
    let of = Some(describe_consent_request::Of::ConsentId(recorded.consent_id));
    let again = care.consents().describe_consent(DescribeConsentRequest { of, ..asked }).await.unwrap();
    assert!(again.into_inner().sentences[..3] == text.sentences[..3]);
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_conference_has_one_permit_for_each_participant_and_a_new_participant_needs_a_new_consent() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let client = bsn(0);
    registered(&care, &client, 16).await;
    let fields = ["person.name", "housing.situation"];
    for (organisation, role) in [(ASSEN, "wijkteam"), (GGZ_DRENTHE, "fact-behandelaar")] {
        let participant = permit(&client, organisation, role, "case-conference", &fields);
        care.consents().record_consent(participant).await.unwrap();
    }
    let conference = |domains: &[&str]| DiscloseRequest {
        life_domains: owned(domains),
        ..ask(&client, ACCARE, "case-conference", &fields)
    };
    for (organisation, role) in [(ASSEN, "wijkteam"), (GGZ_DRENTHE, "fact-behandelaar")] {
        let participant = gateway.party(organisation, role).await;
        let told = participant.disclosures().disclose(conference(&["housing"])).await.unwrap().into_inner();
        assert_eq!(released(&told), fields, "{role}");
    }
    for (organisation, role) in [(ASSEN, "wonen"), (HOOGEVEEN, "wijkteam")] {
        let newcomer = gateway.party(organisation, role).await;
        let told = newcomer.disclosures().disclose(conference(&["housing"])).await.unwrap().into_inner();
        assert!(told.released.is_empty(), "{role}");
        assert!(withheld(&told).iter().all(|(_, reason)| *reason == "NO_CONSENT"), "{role}");
    }
    let assen = gateway.party(ASSEN, "wijkteam").await;
    let all = assen.disclosures().disclose(conference(&["housing", "money", "work", "family"])).await;
    assert_eq!(refusal(&all.err().unwrap()).1, "AGENDA_INVALID");
    gateway.finish().await;
}
