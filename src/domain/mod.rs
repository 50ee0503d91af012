//! What is true whatever the wire, the policy language or the database. No I/O, no clock of its own, no randomness.

pub mod bsn;
pub mod id;
pub mod time;

pub use bsn::Bsn;
pub use id::{
    ClientRef, ConsentId, CovenantDigest, CustodianReference, Hat, OrganisationId, PersonRef, RequestId,
    RequesterRef, Role,
};
pub use time::{Clock, Period, Randomness, Timestamp};
