//! The newest leaves in memory, so that a writer need not read back what it wrote itself.

use crate::ledger::{Hash, TILE_WIDTH, TileId};

/// Consecutive leaves, up to the end of the tree.
#[derive(Default)]
pub(super) struct Leaves {
    first: u64,
    hashes: Vec<Hash>,
}

impl Leaves {
    /// With a batch from this index on behind them, from the first tile that was not complete without it. If the batch does
    /// not follow on these leaves somebody else wrote meanwhile, and only the batch is known.
    pub fn then(&self, index: u64, batch: &[Hash]) -> Self {
        let start = index - index % TILE_WIDTH as u64;
        let skip = start.checked_sub(self.first).and_then(|skip| usize::try_from(skip).ok());
        let known = skip.and_then(|skip| self.hashes.get(skip..));
        match known.filter(|known| start + known.len() as u64 == index) {
            Some(known) => Self { first: start, hashes: [known, batch].concat() },
            None => Self { first: index, hashes: batch.to_vec() },
        }
    }

    /// The leaves of this tile, if it is one of leaves and all of them are known.
    pub fn of(&self, tile: TileId) -> Option<&[Hash]> {
        let start = tile.n.checked_mul(TILE_WIDTH as u64)?.checked_sub(self.first)?;
        let start = usize::try_from(start).ok()?;
        self.hashes.get(start..start.checked_add(TILE_WIDTH)?).filter(|_| tile.level == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(range: std::ops::Range<u16>) -> Vec<Hash> {
        range.map(|n| Hash([n.to_be_bytes()[0] ^ n.to_be_bytes()[1]; 32])).collect()
    }

    #[test]
    fn a_tile_is_known_when_all_its_leaves_went_by_and_only_then() {
        let first = TileId { level: 0, n: 0 };
        let known = Leaves::default().then(0, &hashes(0..100));
        assert_eq!(known.of(first), None);
        let known = known.then(100, &hashes(100..300));
        assert_eq!(known.of(first), Some(&hashes(0..256)[..]));
        assert_eq!(known.of(TileId { level: 1, n: 0 }), None);
        let second = known.then(300, &hashes(300..512));
        assert_eq!(second.of(TileId { level: 0, n: 1 }), Some(&hashes(256..512)[..]));
        assert_eq!(second.of(first), None, "it is stored, and forgotten");
    }

    #[test]
    fn leaves_that_somebody_else_wrote_in_between_are_read_back() {
        let known = Leaves::default().then(0, &hashes(0..100));
        let gap = known.then(101, &hashes(101..300));
        assert_eq!(gap.of(TileId { level: 0, n: 0 }), None);
        let started_later = Leaves::default().then(700, &hashes(700..800)).then(800, &hashes(800..1100));
        assert_eq!(started_later.of(TileId { level: 0, n: 2 }), None);
        assert_eq!(started_later.of(TileId { level: 0, n: 3 }), Some(&hashes(768..1024)[..]));
    }
}
