//! What one custodian registered about a client: who the client is to the rules, and nothing else.
//!
//! Everything here is a dated fact with its source. People are references that the custodian made up; there is no
//! name and no BSN. The birth date is the one personal fact that the gateway cannot do without.

use jiff::civil::Date;

use crate::domain::id::{CustodianReference, Hat, PersonRef};
use crate::domain::purpose::PurposeCode;
use crate::domain::representation::Withholding;
use crate::domain::time::Period;

/// In what capacity somebody agrees or objects (ruling 28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// The client, from 12 to 17.
    Youth,
    /// The client, from 18 on.
    Adult,
    /// A parent who holds authority.
    ParentAuthority,
    /// A guardian, in the place of the parents (T1-12).
    Guardian,
    /// Whom a court put in the place of a parent, within the order's scope (T1-14).
    CourtOrder,
    /// Curator of an adult.
    Curator,
    /// Mentor of an adult.
    Mentor,
    /// Holder of a written proxy of an adult.
    Proxy,
    /// Spouse or partner of an adult.
    Partner,
    /// Parent, child or sibling of an adult.
    Relative,
    /// Administrator of money, for financial fields (ruling 20).
    Administrator,
    /// Somebody whose own data a field holds (T1-18).
    DataSubject,
}

impl Capacity {
    /// Whether it is the client who speaks.
    pub fn is_client(self) -> bool {
        matches!(self, Self::Youth | Self::Adult)
    }

    /// Whether it is to decide about the client's data, and not only about money or about data of one's own.
    pub fn decides(self) -> bool {
        !matches!(self, Self::Administrator | Self::DataSubject)
    }
}

/// A person in a capacity.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Grantor {
    /// Who.
    pub person: PersonRef,
    /// As what.
    pub capacity: Capacity,
}

impl Grantor {
    /// Whether it is one person in one capacity; the client is the same before and after the eighteenth birthday.
    pub fn is_same(&self, other: &Self) -> bool {
        self.person == other.person
            && (self.capacity == other.capacity || (self.capacity.is_client() && other.capacity.is_client()))
    }
}

/// Where a fact about authority was checked; one parent's statement is not enough (T1, after 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The register of authority over minors (gezagsregister).
    AuthorityRegister,
    /// The personal records database (BRP).
    PersonalRecords,
    /// A court order that was seen.
    CourtOrder,
    /// A document that was seen, such as a proxy.
    Document,
}

/// Somebody who may decide for the client while the period lasts, and how that was checked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Authority {
    /// Who, as what. One of parent, guardian, curator, mentor, proxy, partner, relative, administrator.
    pub holder: Grantor,
    /// From when until when.
    pub period: Period,
    /// Where it was checked.
    pub source: Source,
    /// When it was checked.
    pub checked_on: Date,
}

/// A court order about a minor (1:255, 1:265e, 1:265h BW). It counts only within its scope and dates.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Order {
    /// The court's reference.
    pub reference: CustodianReference,
    /// The institution that carries it out.
    pub carried_out_by: Hat,
    /// From when until when.
    pub period: Period,
    /// Whose place is taken by whom, if the order says so.
    pub replaces: Option<Replacement>,
}

/// The part of an order that puts somebody in the place of a parent. Counts only if it names the giving of
/// information (ruling 15); a mere supervision order has none (T1-13).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Replacement {
    /// Which parents.
    pub parents: Vec<PersonRef>,
    /// Who decides in their place.
    pub by: PersonRef,
    /// For which purposes.
    pub scope: Vec<PurposeCode>,
    /// Whether the order names the giving of information.
    pub names_information: bool,
}

/// A recorded judgement whether the client can reasonably assess the own interests (WGBO 7:465; T1-06, T1-08).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CompetenceAssessment {
    /// From which day it holds, until a later one.
    pub from: Date,
    /// Able to decide.
    pub able: bool,
    /// About one purpose, or about sharing in general.
    pub about: Option<PurposeCode>,
    /// Who judged.
    pub assessed_by: PersonRef,
}

/// A member of the client's treatment team (ruling 29).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TeamMember {
    /// In which hat.
    pub hat: Hat,
    /// From when until when.
    pub period: Period,
}

/// What one custodian registered about a client: everything the ladder needs, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Registration {
    /// How the custodian finds the record.
    pub reference: CustodianReference,
    /// The birth date, kept as a day number: the one personal fact that the gateway cannot do without.
    #[serde(with = "day_number")]
    pub birth_date: Date,
    /// Who holds authority or represents.
    pub authority: Vec<Authority>,
    /// Parents, also those without authority, for data of their own (T1-18).
    pub parents: Vec<PersonRef>,
    /// Court orders.
    pub orders: Vec<Order>,
    /// Judgements of competence.
    pub competence: Vec<CompetenceAssessment>,
    /// The treatment team.
    pub team: Vec<TeamMember>,
    /// What is withheld from those who represent the client (T1b-3). A new registration keeps it.
    pub withheld: Vec<Withholding>,
}

mod day_number {
    //! A date as the number of days since 1970-01-01.

    use jiff::civil::{Date, date};
    use jiff::{Span, Unit};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    const EPOCH: Date = date(1970, 1, 1);

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
    pub fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        let days =
            day.since((Unit::Day, EPOCH)).map(|span| span.get_days()).map_err(serde::ser::Error::custom)?;
        serializer.serialize_i32(days)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let days = i32::deserialize(deserializer)?;
        let span = Span::new().try_days(days).map_err(D::Error::custom)?;
        EPOCH.checked_add(span).map_err(D::Error::custom)
    }
}
