//! The questions that can be asked, and what each needs. P11, the package for a client who asks for everything, is not one of these.

use crate::report::table::words;
use crate::report::{
    Report, Scope, Words, activities, denials, emergencies, exposure, grounds, hygiene, integrity, matrix,
    monthly, notices, professional, readers, sample, two_hats, unusual, who_saw, withdrawals,
};

/// A question of rules.md §7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// P1.
    WhoSaw,
    /// P2.
    Professional,
    /// P3.
    Matrix,
    /// P4.
    Grounds,
    /// P5.
    Emergencies,
    /// P6.
    Sample,
    /// P7.
    Unusual,
    /// P8.
    Hygiene,
    /// P9.
    Withdrawals,
    /// P10.
    Denials,
    /// P12.
    Exposure,
    /// P13.
    Activities,
    /// P14.
    Integrity,
    /// P15.
    Readers,
    /// P16.
    Monthly,
    /// P17.
    Notices,
    /// P18.
    TwoHats,
}

/// What is read for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The entries in its period.
    Period,
    /// The entries from its beginning on: what came of them may lie after its end.
    Onward,
    /// All entries: what something rests on lies before its beginning.
    All,
    /// What stands in the own register now; no entries.
    Register,
}

/// What a question cannot be answered without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The client whom it is about.
    Client,
    /// A professional of the own organisation.
    Professional,
    /// The same human being in another hat.
    OtherHat,
    /// Both ends of a period.
    Period,
    /// Nothing beside a period: it is never narrowed, for two answers would tell a third.
    Everybody,
}

/// What was filled in with a question, rightly or not.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a part of a form")]
pub struct FilledIn {
    /// A client.
    pub client: bool,
    /// A professional.
    pub professional: bool,
    /// The other hat.
    pub other_hat: bool,
    /// From when.
    pub from: bool,
    /// Until when.
    pub until: bool,
    /// One organisation only.
    pub organisation: bool,
    /// One purpose only.
    pub purpose: bool,
}

impl Need {
    fn is_met(self, filled: FilledIn) -> bool {
        let FilledIn { client, professional, other_hat, from, until, organisation, purpose } = filled;
        match self {
            Self::Client => client,
            Self::Professional => professional,
            Self::OtherHat => other_hat,
            Self::Period => from && until,
            Self::Everybody => !(client || professional || organisation || purpose),
        }
    }
}

impl Question {
    /// All of them, by their number.
    pub const ALL: [Self; 17] = [
        Self::WhoSaw,
        Self::Professional,
        Self::Matrix,
        Self::Grounds,
        Self::Emergencies,
        Self::Sample,
        Self::Unusual,
        Self::Hygiene,
        Self::Withdrawals,
        Self::Denials,
        Self::Exposure,
        Self::Activities,
        Self::Integrity,
        Self::Readers,
        Self::Monthly,
        Self::Notices,
        Self::TwoHats,
    ];

    /// Its name, its number, what it reads and what it needs.
    fn form(self) -> (&'static str, &'static str, Reach, &'static [Need]) {
        match self {
            Self::WhoSaw => ("who-saw", "P1", Reach::Period, &[Need::Client]),
            Self::Professional => ("professional", "P2", Reach::All, &[Need::Professional]),
            Self::Matrix => ("matrix", "P3", Reach::Period, &[]),
            Self::Grounds => ("grounds", "P4", Reach::Period, &[]),
            Self::Emergencies => ("emergencies", "P5", Reach::Onward, &[]),
            Self::Sample => ("sample", "P6", Reach::Onward, &[Need::Period]),
            Self::Unusual => ("unusual", "P7", Reach::Period, &[]),
            Self::Hygiene => ("hygiene", "P8", Reach::Register, &[]),
            Self::Withdrawals => ("withdrawals", "P9", Reach::All, &[]),
            Self::Denials => ("denials", "P10", Reach::Period, &[]),
            Self::Exposure => ("exposure", "P12", Reach::Period, &[Need::Period]),
            Self::Activities => ("register", "P13", Reach::Period, &[]),
            Self::Integrity => ("integrity", "P14", Reach::Period, &[]),
            Self::Readers => ("readers", "P15", Reach::Period, &[]),
            Self::Monthly => ("monthly", "P16", Reach::Period, &[Need::Everybody]),
            Self::Notices => ("notices", "P17", Reach::Onward, &[]),
            Self::TwoHats => ("two-hats", "P18", Reach::Period, &[Need::Professional, Need::OtherHat]),
        }
    }

    /// The name on the wire and the command line.
    pub fn id(self) -> &'static str {
        self.form().0
    }

    /// What people call it.
    pub fn title(self) -> Words {
        match self {
            Self::WhoSaw => words("Wie zag deze cliënt?", "Who saw this client?"),
            Self::Professional => {
                words("Naar wie keek deze professional?", "Whom did this professional look at?")
            }
            Self::Matrix => words("Welke gegevens gaan waarheen?", "Which fields go where?"),
            Self::Grounds => words("Op welke gronden?", "On which grounds?"),
            Self::Emergencies => words("Noodverstrekkingen", "Emergency releases"),
            Self::Sample => words("Steekproef", "Sample"),
            Self::Unusual => words("Wat valt op?", "What is unusual?"),
            Self::Hygiene => words("Onderhoud van toestemmingen", "Upkeep of consents"),
            Self::Withdrawals => words("Intrekkingen nagekomen?", "Withdrawals honoured?"),
            Self::Denials => words("Wat is niet gegeven?", "What was withheld?"),
            Self::Exposure => words("Datalek: wat is geraakt?", "Breach: what was exposed?"),
            Self::Activities => words("Register van verwerkingen", "Register of processing activities"),
            Self::Integrity => words("Integriteit van het register", "Integrity of the ledger"),
            Self::Readers => words("Wie las het register?", "Who read the ledger?"),
            Self::Monthly => words("Maandcijfers", "Monthly figures"),
            Self::Notices => words("Nog niet ingelicht", "Not yet told"),
            Self::TwoHats => words("Twee petten", "Two hats"),
        }
    }

    /// The question of that name.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.id() == id)
    }

    /// Its number in rules.md §7.
    pub fn number(self) -> &'static str {
        self.form().1
    }

    /// What it reads.
    pub fn reach(self) -> Reach {
        self.form().2
    }

    /// What it needs that was not filled in, or was filled in and may not be.
    pub fn unmet(self, filled: FilledIn) -> impl Iterator<Item = Need> {
        self.needs().iter().copied().filter(move |need| !need.is_met(filled))
    }

    /// What it cannot be answered without.
    pub fn needs(self) -> &'static [Need] {
        self.form().3
    }

    /// Begins to answer it.
    pub fn ask(self, scope: Scope) -> Box<dyn Report> {
        match self {
            Self::WhoSaw => Box::new(who_saw::WhoSaw::new(scope)),
            Self::Professional => Box::new(professional::Professional::new(scope)),
            Self::Matrix => Box::new(matrix::Matrix::new(scope)),
            Self::Grounds => Box::new(grounds::Grounds::new(scope)),
            Self::Emergencies => Box::new(emergencies::Emergencies::new(scope)),
            Self::Sample => Box::new(sample::Sample::new(scope)),
            Self::Unusual => Box::new(unusual::Unusual::new(scope)),
            Self::Hygiene => Box::new(hygiene::Hygiene::new(scope)),
            Self::Withdrawals => Box::new(withdrawals::Withdrawals::new(scope)),
            Self::Denials => Box::new(denials::Denials::new(scope)),
            Self::Exposure => Box::new(exposure::Exposure::new(scope)),
            Self::Activities => Box::new(activities::Activities::new(scope)),
            Self::Integrity => Box::new(integrity::Integrity::new(scope)),
            Self::Readers => Box::new(readers::Readers::new(scope)),
            Self::Monthly => Box::new(monthly::Monthly::new(scope)),
            Self::Notices => Box::new(notices::Notices::new(scope)),
            Self::TwoHats => Box::new(two_hats::TwoHats::new(scope)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_is_found_by_its_name_and_all_numbers_but_that_of_the_package_are_there() {
        for question in Question::ALL {
            assert_eq!(Question::by_id(question.id()), Some(question));
        }
        let numbers = Question::ALL.map(Question::number);
        let expected: Vec<String> = (1..=18).filter(|n| *n != 11).map(|n| format!("P{n}")).collect();
        assert_eq!(numbers.as_slice(), expected);
        assert_eq!(Question::by_id("everything"), None);
    }

    #[test]
    fn a_question_lacks_what_it_needs_and_one_about_everybody_lacks_nothing_but_may_not_be_narrowed() {
        let nothing = FilledIn::default();
        let period = FilledIn { from: true, until: true, ..nothing };
        for (question, filled, unmet) in [
            (Question::WhoSaw, nothing, vec![Need::Client]),
            (Question::WhoSaw, FilledIn { client: true, ..nothing }, vec![]),
            (Question::TwoHats, nothing, vec![Need::Professional, Need::OtherHat]),
            (Question::TwoHats, FilledIn { professional: true, ..nothing }, vec![Need::OtherHat]),
            (Question::Sample, FilledIn { from: true, ..nothing }, vec![Need::Period]),
            (Question::Sample, period, vec![]),
            (Question::Matrix, nothing, vec![]),
            (Question::Monthly, period, vec![]),
            (Question::Monthly, FilledIn { client: true, ..period }, vec![Need::Everybody]),
            (Question::Monthly, FilledIn { professional: true, ..period }, vec![Need::Everybody]),
            (Question::Monthly, FilledIn { organisation: true, ..period }, vec![Need::Everybody]),
            (Question::Monthly, FilledIn { purpose: true, ..period }, vec![Need::Everybody]),
        ] {
            assert_eq!(question.unmet(filled).collect::<Vec<_>>(), unmet, "{question:?} {filled:?}");
        }
    }
}
