//! Playing a case: what was said and recorded, in the order of time, then the question, then the comparison.

use std::collections::BTreeMap;

use crate::domain::{
    Because, Consent, ConsentRefused, FieldCode, LifeDomain, OverrideRefused, PurposeCode, Registration,
    RequestId, Spent, Timestamp, Verdict,
};
use crate::policy::cases::asked::Request;
use crate::policy::cases::moment::{Moment, TODAY};
use crate::policy::cases::people::{Problem, hat, organisation};
use crate::policy::cases::record::{Step, steps};
use crate::policy::cases::written::Written;
use crate::policy::{Covenant, Inquiry};

/// How a case went.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was decided about each field, or refused to be recorded: as the case writes it.
    pub decided: Vec<(String, String)>,
    /// What is not as the case says; empty where it passed.
    pub differences: Vec<String>,
}

/// What a case asks, in the words of the domain.
pub(super) struct Setting<'a> {
    pub covenant: &'a Covenant,
    pub request: &'a Request,
    pub purpose: PurposeCode,
    pub at: Timestamp,
}

pub(super) fn run(case: &Written, covenant: &Covenant) -> Outcome {
    let mut outcome = Outcome::default();
    if case.proved_by.is_empty()
        && let Err(problem) = play(case, covenant, &mut outcome)
    {
        outcome.differences.push(problem);
    }
    outcome
}

fn play(case: &Written, covenant: &Covenant, outcome: &mut Outcome) -> Result<(), Problem> {
    let request = &case.request;
    let purpose = PurposeCode::parse(&request.purpose).map_err(|e| e.to_string())?;
    let setting = Setting { covenant, request, purpose, at: request.at.unwrap_or(TODAY).happens() };
    let registration = case.client.registration(covenant)?;
    let consents = record(case, &setting, &registration, outcome)?;
    if case.expected.is_empty() {
        return Ok(());
    }
    let file = case.client.registered.then_some((&registration, consents.as_slice()));
    let asked = fields(&request.fields)?;
    let evidence = case.evidence.evidence(request.ground)?;
    let inquiry = Inquiry {
        recipient: &hat(&request.recipient, covenant)?,
        custodian: &organisation(&request.custodian, covenant)?,
        purpose,
        life_domains: &agenda(&request.agenda)?,
        ground: request.ground,
        evidence: evidence.as_ref(),
        ticket: request.ticket,
        level: request.level,
        fields: &asked,
        request: &request_id(request.repeats)?,
        at: setting.at,
    };
    let mut expected = expectations(&case.expected, &asked)?;
    for (code, verdict) in covenant.decide(&inquiry, file).verdicts() {
        let said = say(verdict);
        match expected.remove(code) {
            Some(expected) if *expected == said => {}
            Some(expected) => outcome.differences.push(format!("{code}: expected {expected}; it is {said}")),
            None => outcome.differences.push(format!("{code}: nothing was expected; it is {said}")),
        }
        outcome.decided.push((code.to_string(), said));
    }
    let missing = expected.keys().map(|code| format!("{code} was not asked"));
    outcome.differences.extend(missing);
    Ok(())
}

/// Records everything, in the order of time. A refusal that a case expects ends what it refused, and is no difference.
fn record(
    case: &Written,
    setting: &Setting<'_>,
    registration: &Registration,
    outcome: &mut Outcome,
) -> Result<Vec<Consent>, Problem> {
    let mut refusals: Vec<Option<&String>> = case.consent.iter().map(|c| c.refused.as_ref()).collect();
    refusals.extend(case.objection.iter().map(|o| o.refused.as_ref()));
    let mut consents: Vec<Option<Consent>> = vec![None; refusals.len()];
    for Step { at, directive, act } in steps(case, setting, registration)? {
        if at > setting.at {
            return Err("something in this case happens after the request".into());
        }
        let all: Vec<Consent> = consents.iter().flatten().cloned().collect();
        let (Some(before), Some(expected)) = (consents.get_mut(directive), refusals.get_mut(directive))
        else {
            continue;
        };
        match act(before.as_ref(), &all, at) {
            Ok(after) => *before = Some(after),
            Err(Refused(refused)) => {
                if expected.take().is_none_or(|expected| !refused.starts_with(expected)) {
                    outcome.differences.push(format!("refused with {refused}"));
                }
                outcome
                    .decided
                    .push((format!("directive {}", directive + 1), format!("refused with {refused}")));
            }
        }
    }
    let recorded = refusals.into_iter().flatten();
    let missed = recorded.map(|code| format!("{code} was expected; it was recorded"));
    outcome.differences.extend(missed);
    Ok(consents.into_iter().flatten().collect())
}

/// What somebody does to a directive, knowing all of them, and when.
pub(super) type Act<'a> =
    Box<dyn Fn(Option<&Consent>, &[Consent], Timestamp) -> Result<Consent, Refused> + 'a>;

/// Why something was not recorded: the stable code, or the row of the rules that it breaks; then the text.
pub(super) struct Refused(String);

impl From<ConsentRefused> for Refused {
    fn from(refused: ConsentRefused) -> Self {
        Self(format!("{}: {refused}", refused.code()))
    }
}

impl From<OverrideRefused> for Refused {
    fn from(refused: OverrideRefused) -> Self {
        Self(refused.to_string())
    }
}

pub(super) fn spend(covenant: &Covenant, recipient: &str, at: Moment) -> Result<Spent, Problem> {
    let organisation = hat(recipient, covenant)?.organisation;
    Ok(Spent { organisation, request: request_id(true)?, at: at.happens() })
}

/// The request that spent a single use, or another one.
fn request_id(spender: bool) -> Result<RequestId, Problem> {
    let text =
        if spender { "0192f0c1-7a53-7c3e-9a41-000000000001" } else { "0192f0c1-7a53-7c3e-9a41-000000000002" };
    RequestId::parse(text).map_err(|e| e.to_string())
}

/// Field codes with a space between each two.
pub(super) fn fields(text: &str) -> Result<Vec<FieldCode>, Problem> {
    text.split_whitespace().map(|code| FieldCode::parse(code).map_err(|e| format!("{code}: {e}"))).collect()
}

fn agenda(names: &[String]) -> Result<Vec<LifeDomain>, Problem> {
    let domain =
        |name: &String| LifeDomain::by_id(name).ok_or_else(|| format!("{name} is not a life domain"));
    names.iter().map(domain).collect()
}

/// What is expected of each field. `all` is every field that is not named apart.
fn expectations<'a>(
    written: &'a BTreeMap<String, String>,
    asked: &[FieldCode],
) -> Result<BTreeMap<FieldCode, &'a String>, Problem> {
    let mut expected = BTreeMap::new();
    for (codes, said) in written.iter().filter(|(codes, _)| *codes != "all") {
        for code in fields(codes)? {
            if expected.insert(code, said).is_some() {
                return Err(format!("{code} is expected twice"));
            }
        }
    }
    if let Some(said) = written.get("all") {
        for code in asked {
            expected.entry(*code).or_insert(said);
        }
    }
    Ok(expected)
}

/// One verdict as a case writes it: what is told, what the ledger keeps if that is finer, and which rule decided.
fn say(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Permitted { rule, .. } => format!("released by {rule}"),
        Verdict::Withheld { told, because, rule } => {
            let fine = fine(*because);
            let fine = if fine == told.code() { String::new() } else { format!(" ({fine})") };
            format!("{}{fine} by {rule}", told.code())
        }
    }
}

fn fine(because: Because) -> String {
    match because {
        Because::Rule(told) => told.code().to_owned(),
        Because::Lack(lack) => serde_json::to_value(lack)
            .ok()
            .and_then(|code| code.as_str().map(ToOwned::to_owned))
            .unwrap_or_default(),
        Because::NoValue => "NO_VALUE".to_owned(),
        Because::Custodian(failure) => format!("{failure:?}"),
    }
}
