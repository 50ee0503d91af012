//! Anonymous consultation: thinking along without knowing about whom.

use sluis::contract::v1::*;

use crate::harness::*;
use crate::records;

fn question(text: &str, names: &[&str]) -> ConsultRequest {
    ConsultRequest {
        request_id: request_id(),
        consulted_organisation: ASSEN.into(),
        consulted_role: "wijkteam".into(),
        purpose: "consultation".into(),
        question: text.into(),
        age_group: "16-17".into(),
        names: owned(names),
    }
}

async fn registered(care: &Caller, n: usize) {
    let (client, reference) = (bsn(n), format!("acc-{n}"));
    consented(care, &client, &reference, &["person.name"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_names_nobody_and_fits_ten_is_accepted_and_one_that_names_somebody_or_fits_nine_is_not()
 {
    let custodian = vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "één")])))];
    let gateway = TestGateway::start(Setting::new(custodian)).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    for n in 0..9 {
        registered(&care, n).await;
    }
    let plain = "Welke hulp bij wonen past bij een jongere die niet thuis kan blijven?";
    let few = care.disclosures().consult(question(plain, &[])).await.unwrap().into_inner();
    assert_eq!((few.accepted, few.reason.as_str()), (false, "RE_IDENTIFIABLE"));
    assert!(!few.text_nl.is_empty() && !few.text_en.is_empty());

    registered(&care, 9).await;
    let enough =
        care.disclosures().consult(question(plain, &["Testjongere Een"])).await.unwrap().into_inner();
    assert!(enough.accepted && enough.reason.is_empty());
    let elsewhere = ConsultRequest { consulted_organisation: HOOGEVEEN.into(), ..question(plain, &[]) };
    let elsewhere = care.disclosures().consult(elsewhere).await.unwrap().into_inner();
    assert_eq!(elsewhere.reason, "RE_IDENTIFIABLE", "nobody is tied to that municipality");

    let naming = [
        ("Het gaat om Testjongere.", "name"),
        ("De familie Voorbeeldstra kan de huur niet betalen.", "name"),
        ("Zijn BSN is 999993653.", "bsn"),
        ("Geboren op 4 maart 2011.", "date"),
        ("Bel 06 12345678.", "phone"),
        ("Mail test@voorbeeld.example.", "email"),
        ("Woont op 9401 AB.", "postcode"),
    ];
    for (text, kind) in naming {
        let told = care
            .disclosures()
            .consult(question(text, &["Testjongere Voorbeeldstra"]))
            .await
            .unwrap()
            .into_inner();
        assert_eq!((told.accepted, told.reason.as_str()), (false, "IDENTIFIER_DETECTED"), "{kind}");
        assert!(told.found.contains(&kind.to_owned()), "{kind}: {:?}", told.found);
    }
    let long = care.disclosures().consult(question(&"a".repeat(501), &[])).await.err().unwrap();
    assert_eq!(refusal(&long).1, "QUESTION_LENGTH");

    let stranger = gateway.party(HOOGEVEEN, "privacy-officer").await;
    let consulted = gateway.party(ASSEN, "privacy-officer").await;
    let seen = |page: ListEntriesResponse| page.entries.iter().filter(|e| e.event == "consulted").count();
    let all = ListEntriesRequest::default;
    assert_eq!(seen(consulted.audit().list_entries(all()).await.unwrap().into_inner()), 9);
    assert_eq!(seen(stranger.audit().list_entries(all()).await.unwrap().into_inner()), 1);
    let hidden = GetEntryRequest { index: enough.entry_index };
    assert_eq!(refusal(&stranger.audit().get_entry(hidden).await.err().unwrap()).1, "NOT_FOUND");
    gateway.finish().await;
}
