//! Small counts, kept from being told: fewer than five of something can be somebody.
//!
//! What is always true here: from what is told, of one total and everything that adds up to it, no count from one to four can be computed,
//! and neither can the total where that is one. None is told as none.

use crate::report::Cell;

const SMALLEST: u64 = 5;

/// A count that adds up with nothing else that is told.
pub(super) fn count(count: u64) -> Cell {
    if is_small(count) { Cell::Few } else { Cell::Number(count) }
}

/// A total, and ways in which it is divided: each adds up to it.
pub(super) fn divided(total: u64, divisions: &[Vec<u64>]) -> (Cell, Vec<Vec<Cell>>) {
    let mut total_hidden = is_small(total);
    let mut hidden: Vec<Vec<bool>> =
        divisions.iter().map(|counts| counts.iter().copied().map(is_small).collect()).collect();
    loop {
        let before = (total_hidden, hidden.clone());
        for (counts, hidden) in divisions.iter().zip(&mut hidden) {
            while tells(counts, hidden, total_hidden) {
                let Some(also) = smallest_told(counts, hidden) else {
                    total_hidden = true;
                    break;
                };
                also.then_hide(hidden);
            }
        }
        if before == (total_hidden, hidden.clone()) {
            break;
        }
    }
    let cell = |(count, hidden): (&u64, &bool)| match (*count, *hidden) {
        (count, true) if is_small(count) => Cell::Few,
        (_, true) => Cell::Hidden,
        (count, false) => Cell::Number(count),
    };
    let cells =
        divisions.iter().zip(&hidden).map(|(counts, hidden)| counts.iter().zip(hidden).map(cell).collect());
    (cell((&total, &total_hidden)), cells.collect())
}

struct At(usize);

impl At {
    fn then_hide(self, hidden: &mut [bool]) {
        if let Some(hide) = hidden.get_mut(self.0) {
            *hide = true;
        }
    }
}

fn is_small(count: u64) -> bool {
    (1..SMALLEST).contains(&count)
}

/// Whether what is told of this division tells what is not.
fn tells(counts: &[u64], hidden: &[bool], total_hidden: bool) -> bool {
    let not_told: Vec<u64> =
        counts.iter().zip(hidden).filter_map(|(count, hidden)| hidden.then_some(*count)).collect();
    let sum: u64 = not_told.iter().sum();
    if total_hidden {
        // All of it told would tell the total.
        return not_told.is_empty() && counts.iter().any(|count| *count > 0);
    }
    let small = not_told.iter().filter(|count| is_small(**count)).count() as u64;
    let others = not_told.len() as u64 - small;
    let least = small + others * SMALLEST;
    let most = (others == 0).then_some(small * (SMALLEST - 1));
    match not_told.len() {
        0 => false,
        1 => true,
        _ => sum == least || most == Some(sum),
    }
}

/// The smallest count that is told and is not none.
fn smallest_told(counts: &[u64], hidden: &[bool]) -> Option<At> {
    let told = counts.iter().zip(hidden).enumerate().filter(|(_, (count, hidden))| !**hidden && **count > 0);
    told.min_by_key(|(_, (count, _))| **count).map(|(at, _)| At(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    fn told(total: u64, divisions: &[&[u64]]) -> (String, Vec<Vec<String>>) {
        let (total, cells) =
            divided(total, &divisions.iter().map(|counts| counts.to_vec()).collect::<Vec<_>>());
        let written = |cell: &Cell| cell.written(Language::English);
        (written(&total), cells.iter().map(|row| row.iter().map(written).collect()).collect())
    }

    #[test]
    fn a_count_below_five_is_not_told_and_none_is_none() {
        let written = [0, 1, 4, 5].map(|n| count(n).written(Language::English));
        assert_eq!(written, ["0", "<5", "<5", "5"]);
    }

    #[test]
    fn what_is_told_beside_a_small_count_does_not_tell_it() {
        let table: &[(u64, &[u64], &str, &[&str])] = &[
            (30, &[10, 20], "30", &["10", "20"]),
            (33, &[10, 20, 3], "33", &["x", "20", "<5"]),
            (15, &[10, 2, 3], "15", &["10", "<5", "<5"]),
            // Two hidden counts that add up to two, or to eight, tell themselves.
            (12, &[10, 1, 1], "12", &["x", "<5", "<5"]),
            (18, &[10, 4, 4], "18", &["x", "<5", "<5"]),
            // Nothing left to hide: the total is not told either.
            (8, &[4, 4], "x", &["<5", "<5"]),
            (3, &[3], "<5", &["<5"]),
            (7, &[7, 0], "7", &["7", "0"]),
            (6, &[1, 5], "x", &["<5", "x"]),
            (0, &[0, 0], "0", &["0", "0"]),
        ];
        for (total, counts, shown, cells) in table {
            let (seen_total, seen) = told(*total, &[counts]);
            let seen: Vec<&str> = seen[0].iter().map(String::as_str).collect();
            assert_eq!((seen_total.as_str(), seen.as_slice()), (*shown, *cells), "{counts:?}");
        }
    }

    #[test]
    fn a_total_that_one_division_keeps_is_not_told_by_another() {
        let (total, cells) = told(8, &[&[4, 4], &[8, 0]]);
        assert_eq!((total.as_str(), cells[1].as_slice()), ("x", &["x".to_owned(), "0".to_owned()][..]));
    }

    /// Everything that the told cells leave possible, by trying: no small count has only one possible value.
    #[test]
    fn no_small_count_can_be_computed_from_what_is_told() {
        for counts in (0..9_u64.pow(3)).map(|n| [n % 9, n / 9 % 9, n / 81]) {
            let total: u64 = counts.iter().sum();
            let (shown, cells) = told(total, &[&counts]);
            let possible = |written: &str| -> Vec<u64> {
                match written {
                    "<5" => (1..5).collect(),
                    "x" => (5..40).collect(),
                    number => vec![number.parse().unwrap()],
                }
            };
            let [a, b, c] = [0, 1, 2].map(|at| possible(&cells[0][at]));
            let totals = possible(&shown);
            let mut left: [std::collections::BTreeSet<u64>; 3] = Default::default();
            for (x, y, z) in a
                .iter()
                .flat_map(|x| b.iter().flat_map(move |y| [(x, y)]))
                .flat_map(|(x, y)| c.iter().map(move |z| (x, y, z)))
            {
                if totals.contains(&(x + y + z)) {
                    left[0].insert(*x);
                    left[1].insert(*y);
                    left[2].insert(*z);
                }
            }
            for (at, count) in counts.iter().enumerate() {
                assert!(
                    !is_small(*count) || left[at].len() > 1,
                    "{counts:?} is told as {shown} of {cells:?}"
                );
            }
        }
    }
}
