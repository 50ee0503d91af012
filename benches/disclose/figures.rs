//! Medians, with the least and the most; and goals beside what was measured.

use std::fmt;

/// A median, with the least and the most.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// The least.
    pub least: f64,
    /// Half are less, half are more.
    pub median: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    /// Of these figures.
    pub fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_unstable_by(f64::total_cmp);
        let at = |at: usize| figures.get(at).copied().unwrap_or(f64::NAN);
        let last = figures.len().saturating_sub(1);
        Self { least: at(0), median: f64::midpoint(at(last / 2), at(last.div_ceil(2))), most: at(last) }
    }

    /// Of ratios, each made within one round.
    pub fn of_ratios(rounds: impl Iterator<Item = (f64, f64)>) -> Self {
        Self::of(rounds.map(|(one, other)| one / other))
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2} to {:.2})", self.median, self.least, self.most)
    }
}

/// On which side of its goal a figure should be.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// At least the first; at least the second is aimed at.
    AtLeast(f64, f64),
    /// At most the first; at most the second is aimed at.
    AtMost(f64, f64),
}

/// The head of a table of goals.
pub const GOALS: &str = "| figure | measured | goal | aim | |\n|---|---|---|---|---|\n";

impl Goal {
    /// A line of the table: the median is judged.
    pub fn line(self, what: &str, measured: Spread) -> String {
        let median = measured.median;
        let (sign, goal, aim, met, reached) = match self {
            Self::AtLeast(goal, aim) => ("≥", goal, aim, median >= goal, median >= aim),
            Self::AtMost(goal, aim) => ("≤", goal, aim, median <= goal, median <= aim),
        };
        let verdict = match (met, reached) {
            (_, true) => "reached",
            (true, false) => "met",
            (false, false) => "**missed**",
        };
        format!("| {what} | {measured} | {sign} {goal} | {sign} {aim} | {verdict} |\n")
    }
}
