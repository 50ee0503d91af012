//! That every story is told in `docs/scenarios.md`.

use std::fs;
use std::path::Path;

/// The names of the tests in a file of stories.
fn stories(code: &str) -> Vec<&str> {
    let after = code.split("\n#[tokio::test").skip(1);
    let names = after.filter_map(|rest| rest.split_once("async fn ")?.1.split_once('('));
    names.map(|(name, _)| name).collect()
}

#[test]
fn every_story_is_told_to_people_who_read_no_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let told = fs::read_to_string(root.join("docs/scenarios.md")).unwrap();
    let mut count = 0;
    for file in fs::read_dir(root.join("tests/it/scenarios")).unwrap().map(|file| file.unwrap().path()) {
        let code = fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for story in stories(&code) {
            assert!(told.contains(&format!("`{story}`")), "docs/scenarios.md does not tell {story}");
            assert!(told.contains(&format!("(../tests/it/scenarios/{name})")), "nor links {name}");
            count += 1;
        }
    }
    assert!(count >= 5, "there are five collaborations, and {count} stories");
    let links = told.split("(../tests/it/scenarios/").skip(1).filter_map(|rest| rest.split_once(')'));
    for (name, _) in links {
        assert!(root.join("tests/it/scenarios").join(name).is_file(), "docs/scenarios.md tells of {name}");
    }
}
