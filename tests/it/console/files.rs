//! What the desk hands out as a file: a dossier for a request for access, and entries in another form. Each is verified without the desk.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::process::Command;

use sluis::contract::v1::export_entries_response::Part;
use sluis::contract::v1::{ExportEntriesRequest, ExportEntriesResponse, GetEntryRequest, ListEntriesRequest};
use sluis::ledger::{Hash, Receipt};
use tonic::Streaming;

use super::browser::{Browser, Page};
use super::pages::{Told, size, told};
use super::{desk_with, setting};
use crate::harness::caller::endpoint;
use crate::harness::*;

/// The files in an archive that was handed out.
fn unpacked(page: &Page) -> BTreeMap<String, String> {
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.header("content-type"), Some("application/zip"));
    let name = page.header("content-disposition").unwrap();
    assert!(name.starts_with("attachment; filename=\"") && name.ends_with(".zip\""), "{name}");
    let mut archive = zip::ZipArchive::new(Cursor::new(&page.bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

/// The newest readings of the ledger.
async fn readings(gateway: &TestGateway, organisation: &str) -> Vec<String> {
    let officer = gateway.party(organisation, "privacy-officer").await;
    let asked = ListEntriesRequest { kind: "readings".to_owned(), page_size: 4, ..Default::default() };
    let found = officer.audit().list_entries(asked).await.unwrap().into_inner();
    found.entries.into_iter().map(|entry| entry.read.unwrap().view).collect()
}

async fn exported(officer: &mut Browser, filter: &str, format: &str) -> Page {
    let secret = officer.get("/clients").await.secret();
    officer.post(&format!("/entries/export{filter}"), &[("secret", &secret), ("format", format)]).await
}

/// `sluis ledger verify-export`, with the key that everybody knows.
fn verify(gateway: &TestGateway, name: &str, files: &BTreeMap<String, String>) -> (bool, String) {
    let folder = gateway.setting.path().join("exports");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let key = folder.join("trusted.vkey");
    std::fs::write(&key, gateway.setting.verifier.to_string()).unwrap();
    let mut sluis = Command::new(env!("CARGO_BIN_EXE_sluis"));
    let (code, said) =
        ended(sluis.args(["ledger", "verify-export", "--vkey"]).args([&key, &folder.join(name)]));
    (code == Some(0), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_exported_as_a_file_with_its_proof_and_verified_without_the_desk() {
    let (Told { desk, handle, .. }, mut officer, mut other) = told().await;
    for (filter, format, ending, holds) in [
        ("?kind=all-but-readings".to_owned(), "csv", "csv", "disclosure"),
        ("?purpose=housing&outcome=withheld".to_owned(), "nen7513", "ndjson", "\"housing\""),
        (format!("?client={handle}"), "plain-nl", "txt", "Gegevens gevraagd"),
        ("?until=2001-01-01".to_owned(), "fhir", "ndjson", ""),
    ] {
        let page = exported(&mut officer, &filter, format).await;
        let files = unpacked(&page);
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        let [name, proof] = names.as_slice() else { panic!("{names:?}") };
        assert!(name.starts_with("export-") && name.ends_with(ending), "{name}");
        assert_eq!(*proof, format!("{name}.proof"));
        assert!(files[*name].contains(holds), "{format}: {}", files[*name]);
        assert!(!files[*name].contains(&bsn(0)), "{format}");
        assert_eq!(readings(&desk.gateway, ACCARE).await[0], "export", "{format}");
        let (verifies, said) = verify(&desk.gateway, name, &files);
        assert!(verifies && said.contains("the export verifies"), "{format}: {said}");
        let mut changed = files.clone();
        changed.get_mut(*name).unwrap().push('x');
        let (verifies, said) = verify(&desk.gateway, name, &changed);
        assert!(!verifies && said.contains("not the one that was exported"), "{format}: {said}");
    }
    // The other side gets its own side, and none of the fine reasons.
    let theirs = unpacked(&exported(&mut other, "?kind=disclosures", "csv").await);
    let text = theirs.values().next().unwrap();
    assert!(text.contains("disclosure") && !text.contains("consent-withdrawn"), "{text}");
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_exported_is_said_and_is_not_recorded_as_exported() {
    let (Told { desk, .. }, mut officer, _) = told().await;
    let before = readings(&desk.gateway, ACCARE).await;
    for (filter, format, code) in [
        ("", "hostile-text", "FORMAT_UNKNOWN"),
        ("", "", "FORMAT_UNKNOWN"),
        ("", "plain-nl", "FORMAT_UNKNOWN"),
        ("?field=housing.situation", "csv", "EXPORT_SIFTED"),
        ("?ground=R01", "csv", "EXPORT_SIFTED"),
        ("?purpose=hostile-text", "csv", "PURPOSE_UNKNOWN"),
        ("?hostile-text=1", "csv", "FILTER_UNKNOWN"),
    ] {
        let page = exported(&mut officer, filter, format).await;
        assert!(
            page.status == 400 && page.body.contains(code),
            "{filter} {format}: {} {}",
            page.status,
            page.body
        );
        assert!(!page.body.contains("hostile-text"), "{filter} {format}: {}", page.body);
    }
    let forged = officer.post("/entries/export", &[("secret", "guessed"), ("format", "csv")]).await;
    assert!(forged.status == 403 && forged.body.contains("FORM_FORGED"), "{}", forged.body);
    assert_eq!(officer.get("/entries/export").await.status, 404);
    let looked = officer.get("/entries?field=housing.situation").await;
    assert!(!looked.body.contains("/entries/export"), "{}", looked.body);
    assert!(!before.contains(&"export".to_owned()));
    assert!(!readings(&desk.gateway, ACCARE).await.contains(&"export".to_owned()));
    desk.gateway.finish().await;
}

/// Somebody begins exports over the API and takes hardly anything of them, until there is no place left.
async fn held_open(gateway: &TestGateway) -> Vec<Streaming<ExportEntriesResponse>> {
    let endpoint =
        endpoint(&gateway.setting, gateway.address, Some(ACCARE)).initial_stream_window_size(1_024);
    let token = gateway.setting.token(ACCARE, "privacy-officer", "officer-2", ACCARE);
    let slow = Caller { channel: endpoint.connect().await.unwrap(), token: Some(token) };
    let request = ExportEntriesRequest { format: "fhir".to_owned(), ..Default::default() };
    let mut held = Vec::new();
    let refused = loop {
        match slow.audit().export_entries(request.clone()).await {
            Ok(stream) => held.push(stream.into_inner()),
            Err(status) => break status,
        }
        assert!(held.len() < 16, "an export that is not read came to its end");
    };
    assert_eq!(refusal(&refused).1, "EXPORTS_BUSY");
    for stream in &mut held {
        let beginning = stream.message().await.unwrap().unwrap().part.unwrap();
        assert!(matches!(beginning, Part::Beginning(_)), "each is recorded by now");
    }
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn while_others_export_an_officer_is_told_so_and_exports_when_they_are_done() {
    let (Told { desk, .. }, mut officer, _) = told().await;
    let municipality = desk.gateway.party(ASSEN, "wijkteam").await;
    let asked = ["person.name", "housing.situation", "housing.eviction-threat"];
    for _ in 0..96 {
        municipality.disclosures().disclose(ask(&bsn(0), ACCARE, "housing", &asked)).await.unwrap();
    }
    let held = held_open(&desk.gateway).await;
    let before = size(&desk.gateway).await;
    let refused = exported(&mut officer, "", "csv").await;
    assert!(refused.status == 400 && refused.body.contains("EXPORTS_BUSY"), "{}", refused.body);
    assert_eq!(size(&desk.gateway).await, before, "nothing was exported");
    for mut stream in held {
        let mut bytes = 0;
        while let Some(message) = stream.message().await.unwrap() {
            bytes += prost::Message::encoded_len(&message);
        }
        assert!(bytes > 128 * 1_024, "more than is on its way to who reads nothing: {bytes}");
    }
    assert_eq!(unpacked(&exported(&mut officer, "", "csv").await).len(), 2);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_looks_among_so_many_entries_as_the_operator_says_and_no_more() {
    const MOST: u64 = 8;
    let desk = desk_with(setting(), &format!("largest_export = {MOST}")).await;
    let mut officer = desk.officer().await;
    while size(&desk.gateway).await < MOST {
        officer.get("/covenant/versions").await;
    }
    assert_eq!(unpacked(&exported(&mut officer, "", "csv").await).len(), 2, "as many as may be");
    let before = size(&desk.gateway).await;
    assert_eq!(before, MOST + 1, "the export is an entry");
    let refused = exported(&mut officer, "", "csv").await;
    assert!(refused.status == 400 && refused.body.contains("EXPORT_TOO_LARGE"), "{}", refused.body);
    assert_eq!(size(&desk.gateway).await, before, "nothing was read");
    let shorter = exported(&mut officer, "?until=2001-01-01", "csv").await;
    assert_eq!(unpacked(&shorter).len(), 2, "a shorter period goes");
    desk.gateway.finish().await;
}

/// But for that the ledger was looked at.
fn without_readings(told: &str) -> Vec<&str> {
    let lines: Vec<&str> = told.lines().filter(|line| !line.contains("Logboek ingezien")).collect();
    assert!(lines.len() > 10, "{told}");
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_for_a_request_for_access_is_the_same_as_the_one_of_the_command_line() {
    let (Told { desk, handle, .. }, mut officer, mut other) = told().await;
    let secret = officer.get("/clients").await.secret();
    let form = |reader, language| [("secret", secret.clone()), ("reader", reader), ("language", language)];
    let path = format!("/clients/{handle}/dossier");
    let mut post = async |reader: &str, language: &str| {
        let form = form(reader.to_owned(), language.to_owned());
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        officer.post(&path, &form).await
    };
    let files = unpacked(&post("client", "nl").await);
    assert_eq!(readings(&desk.gateway, ACCARE).await[..2], ["overview", "left-out-of-overview"]);
    let of = |ending: &str| {
        let found = files.iter().find(|(name, _)| name.ends_with(ending));
        found.unwrap_or_else(|| panic!("{ending}: {:?}", files.keys())).1.clone()
    };
    assert!(of("/overzicht.md").contains("# Wat er met gegevens is gedaan"));
    assert!(of(".review.md").starts_with("# For the reviewer alone"));
    let said: serde_json::Value = serde_json::from_str(&of("/overview.json")).unwrap();
    assert_eq!(said["consents"][0]["status"], "withdrawn");
    assert_eq!(said["consents"][0]["purpose"], "housing");
    assert!(of("/checkpoint").starts_with("sluis.test/ledger\n"));
    assert_eq!(of("/ledger.vkey"), desk.gateway.setting.verifier.to_string());
    for (name, text) in &files {
        assert!(!text.contains(&bsn(0)) && !text.contains("professional-1"), "{name}: {text}");
    }
    // Its own reading is proved by what is in it, under the key that everybody knows.
    let (proof, leaf) = (of("/reading.tlog-proof"), of("/reading.leaf"));
    let (proof, leaf) = (Receipt::parse(&proof).unwrap(), Hash::from_base64(&leaf).unwrap());
    let key = &desk.gateway.setting.verifier;
    assert!(proof.verify_leaf(&leaf, key.name(), key).unwrap().size > proof.index);
    assert_eq!(said["entry_index"], proof.index);
    assert!(proof.verify_leaf(&Hash([7; 32]), key.name(), key).is_err(), "and no other entry");
    let officer_calls = desk.gateway.party(ACCARE, "privacy-officer").await;
    let entry = officer_calls.audit().get_entry(GetEntryRequest { index: proof.index }).await.unwrap();
    let entry = entry.into_inner().entry.unwrap();
    assert_eq!((entry.read.unwrap().view.as_str(), entry.leaf), ("overview", leaf.0.to_vec()));
    // What the command line makes, but for the readings that each is recorded by, which the next one tells.
    let folder = desk.gateway.setting.path().join("dossier").display().to_string();
    let mut command = desk.gateway.officer("client", ACCARE, "functionaris-1");
    let asked = ["dossier", "--bsn", &bsn(0), "--reader", "client", "--language", "nl", "--to", &folder];
    let (code, heard) = ended(command.args(asked));
    assert_eq!(code, Some(0), "{heard}");
    let theirs = std::fs::read_to_string(format!("{folder}/overzicht.md")).unwrap();
    assert_eq!(without_readings(&of("/overzicht.md")), without_readings(&theirs));
    assert_eq!(of(".review.md"), std::fs::read_to_string(format!("{folder}.review.md")).unwrap());
    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(format!("{folder}/overview.json")).unwrap()).unwrap();
    for part in ["consents", "legal_bases", "verifier_key"] {
        assert_eq!(said[part], json[part], "{part}");
    }
    for (reader, language, code) in [
        ("parent-9", "nl", "READER_NOT_ENTITLED"),
        ("999993653", "nl", "READER_UNKNOWN"),
        ("client", "de", "LANGUAGE_UNKNOWN"),
    ] {
        let page = post(reader, language).await;
        assert!(page.status == 400 && page.body.contains(code), "{code}: {} {}", page.status, page.body);
    }
    let secret = other.get("/clients").await.secret();
    let form = [("secret", secret.as_str()), ("reader", "client"), ("language", "nl")];
    let page = other.post(&path, &form).await;
    assert!(page.status == 404 && page.body.contains("NOT_FOUND"), "{} {}", page.status, page.body);
    desk.gateway.finish().await;
}
