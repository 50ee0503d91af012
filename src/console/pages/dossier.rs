//! `POST /clients/<handle>/dossier`: the dossier of a request for access (AVG art. 15) as one file, the same as `sluis client dossier`
//! makes, with beside it what was left out for its reader.
//!
//! What is always true here: the gateway decides who may read it and what of it, and records both readings before anything leaves.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::client::{named, plain};
use super::letter::{Wanted, refused, wanted};
use crate::console::archive::Archive;
use crate::console::naming::Naming;
use crate::console::{Console, Genuine, Officer, Problem};
use crate::domain::{FieldCode, Objection, Permit, PurposeCode, Stance, Timestamp};
use crate::gateway::{LeftOutEntry, Overview, OverviewConsent, OverviewRequest};
use crate::projection::dossier::{
    Dossier, DossierBasis, DossierConsent, DossierLeftOut, DossierLine, review,
};

/// `POST /clients/<handle>/dossier`
pub(in crate::console) async fn dossier(
    State(console): State<Arc<Console>>,
    Path(handle): Path<String>,
    Genuine { officer, form }: Genuine<Wanted>,
) -> Result<Response, Problem> {
    let (language, reader) = wanted(&officer, &form)?;
    let client = named(&console, &officer, &handle)?;
    let request = OverviewRequest { client, reader, format: plain(language), from: None, until: None };
    let left_out = console.gateway.left_out(&officer.requester, &request).await;
    let (left_out, _) = left_out.map_err(|error| refused(&officer, &error))?;
    let overview = console.gateway.overview(&officer.requester, &request).await;
    let dossier = of(&console, &officer, overview.map_err(|error| refused(&officer, &error))?);
    let name = format!("dossier-{}", dossier.entry_index);
    let files = dossier.files(language).map_err(|_| Problem::unavailable(officer.language))?;
    let review = review(&left_out.iter().map(weighed).collect::<Vec<_>>());
    let all = files.iter().map(|(file, text)| (format!("{name}/{file}"), text.as_str()));
    let all = all.chain([(format!("{name}.review.md"), review.as_str())]);
    let archive = Archive::of(all).map_err(|_| Problem::unavailable(officer.language))?;
    Ok(file(&name, archive).into_response())
}

/// As a file to keep.
pub(super) fn file(name: &str, body: impl IntoResponse) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.zip\"")),
    ];
    (headers, body)
}

fn weighed(left_out: &LeftOutEntry) -> DossierLeftOut {
    let LeftOutEntry { row, reason } = left_out;
    DossierLeftOut {
        index: row.index,
        at: row.entry.at.rfc3339(),
        event: row.entry.event_name().to_owned(),
        reason: reason.as_str().to_owned(),
    }
}

/// By the names of the contract, as the gateway answers it to whoever asks over the wire.
fn of(console: &Console, officer: &Officer, overview: Overview) -> Dossier {
    let naming = Naming::new(console, officer);
    let purpose = |code| id_of(&naming, code);
    let lines = overview.lines.into_iter().map(|line| DossierLine {
        at: line.at.rfc3339(),
        times: line.times,
        event: line.event.to_owned(),
        emergency: line.emergency,
        text: line.text.to_string(),
    });
    let bases = overview.bases.into_iter().map(|basis| DossierBasis {
        recipient: basis.recipient.to_string(),
        purpose: purpose(basis.purpose),
        basis: basis.basis,
    });
    Dossier {
        consents: overview.consents.into_iter().map(|one| consent(&naming, one)).collect(),
        lines: lines.collect(),
        bases: bases.collect(),
        checkpoint: overview.checkpoint,
        verifier_key: console.verifier_key.clone(),
        entry_index: overview.sealed.index,
        receipt: overview.sealed.receipt.to_text(),
        leaf: overview.sealed.leaf.to_base64(),
    }
}

/// The name on the wire; the code, if this covenant no longer has it.
fn id_of(naming: &Naming<'_>, code: PurposeCode) -> String {
    naming.reader.purposes.get(code).map_or_else(|| code.to_string(), |purpose| purpose.id.clone())
}

fn consent(naming: &Naming<'_>, shown: OverviewConsent) -> DossierConsent {
    let OverviewConsent { consent, status, text } = shown;
    let purpose = |code| id_of(naming, code);
    let (kind, recipient, purpose, fields) = match &consent.stance {
        Stance::Permit(Permit { recipient, purpose: code, fields, .. }) => {
            ("permit", recipient.organisation.to_string(), purpose(*code), fields.as_slice())
        }
        Stance::Objection(Objection { recipient, purpose: code, fields, .. }) => {
            let recipient = recipient.as_ref().map(ToString::to_string).unwrap_or_default();
            (
                "objection",
                recipient,
                code.map(purpose).unwrap_or_default(),
                fields.as_deref().unwrap_or_default(),
            )
        }
    };
    let field = |code: &FieldCode| {
        naming.reader.catalogue.field(*code).map_or_else(|| code.to_string(), |field| field.id.clone())
    };
    let until = consent.period.until();
    DossierConsent {
        consent_id: consent.id.to_string(),
        kind,
        status: status.as_str().to_owned(),
        recipient,
        purpose,
        fields: fields.iter().map(field).collect(),
        from: consent.period.from().rfc3339(),
        until: if until == Timestamp::END { String::new() } else { until.rfc3339() },
        text,
    }
}
