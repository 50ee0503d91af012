//! Reading the ledger ahead of the audit: whole tiles at a time, over connections of their own, hashed and held against their columns
//! where they are read.
//!
//! What is always true here: a page is handed over only if it has 256 entries in their places, each with the leaf hash that it
//! has by its own bytes and the columns that it has by what it says, and the stored tile of just those. Of anything else there is
//! no page: then the audit looks itself, entry by entry, and names what it finds. So nothing is taken for good that is not, and
//! nothing is judged twice.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row as StoredRow};
use tokio::task::JoinHandle;

use crate::domain::Entry;
use crate::ledger::{Hash, TILE_WIDTH, Tile, leaf_hash};
use crate::store::audit::AuditProblem;
use crate::store::batch::Row;
use crate::store::columns::Columns;
use crate::store::fold::Fold;
use crate::store::glance::{Glance, Plain};

/// How many pages are read ahead: so many that no core waits for another.
const DEPTH: usize = 32;

const ENTRIES: &str = "select idx, at, event, outcome, client, custodian, recipient, requester, purpose, revision, request_key, body, leaf \
     from entry where idx >= ?1 and idx < ?2 order by idx";
const TILE: &str = "select hashes, root from tile where level = 0 and n = ?1";

/// The entries of one tile.
pub(super) struct Page {
    entries: Vec<Seen>,
    /// The root over them.
    pub root: Hash,
}

impl Page {
    /// Takes every entry, of which the first has this index.
    pub(super) fn judge(self, first: u64, fold: &mut Fold) -> Result<(), AuditProblem> {
        for (entry, index) in self.entries.into_iter().zip(first..) {
            let taken = match entry {
                Seen::AtAGlance(plain) => fold.take_plain(index, &plain),
                Seen::Whole(entry, row) => fold.take(index, &entry, row.request_key.as_ref()),
            };
            let place = i64::try_from(index).unwrap_or(i64::MAX);
            taken.map_err(|problem| AuditProblem::Entry { index: place, problem })?;
        }
        Ok(())
    }

    /// Reads the page of this number; `None` if anything is not as it must be.
    fn read(connection: &Connection, n: u64) -> Option<Self> {
        let first = n.checked_mul(TILE_WIDTH as u64)?;
        let bound = |index: u64| i64::try_from(index).ok();
        let mut statement = connection.prepare_cached(ENTRIES).ok()?;
        let mut rows =
            statement.query([bound(first)?, bound(first.checked_add(TILE_WIDTH as u64)?)?]).ok()?;
        let (mut entries, mut leaves) = (Vec::with_capacity(TILE_WIDTH), Vec::with_capacity(TILE_WIDTH));
        let mut last = None;
        for index in first.. {
            let Some(row) = rows.next().ok()? else { break };
            let (columns, body, leaf) = values(row)?;
            let hash = leaf_hash(body);
            if columns.index != index || leaf != hash.0 {
                return None;
            }
            let entry = Seen::of(body, &columns, last.as_ref())?;
            if let Seen::AtAGlance(plain) = &entry {
                last = Some(plain.clone());
            }
            entries.push(entry);
            leaves.push(hash);
        }
        let tile = Tile::new(&leaves).ok()?;
        let root = tile.root().ok()?;
        let mut statement = connection.prepare_cached(TILE).ok()?;
        let stored: (Vec<u8>, Vec<u8>) =
            statement.query_row([bound(n)?], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
        (stored.0 == tile.to_bytes() && stored.1 == root.0).then_some(Self { entries, root })
    }
}

/// A row as it stands: columns, body and leaf hash. `None` where a value is of another kind than it must be.
fn values<'row>(row: &'row StoredRow<'_>) -> Option<(Columns<'row>, &'row [u8], &'row [u8])> {
    let value = |place: usize| row.get_ref(place).ok();
    let number = |place| match value(place)? {
        ValueRef::Integer(number) => Some(number),
        _ => None,
    };
    let text = |place| match value(place)? {
        ValueRef::Null => Some(None),
        ValueRef::Text(text) => Some(Some(text)),
        _ => None,
    };
    let bytes = |place| match value(place)? {
        ValueRef::Blob(bytes) => Some(bytes),
        _ => None,
    };
    let columns = Columns {
        index: u64::try_from(number(0)?).ok()?,
        at: number(1)?,
        event: text(2)??,
        outcome: text(3)??,
        client: text(4)?,
        custodian: text(5)?,
        recipient: text(6)?,
        requester: text(7)?,
        purpose: text(8)?,
        revision: if value(9)? == ValueRef::Null { None } else { Some(number(9)?) },
        request_key: text(10)?,
    };
    Some((columns, bytes(11)?, bytes(12)?))
}

/// An entry, as far as it had to be read.
enum Seen {
    AtAGlance(Plain),
    Whole(Box<Entry>, Box<Row>),
}

impl Seen {
    /// `None` if the columns are not what the body says.
    fn of(body: &[u8], columns: &Columns<'_>, last: Option<&Plain>) -> Option<Self> {
        if let Some(glance) = Glance::of(body) {
            return glance.is_in(columns).then(|| glance.plain(last)).flatten().map(Self::AtAGlance);
        }
        let entry = Entry::decode(body).ok()?;
        let row = Row::of(&entry).ok()?;
        (Columns::of(&row, columns.index) == *columns).then(|| Self::Whole(Box::new(entry), Box::new(row)))
    }
}

/// Connections to the file, each used by one page at a time.
struct Connections {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Connections {
    fn read(&self, n: u64) -> Option<Page> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Connection::open_with_flags(&self.file, flags).ok()?;
            // In KiB: every page of the file is read once.
            connection.pragma_update(None, "cache_size", -512).ok()?;
            Some(connection)
        };
        let connection = idle.or_else(open)?;
        let page = Page::read(&connection, n);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        page
    }
}

/// What is read ahead, in order.
pub(super) struct Ahead {
    connections: Option<Arc<Connections>>,
    whole: u64,
    under_way: VecDeque<(u64, JoinHandle<Option<Page>>)>,
}

impl Ahead {
    /// Of a ledger of so many entries in this file; without one, nothing is read ahead.
    pub(super) fn of(file: Option<&Path>, total: u64) -> Self {
        let connections =
            file.map(|file| Arc::new(Connections { file: file.to_owned(), idle: Mutex::default() }));
        Self { connections, whole: total / TILE_WIDTH as u64, under_way: VecDeque::new() }
    }

    /// The page that begins at this entry, if one does and is as it must be.
    pub(super) async fn page(&mut self, entry: u64) -> Option<Page> {
        let connections = self.connections.as_ref()?;
        let n = entry / TILE_WIDTH as u64;
        if !entry.is_multiple_of(TILE_WIDTH as u64) || n >= self.whole {
            return None;
        }
        while self.under_way.front().is_some_and(|(first, _)| *first < n) {
            self.under_way.pop_front();
        }
        let mut next = self.under_way.back().map_or(n, |(last, _)| last + 1);
        while self.under_way.len() < DEPTH && next < self.whole {
            let (connections, number) = (connections.clone(), next);
            let reading = tokio::task::spawn_blocking(move || connections.read(number));
            self.under_way.push_back((next, reading));
            next += 1;
        }
        let (_, reading) = self.under_way.pop_front()?;
        reading.await.ok()?
    }
    /// Returns when nothing reads the file any more.
    pub(super) async fn end(&mut self) {
        for (_, reading) in self.under_way.drain(..) {
            // A page that nobody waits for.
            let _ = reading.await;
        }
        self.connections = None;
    }
}
