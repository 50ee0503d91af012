//! How far something long is: a bar on the terminal, on the stream of errors, so that what is printed stays clean.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many steps the bar has.
const STEPS: u64 = 40;
/// Where there is no terminal, a line is written each time so many percent are done.
const LINE_EVERY: u64 = 10;

/// A bar, or a line now and then.
pub struct Bar {
    terminal: bool,
    shown: bool,
    /// What was shown last, in thousandths and one more.
    last: AtomicU64,
}

impl Bar {
    /// A bar on a terminal; elsewhere nothing, or lines if they are wanted.
    pub fn new(wanted: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { terminal, shown: terminal || wanted, last: AtomicU64::new(0) }
    }

    /// So many entries are done.
    pub fn show(&self, done: u64, total: u64) {
        self.show_as("entries", done, total);
    }

    /// So many of these are done.
    pub fn show_as(&self, what: &str, done: u64, total: u64) {
        let thousandths = done.saturating_mul(1000).checked_div(total).unwrap_or(1000);
        let mark = 1 + if self.terminal { thousandths } else { thousandths / 10 / LINE_EVERY };
        if !self.shown || self.last.swap(mark, Ordering::Relaxed) == mark {
            return;
        }
        let mut text = String::new();
        if self.terminal {
            let filled = thousandths * STEPS / 1000;
            let bar = |of: u64, with: &str| with.repeat(usize::try_from(of).unwrap_or(0));
            let _ = write!(text, "\r[{}{}] ", bar(filled, "#"), bar(STEPS - filled, "."));
        }
        let _ = write!(text, "{done} of {total} {what} ({} %)", thousandths / 10);
        if !self.terminal {
            text.push('\n');
        }
        // A bar that cannot be shown stops nothing.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    /// The line is free for something else.
    pub fn end(&self) {
        if self.terminal && self.last.load(Ordering::Relaxed) > 0 {
            let _ = std::io::stderr().write_all(b"\n");
        }
    }
}
