use super::*;
use crate::policy::bundle::DEADLINES;
use crate::policy::bundle::SCHEMA;
use crate::policy::rule::InForce;

/// The shipped covenant, with the example parties.
pub(in crate::policy) fn shipped() -> Bundle {
    let files = [
        (SCHEMA, include_str!("../../../policies/schema.cedarschema")),
        (CATALOGUE, include_str!("../../../policies/catalogue.toml")),
        (PURPOSES, include_str!("../../../policies/purposes.toml")),
        (DEADLINES, include_str!("../../../policies/deadlines.toml")),
        (PARTIES, include_str!("../../../deploy/parties.toml")),
        ("consent.cedar", include_str!("../../../policies/consent.cedar")),
        ("emergency.cedar", include_str!("../../../policies/emergency.cedar")),
        ("grounds.cedar", include_str!("../../../policies/grounds.cedar")),
        ("purpose.cedar", include_str!("../../../policies/purpose.cedar")),
        ("recipient.cedar", include_str!("../../../policies/recipient.cedar")),
        ("statutory.cedar", include_str!("../../../policies/statutory.cedar")),
        ("trust.cedar", include_str!("../../../policies/trust.cedar")),
    ];
    let mut bundle = Bundle::default();
    for (name, text) in files {
        bundle.insert(name, text.to_owned());
    }
    bundle
}

/// The shipped covenant with one text in one file replaced.
pub(in crate::policy) fn changed(file: &str, from: &str, to: &str) -> Bundle {
    let mut bundle = shipped();
    let text = bundle.text(file).to_owned();
    assert!(text.contains(from), "{file}: {from}");
    bundle.insert(file, text.replacen(from, to, 1));
    bundle
}

/// The shipped covenant with a file of rules more.
pub(in crate::policy) fn with_rule(rule: &str) -> Bundle {
    let mut bundle = shipped();
    bundle.insert("extra.cedar", rule.to_owned());
    bundle
}

fn refusal(bundle: &Bundle) -> String {
    Covenant::from_bundle(bundle).err().expect("refused").to_string()
}

#[test]
fn each_ground_but_two_has_one_permit_with_a_source_and_three_are_never_in_force() {
    let covenant = Covenant::from_bundle(&shipped()).unwrap();
    let rules = covenant.rules();
    for number in 1..=15 {
        let ground = Ground::parse(&format!("R{number:02}")).unwrap();
        let permits: Vec<_> = rules.iter().filter(|rule| rule.opens() == Some(ground)).collect();
        assert_eq!(permits.len(), usize::from(!matches!(number, 11 | 12)), "{ground}");
        for permit in permits {
            assert!(permit.source.as_ref().is_some_and(|s| s.len() > 5), "{ground}");
            assert_eq!(permit.in_force == InForce::Never, [8, 13, 14].contains(&number), "{ground}");
        }
    }
    let opening = |rule: &&&Rule| rule.told.is_none();
    assert_eq!(rules.iter().filter(opening).count(), 13 + 1, "nothing else opens but the override of T1-05");
    assert!(rules.windows(2).all(|two| (&two[0].file, two[0].line) < (&two[1].file, two[1].line)));
    for rule in rules {
        let text = shipped().text(&rule.file).to_owned();
        let first = rule.text.lines().next().unwrap();
        assert_eq!(text.lines().nth(rule.line - 1).unwrap(), first, "{}", rule.id);
        assert!(first.contains(&*rule.id), "{first}");
    }
}

fn folders() -> (std::path::PathBuf, std::path::PathBuf) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    (root.join("policies"), root.join("deploy/parties.toml"))
}

/// A copy of the shipped files in a folder of its own.
fn copy(name: &str) -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("sluis-covenant-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let bundle = shipped();
    for name in [SCHEMA, CATALOGUE, PURPOSES, DEADLINES, PARTIES] {
        std::fs::write(dir.join(name), bundle.text(name)).unwrap();
    }
    bundle.rules().for_each(|(name, text)| std::fs::write(dir.join(name), text).unwrap());
    dir
}

#[test]
fn the_shipped_covenant_loads_and_its_files_are_the_tested_ones() {
    let (policies, parties) = folders();
    let covenant = Covenant::load(&policies, &parties).unwrap();
    assert_eq!(covenant.digest, shipped().digest().unwrap());
    assert_eq!(covenant.parties_digest, shipped().parties_digest().unwrap());
    assert_eq!(covenant.parties.iter().count(), 14);
    assert!(
        covenant.parties.iter().all(|p| p.id.as_str().len() == 20 && p.id.as_str().starts_with("00000099"))
    );
}

#[test]
fn a_wrong_rule_is_refused_with_its_file_and_the_remedy() {
    let forbid = |annotations: &str, when: &str| {
        format!(
            "{annotations} forbid (principal, action == Action::\"disclose\", resource) when {{ {when} }};"
        )
    };
    let good = "@id(\"extra\") @reason(\"OUTSIDE_PURPOSE\")";
    let school = "principal.kind == PartyKind::\"school\"";
    let permit = |annotations: &str| {
        let above = format!("@id(\"extra\") @reason(\"RELEASED\") {annotations}");
        forbid(&above, school).replace("forbid", "permit")
    };
    assert!(Covenant::from_bundle(&with_rule(&forbid(good, school))).is_ok());
    let dated = permit("@source(\"x\") @in_force_from(\"2026-01-01\") @in_force_until(\"2026-12-31\")");
    assert!(Covenant::from_bundle(&with_rule(&dated)).is_ok());
    let table = [
        (forbid("@reason(\"OUTSIDE_PURPOSE\")", school), "has no @id"),
        (forbid("@id @reason(\"OUTSIDE_PURPOSE\")", school), "has no @id"),
        (forbid("@id(\"no-consent\") @reason(\"NO_CONSENT\")", school), "used twice"),
        (forbid("@id(\"default-deny\") @reason(\"NO_CONSENT\")", school), "reserved"),
        (forbid("@id(\"extra\")", school), "has the @reason"),
        (forbid("@id(\"extra\") @reason(\"FATHER_REFUSED\")", school), "has the @reason"),
        (forbid("@id(\"extra\") @reason(\"RELEASED\")", school), "has the @reason"),
        (forbid(good, school).replace("forbid", "permit"), "RELEASED"),
        (forbid(good, "principal.salary > 1"), "salary"),
        (forbid(good, "context.client == \"x\""), "client"),
        (forbid(good, "principal.kind == \"school\""), "not compatible"),
        (forbid(good, "principal.kind == PartyKind::\"shcool\""), "shcool"),
        (forbid(good, "1 == 2"), "impossible"),
        (forbid(good, school).replace("principal,", "principal == ?principal,"), "template"),
        (forbid(good, school).replace("disclose", "disclsoe"), "disclsoe"),
        (forbid(&format!("{good} @sources(\"x\")"), school), "annotation"),
        (forbid(&format!("{good} @in_force_form(\"2026-01-01\")"), school), "annotation"),
        (forbid(&format!("{good} @in_force_from(\"2026-1-1\")"), school), "2026-11-22"),
        (forbid(&format!("{good} @in_force_until(\"never\")"), school), "2026-11-22"),
        (permit("@source(\"x\")"), "in_force_from"),
        (permit("@in_force_from(\"2026-01-01\")"), "@source"),
        (permit("@source(\" \") @in_force_from(\"2026-01-01\")"), "@source"),
        (permit("@source(\"x\") @in_force_from(\"soon\")"), "in_force_from"),
        (forbid(good, "context.ground == Ground::\"R16\""), "R16"),
        (forbid(good, "context.purpose == Purpose::\"XXX\""), "XXX"),
        ("forbid (principal".to_owned(), "unexpected"),
    ];
    for (rule, remedy) in table {
        let error = refusal(&with_rule(&format!("// first line\n{rule}")));
        assert!(error.starts_with("extra.cedar: line 2: "), "{rule}: {error}");
        assert!(error.contains(remedy), "{rule}: {error}");
    }
}

#[test]
fn a_wrong_schema_or_list_is_refused_with_its_file() {
    let table = [
        (SCHEMA, "entity Hat", "entiteit Hat"),
        (SCHEMA, "kind: PartyKind", "kind: PartyKinds"),
        (SCHEMA, "    on_agenda: Bool,\n", "    on_agenda: Bool,\n    colour: String,\n"),
        (SCHEMA, "\"provisions\"", "\"provision\""),
        (PURPOSES, "\"R12\"", "\"R16\""),
        (PURPOSES, "\"R12\"", "\"R13\""),
        (PURPOSES, "\"R12\"", "\"R11\""),
        (SCHEMA, "\"MEL\", //", "\"MLD\", //"),
        (PURPOSES, "code = \"CON\"", "code = \"CAS\""),
        (CATALOGUE, "purposes = [\"CAS\"", "purposes = [\"XXX\""),
        (DEADLINES, "notice_hours = 72", "notice_hours = 0"),
        (PARTIES, "purpose = \"CAS\"", "purpose = \"XXX\""),
        (PARTIES, "kind = \"care\"", "kind = \"zorg\""),
    ];
    for (file, from, to) in table {
        let error = refusal(&changed(file, from, to));
        assert!(error.starts_with(file), "{to}: {error}");
    }
    let error = refusal(&changed("grounds.cedar", "context.ground ==", "context.grond =="));
    assert!(error.starts_with("grounds.cedar"), "{error}");
}

#[test]
fn a_covenant_without_rules_is_refused() {
    let mut bundle = Bundle::default();
    for name in [SCHEMA, CATALOGUE, PURPOSES, DEADLINES, PARTIES] {
        bundle.insert(name, shipped().text(name).to_owned());
    }
    assert!(refusal(&bundle).contains("no file with rules"));
}

#[test]
fn flipping_one_byte_in_any_file_changes_the_digest_and_the_list_of_parties_has_one_of_its_own() {
    let (digest, parties) = (shipped().digest().unwrap(), shipped().parties_digest().unwrap());
    let rules = shipped();
    let lists = [SCHEMA, CATALOGUE, PURPOSES, DEADLINES, PARTIES];
    let files = lists.into_iter().chain(rules.rules().map(|(name, _)| name));
    for file in files {
        let (mut bundle, text) = (shipped(), shipped().text(file).to_owned());
        bundle.insert(file, format!("{} ", &text[..text.len() - 1]));
        assert_ne!(bundle.digest().unwrap(), digest, "{file}");
        assert_eq!(bundle.parties_digest().unwrap() == parties, file != PARTIES, "{file}");
    }
    let mut renamed = with_rule("");
    assert_ne!(renamed.digest().unwrap(), digest);
    let before = renamed.digest().unwrap();
    renamed.insert("extra.cedar", " ".to_owned());
    assert_ne!(renamed.digest().unwrap(), before);
}

#[test]
fn a_file_that_is_missing_too_large_or_not_text_is_refused_by_name() {
    let dir = copy("files");
    let load = || Covenant::load(&dir, &dir.join(PARTIES));
    assert!(load().is_ok());
    let large = vec![b' '; usize::try_from(MAX_FILE_BYTES).unwrap() + 1];
    for file in ["consent.cedar", SCHEMA, CATALOGUE, PURPOSES, DEADLINES, PARTIES] {
        let path = dir.join(file);
        let was = std::fs::read(&path).unwrap();
        for (bytes, remedy) in [(&large[..], "larger than"), (&[0xff, 0xfe][..], "not UTF-8")] {
            std::fs::write(&path, bytes).unwrap();
            let error = load().err().unwrap().to_string();
            assert!(error.contains(file) && error.contains(remedy), "{error}");
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        let error = load().err().unwrap().to_string();
        assert!(error.contains(file) && error.contains("cannot be read"), "{error}");
        std::fs::remove_dir(&path).unwrap();
        std::fs::write(&path, was).unwrap();
    }
    std::fs::write(dir.join("Extra rule.cedar"), "").unwrap();
    assert!(load().err().unwrap().to_string().contains("Extra rule.cedar"));
    std::fs::remove_dir_all(&dir).unwrap();
    assert!(load().err().unwrap().to_string().contains(SCHEMA));
}

#[test]
fn anybody_can_check_the_digest_with_sha256sum() {
    let mut bundle = Bundle::default();
    bundle.insert("a.cedar", "permit\n".to_owned());
    bundle.insert(PARTIES, "party\n".to_owned());
    // sha256sum *.cedar *.toml | sort -k 2 | sha256sum, and sha256sum parties.toml
    let whole = "592e9017a2df12596ba1a159e8c346573b77ea74e008bf4f14e60481904bc0e9";
    let parties = "587929b404f758d8702d7c4d8dcd6ce30cf983ad94498a627962c9392dd617ae";
    assert_eq!(bundle.digest().unwrap().as_str(), whole);
    assert_eq!(bundle.parties_digest().unwrap().as_str(), parties);
}
