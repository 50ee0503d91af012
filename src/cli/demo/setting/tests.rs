use std::collections::BTreeSet;

use super::*;

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("sluis-demo-{}-{name}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn no_policy_is_left_out_of_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let loaded = Covenant::load(&folder, &folder.join("../deploy/parties.toml")).unwrap();
    assert_eq!(covenant().unwrap().digest, loaded.digest);
}

#[test]
fn every_party_has_a_short_name_of_its_own() {
    let names: Vec<String> = covenant().unwrap().parties.iter().map(|p| short_name(&p.name)).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    for (custodian, _) in people::RECORDS {
        assert!(names.iter().any(|name| name == custodian), "{custodian} is not a party");
    }
}

#[test]
fn somebody_elses_folder_is_left_alone() {
    let scratch = Scratch::new("foreign");
    fs::create_dir_all(scratch.0.join("records")).unwrap();
    fs::write(scratch.0.join("records/thesis.txt"), "mine").unwrap();
    assert!(matches!(Setting::make(&scratch.0), Err(DemoProblem::Foreign(_))));
    assert_eq!(fs::read_to_string(scratch.0.join("records/thesis.txt")).unwrap(), "mine");
    assert!(!scratch.0.join(MARK).exists());
}

#[test]
fn an_own_folder_is_made_afresh_unless_a_demonstration_runs_in_it() {
    let scratch = Scratch::new("own");
    let first = Setting::make(&scratch.0).unwrap();
    fs::write(scratch.0.join("gateway/sluis.db"), "old").unwrap();
    fs::write(scratch.0.join("notes.txt"), "mine").unwrap();
    assert!(matches!(Setting::make(&scratch.0), Err(DemoProblem::Busy(_))));
    let verifier = first.verifier.clone();
    drop(first);
    let again = Setting::make(&scratch.0).unwrap();
    assert_ne!(again.verifier, verifier);
    assert!(!scratch.0.join("gateway/sluis.db").exists() && scratch.0.join("notes.txt").exists());
}

#[test]
fn every_party_gets_a_profile_that_can_be_read() {
    let scratch = Scratch::new("profiles");
    let setting = Setting::make(&scratch.0).unwrap();
    setting.write_profiles(([127, 0, 0, 1], 8443).into()).unwrap();
    for party in setting.covenant.parties.iter() {
        let profile = setting.profile(&short_name(&party.name), "privacy-officer", "fg").unwrap();
        assert_eq!(profile.organisation.as_deref(), Some(party.id.as_str()));
        assert_eq!(profile.role.as_deref(), Some("privacy-officer"));
        for path in [profile.ca, profile.certificate, profile.key, profile.issuer_key] {
            assert!(path.unwrap().is_file());
        }
    }
}
