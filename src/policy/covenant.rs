//! The covenant: rules, catalogue, purposes and parties, loaded together and checked against each other.
//!
//! One thing wrong in it refuses the whole, by the name of the file. Its digest stands in every entry of the ledger.

use std::path::Path;
use std::sync::Arc;

use crate::domain::{
    Catalogue, CatalogueError, CovenantDigest, Deadlines, DeadlinesError, Ground, OrganisationId, Parties,
    PartiesError, PurposeCode, Purposes, PurposesError, Terms,
};
use crate::policy::bundle::{Bundle, CATALOGUE, MAX_FILE_BYTES, PARTIES, PURPOSES};
use crate::policy::rule::{Rule, RuleProblem};
use crate::policy::rules::Rules;

/// What the parties agreed.
pub struct Covenant {
    /// The fields that can be released.
    pub catalogue: Arc<Catalogue>,
    /// Why fields can be released.
    pub purposes: Purposes,
    /// Who takes part.
    pub parties: Parties,
    /// How long what may take after a release without consent.
    pub deadlines: Deadlines,
    /// What the facts mean.
    pub(super) rules: Rules,
    /// All its files, as they were read.
    pub files: Arc<Bundle>,
    /// Which covenant this is: of all its files.
    pub digest: CovenantDigest,
    /// Which list of parties this is: of that file alone.
    pub parties_digest: CovenantDigest,
}

/// Why a covenant is refused: which file, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum CovenantError {
    /// Not there, or not allowed to be read.
    #[error("{file}: cannot be read ({source}); check that it is there and may be read")]
    Unreadable {
        /// Which file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Over [`MAX_FILE_BYTES`].
    #[error("{file}: larger than {MAX_FILE_BYTES} bytes; split it, or check that it is the right file")]
    TooLarge {
        /// Which file.
        file: String,
    },
    /// Not UTF-8.
    #[error("{file}: not UTF-8 text; save it as UTF-8")]
    NotText {
        /// Which file.
        file: String,
    },
    /// Not a name that the listing can show.
    #[error("{file}: name a file with rules in lower-case letters, digits, hyphens, underscores and dots")]
    Name {
        /// Which file.
        file: String,
    },
    /// Without rules there is nothing to decide by.
    #[error("policies: no file with rules; add a *.cedar file")]
    NoRules,
    /// Not a schema, or not the one that this gateway's facts fit.
    #[error("schema.cedarschema: {0}")]
    Schema(String),
    /// Not Cedar.
    #[error("{file}: line {line}: {problem}")]
    Syntax {
        /// Which file.
        file: String,
        /// On which line.
        line: usize,
        /// What is wrong, and where.
        problem: String,
    },
    /// Cedar, but not a rule of a covenant.
    #[error("{file}: line {line}: rule {rule}: {problem}")]
    Rule {
        /// Which file.
        file: String,
        /// On which line it begins.
        line: usize,
        /// Which rule.
        rule: String,
        /// What is wrong, and the remedy.
        problem: RuleProblem,
    },
    /// A rule that the schema does not allow, or that can be misread.
    #[error("{file}: line {line}: {problem}; correct the rule or the schema")]
    Invalid {
        /// Which file.
        file: String,
        /// On which line the rule begins.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// The purposes are wrong.
    #[error("purposes.toml: {0}")]
    Purposes(#[from] PurposesError),
    /// A purpose names a ground that does not exist.
    #[error("purposes.toml: purpose {0}: names an unknown ground; a ground is R01 to R15")]
    UnknownGround(PurposeCode),
    /// A purpose names a ground that no rule ever opens.
    #[error("purposes.toml: purpose {0}: names {1}, whose law is not in force here; leave it out")]
    GroundNotInForce(PurposeCode, Ground),
    /// The deadlines are wrong.
    #[error("deadlines.toml: {0}")]
    Deadlines(#[from] DeadlinesError),
    /// The catalogue is wrong.
    #[error("catalogue.toml: {0}")]
    Catalogue(#[from] CatalogueError),
    /// The list of parties is wrong.
    #[error("parties.toml: {0}")]
    Parties(#[from] PartiesError),
    /// SHA-256 gave something else than 32 bytes.
    #[error("the digest of the covenant could not be made; check the crypto provider")]
    Digest,
}

impl Covenant {
    /// Reads and checks a covenant.
    pub fn load(policies_dir: &Path, parties_file: &Path) -> Result<Self, CovenantError> {
        Self::from_bundle(&Bundle::read(policies_dir, parties_file)?)
    }

    /// By which terms the consents at this custodian are read.
    pub fn terms(&self, custodian: &OrganisationId) -> Terms<'_> {
        Terms { catalogue: &self.catalogue, profile: self.parties.consent_profile(custodian) }
    }

    /// Checks a covenant that was read.
    pub fn from_bundle(bundle: &Bundle) -> Result<Self, CovenantError> {
        let purposes = Purposes::parse(bundle.text(PURPOSES))?;
        let unknown = |ground: &String| Ground::parse(ground).is_none();
        if let Some(purpose) = purposes.all().find(|p| p.grounds.iter().any(unknown)) {
            return Err(CovenantError::UnknownGround(purpose.code));
        }
        let covenant = Self {
            catalogue: Arc::new(Catalogue::parse(bundle.text(CATALOGUE), &purposes)?),
            parties: Parties::parse(bundle.text(PARTIES), &purposes)?,
            purposes,
            deadlines: bundle.deadlines()?,
            rules: Rules::parse(bundle)?,
            files: Arc::new(bundle.clone()),
            digest: bundle.digest()?,
            parties_digest: bundle.parties_digest()?,
        };
        covenant.check_grounds()?;
        covenant.rehearse()?;
        Ok(covenant)
    }

    /// The rules, in the order in which they are written, file by file.
    pub fn rules(&self) -> Vec<&Rule> {
        let mut rules: Vec<&Rule> = self.rules.all().collect();
        rules.sort_by_key(|rule| (&rule.file, rule.line));
        rules
    }

    /// A purpose names no ground that could never open it. R12 opens none: it is the ground of another call.
    fn check_grounds(&self) -> Result<(), CovenantError> {
        for purpose in self.purposes.all() {
            let grounds = purpose.grounds.iter().filter_map(|code| Ground::parse(code));
            let mut dead = grounds.filter(|g| *g != Ground::CONSULTATION && !self.rules.ever_in_force(*g));
            if let Some(ground) = dead.next() {
                return Err(CovenantError::GroundNotInForce(purpose.code, ground));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests;
