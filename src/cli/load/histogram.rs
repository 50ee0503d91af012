//! How long calls took: counts in buckets that are some three percent wide, so that a million calls take a few kilobytes.

use std::fmt::Write as _;
use std::time::Duration;

/// Buckets between a power of two and the next.
const PARTS: usize = 32;
/// Powers of two of microseconds: up to more than an hour.
const POWERS: usize = 32;
/// How wide the picture is.
const WIDTH: u64 = 50;

/// Counts of durations.
#[derive(Debug, Clone)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: Duration,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; PARTS * POWERS], total: 0, longest: Duration::ZERO }
    }
}

impl Histogram {
    /// One more.
    pub fn record(&mut self, took: Duration) {
        if let Some(count) = self.counts.get_mut(bucket(took)) {
            *count += 1;
        }
        self.total += 1;
        self.longest = self.longest.max(took);
    }

    /// Those of another one too.
    pub fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The longest.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// So many of a thousand took no longer than this, within the width of a bucket.
    pub fn within(&self, per_mille: u64) -> Duration {
        let wanted = (self.total * per_mille).div_ceil(1_000).max(1);
        let mut seen = 0;
        for (at, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return end(at).min(self.longest);
            }
        }
        self.longest
    }

    /// A picture in text: one line for each step of about a factor of 1.4.
    pub fn picture(&self) -> String {
        let steps: Vec<(Duration, u64)> = self
            .counts
            .chunks(PARTS / 2)
            .enumerate()
            .map(|(at, counts)| (end(at * PARTS / 2 + PARTS / 2 - 1), counts.iter().sum()))
            .collect();
        let most = steps.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
        let first = steps.iter().position(|(_, count)| *count > 0).unwrap_or(0);
        let last = steps.iter().rposition(|(_, count)| *count > 0).unwrap_or(0);
        let mut text = String::new();
        for (end, count) in steps.get(first..=last).unwrap_or_default() {
            let length = (count * WIDTH).div_ceil(most);
            let bar = "#".repeat(usize::try_from(length).unwrap_or(0));
            let _ = writeln!(text, "  up to {:>9}  {bar:<50} {count}", milliseconds(*end));
        }
        text
    }
}

/// A duration, for people.
pub fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1_000.0)
}

fn bucket(took: Duration) -> usize {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
    let power = micros.ilog2();
    let over = micros - (1 << power);
    // Below 32 µs the parts are finer than a microsecond: some stay empty.
    let part = (u128::from(over) * PARTS as u128) >> power;
    let at = power as usize * PARTS + usize::try_from(part).unwrap_or(0);
    at.min(PARTS * POWERS - 1)
}

/// Where a bucket ends.
fn end(bucket: usize) -> Duration {
    let (power, part) = (bucket / PARTS, bucket % PARTS + 1);
    let begin = 1_u64 << power.min(POWERS);
    Duration::from_micros(begin + (begin * part as u64).div_ceil(PARTS as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_within_three_percent_and_never_above_the_longest() {
        let mut histogram = Histogram::default();
        let mut times: Vec<u64> = (0..10_000_u64).map(|n| 150 + n * n % 77_777).collect();
        for micros in &times {
            histogram.record(Duration::from_micros(*micros));
        }
        times.sort_unstable();
        for per_mille in [1, 500, 900, 990, 999, 1_000] {
            let exact = times[(times.len() * per_mille).div_ceil(1_000) - 1];
            let read = u64::try_from(histogram.within(per_mille as u64).as_micros()).unwrap();
            assert!((exact..=exact + exact / 30 + 1).contains(&read), "{per_mille}: {read}, {exact}");
        }
        assert_eq!(histogram.within(1_000), histogram.longest());
        assert_eq!(histogram.total(), 10_000);
    }

    #[test]
    fn every_duration_has_a_bucket_that_ends_after_it() {
        for micros in [0, 1, 2, 31, 32, 33, 1_000, 65_535, 65_536, 3_600_000_000] {
            let took = Duration::from_micros(micros);
            assert!(end(bucket(took)) >= took, "{micros}");
        }
        Histogram::default().record(Duration::MAX);
        assert_eq!(Histogram::default().within(990), Duration::ZERO);
    }

    #[test]
    fn the_picture_has_a_line_for_each_step_and_the_counts_of_two_are_added() {
        let (mut one, mut other) = (Histogram::default(), Histogram::default());
        for n in 0..110 {
            let (histogram, milliseconds) = if n < 100 { (&mut one, 1) } else { (&mut other, 4) };
            histogram.record(Duration::from_millis(milliseconds));
        }
        one.add(&other);
        let picture = one.picture();
        let lines: Vec<&str> = picture.lines().collect();
        assert!(lines[0].ends_with(" 100") && lines[0].contains(&"#".repeat(50)), "{picture}");
        assert!(lines.last().unwrap().ends_with(" 10"), "{picture}");
        assert_eq!(one.total(), 110);
    }
}
