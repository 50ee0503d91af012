//! A heat map: rows by columns, darker where there is more. Every square says its number.

use askama::Template;
use askama::filters::HtmlSafe;

use super::short;
use super::stacked::summary;
use super::{Count, drawn, told};
use crate::console::parts::{Cell, Grid, Heading};
use crate::domain::Language;

const SQUARE: (u64, u64) = (64, 28);
/// Room for the words on the left, and above.
const LEFT: u64 = 260;
const ABOVE: u64 = 36;
/// Shades beside none.
const SHADES: u64 = 4;

/// A heat map.
pub(crate) struct HeatMap {
    /// Of this page alone.
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) description: String,
    /// What the rows are of: a heading.
    pub(crate) of: String,
    pub(crate) columns: Vec<String>,
    /// What each row is called, and its counts, one for every column.
    pub(crate) rows: Vec<(String, Vec<Count>)>,
    pub(crate) language: Language,
}

struct Square {
    x: u64,
    y: u64,
    shade: u64,
    text: String,
}

struct Mark {
    x: u64,
    y: u64,
    text: String,
}

#[derive(Template)]
#[template(path = "charts/heat.html")]
pub(crate) struct Picture {
    id: &'static str,
    title: String,
    description: String,
    size: (u64, u64),
    square: (u64, u64),
    squares: Vec<Square>,
    names: Vec<Mark>,
    above: Vec<Mark>,
    columns: Vec<String>,
    summary: &'static str,
    grid: Grid,
}

impl HtmlSafe for Picture {}

impl HeatMap {
    /// Draws it.
    pub(crate) fn draw(self) -> Picture {
        let most = self.rows.iter().flat_map(|(_, counts)| counts).map(drawn).max().unwrap_or_default();
        let at = |index: usize, step: u64, begin: u64| {
            u64::try_from(index).unwrap_or_default().saturating_mul(step).saturating_add(begin)
        };
        let mut squares = Vec::new();
        for (row, (_, counts)) in self.rows.iter().enumerate() {
            for (column, count) in counts.iter().enumerate() {
                let (x, y) = (at(column, SQUARE.0, LEFT), at(row, SQUARE.1, ABOVE));
                squares.push(Square {
                    x,
                    y,
                    shade: shade(drawn(count), most),
                    text: count.written(self.language),
                });
            }
        }
        let names = self.rows.iter().enumerate();
        let names = names.map(|(row, (name, _))| Mark {
            x: LEFT - 8,
            y: at(row, SQUARE.1, ABOVE + 18),
            text: short(name, 40),
        });
        // What a column is called is longer than a column is wide: its number stands above, and its name below.
        let above = (1..=self.columns.len()).map(|number| Mark {
            x: at(number - 1, SQUARE.0, LEFT + SQUARE.0 / 2),
            y: ABOVE - 10,
            text: number.to_string(),
        });
        Picture {
            id: self.id,
            size: (at(self.columns.len(), SQUARE.0, LEFT), at(self.rows.len(), SQUARE.1, ABOVE)),
            square: SQUARE,
            squares,
            names: names.collect(),
            above: above.collect(),
            columns: self.columns.clone(),
            summary: summary(self.language),
            grid: self.grid(),
            title: self.title,
            description: self.description,
        }
    }

    fn grid(&self) -> Grid {
        let columns = self.columns.iter().map(Heading::number);
        let row = |(name, counts): &(String, Vec<Count>)| {
            let counts = counts.iter().map(|count| told(count, self.language));
            std::iter::once(Cell::text(name)).chain(counts).collect()
        };
        Grid {
            caption: self.title.clone(),
            headings: std::iter::once(Heading::text(&self.of)).chain(columns).collect(),
            rows: self.rows.iter().map(row).collect(),
        }
    }
}

/// None is 0, the most is the darkest, and everything else between.
fn shade(count: u64, most: u64) -> u64 {
    let shade = u128::from(count) * u128::from(SHADES);
    u64::try_from(shade.div_ceil(u128::from(most.max(1)))).unwrap_or(SHADES).min(SHADES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_darker_where_there_is_more_and_empty_where_there_is_none() {
        for (count, most, expected) in
            [(0, 0, 0), (0, 9, 0), (1, 100, 1), (25, 100, 1), (26, 100, 2), (100, 100, 4)]
        {
            assert_eq!(shade(count, most), expected, "{count} of {most}");
        }
    }

    #[test]
    fn a_heat_map_says_every_number_twice_and_escapes_its_words() {
        let map = HeatMap {
            id: "m",
            title: "Gegevens".to_owned(),
            description: "Hoe vaak".to_owned(),
            of: "Gegeven".to_owned(),
            columns: vec!["wonen".to_owned(), "<script>".to_owned()],
            rows: vec![("huis & haard".to_owned(), vec![Count::Number(7), Count::Few])],
            language: Language::English,
        };
        let drawn = map.draw().render().unwrap();
        assert!(!drawn.contains("<script") && !drawn.contains("style=") && drawn.contains("role=\"img\""));
        assert_eq!(drawn.matches(">7<").count(), 2);
        assert_eq!(drawn.matches("&#60;5").count(), 2);
        assert!(drawn.contains("sluis-heat-4") && drawn.contains("sluis-heat-0"));
    }
}
