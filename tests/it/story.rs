//! The main job, from consent to receipt to withdrawal, as a municipality and a care provider live it.

use sluis::contract::v1::*;
use sluis::ledger::{Hash, Receipt};
use tonic::Code;

use crate::harness::*;
use crate::records;

const NINE: [&str; 9] = [
    "person.name",
    "housing.situation",
    "housing.wish",
    "support.question",
    "support.approach-advice",
    "support.case-manager",
    "housing.eviction-threat",
    "money.worries",
    "support.in-care",
];
const FIVE: [&str; 5] =
    ["person.name", "housing.situation", "housing.wish", "support.question", "support.approach-advice"];

async fn gateway() -> TestGateway {
    TestGateway::start(Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "één")])))]))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fifteen_year_old_and_both_parents_share_five_of_nine_fields_until_one_parent_withdraws() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(0);

    let registered = RegisterClientRequest {
        client: named(&client),
        registration: Some(registration("acc-1", &born(15))),
    };
    care.consents().register_client(registered).await.unwrap();
    let recorded =
        care.consents().record_consent(permit(&client, ASSEN, "wijkteam", "housing", &FIVE)).await.unwrap();
    let consent = recorded.into_inner().consent.unwrap();
    assert!(consent.status() == ConsentStatus::Incomplete);
    let waiting: Vec<&str> = consent.waiting_for.iter().map(|g| g.person.as_str()).collect();
    assert_eq!(waiting, ["parent-1", "parent-2"]);

    let early = municipality
        .disclosures()
        .disclose(ask(&client, ACCARE, "housing", &NINE))
        .await
        .unwrap()
        .into_inner();
    assert!(early.released.is_empty(), "nothing before both parents agree");
    assert!(withheld(&early).iter().all(|(_, reason)| *reason == "NO_CONSENT"), "a draft relates nobody");

    for parent in ["parent-1", "parent-2"] {
        let grant = AddGrantRequest {
            client: named(&client),
            consent_id: consent.consent_id.clone(),
            grantor: grantor(parent, Capacity::ParentAuthority),
        };
        care.consents().add_grant(grant).await.unwrap();
    }

    let answer = municipality
        .disclosures()
        .disclose(ask(&client, ACCARE, "housing", &NINE))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(released(&answer), FIVE);
    assert_eq!(
        withheld(&answer),
        [
            ("support.case-manager", "NO_CONSENT"),
            ("housing.eviction-threat", "NO_CONSENT"),
            ("money.worries", "OUTSIDE_PURPOSE"),
            ("support.in-care", "OUTSIDE_PURPOSE"),
        ]
    );
    assert!(answer.withheld.iter().all(|w| !w.text_nl.is_empty() && !w.text_en.is_empty()));
    assert!(answer.obligations.contains(&"NORDSCLCD".to_owned()));

    let receipt = Receipt::parse(&answer.receipt).unwrap();
    let leaf = Hash(answer.leaf.clone().try_into().unwrap());
    let key = &gateway.setting.verifier;
    assert_eq!(receipt.index, answer.entry_index);
    receipt.verify_leaf(&leaf, key.name(), key).unwrap();
    let mut other = leaf;
    other.0[0] ^= 1;
    assert!(receipt.verify_leaf(&other, key.name(), key).is_err(), "a receipt is for one entry");

    care.consents().withdraw_consent(withdraw(&client, &consent.consent_id, "parent-2")).await.unwrap();
    let after = municipality
        .disclosures()
        .disclose(ask(&client, ACCARE, "housing", &NINE))
        .await
        .unwrap()
        .into_inner();
    assert!(after.released.is_empty() && after.obligations.is_empty());
    assert_eq!(withheld(&after)[0], ("person.name", "CONSENT_WITHDRAWN"));

    let (_, audit) = gateway.finish().await;
    assert_eq!(
        audit.size,
        1 + 1 + 1 + 1 + 2 + 1 + 1 + 1,
        "covenant, registration, consent, ask, grants, ask, withdrawal, ask"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn to_a_stranger_no_such_client_no_consent_and_objected_are_the_same_bytes() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let stranger = gateway.party(HOOGEVEEN, "wijkteam").await;
    let (unknown, silent, objected, shared) = (bsn(1), bsn(2), bsn(3), bsn(4));
    for (client, reference) in [(&silent, "acc-2"), (&objected, "acc-3")] {
        let registered = RegisterClientRequest {
            client: named(client),
            registration: Some(registration(reference, &born(16))),
        };
        care.consents().register_client(registered).await.unwrap();
    }
    let no = RecordConsentRequest {
        stance: Some(record_consent_request::Stance::Objection(Objection::default())),
        period: None,
        ..permit(&objected, ASSEN, "wijkteam", "housing", &[])
    };
    care.consents().record_consent(no).await.unwrap();
    consented(&care, &shared, "acc-1", &FIVE).await;

    let mut answers = Vec::new();
    for client in [&unknown, &silent, &objected, &shared] {
        let answer = stranger
            .disclosures()
            .disclose(ask(client, ACCARE, "housing", &NINE))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.withheld.len(), NINE.len());
        assert!(withheld(&answer).iter().all(|(_, reason)| *reason == "NO_CONSENT"));
        let proof = DiscloseResponse { entry_index: 0, receipt: String::new(), leaf: Vec::new(), ..answer };
        answers.push(prost::Message::encode_to_vec(&proof));
    }
    assert!(answers.iter().all(|a| *a == answers[0]), "the answers differ");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_is_decided_again_and_another_request_under_its_name_is_refused() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(5);
    let consent = consented(&care, &client, "acc-1", &FIVE).await;

    let first = ask(&client, ACCARE, "housing", &FIVE);
    let one = municipality.disclosures().disclose(first.clone()).await.unwrap().into_inner();
    let two = municipality.disclosures().disclose(first.clone()).await.unwrap().into_inner();
    assert_eq!(released(&one), released(&two));
    assert_ne!(one.entry_index, two.entry_index, "nothing leaves unrecorded, a repeat neither");

    let another = DiscloseRequest { requested_fields: owned(&["housing.wish"]), ..first.clone() };
    let refused = municipality.disclosures().disclose(another).await.err().unwrap();
    assert_eq!(refusal(&refused).1, "REQUEST_ID_REUSED");

    care.consents().withdraw_consent(withdraw(&client, &consent, "client")).await.unwrap();
    let three = municipality.disclosures().disclose(first).await.unwrap().into_inner();
    assert!(three.released.is_empty(), "a retry does not outlive a withdrawal");

    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let listed = officer
        .audit()
        .list_entries(ListEntriesRequest { client_bsn: client, ..Default::default() })
        .await
        .unwrap();
    let entries = listed.into_inner().entries;
    let repeats = entries.iter().filter(|e| {
        String::from_utf8_lossy(&e.entry).contains(&format!("\"repeat_of\":{}", one.entry_index))
    });
    assert_eq!(repeats.count(), 2);
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_birthday_changes_the_answer_by_itself() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(6);
    let tomorrow = today().tomorrow().unwrap();
    let birth = tomorrow.saturating_sub(jiff::Span::new().years(12)).to_string();
    let registered =
        RegisterClientRequest { client: named(&client), registration: Some(registration("acc-1", &birth)) };
    care.consents().register_client(registered).await.unwrap();
    let by_parent = RecordConsentRequest {
        grantor: grantor("parent-1", Capacity::ParentAuthority),
        ..permit(&client, ASSEN, "wijkteam", "housing", &FIVE)
    };
    let consent = care.consents().record_consent(by_parent).await.unwrap().into_inner().consent.unwrap();
    let other = AddGrantRequest {
        client: named(&client),
        consent_id: consent.consent_id.clone(),
        grantor: grantor("parent-2", Capacity::ParentAuthority),
    };
    care.consents().add_grant(other).await.unwrap();

    let now = municipality
        .disclosures()
        .disclose(ask(&client, ACCARE, "housing", &FIVE))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(released(&now), FIVE, "eleven: both parents are enough");

    let noon = format!("{tomorrow}T12:00:00Z");
    care.development().set_clock(SetClockRequest { now: noon }).await.unwrap();
    let after = municipality
        .disclosures()
        .disclose(ask(&client, ACCARE, "housing", &FIVE))
        .await
        .unwrap()
        .into_inner();
    assert!(after.released.is_empty(), "twelve: the client has not agreed");
    assert_eq!(withheld(&after)[0].1, "NO_CONSENT");
    let shown = care
        .consents()
        .get_consent(GetConsentRequest { client: named(&client), consent_id: consent.consent_id })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shown.consent.unwrap().waiting_for[0].person, "client");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_names_the_client_by_a_handle_of_its_own_and_never_by_bsn() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let parties = care.catalogue().list_parties(ListPartiesRequest {}).await.unwrap().into_inner().parties;
    let school = parties.iter().find(|p| p.kind == "school").unwrap();
    let role = &school.roles[0].role;
    let client = bsn(7);
    let registered = RegisterClientRequest {
        client: named(&client),
        registration: Some(registration("acc-1", &born(16))),
    };
    care.consents().register_client(registered).await.unwrap();
    let agreed = care
        .consents()
        .record_consent(permit(
            &client,
            SCHOOL,
            role,
            "education",
            &["support.approach-advice", "person.name"],
        ))
        .await
        .unwrap()
        .into_inner();
    let asker = gateway.party(SCHOOL, role).await;

    let by_bsn = asker
        .disclosures()
        .disclose(ask(&client, ACCARE, "education", &["person.name"]))
        .await
        .err()
        .unwrap();
    assert_eq!(refusal(&by_bsn).0, Code::PermissionDenied);
    assert_eq!(refusal(&by_bsn).1, "BSN_NOT_ALLOWED");

    let named_by_handle = DiscloseRequest {
        client: by_handle(&agreed.recipient_client_handle),
        ..ask(&client, ACCARE, "education", &["support.approach-advice", "person.name"])
    };
    let answer = asker.disclosures().disclose(named_by_handle.clone()).await.unwrap().into_inner();
    assert_eq!(released(&answer), ["support.approach-advice", "person.name"]);

    let stolen = gateway.party(ASSEN, "wijkteam").await;
    let answer = stolen
        .disclosures()
        .disclose(DiscloseRequest { request_id: request_id(), ..named_by_handle })
        .await
        .unwrap();
    assert!(
        withheld(answer.get_ref()).iter().all(|(_, reason)| *reason == "NO_CONSENT"),
        "a handle is one recipient's own"
    );
    gateway.finish().await;
}
