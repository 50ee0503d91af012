//! Why an entry says what it says, for people.

use std::io::{self, Write};

use super::{print, table, words};
use crate::contract::v1::{ExplainEntryResponse, ExplainedField, ExplainedVerdict, Grant};

/// The entry, what each verdict rested on, and whether it is the same now.
pub fn explanation(output: &mut impl Write, answer: &ExplainEntryResponse) -> io::Result<()> {
    if let Some(entry) = &answer.entry {
        print::entries(output, std::slice::from_ref(entry))?;
    }
    writeln!(output, "  covenant {}", answer.covenant)?;
    if answer.client_revision > 0 {
        writeln!(output, "  the client's file at revision {}", answer.client_revision)?;
    }
    if !answer.decided {
        return writeln!(output, "  it holds no verdicts: there is nothing to decide again");
    }
    let rows: Vec<[String; 5]> = answer.fields.iter().map(row).collect();
    table::write(output, ["field", "recorded", "decided again", "rests on", "agreed"], &rows)?;
    for difference in &answer.differences {
        writeln!(output, "  ! {difference}")?;
    }
    writeln!(output, "  {}", if answer.same { "the same as recorded" } else { "NOT the same as recorded" })
}

fn row(field: &ExplainedField) -> [String; 5] {
    let (recorded, again) = (said(field.recorded.as_ref()), said(field.again.as_ref()));
    let agreed: Vec<String> = field.agreed.iter().filter_map(grantor).collect();
    let rests_on = field.again.as_ref().map(rests_on).unwrap_or_default();
    let again = if field.same { again } else { format!("! {again}") };
    [field.field.clone(), recorded, again, rests_on, agreed.join(", ")]
}

fn said(verdict: Option<&ExplainedVerdict>) -> String {
    let Some(ExplainedVerdict { verdict, reason, fine_reason, .. }) = verdict else { return String::new() };
    let fine = Some(fine_reason.as_str()).filter(|fine| !fine.is_empty() && fine != reason);
    let words = [verdict.as_str(), reason.as_str()].into_iter().filter(|word| !word.is_empty());
    let text = words.collect::<Vec<_>>().join(" ");
    fine.map(|fine| format!("{text} ({fine})")).unwrap_or(text)
}

fn rests_on(verdict: &ExplainedVerdict) -> String {
    match verdict.consent_id.as_str() {
        "" => verdict.rule.clone(),
        id => format!("{}, {id} version {}", verdict.rule, verdict.consent_version),
    }
}

fn grantor(grant: &Grant) -> Option<String> {
    let by = grant.grantor.as_ref()?;
    Some(format!("{} ({})", by.person, words::of_capacity(by.capacity)))
}
