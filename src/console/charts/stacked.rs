//! Bars over time or over kinds, each made of one part or of several on top of each other.

use askama::Template;
use askama::filters::HtmlSafe;

use super::{Count, drawn, round_up, short, told};
use crate::console::parts::{Grid, Heading};
use crate::domain::Language;

const WIDTH: u64 = 720;
const HEIGHT: u64 = 240;
/// Room for the numbers on the left, for the words below, and above.
const LEFT: u64 = 48;
const BELOW: u64 = 40;
const ABOVE: u64 = 12;
/// The widest bar: a day by itself is a bar too, and not a wall.
const WIDEST: u64 = 72;
/// The most words below the bars that do not run into each other.
const MOST_LABELS: usize = 12;
/// How wide a letter is at most, more or less.
const LETTER: u64 = 7;
/// Letters of a label that are always there.
const FEWEST: usize = 5;

/// A part of each bar: what it is called, and how many of it there are in each.
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) counts: Vec<Count>,
}

/// Bars.
pub(crate) struct Stacked {
    /// Of this page alone.
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) description: String,
    /// What the bars are of: a heading.
    pub(crate) of: String,
    /// What each bar is called.
    pub(crate) labels: Vec<String>,
    /// At most four.
    pub(crate) parts: Vec<Part>,
    pub(crate) language: Language,
}

struct Bar {
    class: usize,
    x: u64,
    y: u64,
    width: u64,
    height: u64,
}

struct Mark {
    x: u64,
    y: u64,
    text: String,
}

#[derive(Template)]
#[template(path = "charts/stacked.html")]
pub(crate) struct Picture {
    id: &'static str,
    title: String,
    description: String,
    size: (u64, u64),
    base: u64,
    left: u64,
    bars: Vec<Bar>,
    below: Vec<Mark>,
    beside: Vec<Mark>,
    legend: Vec<(usize, String)>,
    summary: &'static str,
    grid: Grid,
}

impl HtmlSafe for Picture {}

impl Stacked {
    /// Draws it.
    pub(crate) fn draw(self) -> Picture {
        let language = self.language;
        let sum = |at: usize| -> u64 {
            let counts = self.parts.iter().filter_map(|part| part.counts.get(at));
            counts.map(drawn).fold(0, u64::saturating_add)
        };
        let most = round_up((0..self.labels.len()).map(sum).max().unwrap_or_default());
        let (room, base) = (HEIGHT - BELOW - ABOVE, HEIGHT - BELOW);
        let slots = u64::try_from(self.labels.len()).unwrap_or(u64::MAX).max(1);
        let slot = |at: usize| LEFT + (WIDTH - LEFT) * u64::try_from(at).unwrap_or_default() / slots;
        let height = |count: u64| scaled(count, most, room);
        let mut bars = Vec::new();
        for at in 0..self.labels.len() {
            let (x, next) = (slot(at), slot(at + 1));
            let width = (next - x).saturating_mul(4).checked_div(5).unwrap_or_default().clamp(1, WIDEST);
            let mut below = 0_u64;
            for (class, part) in self.parts.iter().enumerate() {
                let count = part.counts.get(at).map_or(0, drawn);
                if count == 0 {
                    continue;
                }
                let (foot, head) = (height(below), height(below.saturating_add(count)));
                below = below.saturating_add(count);
                bars.push(Bar { class: class + 1, x, y: base - head, width, height: (head - foot).max(1) });
            }
        }
        let every = self.labels.len().div_ceil(MOST_LABELS).max(1);
        let room = (slot(every) - slot(0)).checked_div(LETTER).unwrap_or_default();
        let room = usize::try_from(room).unwrap_or(usize::MAX).max(FEWEST);
        let below = self.labels.iter().enumerate().step_by(every);
        let below = below.map(|(at, text)| Mark { x: slot(at), y: base + 18, text: short(text, room) });
        let beside =
            [0, most].into_iter().map(|n| Mark { x: LEFT - 6, y: base - height(n) + 4, text: n.to_string() });
        let legend = self.parts.iter().enumerate().map(|(at, part)| (at + 1, part.name.clone())).collect();
        Picture {
            id: self.id,
            size: (WIDTH, HEIGHT),
            base,
            left: LEFT,
            bars,
            below: below.collect(),
            beside: beside.collect(),
            legend,
            summary: summary(language),
            grid: self.grid(),
            title: self.title,
            description: self.description,
        }
    }

    /// The same numbers as a table.
    fn grid(&self) -> Grid {
        let names = self.parts.iter().map(|part| Heading::number(&part.name));
        let headings = std::iter::once(Heading::text(&self.of)).chain(names).collect();
        let row = |(at, label): (usize, &String)| {
            let counts = self
                .parts
                .iter()
                .map(|part| told(part.counts.get(at).unwrap_or(&Count::Empty), self.language));
            std::iter::once(super::Cell::text(label)).chain(counts).collect()
        };
        Grid {
            caption: self.title.clone(),
            headings,
            rows: self.labels.iter().enumerate().map(row).collect(),
        }
    }
}

pub(super) fn summary(language: Language) -> &'static str {
    match language {
        Language::Dutch => "Dezelfde cijfers in een tabel",
        Language::English => "The same numbers in a table",
    }
}

/// This count of the most, as a part of the room.
fn scaled(count: u64, most: u64, room: u64) -> u64 {
    let part = u128::from(count.min(most)) * u128::from(room) / u128::from(most.max(1));
    u64::try_from(part).unwrap_or(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(labels: &[&str], parts: &[(&str, Vec<Count>)]) -> String {
        let parts =
            parts.iter().map(|(name, counts)| Part { name: (*name).to_owned(), counts: counts.clone() });
        let chart = Stacked {
            id: "c",
            title: "Verstrekkingen & <b>meer</b>".to_owned(),
            description: "Per dag".to_owned(),
            of: "Dag".to_owned(),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            parts: parts.collect(),
            language: Language::Dutch,
        };
        chart.draw().render().unwrap()
    }

    #[test]
    fn a_chart_says_the_same_as_its_table_and_escapes_what_it_is_given() {
        let counts = |list: &[u64]| list.iter().map(|n| Count::Number(*n)).collect::<Vec<_>>();
        let drawn = chart(
            &["1 nov", "<script>"],
            &[("gegeven", counts(&[100, 50])), ("geweigerd", counts(&[0, 50]))],
        );
        assert!(drawn.contains("role=\"img\"") && drawn.contains("<title") && drawn.contains("<desc"));
        assert!(!drawn.contains("<script") && !drawn.contains("<b>") && !drawn.contains("style="));
        // 100 of 100 fills the room of 188; 50 and 50 fill a half each.
        for height in ["height=\"188\"", "height=\"94\""] {
            assert!(drawn.contains(height), "{height} in {drawn}");
        }
        assert_eq!(drawn.matches("<rect").count(), 3, "nothing is drawn for none");
        for number in ["100", "50", "0"] {
            assert!(drawn.contains(&format!(">{number}</td>")), "{number}");
        }
    }

    #[test]
    fn a_bar_by_itself_is_no_wall() {
        let drawn = chart(&["1 nov"], &[("gegeven", vec![Count::Number(1)])]);
        assert!(drawn.contains("width=\"72\""), "{drawn}");
    }

    #[test]
    fn a_count_that_is_not_told_is_not_drawn_either() {
        let drawn = chart(&["a", "b"], &[("x", vec![Count::Few, Count::Hidden])]);
        assert!(!drawn.contains("<rect"));
        assert!(drawn.contains("&#60;5") && drawn.contains(">x</td>"));
    }

    #[test]
    fn any_numbers_can_be_drawn() {
        for counts in [vec![], vec![Count::Number(u64::MAX); 400], vec![Count::Number(0)]] {
            let labels: Vec<String> = (0..counts.len()).map(|n| n.to_string()).collect();
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            chart(&labels, &[("x", counts.clone()), ("y", counts)]);
        }
    }
}
