//! The form that a field's value must have.
//!
//! The catalogue gives each field one form. A value of another form is an error of the custodian: it is not passed on, nor
//! shortened or repaired. What is wrong with it is told without telling the value.

use crate::domain::free_text::contains_identifier;
use crate::domain::purpose::Label;
use crate::domain::value::{Contact, Content, Value};

/// The most characters that any text field may have.
pub const TEXT_LIMIT: u16 = 500;
const CONTACT_LIMIT: usize = 120;

/// One term of a code list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The code on the wire, such as `scaling-down`.
    pub code: String,
    /// How people read it.
    pub label: Label,
}

/// The form of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueType {
    /// Free text.
    Text {
        /// At most so many characters (not bytes).
        max: u16,
    },
    /// One of a list.
    Code {
        /// The list: not empty, no code twice.
        terms: Vec<Term>,
    },
    /// A calendar day from 1900 up to and including 2099.
    Date,
    /// Yes or no.
    YesNo,
    /// A contact, each part at most 120 characters.
    Contact,
}

/// What is wrong with a value. Never the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValueProblem {
    /// A value of another kind than the catalogue says.
    #[error("the value is of another type than the catalogue gives for this field")]
    WrongType,
    /// More characters than the catalogue allows.
    #[error("the text is longer than the catalogue allows")]
    TooLong,
    /// Nothing in it.
    #[error("the value is empty; leave the field out if it is not known")]
    Empty,
    /// Not a code of the catalogue.
    #[error("the code is not in the catalogue's list for this field")]
    NotInList,
    /// A control character, or one that changes the direction of text.
    #[error("the text contains a control character; only line breaks are allowed")]
    ForbiddenCharacter,
    /// A number that passes as a BSN.
    #[error("the text contains a number that passes as a BSN; leave it out")]
    ContainsIdentifier,
    /// Not a plausible date, telephone number or e-mail address.
    #[error("not a date from 1900 to 2099, a telephone number or an e-mail address, as the catalogue asks")]
    Implausible,
}

impl ValueType {
    /// Gives the value back if it has this form.
    pub fn accept(&self, value: Value) -> Result<Value, ValueProblem> {
        match (self, &value) {
            (Self::Text { max }, Value::Text(text)) => text_problem(text, usize::from(*max), true),
            (Self::Code { terms }, Value::Code(code)) => {
                let known = terms.iter().any(|term| term.code == code.as_str());
                if known { Ok(()) } else { Err(ValueProblem::NotInList) }
            }
            (Self::Date, Value::Date(date)) => plausible((1900..2100).contains(&date.year())),
            (Self::YesNo, Value::YesNo(_)) => Ok(()),
            (Self::Contact, Value::Contact(contact)) => contact_problem(contact),
            _ => Err(ValueProblem::WrongType),
        }?;
        Ok(value)
    }

    /// The kind, as the catalogue writes it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Code { .. } => "code",
            Self::Date => "date",
            Self::YesNo => "yes-no",
            Self::Contact => "contact",
        }
    }
}

fn text_problem(text: &Content, max: usize, lines: bool) -> Result<(), ValueProblem> {
    let text = text.as_str();
    if text.trim().is_empty() {
        Err(ValueProblem::Empty)
    } else if text.chars().count() > max {
        Err(ValueProblem::TooLong)
    } else if text.chars().any(|c| is_forbidden(c) && !(lines && c == '\n')) {
        Err(ValueProblem::ForbiddenCharacter)
    } else if contains_identifier(text) {
        Err(ValueProblem::ContainsIdentifier)
    } else {
        Ok(())
    }
}

/// Control characters, and those with which a text can be made to read otherwise than it is (Unicode TR 36).
fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn contact_problem(contact: &Contact) -> Result<(), ValueProblem> {
    if contact.parts().next().is_none() {
        return Err(ValueProblem::Empty);
    }
    contact.parts().try_for_each(|part| text_problem(part, CONTACT_LIMIT, false))?;
    plausible(contact.phone.as_ref().is_none_or(|phone| is_phone(phone.as_str())))?;
    plausible(contact.email.as_ref().is_none_or(|email| is_email(email.as_str())))
}

fn plausible(is: bool) -> Result<(), ValueProblem> {
    if is { Ok(()) } else { Err(ValueProblem::Implausible) }
}

fn is_phone(text: &str) -> bool {
    (3..=20).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit() || b" +()-".contains(&b))
        && text.bytes().any(|b| b.is_ascii_digit())
}

fn is_email(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.contains(['@', ' ', '<', '>', ',']);
    text.split_once('@').is_some_and(|(local, domain)| {
        part(local)
            && part(domain)
            && domain.split('.').count() > 1
            && domain.split('.').all(|l| !l.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::ValueProblem::*;
    use super::*;
    use jiff::civil::date;

    fn content(text: &str) -> Content {
        Content::from(text.to_owned())
    }

    fn contact(name: &str, phone: &str, email: &str) -> Value {
        let part = |text: &str| (text != "-").then(|| content(text));
        let (name, phone, email) = (part(name), part(phone), part(email));
        Value::Contact(Box::new(Contact { name, role: None, organisation: None, phone, email }))
    }

    fn accepted(form: &ValueType, value: Value) -> Result<(), ValueProblem> {
        form.accept(value).map(|_| ())
    }

    #[test]
    fn text_is_accepted_up_to_its_length_in_characters() {
        let table = [
            ("thuis", Ok(())),
            ("één twee", Ok(())),
            ("éééééééééé", Ok(())),
            ("ééééééééééé", Err(TooLong)),
            ("twee\nregel", Ok(())),
            ("", Err(Empty)),
            (" \n ", Err(Empty)),
            ("a\0b", Err(ForbiddenCharacter)),
            ("a\tb", Err(ForbiddenCharacter)),
            ("a\rb", Err(ForbiddenCharacter)),
            ("a\u{202e}b", Err(ForbiddenCharacter)),
            ("123456782", Err(ContainsIdentifier)),
            ("123456789", Ok(())),
        ];
        for (text, expected) in table {
            let outcome = accepted(&ValueType::Text { max: 10 }, Value::Text(content(text)));
            assert_eq!(outcome, expected, "{text:?}");
        }
    }

    #[test]
    fn a_code_must_be_in_the_list() {
        let label = Label { nl: "laag".to_owned(), en: "low".to_owned() };
        let form = ValueType::Code { terms: vec![Term { code: "low".to_owned(), label }] };
        assert_eq!(accepted(&form, Value::Code(content("low"))), Ok(()));
        for other in ["LOW", "laag", "", "lo", "low "] {
            assert_eq!(accepted(&form, Value::Code(content(other))), Err(NotInList), "{other:?}");
        }
    }

    #[test]
    fn a_date_is_one_that_people_live_in() {
        let edges = [(date(1899, 12, 31), false), (date(1900, 1, 1), true), (date(2099, 12, 31), true)];
        for (day, plausible) in edges.into_iter().chain([(date(2100, 1, 1), false)]) {
            let expected = if plausible { Ok(()) } else { Err(Implausible) };
            assert_eq!(accepted(&ValueType::Date, Value::Date(day)), expected, "{day}");
        }
    }

    #[test]
    fn a_contact_has_something_in_it_and_nothing_odd() {
        let long = "n".repeat(121);
        let table = [
            (contact("Voorbeeld", "-", "-"), Ok(())),
            (contact("-", "(050) 123 45-67", "-"), Ok(())),
            (contact("-", "112", "team@voorbeeld.example"), Ok(())),
            (contact("-", "-", "-"), Err(Empty)),
            (contact("", "112", "-"), Err(Empty)),
            (contact(&long, "-", "-"), Err(TooLong)),
            (contact("a\nb", "-", "-"), Err(ForbiddenCharacter)),
            (contact("BSN 123456782", "-", "-"), Err(ContainsIdentifier)),
            (contact("-", "12", "-"), Err(Implausible)),
            (contact("-", "bel mij", "-"), Err(Implausible)),
            (contact("-", "+++", "-"), Err(Implausible)),
            (contact("-", "050 1234567 toestel 12", "-"), Err(Implausible)),
            (contact("-", "-", "voorbeeld"), Err(Implausible)),
            (contact("-", "-", "@voorbeeld.example"), Err(Implausible)),
            (contact("-", "-", "a@b"), Err(Implausible)),
            (contact("-", "-", "a@b@c.example"), Err(Implausible)),
        ];
        for (at, (value, expected)) in table.into_iter().enumerate() {
            assert_eq!(accepted(&ValueType::Contact, value), expected, "row {at}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        let forms = [ValueType::Text { max: 10 }, ValueType::Date, ValueType::YesNo, ValueType::Contact];
        let code = ValueType::Code { terms: vec![] };
        for form in forms.iter().chain([&code]) {
            let text = || Value::Text(content("yes"));
            let day = Value::Date(date(2026, 1, 1));
            for value in [text(), day, Value::YesNo(true), Value::Code(content("x")), contact("x", "-", "-")]
            {
                let same = value.kind() == form.kind();
                assert_eq!(accepted(form, value) == Err(WrongType), !same, "{form:?}");
            }
        }
    }
}
