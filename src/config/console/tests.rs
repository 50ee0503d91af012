use crate::config::Settings;

const TEXT: &str = r#"
[server]
certificate = "c"
key = "k"
client_ca = "a"
[ledger]
key = "l"
[covenant]
policies = "p"
parties = "p"
[identity]
audience = "https://sluis.example"
pseudonym_key = "p"
[[issuer]]
issuer = "https://login.example"
organisation = "00000099000000001000"
algorithms = ["ES256"]
key_set = "s"
[console]
address = "https://sluis.example:8445"
[[console.provider]]
id = "care"
organisation = "00000099000000001000"
issuer = "https://login.care.example"
client_id = "console"
client_secret = "care.secret"
ca = "care.pem"
[[console.provider]]
id = "town"
organisation = "00000099000000002000"
issuer = "https://login.town.example"
client_id = "console"
client_secret = "town.secret"
ca = "town.pem"
[console.provider.levels]
"urn:mfa" = "high"
"#;

#[test]
fn a_console_that_says_little_has_what_is_usual() {
    let console = Settings::parse(TEXT).unwrap().console.unwrap();
    assert_eq!(
        (console.listen.port(), console.unused_minutes.get(), console.longest_hours.get()),
        (8445, 15, 8)
    );
    assert_eq!(console.largest_export.get(), 100_000);
    let care = &console.provider[0];
    assert_eq!((care.role_claim.as_str(), care.organisation_claim.as_str()), ("role", "organisation"));
    assert_eq!((care.levels.len(), console.provider[1].levels.len()), (3, 1));
    assert_eq!(care.scopes, ["openid", "profile"]);
}

#[test]
fn what_does_not_fit_is_named_with_its_key() {
    for (old, new, key) in [
        ("https://sluis.example:8445", "http://sluis.example:8445", "console.address"),
        ("https://sluis.example:8445", "https://sluis.example:8445/", "console.address"),
        ("https://sluis.example:8445", "https://Sluis.example", "console.address"),
        ("https://sluis.example:8445", "https://sluis.example:443", "console.address"),
        ("https://sluis.example:8445", "sluis.example", "console.address"),
        ("[console]\n", "[console]\ncertificate = 'x'\n", "console.certificate"),
        ("[console]\n", "[console]\nunused_minutes = 0\n", "console.unused_minutes"),
        ("[console]\n", "[console]\nunused_minutes = 121\n", "console.unused_minutes"),
        ("[console]\n", "[console]\nlongest_hours = 25\n", "console.longest_hours"),
        ("[console]\n", "[console]\nlargest_export = 0\n", "console.largest_export"),
        ("[console]\n", "[console]\ncolour = 'x'\n", "console.colour"),
        ("[console]\n", "[console]\nthemes = { 00000099000000003000 = 'x' }\n", "console.themes"),
        ("address = \"https://sluis.example:8445\"\n", "", "console.address"),
        ("id = \"town\"", "id = \"care\"", "console.provider"),
        ("00000099000000002000", "00000099000000001000", "console.provider"),
        ("login.town", "login.care", "console.provider.issuer"),
        ("id = \"care\"", "id = \"Care\"", "console.provider.id (of 00000099000000001000)"),
        ("id = \"care\"", "id = \"done\"", "console.provider.id (of 00000099000000001000)"),
        ("id = \"care\"", "id = \"\"", "console.provider.id (of 00000099000000001000)"),
        ("https://login.care", "http://login.care", "console.provider.issuer (of 00000099000000001000)"),
        (
            "login.care.example",
            "login.care.example/?a=b",
            "console.provider.issuer (of 00000099000000001000)",
        ),
        (
            "client_id = \"console\"",
            "client_id = \"\"",
            "console.provider.client_id (of 00000099000000001000)",
        ),
        (
            "ca = \"care.pem\"",
            "ca = \"care.pem\"\nalgorithms = []",
            "console.provider.algorithms (of 00000099000000001000)",
        ),
        (
            "ca = \"care.pem\"",
            "ca = \"care.pem\"\nscopes = ['profile']",
            "console.provider.scopes (of 00000099000000001000)",
        ),
        (
            "ca = \"care.pem\"",
            "ca = \"care.pem\"\nrole_claim = ''",
            "console.provider.role_claim (of 00000099000000001000)",
        ),
        ("\"urn:mfa\" = \"high\"", "", "console.provider.levels (of 00000099000000002000)"),
    ] {
        assert!(TEXT.contains(old), "{old}");
        let error = Settings::parse(&TEXT.replacen(old, new, 1)).unwrap_err();
        assert_eq!(error.key, key, "{new}: {error}");
    }
    // One without a provider lets nobody in.
    let (without, _) = TEXT.split_once("[[console.provider]]").unwrap();
    assert!(Settings::parse(without).is_err());
}
