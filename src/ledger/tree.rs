//! The RFC 6962 Merkle tree: its two hashes, its nodes, and the frontier that is all a writer needs to grow it.
//!
//! Leaves and interior nodes are hashed under different prefixes, so neither can pass for the other.

use aws_lc_rs::digest::{Context, Digest, SHA256, digest};

use super::Hash;
use super::tile::WIDTH;

/// The root of the tree without leaves: SHA-256 of nothing.
pub const EMPTY_ROOT: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// No tree grows beyond this. It keeps every sum within 64 bits and every proof within the 63 hashes that the
/// witness protocol carries.
pub const MAX_SIZE: u64 = 1 << 62;

/// Hash of a leaf: SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[0x00]);
    context.update(entry);
    hash_of(context.finish())
}

/// Hash of an interior node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut input = [0x01; 65];
    input[1..33].copy_from_slice(&left.0);
    input[33..].copy_from_slice(&right.0);
    hash_of(digest(&SHA256, &input))
}

fn hash_of(digest: Digest) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    Hash(hash)
}

/// The complete subtree number `n` (from the left, from 0) among those of 2^`level` leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// 0 is a leaf.
    pub level: u8,
    /// It spans the leaves from `n << level`.
    pub n: u64,
}

/// The complete subtrees that make up the leaves `start..end`, largest first. `start` is 0 or a multiple of
/// the largest.
pub(super) fn subtrees(start: u64, end: u64) -> impl Iterator<Item = Node> {
    let length = end.saturating_sub(start);
    let mut next = start;
    (0..=63).rev().filter(move |level| (length >> level) & 1 == 1).map(move |level| {
        let node = Node { level, n: next >> level };
        next += 1 << level;
        node
    })
}

/// Hashes the roots of consecutive subtrees, largest first, into the root over all of them.
pub(super) fn fold(roots: &[Hash]) -> Option<Hash> {
    roots.iter().rev().copied().reduce(|right, left| node_hash(&left, &right))
}

/// The root of the complete subtree over these hashes; `None` unless their number is a power of two.
pub(super) fn complete_root(hashes: &[Hash]) -> Option<Hash> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.as_chunks().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.first().copied()
}

/// Why bytes or roots are not a frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// The size is not there, or beyond [`MAX_SIZE`].
    #[error("the frontier has no valid tree size")]
    Size,
    /// The roots do not belong to this size.
    #[error("a frontier of {size} leaves has {} roots of 32 bytes; these bytes hold another number", size.count_ones())]
    Roots {
        /// The size that the frontier states.
        size: u64,
    },
}

/// The right edge of a tree: its size and the roots of its complete subtrees, largest first. Enough to append and
/// to know the root, and at most 63 hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    pub(super) size: u64,
    pub(super) roots: Vec<Hash>,
}

impl Frontier {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The frontier of a tree of `size` leaves, from the hashes of [`Frontier::nodes`].
    pub fn from_roots(size: u64, roots: Vec<Hash>) -> Result<Self, FrontierError> {
        if size > MAX_SIZE {
            return Err(FrontierError::Size);
        }
        if roots.len() as u64 != u64::from(size.count_ones()) {
            return Err(FrontierError::Roots { size });
        }
        Ok(Self { size, roots })
    }

    /// Which nodes make up the frontier of a tree of `size` leaves, largest first.
    pub fn nodes(size: u64) -> Vec<Node> {
        subtrees(0, size).collect()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first: one for every bit set in the size.
    pub fn roots(&self) -> &[Hash] {
        &self.roots
    }

    /// Appends one leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut carried = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                carried = node_hash(&left, &carried);
            }
        }
        self.roots.push(carried);
        self.size += 1;
    }

    /// Appends as many leaves as a tile has, by the root over them. Only where a tile ends: elsewhere nothing is appended, and the
    /// size says so.
    pub fn push_tile(&mut self, root: Hash) {
        if !self.size.is_multiple_of(WIDTH as u64) {
            return;
        }
        let mut carried = root;
        for _ in 0..(self.size / WIDTH as u64).trailing_ones() {
            if let Some(left) = self.roots.pop() {
                carried = node_hash(&left, &carried);
            }
        }
        self.roots.push(carried);
        self.size += WIDTH as u64;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        fold(&self.roots).unwrap_or(EMPTY_ROOT)
    }

    /// Size (64 bits, big-endian) and the roots.
    pub fn to_bytes(&self) -> Vec<u8> {
        let roots = self.roots.iter().flat_map(|hash| hash.0);
        self.size.to_be_bytes().into_iter().chain(roots).collect()
    }

    /// Reads exactly what [`Frontier::to_bytes`] writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, rest) = bytes.split_first_chunk().ok_or(FrontierError::Size)?;
        let size = u64::from_be_bytes(*size);
        let (roots, remainder) = rest.as_chunks();
        if !remainder.is_empty() {
            return Err(FrontierError::Roots { size });
        }
        Self::from_roots(size, roots.iter().copied().map(Hash).collect())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// `entry 0`, `entry 1` and so on, hashed: the leaves of every test here.
    pub(in crate::ledger) fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|i| leaf_hash(format!("entry {i}").as_bytes())).collect()
    }

    /// MTH of RFC 6962 §2.1, word for word: the slow definition that everything else is compared with.
    pub(in crate::ledger) fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => hash_of(digest(&SHA256, b"")),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(&root_by_definition(left), &root_by_definition(right))
            }
        }
    }

    fn frontier_of(leaves: &[Hash]) -> Frontier {
        let mut frontier = Frontier::new();
        for leaf in leaves {
            frontier.push(*leaf);
        }
        frontier
    }

    #[test]
    fn the_root_over_a_thousand_entries_is_the_one_other_implementations_find() {
        let root = frontier_of(&leaves(1000)).root().to_string();
        assert_eq!(root, "346c6b9cb89c4b76fac9dcb20cda86e3a01c0a57417c139028eacd4538fde95b");
    }

    #[test]
    fn the_certificate_transparency_vectors_hold() {
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut frontier = Frontier::new();
        assert_eq!(frontier.root(), EMPTY_ROOT);
        for (input, root) in inputs.iter().zip(roots) {
            frontier.push(leaf_hash(input));
            assert_eq!(frontier.root().to_string(), root);
        }
    }

    #[test]
    fn the_root_is_the_one_of_the_definition_at_every_size() {
        let leaves = leaves(130);
        for size in 0..=leaves.len() {
            assert_eq!(frontier_of(&leaves[..size]).root(), root_by_definition(&leaves[..size]), "{size}");
        }
    }

    #[test]
    fn a_tile_at_a_time_and_a_leaf_at_a_time_give_the_same_frontier() {
        let leaves = leaves(256 * 9 + 3);
        let mut by_tile = Frontier::new();
        for (tile, number) in leaves.as_chunks::<WIDTH>().0.iter().zip(1..) {
            by_tile.push_tile(complete_root(tile).unwrap());
            assert_eq!(by_tile, frontier_of(&leaves[..number * WIDTH]));
        }
        leaves[256 * 9..].iter().for_each(|leaf| by_tile.push(*leaf));
        assert_eq!(by_tile, frontier_of(&leaves));
        by_tile.push_tile(leaves[0]);
        assert_eq!(by_tile, frontier_of(&leaves), "not in the middle of a tile");
    }

    #[test]
    fn a_frontier_survives_storage_and_a_damaged_one_is_refused() {
        for size in 0..70 {
            let bytes = frontier_of(&leaves(size)).to_bytes();
            assert_eq!(Frontier::from_bytes(&bytes), Ok(frontier_of(&leaves(size))));
            for cut in 0..bytes.len() {
                assert!(Frontier::from_bytes(&bytes[..cut]).is_err(), "{size} cut at {cut}");
            }
            assert!(Frontier::from_bytes(&[bytes.as_slice(), &[0; 32]].concat()).is_err());
        }
        let beyond = [(MAX_SIZE + 1).to_be_bytes().as_slice(), &[0; 64]].concat();
        assert_eq!(Frontier::from_bytes(&beyond), Err(FrontierError::Size));
    }
}
