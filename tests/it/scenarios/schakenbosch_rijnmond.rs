//! Schakenbosch and Rijnmond: from a residence for youth back home, and to the next school.
//!
//! The residence tells the team and the municipality that take over what a return needs. The school hears what a classroom needs,
//! and from nothing that it gets does it learn that a FACT team is involved. Each field has its direction, whatever is agreed.

use serde_json::json;
use sluis::contract::v1::*;
use tokio::net::TcpListener;

use super::ehr::Ehr;
use super::*;

const SCHAKENBOSCH: &str = "00000099000000000221";
const RIJNMOND: &str = "00000099000000000222";
const ROTTERDAM: &str = "00000099000000000223";

/// A guardian decides in the place of the parents.
const GUARDIAN: Speaker<'static> = ("guardian-1", Capacity::Guardian);

/// Join the shipped parties. The provider of the FACT team stands here under its own name and with roles that do not say what team it
/// is: this list is what a school sees.
const PARTIES: &str = r#"
[[party]]
id = "00000099000000000221"
name = "Schakenbosch"
kind = "care"
may_use_bsn = true
role = [
    { role = "gedragswetenschapper", label = "Gedragswetenschapper", may = ["ask", "record-consent"] },
    { role = "privacy-officer", label = "Functionaris gegevensbescherming", may = ["audit"] },
]
legal_basis = [{ purpose = "THU", basis = "Jeugdwet art. 7.3.8" }]

[[party]]
id = "00000099000000000222"
name = "Jeugdhulpaanbieder in Rijnmond (voorbeeld)"
kind = "care"
may_use_bsn = true
role = [
    { role = "begeleider", label = "Begeleider", may = ["ask", "record-consent"] },
    { role = "privacy-officer", label = "Functionaris gegevensbescherming", may = ["audit"] },
]
legal_basis = [
    { purpose = "THU", basis = "Jeugdwet art. 7.3.8" },
    { purpose = "OND", basis = "Jeugdwet art. 7.3.8" },
]

[[party]]
id = "00000099000000000223"
name = "Gemeente Rotterdam"
kind = "municipality"
may_use_bsn = true
role = [{ role = "wijkteam", label = "Jeugd- en gezinscoach, wijkteam", may = ["ask", "record-consent"] }]
legal_basis = [
    { purpose = "THU", basis = "Jeugdwet art. 7.4.0" },
    { purpose = "OND", basis = "Jeugdwet art. 7.4.0; Leerplichtwet 1969" },
]
"#;

const TAKES_OVER: (&str, &str) = (RIJNMOND, "begeleider");
const MUNICIPAL: (&str, &str) = (ROTTERDAM, "wijkteam");
const AT_SCHOOL: (&str, &str) = (SCHOOL, "ondersteuningscoordinator");

async fn gateway() -> TestGateway {
    let residence = json!({
        "residence.situation": "residential",
        "residence.return-date": "2027-02-01",
        "residence.return-plan": "Eerst weekenden, dan hele weken, met elke week een gesprek thuis",
        "safety.agreements": "Bij ruzie gaat hij naar zijn oom",
    });
    let text = |text: &str| value::Kind::Text(text.to_owned());
    let team = Ehr::holding([
        ("person.name", text("Daan (verzonnen)")),
        ("support.in-care", value::Kind::YesNo(true)),
        ("support.functional-impact", text("Na een drukke les is een kwartier rust nodig")),
        ("support.approach-advice", text("Zeg van tevoren wat er gaat gebeuren")),
        ("education.tension-agreements", text("Hij mag naar de time-outplek en meldt dat met een kaartje")),
        ("education.intake-date", value::Kind::Date("2027-02-08".into())),
    ]);
    let municipality = json!({ "housing.offered-place": "Thuis, met gezinshulp vanaf 1 februari" });
    let school =
        json!({ "education.status": "enrolled", "education.arrangement": "Tien uur extra begeleiding" });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let custodians = vec![
        (SCHAKENBOSCH, holding("daan", &residence)),
        (RIJNMOND, Custody::Service(listener.local_addr().unwrap().port())),
        (ROTTERDAM, holding("d-1", &municipality)),
        (SCHOOL, holding("leerling-5", &school)),
    ];
    let setting = Setting::among(&(shipped_parties() + PARTIES), custodians);
    setting.configure("deadline_ms = 700", "deadline_ms = 5000");
    team.serve(listener, RIJNMOND, &setting);
    TestGateway::start(setting).await
}

/// Daan is fifteen and has a guardian.
fn daan(reference: &str) -> Registration {
    let born = born(15);
    let guardian = Authority {
        person: GUARDIAN.0.into(),
        capacity: GUARDIAN.1.into(),
        period: Some(Period { from: born.clone(), until: String::new() }),
        source: AuthoritySource::AuthorityRegister.into(),
        checked_on: "2026-01-05".into(),
    };
    Registration { authority: vec![guardian], ..registration(reference, &born) }
}

/// All that a message says, to look for a word in.
fn bytes(message: &impl prost::Message) -> String {
    String::from_utf8_lossy(&message.encode_to_vec()).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_youth_goes_home_and_to_the_next_school_which_never_learns_that_it_is_fact() {
    let gateway = gateway().await;
    let residence = gateway.party(SCHAKENBOSCH, "gedragswetenschapper").await;
    let team = gateway.party(TAKES_OVER.0, TAKES_OVER.1).await;
    let municipal = gateway.party(MUNICIPAL.0, MUNICIPAL.1).await;
    let school = gateway.party(AT_SCHOOL.0, AT_SCHOOL.1).await;
    let client = bsn(64);
    let both = [CLIENT, GUARDIAN];

    // Going home. A plan for two years is refused, and not quietly made shorter.
    let file = ClientFile::open(&residence, named(&client), daan("daan")).await;
    let home = ["residence.situation", "residence.return-date", "residence.return-plan"];
    let too_long = for_days(700, sharing(TAKES_OVER, "return-home", &home));
    let status = file.try_record(grantor(CLIENT.0, CLIENT.1), too_long).await.err().unwrap();
    assert_eq!(refusal(&status).1, "PERIOD_TOO_LONG");

    // Daan agrees, and his guardian must too. Who takes over gets the plan; the municipality only when, and what is agreed on safety.
    let waits = file.agree(&[CLIENT], sharing(TAKES_OVER, "return-home", &home)).await;
    assert_eq!(waits.waiting_for[0].person, GUARDIAN.0, "the guardian stands in the place of the parents");
    let plan = ask(&client, SCHAKENBOSCH, "return-home", &home);
    assert_nothing(&answer(&team, again(&plan)).await, "NO_CONSENT");
    file.add(&waits, grantor(GUARDIAN.0, GUARDIAN.1)).await;
    assert_eq!(released(&answer(&team, again(&plan)).await), home);
    let when = ["residence.return-date", "safety.agreements"];
    file.agree(&both, sharing(MUNICIPAL, "return-home", &when)).await;
    let asked = ["residence.return-date", "safety.agreements", "residence.return-plan"];
    let heard = answer(&municipal, ask(&client, SCHAKENBOSCH, "return-home", &asked)).await;
    assert_eq!(released(&heard), when);
    assert_eq!(withheld(&heard), [("residence.return-plan", "NO_CONSENT")]);

    // The municipality tells back which place there is. A return plan does not travel that way, although they agreed to it.
    let back = ["housing.offered-place", "residence.return-plan"];
    let at_municipality = ClientFile::open(&municipal, named(&client), daan("d-1")).await;
    at_municipality.agree(&both, sharing(TAKES_OVER, "return-home", &back)).await;
    let heard = answer(&team, ask(&client, ROTTERDAM, "return-home", &back)).await;
    assert_eq!(released(&heard), ["housing.offered-place"]);
    assert_eq!(withheld(&heard), [("residence.return-plan", "OUTSIDE_PURPOSE")]);

    // Rotterdam may know whom to call, and of which team.
    let at_team = ClientFile::open(&team, named(&client), daan("daan")).await;
    let manager = ["support.case-manager"];
    at_team.agree(&both, sharing(MUNICIPAL, "return-home", &manager)).await;
    let heard = answer(&municipal, ask(&client, RIJNMOND, "return-home", &manager)).await;
    assert!(bytes(&heard).contains("FACT Jeugd Rijnmond"));

    // To school. Daan and his guardian tick what a classroom needs, and do not tick that he is in care.
    let class = [
        "person.name",
        "support.case-manager",
        "support.functional-impact",
        "support.approach-advice",
        "education.tension-agreements",
        "education.intake-date",
    ];
    let mut agreed =
        at_team.record(grantor(CLIENT.0, CLIENT.1), sharing(AT_SCHOOL, "education", &class)).await;
    let handle = by_handle(&agreed.recipient_client_handle);
    at_team.add(&agreed.consent.take().unwrap(), grantor(GUARDIAN.0, GUARDIAN.1)).await;

    // The school asks for more than that, by a handle of its own: it may not use the BSN.
    let wanted = [&class[..], &["support.in-care", "residence.return-plan", "safety.crisis-plan"]].concat();
    let question = ask(&client, RIJNMOND, "education", &wanted);
    let status = school.disclosures().disclose(again(&question)).await.err().unwrap();
    assert_eq!(refusal(&status).1, "BSN_NOT_ALLOWED");
    let question = DiscloseRequest { client: handle.clone(), ..question };
    let heard = answer(&school, again(&question)).await;
    assert_eq!(released(&heard), class);
    let why = ["NO_CONSENT", "OUTSIDE_PURPOSE", "OUTSIDE_PURPOSE"];
    assert_eq!(withheld(&heard).iter().map(|(_, why)| *why).collect::<Vec<_>>(), why);

    // Nothing that it gets says FACT: not the values, not the reasons, and not the list of whom it can share with.
    let known = school.catalogue().list_parties(ListPartiesRequest {}).await.unwrap().into_inner().parties;
    let teller = known.into_iter().find(|party| party.id == RIJNMOND).unwrap();
    assert!(bytes(&heard).contains("Jeugdhulpaanbieder in Rijnmond"), "whom to call, by a neutral name");
    for said in [bytes(&heard), bytes(&teller)] {
        assert!(!said.to_lowercase().contains("fact"), "{said}");
    }

    // The school tells back what it knows, after asking Daan and his guardian itself. How a lesson should be is not its to tell.
    let at_school = ClientFile::open(&school, handle, daan("leerling-5")).await;
    let pupil = ["education.status", "education.arrangement"];
    at_school.agree(&both, sharing(TAKES_OVER, "education", &pupil)).await;
    let asked = ["education.status", "education.arrangement", "education.tension-agreements"];
    let heard = answer(&team, ask(&client, SCHOOL, "education", &asked)).await;
    assert_eq!(released(&heard), pupil);
    assert_eq!(withheld(&heard), [("education.tension-agreements", "OUTSIDE_PURPOSE")]);

    // Between school and municipality nothing travels here, also with everybody's yes.
    at_school.agree(&both, sharing(MUNICIPAL, "education", &pupil)).await;
    assert_nothing(&answer(&municipal, ask(&client, SCHOOL, "education", &pupil)).await, "OUTSIDE_PURPOSE");

    // A year later at the same school Daan wants his mentor there to know. The table sees what that one tick
    // would tell, and who must say yes. He ticks it by itself; only then does it go.
    let tick = preview_request::Supposing::Draft(draft(AT_SCHOOL, "education", &["support.in-care"]));
    let seen = at_team.suppose(RIJNMOND, tick).await;
    assert_eq!(seen.gained, ["support.in-care"]);
    let people: Vec<&str> = seen.must_still_agree.iter().map(|who| who.person.as_str()).collect();
    assert_eq!(people, [CLIENT.0, GUARDIAN.0]);
    let ticked = at_team.agree(&both, sharing(AT_SCHOOL, "education", &["support.in-care"])).await;
    assert!(is_in_force(&ticked));
    let heard = answer(&school, again(&question)).await;
    assert_eq!(released(&heard).last(), Some(&"support.in-care"));
    at_team.take_back("client", &ticked, &[]).await;
    assert_eq!(released(&answer(&school, again(&question)).await), class, "and he takes it back");
    gateway.finish().await;
}
