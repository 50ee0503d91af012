//! Values: what a custodian answers for one field.
//!
//! A value passes through memory and nowhere else (promise 5). It has no `Display` or `Serialize`, its `Debug` tells only its
//! kind, and its text is wiped when dropped.

use std::fmt;

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Text of or about a client. It can be read, not printed.
///
/// ```compile_fail
/// let content = sluis::domain::Content::from("elsewhere".to_owned());
/// println!("{content:?}");
/// ```
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Content(String);

impl Content {
    /// The text, for the answer to the requester and nothing else.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself, when the answer is written.
    pub fn into_text(mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Somebody to get in touch with. A part that is absent is `None`, never empty.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Contact {
    /// Name.
    pub name: Option<Content>,
    /// Role or function.
    pub role: Option<Content>,
    /// Organisation.
    pub organisation: Option<Content>,
    /// Telephone number.
    pub phone: Option<Content>,
    /// E-mail address.
    pub email: Option<Content>,
}

impl Contact {
    /// The parts that are present.
    pub fn parts(&self) -> impl Iterator<Item = &Content> {
        [&self.name, &self.role, &self.organisation, &self.phone, &self.email].into_iter().flatten()
    }
}

/// One value.
///
/// It cannot be displayed:
///
/// ```compile_fail
/// let value = sluis::domain::Value::YesNo(true);
/// println!("{value}");
/// ```
///
/// It cannot be serialised:
///
/// ```compile_fail
/// let value = sluis::domain::Value::YesNo(true);
/// let _ = serde_json::to_string(&value);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Free text.
    Text(Content),
    /// One code of the field's list.
    Code(Content),
    /// A calendar day.
    Date(Date),
    /// Yes (`true`) or no.
    YesNo(bool),
    /// A contact.
    Contact(Box<Contact>),
}

impl Value {
    /// The free text, if that is what it is.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The kind of value, as the catalogue writes it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Code(_) => "code",
            Self::Date(_) => "date",
            Self::YesNo(_) => "yes-no",
            Self::Contact(_) => "contact",
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debugging_a_value_tells_its_kind_and_not_its_content() {
        assert_eq!(format!("{:?}", Value::Text(Content::from("elsewhere".to_owned()))), "Value(text)");
        assert_eq!(format!("{:#?}", Value::YesNo(true)), "Value(yes-no)");
    }

    #[test]
    fn text_is_wiped() {
        let mut content = Content::from("elsewhere".to_owned());
        content.zeroize();
        assert_eq!(content.as_str(), "");
        const { assert!(std::mem::needs_drop::<Value>()) };
    }
}
