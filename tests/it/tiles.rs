//! The ledger over HTTPS: who gets which part of it, and that whoever reads entries is in the ledger too.

use std::net::SocketAddr;

use sluis::contract::v1::*;
use sluis::ledger::{Checkpoint, leaf_hash};

use crate::harness::*;
use crate::records;

/// Not a party, but named as a witness.
const WITNESS: &str = GATEWAY;

/// A gateway that serves its tiles; Accare's officers may verify.
async fn gateway() -> (TestGateway, SocketAddr) {
    let parties = shipped_parties().replacen("may = [\"audit\"]", "may = [\"audit\", \"verify\"]", 1);
    let custodians = vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "twee")])))];
    let setting = Setting::among(&parties, custodians);
    // The school has a certificate, but left the covenant.
    std::fs::write(setting.path().join("parties.toml"), parties.replace(SCHOOL, "00000099000000000999"))
        .unwrap();
    let address = free_address();
    setting.configure(
        "[custodians]",
        &format!("[tiles]\nlisten = \"{address}\"\nwitnesses = [\"{WITNESS}\"]\n\n[custodians]"),
    );
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    consented(&care, &bsn(0), "acc-1", &["person.name"]).await;
    municipality.disclosures().disclose(ask(&bsn(0), ACCARE, "housing", &["person.name"])).await.unwrap();
    (gateway, address)
}

fn size_in(setting: &Setting, answer: &Answer) -> u64 {
    let text = String::from_utf8(answer.body.clone()).unwrap();
    Checkpoint::parse_and_verify(&text, setting.verifier.name(), &setting.verifier).unwrap().size
}

#[tokio::test(flavor = "multi_thread")]
async fn hash_tiles_are_for_parties_and_witnesses_and_entries_for_whoever_may_verify_and_has_a_token() {
    let (gateway, tiles) = gateway().await;
    let setting = &gateway.setting;
    let auditor = setting.token(ACCARE, "privacy-officer", "officer-1", ACCARE);
    let officer = setting.token(ASSEN, "privacy-officer", "officer-2", ASSEN);
    let professional = setting.token(ACCARE, "fact-behandelaar", "professional-1", ACCARE);
    let low = sluis::identity::AuthenticationLevel::Low;
    let unsure = setting.token_at(low, ACCARE, "privacy-officer", "officer-1", ACCARE);
    let checkpoint = get(setting, tiles, ASSEN, None, "/checkpoint").await;
    let size = size_in(setting, &checkpoint);
    assert_eq!(size, 4, "covenant, registration, consent, disclosure");

    let (hashes, entries) = ("/tile/0/000.p/4", "/tile/entries/000.p/4");
    for (organisation, token, path, status, code) in [
        (ACCARE, None, "/checkpoint", 200, ""),
        (WITNESS, None, "/checkpoint", 200, ""),
        (SCHOOL, None, "/checkpoint", 403, "PARTY_UNKNOWN"),
        (ACCARE, None, hashes, 200, ""),
        (WITNESS, None, hashes, 200, ""),
        (SCHOOL, None, hashes, 403, "PARTY_UNKNOWN"),
        (ACCARE, Some(&auditor), entries, 200, ""),
        (ACCARE, Some(&auditor), "/tile/entries/000.p/2", 200, ""),
        (ACCARE, None, entries, 401, "TOKEN_MISSING"),
        (WITNESS, None, entries, 401, "TOKEN_MISSING"),
        (ACCARE, Some(&professional), entries, 403, "ROLE_MAY_NOT"),
        (ASSEN, Some(&officer), entries, 403, "ROLE_MAY_NOT"),
        (ACCARE, Some(&unsure), entries, 403, "AUTHENTICATION_LEVEL_TOO_LOW"),
        (ASSEN, Some(&auditor), entries, 401, "TOKEN_ORGANISATION"),
        (ACCARE, Some(&auditor), "/tile/entries/000", 404, "NOT_FOUND"),
        (ACCARE, Some(&auditor), "/tile/entries/001.p/1", 404, "NOT_FOUND"),
        (ACCARE, None, "/tile/0/000", 404, "NOT_FOUND"),
        (ACCARE, None, "/tile/1/000.p/1", 404, "NOT_FOUND"),
        (ACCARE, None, "/tile/0/000.p/04", 404, "NOT_FOUND"),
        (ACCARE, None, "/tile/0/../entries/000.p/4", 404, "NOT_FOUND"),
        (ACCARE, None, "/", 404, "NOT_FOUND"),
    ] {
        let answer = get(setting, tiles, organisation, token.map(String::as_str), path).await;
        assert_eq!(answer.status, status, "{organisation} {path}: {answer:?}");
        if status != 200 {
            assert_eq!(answer.code(), code, "{organisation} {path}");
        }
        let whole_entries = status == 200 && path.contains("entries");
        assert_eq!(
            answer.head.contains("cache-control: no-store"),
            path == "/checkpoint" || whole_entries || status != 200
        );
    }
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_served_is_the_tree_that_was_signed_and_reading_entries_is_an_entry_first() {
    let (gateway, tiles) = gateway().await;
    let setting = &gateway.setting;
    let auditor = setting.token(ACCARE, "privacy-officer", "officer-1", ACCARE);
    let auditor = Some(auditor.as_str());
    let bundle = get(setting, tiles, ACCARE, auditor, "/tile/entries/000.p/4").await;
    let hashes = get(setting, tiles, ACCARE, None, "/tile/0/000.p/4").await;
    assert_eq!(size_in(setting, &get(setting, tiles, ACCARE, None, "/checkpoint").await), 5);
    let (mut rest, mut leaves) = (bundle.body.as_slice(), Vec::new());
    while let Some((length, more)) = rest.split_first_chunk::<2>() {
        let (entry, more) = more.split_at(u16::from_be_bytes(*length).into());
        leaves.extend(leaf_hash(entry).0);
        rest = more;
    }
    assert_eq!(leaves, hashes.body);

    // The same again, and less of it, is covered by the same record. More is not.
    get(setting, tiles, ACCARE, auditor, "/tile/entries/000.p/4").await;
    get(setting, tiles, ACCARE, auditor, "/tile/entries/000.p/1").await;
    assert_eq!(size_in(setting, &get(setting, tiles, ACCARE, None, "/checkpoint").await), 5);
    get(setting, tiles, ACCARE, auditor, "/tile/entries/000.p/5").await;
    assert_eq!(size_in(setting, &get(setting, tiles, ACCARE, None, "/checkpoint").await), 6);

    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let entry =
        officer.audit().get_entry(GetEntryRequest { index: 4 }).await.unwrap().into_inner().entry.unwrap();
    assert_eq!((entry.event.as_str(), entry.recipient.as_str()), ("log-read", ACCARE));
    let text = String::from_utf8(entry.entry).unwrap();
    assert!(text.contains("{\"log_read\":{\"view\":\"bundles\",\"from\":0,\"until\":4,"), "{text}");
    gateway.finish().await;
}
