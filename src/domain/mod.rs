//! What is true whatever the wire, the policy language or the database. No I/O, no clock of its own, no randomness.

pub mod authority;
pub mod bsn;
pub mod catalogue;
pub mod client;
pub mod consent;
pub mod consent_text;
pub mod consultation;
pub mod coverage;
pub mod deadlines;
pub mod destruction;
pub mod disclosure;
pub mod entry;
pub mod event;
pub mod evidence;
pub mod field;
pub mod field_set;
pub mod follow_up;
pub mod free_text;
pub mod ground;
pub mod id;
pub mod involvement;
pub mod lack;
pub mod ladder;
pub mod log_read;
pub mod overriding;
pub mod overview;
pub mod party;
pub mod preview;
pub mod profile;
pub mod proposal;
pub mod purpose;
pub mod recording;
pub mod relation;
pub mod release;
pub mod representation;
pub mod resumption;
pub mod retention;
pub mod ruling;
pub mod standing;
#[cfg(test)]
pub mod testing;
pub mod time;
pub mod trace;
pub mod upcoming;
pub mod value;
pub mod value_type;
pub mod withdrawal;
pub mod working_day;

pub use authority::{Extra, NobodyCompetent};
pub use bsn::Bsn;
pub use catalogue::{Catalogue, CatalogueError, FieldProblem};
pub use client::{
    Authority, Capacity, CompetenceAssessment, Grantor, Order, Registration, Replacement, Source, TeamMember,
};
pub use consent::{Ask, Channel, Consent, Evidence, Grant, Objection, Permit, Spent, Stance};
pub use consent_text::{ConsentText, Language, Part, Sentence};
pub use consultation::{ConsultEvent, ConsultOutcome};
pub use coverage::{ConsentQuestion, Coverage};
pub use deadlines::{Deadlines, DeadlinesError};
pub use destruction::{DestructionOutcome, DestructionRequest};
pub use disclosure::{Disclosure, FetchedValues, OBLIGATIONS, Released, SealedDisclosure, Withheld};
pub use entry::{Actor, AuthenticationLevel, Entry, EntryProblem, Nonce};
pub use event::{DisclosureEvent, Event, Outcome, RegistrationChange, ReleasedFields, WithheldFields};
pub use evidence::{ClientNotice, DelayReason, GroundEvidence, Initiative, Question};
pub use field::{Direction, Field, FieldCode, LifeDomain, PurposeMembership, Sensitivity, ThirdPerson};
pub use field_set::FieldSet;
pub use follow_up::{EmergencyReview, FollowUp, NoticeDelay, NoticeGiven, ReviewVerdict, ToldHow};
pub use free_text::Identifier;
pub use ground::Ground;
pub use id::{
    ClientRef, ConsentId, CovenantDigest, CustodianReference, EvidenceReference, FileDigest, Hat, KeptDigest,
    Malformed, OrganisationId, PersonRef, RequestId, RequesterRef, Role, TraceId, WithholdingId,
};
pub use involvement::Involvement;
pub use lack::Lack;
pub use ladder::{LADDER, Rung, Who};
pub use log_read::{ExportedFile, LogFilter, LogRead, LogView};
pub use overriding::{Confirmation, Exception, OverrideDecision, OverrideRefused, RefusalOverride};
pub use overview::{LeftOut, OverviewFilter, OverviewRefused, Telling};
pub use party::{Capability, LegalBasis, Parties, PartiesError, Party, PartyKind, PartyRole};
pub use preview::{PreviewEvent, Supposing};
pub use profile::{ConsentProfile, Terms};
pub use proposal::Proposal;
pub use purpose::{CalendarLength, Label, Purpose, PurposeCode, Purposes, PurposesError};
pub use recording::{ConsentRefused, Draft};
pub use release::{FollowUpRefused, UnconsentedRelease};
pub use representation::{WithheldItems, Withholding, WithholdingReason, WithholdingRefused};
pub use resumption::LedgerResumed;
pub use retention::Expiry;
pub use ruling::{Because, CustodianFailure, Ruling, Told, Verdict};
pub use standing::{ConsentStatus, Waiting};
pub use time::{Clock, Period, Randomness, Timestamp};
pub use trace::{SpanId, TraceParent, TraceShare};
pub use upcoming::{Occasion, Then, Upcoming};
pub use value::{Contact, Content, Value};
pub use value_type::{Term, ValueProblem, ValueType};
