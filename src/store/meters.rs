//! How the seal does: how many entries, in which batches, and how long they wait.

use std::sync::LazyLock;
use std::time::Duration;

use metrics::{Counter, Histogram};

static ENTRIES: LazyLock<Counter> = LazyLock::new(|| metrics::counter!("sluis_entries_total"));
static COMMITS: LazyLock<Counter> = LazyLock::new(|| metrics::counter!("sluis_commits_total"));
static BATCH: LazyLock<Histogram> = LazyLock::new(|| metrics::histogram!("sluis_batch_entries"));
static COMMIT: LazyLock<Histogram> = LazyLock::new(|| metrics::histogram!("sluis_commit_duration_seconds"));
static SEAL: LazyLock<Histogram> = LazyLock::new(|| metrics::histogram!("sluis_seal_duration_seconds"));

/// A batch became durable.
#[expect(clippy::cast_precision_loss, reason = "a batch has some hundreds of entries at most")]
pub(super) fn committed(entries: usize) {
    COMMITS.increment(1);
    ENTRIES.increment(entries as u64);
    BATCH.record(entries as f64);
}

/// A batch took so long from its first attempt to its end, whichever it was.
pub(super) fn attempted(took: Duration) {
    COMMIT.record(took);
}

/// An entry was answered so long after it was handed in.
pub(super) fn sealed(took: Duration) {
    SEAL.record(took);
}
