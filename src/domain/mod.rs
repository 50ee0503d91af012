//! What is true whatever the wire, the policy language or the database. No I/O, no clock of its own, no randomness.

pub mod bsn;
pub mod catalogue;
pub mod field;
pub mod free_text;
pub mod id;
pub mod purpose;
pub mod time;
pub mod value;
pub mod value_type;

pub use bsn::Bsn;
pub use catalogue::{Catalogue, CatalogueError, FieldProblem};
pub use field::{Direction, Field, FieldCode, LifeDomain, PurposeMembership, Sensitivity, ThirdPerson};
pub use id::{
    ClientRef, ConsentId, CovenantDigest, CustodianReference, Hat, OrganisationId, PersonRef, RequestId,
    RequesterRef, Role,
};
pub use purpose::{CalendarLength, Label, Purpose, PurposeCode, Purposes, PurposesError};
pub use time::{Clock, Period, Randomness, Timestamp};
pub use value::{Contact, Content, Value};
pub use value_type::{Term, ValueProblem, ValueType};
