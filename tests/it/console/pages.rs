//! What the officers of both sides see on the desk's pages, and that every look is itself an entry.

use serde_json::json;
use sluis::contract::v1::*;

use super::browser::{Browser, Page};
use super::stand_in::StandIn;
use super::{Desk, begun, configured, desk, desk_with, setting};
use crate::emergency::{emergency, evidence, professional};
use crate::harness::*;

const ASKED: [&str; 3] = ["person.name", "housing.situation", "housing.eviction-threat"];

pub struct Told {
    pub desk: Desk,
    /// What Accare's officer calls the client.
    pub handle: String,
    /// The consent that was given and taken back.
    pub consent: String,
    /// The first and second ask, and an emergency.
    pub entries: [u64; 3],
}

/// A client agrees, something is asked, the client takes it back, it is asked again, and then there is an emergency.
pub async fn told() -> (Told, Browser, Browser) {
    let desk = desk().await;
    let care = desk.gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = desk.gateway.party(ASSEN, "wijkteam").await;
    let consent = consented(&care, &bsn(0), "acc-1", &ASKED[..2]).await;
    let disclose = async || {
        let asked = ask(&bsn(0), ACCARE, "housing", &ASKED);
        municipality.disclosures().disclose(asked).await.unwrap().into_inner().entry_index
    };
    let first = disclose().await;
    care.consents().withdraw_consent(withdraw(&bsn(0), &consent, "client")).await.unwrap();
    let second = disclose().await;
    let team = professional(&desk.gateway, ASSEN, "wijkteam", "professional-1").await;
    let urgent = team.disclosures().disclose(emergency(&bsn(0), Some(evidence()))).await.unwrap();
    let entries = [first, second, urgent.into_inner().entry_index];
    let mut officer = desk.officer().await;
    let handle = handle_of(&mut officer, &bsn(0)).await;
    let mut other = desk.browser();
    assert_eq!(desk.arrives_at(&desk.assen, &mut other, json!({})).await.status, 303);
    (Told { desk, handle, consent, entries }, officer, other)
}

/// Looks a client up as an officer would.
pub async fn handle_of(officer: &mut Browser, bsn: &str) -> String {
    let secret = officer.get("/clients").await.secret();
    let found = officer.post("/clients", &[("secret", &secret), ("bsn", bsn), ("handle", "")]).await;
    assert_eq!(found.status, 303, "{}", found.body);
    let to = found.header("location").unwrap();
    assert!(!to.contains(bsn), "{to}");
    to.strip_prefix("/clients/").unwrap().to_owned()
}

/// How many entries there are.
pub async fn size(gateway: &TestGateway) -> u64 {
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let head = officer.audit().get_checkpoint(GetCheckpointRequest {}).await.unwrap().into_inner().head;
    head.lines().nth(1).unwrap().parse().unwrap()
}

fn is_harmless(path: &str, page: &Page) {
    for never in
        [bsn(0), "professional-1".to_owned(), "twee".to_owned(), "<script".to_owned(), " style=".to_owned()]
    {
        assert!(!page.body.contains(&never), "{path} shows {never}: {}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_answers_in_both_languages_and_what_tells_of_entries_is_recorded() {
    let (Told { desk, handle, consent, entries }, mut officer, _) = told().await;
    let [first, _, urgent] = entries;
    let client = format!("/clients/{handle}");
    for (path, dutch, english, recorded) in [
        ("/".to_owned(), "Is het register intact?", "Is the ledger intact?", 3),
        ("/verify".to_owned(), "Zelf nagaan", "Verify it yourself", 0),
        ("/entries".to_owned(), "Gegevens gevraagd", "Asked for data", 1),
        (
            "/entries?purpose=housing&field=housing.situation&ground=R01".to_owned(),
            "een deel gegeven",
            "released in part",
            1,
        ),
        (format!("/entries?client={handle}&outcome=withheld"), "niets gegeven", "nothing released", 1),
        (format!("/entries/{first}"), "Wat de vrager hoorde", "What the requester heard", 1),
        (format!("/entries/{first}?form=fhir"), "AuditEvent", "AuditEvent", 1),
        (format!("/entries/{urgent}"), "Noodprocedure", "Emergency", 1),
        ("/clients".to_owned(), "Een cliënt opzoeken", "Look up a client", 0),
        (client.clone(), "Gegevens gevraagd. Door: ", "Asked for data. By: ", 1),
        (format!("{client}/letter"), "Waaruit blijkt dat dit klopt", "What shows that this is right", 1),
        (format!("{client}/consents/{consent}"), "Nieuw – Ingetrokken", "New – Withdrawn", 1),
    ] {
        for (language, says) in [("nl", dutch), ("en", english)] {
            assert_eq!(officer.get(&format!("/language/{language}?back=/")).await.status, 303);
            let before = size(&desk.gateway).await;
            let page = officer.get(&path).await;
            assert_eq!(page.status, 200, "{path}: {}", page.body);
            assert!(page.body.contains(&format!("<html lang=\"{language}\"")), "{path}: {}", page.body);
            assert!(page.body.contains(says), "{path} does not say {says}: {}", page.body);
            assert_eq!(page.body.matches("<h1").count(), 1, "{path}");
            assert_eq!(size(&desk.gateway).await - before, recorded, "{path}");
            is_harmless(&path, &page);
        }
    }
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_custodians_officer_reads_why_and_the_other_side_reads_what_its_people_heard() {
    let (Told { desk, consent, entries, .. }, mut officer, mut other) = told().await;
    let second = format!("/entries/{}", entries[1]);
    let own = officer.get(&second).await;
    assert!(
        own.body.contains("(CONSENT_WITHDRAWN)") && own.body.contains("Regel van het convenant"),
        "{}",
        own.body
    );
    let theirs = other.get(&second).await;
    assert_eq!(theirs.status, 200);
    for fine in ["(CONSENT_WITHDRAWN)", "Regel van het convenant", "id=\"rule-", &consent] {
        assert!(!theirs.body.contains(fine), "{fine}: {}", theirs.body);
    }
    for form in ["nen7513", "fhir", "adl", "csv"] {
        let page = other.get(&format!("{second}?form={form}")).await;
        assert!(page.status == 200 && !page.body.contains(&consent), "{form}: {}", page.body);
    }
    for (browser, whole) in [(&mut officer, true), (&mut other, false)] {
        let secret = browser.get("/").await.secret();
        let again = browser.post(&format!("{second}/replay"), &[("secret", &secret)]).await;
        assert_eq!(again.status, 200, "{}", again.body);
        assert!(again.body.contains("hetzelfde besluit"), "{}", again.body);
        assert_eq!(again.body.contains("Wie had ingestemd"), whole, "{}", again.body);
    }
    // A professional of the other side is not hers to know by name, and what is not on her side is not there.
    let registered = officer.get("/entries?outcome=done").await;
    assert!(registered.body.contains("Toestemming of bezwaar ingetrokken"), "{}", registered.body);
    let theirs = other.get("/entries?outcome=done").await;
    assert!(!theirs.body.contains("Toestemming of bezwaar ingetrokken"), "{}", theirs.body);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_expired_or_anothers_is_one_and_the_same_page() {
    let (Told { desk, handle, .. }, mut officer, mut other) = told().await;
    let unknown = handle_of(&mut officer, &bsn(7)).await;
    for path in [
        "/entries/999999".to_owned(),
        "/entries/x".to_owned(),
        "/entries/-1".to_owned(),
        "/entries/999999/receipt".to_owned(),
        "/clients/nobody".to_owned(),
        format!("/clients/{unknown}"),
        format!("/clients/{unknown}"),
        format!("/clients/{unknown}/letter"),
        format!("/clients/{handle}/consents/c-{}", "0".repeat(32)),
        format!("/clients/{handle}/consents/x"),
        "/entries?client=nobody".to_owned(),
        "/assets/other.css".to_owned(),
    ] {
        let page = officer.get(&path).await;
        assert!(
            page.status == 404 && page.body.contains("NOT_FOUND"),
            "{path}: {} {}",
            page.status,
            page.body
        );
    }
    // The handle of another organisation is nobody's here.
    let page = other.get(&format!("/clients/{handle}")).await;
    assert!(page.status == 404 && page.body.contains("NOT_FOUND"), "{}", page.body);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrongly_is_named_and_not_repeated() {
    let (Told { desk, handle, entries, .. }, mut officer, _) = told().await;
    let long = "x".repeat(200);
    for (path, code) in [
        ("/entries?purpose=hostile-text", "PURPOSE_UNKNOWN"),
        ("/entries?recipient=hostile-text", "RECIPIENT_UNKNOWN"),
        ("/entries?custodian=00000000000000000001", "CUSTODIAN_UNKNOWN"),
        ("/entries?professional=hostile-text", "PROFESSIONAL_UNKNOWN"),
        ("/entries?outcome=hostile-text", "OUTCOME_UNKNOWN"),
        ("/entries?kind=hostile-text", "KIND_UNKNOWN"),
        ("/entries?field=hostile-text", "FIELD_UNKNOWN"),
        ("/entries?ground=R99", "GROUND_UNKNOWN"),
        ("/entries?from=2026-02-30", "FROM_INVALID"),
        ("/entries?until=hostile-text", "UNTIL_INVALID"),
        ("/entries?from=2026-02-02&until=2026-02-01", "PERIOD_BACKWARDS"),
        ("/entries?page=hostile-text", "PAGE_TOKEN"),
        ("/entries?hostile-text=1", "FILTER_UNKNOWN"),
        ("/entries?purpose=housing&purpose=report", "FILTER_UNKNOWN"),
        (&format!("/entries?purpose={long}"), "FILTER_TOO_LONG"),
        (&format!("/entries/{}?form=hostile-text", entries[0]), "FORM_UNKNOWN"),
    ] {
        let page = officer.get(path).await;
        assert!(page.status == 400 && page.body.contains(code), "{path}: {} {}", page.status, page.body);
        assert!(!page.body.contains("hostile-text") && !page.body.contains(&long), "{path}: {}", page.body);
    }
    let secret = officer.get("/clients").await.secret();
    for (path, form, code) in [
        ("/clients", vec![("bsn", ""), ("handle", "")], "CLIENT_MISSING"),
        ("/clients", vec![("bsn", "123456789"), ("handle", "")], "BSN_INVALID"),
        ("/clients", vec![("bsn", "123456782"), ("handle", &handle)], "CLIENT_TWICE"),
        ("/entries/professional", vec![("subject", "")], "SUBJECT_INVALID"),
        ("/entries/professional", vec![("subject", &long)], "SUBJECT_INVALID"),
        (
            &format!("/clients/{handle}/letter"),
            vec![("reader", "parent-9"), ("language", "nl")],
            "READER_NOT_ENTITLED",
        ),
        (
            &format!("/clients/{handle}/letter"),
            vec![("reader", "999993653"), ("language", "nl")],
            "READER_UNKNOWN",
        ),
        (
            &format!("/clients/{handle}/letter"),
            vec![("reader", "client"), ("language", "de")],
            "LANGUAGE_UNKNOWN",
        ),
    ] {
        let form: Vec<(&str, &str)> = [("secret", secret.as_str())].into_iter().chain(form).collect();
        let page = officer.post(path, &form).await;
        assert!(
            page.status == 400 && page.body.contains(code),
            "{path} {code}: {} {}",
            page.status,
            page.body
        );
    }
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_where_it_ended_and_a_professional_is_found_by_a_pseudonym() {
    let (Told { desk, .. }, mut officer, mut other) = told().await;
    for _ in 0..60 {
        assert_eq!(officer.get("/entries?outcome=released").await.status, 200);
    }
    let mut path = "/entries".to_owned();
    let (mut seen, mut pages) = (std::collections::BTreeSet::new(), 0);
    loop {
        let page = officer.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        pages += 1;
        for part in page
            .body
            .split("<a class=\"utrecht-link utrecht-link--html-a sluis-cell-link\" href=\"/entries/")
            .skip(1)
        {
            let index: u64 = part.split('"').next().unwrap().parse().unwrap();
            assert!(seen.insert(index), "{index} is there twice");
        }
        let Some((_, rest)) = page.body.split_once("rel=\"next\" href=\"") else { break };
        path = rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        let narrowed = officer.get(&path.replace("?page=", "?outcome=done&page=")).await;
        assert!(narrowed.status == 400 && narrowed.body.contains("PAGE_TOKEN"), "{}", narrowed.body);
    }
    assert!(pages > 1 && seen.len() > 60, "{pages} pages, {} entries", seen.len());
    let secret = other.get("/").await.secret();
    let form = [("secret", secret.as_str()), ("subject", "professional-1")];
    let found = other.post("/entries/professional", &form).await;
    let to = found.header("location").unwrap().to_owned();
    assert!(
        found.status == 303 && to.starts_with("/entries?professional=") && !to.contains("professional-1"),
        "{to}"
    );
    let page = other.get(&to).await;
    assert!(page.status == 200 && page.body.contains("Gegevens gevraagd"), "{}", page.body);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_a_file_and_the_look_is_kept_by_its_hash() {
    let (Told { desk, entries, .. }, mut officer, _) = told().await;
    let receipt = officer.get(&format!("/entries/{}/receipt", entries[0])).await;
    assert_eq!(receipt.status, 200);
    assert!(receipt.header("content-type").unwrap().starts_with("text/plain"));
    assert!(receipt.header("content-disposition").unwrap().starts_with("attachment;"));
    assert!(receipt.body.starts_with("c2sp.org/tlog-proof@v1\n"), "{}", receipt.body);
    let home = officer.get("/").await;
    let sheet = home.body.split("href=\"/assets/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for (path, kept) in
        [(format!("/assets/{sheet}"), "immutable"), ("/assets/theme.css".to_owned(), "no-cache")]
    {
        let css = officer.get(&path).await;
        assert_eq!(css.status, 200, "{path}");
        assert!(css.header("content-type").unwrap().starts_with("text/css"), "{path}");
        assert!(css.header("cache-control").unwrap().contains(kept), "{path}");
    }
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_narrows_to_a_kind_of_event_and_leaves_the_readings_out_with_one_press() {
    let (Told { desk, .. }, mut officer, _) = told().await;
    let all = officer.get("/entries").await;
    assert!(all.body.contains("<th class=\"utrecht-table__cell\" scope=\"row\">"), "{}", all.body);
    let without = "href=\"/entries?kind=all-but-readings\"";
    assert!(all.body.contains(without) && all.body.contains("Zonder inzagen"), "{}", all.body);
    let (read, asked, judged) =
        ("Logboek ingezien</td>", "Gegevens gevraagd</td>", "Nieuwe afspraken gelden</td>");
    for (kind, shows, hides) in [
        ("", vec![read, asked, judged], vec![]),
        ("all-but-readings", vec![asked, judged], vec![read]),
        ("readings", vec![read], vec![asked, judged]),
        ("disclosures", vec![asked], vec![read, judged]),
        ("others", vec![judged], vec![read, asked]),
        ("consents", vec!["Toestemming of bezwaar ingetrokken</td>"], vec![read, asked, judged]),
        ("registrations", vec!["</td>"], vec![read, asked, judged]),
    ] {
        let page = officer.get(&format!("/entries?kind={kind}")).await;
        assert_eq!(page.status, 200, "{kind}: {}", page.body);
        for what in shows {
            assert!(page.body.contains(what), "{kind} hides {what}: {}", page.body);
        }
        for what in hides {
            assert!(!page.body.contains(what), "{kind} shows {what}: {}", page.body);
        }
        assert_eq!(page.body.contains("Zonder inzagen"), kind.is_empty(), "{kind}");
    }
    // The same over the wire, where a page belongs to its own question.
    let audit = desk.gateway.party(ACCARE, "privacy-officer").await;
    let listed = ListEntriesRequest { kind: "readings".to_owned(), page_size: 1, ..Default::default() };
    let found = audit.audit().list_entries(listed.clone()).await.unwrap().into_inner();
    assert_eq!(found.entries[0].event, "log-read");
    let other =
        ListEntriesRequest { kind: "others".to_owned(), page_token: found.next_page_token, ..listed.clone() };
    assert_eq!(refusal(&audit.audit().list_entries(other).await.err().unwrap()).2, ["page_token"]);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_sees_the_colours_of_their_own_organisation() {
    let setting = setting();
    for (file, colour) in [("own.css", "#111"), ("accare.css", "#222")] {
        std::fs::write(setting.path().join(file), format!(":root {{ --colour: {colour} }}")).unwrap();
    }
    let themes = format!("theme = \"own.css\"\nthemes = {{ {ACCARE} = \"accare.css\" }}");
    let desk = desk_with(setting, &themes).await;
    let (mut stranger, mut colleague, mut officer) = (desk.browser(), desk.browser(), desk.officer().await);
    desk.arrives_at(&desk.assen, &mut colleague, json!({})).await;
    for (browser, page, colour) in
        [(&mut stranger, "/sign-in", "#111"), (&mut colleague, "/", "#111"), (&mut officer, "/", "#222")]
    {
        let page = browser.get(page).await;
        let theme = page.body.split("href=\"/assets/theme").nth(1).and_then(|rest| rest.split('"').next());
        let css = browser.get(&format!("/assets/theme{}", theme.unwrap())).await;
        assert_eq!((css.status, css.header("cache-control")), (200, Some("no-cache")));
        assert!(css.body.contains(colour), "{colour}: {}", css.body);
    }
    assert_eq!(officer.get("/assets/theme-x.css").await.status, 404);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_use_the_bsn_looks_a_client_up_by_the_reference_of_the_own_organisation() {
    let setting = setting();
    let provider = StandIn::start(&setting, "school", SCHOOL).await;
    let console = configured(&setting, "", &[("school", SCHOOL, &provider.issuer)]);
    let gateway = begun(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let registration = Some(registration("acc-1", &born(16)));
    care.consents()
        .register_client(RegisterClientRequest { client: named(&bsn(0)), registration })
        .await
        .unwrap();
    let (role, fields) = ("ondersteuningscoordinator", ["person.name"]);
    let agreed = permit(&bsn(0), SCHOOL, role, "education", &fields);
    let handle = care.consents().record_consent(agreed).await.unwrap().into_inner().recipient_client_handle;
    let asked = DiscloseRequest { client: by_handle(&handle), ..ask("", ACCARE, "education", &fields) };
    gateway.party(SCHOOL, role).await.disclosures().disclose(asked).await.unwrap();

    let mut officer = Browser::new(&gateway.setting, console);
    assert_eq!(provider.lets_in(&mut officer, json!({})).await.status, 303);
    let form = officer.get("/clients").await;
    assert!(!form.body.contains("name=\"bsn\"") && form.body.contains("name=\"handle\""), "{}", form.body);
    let (secret, before) = (form.secret(), size(&gateway).await);
    let filled = |bsn: &str, handle: &str| {
        [("secret", secret.clone()), ("bsn", bsn.to_owned()), ("handle", handle.to_owned())]
    };
    let mut posted = async |bsn: &str, handle: &str| {
        let filled = filled(bsn, handle);
        let fields: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
        officer.post("/clients", &fields).await
    };
    let refused = posted(&bsn(0), "").await;
    assert!(refused.status == 400 && refused.body.contains("BSN_NOT_ALLOWED"), "{}", refused.body);
    assert!(!refused.body.contains(&bsn(0)), "{}", refused.body);
    assert_eq!(size(&gateway).await, before, "nobody was looked up");
    let found = posted("", &handle).await;
    assert_eq!((found.status, found.header("location")), (303, Some(&*format!("/clients/{handle}"))));
    let client = officer.get(&format!("/clients/{handle}")).await;
    assert!(client.status == 200 && client.body.contains("Gegevens gevraagd"), "{}", client.body);
    gateway.finish().await;
}
