//! What a ledger is read as, by path (c2sp.org/tlog-tiles): its checkpoint, its tiles of hashes, its bundles of entries.
//!
//! A path is read in one spelling only: what parses, prints back byte for byte.

use super::tile::{WIDTH, number_path};
use super::{TileId, parse_decimal};

/// A part of a ledger. A `width` is 1 to 256; less than 256 is a part that was the right edge at some size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogResource {
    /// The signed head.
    Checkpoint,
    /// The first `width` hashes of a tile.
    Hashes {
        /// Which tile.
        tile: TileId,
        /// How many hashes.
        width: usize,
    },
    /// The first `width` entries of bundle `n`, which starts at entry `n * 256`.
    Entries {
        /// Which bundle.
        n: u64,
        /// How many entries.
        width: usize,
    },
}

impl LogResource {
    /// Reads a path below the log's prefix, without a slash in front; `None` for every other path.
    pub fn parse(path: &str) -> Option<Self> {
        if path == "checkpoint" {
            return Some(Self::Checkpoint);
        }
        let (path_of_whole, width) = match path.split_once(".p/") {
            Some((whole, width)) => {
                let width = usize::try_from(parse_decimal(width)?).ok()?;
                (whole, Some(width).filter(|width| (1..WIDTH).contains(width))?)
            }
            None => (path, WIDTH),
        };
        let (level, number) = path_of_whole.strip_prefix("tile/")?.split_once('/')?;
        let n = parse_number(number)?;
        let read = match level {
            "entries" => Self::Entries { n, width },
            level => {
                let level = u8::try_from(parse_decimal(level)?).ok().filter(|level| *level < 64)?;
                Self::Hashes { tile: TileId { level, n }, width }
            }
        };
        (read.path() == path).then_some(read)
    }

    /// Path below the log's prefix, such as `tile/0/x001/067.p/12`.
    pub fn path(&self) -> String {
        let partial = |width: usize| if width == WIDTH { String::new() } else { format!(".p/{width}") };
        match self {
            Self::Checkpoint => "checkpoint".to_owned(),
            Self::Hashes { tile, width } => format!("{}{}", tile.path(), partial(*width)),
            Self::Entries { n, width } => format!("tile/entries/{}{}", number_path(*n), partial(*width)),
        }
    }

    /// How many hashes of a tile, or entries of a bundle, there are in a ledger of `size` entries.
    pub fn available(&self, size: u64) -> usize {
        let (level, n) = match self {
            Self::Checkpoint => return 0,
            Self::Hashes { tile, .. } => (tile.level, tile.n),
            Self::Entries { n, .. } => (0, *n),
        };
        let row = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
        let rest = n.checked_mul(WIDTH as u64).map_or(0, |start| row.saturating_sub(start));
        usize::try_from(rest).unwrap_or(WIDTH).min(WIDTH)
    }

    /// Everything that a ledger of `size` entries consists of, its checkpoint last: who keeps a copy in this order never
    /// has a checkpoint of more than is there.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        let width = WIDTH as u64;
        let entries = (0..size.div_ceil(width)).map(|n| Self::Entries { n, width: WIDTH });
        let hashes = (0..8_u8).flat_map(move |level| {
            let row = size >> (8 * u32::from(level));
            (0..row.div_ceil(width)).map(move |n| Self::Hashes { tile: TileId { level, n }, width: WIDTH })
        });
        entries.chain(hashes).map(move |whole| whole.cut(size)).chain([Self::Checkpoint])
    }

    /// The same, as wide as it is in a ledger of `size` entries.
    fn cut(self, size: u64) -> Self {
        let width = self.available(size);
        match self {
            Self::Checkpoint => self,
            Self::Hashes { tile, .. } => Self::Hashes { tile, width },
            Self::Entries { n, .. } => Self::Entries { n, width },
        }
    }
}

/// Three digits a group, all but the last after an `x`.
fn parse_number(text: &str) -> Option<u64> {
    let (mut number, mut ended) = (0_u64, false);
    for group in text.split('/') {
        let digits = match group.strip_prefix('x') {
            _ if ended => return None,
            Some(digits) => digits,
            None => {
                ended = true;
                group
            }
        };
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        number = number.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    ended.then_some(number)
}

/// An entry bundle: each entry after its length in 16 bits. `None` if an entry is longer than that can say.
pub fn entry_bundle(entries: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut bundle = Vec::with_capacity(entries.iter().map(|entry| entry.len() + 2).sum());
    for entry in entries {
        bundle.extend(u16::try_from(entry.len()).ok()?.to_be_bytes());
        bundle.extend(entry);
    }
    Some(bundle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_found_by_its_path_and_by_no_other_spelling() {
        let hashes = |level, n, width| LogResource::Hashes { tile: TileId { level, n }, width };
        for (path, part) in [
            ("checkpoint", LogResource::Checkpoint),
            ("tile/0/000", hashes(0, 0, 256)),
            ("tile/3/x001/x234/067.p/255", hashes(3, 1_234_067, 255)),
            ("tile/entries/999", LogResource::Entries { n: 999, width: 256 }),
            ("tile/entries/x001/000.p/1", LogResource::Entries { n: 1000, width: 1 }),
            ("tile/63/000.p/1", hashes(63, 0, 1)),
        ] {
            assert_eq!(LogResource::parse(path), Some(part), "{path}");
            assert_eq!(part.path(), path);
        }
        for path in [
            "",
            "/checkpoint",
            "checkpoint/",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000/001",
            "tile/0/x001",
            "tile/0/001/002",
            "tile/0/x1/001",
            "tile/00/000",
            "tile/64/000",
            "tile/+1/000",
            "tile/data/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/257",
            "tile/0/000.p/01",
            "tile/0/000.p/1.p/1",
            "tile/0/000.p/",
            "tile/0/000/",
            "tile/0/../000",
            "tile/entries/x018/x446/x744/x073/x709/x551/616",
            "tile/entries/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(LogResource::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_ledger_consists_of_what_the_specification_says() {
        let paths = |size| LogResource::all(size).map(|part| part.path()).collect::<Vec<_>>();
        assert_eq!(paths(0), ["checkpoint"]);
        assert_eq!(paths(1), ["tile/entries/000.p/1", "tile/0/000.p/1", "checkpoint"]);
        assert_eq!(paths(256), ["tile/entries/000", "tile/0/000", "tile/1/000.p/1", "checkpoint"]);
        let of_257 =
            ["tile/entries/000", "tile/entries/001.p/1", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"];
        assert_eq!(paths(257), [&of_257[..], &["checkpoint"]].concat());
        // The specification's example: 273 complete tiles and one of 112 at level 0, one and one of 17 at level 1, one of 1.
        let large = paths(70_000);
        assert!(large.contains(&"tile/0/273.p/112".to_owned()) && large.contains(&"tile/1/000".to_owned()));
        assert!(
            large.contains(&"tile/1/001.p/17".to_owned()) && large.contains(&"tile/2/000.p/1".to_owned())
        );
        assert_eq!(large.len(), 274 * 2 + 2 + 1 + 1);
    }

    #[test]
    fn a_part_reaches_as_far_as_the_ledger_does() {
        let available = |path, size| LogResource::parse(path).unwrap().available(size);
        assert_eq!(available("tile/entries/001", 256), 0);
        assert_eq!(available("tile/entries/001", 300), 44);
        assert_eq!(available("tile/0/000", 300), 256);
        assert_eq!(available("tile/1/000", 300), 1);
        assert_eq!(available("tile/63/000", u64::MAX), 0);
        assert_eq!(available("tile/0/x018/x446/x744/x073/x709/551", 300), 0);
    }

    #[test]
    fn a_bundle_holds_each_entry_after_its_length() {
        assert_eq!(entry_bundle(&[b"ab".to_vec(), vec![]]), Some(b"\x00\x02ab\x00\x00".to_vec()));
        assert_eq!(entry_bundle(&[vec![0; 65_536]]), None);
    }
}
