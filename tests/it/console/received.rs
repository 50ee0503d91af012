//! Who was given what of a client: the table that a client's page begins with.

use super::browser::{Browser, Page};
use super::desk;
use super::pages::{Told, handle_of, told};
use crate::harness::*;

const TITLE: &str = "Wie kreeg gegevens";

/// What a client's page tells before what happened: the rows of its table, or what it says in their place.
fn received(page: &Page) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.body);
    let title = format!("<h2 class=\"utrecht-heading-2\">{TITLE}</h2>");
    let (_, rest) = page.body.split_once(&title).unwrap_or_else(|| panic!("{}", page.body));
    let (part, _) = rest.split_once("<h2").unwrap();
    let rows = part.split("<tr").skip(2).map(words);
    if part.contains("<table") { rows.collect() } else { vec![words(part)] }
}

/// Without what the browser makes of it.
fn words(html: &str) -> String {
    html.split('<')
        .map(|piece| piece.split_once('>').map_or("", |(_, text)| text).trim())
        .fold(String::new(), |said, piece| if piece.is_empty() { said } else { said + "|" + piece })
}

async fn client(officer: &mut Browser) -> Vec<String> {
    let handle = handle_of(officer, &bsn(0)).await;
    received(&officer.get(&format!("/clients/{handle}")).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_of_either_side_reads_first_who_was_given_what_from_whom_for_what_and_why() {
    let (Told { desk, entries, .. }, mut officer, mut other) = told().await;
    let [first, second, urgent] = entries;
    for browser in [&mut officer, &mut other] {
        let rows = client(browser).await;
        let [emergency, consented] = rows.as_slice() else { panic!("{rows:#?}") };
        for (row, index, ground) in [(emergency, urgent, "R09: "), (consented, first, "R01: toestemming")] {
            for says in ["Gemeente Assen", "Accare", ground, "|1|"] {
                assert!(row.contains(says), "{index}: no {says} in {row}");
            }
        }
        assert!(consented.contains("|Naam; Woonsituatie"), "{consented}");
        let asked_in_vain = "Huisuitzetting";
        assert!(!consented.contains(asked_in_vain), "{consented}");
        // Nothing came of the second: no row leads to it.
        let handle = handle_of(browser, &bsn(0)).await;
        let page = browser.get(&format!("/clients/{handle}")).await;
        let (table, _) = page.body.split_once("</table>").unwrap();
        assert!(
            table.contains(&format!("/entries/{first}\""))
                && !table.contains(&format!("/entries/{second}\""))
        );
        assert!(table.contains("In alles wat het register aan uw kant over deze cliënt bewaart"), "{table}");
    }
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_said_where_it_is_nobody_and_a_part_of_the_entries_answers_nothing() {
    let desk = desk().await;
    let care = desk.gateway.party(ACCARE, "fact-behandelaar").await;
    consented(&care, &bsn(0), "acc-1", &["person.name"]).await;
    let mut officer = desk.officer().await;
    let said = client(&mut officer).await;
    assert_eq!(said, ["|Niemand. In alles wat het register aan uw kant over deze cliënt bewaart."]);
    let handle = handle_of(&mut officer, &bsn(0)).await;
    let narrowed = officer.get(&format!("/clients/{handle}?purpose=housing")).await;
    assert!(narrowed.status == 200 && !narrowed.body.contains(TITLE), "{}", narrowed.body);
    // Who looks so often that more is in the ledger than is looked through at once, is not told "nobody" of all of it.
    let municipality = desk.gateway.party(ASSEN, "wijkteam").await;
    municipality.disclosures().disclose(ask(&bsn(0), ACCARE, "housing", &["person.name"])).await.unwrap();
    for _ in 0..500 {
        assert_eq!(officer.get(&format!("/entries?client={handle}")).await.status, 200);
    }
    let page = officer.get(&format!("/clients/{handle}")).await;
    let [said] = received(&page).try_into().unwrap();
    assert!(said.starts_with("|Niemand. Alleen in de nieuwste regels"), "{said}");
    let (_, rest) = page.body.split_once("rel=\"next\" href=\"").unwrap();
    let next =
        officer.get(&rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&")).await;
    assert!(
        next.status == 200 && next.body.contains("Gedeeld: Naam") && !next.body.contains(TITLE),
        "{}",
        next.body
    );
    desk.gateway.finish().await;
}
