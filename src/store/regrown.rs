//! The tiles as the entries say they must be, each compared with the one that is stored.

use std::collections::BTreeMap;

use sqlx::AnyConnection;

use crate::ledger::{Hash, TILE_WIDTH, Tile, TileId};
use crate::store::audit::AuditProblem;

/// Grows the tiles as they must be, and compares each with its row.
#[derive(Default)]
pub(super) struct Tiles {
    open: Vec<Vec<Hash>>,
    complete: BTreeMap<u8, u64>,
}

impl Tiles {
    pub(super) async fn push(
        &mut self,
        snapshot: &mut AnyConnection,
        leaf: Hash,
    ) -> Result<(), AuditProblem> {
        self.push_at(snapshot, 0, leaf).await
    }

    /// A complete tile of leaves, which was compared.
    pub(super) async fn push_tile(
        &mut self,
        snapshot: &mut AnyConnection,
        root: Hash,
    ) -> Result<(), AuditProblem> {
        *self.complete.entry(0).or_default() += 1;
        self.push_at(snapshot, 1, root).await
    }

    async fn push_at(
        &mut self,
        snapshot: &mut AnyConnection,
        mut level: u8,
        mut hash: Hash,
    ) -> Result<(), AuditProblem> {
        loop {
            while self.open.len() <= usize::from(level) {
                self.open.push(Vec::with_capacity(TILE_WIDTH));
            }
            let Some(open) = self.open.get_mut(usize::from(level)) else { return Ok(()) };
            open.push(hash);
            if open.len() < TILE_WIDTH {
                return Ok(());
            }
            let n = self.complete.entry(level).or_default();
            let id = TileId { level, n: *n };
            *n += 1;
            hash = compare(snapshot, id, open).await?;
            open.clear();
            level += 1;
        }
    }

    pub(super) async fn finish(self, snapshot: &mut AnyConnection) -> Result<(), AuditProblem> {
        let count: i64 = sqlx::query_scalar("select count(*) from tile").fetch_one(snapshot).await?;
        let expected: u64 = self.complete.values().sum();
        if u64::try_from(count) == Ok(expected) { Ok(()) } else { Err(AuditProblem::Projection("tile")) }
    }
}

async fn compare(snapshot: &mut AnyConnection, id: TileId, hashes: &[Hash]) -> Result<Hash, AuditProblem> {
    let refuse = |problem| AuditProblem::Tile { level: id.level, n: id.n, problem };
    let expected = Tile::new(hashes).map_err(|_| refuse("is not complete"))?;
    let root = expected.root().map_err(|_| refuse("is not complete"))?;
    let stored: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as("select hashes, root from tile where level = $1 and n = $2")
            .bind(i64::from(id.level))
            .bind(i64::try_from(id.n).map_err(|_| refuse("has too large a number"))?)
            .fetch_optional(snapshot)
            .await?;
    match stored {
        None => Err(refuse("is missing")),
        Some(row) if row == (expected.to_bytes(), root.0.to_vec()) => Ok(root),
        Some(_) => Err(refuse("has other hashes than the entries")),
    }
}
