//! Tiles: 256 consecutive hashes of one level of the tree (c2sp.org/tlog-tiles, height 8).
//!
//! Level 0 holds leaf hashes; each hash of a higher level is the root of a complete tile of the level below. A
//! complete tile never changes. An unfinished one is not stored: its hashes are the latest leaves, or the roots of
//! the complete tiles below it ([`TileId::below`]).

use super::tree::complete_root;
use super::{Hash, Node};

/// Hashes in a complete tile.
pub const WIDTH: usize = 256;

const HEIGHT: u8 = 8;
/// Tiles above this level are never complete in a tree of at most [`super::MAX_SIZE`] leaves.
const TOP: u8 = 6;

/// Why hashes are not the tile that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// A complete tile has 256 hashes, 8,192 bytes.
    #[error("a complete tile has 256 hashes of 32 bytes")]
    Incomplete,
    /// The tile does not reach as far as the node.
    #[error("the tile has {found} hashes; the node needs those up to {needed}")]
    TooShort {
        /// How many hashes must be there.
        needed: usize,
        /// How many are.
        found: usize,
    },
}

/// Which tile: number `n` from the left at its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Level of tiles: 0 holds leaves.
    pub level: u8,
    /// From the left, from 0.
    pub n: u64,
}

/// A number in groups of three digits, such as `x001/x234/067`.
pub(super) fn number_path(n: u64) -> String {
    let mut number = format!("{:03}", n % 1000);
    let mut rest = n / 1000;
    while rest > 0 {
        number = format!("x{:03}/{number}", rest % 1000);
        rest /= 1000;
    }
    number
}

impl TileId {
    /// Path below the log's prefix, such as `tile/0/x001/x234/067`.
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, number_path(self.n))
    }

    /// The tile whose root is hash `offset` of this one; `None` at level 0, where that hash is leaf
    /// `n * 256 + offset`.
    pub fn below(&self, offset: u8) -> Option<Self> {
        Some(Self { level: self.level.checked_sub(1)?, n: (self.n << HEIGHT) | u64::from(offset) })
    }

    /// The tiles that become complete when the tree grows from `from` to `to` leaves, lower levels first: the root
    /// of each is known before the tile that holds it is.
    pub fn completed(from: u64, to: u64) -> Vec<Self> {
        let at = |level| {
            let span = HEIGHT * (level + 1);
            (from >> span..to >> span).map(move |n| Self { level, n })
        };
        (0..=TOP).flat_map(at).collect()
    }
}

/// A complete tile: 256 hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile(Box<[Hash; WIDTH]>);

impl Tile {
    /// A tile of exactly 256 hashes.
    pub fn new(hashes: &[Hash]) -> Result<Self, TileError> {
        let hashes: &[Hash; WIDTH] = hashes.try_into().map_err(|_| TileError::Incomplete)?;
        Ok(Self(Box::new(*hashes)))
    }

    /// Reads exactly 8,192 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TileError> {
        let (hashes, remainder) = bytes.as_chunks();
        if !remainder.is_empty() {
            return Err(TileError::Incomplete);
        }
        Self::new(&hashes.iter().copied().map(Hash).collect::<Vec<_>>())
    }

    /// The 8,192 bytes as they are served.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|hash| hash.0).collect()
    }

    /// The hashes, from the left.
    pub fn hashes(&self) -> &[Hash] {
        self.0.as_slice()
    }

    /// The root over the tile: one hash of the tile above.
    pub fn root(&self) -> Result<Hash, TileError> {
        complete_root(self.hashes()).ok_or(TileError::Incomplete)
    }
}

/// Where in the tiles a node is found: it is the root over `width` hashes of `tile`, from `offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileSpan {
    /// The tile; it need not be complete.
    pub tile: TileId,
    /// The first of the hashes, 0 to 255.
    pub offset: u8,
    /// How many: a power of two, 1 to 128.
    pub width: u8,
}

impl TileSpan {
    /// Finds the node.
    pub fn of(node: Node) -> Self {
        let height = node.level % HEIGHT;
        let [.., low] = node.n.to_be_bytes();
        Self {
            tile: TileId { level: node.level / HEIGHT, n: node.n >> (HEIGHT - height) },
            offset: low.wrapping_shl(u32::from(height)),
            width: 1 << height,
        }
    }

    /// The node's hash, from the hashes of the tile as far as they exist.
    pub fn root(&self, tile: &[Hash]) -> Result<Hash, TileError> {
        let offset = usize::from(self.offset);
        let needed = offset + usize::from(self.width);
        tile.get(offset..needed)
            .and_then(complete_root)
            .ok_or(TileError::TooShort { needed, found: tile.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::subtrees;
    use super::super::tree::tests::{leaves, root_by_definition};
    use super::*;

    #[test]
    fn a_tile_is_named_as_the_specification_names_it() {
        for (level, n, path) in [
            (0, 0, "tile/0/000"),
            (3, 67, "tile/3/067"),
            (0, 1_234_067, "tile/0/x001/x234/067"),
            (1, 1000, "tile/1/x001/000"),
            (0, 999_999, "tile/0/x999/999"),
        ] {
            assert_eq!(TileId { level, n }.path(), path);
        }
    }

    #[test]
    fn a_tile_is_complete_at_the_moment_its_last_hash_exists() {
        assert!(TileId::completed(0, 255).is_empty());
        assert_eq!(TileId::completed(255, 256), [TileId { level: 0, n: 0 }]);
        assert!(TileId::completed(256, 511).is_empty());
        let grown = TileId::completed(65_279, 65_536);
        assert_eq!(
            grown.iter().map(TileId::path).collect::<Vec<_>>(),
            ["tile/0/254", "tile/0/255", "tile/1/000"]
        );
        // The specification's example: 70,000 leaves have 273 complete tiles at level 0 and one at level 1.
        assert_eq!(TileId::completed(0, 70_000).len(), 274);
        let split = [TileId::completed(0, 4000), TileId::completed(4000, 70_000)].concat();
        assert_eq!(split.iter().filter(|tile| tile.level == 0).count(), 273);
    }

    #[test]
    fn a_tile_survives_storage_and_any_other_length_is_refused() {
        let leaves = leaves(256);
        let tile = Tile::new(&leaves).unwrap();
        assert_eq!(tile.to_bytes().len(), 8192);
        assert_eq!(Tile::from_bytes(&tile.to_bytes()), Ok(tile.clone()));
        assert_eq!(tile.root(), Ok(root_by_definition(&leaves)));
        assert_eq!(Tile::new(&leaves[1..]), Err(TileError::Incomplete));
        for length in [0, 32, 8160, 8191, 8193, 8224] {
            assert_eq!(Tile::from_bytes(&vec![0; length]), Err(TileError::Incomplete), "{length}");
        }
    }

    #[test]
    fn every_node_is_found_in_the_tiles() {
        let leaves = leaves(70_000);
        let bottom: Vec<Tile> =
            leaves.as_chunks::<WIDTH>().0.iter().map(|row| Tile::new(row).unwrap()).collect();
        let second: Vec<Hash> = bottom.iter().map(|tile| tile.root().unwrap()).collect();
        let third = [Tile::new(&second[..256]).unwrap().root().unwrap()];
        let rows = [leaves.as_slice(), &second, &third];
        let nodes = subtrees(0, 70_000)
            .chain((0..=16).map(|level| Node { level, n: 0 }))
            .chain((0..=15).map(|level| Node { level, n: (70_000 >> level) - 1 }));
        for node in nodes {
            let span = TileSpan::of(node);
            let row = rows[usize::from(span.tile.level)];
            let start = usize::try_from(span.tile.n).unwrap() * WIDTH;
            let tile = &row[start..row.len().min(start + WIDTH)];
            let from = usize::try_from(node.n << node.level).unwrap();
            let expected = root_by_definition(&leaves[from..from + (1 << node.level)]);
            assert_eq!(span.root(tile), Ok(expected), "{node:?}");
        }
    }

    #[test]
    fn a_node_beyond_the_hashes_of_a_tile_is_refused() {
        let span = TileSpan::of(Node { level: 3, n: 2 });
        assert_eq!((span.offset, span.width), (16, 8));
        assert_eq!(span.root(&leaves(23)), Err(TileError::TooShort { needed: 24, found: 23 }));
        assert!(span.root(&leaves(24)).is_ok());
    }

    #[test]
    fn each_hash_of_a_higher_tile_names_the_tile_below() {
        assert_eq!(TileId { level: 1, n: 2 }.below(3), Some(TileId { level: 0, n: 515 }));
        assert_eq!(TileId { level: 0, n: 2 }.below(3), None);
    }
}
