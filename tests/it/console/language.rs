//! In which language the words of a page are (WCAG 2.2, 3.1.2): what a covenant says in Dutch alone is known as Dutch wherever it stands, in
//! whichever language the officer reads.

use std::collections::BTreeSet;

use sluis::policy::Covenant;

use super::browser::{Browser, Page};
use super::covenant::{changed, covenant, listed};
use super::pages::{Told, told};
use super::reports::{asks, made};

/// Elements without an end.
const VOID: [&str; 6] = ["meta", "link", "br", "input", "hr", "rect"];

/// A piece of a page that is read: the language that it is in, and its words.
type Read = (String, String);

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split_once('"').map(|(value, _)| value)
}

fn unescaped(text: &str) -> String {
    let escapes = [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#38;", "&"),
    ];
    escapes.iter().fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

/// All that is read of a page: its texts, and what its elements are called, each in the language of what it stands in.
fn read(body: &str) -> Vec<Read> {
    let (mut open, mut read, mut rest) = (Vec::<Read>::new(), Vec::new(), body);
    while let Some((text, tagged)) = rest.split_once('<') {
        let language = open.last().map(|(_, language)| language.clone()).unwrap_or_default();
        read.push((language.clone(), unescaped(text)));
        let (tag, after) = tagged.split_once('>').expect("the end of a tag");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().expect("an element that is open").0, name, "{body}");
            continue;
        }
        let name = tag.split([' ', '\n', '/']).next().unwrap_or_default();
        let own = attribute(tag, "lang").map_or(language, str::to_owned);
        read.extend(
            ["aria-label", "title"]
                .iter()
                .filter_map(|name| attribute(tag, name))
                .map(|text| (own.clone(), unescaped(text))),
        );
        if !name.starts_with('!') && !tag.ends_with('/') && !VOID.contains(&name) {
            open.push((name.to_owned(), own));
        }
    }
    assert!(open.is_empty(), "{open:?}");
    read.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// What a covenant says in Dutch and in no other language.
fn in_dutch_alone(covenant: &Covenant) -> BTreeSet<String> {
    let roles = covenant.parties.iter().flat_map(|party| &party.roles).map(|role| role.label.clone());
    let bases = covenant.parties.iter().flat_map(|party| &party.legal_bases).map(|basis| basis.basis.clone());
    let sources = covenant.rules().into_iter().filter_map(|rule| rule.source.clone());
    roles.chain(bases).chain(sources).collect()
}

/// What a covenant calls fields and purposes in Dutch, where its English is other words.
fn dutch_labels(covenant: &Covenant) -> BTreeSet<String> {
    let fields = covenant.catalogue.fields().map(|field| &field.label);
    let labels: Vec<_> = fields.chain(covenant.purposes.all().map(|purpose| &purpose.label)).collect();
    let english: BTreeSet<&str> = labels.iter().map(|label| label.en.as_str()).collect();
    labels.iter().filter(|label| !english.contains(label.nl.as_str())).map(|label| label.nl.clone()).collect()
}

/// What is Dutch alone on a page, and what of the covenant's Dutch there is not known as Dutch.
fn dutch(
    body: &str,
    alone: &BTreeSet<String>,
    labels: &BTreeSet<String>,
) -> (BTreeSet<String>, Vec<(String, String)>) {
    let (mut found, mut strayed) = (BTreeSet::new(), Vec::new());
    for (spoken, text) in read(body) {
        let shown: Vec<String> =
            alone.iter().filter(|words| text.contains(words.as_str())).cloned().collect();
        let name =
            text.trim_matches(|character: char| character.is_whitespace() || "\",".contains(character));
        let is_named =
            labels.contains(name) || labels.iter().any(|label| text.contains(&format!("\"{label}\"")));
        if spoken != "nl" && (is_named || !shown.is_empty()) {
            strayed.push((spoken, text));
        }
        found.extend(shown);
    }
    (found, strayed)
}

/// Sees that all of it is known as Dutch, and says which of the words that are Dutch alone are on the page.
fn is_told(
    at: &str,
    page: &Page,
    language: &str,
    alone: &BTreeSet<String>,
    labels: &BTreeSet<String>,
) -> BTreeSet<String> {
    assert_eq!(page.status, 200, "{at}: {}", page.body);
    let (found, strayed) = dutch(&page.body, alone, labels);
    assert_eq!(strayed, [], "{at}, in {language}");
    // It is the mark that says so: without it, all of that is English.
    if language == "en" && !found.is_empty() {
        let (_, strayed) = dutch(&page.body.replace(" lang=\"nl\"", ""), alone, labels);
        assert!(!strayed.is_empty(), "{at}");
    }
    // Where all is in the language of the page, nothing says so again.
    assert!(
        language == "en"
            || !page.body.contains("<span lang=\"nl\">")
            || page.body.contains("<code lang=\"en\">"),
        "{at}"
    );
    assert!(!page.body.contains("<span lang=\"en\">"), "{at}: {}", page.body);
    found
}

async fn speaks(officer: &mut Browser, language: &str) {
    assert_eq!(officer.get(&format!("/language/{language}?back=/")).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_covenant_says_in_dutch_alone_is_known_as_dutch_on_every_page() {
    const NEW: &str = "Medewerker huisvesting";
    const TEAM: &str = "Jeugd- en gezinswerker, toegang";
    const OFFICER: &str = "Functionaris gegevensbescherming";
    const CARE: &str = "Behandelaar in een FACT Jeugd-team";
    const LAW: &str = "Wmo 2015 art. 5.1.1; Huisvestingswet 2014";
    let (Told { desk, handle, consent, entries }, mut officer, _) = told().await;
    let [first, _, urgent] = entries;
    let before = covenant(&desk.gateway.setting);
    let permit = "WGBO, art. 7:457 lid 1 BW; Jeugdwet art. 7.3.11 lid 1; AVG art. 9 lid 2 onder a";
    let client = format!("/clients/{handle}");
    // The pages, and some of what each must show in Dutch.
    let mut pages = vec![
        ("/".to_owned(), vec![TEAM]),
        ("/entries".to_owned(), vec![TEAM, OFFICER, CARE]),
        (format!("/entries/{first}"), vec![TEAM, permit]),
        ("/emergencies".to_owned(), vec![TEAM]),
        (client.clone(), vec![TEAM, CARE]),
        (format!("{client}/consents/{consent}"), vec![TEAM]),
        (format!("{client}/letter"), vec![TEAM, CARE, LAW]),
        ("/covenant".to_owned(), vec![TEAM, OFFICER, LAW, permit]),
        (format!("/entries/{urgent}?form=fhir"), vec![TEAM]),
        (format!("/entries/{urgent}?form=plain-nl"), vec![TEAM]),
        (format!("/entries/{urgent}?form=plain-en"), vec![TEAM]),
    ];
    for form in ["nen7513", "ldv", "ldv-0.7", "adl", "csv"] {
        pages.push((format!("/entries/{urgent}?form={form}"), vec![]));
    }
    let (alone, labels) = (in_dutch_alone(&before), dutch_labels(&before));
    for language in ["nl", "en"] {
        speaks(&mut officer, language).await;
        for (path, shows) in &pages {
            let page = officer.get(path).await;
            let labels = if language == "en" { labels.clone() } else { BTreeSet::new() };
            let found = is_told(path, &page, language, &alone, &labels);
            for words in shows {
                assert!(
                    found.contains(*words),
                    "{path}, in {language}, does not show {words}: {}",
                    page.body
                );
            }
        }
        let secret = officer.get("/").await.secret();
        let again = officer.post(&format!("/entries/{first}/replay"), &[("secret", &secret)]).await;
        assert!(
            is_told("replay", &again, language, &alone, &BTreeSet::new()).contains(permit),
            "{}",
            again.body
        );
    }

    // What changed in the files stands there as it was written: whichever of both languages that is in.
    let comment = "// Poort B: mag de ontvanger het hebben? / Gate B: may the recipient have it?";
    let changes = [
        ("parties.toml", "label = \"Medewerker wonen\"", "label = \"Medewerker huisvesting\""),
        (
            "policies/recipient.cedar",
            comment,
            "// Poort B: mag de ontvanger dit hebben? / Gate B: may the recipient have this?",
        ),
    ];
    changed(&desk, &mut officer, &changes).await;
    let newest = listed(&officer.get("/covenant/versions").await)[0];
    let both: BTreeSet<String> =
        alone.union(&in_dutch_alone(&covenant(&desk.gateway.setting))).cloned().collect();
    for language in ["nl", "en"] {
        speaks(&mut officer, language).await;
        let path = format!("/covenant/differences?older=0&newer={newest}");
        let page = officer.get(&path).await;
        let found = is_told(&path, &page, language, &both, &BTreeSet::new());
        assert!(found.contains(NEW) && found.contains("Medewerker wonen"), "{}", page.body);
        let read = read(&page.body);
        for (spoken, says) in [("nl", "mag de ontvanger dit hebben"), ("en", "may the recipient have this")] {
            assert!(
                read.iter().any(|(language, text)| language == spoken && text.contains(says)),
                "{says}: {}",
                page.body
            );
        }
        let marks = if language == "nl" { ["nieuw:", "weg:"] } else { ["new:", "gone:"] };
        for mark in marks {
            assert!(read.contains(&(language.to_owned(), format!("{mark} "))), "{mark}: {}", page.body);
        }
    }
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_in_which_language_it_was_asked_and_names_fields_in_that_of_the_page() {
    let (Told { desk, .. }, mut officer, _) = told().await;
    let agreed = covenant(&desk.gateway.setting);
    let (alone, labels) = (in_dutch_alone(&agreed), dutch_labels(&agreed));
    for (question, shows) in [("matrix", None), ("register", Some("WGBO, art. 7:454 BW"))] {
        speaks(&mut officer, "nl").await;
        let asked = asks(&mut officer, question, &[]).await;
        let at = asked.header("location").unwrap().to_owned();
        made(&mut officer, &at).await;
        for path in [at.as_str(), "/reports"] {
            for (language, mark) in [("nl", false), ("en", true)] {
                speaks(&mut officer, language).await;
                let page = officer.get(path).await;
                let labels = if language == "en" { labels.clone() } else { BTreeSet::new() };
                let found = is_told(path, &page, language, &alone, &labels);
                let shown = shows.filter(|_| path == at);
                assert!(shown.is_none_or(|words| found.contains(words)), "{question}: {}", page.body);
                let asked = read(&page.body).into_iter().find(|(_, text)| text.contains("tot en met 2"));
                assert_eq!(asked.expect("what was asked").0, "nl", "{}", page.body);
                assert_eq!(page.body.contains("<span lang=\"nl\">vanaf "), mark, "{}", page.body);
            }
        }
    }
    desk.gateway.finish().await;
}
