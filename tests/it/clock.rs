//! Clocks that leap and differ, while decisions are under way: nothing leaves on what has ended by then, and nothing is decided in
//! the past.

use jiff::{SignedDuration, Timestamp};
use sluis::contract::v1::*;
use tonic::Code;

use crate::harness::gateway::audit;
use crate::harness::*;
use crate::records;

const FIELDS: [&str; 1] = ["housing.wish"];

async fn set_clock(caller: &Caller, to: Timestamp) {
    caller.development().set_clock(SetClockRequest { now: to.to_string() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_ended_by_a_clock_that_leapt_while_the_custodian_was_asked_opens_nothing_any_more() {
    const CALLS: u32 = 4;
    let (custodian, listener) = HeldUp::listen().await;
    let setting = Setting::new(vec![(ACCARE, Custody::Service(custodian.port))]);
    custodian.serve(listener, &setting);
    setting.configure("deadline_ms = 700", "deadline_ms = 7000");
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(120);
    consented(&care, &client, "acc-1", &FIELDS).await;
    custodian.answers(1);
    let asked = ask(&client, ACCARE, "housing", &FIELDS);
    let before = municipality.disclosures().disclose(asked).await.unwrap().into_inner();
    assert_eq!(released(&before), FIELDS);
    custodian.is_asked(1).await;

    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..CALLS {
        let (municipality, client) = (municipality.clone(), client.clone());
        calls.spawn(async move {
            municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &FIELDS)).await
        });
    }
    custodian.is_asked(CALLS).await;
    // A consent lasts ninety days here.
    set_clock(&care, Timestamp::now() + SignedDuration::from_hours(91 * 24)).await;
    custodian.answers(CALLS as usize);
    while let Some(answered) = calls.join_next().await {
        let answer = answered.unwrap().unwrap().into_inner();
        assert_eq!((released(&answer), withheld(&answer)), (vec![], vec![(FIELDS[0], "CONSENT_EXPIRED")]));
    }
    // Covenant, registration, consent, one released, and the others.
    assert_eq!(gateway.finish().await.1.size, 4 + u64::from(CALLS));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_gateways_with_one_key_the_one_whose_clock_is_behind_the_ledger_decides_nothing() {
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "zes")])))]);
    let ahead = Process::start(&setting).unwrap();
    let care = Caller::connect(&setting, ahead.address, ACCARE, "fact-behandelaar").await;
    let municipality = Caller::connect(&setting, ahead.address, ASSEN, "wijkteam").await;
    let client = bsn(121);
    let consent = consented(&care, &client, "acc-1", &FIELDS).await;
    let right = Process::start(&setting).unwrap();
    let elsewhere = Caller::connect(&setting, right.address, ASSEN, "wijkteam").await;
    let care_elsewhere = Caller::connect(&setting, right.address, ACCARE, "fact-behandelaar").await;
    let request = || ask(&client, ACCARE, "housing", &FIELDS);
    let mut entries = 3;
    for at in [&municipality, &elsewhere] {
        let answer = at.disclosures().disclose(request()).await.unwrap().into_inner();
        assert_eq!((released(&answer), answer.entry_index), (FIELDS.to_vec(), entries));
        entries += 1;
    }
    let behind = async || {
        let refused = refusal(&elsewhere.disclosures().disclose(request()).await.err().unwrap());
        assert_eq!((refused.0, refused.1.as_str()), (Code::Unavailable, "CLOCK_BEHIND"));
        let withdrawal = withdraw(&client, &consent, "client");
        let refused = refusal(&care_elsewhere.consents().withdraw_consent(withdrawal).await.err().unwrap());
        assert_eq!((refused.0, refused.1.as_str()), (Code::Unavailable, "CLOCK_BEHIND"));
    };
    // An hour, while the consent lasts; and a clock that says 2038.
    let beyond: Timestamp = "2038-01-19T03:14:08Z".parse().unwrap();
    for (to, opens) in [(Timestamp::now() + SignedDuration::from_hours(1), true), (beyond, false)] {
        set_clock(&care, to).await;
        let answer = municipality.disclosures().disclose(request()).await.unwrap().into_inner();
        assert_eq!((!answer.released.is_empty(), answer.entry_index), (opens, entries), "{to}");
        entries += 1;
        behind().await;
    }
    // Back again: the clock of a gateway that starts anew is right, and so behind the ledger.
    ahead.kill();
    let back = Process::start(&setting).unwrap();
    let municipality = Caller::connect(&setting, back.address, ASSEN, "wijkteam").await;
    let refused = refusal(&municipality.disclosures().disclose(request()).await.err().unwrap());
    assert_eq!((refused.0, refused.1.as_str()), (Code::Unavailable, "CLOCK_BEHIND"));
    behind().await;
    back.kill();
    right.kill();
    assert_eq!(audit(&setting).await.unwrap().size, entries, "nothing was written by a clock that is behind");
}
