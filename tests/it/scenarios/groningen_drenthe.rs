//! Groningen and Drenthe: an official of the municipality sits in the FACT team, as a bridge to housing, debt support, household
//! help and the food bank.
//!
//! She also thinks along on how long and how heavy the help should be. That is why she wears a municipal hat, and never treats.

use serde_json::json;
use sluis::contract::v1::*;

use super::*;

const GRONINGEN: &str = "00000099000000000211";

/// Joins the shipped parties.
const MUNICIPALITY: &str = r#"
[[party]]
id = "00000099000000000211"
name = "Gemeente Groningen"
kind = "municipality"
may_use_bsn = true
role = [
    { role = "fact-verbinder", label = "Verbinder van de gemeente in het FACT Jeugd-team", may = ["ask", "record-consent"] },
    { role = "wonen", label = "Medewerker wonen", may = ["ask"] },
    { role = "schuldhulp", label = "Schuldhulpverlener", may = ["ask"] },
    { role = "privacy-officer", label = "Functionaris gegevensbescherming", may = ["audit"] },
]
legal_basis = [
    { purpose = "CAS", basis = "Jeugdwet art. 7.4.0; Wmo 2015 art. 5.1.1" },
    { purpose = "REG", basis = "Jeugdwet art. 7.4.0" },
    { purpose = "WON", basis = "Wmo 2015 art. 5.1.1; Huisvestingswet 2014" },
    { purpose = "SCH", basis = "Wet gemeentelijke schuldhulpverlening (Wgs) art. 8" },
]
"#;

async fn gateway() -> TestGateway {
    let care = json!({
        "person.name": "Noor (verzonnen)",
        "support.phase": "scaling-down",
        "support.intensity": "high",
        "support.start-and-end": "van maart tot en met december",
        "support.next-support": "Een maatje en eens per maand een gesprek",
        "housing.situation": "with-others",
        "housing.wish": "Een kamer met begeleiding in de buurt",
        "housing.support-need": "Twee uur per week",
        "money.worries": "rent",
        "money.capacity": "Post openen lukt samen, alleen nog niet",
    });
    let municipal = json!({
        "provisions.current": "Wmo: huishoudelijke hulp, twee uur per week",
        "money.allowance": "Voedselbank, tot en met juni",
        "money.debt-support-status": "applied",
        "housing.waiting-list": "waiting",
    });
    let custodians = vec![(ACCARE, holding("noor", &care)), (GRONINGEN, holding("g-17", &municipal))];
    TestGateway::start(Setting::among(&(shipped_parties() + MUNICIPALITY), custodians)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_municipal_member_of_the_fact_team_is_a_bridge_and_never_treats() {
    let gateway = gateway().await;
    let therapist = gateway.party(ACCARE, "fact-behandelaar").await;
    let colleague = gateway.party(GGZ_DRENTHE, "fact-behandelaar").await;
    let connector = gateway.party(GRONINGEN, "fact-verbinder").await;
    let noor = bsn(60);

    // Noor is seventeen. Her team is registered, and the municipal connector is a member of it like the others.
    let team = vec![member(GGZ_DRENTHE, "fact-behandelaar"), member(GRONINGEN, "fact-verbinder")];
    let registered = Registration { team, ..registration("noor", &born(17)) };
    let file = ClientFile::open(&therapist, named(&noor), registered).await;

    // At the table the colleague who treats her too hears what the help needs, without asking Noor each time.
    let fields = ["person.name", "support.phase", "housing.situation", "money.worries"];
    let table = conference(&["housing", "money"], ask(&noor, ACCARE, "", &fields));
    assert_eq!(released(&answer(&colleague, on("R02", &table)).await), fields);

    // The connector sits on the next chair. On that ground she hears nothing, and with no consent nothing either.
    let refused = answer(&connector, on("R02", &table)).await;
    assert_nothing(&refused, "GROUND_NOT_AVAILABLE");
    assert_nothing(&answer(&connector, on("R04", &table)).await, "GROUND_NOT_AVAILABLE");
    assert_nothing(&answer(&connector, again(&table)).await, "NO_CONSENT");

    // So Noor is asked. She is read, in plain Dutch, what the connector would hear; looking at it changes nothing.
    let hat = (GRONINGEN, "fact-verbinder");
    let proposal = draft(hat, "case-conference", &fields);
    let read = file.read_aloud(proposal.clone()).await;
    let first = "Je geeft Accare toestemming om aan Gemeente Groningen (Verbinder van de gemeente in het FACT Jeugd-team) te \
                 vertellen hoe je heet.";
    assert_eq!(read[0].text, first);
    assert!(read.iter().any(|s| s.about == "refusing") && read.iter().any(|s| s.about == "stopping"));
    let seen = file.suppose(ACCARE, preview_request::Supposing::Draft(proposal)).await;
    assert_eq!(seen.gained, fields);
    assert_nothing(&answer(&connector, again(&table)).await, "NO_CONSENT");

    // She lets the connector join the conference, about housing and money, and not about her work.
    let joins = file.agree(&[CLIENT], sharing(hat, "case-conference", &fields)).await;
    assert!(is_in_force(&joins), "at seventeen she decides alone");
    let heard = answer(&connector, again(&table)).await;
    assert_eq!(released(&heard), fields);
    assert_eq!(value(&heard, "money.worries"), "rent");
    let wider = ["housing.situation", "work.status", "education.status"];
    let wider = conference(&["housing", "work"], ask(&noor, ACCARE, "", &wider));
    let wider = answer(&connector, wider).await;
    assert_eq!(released(&wider), ["housing.situation"]);
    assert_eq!(withheld(&wider), [("work.status", "NO_CONSENT"), ("education.status", "OUTSIDE_AGENDA")]);

    // Thinking along on duration and weight is another purpose, with a consent of its own.
    let weight = ["support.intensity", "support.start-and-end", "support.next-support"];
    let review = ask(&noor, ACCARE, "review-of-support", &weight);
    assert_nothing(&answer(&connector, on("R02", &review)).await, "GROUND_NOT_AVAILABLE");
    assert_eq!(withheld(&answer(&connector, again(&review)).await)[1].1, "NO_CONSENT");
    file.agree(&[CLIENT], sharing(hat, "review-of-support", &weight)).await;
    assert_eq!(released(&answer(&connector, again(&review)).await), weight);

    // A diagnosis cannot even be asked for, by anybody, on any ground: the catalogue has no such field.
    for asker in [&connector, &colleague] {
        let diagnosis = ask(&noor, ACCARE, "review-of-support", &["support.diagnosis"]);
        let status = asker.disclosures().disclose(on("R02", &diagnosis)).await.err().unwrap();
        assert_eq!(refusal(&status).0, tonic::Code::InvalidArgument);
        assert_eq!(refusal(&status).2, ["requested_fields[0]"]);
    }
    let all = connector.catalogue().list_fields(ListFieldsRequest::default()).await.unwrap().into_inner();
    assert_eq!(all.fields.len(), 62);
    for secret in ["diagnos", "medicat", "treatment", "report", "test"] {
        assert!(all.fields.iter().all(|field| !field.id.contains(secret)), "{secret}");
    }

    // The bridge: who finds a room hears about the room, and who helps with debts about money. Each their own.
    let (housing, debts) =
        (gateway.party(GRONINGEN, "wonen").await, gateway.party(GRONINGEN, "schuldhulp").await);
    let room = ["housing.wish", "housing.support-need"];
    let money = ["money.worries", "money.capacity"];
    file.agree(&[CLIENT], sharing((GRONINGEN, "wonen"), "housing", &room)).await;
    file.agree(&[CLIENT], sharing((GRONINGEN, "schuldhulp"), "debt-support", &money)).await;
    assert_eq!(released(&answer(&housing, ask(&noor, ACCARE, "housing", &room)).await), room);
    assert_eq!(released(&answer(&debts, ask(&noor, ACCARE, "debt-support", &money)).await), money);
    assert_nothing(&answer(&housing, ask(&noor, ACCARE, "debt-support", &money)).await, "NO_CONSENT");
    assert_nothing(&answer(&debts, ask(&noor, ACCARE, "debt-support", &room)).await, "OUTSIDE_PURPOSE");

    // And back: the municipality asks Noor too, before it tells the team of household help and the food bank.
    let back = ["provisions.current", "money.debt-support-status"];
    let question = ask(&noor, GRONINGEN, "review-of-support", &back);
    assert_nothing(&answer(&therapist, again(&question)).await, "NO_CONSENT");
    let municipal = ClientFile::open(&connector, named(&noor), registration("g-17", &born(17))).await;
    let therapy = (ACCARE, "fact-behandelaar");
    municipal.agree(&[CLIENT], sharing(therapy, "review-of-support", &back)).await;
    municipal.agree(&[CLIENT], sharing(therapy, "debt-support", &["money.allowance"])).await;
    let heard = answer(&therapist, question).await;
    assert_eq!(value(&heard, "provisions.current"), "Wmo: huishoudelijke hulp, twee uur per week");
    let bank = ask(&noor, GRONINGEN, "debt-support", &["money.allowance", "money.capacity"]);
    let bank = answer(&therapist, bank).await;
    assert_eq!(value(&bank, "money.allowance"), "Voedselbank, tot en met juni");
    assert_eq!(withheld(&bank), [("money.capacity", "OUTSIDE_PURPOSE")], "that goes the other way only");

    // The officer of the care provider finds the attempt to use a treatment hat, by its rule.
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    assert!(entry(&officer, &refused).await.contains("\"rule\":\"role-not-directly-involved\""));
    let other_side = gateway.party(GRONINGEN, "privacy-officer").await;
    assert!(entry(&other_side, &refused).await.is_empty(), "the fine reasons stay with whose data it is");
    gateway.finish().await;
}
