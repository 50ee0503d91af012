//! Purposes: why somebody asks.
//!
//! The purposes are data (`policies/purposes.toml`), read once when the covenant is loaded and wrong as a whole if one line
//! is wrong. A purpose bounds how long a consent for it may last (rules.md T3-9; ruling 17); which fields it may carry
//! stands with each field in the catalogue.

use std::fmt;

use jiff::{Span, ToSpan};

use crate::domain::consent_text::Language;
use crate::domain::time::Timestamp;

/// The code of a purpose: three capitals, such as `WON`. Well-formed, not necessarily known: see [`Purposes::get`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PurposeCode([u8; 3]);

/// The text is not the code of a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a purpose code is three capitals, such as WON")]
pub struct NotAPurposeCode;

impl PurposeCode {
    /// Parses three capitals.
    pub fn parse(text: &str) -> Result<Self, NotAPurposeCode> {
        let bytes = <[u8; 3]>::try_from(text.as_bytes()).map_err(|_| NotAPurposeCode)?;
        if bytes.iter().all(u8::is_ascii_uppercase) { Ok(Self(bytes)) } else { Err(NotAPurposeCode) }
    }

    /// The three capitals.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for PurposeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for PurposeCode {
    type Error = NotAPurposeCode;
    fn try_from(text: String) -> Result<Self, NotAPurposeCode> {
        Self::parse(&text)
    }
}

impl From<PurposeCode> for String {
    fn from(code: PurposeCode) -> String {
        code.as_str().to_owned()
    }
}

/// How people read it, in Dutch and in English.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Label {
    /// In this language.
    pub fn said(&self, language: Language) -> &str {
        match language {
            Language::Dutch => &self.nl,
            Language::English => &self.en,
        }
    }

    /// Whether both languages say something.
    pub fn is_complete(&self) -> bool {
        !self.nl.trim().is_empty() && !self.en.trim().is_empty()
    }
}

/// A length of time as people agree it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CalendarLength {
    /// Calendar days, 1 to 366.
    Days(u16),
    /// Calendar months, 1 to 12.
    Months(u8),
}

impl CalendarLength {
    /// The first moment after the last day of this length. The day on which it begins is not counted (Regulation
    /// (EEC, Euratom) 1182/71, art. 3), so six months from any hour of 1 June last through 1 December.
    pub fn until(self, from: Timestamp) -> Timestamp {
        // Where the calendar ends there is no last day; an empty period is the closed answer.
        from.date().checked_add(self.span()).map_or(from, Timestamp::end_of)
    }

    fn span(self) -> Span {
        match self {
            Self::Days(days) => i64::from(days).days(),
            Self::Months(months) => i64::from(months).months(),
        }
    }

    fn is_at_most_a_year(self) -> bool {
        match self {
            Self::Days(days) => (1..=366).contains(&days),
            Self::Months(months) => (1..=12).contains(&months),
        }
    }

    fn fits_in(self, max: Self) -> bool {
        match (self, max) {
            (Self::Days(length), Self::Days(max)) => length <= max,
            (Self::Months(length), Self::Months(max)) => length <= max,
            _ => false,
        }
    }
}

/// One purpose.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Its code, such as `WON`.
    pub code: PurposeCode,
    /// Its name on the wire, such as `housing`.
    pub id: String,
    /// Its name for people.
    pub label: Label,
    /// How a client reads it, if its name is not plain enough.
    #[serde(default)]
    pub plain: Option<Label>,
    /// The longest period of a consent; a longer one is refused, not shortened. Absent where consent opens nothing.
    pub max_period: Option<CalendarLength>,
    /// The period that is proposed.
    pub default_period: Option<CalendarLength>,
    /// Whether a consent is spent by the first answer that releases a field (ruling 12).
    #[serde(default)]
    pub single_use: bool,
    /// Whether the requester names one to three life domains, C to J (ruling 13).
    #[serde(default)]
    pub agenda: bool,
    /// The fewest clients that a question without a name must fit (ruling 12).
    #[serde(default = "ten")]
    pub smallest_group: u16,
    /// The grounds on which fields may be released for it (rules.md T2), such as `R01`.
    pub grounds: Vec<String>,
}

fn ten() -> u16 {
    10
}

impl Purpose {
    /// The latest end that a consent beginning at `from` may have; `None` where consent opens nothing.
    pub fn max_until(&self, from: Timestamp) -> Option<Timestamp> {
        self.max_period.map(|length| length.until(from))
    }

    /// The end that is proposed for a consent beginning at `from`; `None` where consent opens nothing.
    pub fn default_until(&self, from: Timestamp) -> Option<Timestamp> {
        self.default_period.map(|length| length.until(from))
    }

    fn problem(&self, earlier: &[Self]) -> Option<&'static str> {
        let ground =
            |g: &String| g.len() == 3 && g.starts_with('R') && g.bytes().skip(1).all(|b| b.is_ascii_digit());
        if earlier.iter().any(|other| other.code == self.code || other.id == self.id) {
            Some("another purpose has this code or id; give each its own")
        } else if self.id.is_empty() || !self.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
            Some("write the id in lower-case letters and hyphens, such as debt-support")
        } else if !self.label.is_complete() || self.plain.as_ref().is_some_and(|plain| !plain.is_complete()) {
            Some("give a label, and plain words if there are any, in nl and en")
        } else if self.smallest_group < 2 {
            Some("set smallest_group to at least 2: one client is nobody else")
        } else if self.grounds.is_empty() || !self.grounds.iter().all(ground) {
            Some("list the grounds as R and two digits, such as R01")
        } else {
            self.problem_of_period()
        }
    }

    fn problem_of_period(&self) -> Option<&'static str> {
        let by_consent = self.grounds.iter().any(|g| g == "R01");
        match (by_consent, self.max_period, self.default_period) {
            (false, None, None) => None,
            (false, ..) => {
                Some("leave out max_period and default_period: consent (R01) opens nothing for it")
            }
            (true, Some(max), _) if !max.is_at_most_a_year() => {
                Some("set max_period to 1 to 12 months or 1 to 366 days")
            }
            (true, Some(max), Some(length)) if length.is_at_most_a_year() && length.fits_in(max) => None,
            (true, Some(_), _) => Some("set default_period in the unit of max_period and not above it"),
            (true, None, _) => Some("set max_period to 1 to 12 months or 1 to 366 days"),
        }
    }
}

/// Why `purposes.toml` is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PurposesError {
    /// Not the TOML that is expected here; the text says where.
    #[error("purposes.toml cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// No purpose at all.
    #[error("purposes.toml has no purpose; add a [[purpose]]")]
    Empty,
    /// One purpose is wrong.
    #[error("purpose {purpose}: {problem}")]
    Purpose {
        /// Which one.
        purpose: PurposeCode,
        /// What is wrong, and the remedy.
        problem: &'static str,
    },
}

/// All purposes of a covenant, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purposes(Vec<Purpose>);

impl Purposes {
    /// Reads `purposes.toml`. One wrong purpose refuses the whole.
    pub fn parse(text: &str) -> Result<Self, PurposesError> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            purpose: Vec<Purpose>,
        }
        let mut purposes: Vec<Purpose> = Vec::new();
        for purpose in toml::from_str::<File>(text)?.purpose {
            if let Some(problem) = purpose.problem(&purposes) {
                return Err(PurposesError::Purpose { purpose: purpose.code, problem });
            }
            purposes.push(purpose);
        }
        if purposes.is_empty() { Err(PurposesError::Empty) } else { Ok(Self(purposes)) }
    }

    /// The purpose with this code.
    pub fn get(&self, code: PurposeCode) -> Option<&Purpose> {
        self.all().find(|purpose| purpose.code == code)
    }

    /// The purpose with this name on the wire.
    pub fn by_id(&self, id: &str) -> Option<&Purpose> {
        self.all().find(|purpose| purpose.id == id)
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> std::slice::Iter<'_, Purpose> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests;
