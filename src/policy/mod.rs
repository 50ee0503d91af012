//! The covenant: what the parties agreed, loaded, validated and asked. The only place that says Cedar.
//!
//! What is always true here:
//! 1. Deciding is pure: the same covenant, inquiry and file give the same ruling, so the ledger can replay it.
//! 2. Rust establishes facts (is this field in the purpose, is this consent complete); what they mean is said in
//!    `policies/*.cedar`, and the reason a requester hears comes from the rule that decided.
//! 3. A covenant with one thing wrong in it is refused whole; a rule that fails to evaluate withholds.

mod bundle;
pub mod cases;
mod comparison;
mod covenant;
mod decide;
mod document;
mod edition;
mod establish;
mod facts;
mod replay;
mod rule;
mod rules;
mod text;
mod words;

pub use bundle::{Bundle, MAX_FILE_BYTES};
pub use comparison::{Became, Compared, ComparedLine, compared, compared_files, compared_lines};
pub use covenant::{Covenant, CovenantError};
pub use decide::Inquiry;
pub use document::{DocumentError, document};
pub use replay::{Difference, NO_REQUEST, Replayed, ReplayedField, Said};
pub use rule::{InForce, Rule, RuleProblem};
