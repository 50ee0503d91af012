//! What clients, and those who represent them, read of the record: their own, and nothing that a professional withholds.

use prost::Message;
use sluis::contract::v1::ground_evidence::Ground;
use sluis::contract::v1::*;
use tonic::Code;

use crate::harness::*;
use crate::records;

const VEILIG_THUIS: &str = "00000099000000000403";

fn text() -> String {
    "Er is op dit moment geen andere weg dan deze.".to_owned()
}

/// A report to Veilig Thuis, of which the client is told later, or not.
fn report(bsn: &str, later: bool) -> DiscloseRequest {
    let steps = ReportEvidence {
        signals: text(),
        consultation: text(),
        conversation: text(),
        weighing: text(),
        decision: text(),
    };
    let delayed = DelayedNotice { reason: DelayReason::InquiryAtRisk.into(), review_on: in_days(5) };
    let notice = later.then_some(ClientNotice { when: Some(client_notice::When::Delayed(delayed)) });
    let note_reference = "dossier/2026-31".into();
    DiscloseRequest {
        ground: "R05".into(),
        evidence: Some(GroundEvidence { ground: Some(Ground::Report(steps)), note_reference, notice }),
        ..ask(bsn, ACCARE, "report", &["person.name"])
    }
}

fn request(client: &str, reader: &str) -> GetOwnOverviewRequest {
    GetOwnOverviewRequest { client: named(client), reader: reader.into(), ..Default::default() }
}

async fn read(caller: &Caller, client: &str, reader: &str) -> GetOwnOverviewResponse {
    caller.audit().get_own_overview(request(client, reader)).await.unwrap().into_inner()
}

async fn left_out(officer: &Caller, client: &str, reader: &str) -> Vec<String> {
    let asked = ListLeftOutRequest { overview: Some(request(client, reader)) };
    let entries = officer.audit().list_left_out(asked).await.unwrap().into_inner().entries;
    entries.into_iter().map(|entry| entry.reason).collect()
}

struct World {
    gateway: TestGateway,
    care: Caller,
    officer: Caller,
    municipality: Caller,
    advice: Caller,
    client: String,
}

impl World {
    /// A client of this age with two parents, who agreed to something, and of whom something was asked twice.
    async fn of_age(age: i16) -> Self {
        let records = records::file(&[("acc-1", "één")]);
        let gateway = TestGateway::start(Setting::new(vec![(ACCARE, Custody::Records(records))])).await;
        let care = gateway.party(ACCARE, "fact-behandelaar").await;
        let officer = gateway.party(ACCARE, "privacy-officer").await;
        let municipality = gateway.party(ASSEN, "wijkteam").await;
        let advice = gateway.party(VEILIG_THUIS, "medewerker-veilig-thuis").await;
        let client = bsn(40);
        let registration = Some(registration("acc-1", &born(age)));
        let registered = RegisterClientRequest { client: named(&client), registration };
        care.consents().register_client(registered).await.unwrap();
        let agreed = permit(&client, ASSEN, "wijkteam", "housing", &["person.name", "housing.situation"]);
        care.consents().record_consent(agreed).await.unwrap();
        let world = Self { gateway, care, officer, municipality, advice, client };
        world.asked(&["person.name", "housing.situation"]).await;
        world.asked(&["person.name", "housing.situation"]).await;
        world
    }

    async fn asked(&self, fields: &[&str]) -> u64 {
        let asked = ask(&self.client, ACCARE, "housing", fields);
        self.municipality.disclosures().disclose(asked).await.unwrap().into_inner().entry_index
    }

    async fn reported(&self, later: bool) -> u64 {
        let answer = self.advice.disclosures().disclose(report(&self.client, later)).await.unwrap();
        let answer = answer.into_inner();
        assert_eq!(released(&answer), ["person.name"], "{:?}", withheld(&answer));
        answer.entry_index
    }

    async fn withhold(&self, fields: &[&str], entries: &[u64]) {
        let asked = WithholdFromRepresentativeRequest {
            client: named(&self.client),
            fields: owned(fields),
            entries: entries.to_vec(),
            reason: WithholdingReason::TrustAtRisk.into(),
            note_reference: "note-13".into(),
            review_on: in_days(30),
        };
        self.care.consents().withhold_from_representative(asked).await.unwrap();
    }

    async fn tell(&self, entry_index: u64, person: &str) {
        let how = ToldHow::Conversation.into();
        let told = NotifyClientRequest {
            entry_index,
            person: person.into(),
            how,
            note_reference: "dossier/2026-19".into(),
        };
        self.care.audit().notify_client(told).await.unwrap();
    }
}

/// The answer as bytes, without what differs from gateway to gateway: when, the ids of consents, and the proof.
fn bytes(answer: &GetOwnOverviewResponse) -> Vec<u8> {
    let mut same = GetOwnOverviewResponse {
        checkpoint: String::new(),
        verifier_key: String::new(),
        entry_index: 0,
        receipt: String::new(),
        leaf: Vec::new(),
        ..answer.clone()
    };
    let ids: Vec<String> =
        same.consents.iter_mut().map(|consent| std::mem::take(&mut consent.consent_id)).collect();
    for line in &mut same.lines {
        line.at.clear();
        for id in &ids {
            line.text = line.text.replace(id, "c");
        }
    }
    for consent in &mut same.consents {
        consent.period = None;
    }
    same.encode_to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_representative_reads_the_same_bytes_whether_or_not_something_was_withheld() {
    let (with, without) = (World::of_age(14).await, World::of_age(14).await);

    // What never happened in the other history.
    with.reported(false).await;
    let otherwise = ask(&with.client, ACCARE, "crisis", &["person.name"]);
    with.advice.disclosures().disclose(otherwise).await.unwrap();
    let secret = with.asked(&["support.question"]).await;
    with.officer.audit().get_entry(GetEntryRequest { index: secret }).await.unwrap();
    with.withhold(&[], &[secret]).await;
    with.asked(&["housing.wish"]).await;
    with.withhold(&["housing.wish"], &[]).await;
    with.asked(&["person.name", "housing.wish"]).await;
    without.asked(&["person.name"]).await;

    for language in ["nl", "en"] {
        let read = async |world: &World, reader: &str| {
            let asked = GetOwnOverviewRequest { language: language.into(), ..request(&world.client, reader) };
            world.care.audit().get_own_overview(asked).await.unwrap().into_inner()
        };
        for parent in ["parent-1", "parent-2"] {
            let (one, other) = (read(&with, parent).await, read(&without, parent).await);
            assert_eq!(
                bytes(&one),
                bytes(&other),
                "{parent}: {:?}",
                one.lines.iter().map(|l| &l.text).collect::<Vec<_>>()
            );
            assert!(one.lines.len() > 3 && one.consents.len() == 1);
        }
        let (one, other) = (read(&with, "client").await, read(&without, "client").await);
        assert_ne!(bytes(&one), bytes(&other), "from the client nothing is withheld");
    }
    let all = read(&with.care, &with.client, "client").await;
    assert!(all.lines.iter().any(|line| line.text.contains("melding bij Veilig Thuis")));

    let reasons = left_out(&with.officer, &with.client, "parent-1").await;
    for reason in ["not-told", "confidential", "withheld", "with-another", "withholding"] {
        assert!(reasons.iter().any(|said| said == reason), "{reason} in {reasons:?}");
    }
    assert!(left_out(&without.officer, &without.client, "parent-1").await.is_empty());
    let refused = ListLeftOutRequest { overview: Some(request(&with.client, "parent-1")) };
    let refused = with.care.audit().list_left_out(refused).await.err().unwrap();
    assert_eq!(refusal(&refused).1, "ROLE_MAY_NOT", "what is left out is for officers");
    with.gateway.finish().await;
    without.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_representative_reads_of_a_report_once_told_and_the_client_once_telling_is_not_put_off() {
    let world = World::of_age(14).await;
    let reports = async |reader: &str| {
        let lines = read(&world.care, &world.client, reader).await.lines;
        lines
            .iter()
            .filter(|line| line.text.contains("melding bij Veilig Thuis"))
            .map(|line| line.times)
            .sum::<u32>()
    };
    let first = world.reported(false).await;
    assert_eq!((reports("client").await, reports("parent-1").await), (1, 0));
    let put_off = DelayNoticeRequest {
        entry_index: first,
        reason: DelayReason::HarmToClient.into(),
        review_on: in_days(10),
        note_reference: "dossier/2026-20".into(),
    };
    world.care.audit().delay_notice(put_off).await.unwrap();
    assert_eq!(reports("client").await, 0, "telling is put off");
    assert_eq!(left_out(&world.officer, &world.client, "client").await, ["put-off", "with-another"]);
    world.tell(first, "parent-1").await;
    assert_eq!((reports("client").await, reports("parent-1").await, reports("parent-2").await), (1, 1, 0));

    world.reported(true).await;
    assert_eq!((reports("client").await, reports("parent-1").await), (1, 1), "put off as it was asked");
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(8 * 24);
    world.care.development().set_clock(SetClockRequest { now: later.to_string() }).await.unwrap();
    assert_eq!((reports("client").await, reports("parent-1").await), (2, 1), "putting it off does not last");
    world.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_is_for_the_client_or_who_represents_the_client_now_and_each_reading_is_recorded() {
    let world = World::of_age(15).await;
    let audit = || world.care.audit();
    let refused = |reader: &str| {
        let asked = request(&world.client, reader);
        async move { refusal(&audit().get_own_overview(asked).await.err().unwrap()) }
    };
    let overview = read(&world.care, &world.client, "client").await;
    let twice: Vec<&OverviewLine> = overview.lines.iter().filter(|line| line.times == 2).collect();
    assert_eq!(twice.len(), 1, "equal lines of a day are one");
    assert!(overview.lines.iter().all(|line| !line.text.contains("professional-1") && !line.emergency));
    assert!(overview.consents[0].text.starts_with("Toestemming om te delen. Met: Gemeente Assen."));
    assert!(overview.bases.iter().any(|basis| basis.recipient == ASSEN && basis.purpose == "housing"));
    let size: u64 = overview.checkpoint.lines().nth(1).unwrap().parse().unwrap();
    assert_eq!(size, overview.entry_index, "the checkpoint ends where its own record begins");
    let newest = ListEntriesRequest { page_size: 1, ..Default::default() };
    let newest = world.officer.audit().list_entries(newest).await.unwrap().into_inner().entries.remove(0);
    assert_eq!((newest.index, newest.read.unwrap().view.as_str()), (overview.entry_index, "overview"));

    assert_eq!(read(&world.care, &world.client, "parent-1").await.consents.len(), 1);
    let (code, reason, _) = refused("stepfather").await;
    assert_eq!((code, reason.as_str()), (Code::PermissionDenied, "READER_NOT_ENTITLED"));
    assert_eq!(refused("").await.2, ["reader"]);
    let wishes = GetOwnOverviewRequest { language: "fr".into(), ..request(&world.client, "client") };
    assert_eq!(refusal(&audit().get_own_overview(wishes).await.err().unwrap()).2, ["language"]);

    // Who only received something registered nobody, and knows nobody's age: known or not, it is the same answer.
    let assen = world.gateway.party(ASSEN, "privacy-officer").await;
    let known = assen.audit().get_own_overview(request(&world.client, "client")).await.err().unwrap();
    let unknown = assen.audit().get_own_overview(request(&bsn(41), "client")).await.err().unwrap();
    assert_eq!((known.code(), known.message()), (Code::NotFound, unknown.message()));
    let asker = world.gateway.party(ASSEN, "wonen").await;
    let refused_role = asker.audit().get_own_overview(request(&world.client, "client")).await.err().unwrap();
    assert_eq!(refusal(&refused_role).1, "ROLE_MAY_NOT");

    // On the sixteenth birthday the parents' reading ends.
    let sixteen = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 200);
    world.care.development().set_clock(SetClockRequest { now: sixteen.to_string() }).await.unwrap();
    assert_eq!(refused("parent-1").await.1, "READER_NOT_ENTITLED");
    read(&world.care, &world.client, "client").await;
    world.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_is_a_folder_and_what_it_leaves_out_stands_beside_it() {
    let world = World::of_age(14).await;
    world.reported(false).await;
    let setting = &world.gateway.setting;
    let run = |arguments: &[&str]| {
        let (code, said) = ended(world.gateway.officer("client", ACCARE, "officer-1").args(arguments));
        (code == Some(0), said)
    };
    let folder = setting.path().join("dossier").display().to_string();
    let arguments = ["dossier", "--bsn", &world.client, "--reader", "parent-1", "--to", &folder];
    let (done, said) = run(&arguments);
    assert!(done, "{said}");
    let folder = setting.path().join("dossier");
    let kept = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let files =
        ["overzicht.md", "overview.json", "checkpoint", "ledger.vkey", "reading.tlog-proof", "reading.leaf"];
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), files.len());
    for name in files {
        let text = kept(name);
        for hidden in [world.client.as_str(), "Veilig Thuis", "not-told", "professional-1"] {
            assert!(!text.contains(hidden), "{hidden} in {name}: {text}");
        }
    }
    let read: serde_json::Value = serde_json::from_str(&kept("overview.json")).unwrap();
    assert!(read["lines"].as_array().unwrap().len() > 2 && read["consents"][0]["status"] == "incomplete");
    assert!(kept("overzicht.md").contains("Gegevens gevraagd. Door: Gemeente Assen"));
    let review = std::fs::read_to_string(setting.path().join("dossier.review.md")).unwrap();
    assert!(review.contains("| disclosure | not-told |"), "{review}");

    let receipt = folder.join("reading.tlog-proof").display().to_string();
    let (leaf, key) = (kept("reading.leaf"), kept("ledger.vkey"));
    let proof = ["receipt", "--receipt", &receipt, "--leaf", &leaf, "--vkey", &key];
    let (done, said) = run(&proof);
    let reading = format!("entry {} is in the ledger sluis.test/ledger", read["entry_index"]);
    assert!(done && said.contains(&reading), "the folder proves its own reading: {said}");

    let (done, said) = run(&arguments);
    assert!(!done && said.contains("--to is there already"), "{said}");
    let (done, said) = run(&["overview", "--bsn", &world.client, "--language", "en"]);
    assert!(done && said.contains("report to Veilig Thuis"), "the client reads it: {said}");
    world.gateway.finish().await;
}
