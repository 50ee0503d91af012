//! The rules, and what they decide about one class of fields.
//!
//! A decision is a pure function of the facts and of which rules count that day, so it is remembered: Cedar costs about a
//! microsecond per rule, and a request has many fields of few classes. Whatever cannot be decided is withheld: an
//! evaluation error, no rule that speaks, facts that do not fit the schema.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use cedar_policy::ffi::DetailedError;
use cedar_policy::{
    Authorizer, Decision as Answer, Entities, Policy, PolicyId, PolicySet, Request, Schema, ValidationMode,
    Validator,
};
use metrics::Counter;
use moka::sync::Cache;

use crate::domain::{Ground, Timestamp, Told};
use crate::policy::bundle::{Bundle, SCHEMA};
use crate::policy::covenant::CovenantError;
use crate::policy::edition::Edition;
use crate::policy::facts::{FieldFacts, Preamble, Situation, Unfit, Vocabulary};
use crate::policy::rule::{InForce, Rule, RuleProblem};

/// How many situations are remembered. In each there are as many classes as the catalogue has, some tens.
const REMEMBERED: u64 = 8_192;

static HITS: LazyLock<Counter> =
    LazyLock::new(|| metrics::counter!("sluis_cache_total", "cache" => "rulings", "outcome" => "hit"));
static MISSES: LazyLock<Counter> =
    LazyLock::new(|| metrics::counter!("sluis_cache_total", "cache" => "rulings", "outcome" => "miss"));

/// What stands in the ledger where no rule spoke.
pub(super) const DEFAULT_DENY: &str = "default-deny";
/// What stands in the ledger where a rule failed.
pub(super) const EVALUATION_ERROR: &str = "evaluation-error";

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

/// All rules of a covenant.
pub(super) struct Rules {
    by_id: HashMap<PolicyId, Rule>,
    /// From the beginning of time on; never empty.
    editions: Vec<Edition>,
    schema: Schema,
    vocabulary: Vocabulary,
    authorizer: Authorizer,
    memo: Cache<(Timestamp, Situation), Arc<Decided>>,
}

/// What was decided in one situation, by class of fields.
type Decided = RwLock<HashMap<FieldFacts, Decision, foldhash::fast::RandomState>>;

impl Rules {
    /// Reads and validates the rules, those that do not count now too. One wrong rule refuses all.
    pub fn parse(bundle: &Bundle) -> Result<Self, CovenantError> {
        let schema = parse_schema(bundle.text(SCHEMA))?;
        let mut policies = PolicySet::new();
        let mut rules: HashMap<PolicyId, Rule> = HashMap::new();
        for (file, text) in bundle.rules() {
            for (line, policy) in written(file, text)? {
                let refuse = |problem| CovenantError::Rule {
                    file: file.to_owned(),
                    line,
                    rule: policy.annotation("id").unwrap_or("without an id").to_owned(),
                    problem,
                };
                let rule = Rule::read(&policy, file, line).map_err(refuse)?;
                let id = PolicyId::new(&rule.id);
                if rules.insert(id.clone(), rule).is_some() {
                    return Err(refuse(RuleProblem::DuplicateId));
                }
                policies.add(policy.new_id(id)).map_err(|_| refuse(RuleProblem::DuplicateId))?;
            }
        }
        if policies.is_empty() {
            return Err(CovenantError::NoRules);
        }
        validate(&schema, &policies, &rules)?;
        let vocabulary = Vocabulary::new().map_err(|e| CovenantError::Schema(e.to_string()))?;
        let editions = Edition::all(&policies, &rules)?;
        let (authorizer, memo) = (Authorizer::new(), Cache::new(REMEMBERED));
        Ok(Self { by_id: rules, editions, schema, vocabulary, authorizer, memo })
    }

    /// All rules, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Rule> {
        self.by_id.values()
    }

    /// Whether the permit of this ground counts at this moment.
    pub fn in_force(&self, ground: Ground, at: Timestamp) -> bool {
        self.edition(at).is_some_and(|edition| edition.grounds.contains(&ground))
    }

    /// Whether the ground has a permit that ever counts.
    pub fn ever_in_force(&self, ground: Ground) -> bool {
        self.all().any(|rule| rule.opens() == Some(ground) && rule.in_force != InForce::Never)
    }

    /// Whether the schema has the words for these facts.
    pub fn fits(&self, about: &Situation, field: FieldFacts) -> Result<(), CovenantError> {
        let unfit = |e| CovenantError::Schema(format!("does not fit what the gateway establishes: {e}"));
        self.question(&self.vocabulary.preamble(about).map_err(unfit)?, field).map(|_| ()).map_err(unfit)
    }

    /// Takes up a situation under the rules of that moment.
    pub fn consider<'a>(&'a self, at: Timestamp, about: &'a Situation) -> Deliberation<'a> {
        let edition = self.edition(at);
        let from = edition.map_or(at, |edition| edition.from);
        let decided = self.memo.get_with((from, about.clone()), Arc::default);
        Deliberation { rules: self, edition, about, preamble: None, decided, hits: 0, misses: 0 }
    }

    /// What the rules of that moment say about one class of fields.
    #[cfg(test)]
    pub fn decide(&self, at: Timestamp, about: &Situation, field: FieldFacts) -> Decision {
        self.consider(at, about).decide(field)
    }

    /// One decision of Cedar with its request made beforehand, and nothing else.
    pub fn prepared(
        &self,
        at: Timestamp,
        about: &Situation,
        field: FieldFacts,
    ) -> Option<impl Fn() -> bool + use<'_>> {
        let edition = self.edition(at)?;
        let (request, entities) = self.question(&self.vocabulary.preamble(about).ok()?, field).ok()?;
        Some(move || {
            let response = self.authorizer.is_authorized(&request, &edition.policies, &entities);
            response.decision() == Answer::Allow
        })
    }

    fn edition(&self, at: Timestamp) -> Option<&Edition> {
        self.editions.iter().rfind(|edition| edition.from <= at)
    }

    fn question(&self, preamble: &Preamble, field: FieldFacts) -> Result<(Request, Entities), Unfit> {
        self.vocabulary.ask(preamble, field, &self.schema)
    }

    fn evaluate(
        &self,
        edition: &Edition,
        ground: Ground,
        preamble: Option<&Preamble>,
        field: FieldFacts,
    ) -> Decision {
        let Some((request, entities)) = preamble.and_then(|preamble| self.question(preamble, field).ok())
        else {
            tracing::error!("withheld: the facts of a request do not fit schema.cedarschema");
            return Decision::closed(EVALUATION_ERROR);
        };
        let response = self.authorizer.is_authorized(&request, edition.on(ground), &entities);
        let mut failed = response.diagnostics().errors().peekable();
        if failed.peek().is_some() {
            for cedar_policy::AuthorizationError::PolicyEvaluationError(error) in failed {
                tracing::error!(rule = %error.policy_id(), "withheld: a rule could not be evaluated");
            }
            return Decision::closed(EVALUATION_ERROR);
        }
        let determining = response.diagnostics().reason().filter_map(|id| self.by_id.get(id));
        let first = determining.min_by(|a, b| (a.told, &a.id).cmp(&(b.told, &b.id)));
        match (response.decision(), first) {
            (Answer::Allow, Some(Rule { id, told: None, .. })) => Decision::Release { rule: id.clone() },
            (Answer::Deny, Some(Rule { id, told: Some(told), .. })) => {
                Decision::Withhold { told: *told, rule: id.clone() }
            }
            _ => {
                tracing::error!("withheld: no rule decided");
                Decision::closed(DEFAULT_DENY)
            }
        }
    }
}

/// The rules at work on one situation, which asks about many fields of few classes.
pub(super) struct Deliberation<'a> {
    rules: &'a Rules,
    edition: Option<&'a Edition>,
    about: &'a Situation,
    /// Made when a class is met that is not remembered.
    preamble: Option<Result<Preamble, Unfit>>,
    decided: Arc<Decided>,
    hits: u64,
    misses: u64,
}

impl Deliberation<'_> {
    /// What the rules say, from memory if they said it before.
    pub fn decide(&mut self, field: FieldFacts) -> Decision {
        let Some(edition) = self.edition else { return Decision::closed(DEFAULT_DENY) };
        let field = edition.named.told_apart(field);
        let known = self.decided.read().unwrap_or_else(PoisonError::into_inner).get(&field).cloned();
        if let Some(decision) = known {
            self.hits += 1;
            return decision;
        }
        self.misses += 1;
        let (rules, about) = (self.rules, self.about);
        let preamble = self.preamble.get_or_insert_with(|| rules.vocabulary.preamble(about)).as_ref().ok();
        let decision = rules.evaluate(edition, about.ground, preamble, field);
        self.decided.write().unwrap_or_else(PoisonError::into_inner).insert(field, decision.clone());
        decision
    }
}

impl Drop for Deliberation<'_> {
    fn drop(&mut self) {
        HITS.increment(self.hits);
        MISSES.increment(self.misses);
    }
}

/// The rules of a file with the line that each begins on, in the order of the file.
fn written(file: &str, text: &str) -> Result<Vec<(usize, Policy)>, CovenantError> {
    let parsed: PolicySet = text.parse().map_err(|e| {
        let line = line_of(text, &DetailedError::from(&e));
        CovenantError::Syntax { file: file.to_owned(), line, problem: format!("{e}") }
    })?;
    if let Some(template) = parsed.templates().next() {
        let line = line_at(text, text.find(&template.to_cedar()).unwrap_or_default());
        let rule = template.annotation("id").unwrap_or("without an id").to_owned();
        let problem = RuleProblem::Template;
        return Err(CovenantError::Rule { file: file.to_owned(), line, rule, problem });
    }
    // Cedar names them by their place in the file, and gives them back in any order.
    let place =
        |policy: &Policy| policy.id().to_string().trim_start_matches("policy").parse().unwrap_or(0_usize);
    let mut policies: Vec<Policy> = parsed.policies().cloned().collect();
    policies.sort_by_key(place);
    let mut after = 0;
    let located = policies.into_iter().map(|policy| {
        let own = policy.to_cedar().unwrap_or_default();
        let found = text.get(after..).and_then(|rest| rest.find(&own)).map_or(after, |at| after + at);
        after = found + own.len();
        (line_at(text, found), policy)
    });
    Ok(located.collect())
}

fn parse_schema(text: &str) -> Result<Schema, CovenantError> {
    let (schema, mut warnings) = Schema::from_cedarschema_str(text).map_err(|e| {
        CovenantError::Schema(format!("line {}: {e}", line_of(text, &DetailedError::from(&e))))
    })?;
    match warnings.next() {
        Some(warning) => Err(CovenantError::Schema(warning.to_string())),
        None => Ok(schema),
    }
}

/// Strictly; a warning refuses as well.
fn validate(
    schema: &Schema,
    policies: &PolicySet,
    rules: &HashMap<PolicyId, Rule>,
) -> Result<(), CovenantError> {
    let result = Validator::new(schema.clone()).validate(policies, ValidationMode::Strict);
    let errors = result.validation_errors().map(|e| (e.policy_id(), e.to_string()));
    let warnings = result.validation_warnings().map(|w| (w.policy_id(), w.to_string()));
    match errors.chain(warnings).next() {
        None => Ok(()),
        Some((rule, problem)) => {
            let (file, line) = rules.get(rule).map_or(("policies", 0), |rule| (&rule.file, rule.line));
            Err(CovenantError::Invalid { file: file.to_owned(), line, problem })
        }
    }
}

/// The line that Cedar points at, from 1.
fn line_of(text: &str, error: &DetailedError) -> usize {
    line_at(text, error.source_locations.first().map_or(0, |label| label.loc.start))
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
