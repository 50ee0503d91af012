//! The privacy officer's questions (rules.md §7, P1 to P18): the entries of one side, folded into tables.
//!
//! What is always true here:
//! 1. A report is a pure function of the entries of one organisation's side, oldest first, and of what was asked. Asked again over
//!    the same entries it says the same.
//! 2. Of data that another holds it knows what the own people heard then: no fine reasons, no rules, no consents, no
//!    registrations.
//! 3. A table holds pseudonyms, handles and codes, as the ledger does: no BSN, no name of a person, no value. The one report that is made
//!    to be handed on ([`Question::Monthly`]) holds numbers only, and none from which a small one can be computed.
//! 4. Memory grows with the rows and groups of the answer, not with the entries read. What a table cannot hold is counted, and
//!    told ([`Table::cut_off`]).

mod activities;
mod denials;
mod emergencies;
mod exposure;
mod grounds;
mod hygiene;
mod integrity;
mod matrix;
mod monthly;
mod names;
mod notices;
mod office;
mod professional;
mod question;
mod readers;
mod sample;
mod scope;
mod small_counts;
mod table;
mod tally;
#[cfg(test)]
pub(crate) mod testing;
mod two_hats;
mod unusual;
mod verdicts;
mod who_saw;
mod withdrawals;

use crate::domain::{Consent, Registration};
use crate::projection::{Reader, Record};

pub use integrity::Heads;
pub use question::{FilledIn, Need, Question, Reach};
pub use scope::Scope;
pub use table::{Cell, Column, Kind, MOST_ROWS, Table, Words};
pub use tally::{DayTally, Tally};

/// A question being answered: takes entries, oldest first, and ends in tables.
pub trait Report: Send {
    /// The next entry.
    fn take(&mut self, record: &Record<'_>);

    /// What stands in the register about the next client of the own organisation: only for [`Reach::Register`].
    fn take_file(&mut self, _: &Filed<'_>, _: &Reader<'_>) {}

    /// What they come to.
    fn tables(self: Box<Self>, reader: &Reader<'_>) -> Vec<Table>;
}

/// What the own organisation recorded about a client, as it stands now.
#[derive(Clone, Copy)]
pub struct Filed<'a> {
    /// How it names the client.
    pub client: &'a str,
    /// Its registration.
    pub registration: &'a Registration,
    /// Its consents and objections.
    pub consents: &'a [Consent],
}
