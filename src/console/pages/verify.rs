//! What proves it, and how to verify that elsewhere: the receipt of an entry, and the page that explains.
//!
//! Receipts and checkpoints are hashes that tell nothing of what entries say, so they are not recorded.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::entry::number;
use crate::console::frame::{Frame, Section, page};
use crate::console::{Console, Officer, Problem};
use crate::domain::{Language, Timestamp};
use crate::ledger::stated_times;

/// The head that a checkpoint signs.
pub(in crate::console) struct Head {
    pub(in crate::console) origin: String,
    pub(in crate::console) size: String,
    pub(in crate::console) root: String,
    /// Whose signatures stand below it, beside the ledger's own.
    pub(in crate::console) witnesses: Vec<String>,
    /// The newest moment that a witness states.
    pub(in crate::console) witnessed_at: Option<String>,
}

impl Head {
    /// Of a signed note (C2SP tlog-checkpoint): origin, size and root, an empty line, signatures.
    pub(in crate::console) fn of(note: &str) -> Self {
        let mut lines = note.lines();
        let mut line = || lines.next().unwrap_or_default().to_owned();
        let (origin, size, root) = (line(), line(), line());
        let names = note.lines().filter_map(|line| line.strip_prefix("— ")?.split(' ').next());
        let mut witnesses: Vec<String> = names.filter(|name| *name != origin).map(str::to_owned).collect();
        witnesses.sort_unstable();
        witnesses.dedup();
        let newest = stated_times(note).into_iter().max().and_then(|seconds| i64::try_from(seconds).ok());
        let witnessed_at = newest.map(|seconds| Timestamp(seconds.saturating_mul(1_000)).local());
        Self { origin, size, root, witnesses, witnessed_at }
    }
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Verify {
    frame: Frame,
    head: Head,
    checkpoint: String,
    verifier_key: String,
}

/// `/verify`
pub(in crate::console) async fn verify(
    State(console): State<Arc<Console>>,
    officer: Officer,
) -> Result<Response, Problem> {
    let checkpoint = console.gateway.checkpoint().await;
    let checkpoint = checkpoint.map_err(|error| Problem::of(officer.language, &error))?;
    let frame = console.frame(&officer, Section::Elsewhere, "Zelf nagaan", "Verify it yourself").await?;
    let (head, verifier_key) = (Head::of(&checkpoint), console.verifier_key.clone());
    Ok(page(StatusCode::OK, &Verify { frame, head, checkpoint, verifier_key }))
}

/// `/entries/<index>/receipt`
pub(in crate::console) async fn receipt(
    State(console): State<Arc<Console>>,
    officer: Officer,
    Path(index): Path<String>,
) -> Result<Response, Problem> {
    let index = number(&officer, &index)?;
    let receipt = console.gateway.receipt(officer.side(), index).await;
    let receipt = receipt.map_err(|error| Problem::of(officer.language, &error))?;
    let name = match officer.language {
        Language::Dutch => format!("attachment; filename=\"regel-{index}.tlog-proof\""),
        Language::English => format!("attachment; filename=\"entry-{index}.tlog-proof\""),
    };
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, receipt.to_text()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_who_cosigned_beside_the_ledger_itself() {
        let note = "sluis.example/ledger\n42\nAAAA\n\n— sluis.example/ledger x\n— witness.example y\n";
        let head = Head::of(note);
        assert_eq!(
            (head.origin.as_str(), head.size.as_str(), head.root.as_str()),
            ("sluis.example/ledger", "42", "AAAA")
        );
        assert_eq!(head.witnesses, ["witness.example"]);
        assert_eq!(head.witnessed_at, None);
        assert!(Head::of("").witnesses.is_empty());
    }
}
