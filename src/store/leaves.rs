//! The newest leaves in memory, so that a writer need not read back what it wrote itself.
//!
//! What is always true here: leaves are believed only under a head with the very tree that they made. Others may have written
//! meanwhile, or the database may be an older one put back.

use crate::ledger::{Frontier, Hash, TILE_WIDTH, TileId};

/// Consecutive leaves, up to the end of the tree.
#[derive(Default)]
pub(super) struct Leaves {
    first: u64,
    hashes: Vec<Hash>,
    /// The tree that they are the end of.
    tree: Frontier,
}

impl Leaves {
    /// With a batch behind the tree of the head, from the first tile that was not complete without it. If the head has another tree
    /// than these leaves, only the batch is known.
    pub fn then(&self, head: &Frontier, batch: &[Hash], tree: &Frontier) -> Self {
        let index = head.size();
        let start = index - index % TILE_WIDTH as u64;
        let skip = start.checked_sub(self.first).and_then(|skip| usize::try_from(skip).ok());
        let known = skip.and_then(|skip| self.hashes.get(skip..)).filter(|_| *head == self.tree);
        match known.filter(|known| start + known.len() as u64 == index) {
            Some(known) => Self { first: start, hashes: [known, batch].concat(), tree: tree.clone() },
            None => Self { first: index, hashes: batch.to_vec(), tree: tree.clone() },
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

    fn tree(hashes: &[Hash]) -> Frontier {
        hashes.iter().fold(Frontier::new(), |mut tree, hash| {
            tree.push(*hash);
            tree
        })
    }

    /// The leaves of this range behind those before it, under the head that those make.
    fn then(known: &Leaves, batch: std::ops::Range<u16>) -> Leaves {
        known.then(&tree(&hashes(0..batch.start)), &hashes(batch.clone()), &tree(&hashes(0..batch.end)))
    }

    #[test]
    fn a_tile_is_known_when_all_its_leaves_went_by_and_only_then() {
        let first = TileId { level: 0, n: 0 };
        let known = then(&Leaves::default(), 0..100);
        assert_eq!(known.of(first), None);
        let known = then(&known, 100..300);
        assert_eq!(known.of(first), Some(&hashes(0..256)[..]));
        assert_eq!(known.of(TileId { level: 1, n: 0 }), None);
        let second = then(&known, 300..512);
        assert_eq!(second.of(TileId { level: 0, n: 1 }), Some(&hashes(256..512)[..]));
        assert_eq!(second.of(first), None, "it is stored, and forgotten");
    }

    #[test]
    fn leaves_that_somebody_else_wrote_in_between_are_read_back() {
        let known = then(&Leaves::default(), 0..100);
        let gap = then(&known, 101..300);
        assert_eq!(gap.of(TileId { level: 0, n: 0 }), None);
        let started_later = then(&then(&Leaves::default(), 700..800), 800..1100);
        assert_eq!(started_later.of(TileId { level: 0, n: 2 }), None);
        assert_eq!(started_later.of(TileId { level: 0, n: 3 }), Some(&hashes(768..1024)[..]));
    }

    #[test]
    fn leaves_of_another_history_of_the_same_length_are_not_believed() {
        let known = then(&Leaves::default(), 0..100);
        let mut others = hashes(0..100);
        others[42] = Hash([9; 32]);
        let head = tree(&others);
        let after = tree(&[&others[..], &hashes(100..256)].concat());
        let next = known.then(&head, &hashes(100..256), &after);
        assert_eq!(next.of(TileId { level: 0, n: 0 }), None, "it is read from the database");
    }
}
