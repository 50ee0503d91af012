//! Proofs after the fact, from the stored tiles and the unfinished edge.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sqlx::AnyConnection;

use crate::ledger::{Hash, Proof, ProofPlan, Receipt, TileId, TileSpan};
use crate::store::{Error, Store};

impl Store {
    /// The receipt of an entry against the newest checkpoint; `None` if there is no such entry.
    pub async fn receipt(&self, index: u64) -> Result<Option<Receipt>, Error> {
        let mut snapshot = self.readers.begin().await?;
        let (size, checkpoint) = head(&mut snapshot).await?;
        let Ok(plan) = ProofPlan::inclusion(index, size) else { return Ok(None) };
        let proof = follow(&mut snapshot, &plan, size).await?;
        Ok(Some(Receipt { index, proof, checkpoint }))
    }

    /// The proof that the ledger of `old` entries is the beginning of the newest one, and the newest checkpoint;
    /// `None` if there never was a ledger of that size.
    pub async fn consistency(&self, old: u64) -> Result<Option<(Proof, String)>, Error> {
        let mut snapshot = self.readers.begin().await?;
        let (size, checkpoint) = head(&mut snapshot).await?;
        let Ok(plan) = ProofPlan::consistency(old, size) else { return Ok(None) };
        Ok(Some((follow(&mut snapshot, &plan, size).await?, checkpoint)))
    }
}

async fn head(snapshot: &mut AnyConnection) -> Result<(u64, String), Error> {
    let (size, checkpoint): (i64, String) =
        sqlx::query_as("select size, checkpoint from ledger_head where id = 1").fetch_one(snapshot).await?;
    Ok((u64::try_from(size).map_err(|_| Error::Corrupt("the size"))?, checkpoint))
}

/// Reads the tiles that a plan needs, each once, and follows it.
async fn follow(snapshot: &mut AnyConnection, plan: &ProofPlan, size: u64) -> Result<Proof, Error> {
    let mut tiles: HashMap<TileId, Vec<Hash>> = HashMap::new();
    let mut hashes = Vec::with_capacity(plan.nodes().len());
    for node in plan.nodes() {
        let span = TileSpan::of(*node);
        let known = match tiles.entry(span.tile) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(tile(snapshot, span.tile, size).await?),
        };
        hashes.push(span.root(known).map_err(|_| Error::Corrupt("a tile is too short"))?);
    }
    plan.build(&hashes).map_err(|_| Error::Corrupt("a proof"))
}

/// The hashes of a tile as far as they exist: of a complete one from its row, of the unfinished edge from what lies
/// below it.
pub(super) async fn tile(snapshot: &mut AnyConnection, id: TileId, size: u64) -> Result<Vec<Hash>, Error> {
    let start = i64::try_from(id.n.saturating_mul(256)).map_err(|_| Error::Corrupt("a tile's number"))?;
    let end = start.saturating_add(256);
    let complete: Option<Vec<u8>> = sqlx::query_scalar("select hashes from tile where level = $1 and n = $2")
        .bind(i64::from(id.level))
        .bind(i64::try_from(id.n).map_err(|_| Error::Corrupt("a tile's number"))?)
        .fetch_optional(&mut *snapshot)
        .await?;
    let bytes: Vec<u8> = match (complete, id.level) {
        (Some(bytes), _) => bytes,
        (None, 0) => {
            let last = i64::try_from(size).unwrap_or(i64::MAX).min(end);
            let text = "select leaf from entry where idx >= $1 and idx < $2 order by idx";
            sqlx::query_scalar::<_, Vec<u8>>(text).bind(start).bind(last).fetch_all(snapshot).await?.concat()
        }
        (None, level) => {
            let text = "select root from tile where level = $1 and n >= $2 and n < $3 order by n";
            let below = i64::from(level) - 1;
            sqlx::query_scalar::<_, Vec<u8>>(text)
                .bind(below)
                .bind(start)
                .bind(end)
                .fetch_all(snapshot)
                .await?
                .concat()
        }
    };
    let (hashes, rest) = bytes.as_chunks();
    if rest.is_empty() {
        Ok(hashes.iter().copied().map(Hash).collect())
    } else {
        Err(Error::Corrupt("a tile"))
    }
}
