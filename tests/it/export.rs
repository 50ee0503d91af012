//! Exports: the record in the forms of the field, whole or not at all, and proved. What is exported here is left in
//! `$CARGO_TARGET_TMPDIR/exports` for the validators of tests/verifiers/projections.

use std::path::{Path, PathBuf};
use std::process::Command;

use sluis::contract::v1::*;
use tonic::Code;
use tonic_types::StatusExt;

use crate::harness::*;
use crate::records;

const FORMATS: [&str; 8] = ["nen7513", "fhir", "ldv", "ldv-0.7", "adl", "csv", "plain-nl", "plain-en"];

/// A client of whom fields are asked, with a consent, without, after a withdrawal, and by an unknown role.
async fn after_a_story() -> (TestGateway, String) {
    let records = records::file(&[("acc-1", "één"), ("acc-2", "twee")]);
    let gateway = TestGateway::start(Setting::new(vec![(ACCARE, Custody::Records(records))])).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    for (client, reference) in [(bsn(0), "acc-1"), (bsn(1), "acc-2")] {
        let registration = Some(Registration { authority: vec![], ..registration(reference, &born(17)) });
        let registered = RegisterClientRequest { client: named(&client), registration };
        care.consents().register_client(registered).await.unwrap();
        let fields = ["person.name", "housing.situation", "housing.wish"];
        let recorded = care
            .consents()
            .record_consent(permit(&client, ASSEN, "wijkteam", "housing", &fields))
            .await
            .unwrap();
        let asked =
            ["person.name", "housing.situation", "housing.wish", "housing.eviction-threat", "money.worries"];
        for _ in 0..2 {
            municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &asked)).await.unwrap();
        }
        let consent = recorded.into_inner().consent.unwrap().consent_id;
        care.consents().withdraw_consent(withdraw(&client, &consent, "client")).await.unwrap();
        municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &asked)).await.unwrap();
    }
    municipality.disclosures().disclose(ask(&bsn(2), ACCARE, "housing", &["person.name"])).await.unwrap();
    (gateway, bsn(0))
}

fn exports() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exports");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// `sluis client export` as somebody of this organisation.
fn export(
    gateway: &TestGateway,
    organisation: &str,
    client: &str,
    format: &str,
    to: &Path,
) -> (bool, String) {
    let mut officer = gateway.officer("client", organisation, "professional-1");
    let (code, said) = ended(officer.args(["export", "--bsn", client, "--format", format, "--to"]).arg(to));
    (code == Some(0), said)
}

fn verify(gateway: &TestGateway, file: &Path) -> (Option<i32>, String) {
    let key = gateway.setting.path().join("trusted.vkey");
    std::fs::write(&key, gateway.setting.verifier.to_string()).unwrap();
    let mut sluis = Command::new(env!("CARGO_BIN_EXE_sluis"));
    ended(sluis.args(["ledger", "verify-export", "--vkey"]).arg(key).arg(file))
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_export_their_own_record_in_every_form_and_each_file_is_proved() {
    let (gateway, client) = after_a_story().await;
    let folder = exports();
    for organisation in [ACCARE, ASSEN] {
        for format in FORMATS {
            let file = folder.join(format!("{organisation}.{format}"));
            let (done, said) = export(&gateway, organisation, &client, format, &file);
            assert!(done, "{format}: {said}");
            let (code, said) = verify(&gateway, &file);
            assert_eq!(code, Some(0), "{format}: {said}");
            assert!(said.contains("the export verifies"), "{said}");
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(!text.contains(&client), "{format} holds a BSN");
            // The other side of a decision gets no decision record.
            let empty = text.lines().count() == 0;
            assert_eq!(empty, format == "adl" && organisation == ASSEN, "{format}: {text}");

            let altered = folder.join("altered");
            std::fs::write(&altered, format!("{text}x")).unwrap();
            std::fs::copy(
                folder.join(format!("{organisation}.{format}.proof")),
                folder.join("altered.proof"),
            )
            .unwrap();
            let (code, said) = verify(&gateway, &altered);
            assert_eq!(code, Some(65), "{said}");
            assert!(said.contains("not the one that was exported"), "{said}");
        }
    }
    for left in ["altered", "altered.proof"] {
        std::fs::remove_file(folder.join(left)).unwrap();
    }
    let recipient = std::fs::read_to_string(folder.join(format!("{ASSEN}.fhir"))).unwrap();
    assert!(
        recipient.contains("PrivacyDisclosure.Recipient") && !recipient.contains("PrivacyDisclosure.Source")
    );
    let custodian = std::fs::read_to_string(folder.join(format!("{ACCARE}.fhir"))).unwrap();
    assert!(custodian.contains("PrivacyDisclosure.Source") && custodian.contains("AuthZconsent"));
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_an_entry_of_the_ledger_and_is_in_the_next_one() {
    let (gateway, client) = after_a_story().await;
    let file = exports().join("twice.csv");
    for expected in [0, 1] {
        let (done, said) = export(&gateway, ACCARE, &client, "csv", &file);
        assert!(done, "{said}");
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text.matches("\"log-read\"").count(), expected, "{text}");
    }
    std::fs::remove_file(&file).unwrap();
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_read_the_record_gets_no_export_and_a_wrong_question_is_told() {
    let (gateway, _) = after_a_story().await;
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let ask =
        |format: &str| ExportEntriesRequest { format: format.into(), ..ExportEntriesRequest::default() };
    let paged = ListEntriesRequest { page_size: 5, ..ListEntriesRequest::default() };
    let cases = [
        (ask("xml"), "FORMAT_UNKNOWN"),
        (ask(""), "FORMAT_UNKNOWN"),
        (ask("plain-nl"), "CLIENT_MISSING"),
        (ExportEntriesRequest { filter: Some(paged), ..ask("csv") }, "PAGE_SIZE"),
    ];
    for (request, reason) in cases {
        let status = officer.audit().export_entries(request).await.err().unwrap();
        let told = status.get_details_error_info().unwrap().reason;
        assert_eq!((status.code(), told.as_str()), (Code::InvalidArgument, reason));
    }
    for (organisation, role) in [(ACCARE, "fact-behandelaar"), (ASSEN, "wijkteam")] {
        let caller = gateway.party(organisation, role).await;
        let status = caller.audit().export_entries(ask("csv")).await.err().unwrap();
        assert_eq!(status.code(), Code::PermissionDenied);
    }
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_entry_is_exported_by_its_index_and_never_one_of_another_side() {
    let (gateway, _) = after_a_story().await;
    for (organisation, role, records) in [(ACCARE, "privacy-officer", 1), (HOOGEVEEN, "privacy-officer", 0)] {
        let officer = gateway.party(organisation, role).await;
        let request = ExportEntriesRequest { entry_index: Some(3), format: "fhir".into(), filter: None };
        let mut stream = officer.audit().export_entries(request).await.unwrap().into_inner();
        let mut parts = Vec::new();
        while let Some(part) = stream.message().await.unwrap() {
            parts.push(part.part.unwrap());
        }
        assert_eq!(parts.len(), records + 2, "a beginning, the record, an end");
    }
    gateway.finish().await;
}
