//! What is brought forward for a ground, in a file: what is written there about a client has no place in the history of a shell.
//!
//! The file is TOML with the contract's own names: at most one table, that of the ground, beside the note and the notice.

use std::path::Path;

use serde::Deserialize;

use super::problem::ClientProblem;
use super::words;
use crate::cli::keys::file;
use crate::contract::v1::client_notice::When;
use crate::contract::v1::ground_evidence::Ground;
use crate::contract::v1::{
    ClientNotice, DelayedNotice, EmergencyEvidence, GroundEvidence, Initiative, InquiryEvidence,
    PresumedConsentEvidence, ReportEvidence, RepresentativeEvidence, SupervisionOrderEvidence,
};

/// What may stand in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    note_reference: String,
    #[serde(default)]
    told: bool,
    delayed: Option<Delayed>,
    representative: Option<Representative>,
    presumed_consent: Option<PresumedConsent>,
    report: Option<Report>,
    supervision_order: Option<SupervisionOrder>,
    inquiry: Option<Inquiry>,
    emergency: Option<Emergency>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delayed {
    reason: String,
    review_on: String,
}

macro_rules! tables {
    ($($table:ident: $message:ident { $($answer:ident: $kind:ty),* })*) => { $(
        #[derive(Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct $table { $($answer: $kind),* }

        impl From<$table> for $message {
            fn from($table { $($answer),* }: $table) -> Self {
                Self { $($answer),* }
            }
        }
    )* };
}

tables! {
    Representative: RepresentativeEvidence { person: String }
    PresumedConsent: PresumedConsentEvidence { expectation: String, informed: bool }
    Report: ReportEvidence {
        signals: String, consultation: String, conversation: String, weighing: String, decision: String
    }
    Inquiry: InquiryEvidence { weighing: String }
    Emergency: EmergencyEvidence {
        consent: String, damage: String, conscience: String, subsidiarity: String, effectiveness: String,
        proportionality: String, consulted: String
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SupervisionOrder {
    order: String,
    necessity: String,
    on_request: bool,
}

impl From<SupervisionOrder> for SupervisionOrderEvidence {
    fn from(SupervisionOrder { order, necessity, on_request }: SupervisionOrder) -> Self {
        let initiative = if on_request { Initiative::OnRequest } else { Initiative::Own };
        Self { order, necessity, initiative: initiative.into() }
    }
}

/// Reads the file.
pub(super) fn read(path: &Path) -> Result<GroundEvidence, ClientProblem> {
    // What the parser says of a line is not repeated: the line may be about a client.
    let refused = |_| ClientProblem::Content { path: path.to_owned(), expected: "evidence as TOML" };
    of(toml::from_str(&file::read(path)?).map_err(refused)?)
}

fn of(written: Written) -> Result<GroundEvidence, ClientProblem> {
    let Written { note_reference, told, delayed, .. } = written;
    let mut grounds = [
        written.representative.map(|said| Ground::Representative(said.into())),
        written.presumed_consent.map(|said| Ground::PresumedConsent(said.into())),
        written.report.map(|said| Ground::Report(said.into())),
        written.supervision_order.map(|said| Ground::SupervisionOrder(said.into())),
        written.inquiry.map(|said| Ground::Inquiry(said.into())),
        written.emergency.map(|said| Ground::Emergency(said.into())),
    ]
    .into_iter()
    .flatten();
    let ground = grounds.next();
    if grounds.next().is_some() {
        return Err(ClientProblem::Argument("--evidence is of one ground: leave one table in the file"));
    }
    let when = match (told, delayed) {
        (true, Some(_)) => {
            return Err(ClientProblem::Argument(
                "--evidence says that the client was told, or why later: one",
            ));
        }
        (told, None) => told.then_some(When::Told(true)),
        (false, Some(Delayed { reason, review_on })) => {
            let reason = words::delay_reason(&reason).map_err(ClientProblem::Argument)?;
            Some(When::Delayed(DelayedNotice { reason, review_on }))
        }
    };
    let notice = when.map(|when| ClientNotice { when: Some(when) });
    Ok(GroundEvidence { ground, note_reference, notice })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, text: &str) -> Result<GroundEvidence, ClientProblem> {
        let path = std::env::temp_dir().join(format!("sluis-evidence-{}-{name}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let evidence = read(&path);
        std::fs::remove_file(&path).unwrap();
        evidence
    }

    #[test]
    fn an_emergency_is_read_with_its_answers_its_note_and_when_the_client_hears_it() {
        let text = "note_reference = 'report-12'\n[delayed]\nreason = 'out-of-reach'\nreview_on = '2026-12-01'\n\
                    [emergency]\nconsent = 'a'\nconsulted = 'colleague-7'\n";
        let evidence = written("emergency", text).unwrap();
        assert_eq!(evidence.note_reference, "report-12");
        let Some(Ground::Emergency(emergency)) = evidence.ground else { panic!("another ground") };
        assert_eq!((emergency.consent.as_str(), emergency.consulted.as_str()), ("a", "colleague-7"));
        assert!(emergency.damage.is_empty(), "what is not answered is sent as not answered");
        let Some(When::Delayed(delayed)) = evidence.notice.unwrap().when else { panic!("not delayed") };
        assert_eq!(delayed.review_on, "2026-12-01");
        let told = written("told", "told = true\n[inquiry]\nweighing = 'b'\n").unwrap();
        assert!(matches!(told.notice.unwrap().when, Some(When::Told(true))));
    }

    #[test]
    fn what_is_of_two_grounds_or_no_evidence_is_refused_without_repeating_it() {
        for (name, text) in [
            ("two", "[emergency]\nconsent = 'secret'\n[report]\nsignals = 'secret'\n"),
            ("both", "told = true\n[delayed]\nreason = 'out-of-reach'\nreview_on = 'secret'\n"),
            ("why", "[delayed]\nreason = 'secret'\nreview_on = ''\n"),
            ("unknown", "secret = 1\n"),
            ("broken", "note_reference = secret\n"),
        ] {
            let problem = written(name, text).err().unwrap().to_string();
            assert!(!problem.contains("secret"), "{problem}");
        }
    }
}
