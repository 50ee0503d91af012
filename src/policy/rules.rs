//! The rules, and what they decide about one class of fields.
//!
//! A decision is a pure function of the facts, so it is remembered: Cedar costs about a microsecond per rule, and a
//! request has many fields of few classes. Whatever cannot be decided is withheld: an evaluation error, no rule that
//! speaks, facts that do not fit the schema.

use std::collections::HashMap;
use std::sync::Arc;

use cedar_policy::{
    Authorizer, Decision as Answer, Effect, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator,
};
use moka::sync::Cache;

use crate::domain::Told;
use crate::policy::bundle::{Bundle, SCHEMA};
use crate::policy::covenant::CovenantError;
use crate::policy::facts::{FieldFacts, Situation, Vocabulary};

const MEMO_ENTRIES: u64 = 65_536;
const RELEASED: &str = "RELEASED";

/// What stands in the ledger where no rule spoke.
pub(super) const DEFAULT_DENY: &str = "default-deny";
/// What stands in the ledger where a rule failed.
pub(super) const EVALUATION_ERROR: &str = "evaluation-error";

/// What is wrong with a rule, and the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the error text is the documentation")]
pub enum RuleProblem {
    #[error("has no @id; give it one of letters, digits and hyphens, at most 64")]
    Id,
    #[error("its @id is used twice or reserved; give each rule its own")]
    DuplicateId,
    #[error("a permit has @reason(\"RELEASED\")")]
    PermitReason,
    #[error("a forbid has the @reason that the requester hears, such as \"OUTSIDE_PURPOSE\"")]
    ForbidReason,
    #[error("is a template; write the rule out")]
    Template,
}

/// What the rules say about one class of fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// It may leave, by this rule.
    Release { rule: Arc<str> },
    /// It may not, by this rule, and this is told.
    Withhold { told: Told, rule: Arc<str> },
}

impl Decision {
    /// The closed answer.
    pub fn closed(rule: &str) -> Self {
        Self::Withhold { told: Told::NoConsent, rule: rule.into() }
    }
}

/// A rule's name and, unless it releases, what is told when it decides.
struct Meaning {
    rule: Arc<str>,
    told: Option<Told>,
}

/// All rules of a covenant.
pub(super) struct Rules {
    policies: PolicySet,
    meanings: HashMap<PolicyId, Meaning>,
    schema: Schema,
    vocabulary: Vocabulary,
    authorizer: Authorizer,
    memo: Cache<(Situation, FieldFacts), Decision>,
}

impl Rules {
    /// Reads and validates the rules. One wrong rule refuses all.
    pub fn parse(bundle: &Bundle) -> Result<Self, CovenantError> {
        let schema = parse_schema(bundle.text(SCHEMA))?;
        let mut policies = PolicySet::new();
        let mut meanings = HashMap::new();
        let mut files: HashMap<PolicyId, &str> = HashMap::new();
        for (file, text) in bundle.rules() {
            let syntax = |problem: String| CovenantError::Syntax { file: file.to_owned(), problem };
            let written: PolicySet = text.parse().map_err(|e| syntax(format!("{e}")))?;
            let refuse = |rule: &PolicyId, problem| {
                Err(CovenantError::Rule { file: file.to_owned(), rule: rule.to_string(), problem })
            };
            if let Some(template) = written.templates().next() {
                return refuse(template.id(), RuleProblem::Template);
            }
            for policy in written.policies() {
                let meaning = match Meaning::of(policy) {
                    Ok(meaning) => meaning,
                    Err(problem) => return refuse(policy.id(), problem),
                };
                let id = PolicyId::new(&meaning.rule);
                if meanings.insert(id.clone(), meaning).is_some() {
                    return refuse(&id, RuleProblem::DuplicateId);
                }
                policies.add(policy.new_id(id.clone())).map_err(|e| syntax(format!("{e}")))?;
                files.insert(id, file);
            }
        }
        if policies.is_empty() {
            return Err(CovenantError::NoRules);
        }
        validate(&schema, &policies, &files)?;
        let vocabulary = Vocabulary::new().map_err(|e| CovenantError::Schema(e.to_string()))?;
        let memo = Cache::new(MEMO_ENTRIES);
        Ok(Self { policies, meanings, schema, vocabulary, authorizer: Authorizer::new(), memo })
    }

    /// Whether the schema has the words for these facts.
    pub fn fits(&self, about: &Situation, field: FieldFacts) -> Result<(), CovenantError> {
        let unfit = |e| CovenantError::Schema(format!("does not fit what the gateway establishes: {e}"));
        self.vocabulary.ask(about, field, &self.schema).map(|_| ()).map_err(unfit)
    }

    /// What the rules say, from memory if they said it before.
    pub fn decide(&self, about: &Situation, field: FieldFacts) -> Decision {
        let key = (about.clone(), field);
        if let Some(decision) = self.memo.get(&key) {
            metrics::counter!("sluis_cache_total", "cache" => "rulings", "outcome" => "hit").increment(1);
            return decision;
        }
        metrics::counter!("sluis_cache_total", "cache" => "rulings", "outcome" => "miss").increment(1);
        let decision = self.evaluate(about, field);
        self.memo.insert(key, decision.clone());
        decision
    }

    /// What the rules say.
    pub fn evaluate(&self, about: &Situation, field: FieldFacts) -> Decision {
        let Ok((request, entities)) = self.vocabulary.ask(about, field, &self.schema) else {
            tracing::error!("withheld: the facts of a request do not fit schema.cedarschema");
            return Decision::closed(EVALUATION_ERROR);
        };
        let response = self.authorizer.is_authorized(&request, &self.policies, &entities);
        let mut failed = response.diagnostics().errors().peekable();
        if failed.peek().is_some() {
            for cedar_policy::AuthorizationError::PolicyEvaluationError(error) in failed {
                tracing::error!(rule = %error.policy_id(), "withheld: a rule could not be evaluated");
            }
            return Decision::closed(EVALUATION_ERROR);
        }
        let determining = response.diagnostics().reason().filter_map(|id| self.meanings.get(id));
        let first = determining.min_by(|a, b| (a.told, &a.rule).cmp(&(b.told, &b.rule)));
        match (response.decision(), first) {
            (Answer::Allow, Some(Meaning { rule, told: None })) => Decision::Release { rule: rule.clone() },
            (Answer::Deny, Some(Meaning { rule, told: Some(told) })) => {
                Decision::Withhold { told: *told, rule: rule.clone() }
            }
            _ => {
                tracing::error!("withheld: no rule decided");
                Decision::closed(DEFAULT_DENY)
            }
        }
    }
}

impl Meaning {
    fn of(policy: &Policy) -> Result<Self, RuleProblem> {
        let good = |id: &&str| {
            (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let rule = policy.annotation("id").filter(good).ok_or(RuleProblem::Id)?;
        if [DEFAULT_DENY, EVALUATION_ERROR].contains(&rule) {
            return Err(RuleProblem::DuplicateId);
        }
        let reason = policy.annotation("reason").unwrap_or_default();
        let told = match policy.effect() {
            Effect::Permit if reason == RELEASED => None,
            Effect::Permit => return Err(RuleProblem::PermitReason),
            Effect::Forbid => Some(Told::parse(reason).ok_or(RuleProblem::ForbidReason)?),
        };
        Ok(Self { rule: rule.into(), told })
    }
}

fn parse_schema(text: &str) -> Result<Schema, CovenantError> {
    let (schema, mut warnings) =
        Schema::from_cedarschema_str(text).map_err(|e| CovenantError::Schema(e.to_string()))?;
    match warnings.next() {
        Some(warning) => Err(CovenantError::Schema(warning.to_string())),
        None => Ok(schema),
    }
}

/// Strictly; a warning refuses as well.
fn validate(
    schema: &Schema,
    policies: &PolicySet,
    files: &HashMap<PolicyId, &str>,
) -> Result<(), CovenantError> {
    let result = Validator::new(schema.clone()).validate(policies, ValidationMode::Strict);
    let errors = result.validation_errors().map(|e| (e.policy_id(), e.to_string()));
    let warnings = result.validation_warnings().map(|w| (w.policy_id(), w.to_string()));
    match errors.chain(warnings).next() {
        None => Ok(()),
        Some((rule, problem)) => {
            let file = files.get(rule).copied().unwrap_or("policies").to_owned();
            Err(CovenantError::Invalid { file, problem })
        }
    }
}

#[cfg(test)]
mod tests;
