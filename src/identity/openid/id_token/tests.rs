use serde_json::json;
use zeroize::Zeroizing;

use super::*;

const NOW: i64 = 1_780_315_200;

fn config() -> ProviderConfig {
    toml::from_str(
        "id = 'care'\norganisation = '00000099000000001000'\nissuer = 'https://login.example'\nclient_id = 'console'\n\
         client_secret = 's'\nca = 'c'\n",
    )
    .unwrap()
}

fn claims() -> Value {
    json!({
        "iss": "https://login.example", "aud": "console", "exp": NOW + 300, "iat": NOW, "auth_time": NOW - 60,
        "nonce": "n-1", "acr": "substantial", "sub": "fg-1", "organisation": "00000099000000001000",
        "role": "privacy-officer", "name": "Testfunctionaris",
    })
}

fn pseudonyms() -> PseudonymKey {
    PseudonymKey::new(&Zeroizing::new([1; 32])).unwrap()
}

fn judge(config: &ProviderConfig, claims: &Value) -> Result<SignedIn, OpenIdProblem> {
    let expected = Expected { config, nonce: "n-1", max_age: 3_600, now: Timestamp(NOW * 1000) };
    expected.judge(claims.as_object().unwrap(), &pseudonyms())
}

#[test]
fn whoever_signs_in_is_the_same_pseudonym_as_with_a_token() {
    let signed_in = judge(&config(), &claims()).unwrap();
    let organisation = OrganisationId::parse("00000099000000001000").unwrap();
    assert_eq!(signed_in.requester, pseudonyms().requester(&organisation, "fg-1"));
    assert_eq!(signed_in.roles, [Role::parse("privacy-officer").unwrap()]);
    assert_eq!(
        (signed_in.level, signed_in.shown.as_str()),
        (AuthenticationLevel::Substantial, "Testfunctionaris")
    );
}

#[test]
fn a_token_that_differs_in_one_claim_is_refused_with_its_own_code() {
    assert!(judge(&config(), &claims()).is_ok(), "the one that the others differ from");
    for (name, value, code) in [
        ("iss", json!("https://login.example/"), "TOKEN_ISSUER"),
        ("iss", Value::Null, "TOKEN_ISSUER"),
        ("aud", json!("another"), "TOKEN_AUDIENCE"),
        ("aud", json!(["console", "another"]), "TOKEN_AUDIENCE"),
        ("aud", json!([]), "TOKEN_AUDIENCE"),
        ("azp", json!("another"), "TOKEN_AUDIENCE"),
        ("azp", json!(1), "TOKEN_AUDIENCE"),
        ("exp", json!(NOW), "TOKEN_EXPIRED"),
        ("exp", json!((NOW + 300).to_string()), "TOKEN_CLAIM"),
        ("exp", Value::Null, "TOKEN_CLAIM"),
        ("iat", json!(NOW + 31), "TOKEN_NOT_YET_VALID"),
        ("iat", Value::Null, "TOKEN_CLAIM"),
        ("nonce", json!("n-2"), "TOKEN_NONCE"),
        ("nonce", Value::Null, "TOKEN_NONCE"),
        ("nonce", json!(["n-1"]), "TOKEN_NONCE"),
        ("auth_time", json!(NOW - 3_631), "TOKEN_AUTH_TIME"),
        ("auth_time", json!(NOW + 31), "TOKEN_AUTH_TIME"),
        ("auth_time", Value::Null, "TOKEN_AUTH_TIME"),
        ("acr", json!("urn:strong"), "TOKEN_LEVEL"),
        ("acr", Value::Null, "TOKEN_LEVEL"),
        ("acr", json!(["high"]), "TOKEN_LEVEL"),
        ("organisation", json!("00000099000000002000"), "TOKEN_ORGANISATION"),
        ("organisation", Value::Null, "TOKEN_ORGANISATION"),
        ("sub", json!(""), "TOKEN_CLAIM"),
        ("sub", json!("x".repeat(256)), "TOKEN_CLAIM"),
        ("sub", json!(7), "TOKEN_CLAIM"),
        ("role", Value::Null, "TOKEN_CLAIM"),
        ("role", json!([1]), "TOKEN_CLAIM"),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        let code_of = judge(&config(), &claims).map_or_else(|problem| problem.code(), |_| "accepted");
        assert_eq!(code_of, code, "{name} {value}");
    }
}

#[test]
fn what_a_directory_calls_things_is_configured() {
    let mut config = config();
    config.role_claim = "groups".to_owned();
    config.organisation_claim = String::new();
    config.levels = [("urn:mfa".to_owned(), AuthenticationLevel::High)].into();
    let mut claims = claims();
    claims["groups"] = json!(["privacy-officer", "CN=Iedereen, DC=voorbeeld"]);
    claims["acr"] = json!("urn:mfa");
    claims.as_object_mut().unwrap().remove("organisation");
    let signed_in = judge(&config, &claims).unwrap();
    assert_eq!((signed_in.roles.len(), signed_in.level), (1, AuthenticationLevel::High));
}

#[test]
fn a_name_is_shortened_and_holds_no_control_characters() {
    assert_eq!(shown(" a\u{1b}[31mb\r\n "), "a[31mb");
    assert_eq!(shown(&"x".repeat(200)).chars().count(), SHOWN);
}
