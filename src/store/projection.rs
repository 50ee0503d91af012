//! The tables beside the ledger, compared with what the entries say.

use std::collections::BTreeMap;

use sqlx::AnyConnection;

use crate::store::fold::Fold;
use crate::store::{AuditProblem, Error, covenants, release};

/// Whether every table beside the ledger holds what the entries say.
pub(super) async fn compare(snapshot: &mut AnyConnection, fold: &Fold) -> Result<(), AuditProblem> {
    if !covenants::are_kept(&mut *snapshot, &fold.covenants()).await? {
        return Err(AuditProblem::Projection("covenant"));
    }
    let said = fold.retention.as_ref().map_or((1, -1, 0, 0), |(entry, said)| {
        (1, i64::try_from(*entry).unwrap_or(-1), i64::try_from(said.before).unwrap_or(-1), said.until.0)
    });
    let kept: Vec<(i64, i64, i64, i64)> =
        sqlx::query_as("select id, entry, before, until from retention").fetch_all(&mut *snapshot).await?;
    if kept != [said] {
        return Err(AuditProblem::Projection("retention"));
    }
    let clients: Vec<(String, i64)> =
        sqlx::query_as("select id, revision from client").fetch_all(&mut *snapshot).await?;
    if clients.len() != fold.clients.len() || clients.into_iter().collect::<BTreeMap<_, _>>() != fold.clients
    {
        return Err(AuditProblem::Projection("client"));
    }
    let registrations: Vec<(String, String, String)> =
        sqlx::query_as("select client, custodian, body from registration").fetch_all(&mut *snapshot).await?;
    let count = registrations.len();
    let registrations: BTreeMap<_, _> =
        registrations.into_iter().map(|(c, o, body)| ((c, o), body)).collect();
    if count != fold.registrations.len() || registrations != fold.registrations {
        return Err(AuditProblem::Projection("registration"));
    }
    let consents: Vec<(String, String, String)> =
        sqlx::query_as("select id, client, body from consent").fetch_all(&mut *snapshot).await?;
    let same = |(id, client, body): &(String, String, String)| {
        fold.consents.get(id).is_some_and(|(of, consent)| {
            of == client && serde_json::to_string(consent).is_ok_and(|expected| expected == *body)
        })
    };
    if consents.len() != fold.consents.len() || !consents.iter().all(same) {
        return Err(AuditProblem::Projection("consent"));
    }
    let releases: Vec<release::Row> = sqlx::query_as(
        "select entry, client, custodian, ground, tell_by, review_by, body from unconsented_release order by entry",
    )
    .fetch_all(&mut *snapshot)
    .await?;
    let expected: Result<Vec<_>, Error> = fold.releases.values().map(release::Row::of).collect();
    if releases != expected? {
        return Err(AuditProblem::Projection("unconsented_release"));
    }
    for (index, judged) in &fold.judged {
        let index = i64::try_from(*index).map_err(|_| Error::Corrupt("an index"))?;
        if !judged.may_be_gone(fold.horizon) && !judged.stands(&mut *snapshot, index).await? {
            return Err(AuditProblem::Entry { index, problem: "judges an entry that it may not" });
        }
    }
    Ok(())
}
