//! Assen and Hoogeveen: six care providers and two municipalities around the same young people.
//!
//! What is agreed at one provider is about that provider: it opens nothing at another, makes nobody known at another, and
//! shows in nobody else's list. So does a father's no, and what two professionals decide about it.

use serde_json::json;
use sluis::contract::v1::*;

use super::*;

const SIX: [&str; 6] = [ACCARE, GGZ_DRENTHE, VNN, YORNEO, AMBIQ, COSIS];
const ASSEN_TEAM: (&str, &str) = (ASSEN, "wijkteam");
const HOOGEVEEN_TEAM: (&str, &str) = (HOOGEVEEN, "wijkteam");
const FIELDS: [&str; 2] = ["housing.situation", "support.question"];

/// Each provider holds something of its own about Jesse.
async fn gateway() -> TestGateway {
    let custodian = |id: &'static str| {
        let question = format!("Wat {} aan de gemeente wil vragen", id.trim_start_matches('0'));
        (id, holding("jesse", &json!({ "housing.situation": "with-parents", "support.question": question })))
    };
    TestGateway::start(Setting::new(SIX.into_iter().map(custodian).collect())).await
}

/// What this team hears at each of the six.
async fn heard_at(team: &Caller, client: &str) -> Vec<bool> {
    let mut heard = Vec::new();
    for custodian in SIX {
        let answer = answer(team, ask(client, custodian, "housing", &FIELDS)).await;
        assert!(answer.released.is_empty() || released(&answer) == FIELDS);
        heard.push(!answer.released.is_empty());
    }
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_at_one_of_six_providers_opens_nothing_at_the_other_five() {
    let gateway = gateway().await;
    let assen = gateway.party(ASSEN_TEAM.0, ASSEN_TEAM.1).await;
    let hoogeveen = gateway.party(HOOGEVEEN_TEAM.0, HOOGEVEEN_TEAM.1).await;
    let jesse = bsn(61);

    // Jesse is fourteen; his parents share authority. All six know him.
    let mut keepers = Vec::new();
    for provider in SIX {
        keepers.push(gateway.party(provider, "fact-behandelaar").await);
    }
    let mut files = Vec::new();
    for keeper in &keepers {
        files.push(ClientFile::open(keeper, named(&jesse), registration("jesse", &born(14))).await);
    }
    let [accare, _, vnn, yorneo, _, cosis] = &files[..] else { panic!("six files") };

    // The three agree: Accare may tell Assen, and Yorneo may tell Hoogeveen. Nobody hears more than that.
    let all = [CLIENT, MOTHER, FATHER];
    let at_accare = accare.agree(&all, sharing(ASSEN_TEAM, "housing", &FIELDS)).await;
    let at_yorneo = yorneo.agree(&all, sharing(HOOGEVEEN_TEAM, "housing", &FIELDS)).await;
    assert_eq!(heard_at(&assen, &jesse).await, [true, false, false, false, false, false]);
    assert_eq!(heard_at(&hoogeveen, &jesse).await, [false, false, false, true, false, false]);
    let told = answer(&assen, ask(&jesse, ACCARE, "housing", &FIELDS)).await;
    assert_eq!(value(&told, "support.question"), "Wat 99000000000101 aan de gemeente wil vragen");

    // Each provider's list is its own, and another's consent cannot be looked up, added to or taken back there.
    assert_eq!(accare.listed().await, [true]);
    assert_eq!(yorneo.listed().await, [true]);
    assert!(vnn.listed().await.is_empty());
    let (client, consent_id) = (named(&jesse), at_yorneo.consent_id.clone());
    let looked_up = GetConsentRequest { client, consent_id: consent_id.clone() };
    let status = accare.keeper.consents().get_consent(looked_up).await.err().unwrap();
    assert_eq!(status.code(), tonic::Code::NotFound);
    let taken = accare.keeper.consents().withdraw_consent(withdraw(&jesse, &consent_id, "client")).await;
    assert_eq!(taken.err().unwrap().code(), tonic::Code::NotFound);
    assert!(heard_at(&hoogeveen, &jesse).await[3], "it stands");

    // Jesse takes it back at Accare. Assen knows him there, and hears so. At VNN it hears what any stranger hears, about Jesse
    // and about somebody whom nobody knows, also where the question itself is wrong.
    accare.take_back("client", &at_accare, &[]).await;
    let wrong = ["housing.situation", "money.worries"];
    let known = answer(&assen, ask(&jesse, ACCARE, "housing", &wrong)).await;
    let hears = [("housing.situation", "CONSENT_WITHDRAWN"), ("money.worries", "OUTSIDE_PURPOSE")];
    assert_eq!(withheld(&known), hears);
    for (custodian, client) in [(VNN, &jesse), (VNN, &bsn(62)), (YORNEO, &jesse)] {
        assert_nothing(&answer(&assen, ask(client, custodian, "housing", &wrong)).await, "NO_CONSENT");
    }
    assert!(heard_at(&hoogeveen, &jesse).await[3], "what was taken back at Accare was Accare's");

    // At Cosis the father says no. Jesse and his mother agree; that no counts at Cosis, and at Cosis only.
    cosis.object(FATHER, Objection::default()).await;
    let at_cosis = cosis.agree(&[CLIENT, MOTHER], sharing(ASSEN_TEAM, "housing", &FIELDS)).await;
    assert!(!is_in_force(&at_cosis));
    assert_nothing(&answer(&assen, ask(&jesse, COSIS, "housing", &FIELDS)).await, "NO_CONSENT");
    assert!(heard_at(&hoogeveen, &jesse).await[3]);

    // Two professionals of Cosis weigh it, write it down, and pass his no: for this consent, for a month.
    let weighed = OverrideRefusalRequest {
        client: named(&jesse),
        consent_id: at_cosis.consent_id.clone(),
        exception: OverrideException::ConsideredWish.into(),
        note_reference: "dossier/2026-31".into(),
        until: in_days(30),
    };
    cosis.keeper.consents().override_refusal(weighed).await.unwrap();
    assert_eq!(heard_at(&assen, &jesse).await, [false; 6], "one professional is not enough");
    let second = gateway.setting.token(COSIS, "fact-behandelaar", "professional-2", COSIS);
    let second = cosis.keeper.with_token(Some(second));
    let confirmed = ConfirmOverrideRequest { client: named(&jesse), consent_id: at_cosis.consent_id.clone() };
    second.consents().confirm_override(confirmed).await.unwrap();
    assert_eq!(heard_at(&assen, &jesse).await, [false, false, false, false, false, true]);

    // The officer of Cosis sees all of that; the one of Accare sees that Assen asked Accare, and nothing of Cosis.
    let mut seen = Vec::new();
    for organisation in [COSIS, ACCARE] {
        let officer = gateway.party(organisation, "privacy-officer").await;
        let of_jesse = ListEntriesRequest { client_bsn: jesse.clone(), page_size: 200, ..Default::default() };
        let entries = officer.audit().list_entries(of_jesse).await.unwrap().into_inner().entries;
        assert!(entries.iter().all(|e| e.custodian == organisation || e.recipient == organisation));
        seen.push(entries.iter().any(|e| e.event == "override-confirmed"));
    }
    assert_eq!(seen, [true, false]);
    gateway.finish().await;
}
