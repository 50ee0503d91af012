//! Tables: what a report comes to, for people in two languages and for programs by fixed ids.

use crate::domain::{Label, Language, Timestamp};

/// The most rows of a table. A report that has more is asked again over a shorter period.
pub const MOST_ROWS: usize = 2_000;

/// The same in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Words {
    /// Dutch.
    pub nl: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// In one of them.
    pub fn said(self, language: Language) -> &'static str {
        match language {
            Language::Dutch => self.nl,
            Language::English => self.en,
        }
    }
}

pub(super) const fn words(nl: &'static str, en: &'static str) -> Words {
    Words { nl, en }
}

/// How the cells of a column read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, codes or names.
    Text,
    /// A count; `<5` where it is too small to tell, `x` (as CBS writes it) where it would tell such a one.
    Number,
    /// A moment.
    Moment,
    /// A part of a whole, from 0 to 1.
    Share,
    /// How the own organisation names a client.
    Client,
    /// Names of fields, parted by a space.
    Fields,
}

impl Kind {
    /// The name on the wire.
    pub fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Moment => "moment",
            Self::Share => "share",
            Self::Client => "client",
            Self::Fields => "fields",
        }
    }
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// For programs.
    pub id: &'static str,
    /// For people.
    pub heading: Words,
    /// How its cells read.
    pub kind: Kind,
}

pub(super) const fn column(id: &'static str, nl: &'static str, en: &'static str, kind: Kind) -> Column {
    Column { id, heading: words(nl, en), kind }
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing to say.
    Empty,
    /// A name or a code.
    Text(String),
    /// Something in words.
    Words(Words),
    /// What the covenant calls it.
    Label(Label),
    /// A count.
    Number(u64),
    /// A moment.
    Moment(Timestamp),
    /// So many of so many.
    Share(u64, u64),
    /// Fewer than five, and not none.
    Few,
    /// Not told, for it would tell another.
    Hidden,
}

impl Cell {
    pub(super) fn text(text: &(impl ToString + ?Sized)) -> Self {
        Self::Text(text.to_string())
    }

    pub(super) fn number(number: usize) -> Self {
        Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
    }

    /// The cell as it goes over the wire: a moment in RFC 3339, a share with three decimals.
    pub fn written(&self, language: Language) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Words(words) => words.said(language).to_owned(),
            Self::Label(label) => label.said(language).to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Moment(at) => at.rfc3339(),
            Self::Share(part, whole) => thousandths(*part, *whole),
            Self::Few => "<5".to_owned(),
            Self::Hidden => "x".to_owned(),
        }
    }
}

fn thousandths(part: u64, whole: u64) -> String {
    let (part, whole) = (u128::from(part), u128::from(whole));
    match (part * 2_000 + whole).checked_div(whole * 2) {
        Some(rounded) => format!("{}.{:03}", rounded / 1_000, rounded % 1_000),
        None => String::new(),
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// For programs.
    pub id: &'static str,
    /// For people.
    pub title: Words,
    /// Its columns.
    pub columns: &'static [Column],
    /// Its rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows more there were than it can hold.
    pub cut_off: u64,
}

impl Table {
    pub(super) fn new(id: &'static str, title: Words, columns: &'static [Column]) -> Self {
        Self { id, title, columns, rows: Vec::new(), cut_off: 0 }
    }

    pub(super) fn push<const N: usize>(&mut self, row: [Cell; N]) {
        self.push_row(row.into());
    }

    /// A row that was made before, with a cell for every column.
    pub(super) fn push_row(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "{}", self.id);
        if self.rows.len() < MOST_ROWS {
            self.rows.push(row);
        } else {
            self.cut_off = self.cut_off.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_to_thousandths_and_a_share_of_nothing_says_nothing() {
        for (part, whole, written) in [
            (1, 3, "0.333"),
            (2, 3, "0.667"),
            (1, 1, "1.000"),
            (0, 7, "0.000"),
            (1, 2_001, "0.000"),
            (0, 0, ""),
        ] {
            assert_eq!(Cell::Share(part, whole).written(Language::Dutch), written, "{part}/{whole}");
        }
    }

    #[test]
    fn what_a_table_cannot_hold_is_counted() {
        const ONE: &[Column] = &[column("n", "n", "n", Kind::Number)];
        let mut table = Table::new("many", words("veel", "many"), ONE);
        for number in 0..MOST_ROWS + 3 {
            table.push([Cell::number(number)]);
        }
        assert_eq!((table.rows.len(), table.cut_off), (MOST_ROWS, 3));
    }
}
