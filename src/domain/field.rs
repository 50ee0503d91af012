//! Fields: the items that can be released, one by one.
//!
//! A field belongs to one life domain (the letter of its code), may travel in named directions only (ruling 6) and for
//! named purposes only. What is true of all fields together is checked by [`crate::domain::catalogue`].

use std::fmt;

use crate::domain::purpose::{Label, PurposeCode};
use crate::domain::value_type::ValueType;

/// A domain of life. A and B are the basics; C to J are what a case conference can put on its agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it; rules.md §4.2 has the fields of each")]
pub enum LifeDomain {
    Person,
    Support,
    Housing,
    Money,
    Education,
    Work,
    Family,
    Safety,
    Residence,
    Provisions,
}

impl LifeDomain {
    /// All of them, A to J.
    pub const ALL: [Self; 10] = [
        Self::Person,
        Self::Support,
        Self::Housing,
        Self::Money,
        Self::Education,
        Self::Work,
        Self::Family,
        Self::Safety,
        Self::Residence,
        Self::Provisions,
    ];

    /// The letter with which the codes of its fields begin.
    pub fn letter(self) -> char {
        match self {
            Self::Person => 'A',
            Self::Support => 'B',
            Self::Housing => 'C',
            Self::Money => 'D',
            Self::Education => 'E',
            Self::Work => 'F',
            Self::Family => 'G',
            Self::Safety => 'H',
            Self::Residence => 'I',
            Self::Provisions => 'J',
        }
    }

    /// The name on the wire.
    pub fn id(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Support => "support",
            Self::Housing => "housing",
            Self::Money => "money",
            Self::Education => "education",
            Self::Work => "work",
            Self::Family => "family",
            Self::Safety => "safety",
            Self::Residence => "residence",
            Self::Provisions => "provisions",
        }
    }

    /// The domain with this name on the wire.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|domain| domain.id() == id)
    }

    /// Whether a case conference can name it; the basics are always on the table (ruling 13).
    pub fn is_agenda_item(self) -> bool {
        !matches!(self, Self::Person | Self::Support)
    }
}

/// The code of a field: the letter of its life domain and two digits, such as `C01`. Well-formed, not necessarily in the
/// catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct FieldCode {
    domain: LifeDomain,
    number: u8,
}

/// The text is not the code of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a field code is a letter from A to J and two digits, such as C01")]
pub struct NotAFieldCode;

impl FieldCode {
    /// Parses a letter and two digits. The codes of what is never shared (`N01`) are not field codes.
    pub fn parse(text: &str) -> Result<Self, NotAFieldCode> {
        let &[letter, tens, ones] = text.as_bytes() else { return Err(NotAFieldCode) };
        let domain = LifeDomain::ALL.into_iter().find(|domain| domain.letter() == char::from(letter));
        match domain {
            Some(domain) if tens.is_ascii_digit() && ones.is_ascii_digit() => {
                Ok(Self { domain, number: (tens - b'0') * 10 + (ones - b'0') })
            }
            _ => Err(NotAFieldCode),
        }
    }

    /// Which of the thousand possible codes it is, from 0.
    pub fn number(self) -> usize {
        self.domain as usize * 100 + usize::from(self.number)
    }

    /// The life domain that its letter names.
    pub fn domain(self) -> LifeDomain {
        self.domain
    }
}

impl fmt::Display for FieldCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:02}", self.domain.letter(), self.number)
    }
}

impl TryFrom<String> for FieldCode {
    type Error = NotAFieldCode;
    fn try_from(text: String) -> Result<Self, NotAFieldCode> {
        Self::parse(&text)
    }
}

impl serde::Serialize for FieldCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digit = |number: u8| char::from(b'0' + number % 10);
        let mut text = [0; 3];
        let code = [self.domain.letter(), digit(self.number / 10), digit(self.number)];
        for (byte, character) in text.iter_mut().zip(code) {
            *byte = u8::try_from(character).map_err(serde::ser::Error::custom)?;
        }
        serializer.serialize_str(std::str::from_utf8(&text).map_err(serde::ser::Error::custom)?)
    }
}

/// How sensitive a field is (rules.md §4.1). K4, the secret core, is never in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Sensitivity {
    /// Technical or pseudonymous.
    K0,
    /// Ordinary personal data.
    K1,
    /// Sensitive in the social domain: money, housing, family, absence.
    K2,
    /// Near to health, or about functioning (GDPR art. 9).
    K3,
    /// Safety and justice (GDPR art. 10).
    KS,
}

/// From which kind of party to which a field may go. Care to care counts as care to municipality (ruling 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Direction {
    CareMunicipality,
    MunicipalityCare,
    CareSchool,
    SchoolCare,
}

/// Who else than the client's own consenters must agree, because the field is about them (ruling 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThirdPerson {
    /// Each registered parent.
    Parents,
    /// The person whom it names.
    Named,
}

/// Whether a purpose may carry a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurposeMembership {
    /// In the purpose's set.
    Member,
    /// Only when the consent lists it by itself (ruling 18).
    OnExplicit,
    /// Never.
    Outside,
}

/// One field of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its code, such as `C01`.
    pub code: FieldCode,
    /// Its name on the wire, such as `housing.situation`.
    pub id: String,
    /// Its name for people.
    pub label: Label,
    /// How a client reads it in a consent text: a clause that follows "to tell", with marks for who it is about.
    pub plain: Label,
    /// How sensitive it is.
    pub class: Sensitivity,
    /// Where it may go.
    pub directions: Vec<Direction>,
    /// The purposes that may carry it.
    pub purposes: Vec<PurposeCode>,
    /// The purposes that may carry it only when the consent lists it by itself.
    pub on_explicit: Vec<PurposeCode>,
    /// Who else must agree.
    pub third_person: Option<ThirdPerson>,
    /// The form of its value.
    pub value: ValueType,
    /// The same item in the standards of the field, such as `nl-core-LivingSituation`.
    pub mapping: Vec<String>,
}

impl Field {
    /// Its life domain.
    pub fn domain(&self) -> LifeDomain {
        self.code.domain()
    }

    /// Whether the purpose may carry it.
    pub fn in_purpose(&self, purpose: PurposeCode) -> PurposeMembership {
        if self.purposes.contains(&purpose) {
            PurposeMembership::Member
        } else if self.on_explicit.contains(&purpose) {
            PurposeMembership::OnExplicit
        } else {
            PurposeMembership::Outside
        }
    }

    /// Whether it may go there.
    pub fn travels(&self, direction: Direction) -> bool {
        self.directions.contains(&direction)
    }

    /// Whether an administrator of the client's money, if there is one, must agree as well: D01 to D08 (ruling 20).
    pub fn needs_administrator(&self) -> bool {
        self.domain() == LifeDomain::Money
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_code_is_a_letter_from_a_to_j_and_two_digits() {
        for text in ["A03", "C01", "J02", "B13"] {
            assert_eq!(FieldCode::parse(text).unwrap().to_string(), text);
        }
        for text in ["N01", "K01", "c01", "C1", "C001", "C0x", "", "*", "C٠١"] {
            assert!(FieldCode::parse(text).is_err(), "{text}");
        }
        assert!(FieldCode::parse("A12").unwrap() < FieldCode::parse("B01").unwrap());
    }

    #[test]
    fn the_basics_are_not_agenda_items() {
        for (domain, letter) in LifeDomain::ALL.into_iter().zip('A'..='J') {
            assert_eq!(domain.letter(), letter);
            assert_eq!(LifeDomain::by_id(domain.id()), Some(domain));
            assert_eq!(serde_json::to_value(domain).unwrap(), domain.id());
            assert_eq!(domain.is_agenda_item(), letter >= 'C');
        }
    }
}
