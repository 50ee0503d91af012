//! What people see of an entry whose retention is over.

use std::sync::Arc;

use super::*;
use crate::ambient::DevelopmentClock;
use crate::gateway::LetGo;
use crate::ledger::{Hash, Receipt};

#[tokio::test]
async fn an_entry_whose_retention_is_over_says_so_and_its_receipt_still_proves_it() {
    let clock = Arc::new(DevelopmentClock::default());
    let house = House::open_at(clock.clone()).await;
    consented(&house).await;
    let mut disclosures = DisclosureServiceClient::new(house.connect(ASSEN).await);
    let ask = disclose(client(), &["housing.situation"]);
    let answer = disclosures.disclose(house.ask(ASSEN, ROLE, ask)).await.unwrap().into_inner();
    let (index, leaf) = (answer.entry_index, Hash(answer.leaf.try_into().unwrap()));
    assert_eq!((index, answer.released.len()), (3, 1));
    let mut audits = AuditServiceClient::new(house.connect(ACCARE).await);
    let officer = "privacy-officer";
    let explain = v1::ExplainEntryRequest { index };
    let explained = audits.explain_entry(house.ask(ACCARE, officer, explain)).await.unwrap().into_inner();
    assert!(explained.decided && explained.same && explained.entry.unwrap().index == index);
    assert_eq!(house.gateway.expire().await.unwrap(), LetGo::default(), "nothing is old");

    clock.set(SystemClock.now().plus(6 * 366 * 86_400_000)).unwrap();
    assert_eq!(house.gateway.expire().await.unwrap(), LetGo { entries: 4, clients: 1 });

    let get = v1::GetEntryRequest { index };
    let gone = audits.get_entry(house.ask(ACCARE, officer, get)).await.err().unwrap();
    assert_eq!((gone.code(), reason(&gone).as_str()), (Code::NotFound, "ENTRY_EXPIRED"));
    let gone = audits.explain_entry(house.ask(ACCARE, officer, explain)).await.err().unwrap();
    assert_eq!(reason(&gone), "ENTRY_EXPIRED");
    let list = v1::ListEntriesRequest::default();
    let list = audits.list_entries(house.ask(ACCARE, officer, list)).await.unwrap().into_inner();
    assert_eq!(list.expired_before, 5);
    let events: Vec<&str> = list.entries.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(events, ["expired", "covenant-adopted"], "both say nothing about anybody");

    let receipt = v1::GetReceiptRequest { index };
    let receipt = audits.get_receipt(house.ask(ACCARE, officer, receipt)).await.unwrap().into_inner();
    let checkpoint = |receipt: &str| {
        Receipt::parse(receipt).unwrap().verify_leaf(&leaf, "sluis.example", &house.verifier).unwrap()
    };
    assert!(checkpoint(&receipt.receipt).size > checkpoint(&answer.receipt).size);

    let mut again = disclose(client(), &["housing.situation"]);
    again.request_id = "0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d14".to_owned();
    let answer = disclosures.disclose(house.ask(ASSEN, ROLE, again)).await.unwrap().into_inner();
    assert_eq!(answer.withheld[0].reason, "NO_CONSENT", "the client is not known any more");
}
