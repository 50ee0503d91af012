//! Finding dates in free text, however people write them.

use jiff::civil::Date;

use crate::domain::consent_text::MONTHS;

/// What stands around a day and says nothing of it: the 4th of March, de 4e maart.
const SAYING_NOTHING: [&str; 7] = ["e", "th", "st", "nd", "rd", "of", "de"];

/// Every day that something in the text can be read as: with the month in figures or in Dutch or English words, with two
/// or four figures for the year, or as eight figures together.
pub(super) fn dates(text: &str) -> Vec<Date> {
    let pieces = pieces(text);
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let next = |n: usize| pieces.get(at + n).copied().unwrap_or_default();
        found.extend(together(piece));
        found.extend(in_figures(piece, next(1), next(2)));
        // 4 maart 2011, and March 4 2011.
        found.extend(month(next(1)).and_then(|month| day(next(2), month, piece)));
        found.extend(month(piece).and_then(|month| day(next(2), month, next(1))));
        found.extend(month(next(1)).and_then(|month| day(piece, month, next(2))));
    }
    found
}

/// Runs of figures and runs of letters, in order; `4th` and `4e` are a run of figures and one of letters that says nothing.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        let from = rest.get(start..).unwrap_or_default();
        let figures = from.starts_with(|c: char| c.is_ascii_digit());
        let end =
            from.find(|c: char| !c.is_alphanumeric() || c.is_ascii_digit() != figures).unwrap_or(from.len());
        let (piece, after) = from.split_at(end);
        if !SAYING_NOTHING.iter().any(|word| word.eq_ignore_ascii_case(piece)) {
            pieces.push(piece);
        }
        rest = after;
    }
    pieces
}

fn together(piece: &str) -> Vec<Date> {
    let part = |range: std::ops::Range<usize>| piece.get(range).unwrap_or_default();
    if piece.len() != 8 || !piece.bytes().all(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let year_first = in_figures(part(0..4), part(4..6), part(6..8));
    year_first.into_iter().chain(in_figures(part(0..2), part(2..4), part(4..8))).collect()
}

/// Year, month, day, or day, month, year.
fn in_figures(first: &str, second: &str, third: &str) -> Vec<Date> {
    let month = second.parse().ok().filter(|_| second.len() <= 2);
    let Some(month) = month else { return Vec::new() };
    [day(first, month, third), day(third, month, first)].into_iter().flatten().collect()
}

/// A day in the last or this century; two figures for the year mean the latest such year up to 2029.
fn day(year: &str, month: i8, day: &str) -> Option<Date> {
    let figures = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let day: i8 = day.parse().ok().filter(|_| day.len() <= 2 && figures(day))?;
    let number: i16 = year.parse().ok().filter(|_| figures(year))?;
    let year = match year.len() {
        4 if (1900..2100).contains(&number) => number,
        2 if number < 30 => 2000 + number,
        2 => 1900 + number,
        _ => return None,
    };
    Date::new(year, month, day).ok()
}

/// The number of a month that is named in full or by its first three letters.
fn month(word: &str) -> Option<i8> {
    let is = |name: &str| name.eq_ignore_ascii_case(word);
    let short = |name: &str| name.get(..3).is_some_and(is);
    let named = MONTHS
        .iter()
        .position(|(nl, en)| is(nl) || is(en) || short(nl) || short(en) || (*nl == "maart" && is("mrt")))?;
    i8::try_from(named + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_date_is_found_however_it_is_written() {
        let written = [
            "2011-03-04",
            "04-03-2011",
            "4-3-2011",
            "4/3/2011",
            "4.3.2011",
            "4-3-11",
            "geb. 04 03 2011,",
            "20110304",
            "04032011",
            "op 4 maart 2011 geboren",
            "4 mrt. 2011",
            "4 Mar 2011",
            "March 4, 2011",
            "4th of March 2011",
            "de 4e maart 2011",
            "é2011-03-04é",
        ];
        for text in written {
            assert!(dates(text).contains(&date(2011, 3, 4)), "{text}");
        }
        assert!(dates("1-2-58").contains(&date(1958, 2, 1)));
    }

    #[test]
    fn what_is_no_date_is_not_found() {
        let passed = [
            "",
            "16 uur per week",
            "maart 2011",
            "4 maart",
            "2011",
            "31-2-2011",
            "1-13-2011",
            "12345678901",
            "1-2-345",
            "van 10 tot 12 uur, kamer 3",
            "4-3-1811",
        ];
        for text in passed {
            assert_eq!(dates(text), [], "{text}");
        }
    }
}
