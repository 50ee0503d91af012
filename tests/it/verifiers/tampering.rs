//! Each kind of tampering with the files of a ledger.

use std::path::{Path, PathBuf};

use sluis::ledger::{Checkpoint, Hash, LogResource};

use super::ledgers::{Written, signing_key};

/// A change of one file, and what a verifier must say about it.
pub struct Tampered {
    pub what: String,
    pub named: String,
    path: PathBuf,
    before: Vec<u8>,
    after: Option<Vec<u8>>,
}

impl Tampered {
    pub fn make(&self) {
        match &self.after {
            Some(bytes) => std::fs::write(&self.path, bytes).unwrap(),
            None => std::fs::remove_file(&self.path).unwrap(),
        }
    }

    pub fn undo(&self) {
        std::fs::write(&self.path, &self.before).unwrap();
    }
}

/// One copy for each kind of tampering, with the first, a middle and the last file of each sort.
pub fn tampered_copies(ledger: &Written) -> Vec<Tampered> {
    let parts: Vec<LogResource> = LogResource::all(ledger.size).collect();
    let entries = parts.iter().filter(|part| matches!(part, LogResource::Entries { .. }));
    let levels = (0..8).map(|level| {
        let of_level =
            |part: &&LogResource| matches!(part, LogResource::Hashes { tile, .. } if tile.level == level);
        parts.iter().filter(of_level).collect::<Vec<_>>()
    });
    let mut all = Vec::new();
    for part in some(&entries.collect::<Vec<_>>()) {
        all.extend(bundles(&ledger.tiles(), &part.path()));
    }
    for part in levels.flat_map(|level| some(&level)) {
        all.extend(hashes(&ledger.tiles(), &part.path()));
    }
    all.extend(heads(ledger));
    all
}

/// The first, the one in the middle and the last.
fn some<'a>(parts: &[&'a LogResource]) -> Vec<&'a LogResource> {
    let mut places = vec![0, parts.len() / 2, parts.len().saturating_sub(1)];
    places.dedup();
    places.into_iter().filter_map(|place| parts.get(place).copied()).collect()
}

fn copies(
    tiles: &Path,
    name: &str,
    changes: impl IntoIterator<Item = (&'static str, Option<Vec<u8>>, String)>,
) -> Vec<Tampered> {
    let path = tiles.join(name);
    let before = std::fs::read(&path).unwrap();
    let copy = |(what, after, named): (&str, Option<Vec<u8>>, String)| {
        assert_ne!(after.as_ref(), Some(&before), "{what} of {name} changes nothing");
        Tampered {
            what: format!("{what} of {name}"),
            named,
            path: path.clone(),
            before: before.clone(),
            after,
        }
    };
    changes.into_iter().map(copy).collect()
}

fn bundles(tiles: &Path, name: &str) -> Vec<Tampered> {
    let bytes = std::fs::read(tiles.join(name)).unwrap();
    let mut entries = Vec::new();
    let mut rest = bytes.as_slice();
    while let Some(length) = rest.first_chunk::<2>() {
        let (entry, more) = rest.split_at(2 + usize::from(u16::from_be_bytes(*length)));
        entries.push(entry.to_vec());
        rest = more;
    }
    // A changed entry shows in the tile of leaf hashes above it.
    let leaves = name.replace("entries", "0");
    let differs = format!("{leaves} differs from the entries");
    let count = format!("{name} has");
    let middle = entries.len() / 2;
    let edited = {
        let mut entries = entries.clone();
        *entries[middle].last_mut().unwrap() ^= 1;
        entries.concat()
    };
    let inserted = {
        let mut foreign = entries[0].clone();
        *foreign.last_mut().unwrap() ^= 1;
        [foreign, entries.concat()].concat()
    };
    let mut changes = vec![
        ("an edited entry", Some(edited), differs.clone()),
        (
            "a deleted entry",
            Some([&entries[..middle], &entries[middle + 1..]].concat().concat()),
            count.clone(),
        ),
        ("an inserted entry", Some(inserted), count),
        ("a cut-off end", Some(bytes[..bytes.len() - 1].to_vec()), format!("{name} is cut off")),
        ("the absence", None, format!("{name} cannot be read")),
    ];
    if entries.len() > 1 {
        let mut swapped = entries.clone();
        swapped.swap(0, middle);
        changes.push(("another order", Some(swapped.concat()), differs));
    }
    copies(tiles, name, changes)
}

fn hashes(tiles: &Path, name: &str) -> Vec<Tampered> {
    let bytes = std::fs::read(tiles.join(name)).unwrap();
    let mut edited = bytes.clone();
    let middle = bytes.len() / 2;
    edited[middle] ^= 0x80;
    let length = format!("{name} has");
    let mut changes = vec![
        ("an edited hash", Some(edited), format!("{name} differs from the entries")),
        ("a deleted hash", Some(bytes[32..].to_vec()), length.clone()),
        ("a cut-off end", Some(bytes[..bytes.len() - 1].to_vec()), length),
        ("the absence", None, format!("{name} cannot be read")),
    ];
    if bytes.len() > 32 {
        let swapped = [&bytes[32..64], &bytes[..32], &bytes[64..]].concat();
        changes.push(("another order", Some(swapped), format!("{name} differs from the entries, at")));
        let inserted = [&bytes[..32], &bytes[..bytes.len() - 32]].concat();
        changes.push(("an inserted hash", Some(inserted), format!("{name} differs from the entries")));
    }
    copies(tiles, name, changes)
}

fn heads(ledger: &Written) -> Vec<Tampered> {
    let text = std::fs::read_to_string(ledger.tiles().join("checkpoint")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let unsigned = "is not signed by the key".to_owned();
    let of = |from: &str, to: &str| Some(text.replacen(from, to, 1).into_bytes());
    let head = |size, root, seed| {
        let checkpoint = Checkpoint { origin: ledger.signing.verifier().name().into(), size, root };
        Some(checkpoint.sign(&signing_key(seed)).unwrap().into_bytes())
    };
    let root = Hash::from_base64(lines[2]).unwrap();
    let signature = lines[4].rsplit_once(' ').unwrap().1;
    let forged: String = {
        let at = signature.len() / 2;
        let other = if signature.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &signature[..at], &signature[at + 1..])
    };
    let changes = [
        ("a changed size", of(&format!("\n{}\n", lines[1]), "\n3\n"), unsigned.clone()),
        ("a changed root", of(lines[2], &Hash([7; 32]).to_base64()), unsigned.clone()),
        ("a changed origin", of(lines[0], "sluis.test/other"), unsigned.clone()),
        ("a forged signature", of(signature, &forged), unsigned.clone()),
        ("a foreign signature", head(ledger.size, root, 9), unsigned.clone()),
        (
            "no signature",
            Some(text.split_inclusive('\n').take(4).collect::<String>().into_bytes()),
            unsigned.clone(),
        ),
        ("a cut-off end", Some(text.as_bytes()[..text.len() / 2].to_vec()), unsigned),
        // What only whoever has the key could do.
        (
            "a signature for another root",
            head(ledger.size, Hash([7; 32]), 7),
            "the checkpoint was signed for".into(),
        ),
        ("a signature for more entries", head(ledger.size + 1, root, 7), "tile/".into()),
        ("the absence", None, "checkpoint cannot be read".into()),
    ];
    copies(&ledger.tiles(), "checkpoint", changes)
}
