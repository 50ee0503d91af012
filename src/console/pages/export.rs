//! `POST /entries/export?<filter>`: the entries of a filter in another form, with their proof beside them, as one file.
//!
//! What is always true here:
//! 1. The gateway reads it, records it with its hash, and only then hands it over; it is handed over as it is read again.
//! 2. What is asked is bounded by its period, before anything is read.
//! 3. What ends too early is no archive: nobody holds half of it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::dossier::file;
use super::forms;
use crate::console::archive::Archive;
use crate::console::filter::{Asked, Narrowed};
use crate::console::naming::Naming;
use crate::console::parts::{Choice, Select};
use crate::console::{Console, Genuine, Officer, Problem};
use crate::gateway::{ExportProof, ExportRequest, Exported, Gateway};
use crate::projection::Format;

/// Pieces that wait for a slow browser.
const AHEAD: usize = 4;
/// A piece is about so long.
const PIECE: usize = 64 * 1024;

/// In which form.
#[derive(serde::Deserialize)]
pub(in crate::console) struct Wanted {
    #[serde(default)]
    format: String,
}

/// Where to post it to, and in which forms; `None` where the filter asks what cannot be exported.
pub(super) fn offer(naming: &Naming<'_>, asked: &Asked, narrowed: &Narrowed) -> Option<(String, Select)> {
    let fits = |format: &Format| !format.is_for_a_client() || narrowed.filter.client.is_some();
    let choices = Format::ALL.into_iter().filter(fits);
    let choices = choices.map(|format| Choice::new(format.id(), forms::name(naming, format))).collect();
    let select = Select {
        name: "format",
        label: naming.say("In welke vorm", "In which form").to_owned(),
        chosen: Format::Csv.id().to_owned(),
        choices,
    };
    (!narrowed.is_sifted()).then(|| (asked.at_page("/entries/export", ""), select))
}

/// `POST /entries/export`
pub(in crate::console) async fn export(
    State(console): State<Arc<Console>>,
    asked: Result<Query<Asked>, QueryRejection>,
    Genuine { officer, form }: Genuine<Wanted>,
) -> Result<Response, Problem> {
    let asked = Asked::read(officer.language, asked)?;
    let narrowed = Asked { page: String::new(), ..asked }.narrow(&console, &officer)?;
    let format = chosen(&officer, &narrowed, &form.format)?;
    let failed = |error| Problem::of(officer.language, &error);
    if console.gateway.reach(&narrowed.filter).await.map_err(failed)? > console.largest_export {
        return Err(wrong(&officer, "too-much"));
    }
    let place = console.gateway.export_place().ok_or_else(|| wrong(&officer, "busy"))?;
    let about_a_client = narrowed.filter.client.is_some();
    let request = ExportRequest {
        side: officer.side().clone(),
        filter: narrowed.filter,
        only: None,
        format,
        origin: console.origin.clone(),
    };
    let exported = console.gateway.export(&officer.requester, request).await.map_err(failed)?;
    let row = console.gateway.own_entry(officer.side(), exported.entry.index).await.map_err(failed)?;
    // It names the client by the gateway's own pseudonym, which nobody could link but by a BSN.
    let told = (!about_a_client || officer.may_use_bsn()).then_some(row.body.as_slice());
    let proof = ExportProof::of(format, &exported, told, &console.verifier_key);
    let proof = serde_json::to_string_pretty(&proof).map_err(|_| Problem::unavailable(officer.language))?;
    let name = format!("export-{}", exported.entry.index);
    let handed = HandOver {
        gateway: console.gateway.clone(),
        file: format!("{name}.{}", ending(format)),
        format,
        proof,
        patience: console.timeout,
    };
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        if let Err(problem) = handed.over(exported, &send).await {
            tracing::error!(%problem, "an export of the console ended before its end");
            let _ = send.send(Err(problem)).await;
        }
        drop(place);
    });
    Ok(file(&name, Body::from_stream(ReceiverStream::new(receive))).into_response())
}

struct HandOver {
    gateway: Arc<Gateway>,
    file: String,
    format: Format,
    proof: String,
    /// So long a piece waits for the browser.
    patience: Duration,
}

impl HandOver {
    /// The archive, piece by piece.
    async fn over(&self, exported: Exported, send: &mpsc::Sender<io::Result<Bytes>>) -> io::Result<()> {
        let Exported { records, sha256, mut export, .. } = exported;
        let (mut archive, line_end) = (Archive::new(), self.format.line_end());
        archive.begin(&self.file)?;
        if let Some(heading) = self.format.heading() {
            archive.write(&heading)?;
            archive.write(line_end)?;
        }
        let mut piece = Vec::new();
        while let Some(record) = export.next(&self.gateway).await.map_err(io::Error::other)? {
            archive.write(&record)?;
            archive.write(line_end)?;
            piece.extend(archive.take());
            if piece.len() >= PIECE {
                self.hand(std::mem::take(&mut piece), send).await?;
            }
        }
        if export.end() != (records, sha256) {
            return Err(io::Error::other("entries ended their retention while they were exported"));
        }
        archive.begin(&format!("{}.proof", self.file))?;
        archive.write(&self.proof)?;
        piece.extend(archive.end()?);
        self.hand(piece, send).await
    }

    async fn hand(&self, piece: Vec<u8>, send: &mpsc::Sender<io::Result<Bytes>>) -> io::Result<()> {
        let sent = tokio::time::timeout(self.patience, send.send(Ok(piece.into()))).await;
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        sent.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?.map_err(|_| gone())
    }
}

/// How a file in this form is called.
fn ending(format: Format) -> &'static str {
    match format {
        Format::Csv => "csv",
        Format::PlainDutch | Format::PlainEnglish => "txt",
        Format::Nen7513 | Format::AuditEvent | Format::ProcessingLog(_) | Format::DecisionLog => "ndjson",
    }
}

fn chosen(officer: &Officer, narrowed: &Narrowed, id: &str) -> Result<Format, Problem> {
    let format = Format::by_id(id).ok_or_else(|| wrong(officer, "format"))?;
    if format.is_for_a_client() && narrowed.filter.client.is_none() {
        return Err(wrong(officer, "format"));
    }
    if narrowed.is_sifted() { Err(wrong(officer, "sifted")) } else { Ok(format) }
}

fn wrong(officer: &Officer, what: &str) -> Problem {
    let (what, remedy, code) = match what {
        "too-much" => (
            (
                "Dit zijn te veel regels om in één keer uit te voeren",
                "These are too many entries to export at once",
            ),
            (
                "Kies een kortere periode. Wie alles wil, vraagt de beheerder om `sluis client export`.",
                "Choose a shorter period. Who wants all asks the operator for `sluis client export`.",
            ),
            "EXPORT_TOO_LARGE",
        ),
        "busy" => (
            ("Anderen voeren nu ook uit", "Others export now as well"),
            ("Probeer het over een minuut opnieuw.", "Try again in a minute."),
            "EXPORTS_BUSY",
        ),
        "sifted" => (
            (
                "Op een gegeven of een grond kan niet worden uitgevoerd",
                "What is narrowed to a field or a ground cannot be exported",
            ),
            (
                "Laat die leeg: in een rekenblad kunt u er daarna op zoeken.",
                "Clear those: you can search for them in a spreadsheet afterwards.",
            ),
            "EXPORT_SIFTED",
        ),
        _ => (
            ("Deze vorm kan hier niet", "This form is not for here"),
            ("Kies een vorm uit de lijst.", "Choose a form from the list."),
            "FORMAT_UNKNOWN",
        ),
    };
    Problem::wrong(officer.language, what, remedy, code)
}
