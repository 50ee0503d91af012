//! The questions that can be asked, and what each needs. P11, the package for a client who asks for everything, is not one of these.

use crate::report::table::words;
use crate::report::{Report, Scope, Words};
use crate::report::{
    activities, denials, emergencies, exposure, grounds, hygiene, integrity, matrix, monthly, notices,
    professional, readers, sample, two_hats, unusual, who_saw, withdrawals,
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

    /// The name on the wire and the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::WhoSaw => "who-saw",
            Self::Professional => "professional",
            Self::Matrix => "matrix",
            Self::Grounds => "grounds",
            Self::Emergencies => "emergencies",
            Self::Sample => "sample",
            Self::Unusual => "unusual",
            Self::Hygiene => "hygiene",
            Self::Withdrawals => "withdrawals",
            Self::Denials => "denials",
            Self::Exposure => "exposure",
            Self::Activities => "register",
            Self::Integrity => "integrity",
            Self::Readers => "readers",
            Self::Monthly => "monthly",
            Self::Notices => "notices",
            Self::TwoHats => "two-hats",
        }
    }

    /// The question of that name.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.id() == id)
    }

    /// Its number in rules.md §7.
    pub fn number(self) -> &'static str {
        match self {
            Self::WhoSaw => "P1",
            Self::Professional => "P2",
            Self::Matrix => "P3",
            Self::Grounds => "P4",
            Self::Emergencies => "P5",
            Self::Sample => "P6",
            Self::Unusual => "P7",
            Self::Hygiene => "P8",
            Self::Withdrawals => "P9",
            Self::Denials => "P10",
            Self::Exposure => "P12",
            Self::Activities => "P13",
            Self::Integrity => "P14",
            Self::Readers => "P15",
            Self::Monthly => "P16",
            Self::Notices => "P17",
            Self::TwoHats => "P18",
        }
    }

    /// What it asks.
    pub fn title(self) -> Words {
        match self {
            Self::WhoSaw => words(
                "Wie zag deze cliënt, wanneer, welke gegevens en waarom?",
                "Who saw this client, when, which fields, and why?",
            ),
            Self::Professional => words(
                "Naar wie keek deze professional, buiten kantooruren en buiten de eigen caseload?",
                "Whom did this professional look at, outside office hours and the own caseload?",
            ),
            Self::Matrix => words(
                "Welke gegevens gaan naar wie en waarvoor, en welke nooit?",
                "Which fields go to whom for what, and which never?",
            ),
            Self::Grounds => words(
                "Op welke gronden is verstrekt, en hoe vaak in nood?",
                "On which grounds was released, and how often in an emergency?",
            ),
            Self::Emergencies => words(
                "Noodverstrekkingen: beantwoord, ingelicht en op tijd beoordeeld?",
                "Emergencies: answered, told, and judged in time?",
            ),
            Self::Sample => words(
                "Een steekproef die iedereen opnieuw kan trekken",
                "A sample that anybody can draw again",
            ),
            Self::Unusual => words("Wat valt op?", "What stands out?"),
            Self::Hygiene => words(
                "Welke toestemmingen en registraties vragen aandacht?",
                "Which consents and registrations need attention?",
            ),
            Self::Withdrawals => words("Zijn intrekkingen nagekomen?", "Were withdrawals honoured?"),
            Self::Denials => words("Wat is niet gegeven, en waarom?", "What was withheld, and why?"),
            Self::Exposure => words(
                "Wie kan een datalek raken, en hoe lang is er nog?",
                "Whom may a breach concern, and how long is left?",
            ),
            Self::Activities => words(
                "Klopt het register van verwerkingen met wat is verstrekt?",
                "Does the register of processing agree with what was released?",
            ),
            Self::Integrity => words("Hoe staat het register erbij?", "How does the ledger stand?"),
            Self::Readers => words("Wie las het register?", "Who read the ledger?"),
            Self::Monthly => words("Cijfers per maand, zonder cliënten", "Figures by month, without clients"),
            Self::Notices => {
                words("Welke cliënten zijn nog niet ingelicht?", "Which clients were not told yet?")
            }
            Self::TwoHats => words(
                "Keek één mens in twee petten naar dezelfde cliënten?",
                "Did one human being look at the same clients in two hats?",
            ),
        }
    }

    /// What it cannot be answered without.
    pub fn needs(self) -> &'static [Need] {
        match self {
            Self::WhoSaw => &[Need::Client],
            Self::Professional => &[Need::Professional],
            Self::TwoHats => &[Need::Professional, Need::OtherHat],
            Self::Sample | Self::Exposure => &[Need::Period],
            Self::Monthly => &[Need::Everybody],
            _ => &[],
        }
    }

    /// What it reads.
    pub fn reach(self) -> Reach {
        match self {
            Self::Professional | Self::Withdrawals => Reach::All,
            Self::Emergencies | Self::Notices => Reach::Onward,
            Self::Hygiene => Reach::Register,
            _ => Reach::Period,
        }
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
}
