//! Who can sign in at the demonstration: officers, and two who may not come in.

use crate::domain::AuthenticationLevel;

/// An account at a party's provider.
pub struct Account {
    /// The party, by the name of its files.
    pub party: &'static str,
    /// What is filled in.
    pub login: &'static str,
    /// `sub`: an officer of the story is the same officer here.
    pub subject: &'static str,
    /// `role`.
    pub role: &'static str,
    /// `acr`.
    pub level: AuthenticationLevel,
    /// `name`.
    pub shown: &'static str,
    /// What it is for, in Dutch and in English.
    pub tells: (&'static str, &'static str),
}

/// All of them.
pub const ACCOUNTS: [Account; 4] = [
    Account {
        party: "accare",
        login: "functionaris",
        subject: "fg-1",
        role: "privacy-officer",
        level: AuthenticationLevel::Substantial,
        shown: "Testfunctionaris van Accare",
        tells: ("functionaris gegevensbescherming van Accare", "privacy officer of Accare"),
    },
    Account {
        party: "gemeente-assen",
        login: "functionaris",
        subject: "fg-1",
        role: "privacy-officer",
        level: AuthenticationLevel::Substantial,
        shown: "Testfunctionaris van Assen",
        tells: ("functionaris gegevensbescherming van Gemeente Assen", "privacy officer of Gemeente Assen"),
    },
    Account {
        party: "accare",
        login: "behandelaar",
        subject: "behandelaar-1",
        role: "fact-behandelaar",
        level: AuthenticationLevel::Substantial,
        shown: "Testbehandelaar van Accare",
        tells: ("behandelaar: mag het register niet inzien", "therapist: may not look into the record"),
    },
    Account {
        party: "accare",
        login: "zonder-tweede-factor",
        subject: "fg-2",
        role: "privacy-officer",
        level: AuthenticationLevel::Low,
        shown: "Testfunctionaris zonder tweede factor",
        tells: (
            "meldt zich aan zonder tweede factor: niet zeker genoeg",
            "signs in without a second factor: not sure enough",
        ),
    },
];

/// The parties that have accounts.
pub const PARTIES: [&str; 2] = ["accare", "gemeente-assen"];

/// The account of a party with this login.
pub fn find(party: &str, login: &str) -> Option<&'static Account> {
    ACCOUNTS.iter().find(|account| account.party == party && account.login == login)
}
