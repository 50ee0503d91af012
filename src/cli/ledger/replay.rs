//! `sluis ledger explain` and `replay`: old rulings decided again, from the database alone.

use std::io::Write;

use crate::cli::{Failure, client};
use crate::grpc::explanation;
use crate::store::{Database, ReplayProblem, Store};

/// Something is not as it was recorded.
#[derive(Debug, thiserror::Error)]
enum Unlike {
    #[error("the ledger has no entry {0}")]
    NoEntry(u64),
    #[error("entry {0} is not what its ruling would be; see above")]
    Entry(u64),
    #[error("{0} rulings are not what they were recorded as, or cannot be decided again; see above")]
    Rulings(u64),
}

/// Explains one entry. A ruling that is decided otherwise ends the process with 65.
pub async fn explain(database: &Database, index: u64, out: &mut impl Write) -> Result<(), Failure> {
    let store = open(database).await?;
    let explained = store.explain(index, None).await.map_err(unlike)?.ok_or(Unlike::NoEntry(index));
    let answer = explanation(explained.map_err(|e| Failure::Usage(e.into()))?, None);
    client::explanation(out, &answer).map_err(|e| Failure::Other(e.into()))?;
    store.close().await;
    if answer.same { Ok(()) } else { Err(Failure::Integrity(Unlike::Entry(index).into())) }
}

/// Decides all rulings again, or those of these entries, and names every one that is not the same.
pub async fn replay(
    database: &Database,
    from: u64,
    to: Option<u64>,
    progress: impl Fn(u64, u64),
    out: &mut impl Write,
) -> Result<(), Failure> {
    let store = open(database).await?;
    let mut replay = store.replay(from, to).await.map_err(unlike)?;
    let (mut decided, mut undecided, mut problems, mut last) = (0, 0, 0, None);
    while let Some(part) = replay.next().await.map_err(unlike)? {
        progress(part.done, part.total);
        (decided, undecided) = (decided + part.decided, undecided + part.undecided);
        for (index, problem) in part.problems {
            writeln!(out, "entry {index}: {problem}").map_err(|e| Failure::Other(e.into()))?;
            problems += u64::from(last != Some(index));
            last = Some(index);
        }
    }
    store.close().await;
    let wrong = problems + undecided;
    let verdict = if wrong == 0 { "all the same as recorded".to_owned() } else { format!("{wrong} not") };
    writeln!(out, "{decided} rulings decided again: {verdict}").map_err(|e| Failure::Other(e.into()))?;
    if wrong == 0 { Ok(()) } else { Err(Failure::Integrity(Unlike::Rulings(wrong).into())) }
}

async fn open(database: &Database) -> Result<Store, Failure> {
    Store::open_to_verify(database).await.map_err(|e| Failure::Integrity(e.into()))
}

fn unlike(problem: impl Into<ReplayProblem>) -> Failure {
    Failure::Integrity(problem.into().into())
}
