use super::*;
use crate::domain::OrganisationId;
use crate::identity::testing::{
    AUDIENCE, ISSUER, NOW, OIN, Setting, Signer, claims, config, now, peer, publish,
};
use crate::identity::{Algorithm, AuthenticationLevel, IssuerConfig, IssuersProblem};
use serde_json::json;

fn at(seconds: i64) -> Timestamp {
    Timestamp((NOW + seconds) * 1000)
}

#[test]
fn a_token_signed_with_any_allowed_algorithm_says_who_is_asking() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256] {
        let Setting { signer, verifier, .. } = Setting::new(algorithm);
        let verified = verifier.verify(&signer.sign(&claims()), &peer(1), now()).unwrap();
        assert_eq!(verified.hat.to_string(), format!("{OIN}/wijkteam"));
        assert_eq!(verified.level, AuthenticationLevel::Substantial);
        assert_eq!((verified.not_before, verified.expires), (at(-60), at(240)));
        assert_eq!(verified.thumbprint, [1; 32]);
        assert!(!verified.subject.as_str().contains("medewerker"));
    }
}

#[test]
fn an_audience_may_be_an_array_of_exactly_one() {
    let setting = Setting::new(Algorithm::Es256);
    let mut claims = claims();
    claims["aud"] = json!([AUDIENCE]);
    assert_eq!(setting.refusal(&setting.signer.sign(&claims)), "accepted");
}

#[test]
fn a_remembered_token_still_expires_and_still_waits_for_its_time() {
    let Setting { signer, verifier, .. } = Setting::new(Algorithm::Es256);
    let token = signer.sign(&claims());
    let first = verifier.verify(&token, &peer(1), at(0)).unwrap();
    assert!(Arc::ptr_eq(&first, &verifier.verify(&token, &peer(1), at(239)).unwrap()), "not remembered");
    assert_eq!(verifier.verify(&token, &peer(1), at(240)), Err(TokenProblem::Expired));
    assert_eq!(verifier.verify(&token, &peer(1), at(-91)), Err(TokenProblem::NotYetValid));
    assert!(verifier.verify(&token, &peer(1), at(-90)).is_ok());
}

#[test]
fn a_remembered_token_cannot_be_used_over_another_certificate() {
    let Setting { signer, verifier, .. } = Setting::new(Algorithm::Es256);
    let token = signer.sign(&claims());
    verifier.verify(&token, &peer(1), now()).unwrap();
    assert_eq!(verifier.verify(&token, &peer(2), now()), Err(TokenProblem::BoundToOtherCertificate));
    let organisation = OrganisationId::parse("00000099000000002000").unwrap();
    let stranger = PeerCertificate { organisation, thumbprint: [2; 32] };
    assert_eq!(verifier.verify(&token, &stranger, now()), Err(TokenProblem::Organisation));
}

#[test]
fn a_removed_key_ends_its_tokens_at_the_next_reading_even_if_remembered() {
    let Setting { directory, signer, verifier } = Setting::new(Algorithm::Es256);
    let token = signer.sign(&claims());
    verifier.verify(&token, &peer(1), now()).unwrap();
    publish(&directory, &[&Signer::new(Algorithm::Es256, "key-2")]);
    assert_eq!(verifier.refresh(), []);
    assert_eq!(verifier.verify(&token, &peer(1), now()), Err(TokenProblem::KeyUnknown));
}

#[test]
fn an_issuer_that_is_no_longer_trusted_ends_its_tokens_even_if_remembered() {
    let Setting { signer, verifier, .. } = Setting::new(Algorithm::Es256);
    let token = signer.sign(&claims());
    verifier.verify(&token, &peer(1), now()).unwrap();
    verifier.replace(Issuers::load(&[]).unwrap());
    assert_eq!(verifier.verify(&token, &peer(1), now()), Err(TokenProblem::Issuer));
}

#[test]
fn a_key_can_be_rotated_without_one_failed_request() {
    let Setting { directory, signer, verifier } = Setting::new(Algorithm::Es256);
    let successor = Signer::new(Algorithm::Es256, "key-2");
    publish(&directory, &[&signer, &successor]);
    assert!(verifier.verify(&successor.sign(&claims()), &peer(1), at(0)).is_ok());
    assert!(verifier.verify(&signer.sign(&claims()), &peer(1), at(0)).is_ok());
    publish(&directory, &[&successor]);
    verifier.refresh();
    assert!(verifier.verify(&successor.sign(&claims()), &peer(1), at(1)).is_ok());
    assert_eq!(verifier.verify(&signer.sign(&claims()), &peer(1), at(1)), Err(TokenProblem::KeyUnknown));
}

#[test]
fn unknown_kids_make_the_key_file_be_read_at_most_once_per_interval() {
    let Setting { directory, signer, verifier } = Setting::new(Algorithm::Es256);
    let flood = |n: i64| Signer::new(Algorithm::Es256, &format!("unknown-{n}")).sign(&claims());
    assert_eq!(verifier.verify(&flood(0), &peer(1), at(0)), Err(TokenProblem::KeyUnknown));
    // From here on a reading would show: the file holds another key.
    let successor = Signer::new(Algorithm::Es256, "key-2");
    publish(&directory, &[&signer, &successor]);
    for second in 0..30 {
        assert_eq!(verifier.verify(&flood(second), &peer(1), at(second)), Err(TokenProblem::KeyUnknown));
        let token = successor.sign(&claims());
        assert_eq!(verifier.verify(&token, &peer(1), at(second)), Err(TokenProblem::KeyUnknown), "{second}");
    }
    assert!(verifier.verify(&successor.sign(&claims()), &peer(1), at(30)).is_ok());
}

#[test]
fn a_broken_key_file_keeps_the_last_good_keys_and_is_reported() {
    let Setting { directory, signer, verifier } = Setting::new(Algorithm::Es256);
    std::fs::write(directory.path().join("keys.json"), "{").unwrap();
    assert_eq!(verifier.refresh(), [(ISSUER.to_owned(), KeySetProblem::Malformed)]);
    let unknown = Signer::new(Algorithm::Es256, "key-2").sign(&claims());
    assert_eq!(verifier.verify(&unknown, &peer(1), now()), Err(TokenProblem::KeyUnknown));
    assert!(verifier.verify(&signer.sign(&claims()), &peer(1), now()).is_ok());
}

#[test]
fn an_unchanged_key_file_forgets_nothing() {
    let Setting { signer, verifier, .. } = Setting::new(Algorithm::Es256);
    let token = signer.sign(&claims());
    let first = verifier.verify(&token, &peer(1), now()).unwrap();
    verifier.refresh();
    assert!(Arc::ptr_eq(&first, &verifier.verify(&token, &peer(1), now()).unwrap()));
}

#[test]
fn an_issuer_speaks_for_its_own_organisation_only() {
    let Setting { directory, signer, verifier } = Setting::new(Algorithm::Es256);
    let other = OrganisationId::parse("00000099000000002000").unwrap();
    let own = config(&directory, &[Algorithm::Es256]);
    let token = signer.sign(&claims());
    verifier.replace(Issuers::load(&[IssuerConfig { organisation: other, ..own.clone() }]).unwrap());
    assert_eq!(verifier.verify(&token, &peer(1), now()), Err(TokenProblem::Organisation));

    let twice = Issuers::load(&[own.clone(), own.clone()]).unwrap_err();
    assert_eq!(twice, IssuersProblem::Duplicate(ISSUER.to_owned()));
    let none = Issuers::load(&[IssuerConfig { algorithms: vec![], ..own }]).unwrap_err();
    assert_eq!(none, IssuersProblem::NoAlgorithm(ISSUER.to_owned()));
}
