//! A filled-in form, read as a question.

use std::sync::Arc;

use jiff::civil::Date;
use zeroize::Zeroize;

use crate::console::naming::Naming;
use crate::console::{Console, Officer, Problem};
use crate::domain::{Bsn, ClientRef, OrganisationId, SampleSeed, Timestamp};
use crate::gateway::ReportRequest;
use crate::report::{FilledIn, Heads, Need, Question, Scope};

/// The longest that a subject can be.
const LONGEST: usize = 128;
/// The largest sample that can be asked for: as many as a table has rows.
const LARGEST: u64 = 2_000;

/// As it was filled in.
#[derive(serde::Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    bsn: String,
    #[serde(default)]
    client: String,
    #[serde(default)]
    professional: String,
    #[serde(default)]
    other: String,
    #[serde(default)]
    other_organisation: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    discovered: String,
    #[serde(default)]
    seed: String,
    #[serde(default)]
    count: String,
}

impl Drop for Filled {
    fn drop(&mut self) {
        self.bsn.zeroize();
    }
}

/// What is wrong, in Dutch and in English.
type Wrong = (&'static str, &'static str);

impl Filled {
    /// The question that it asks, and in words what it is narrowed to: without a client or a professional.
    pub(super) fn ask(
        &self,
        console: &Console,
        officer: &Officer,
        question: Question,
    ) -> Result<(ReportRequest, String), Problem> {
        self.read(console, officer, question).map_err(|wrong| {
            let remedy = ("Ga terug en vul het opnieuw in.", "Go back and fill it in again.");
            Problem::wrong(officer.language, wrong, remedy, "QUESTION_INVALID")
        })
    }

    fn read(
        &self,
        console: &Console,
        officer: &Officer,
        question: Question,
    ) -> Result<(ReportRequest, String), Wrong> {
        let (pseudonyms, side) = (console.gateway.pseudonyms(), officer.side());
        let covenant = &officer.covenant.covenant;
        let (from, until) = (
            day(&self.from, ("De eerste dag klopt niet", "The first day is not right"))?,
            day(&self.until, ("De laatste dag klopt niet", "The last day is not right"))?,
        );
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            return Err(("De laatste dag ligt voor de eerste", "The last day is before the first"));
        }
        let party = |text: &str, wrong| match text {
            "" => Ok(None),
            text => {
                let id = OrganisationId::parse(text).ok();
                id.filter(|id| covenant.parties.get(id).is_some()).map(Some).ok_or(wrong)
            }
        };
        let subject = |text: &str, of: &OrganisationId, wrong| match text.trim() {
            "" => Ok(None),
            text if text.chars().count() > LONGEST => Err(wrong),
            text => Ok(Some(pseudonyms.requester(of, text))),
        };
        let purpose = match self.purpose.as_str() {
            "" => None,
            id => Some(
                covenant
                    .purposes
                    .all()
                    .find(|purpose| purpose.id == id)
                    .ok_or(("Dit doel is er niet", "There is no such purpose"))?
                    .code,
            ),
        };
        let other_at = party(
            &self.other_organisation,
            ("De andere organisatie is geen partij", "The other organisation is no party"),
        )?;
        let scope = Scope {
            from: from.map(Timestamp::start_of),
            until: until.map(Timestamp::end_of),
            now: console.gateway.now(),
            requester: subject(
                &self.professional,
                side,
                ("De professional klopt niet", "The professional is not right"),
            )?,
            organisation: party(
                &self.organisation,
                ("Deze organisatie is geen partij", "This organisation is no party"),
            )?,
            purpose,
            other: subject(
                &self.other,
                other_at.as_ref().unwrap_or(side),
                ("De andere pet klopt niet", "The other hat is not right"),
            )?,
            discovered: day(
                &self.discovered,
                ("De dag van ontdekking klopt niet", "The day of discovery is not right"),
            )?
            .map(Timestamp::start_of),
            seed: self.seed()?,
            count: self.count()?,
            heads: Heads::default(),
        };
        let client = self.client(console, officer)?;
        is_enough(question, &scope, client.is_some())?;
        let words = narrowed(&Naming::new(console, officer), (from, until), &scope, client.is_some());
        let (side, progress) = (side.clone(), Arc::default());
        let request = ReportRequest { side, question, client, scope, progress, waits: true };
        Ok((request, words))
    }

    fn client(&self, console: &Console, officer: &Officer) -> Result<Option<ClientRef>, Wrong> {
        const WRONG: Wrong = ("De cliënt klopt niet", "The client is not right");
        let (pseudonyms, side) = (console.gateway.pseudonyms(), officer.side());
        match (self.bsn.trim(), self.client.trim()) {
            ("", "") => Ok(None),
            ("", handle) => pseudonyms.open_handle(handle, side).map(Some).ok_or(WRONG),
            (bsn, "") if officer.may_use_bsn() => {
                Bsn::parse(bsn).map(|bsn| Some(pseudonyms.client(&bsn))).map_err(|_| WRONG)
            }
            _ => Err(WRONG),
        }
    }

    /// A seed stands in the ledger's answer, so it must not be somebody's number.
    fn seed(&self) -> Result<String, Wrong> {
        let text = self.seed.trim();
        if text.is_empty() || SampleSeed::parse(text).is_ok() {
            Ok(text.to_owned())
        } else {
            Err(("Het zaad klopt niet", "The seed is not right"))
        }
    }

    fn count(&self) -> Result<Option<u64>, Wrong> {
        match self.count.trim() {
            "" => Ok(None),
            text => text
                .parse()
                .ok()
                .filter(|count| (1..=LARGEST).contains(count))
                .map(Some)
                .ok_or(("Het aantal is 1 tot en met 2000", "The number is 1 to 2000")),
        }
    }
}

fn day(text: &str, wrong: Wrong) -> Result<Option<Date>, Wrong> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wrong),
    }
}

/// Whether all is there that this question needs, and nothing that it may not have.
fn is_enough(question: Question, scope: &Scope, has_client: bool) -> Result<(), Wrong> {
    let filled = FilledIn {
        client: has_client,
        professional: scope.requester.is_some(),
        other_hat: scope.other.is_some(),
        from: scope.from.is_some(),
        until: scope.until.is_some(),
        organisation: scope.organisation.is_some(),
        purpose: scope.purpose.is_some(),
    };
    let unmet = question.unmet(filled).next();
    unmet.map_or(Ok(()), |need| {
        Err(match need {
            Need::Client => ("De cliënt ontbreekt", "The client is missing"),
            Need::Professional => ("De professional ontbreekt", "The professional is missing"),
            Need::OtherHat => ("De andere pet ontbreekt", "The other hat is missing"),
            Need::Period => ("De eerste of de laatste dag ontbreekt", "The first or the last day is missing"),
            Need::Everybody => ("Alleen de periode mag ingevuld zijn", "Only the period may be filled in"),
        })
    })
}

/// What it is narrowed to, in words. Who is named is told to be named, and no more.
fn narrowed(
    naming: &Naming<'_>,
    (from, until): (Option<Date>, Option<Date>),
    scope: &Scope,
    has_client: bool,
) -> String {
    let mut parts = Vec::new();
    if let Some(from) = from {
        parts.push(format!("{} {from}", naming.say("vanaf", "from")));
    }
    if let Some(until) = until {
        parts.push(format!("{} {until}", naming.say("tot en met", "until and including")));
    }
    if let Some(organisation) = &scope.organisation {
        parts.push(naming.party(organisation));
    }
    if let Some(purpose) = scope.purpose {
        parts.push(naming.purpose(purpose));
    }
    for (is_named, dutch, english) in [
        (has_client, "één cliënt", "one client"),
        (scope.requester.is_some(), "één professional", "one professional"),
    ] {
        if is_named {
            parts.push(naming.say(dutch, english).to_owned());
        }
    }
    if parts.is_empty() { naming.say("alles", "everything").to_owned() } else { parts.join(", ") }
}
