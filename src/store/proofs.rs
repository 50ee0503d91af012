//! Proofs after the fact, from the stored tiles and the unfinished edge.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sqlx::AnyConnection;

use crate::ledger::{Frontier, Hash, Node, Proof, ProofPlan, Receipt, TileId, TileSpan};
use crate::store::{Error, Store};

impl Store {
    /// The receipt of an entry against the newest checkpoint; `None` if there is no such entry.
    pub async fn receipt(&self, index: u64) -> Result<Option<Receipt>, Error> {
        let mut snapshot = self.snapshot().await?;
        let (size, checkpoint) = head(&mut snapshot).await?;
        let Ok(plan) = ProofPlan::inclusion(index, size) else { return Ok(None) };
        let proof = follow(&mut snapshot, &plan, size).await?;
        Ok(Some(Receipt { index, proof, checkpoint }))
    }

    /// The proof that an entry is in the ledger as it was with `size` entries; `None` if there never was such a ledger, or
    /// the entry was not in it.
    pub async fn inclusion(&self, index: u64, size: u64) -> Result<Option<Proof>, Error> {
        let mut snapshot = self.snapshot().await?;
        match ProofPlan::inclusion(index, size) {
            Ok(plan) if size <= head(&mut snapshot).await?.0 => {
                follow(&mut snapshot, &plan, size).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The proof that the ledger of `old` entries is the beginning of the one of `new`; `None` if there never was a ledger
    /// of those sizes.
    pub async fn growth(&self, old: u64, new: u64) -> Result<Option<Proof>, Error> {
        let mut snapshot = self.snapshot().await?;
        match ProofPlan::consistency(old, new) {
            Ok(plan) if new <= head(&mut snapshot).await?.0 => {
                follow(&mut snapshot, &plan, new).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The root of the ledger as it was with `size` entries; `None` if it never had so many.
    pub async fn root_at(&self, size: u64) -> Result<Option<Hash>, Error> {
        let mut snapshot = self.snapshot().await?;
        if size > head(&mut snapshot).await?.0 {
            return Ok(None);
        }
        let roots = read(&mut snapshot, &Frontier::nodes(size), size).await?;
        let tree = Frontier::from_roots(size, roots).map_err(|_| Error::Corrupt("the tree"))?;
        Ok(Some(tree.root()))
    }

    /// The proof that the ledger of `old` entries is the beginning of the newest one, and the newest checkpoint;
    /// `None` if there never was a ledger of that size.
    pub async fn consistency(&self, old: u64) -> Result<Option<(Proof, String)>, Error> {
        let mut snapshot = self.snapshot().await?;
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

/// Reads what a plan needs, and follows it.
async fn follow(snapshot: &mut AnyConnection, plan: &ProofPlan, size: u64) -> Result<Proof, Error> {
    let hashes = read(snapshot, plan.nodes(), size).await?;
    plan.build(&hashes).map_err(|_| Error::Corrupt("a proof"))
}

/// Reads the tiles that hold these nodes, each once, and gives the hashes of the nodes.
pub(super) async fn read(
    snapshot: &mut AnyConnection,
    nodes: &[Node],
    size: u64,
) -> Result<Vec<Hash>, Error> {
    let mut tiles: HashMap<TileId, Vec<Hash>> = HashMap::new();
    let mut hashes = Vec::with_capacity(nodes.len());
    for node in nodes {
        let span = TileSpan::of(*node);
        let known = match tiles.entry(span.tile) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(tile(snapshot, span.tile, size).await?),
        };
        hashes.push(span.root(known).map_err(|_| Error::Corrupt("a tile is too short"))?);
    }
    Ok(hashes)
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
