//! What free text may not contain.
//!
//! People type; a number that identifies somebody slips in easily. The scan looks for what would pass as a BSN (UAVG
//! art. 46; rules.md, ruling 12): nine digits together, or in groups of two to four with a dot, space or hyphen between
//! them. One in eleven other nine-digit numbers is refused, too. It does not look for the eight-digit form without its
//! leading zero, which is what a date looks like.

mod dates;
mod names;
mod reach;

use jiff::civil::Date;
use zeroize::Zeroizing;

use crate::domain::bsn::Bsn;

/// A kind of thing in a text that says who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identifier {
    /// A number that passes as a BSN.
    Bsn,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A postcode.
    Postcode,
    /// A day, as of a birth.
    Date,
    /// Six figures or more together.
    Number,
    /// One of the names that were given along.
    Name,
}

impl Identifier {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bsn => "bsn",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Postcode => "postcode",
            Self::Date => "date",
            Self::Number => "number",
            Self::Name => "name",
        }
    }
}

/// All that a text without a client may not contain: numbers, dates, addresses, and these names.
pub fn identifiers<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<Identifier> {
    let looks = [
        (Identifier::Bsn, contains_identifier(text)),
        (Identifier::Phone, reach::has_phone(text)),
        (Identifier::Email, reach::has_email(text)),
        (Identifier::Postcode, reach::has_postcode(text)),
        (Identifier::Date, !dates::dates(text).is_empty()),
        (Identifier::Number, reach::has_long_number(text)),
        (Identifier::Name, names::names_somebody(text, names)),
    ];
    looks.into_iter().filter(|(_, found)| *found).map(|(what, _)| what).collect()
}

/// Whether a text about a client holds the client's own birth date, however it is written.
pub fn contains_date(text: &str, day: Date) -> bool {
    // However it is written, the last two figures of the year stand together; hardly any text has them.
    let Ok(year) = u8::try_from(day.year().unsigned_abs() % 100) else { return true };
    let figures = [b'0' + year / 10, b'0' + year % 10];
    text.as_bytes().windows(2).any(|two| *two == figures) && dates::dates(text).contains(&day)
}

/// Whether a text about a client holds the client's own first name, as a name is written. The surname may be there: it is
/// that of the family too.
pub fn contains_first_name(text: &str, name: &str) -> bool {
    let first = names::words(name).next().filter(|first| first.chars().count() > 1);
    first.is_some_and(|first| names::words(text).any(|word| word == first))
}

/// The most characters of an answer to a question of a ground.
pub const LONGEST_ANSWER: usize = 2_000;

/// Whether a text says something: three words at least, of letters, that are not one and the same.
pub fn is_sentence(text: &str) -> bool {
    let letters = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let mut words: Vec<String> = text.split_whitespace().filter(letters).map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words.len() >= 3
}

/// Whether a token in the text passes the eleven test.
pub fn contains_identifier(text: &str) -> bool {
    text.char_indices().any(|(at, c)| {
        c.is_ascii_digit() && begins_group(text, at) && identifies(text.get(at..).unwrap_or_default())
    })
}

fn begins_group(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    // What follows +31 is a telephone number: nine digits, and no BSN.
    !before.ends_with(|c: char| c.is_ascii_digit()) && !before.trim_end_matches(is_separator).ends_with("+31")
}

/// Whether whole groups of digits from the start of the text make nine digits that pass.
fn identifies(mut text: &str) -> bool {
    let mut digits = Zeroizing::new(String::with_capacity(12));
    loop {
        let (group, after) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
        let alone = digits.is_empty() && group.len() == 9;
        if !alone && !(2..=4).contains(&group.len()) {
            return false;
        }
        digits.push_str(group);
        if digits.len() >= 9 {
            return Bsn::parse(&digits).is_ok();
        }
        match after.strip_prefix(is_separator) {
            Some(next) => text = next,
            None => return false,
        }
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | ' ' | '-' | '\u{a0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bsn_in_free_text_is_found_however_it_is_written() {
        let found = [
            "123456782",
            "BSN 123456782.",
            "bsn:999993653, en verder",
            "1234.56.782",
            "123 456 782",
            "123-456-782",
            "12.34.56.782",
            "1 123456782",
            "(1234.56.782)",
            "kamer 12 123 456 782",
            "é123456782é",
        ];
        for text in found {
            assert!(contains_identifier(text), "{text}");
        }
    }

    #[test]
    fn an_answer_is_a_sentence_and_not_a_dash() {
        for text in ["Er is geen andere weg.", "Yes, everything was tried", "De moeder is ge\u{ef}nformeerd"]
        {
            assert!(is_sentence(text), "{text}");
        }
        for text in
            ["", " ", "-", "n.v.t.", "ja", "ja ja ja ja", "zie dossier", "x y z", "1 2 3 4", "... ... ..."]
        {
            assert!(!is_sentence(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_pass() {
        let passed = [
            "",
            "123456789",
            "1234567820",
            "0123456782",
            "123  456 782",
            "123, 456, 782",
            "06 12345678",
            "+31 123456782",
            "+31 6 12 34 56 78",
            "2026-11-22",
            "45404 2026-11-22 tot 2027-11-22",
            "000000000",
            "16 uur per week, vanaf 1-9-2026",
        ];
        for text in passed {
            assert!(!contains_identifier(text), "{text}");
        }
    }
}
