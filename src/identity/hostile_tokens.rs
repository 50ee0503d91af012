//! Tokens as an attacker would make them. Each differs in one thing from a token that is accepted, is signed
//! validly unless its signature is the point, and must be refused with its own code.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::testing::{NOW, OIN, Setting, Signer, claims, now, peer};
use super::*;

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn with(mut object: Value, name: &str, value: impl Into<Value>) -> Value {
    object[name] = value.into();
    object
}

#[test]
fn a_token_whose_claims_are_not_what_they_must_be_is_refused() {
    let setting = Setting::new(Algorithm::Es256);
    let long = "x".repeat(129);
    let thumbprint = URL_SAFE_NO_PAD.encode([1; 32]);
    let table: Vec<(&str, Value, &str)> = vec![
        ("aud", json!("https://other.example"), "TOKEN_AUDIENCE"),
        ("aud", json!(format!("{}/", testing::AUDIENCE)), "TOKEN_AUDIENCE"),
        ("aud", json!([testing::AUDIENCE, "https://other.example"]), "TOKEN_AUDIENCE"),
        ("aud", json!([testing::AUDIENCE, testing::AUDIENCE]), "TOKEN_AUDIENCE"),
        ("aud", json!([]), "TOKEN_AUDIENCE"),
        ("aud", json!([[testing::AUDIENCE]]), "TOKEN_AUDIENCE"),
        ("aud", json!(1), "TOKEN_AUDIENCE"),
        ("iss", json!("https://login.other.example"), "TOKEN_ISSUER"),
        ("iss", json!([testing::ISSUER]), "TOKEN_ISSUER"),
        ("iss", json!(format!("{} ", testing::ISSUER)), "TOKEN_ISSUER"),
        ("exp", json!(NOW), "TOKEN_EXPIRED"),
        ("exp", json!(NOW - 1), "TOKEN_EXPIRED"),
        ("exp", json!(0), "TOKEN_EXPIRED"),
        ("exp", json!((NOW + 240).to_string()), "TOKEN_CLAIM exp"),
        ("exp", json!(1_780_315_440.5), "TOKEN_CLAIM exp"),
        ("exp", json!(1_780_315_440.0), "TOKEN_CLAIM exp"),
        ("exp", json!(-1), "TOKEN_CLAIM exp"),
        ("exp", json!(i64::MAX as u64 + 1), "TOKEN_CLAIM exp"),
        ("exp", json!(i64::MAX), "TOKEN_CLAIM exp"),
        ("exp", json!(253_402_300_800_i64), "TOKEN_CLAIM exp"),
        ("exp", Value::Null, "TOKEN_CLAIM exp"),
        ("exp", json!([NOW + 240]), "TOKEN_CLAIM exp"),
        ("exp", json!(true), "TOKEN_CLAIM exp"),
        ("exp", json!(NOW - 60 + 901), "TOKEN_LIFETIME"),
        ("exp", json!(253_402_300_799_i64), "TOKEN_LIFETIME"),
        ("nbf", json!(NOW + 31), "TOKEN_NOT_YET_VALID"),
        ("nbf", json!((NOW - 60).to_string()), "TOKEN_CLAIM nbf"),
        ("nbf", json!(-1), "TOKEN_CLAIM nbf"),
        ("nbf", json!(0.5), "TOKEN_CLAIM nbf"),
        ("nbf", Value::Null, "TOKEN_CLAIM nbf"),
        ("nbf", json!(0), "TOKEN_LIFETIME"),
        ("iat", json!(NOW + 31), "TOKEN_NOT_YET_VALID"),
        ("iat", json!("now"), "TOKEN_CLAIM iat"),
        ("iat", json!(-1), "TOKEN_CLAIM iat"),
        ("iat", Value::Null, "TOKEN_CLAIM iat"),
        ("jti", json!("0123456789abcde"), "TOKEN_CLAIM jti"),
        ("jti", json!(long), "TOKEN_CLAIM jti"),
        ("jti", json!(12_345_678_901_234_567_u64), "TOKEN_CLAIM jti"),
        ("sub", json!(""), "TOKEN_CLAIM sub"),
        ("sub", json!(long), "TOKEN_CLAIM sub"),
        ("sub", json!({ "name": "x" }), "TOKEN_CLAIM sub"),
        ("organisation", json!("00000099000000002000"), "TOKEN_ORGANISATION"),
        ("organisation", json!([OIN]), "TOKEN_CLAIM organisation"),
        ("organisation", json!("Gemeente!"), "TOKEN_CLAIM organisation"),
        ("role", json!(["wijkteam", "beheerder"]), "TOKEN_CLAIM role"),
        ("role", json!("Wijkteam"), "TOKEN_CLAIM role"),
        ("role", json!(""), "TOKEN_CLAIM role"),
        ("acr", json!("very-high"), "TOKEN_CLAIM acr"),
        ("acr", json!(3), "TOKEN_CLAIM acr"),
        ("acr", json!("HIGH"), "TOKEN_CLAIM acr"),
        ("cnf", json!({}), "TOKEN_UNBOUND"),
        ("cnf", json!(thumbprint), "TOKEN_UNBOUND"),
        ("cnf", Value::Null, "TOKEN_UNBOUND"),
        ("cnf", json!({ "jkt": thumbprint }), "TOKEN_UNBOUND"),
        ("cnf", json!({ "x5t#S256": thumbprint, "jkt": thumbprint }), "TOKEN_UNBOUND"),
        ("cnf", json!({ "x5t#S256": "" }), "TOKEN_UNBOUND"),
        ("cnf", json!({ "x5t#S256": [thumbprint] }), "TOKEN_UNBOUND"),
        ("cnf", json!({ "x5t#S256": URL_SAFE_NO_PAD.encode([1; 31]) }), "TOKEN_UNBOUND"),
        ("cnf", json!({ "x5t#S256": format!("{thumbprint}=") }), "TOKEN_UNBOUND"),
        ("cnf", json!({ "x5t#S256": URL_SAFE_NO_PAD.encode([2; 32]) }), "TOKEN_BOUND_TO_OTHER_CERTIFICATE"),
    ];
    for (name, value, code) in table {
        let token = setting.signer.sign(&with(claims(), name, value.clone()));
        let problem = setting.verifier.verify(&token, &peer(1), now()).expect_err(name);
        let found =
            problem.claim().map_or_else(|| problem.code().to_owned(), |c| format!("{} {c}", problem.code()));
        assert_eq!(found, code, "{name} = {value}");
        assert!(
            !problem.to_string().contains(OIN) && !problem.to_string().contains("medewerker"),
            "{problem}"
        );
    }
}

#[test]
fn a_token_without_a_required_claim_is_refused() {
    let setting = Setting::new(Algorithm::Es256);
    for (name, code) in [
        ("iss", "TOKEN_ISSUER"),
        ("aud", "TOKEN_AUDIENCE"),
        ("exp", "TOKEN_CLAIM"),
        ("nbf", "TOKEN_CLAIM"),
        ("jti", "TOKEN_CLAIM"),
        ("sub", "TOKEN_CLAIM"),
        ("organisation", "TOKEN_CLAIM"),
        ("role", "TOKEN_CLAIM"),
        ("acr", "TOKEN_CLAIM"),
        ("cnf", "TOKEN_UNBOUND"),
        ("iat", "accepted"),
    ] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        assert_eq!(setting.refusal(&setting.signer.sign(&claims)), code, "{name}");
    }
}

#[test]
fn a_header_that_brings_its_own_rules_or_keys_is_refused() {
    let setting = Setting::new(Algorithm::Es256);
    let table: Vec<(&str, Value, &str)> = vec![
        ("alg", json!("none"), "TOKEN_ALGORITHM"),
        ("alg", json!("None"), "TOKEN_ALGORITHM"),
        ("alg", json!("HS256"), "TOKEN_ALGORITHM"),
        ("alg", json!("es256"), "TOKEN_ALGORITHM"),
        ("alg", json!("ES384"), "TOKEN_ALGORITHM"),
        ("alg", json!("RS256"), "TOKEN_ALGORITHM"),
        ("alg", json!(["ES256"]), "TOKEN_ALGORITHM"),
        ("alg", Value::Null, "TOKEN_ALGORITHM"),
        ("typ", json!("JWE"), "TOKEN_MALFORMED"),
        ("typ", json!("dpop+jwt"), "TOKEN_MALFORMED"),
        ("typ", json!(""), "TOKEN_MALFORMED"),
        ("typ", Value::Null, "TOKEN_MALFORMED"),
        ("jwk", setting.signer.jwk.clone(), "TOKEN_MALFORMED"),
        ("jku", json!("https://attacker.example/keys.json"), "TOKEN_MALFORMED"),
        ("x5u", json!("https://attacker.example/certificate.pem"), "TOKEN_MALFORMED"),
        ("x5c", json!(["MIIB"]), "TOKEN_MALFORMED"),
        ("crit", json!(["exp"]), "TOKEN_MALFORMED"),
        ("crit", json!([]), "TOKEN_MALFORMED"),
        ("b64", json!(false), "TOKEN_MALFORMED"),
        ("zip", json!("DEF"), "TOKEN_MALFORMED"),
        ("cty", json!("JWT"), "TOKEN_MALFORMED"),
        ("kid", json!("key-2"), "TOKEN_KEY_UNKNOWN"),
        ("kid", json!("../../etc/passwd"), "TOKEN_KEY_UNKNOWN"),
        ("kid", Value::Null, "TOKEN_KEY_UNKNOWN"),
        ("typ", json!("at+JWT"), "accepted"),
        ("typ", json!("jwt"), "accepted"),
        ("x5t#S256", json!("AAAA"), "accepted"),
    ];
    for (name, value, code) in table {
        let header = with(setting.signer.header(), name, value.clone());
        let token = setting.signer.sign_raw(&header.to_string(), &claims().to_string());
        assert_eq!(setting.refusal(&token), code, "{name} = {value}");
    }
}

#[test]
fn a_token_that_two_readers_could_read_differently_is_refused() {
    let setting = Setting::new(Algorithm::Es256);
    let (header, claims) = (setting.signer.header().to_string(), claims().to_string());
    let good = setting.signer.sign_raw(&header, &claims);
    let sign = |header: &str, claims: &str| setting.signer.sign_raw(header, claims);
    let open = |json: &str| json.trim_end_matches('}').to_owned();
    let (message, signature) = good.rsplit_once('.').unwrap();
    for (what, token, code) in [
        ("empty", String::new(), "TOKEN_MISSING"),
        ("one part", "abc".to_owned(), "TOKEN_MALFORMED"),
        ("two parts", message.to_owned(), "TOKEN_MALFORMED"),
        ("four parts", format!("{good}.abc"), "TOKEN_MALFORMED"),
        ("five parts, as a JWE has", format!("{good}.abc.abc"), "TOKEN_MALFORMED"),
        ("no signature", format!("{message}."), "TOKEN_SIGNATURE"),
        ("signature padded", format!("{good}="), "TOKEN_SIGNATURE"),
        ("signature cut", good[..good.len() - 4].to_owned(), "TOKEN_SIGNATURE"),
        ("signature of zeros", format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64])), "TOKEN_SIGNATURE"),
        ("header padded", format!("{}=.{}.{signature}", encode(&header), encode(&claims)), "TOKEN_MALFORMED"),
        ("standard base64", good.replacen('.', "+.", 1), "TOKEN_MALFORMED"),
        ("space before", format!(" {good}"), "TOKEN_MALFORMED"),
        ("newline after", format!("{good}\n"), "TOKEN_SIGNATURE"),
        ("alg twice", sign(&header.replacen('{', r#"{"alg":"none","#, 1), &claims), "TOKEN_MALFORMED"),
        ("exp twice", sign(&header, &claims.replacen('{', r#"{"exp":9,"#, 1)), "TOKEN_MALFORMED"),
        ("sub twice", sign(&header, &claims.replacen('{', r#"{"sub":"a","#, 1)), "TOKEN_MALFORMED"),
        (
            "sub twice, escaped",
            sign(&header, &claims.replacen('{', "{\"\\u0073ub\":\"a\",", 1)),
            "TOKEN_MALFORMED",
        ),
        (
            "cnf member twice",
            sign(&header, &claims.replacen(r#""x5t#S256":"#, r#""x5t#S256":"A","x5t#S256":"#, 1)),
            "TOKEN_MALFORMED",
        ),
        ("claims cut", sign(&header, &open(&claims)), "TOKEN_MALFORMED"),
        ("claims an array", sign(&header, "[]"), "TOKEN_MALFORMED"),
        ("claims twice", sign(&header, &format!("{claims}{claims}")), "TOKEN_MALFORMED"),
        ("header a string", sign("\"ES256\"", &claims), "TOKEN_MALFORMED"),
        ("exp as 1e10", sign(&header, &claims.replacen(&(NOW + 240).to_string(), "1e10", 1)), "TOKEN_CLAIM"),
        ("exp as -0", sign(&header, &claims.replacen(&(NOW + 240).to_string(), "-0", 1)), "TOKEN_CLAIM"),
        (
            "exp of 40 digits",
            sign(&header, &claims.replacen(&(NOW + 240).to_string(), &"9".repeat(40), 1)),
            "TOKEN_CLAIM",
        ),
        (
            "deeply nested",
            sign(&header, &format!(r#"{{"a":{}{}}}"#, "[".repeat(500), "]".repeat(500))),
            "TOKEN_MALFORMED",
        ),
        (
            "too long",
            sign(&header, &claims.replacen('{', &format!("{{\"a\":\"{}\",", "x".repeat(8192)), 1)),
            "TOKEN_MALFORMED",
        ),
        (
            "not UTF-8 but base64",
            format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode([0xff; 9]), encode(&claims)),
            "TOKEN_MALFORMED",
        ),
        ("the good one", good.clone(), "accepted"),
    ] {
        assert_eq!(setting.refusal(&token), code, "{what}");
    }
}

#[test]
fn a_signature_of_another_key_algorithm_or_text_is_refused() {
    let setting = Setting::new(Algorithm::Es256);
    let imposter = Signer::new(Algorithm::Es256, "key-1");
    assert_eq!(setting.refusal(&imposter.sign(&claims())), "TOKEN_SIGNATURE");

    let good = setting.signer.sign(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let raised = encode(&with(claims(), "acr", "high").to_string());
    assert_eq!(setting.refusal(&format!("{}.{raised}.{}", parts[0], parts[2])), "TOKEN_SIGNATURE");

    // A MAC under the public key: the oldest trick (RFC 8725 §2.1), under each name of the algorithm.
    for (alg, code) in [("HS256", "TOKEN_ALGORITHM"), ("ES256", "TOKEN_SIGNATURE")] {
        let header = with(setting.signer.header(), "alg", alg).to_string();
        let message = format!("{}.{}", encode(&header), encode(&claims().to_string()));
        let public = URL_SAFE_NO_PAD.decode(setting.signer.jwk["x"].as_str().unwrap()).unwrap();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &public);
        let mac = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, message.as_bytes()));
        assert_eq!(setting.refusal(&format!("{message}.{mac}")), code, "{alg}");
    }
}

#[test]
fn a_key_is_never_used_with_an_algorithm_of_another_type() {
    let all = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256];
    for algorithm in all {
        let setting = Setting::allowing(algorithm, &all);
        for named in all.into_iter().filter(|named| *named != algorithm) {
            let header = with(setting.signer.header(), "alg", named.name()).to_string();
            let token = setting.signer.sign_raw(&header, &claims().to_string());
            let both_rsa =
                [algorithm, named].iter().all(|a| matches!(a, Algorithm::Rs256 | Algorithm::Ps256));
            let code = if both_rsa { "TOKEN_SIGNATURE" } else { "TOKEN_ALGORITHM" };
            assert_eq!(setting.refusal(&token), code, "{algorithm:?} named {named:?}");
        }
    }
}
