//! Complete tiles of 256 hashes: stored once, never changed. And every part of the ledger as it is served.

use sqlx::AnyConnection;

use crate::ledger::{Frontier, LogResource, TILE_WIDTH, Tile, TileId, entry_bundle};
use crate::store::leaves::Leaves;
use crate::store::{Error, Store, proofs};

impl Store {
    /// A part of the ledger as C2SP tlog-tiles writes it; `None` where the ledger does not reach, and for a bundle of
    /// which entries were destroyed.
    pub async fn log_resource(&self, part: &LogResource) -> Result<Option<Vec<u8>>, Error> {
        let (size, checkpoint) = self.checkpoint().await?;
        match part {
            LogResource::Checkpoint => Ok((size > 0).then(|| checkpoint.into_bytes())),
            LogResource::Hashes { width, .. } | LogResource::Entries { width, .. }
                if part.available(size) < *width =>
            {
                Ok(None)
            }
            LogResource::Hashes { tile, width } => {
                let hashes = proofs::tile(&mut *self.readers.acquire().await?, *tile, size).await?;
                Ok(Some(hashes.iter().take(*width).flat_map(|hash| hash.0).collect()))
            }
            LogResource::Entries { n, width } => self.bundle(*n, *width).await,
        }
    }

    async fn bundle(&self, n: u64, width: usize) -> Result<Option<Vec<u8>>, Error> {
        let number = |number: u64| i64::try_from(number).map_err(|_| Error::Corrupt("a bundle's number"));
        let start = number(n.saturating_mul(TILE_WIDTH as u64))?;
        let bodies: Vec<Vec<u8>> =
            sqlx::query_scalar("select body from entry where idx >= $1 and idx < $2 order by idx")
                .bind(start)
                .bind(start.saturating_add(number(width as u64)?))
                .fetch_all(&self.readers)
                .await?;
        if bodies.len() < width || bodies.iter().any(Vec::is_empty) {
            return Ok(None);
        }
        entry_bundle(&bodies).map(Some).ok_or(Error::Corrupt("an entry is too long"))
    }
}

/// Stores the tiles that became complete.
pub(super) async fn store(
    tx: &mut AnyConnection,
    from: &Frontier,
    to: u64,
    leaves: &Leaves,
) -> Result<(), Error> {
    for tile in TileId::completed(from.size(), to) {
        let start = i64::try_from(tile.n).unwrap_or(i64::MAX).saturating_mul(256);
        let hashes: Vec<Vec<u8>> = if let Some(known) = leaves.of(tile) {
            known.iter().map(|hash| hash.0.to_vec()).collect()
        } else if tile.level == 0 {
            let text = "select leaf from entry where idx >= $1 and idx < $2 order by idx";
            sqlx::query_scalar(text).bind(start).bind(start.saturating_add(256)).fetch_all(&mut *tx).await?
        } else {
            let text = "select root from tile where level = $1 and n >= $2 and n < $3 order by n";
            let below = i64::from(tile.level) - 1;
            sqlx::query_scalar(text)
                .bind(below)
                .bind(start)
                .bind(start.saturating_add(256))
                .fetch_all(&mut *tx)
                .await?
        };
        let whole = Tile::from_bytes(&hashes.concat()).map_err(|_| Error::Corrupt("the hashes of a tile"))?;
        let root = whole.root().map_err(|_| Error::Corrupt("the root of a tile"))?;
        sqlx::query("insert into tile (level, n, hashes, root) values ($1, $2, $3, $4)")
            .bind(i64::from(tile.level))
            .bind(i64::try_from(tile.n).unwrap_or(i64::MAX))
            .bind(whole.to_bytes())
            .bind(root.0.to_vec())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}
