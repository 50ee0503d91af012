//! P5: every broken glass: were the six questions answered, was the client told, was it judged in time?

use std::collections::BTreeMap;

use crate::domain::{Question, Timestamp, UnconsentedRelease};
use crate::projection::{Reader, Record};
use crate::report::names::{disclosure, organisation};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table, Words};

const COLUMNS: &[Column] = &[
    column("entry", "regel", "entry", Kind::Number),
    column("at", "wanneer", "when", Kind::Moment),
    column("client", "cliënt", "client", Kind::Client),
    column("recipient", "ontvanger", "recipient", Kind::Text),
    column("role", "rol", "role", Kind::Text),
    column("requester", "professional", "professional", Kind::Text),
    column("ground", "grond", "ground", Kind::Text),
    column("answers", "antwoorden", "answers", Kind::Text),
    column("told", "cliënt ingelicht", "client told", Kind::Text),
    column("review_by", "beoordelen voor", "review before", Kind::Moment),
    column("review", "beoordeling", "review", Kind::Text),
];

struct Broken {
    release: UnconsentedRelease,
    handle: String,
    answers: String,
    judged_at: Option<Timestamp>,
}

/// Emergency releases of the own data in the period, and what came of them until now.
pub(super) struct Emergencies {
    scope: Scope,
    releases: BTreeMap<u64, Broken>,
}

impl Emergencies {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, releases: BTreeMap::new() }
    }
}

impl Report for Emergencies {
    fn take(&mut self, record: &Record<'_>) {
        let (index, entry) = (record.index, record.entry);
        if let Some((about, _)) = entry.event.follows_up() {
            // The writer let nothing follow that cannot.
            if let Some(broken) = self.releases.get_mut(&about)
                && broken.release.take(index, entry).is_ok()
                && broken.release.is_reviewed()
            {
                broken.judged_at.get_or_insert(entry.at);
            }
            return;
        }
        let (Some(asked), Some(actor)) = (disclosure(entry), &entry.actor) else { return };
        let own = asked.custodian == *record.reader.side && asked.ground.is_emergency();
        if !own || !self.scope.contains(entry.at) || !self.scope.is_about(asked, actor) {
            return;
        }
        if let Ok(Some(release)) = UnconsentedRelease::of(index, entry) {
            let asks = Question::of(asked.ground);
            let given = |question: &&Question| {
                asked.evidence.as_ref().is_some_and(|evidence| evidence.answered.contains(question))
            };
            let answers = match asked.answered_in {
                Some(entry) => format!("→ {entry}"),
                None => format!("{}/{}", asks.iter().filter(given).count(), asks.len()),
            };
            let handle = record.client.unwrap_or_default().to_owned();
            self.releases.insert(index, Broken { release, handle, answers, judged_at: None });
        }
    }

    fn tables(self: Box<Self>, reader: &Reader<'_>) -> Vec<Table> {
        let title = words("Noodverstrekkingen", "Emergency releases");
        let mut table = Table::new("emergencies", title, COLUMNS);
        let now = self.scope.now;
        for Broken { release, handle, answers, judged_at } in self.releases.into_values() {
            let review = review(&release, judged_at, now);
            table.push([
                Cell::Number(release.entry),
                Cell::Moment(release.at),
                Cell::Text(handle),
                organisation(reader, &release.actor.hat.organisation),
                Cell::text(&release.actor.hat.role),
                Cell::text(&release.actor.requester),
                Cell::text(&release.ground),
                Cell::Text(answers),
                Cell::Words(told(&release, now)),
                release.review_by.map_or(Cell::Empty, Cell::Moment),
                Cell::Words(review),
            ]);
        }
        vec![table]
    }
}

fn told(release: &UnconsentedRelease, now: Timestamp) -> Words {
    match (release.told_in, release.notice_is_overdue(now)) {
        (Some(_), _) => words("ja", "yes"),
        (None, true) => words("NEE, TE LAAT", "NO, OVERDUE"),
        (None, false) if release.delayed_in.is_some() => words("uitgesteld", "put off"),
        (None, false) => words("nog niet", "not yet"),
    }
}

fn review(release: &UnconsentedRelease, judged_at: Option<Timestamp>, now: Timestamp) -> Words {
    match (judged_at, release.review_by) {
        (Some(at), Some(by)) if at >= by => words("te laat gedaan", "done late"),
        (Some(_), _) => words("op tijd gedaan", "done in time"),
        (None, _) if release.review_is_overdue(now) => words("TE LAAT", "OVERDUE"),
        (None, _) if release.reviewed.is_some() => words("loopt nog", "under way"),
        (None, _) => words("nog te doen", "to be done"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ReviewVerdict;
    use crate::domain::testing::days_ago;
    use crate::report::testing::*;

    #[test]
    fn each_emergency_says_whether_it_was_answered_told_and_judged_in_time() {
        let story = [
            emergency(1, days_ago(20), None),
            emergency(2, days_ago(20), None),
            emergency(3, days_ago(20), None),
            emergency(4, days_ago(1), Some(2)),
            asked(5, days_ago(1), &["C01"], &[]),
            judged(1, days_ago(18), 0, ReviewVerdict::Justified),
            client_told(1, days_ago(18), 0),
            judged(2, days_ago(2), 1, ReviewVerdict::NeedsFollowUp),
            judged(2, days_ago(1), 1, ReviewVerdict::NotJustified),
        ];
        let table = told_of(&story);
        let expected = [
            ["0", "6/6", "ja", "op tijd gedaan"],
            ["1", "6/6", "NEE, TE LAAT", "te laat gedaan"],
            ["2", "6/6", "NEE, TE LAAT", "TE LAAT"],
            ["3", "→ 2", "nog niet", "nog te doen"],
        ];
        assert_eq!(cells(&table, &["entry", "answers", "told", "review"]), expected);
    }

    fn told_of(story: &[crate::domain::Entry]) -> Table {
        let [table] =
            crate::report::testing::told(Emergencies::new(scope()), story, &care()).try_into().unwrap();
        table
    }

    #[test]
    fn the_other_side_does_not_learn_how_it_was_judged() {
        let story = [emergency(1, days_ago(20), None), judged(1, days_ago(18), 0, ReviewVerdict::Justified)];
        let tables = crate::report::testing::told(Emergencies::new(scope()), &story, &municipality());
        assert!(tables[0].rows.is_empty());
    }
}
