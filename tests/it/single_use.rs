//! A consultation is good for one answer (ruling 12), however many consents that answer rests on.

use sluis::contract::v1::*;

use crate::harness::*;
use crate::records;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_rests_on_two_single_uses_spends_both() {
    let records = records::file(&[("acc-1", "één")]);
    let gateway = TestGateway::start(Setting::new(vec![(ACCARE, Custody::Records(records))])).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(0);

    let registered = RegisterClientRequest {
        client: named(&client),
        registration: Some(registration("acc-1", &born(16))),
    };
    care.consents().register_client(registered).await.unwrap();
    for field in ["person.age-group", "support.question"] {
        let mut permit = permit(&client, ASSEN, "wijkteam", "consultation", &[field]);
        permit.period = Some(Period { from: String::new(), until: in_days(10) });
        care.consents().record_consent(permit).await.unwrap();
    }
    let consultation = || ask(&client, ACCARE, "consultation", &["person.age-group", "support.question"]);
    let first = consultation();
    let answer = municipality.disclosures().disclose(first.clone()).await.unwrap().into_inner();
    assert_eq!(released(&answer), ["person.age-group", "support.question"]);

    let again = municipality.disclosures().disclose(consultation()).await.unwrap().into_inner();
    let expired = [("person.age-group", "CONSENT_EXPIRED"), ("support.question", "CONSENT_EXPIRED")];
    assert_eq!(withheld(&again), expired, "each consent was for one answer");

    let retry = municipality.disclosures().disclose(first).await.unwrap().into_inner();
    assert_eq!(released(&retry), ["person.age-group", "support.question"], "the repeat is the same answer");
}
