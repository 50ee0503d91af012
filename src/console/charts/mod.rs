//! Charts: numbers as pictures, each with the same numbers in a table beside it.
//!
//! What is always true here:
//! 1. A chart is a pure function of its numbers. It is inline SVG without style, script or anything from elsewhere, and says what it
//!    shows to who cannot see it.
//! 2. A count that is not told ([`Count::Few`], [`Count::Hidden`]) has no height and no shade that tells it.
//! 3. Colours are never the only difference: what is drawn can be read in the table.

mod heat;
mod stacked;

pub(super) use heat::{HeatMap, Picture as HeatPicture};
pub(super) use stacked::{Part, Picture as StackedPicture, Stacked};

pub(super) use crate::report::Cell as Count;

use super::parts::Cell;
use crate::domain::Language;

/// How much of it can be drawn.
fn drawn(count: &Count) -> u64 {
    match count {
        Count::Number(number) => *number,
        _ => 0,
    }
}

fn told(count: &Count, language: Language) -> Cell {
    Cell::number(&count.written(language))
}

/// A round number that is not below this one: where an axis ends.
fn round_up(most: u64) -> u64 {
    let mut step = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            let round = step.saturating_mul(factor);
            if round >= most {
                return round;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// A text of at most so many characters; the table beside a picture has the whole of it.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_that_is_not_below_the_most() {
        for (most, end) in [(0, 1), (1, 1), (3, 5), (10, 10), (11, 20), (4_999, 5_000), (u64::MAX, u64::MAX)]
        {
            assert_eq!(round_up(most), end, "{most}");
        }
    }
}
