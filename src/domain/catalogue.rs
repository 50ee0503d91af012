//! The catalogue: all fields that can be released. What is not in it does not exist.
//!
//! It is data (`policies/catalogue.toml`), read once when the covenant is loaded. One wrong field refuses the whole, and
//! no catalogue can hold what is never shared (rules.md §4.2, N01 to N11) or the handles that name a client (ruling 27).

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use crate::domain::field::{Direction, Field, FieldCode, Sensitivity, ThirdPerson};
use crate::domain::purpose::{Label, PurposeCode, Purposes};
use crate::domain::value_type::{TEXT_LIMIT, Term, ValueType};

/// Why `catalogue.toml` is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Not the TOML that is expected here; the text says where.
    #[error("catalogue.toml cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// No field at all.
    #[error("catalogue.toml has no field; add a [[field]]")]
    Empty,
    /// One field is wrong.
    #[error("field {field}: {problem}")]
    Field {
        /// Its code, as written.
        field: String,
        /// What is wrong.
        problem: FieldProblem,
    },
}

/// What is wrong with a field of the catalogue, and the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the error text is the documentation")]
pub enum FieldProblem {
    #[error("this is never shared (rules N01 to N11); remove it")]
    Never,
    #[error("A01 and A02 name a client and are not fields; remove it")]
    Handle,
    #[error("write the code as a letter from A to J and two digits, such as C01")]
    Code,
    #[error("another field has this code; give each its own")]
    DuplicateCode,
    #[error("write the id as domain.word-word in lower case, such as housing.situation")]
    Id,
    #[error("another field has this id; give each its own")]
    DuplicateId,
    #[error(
        "the domain is not the letter of the code, or the id does not begin with its name; make them agree"
    )]
    Domain,
    #[error("give a label in nl and en")]
    Label,
    #[error("give plain words in nl and en: what a client reads after \"to tell\"")]
    Plain,
    #[error("list at least one direction, and none twice")]
    Directions,
    #[error("list a purpose once, under purposes or on_explicit, and at least one")]
    Purposes,
    #[error("it lists the purpose {0}, which is not in purposes.toml; add it there or remove it here")]
    UnknownPurpose(PurposeCode),
    #[error("set max to 1 to 500 characters")]
    TextLimit,
    #[error("list at least one code, none twice, in lower-case words with hyphens, each with nl and en")]
    Codes,
    #[error("give max for text, codes for code, and neither for another type")]
    ValueType,
}

/// All fields of a covenant, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    fields: Vec<Field>,
    by_code: HashMap<FieldCode, usize, RandomState>,
    by_id: HashMap<String, usize, RandomState>,
}

impl Catalogue {
    /// Reads `catalogue.toml`, whose purposes must be among these. One wrong field refuses the whole.
    pub fn parse(text: &str, purposes: &Purposes) -> Result<Self, CatalogueError> {
        let file: File = toml::from_str(text)?;
        let mut catalogue =
            Self { fields: Vec::new(), by_code: HashMap::default(), by_id: HashMap::default() };
        for written in file.field {
            let code = written.code.clone();
            catalogue
                .add(written, purposes)
                .map_err(|problem| CatalogueError::Field { field: code, problem })?;
        }
        if catalogue.fields.is_empty() { Err(CatalogueError::Empty) } else { Ok(catalogue) }
    }

    /// The field with this code.
    pub fn field(&self, code: FieldCode) -> Option<&Field> {
        self.by_code.get(&code).and_then(|&at| self.fields.get(at))
    }

    /// The field with this name on the wire.
    pub fn by_id(&self, id: &str) -> Option<&Field> {
        self.by_id.get(id).and_then(|&at| self.fields.get(at))
    }

    /// All of them, in the order of the file.
    pub fn fields(&self) -> std::slice::Iter<'_, Field> {
        self.fields.iter()
    }

    fn add(&mut self, written: FieldAsWritten, purposes: &Purposes) -> Result<(), FieldProblem> {
        let field = written.check(purposes)?;
        let at = self.fields.len();
        if self.by_code.insert(field.code, at).is_some() {
            return Err(FieldProblem::DuplicateCode);
        }
        if self.by_id.insert(field.id.clone(), at).is_some() {
            return Err(FieldProblem::DuplicateId);
        }
        self.fields.push(field);
        Ok(())
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    field: Vec<FieldAsWritten>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldAsWritten {
    code: String,
    id: String,
    label: Label,
    plain: Label,
    domain: char,
    class: Sensitivity,
    directions: Vec<Direction>,
    purposes: Vec<PurposeCode>,
    #[serde(default)]
    on_explicit: Vec<PurposeCode>,
    third_person: Option<ThirdPerson>,
    value: ValueAsWritten,
    #[serde(default)]
    mapping: Vec<String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueAsWritten {
    r#type: String,
    max: Option<u16>,
    codes: Option<Vec<TermAsWritten>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TermAsWritten {
    code: String,
    nl: String,
    en: String,
}

impl FieldAsWritten {
    fn check(self, known: &Purposes) -> Result<Field, FieldProblem> {
        let code = match self.code.as_str() {
            never if never.starts_with('N') => return Err(FieldProblem::Never),
            "A01" | "A02" => return Err(FieldProblem::Handle),
            code => FieldCode::parse(code).map_err(|_| FieldProblem::Code)?,
        };
        let (domain, name) = self.id.split_once('.').ok_or(FieldProblem::Id)?;
        holds(is_words(domain) && is_words(name), FieldProblem::Id)?;
        let domain_agrees = self.domain == code.domain().letter() && domain == code.domain().id();
        holds(domain_agrees, FieldProblem::Domain)?;
        holds(self.label.is_complete(), FieldProblem::Label)?;
        holds(self.plain.is_complete(), FieldProblem::Plain)?;
        holds(distinct(&self.directions), FieldProblem::Directions)?;
        let purposes: Vec<_> = self.purposes.iter().chain(&self.on_explicit).copied().collect();
        holds(distinct(&purposes), FieldProblem::Purposes)?;
        if let Some(&unknown) = purposes.iter().find(|&&purpose| known.get(purpose).is_none()) {
            return Err(FieldProblem::UnknownPurpose(unknown));
        }
        Ok(Field {
            code,
            id: self.id,
            label: self.label,
            plain: self.plain,
            class: self.class,
            directions: self.directions,
            purposes: self.purposes,
            on_explicit: self.on_explicit,
            third_person: self.third_person,
            value: self.value.check()?,
            mapping: self.mapping,
        })
    }
}

impl ValueAsWritten {
    fn check(self) -> Result<ValueType, FieldProblem> {
        match (self.r#type.as_str(), self.max, self.codes) {
            ("text", Some(max), None) => {
                holds((1..=TEXT_LIMIT).contains(&max), FieldProblem::TextLimit)?;
                Ok(ValueType::Text { max })
            }
            ("code", None, Some(codes)) => {
                let terms: Vec<_> = codes
                    .into_iter()
                    .map(|term| Term { code: term.code, label: Label { nl: term.nl, en: term.en } })
                    .collect();
                let codes: Vec<_> = terms.iter().map(|term| &term.code).collect();
                let good = |term: &Term| is_words(&term.code) && term.label.is_complete();
                holds(distinct(&codes) && terms.iter().all(good), FieldProblem::Codes)?;
                Ok(ValueType::Code { terms })
            }
            ("date", None, None) => Ok(ValueType::Date),
            ("yes-no", None, None) => Ok(ValueType::YesNo),
            ("contact", None, None) => Ok(ValueType::Contact),
            _ => Err(FieldProblem::ValueType),
        }
    }
}

fn holds(condition: bool, problem: FieldProblem) -> Result<(), FieldProblem> {
    if condition { Ok(()) } else { Err(problem) }
}

/// Something in it, and nothing twice.
fn distinct<T: Ord>(list: &[T]) -> bool {
    !list.is_empty() && list.iter().collect::<BTreeSet<_>>().len() == list.len()
}

/// Lower-case words or numbers with a hyphen between each two.
fn is_words(text: &str) -> bool {
    text.split('-')
        .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
