//! `ExportEntries`: a stream that begins once the export is recorded, and is whole only with its end.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use super::caller::Caller;
use super::parse;
use super::refusal::Refusal;
use crate::contract::v1;
use crate::contract::v1::export_entries_response::Part;
use crate::gateway::{ExportRequest, Exported, Gateway};

/// What the caller receives.
pub(super) type Stream = ReceiverStream<Result<v1::ExportEntriesResponse, Status>>;

/// Records that wait for a slow caller.
const AHEAD: usize = 16;

/// Begins an export. What is wrong with the question is told at once; the rest comes in the stream.
pub(super) fn export(
    gateway: Arc<Gateway>,
    verifier_key: String,
    caller: Caller,
    asked: &v1::ExportEntriesRequest,
) -> Result<Stream, Refusal> {
    let origin = verifier_key.split('+').next().unwrap_or_default();
    let request = parse::audit::export(gateway.pseudonyms(), &caller, asked, origin)?;
    let place = gateway.export_place().ok_or_else(|| {
        let text = "others export now; try again later";
        Refusal::new(Code::ResourceExhausted, "EXPORTS_BUSY", text)
    })?;
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let result = hand_over(&gateway, &verifier_key, &caller, request, &send).await;
        if let Err(refusal) = result {
            tracing::error!(
                reason = refusal.reason(),
                cause = refusal.cause(),
                "an export ended before its end"
            );
            let _ = send.send(Err(refusal.into())).await;
        }
        drop(place);
    });
    Ok(ReceiverStream::new(receive))
}

async fn hand_over(
    gateway: &Gateway,
    verifier_key: &str,
    caller: &Caller,
    request: ExportRequest,
    send: &mpsc::Sender<Result<v1::ExportEntriesResponse, Status>>,
) -> Result<(), Refusal> {
    let (format, about_a_client) = (request.format, request.filter.client.is_some());
    let Exported { records, sha256, entry, mut export } = gateway.export(&caller.requester, request).await?;
    let row = gateway.own_entry(caller.organisation(), entry.index).await?;
    let owned = |drops: &[&str]| drops.iter().map(|&path| path.to_owned()).collect();
    let beginning = v1::ExportBeginning {
        format: format.id().to_owned(),
        heading: format.heading().unwrap_or_default(),
        line_end: format.line_end().to_owned(),
        drops: owned(format.drops(true)),
        drops_for_recipients: owned(format.drops(false)),
        records,
        sha256: sha256.bytes().to_vec(),
        entry_index: entry.index,
        leaf: entry.leaf.0.to_vec(),
        receipt: entry.receipt.to_text(),
        // It names the client by the gateway's own pseudonym, which nobody could link but by a BSN.
        entry: if about_a_client && !caller.may_use_bsn() { Vec::new() } else { row.body },
        verifier_key: verifier_key.to_owned(),
    };
    let part = |part| Ok(v1::ExportEntriesResponse { part: Some(part) });
    if send.send(part(Part::Beginning(beginning))).await.is_err() {
        return Ok(());
    }
    while let Some(record) = export.next(gateway).await? {
        if send.send(part(Part::Record(v1::ExportRecord { record }))).await.is_err() {
            return Ok(());
        }
    }
    if export.end() != (records, sha256) {
        let text = "entries ended their retention while they were exported; export again";
        return Err(Refusal::new(Code::Aborted, "EXPORT_CHANGED", text));
    }
    let _ = send.send(part(Part::End(v1::ExportEnd { records }))).await;
    Ok(())
}
