//! `/covenant`: what the parties agreed, as the gateway decides by it at this moment: parties, purposes, rules.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::rules::{self, RuleText};
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::parts::{Cell, Grid, Heading, Mood};
use crate::console::{Console, Officer, Problem};
use crate::domain::{Capability, Language, LegalBasis, Party};
use crate::policy::Rule;
use crate::projection::Phrase;

#[derive(Template)]
#[template(path = "covenant.html")]
struct CovenantPage {
    frame: Frame,
    digest: String,
    revision: i64,
    parties: Grid,
    purposes: Grid,
    in_force: Grid,
    rules: Vec<RuleText>,
}

/// `/covenant`
pub(in crate::console) async fn covenant(
    State(console): State<Arc<Console>>,
    officer: Officer,
) -> Result<Response, Problem> {
    let frame = console.frame(&officer, Section::Covenant, "Convenant", "Covenant").await?;
    let naming = Naming::new(&console, &officer);
    let covenant = &officer.covenant.covenant;
    let now = console.gateway.now();
    let all = covenant.rules();
    let shown = CovenantPage {
        digest: covenant.digest.to_string(),
        revision: officer.covenant.party_revision,
        parties: parties(&naming),
        purposes: purposes(&naming),
        in_force: in_force(&naming, all.iter().map(|rule| (*rule, rule.in_force.contains(now)))),
        rules: rules::of(&naming, covenant, all.iter().map(|rule| &*rule.id)),
        frame,
    };
    Ok(page(StatusCode::OK, &shown))
}

fn headings<const N: usize>(naming: &Naming<'_>, both: [(&str, &str); N]) -> Vec<Heading> {
    both.map(|(dutch, english)| Heading::text(naming.say(dutch, english))).into()
}

fn parties(naming: &Naming<'_>) -> Grid {
    let row = |party: &Party| {
        let role = |role: &crate::domain::PartyRole| {
            let may: Vec<&str> = role.may.iter().map(|may| capability(naming, *may)).collect();
            naming.agreed(&role.label).then(format!(": {}", may.join(", ")))
        };
        let bsn = if party.may_use_bsn { ("ja", "yes") } else { ("nee", "no") };
        vec![
            Cell::text(party.name.clone()),
            Cell::Code(party.id.to_string()),
            Cell::text(Phrase::joined(party.roles.iter().map(role), "; ")),
            Cell::text(Phrase::joined(party.legal_bases.iter().map(|basis| own_basis(naming, basis)), "; ")),
            Cell::text(naming.say(bsn.0, bsn.1)),
        ]
    };
    let of = [
        ("Partij", "Party"),
        ("Nummer (OIN)", "Number (OIN)"),
        ("Rollen, en wat zij mogen", "Roles, and what they may do"),
        ("Eigen grondslag om te ontvangen", "Own legal basis to receive"),
        ("Mag het BSN gebruiken", "May use the BSN"),
    ];
    Grid {
        caption: naming.say("De partijen", "The parties").to_owned(),
        headings: headings(naming, of),
        rows: naming.reader.parties.iter().map(row).collect(),
    }
}

/// For which purpose, and the law that lets it receive.
pub(super) fn own_basis(naming: &Naming<'_>, basis: &LegalBasis) -> Phrase {
    Phrase::from(format!("{}: ", naming.purpose(basis.purpose))).then(naming.agreed(&basis.basis))
}

pub(super) fn capability(naming: &Naming<'_>, capability: Capability) -> &'static str {
    let (dutch, english) = match capability {
        Capability::Ask => ("vragen", "ask"),
        Capability::RecordConsent => ("toestemming vastleggen", "record consent"),
        Capability::InformClient => ("cliënten informeren", "inform clients"),
        Capability::Audit => ("het register inzien", "audit the ledger"),
        Capability::Verify => ("het hele register nalopen", "verify the whole ledger"),
    };
    naming.say(dutch, english)
}

fn purposes(naming: &Naming<'_>) -> Grid {
    let row = |purpose: &crate::domain::Purpose| {
        let grounds = purpose.grounds.join(" ");
        vec![Cell::text(naming.purpose(purpose.code)), Cell::Code(purpose.id.clone()), Cell::text(grounds)]
    };
    let of = [("Doel", "Purpose"), ("Naam in het register", "Name in the ledger"), ("Gronden", "Grounds")];
    Grid {
        caption: naming.say("De doelen", "The purposes").to_owned(),
        headings: headings(naming, of),
        rows: naming.reader.purposes.all().map(row).collect(),
    }
}

/// What it does when it decides.
pub(super) fn does(naming: &Naming<'_>, rule: &Rule) -> &'static str {
    match (rule.told, naming.language) {
        (Some(told), language) => crate::projection::words::told(told, language),
        (None, Language::Dutch) => "staat verstrekken toe",
        (None, Language::English) => "permits a release",
    }
}

fn in_force<'a>(naming: &Naming<'_>, rules: impl Iterator<Item = (&'a Rule, bool)>) -> Grid {
    let row = |(rule, counts): (&Rule, bool)| {
        let does = does(naming, rule);
        let state = if counts {
            Cell::badge(Mood::Good, naming.say("geldt", "in force"))
        } else {
            Cell::badge(Mood::Plain, naming.say("geldt nu niet", "not in force now"))
        };
        let source = naming.agreed(rule.source.as_deref().unwrap_or_default());
        vec![Cell::link(format!("#rule-{}", rule.id), &rule.id), Cell::text(does), Cell::text(source), state]
    };
    let of = [
        ("Regel", "Rule"),
        ("Wat zij doet", "What it does"),
        ("Waarop zij rust", "What it rests on"),
        ("Nu", "Now"),
    ];
    Grid {
        caption: naming.say("De regels", "The rules").to_owned(),
        headings: headings(naming, of),
        rows: rules.map(row).collect(),
    }
}
