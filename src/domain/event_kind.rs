//! Kinds of what happens: to look for some, or to leave out what is most.
//!
//! What is always true here: everything that can happen is of exactly one kind, also what is added later.

use std::fmt;

/// A kind of what entries say, or all but one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// Fields were asked, and released or withheld.
    Disclosures,
    /// A question that could not be answered.
    Refusals,
    /// Consents and objections: given, agreed to, taken back, passed.
    Consents,
    /// Registrations of clients, and what is withheld from representatives.
    Registrations,
    /// What follows a disclosure: judging it, and telling the client.
    FollowUps,
    /// The ledger was read.
    Readings,
    /// Whatever is of no other kind.
    Others,
    /// Everything but that the ledger was read.
    AllButReadings,
}

/// Events by the names that the ledger has for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventNames {
    /// Only these.
    Only(&'static [&'static str]),
    /// All but these.
    AllBut(&'static [&'static str]),
}

const READINGS: &[&str] = &["log-read"];
/// What has a kind of its own.
const NAMED: &[&str] = &[
    "disclosure",
    "refused",
    "consent-recorded",
    "grant-added",
    "consent-withdrawn",
    "refusal-overridden",
    "override-confirmed",
    "override-revoked",
    "registered",
    "withheld-from-representatives",
    "withholding-lifted",
    "emergency-reviewed",
    "client-notified",
    "notice-delayed",
    "sample-judged",
    "log-read",
];

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::AllButReadings,
        Self::Disclosures,
        Self::Refusals,
        Self::Consents,
        Self::Registrations,
        Self::FollowUps,
        Self::Readings,
        Self::Others,
    ];

    /// The name on the wire and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disclosures => "disclosures",
            Self::Refusals => "refusals",
            Self::Consents => "consents",
            Self::Registrations => "registrations",
            Self::FollowUps => "follow-ups",
            Self::Readings => "readings",
            Self::Others => "others",
            Self::AllButReadings => "all-but-readings",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Of which events it is.
    pub fn names(self) -> EventNames {
        EventNames::Only(match self {
            Self::Disclosures => &["disclosure"],
            Self::Refusals => &["refused"],
            Self::Consents => &[
                "consent-recorded",
                "grant-added",
                "consent-withdrawn",
                "refusal-overridden",
                "override-confirmed",
                "override-revoked",
            ],
            Self::Registrations => &["registered", "withheld-from-representatives", "withholding-lifted"],
            Self::FollowUps => &["emergency-reviewed", "client-notified", "notice-delayed", "sample-judged"],
            Self::Readings => READINGS,
            Self::Others => return EventNames::AllBut(NAMED),
            Self::AllButReadings => return EventNames::AllBut(READINGS),
        })
    }
}

impl EventNames {
    /// Whether an event of this name is among them.
    pub fn contains(self, name: &str) -> bool {
        match self {
            Self::Only(names) => names.contains(&name),
            Self::AllBut(names) => !names.contains(&name),
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_happens_is_of_one_kind_also_what_has_no_name_yet() {
        let whole = EventKind::ALL.into_iter().filter(|kind| *kind != EventKind::AllButReadings);
        for name in NAMED.iter().copied().chain(["previewed", "covenant-adopted", "of-next-year"]) {
            let kinds = whole.clone().filter(|kind| kind.names().contains(name)).count();
            assert_eq!(kinds, 1, "{name}");
            assert_eq!(EventKind::AllButReadings.names().contains(name), name != "log-read", "{name}");
        }
    }

    #[test]
    fn a_kind_comes_back_by_its_name() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!(EventKind::parse("everything"), None);
    }
}
