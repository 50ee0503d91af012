//! A FACT team and a neighbourhood team: the four forms in which they work together, one after the other, around one youth.
//!
//! Ad hoc (one consent for one case), consultation, structural (a professional with two hats), and integral (standing consents, one for
//! each partner and purpose). Along the way the youth narrows and takes back, and once the glass is broken.

use serde_json::json;
use sluis::contract::v1::*;

use super::*;

const TEAM: (&str, &str) = (ASSEN, "wijkteam");

async fn gateway() -> TestGateway {
    let record = json!({
        "person.name": "Sami (verzonnen)",
        "person.age-group": "16-17",
        "support.question": "Kan het wijkteam meedenken over een rustige plek",
        "support.case-manager": { "role": "Casemanager", "phone": "0592 00 00 00" },
        "support.phase": "stable",
        "housing.situation": "with-parents",
        "housing.eviction-threat": "Ontruiming aangezegd per 1 maart",
        "housing.wish": "Een eigen kamer",
        "money.worries": "energy",
        "safety.crisis-plan": "Rustig blijven praten, dan het crisisnummer bellen",
        "safety.crisis-contact": { "role": "Crisisdienst", "phone": "0592 11 11 11" },
    });
    TestGateway::start(Setting::new(vec![(GGZ_DRENTHE, holding("sami", &record))])).await
}

fn six_answers() -> Option<GroundEvidence> {
    let because = || "Dat staat uitgeschreven in het dossier.".to_owned();
    let emergency = EmergencyEvidence {
        consent: because(),
        damage: because(),
        conscience: because(),
        subsidiarity: because(),
        effectiveness: because(),
        proportionality: because(),
        consulted: "professional-9".into(),
    };
    Some(GroundEvidence {
        ground: Some(ground_evidence::Ground::Emergency(emergency)),
        note_reference: "dossier/2026-41".into(),
        notice: Some(ClientNotice { when: Some(client_notice::When::Told(true)) }),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn one_youth_meets_all_four_forms_of_working_together_and_stays_in_charge() {
    let gateway = gateway().await;
    let fact = gateway.party(GGZ_DRENTHE, "fact-behandelaar").await;
    let team = gateway.party(TEAM.0, TEAM.1).await;
    let sami = bsn(63);
    // Sami is sixteen and decides alone. Accare's part of the FACT team treats him too.
    let care_team = vec![member(ACCARE, "fact-behandelaar")];
    let registered = Registration { team: care_team, ..registration("sami", &born(16)) };
    let file = ClientFile::open(&fact, named(&sami), registered).await;

    // Ad hoc. One problem, one consent, two fields, two weeks.
    let threat = ["housing.eviction-threat", "support.case-manager"];
    let ad_hoc = for_days(14, sharing(TEAM, "housing", &threat));
    let ad_hoc = file.agree(&[CLIENT], ad_hoc).await;
    let more = ["housing.eviction-threat", "support.case-manager", "housing.wish"];
    let heard = answer(&team, ask(&sami, GGZ_DRENTHE, "housing", &more)).await;
    assert_eq!(released(&heard), threat);
    assert_eq!(withheld(&heard), [("housing.wish", "NO_CONSENT")], "one case is not the whole file");

    // Consultation. Who names a client does not consult anonymously; who does name him may ask once.
    let question = ["person.age-group", "support.question"];
    let consult = ask(&sami, GGZ_DRENTHE, "consultation", &question);
    assert_nothing(&answer(&team, on("R12", &consult)).await, "GROUND_NOT_AVAILABLE");
    file.agree(&[CLIENT], for_days(10, sharing(TEAM, "consultation", &question))).await;
    assert_eq!(released(&answer(&team, consult.clone()).await), question);
    assert_nothing(&answer(&team, again(&consult)).await, "CONSENT_EXPIRED");
    assert_eq!(
        released(&answer(&team, consult).await),
        question,
        "the line fell: the same request is answered"
    );

    // Structural. A professional of Accare is seconded to the neighbourhood team: one person, two hats, two tokens.
    let seconded = "professional-7";
    let hat = |id: &str, role: &str| Some(gateway.setting.token(id, role, seconded, id));
    let treating = gateway.party(ACCARE, "fact-behandelaar").await;
    let treating = treating.with_token(hat(ACCARE, "fact-behandelaar"));
    let municipal = team.with_token(hat(ASSEN, "wijkteam"));
    let fields = ["person.name", "support.phase", "housing.situation"];
    let table = conference(&["housing"], ask(&sami, GGZ_DRENTHE, "", &fields));
    let as_therapist = answer(&treating, on("R02", &table)).await;
    assert_eq!(released(&as_therapist), fields);
    assert_nothing(&answer(&municipal, on("R02", &table)).await, "GROUND_NOT_AVAILABLE");
    let as_official = answer(&municipal, again(&table)).await;
    assert_nothing(&as_official, "NO_CONSENT");
    let swapped = treating.with_token(hat(ASSEN, "wijkteam"));
    let status = swapped.disclosures().disclose(again(&table)).await.err().unwrap();
    assert_eq!(status.code(), tonic::Code::Unauthenticated, "nobody changes hats on the way");
    let officer = gateway.party(GGZ_DRENTHE, "privacy-officer").await;
    let mut hats = Vec::new();
    for told in [&as_therapist, &as_official] {
        let request = GetEntryRequest { index: told.entry_index };
        let entry = officer.audit().get_entry(request).await.unwrap().into_inner().entry.unwrap();
        hats.push((entry.recipient, entry.role));
    }
    let both = [(ACCARE, "fact-behandelaar"), (ASSEN, "wijkteam")];
    assert_eq!(hats, both.map(|(id, role)| (id.to_owned(), role.to_owned())));

    // Integral. Standing consents, one for each partner and purpose: never for a whole team, never for everything.
    for wildcard in [(ASSEN, ""), (ASSEN, "*"), ("", "wijkteam")] {
        let broad = sharing(wildcard, "case-conference", &fields);
        let status = file.try_record(grantor(CLIENT.0, CLIENT.1), broad).await.err().unwrap();
        assert_eq!(refusal(&status).0, tonic::Code::InvalidArgument, "{wildcard:?}");
    }
    let at_table = ["person.name", "support.phase", "housing.situation", "money.worries"];
    let standing = file.agree(&[CLIENT], for_days(170, sharing(TEAM, "case-conference", &at_table))).await;
    let wish = ["housing.wish", "housing.situation"];
    file.agree(&[CLIENT], for_days(300, sharing((ASSEN, "wonen"), "housing", &wish))).await;
    let housing = gateway.party(ASSEN, "wonen").await;
    let table = conference(&["housing", "money"], ask(&sami, GGZ_DRENTHE, "", &at_table));
    assert_eq!(released(&answer(&municipal, again(&table)).await), at_table, "now the same hat hears it");
    assert_nothing(&answer(&housing, again(&table)).await, "NO_CONSENT");
    let room = ask(&sami, GGZ_DRENTHE, "housing", &wish);
    assert_eq!(released(&answer(&housing, again(&room)).await), wish);

    // Sami narrows. He first sees what that would take away: his money, off the table. And he wants nobody at Assen to hear his wish
    // any more.
    let less = SupposedWithdrawal {
        consent_id: standing.consent_id.clone(),
        person: "client".into(),
        fields: owned(&["money.worries"]),
    };
    let seen = file.suppose(GGZ_DRENTHE, preview_request::Supposing::Withdrawal(less)).await;
    assert_eq!(seen.lost, ["money.worries"]);
    file.take_back("client", &standing, &["money.worries"]).await;
    let narrowed = answer(&team, again(&table)).await;
    assert_eq!(released(&narrowed), ["person.name", "support.phase", "housing.situation"]);
    assert_eq!(withheld(&narrowed), [("money.worries", "CONSENT_WITHDRAWN")]);
    let no = Objection { recipient_organisation: ASSEN.into(), ..Default::default() };
    file.object(CLIENT, Objection { fields: owned(&["housing.wish"]), ..no }).await;
    let objected = answer(&housing, again(&room)).await;
    assert_eq!(released(&objected), ["housing.situation"]);
    assert_eq!(withheld(&objected), [("housing.wish", "NO_CONSENT")], "that he said no is not told");
    assert!(entry(&officer, &objected).await.contains("YOUTH_REFUSED"), "his own team's officer can see it");

    // He takes back the rest of what the neighbourhood team had. What housing has stands.
    for consent in [&standing, &ad_hoc] {
        file.take_back("client", consent, &[]).await;
    }
    assert_nothing(&answer(&team, again(&table)).await, "CONSENT_WITHDRAWN");
    assert_eq!(released(&answer(&housing, again(&room)).await), ["housing.situation"]);

    // One night it goes wrong. Five answers are not enough; six open what a crisis needs, and nothing else.
    let crisis = ["safety.crisis-plan", "safety.crisis-contact", "housing.wish"];
    let crisis = DiscloseRequest { ground: "R09".into(), ..ask(&sami, GGZ_DRENTHE, "crisis", &crisis) };
    let mut five = six_answers();
    if let Some(ground_evidence::Ground::Emergency(answers)) = five.as_mut().and_then(|e| e.ground.as_mut()) {
        answers.subsidiarity.clear();
    }
    let incomplete = answer(&team, DiscloseRequest { evidence: five, ..again(&crisis) }).await;
    assert!(incomplete.released.is_empty());
    assert_eq!(withheld(&incomplete)[0].1, "EMERGENCY_INCOMPLETE");
    let broken = answer(&team, DiscloseRequest { evidence: six_answers(), ..again(&crisis) }).await;
    assert_eq!(released(&broken), ["safety.crisis-plan", "safety.crisis-contact"]);

    // The next morning it is judged by somebody else, and Sami is told.
    let waiting = ListEmergenciesRequest::default();
    let listed = officer.audit().list_emergencies(waiting.clone()).await.unwrap().into_inner().emergencies;
    let entry_index = broken.entry_index;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].release.as_ref().unwrap().entry_index, entry_index);
    let note_reference = "dossier/2026-42".to_owned();
    let verdict = ReviewVerdict::Justified.into();
    let review = ReviewEmergencyRequest { entry_index, verdict, note_reference: note_reference.clone() };
    let judge = gateway.setting.token(GGZ_DRENTHE, "privacy-officer", "officer-1", GGZ_DRENTHE);
    let judge = officer.with_token(Some(judge));
    judge.audit().review_emergency(review).await.unwrap();
    assert!(officer.audit().list_emergencies(waiting).await.unwrap().into_inner().emergencies.is_empty());
    let notices =
        || async { fact.audit().list_notices(ListNoticesRequest::default()).await.unwrap().into_inner() };
    assert_eq!(notices().await.notices.len(), 1);
    let how = ToldHow::Conversation.into();
    let told = NotifyClientRequest { entry_index, person: "client".into(), how, note_reference };
    fact.audit().notify_client(told).await.unwrap();
    assert!(notices().await.notices.is_empty());
    gateway.finish().await;
}
