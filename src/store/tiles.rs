//! Complete tiles of 256 hashes: stored once, never changed.

use sqlx::AnyConnection;

use crate::ledger::{Frontier, Tile, TileId};
use crate::store::Error;

/// Stores the tiles that became complete.
pub(super) async fn store(tx: &mut AnyConnection, from: &Frontier, to: u64) -> Result<(), Error> {
    for tile in TileId::completed(from.size(), to) {
        let start = i64::try_from(tile.n).unwrap_or(i64::MAX).saturating_mul(256);
        let hashes: Vec<Vec<u8>> = if tile.level == 0 {
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
