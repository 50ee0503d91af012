//! Replay: is every ruling what the covenant of its time says of the client's file of that time? One forward pass.
//!
//! What is always true here: nothing but the ledger and the covenants kept beside it is read, so the answer does not depend
//! on today's consents, rules or custodians. The audit says whether the ledger is what was signed; this says whether what was
//! signed was right.

use std::sync::Arc;

use crate::domain::{CovenantDigest, Entry, Event, UnconsentedRelease};
use crate::policy::{Covenant, CovenantError, Difference, Replayed};
use crate::store::history::History;
use crate::store::{EntryRow, Error, Store};

/// How many entries are read at a time.
const PAGE: u32 = 512;

/// An entry, and its ruling decided again.
pub struct Explanation {
    /// The entry.
    pub row: EntryRow,
    /// The covenant that it was decided under.
    pub covenant: Arc<Covenant>,
    /// Its ruling; `None` for an entry that holds none.
    pub replayed: Option<Replayed>,
}

/// Why an entry cannot be decided again, or is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum ReplayProblem {
    /// The covenant is not kept.
    #[error("the covenant {0} is not kept, so what was decided under it cannot be decided again")]
    CovenantMissing(CovenantDigest),
    /// The covenant is kept, and this program refuses it.
    #[error("the covenant {digest} is refused: {problem}")]
    CovenantRefused {
        /// Which.
        digest: CovenantDigest,
        /// Why.
        problem: CovenantError,
    },
    /// The entries before do not lead to it.
    #[error("{0}")]
    History(&'static str),
    /// Something of the ruling.
    #[error("{0}")]
    Different(Difference),
    /// The ticket of an emergency.
    #[error("rests on answers that do not hold for it")]
    Answers,
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] Error),
}

/// What a part of a replay found.
#[derive(Debug, Default)]
pub struct ReplayedPart {
    /// The entries so far, from the first of the ledger.
    pub done: u64,
    /// The entries in all.
    pub total: u64,
    /// The rulings of this part that were decided again.
    pub decided: u64,
    /// The entries of this part that cannot be, because their covenant is missing; it is named once.
    pub undecided: u64,
    /// What is not as it was recorded, by entry.
    pub problems: Vec<(u64, ReplayProblem)>,
}

/// A replay under way.
pub struct Replay {
    store: Store,
    history: History,
    /// The one that the newest entry was decided under: entries of one covenant stand together.
    covenant: Option<Arc<Covenant>>,
    refused: Option<CovenantDigest>,
    next: u64,
    from: u64,
    end: u64,
}

impl Store {
    /// One entry, explained; `None` if there is none. Only the entries of its client are read. A covenant at hand, such as the one
    /// in force, need not be read again.
    pub async fn explain(
        &self,
        index: u64,
        at_hand: Option<&Arc<Covenant>>,
    ) -> Result<Option<Explanation>, ReplayProblem> {
        let Some(row) = self.entry(index).await? else { return Ok(None) };
        let covenant = match at_hand.filter(|covenant| covenant.digest == row.entry.covenant) {
            Some(covenant) => covenant.clone(),
            None => self.covenant_of(&row.entry).await?,
        };
        let mut history = History::default();
        if let Some(client) = &row.entry.client {
            let mut from = 0;
            loop {
                let page = self.history_of(client, from, index, PAGE as usize).await?;
                let Some(last) = page.last() else { break };
                from = last.index + 1;
                page.iter().try_for_each(|row| history.take(&row.entry)).map_err(ReplayProblem::History)?;
            }
            if row.entry.revision != history.file(client).and_then(|file| file.revision) {
                return Err(ReplayProblem::History("was decided on another revision of the client"));
            }
        }
        let replayed = self.again(&row.entry, &covenant, &history).await?;
        Ok(Some(Explanation { row, covenant, replayed }))
    }

    /// Decides the rulings of these entries again, the last one included.
    pub async fn replay(&self, from: u64, to: Option<u64>) -> Result<Replay, Error> {
        let (size, _) = self.checkpoint().await?;
        let end = to.map_or(size, |to| to.saturating_add(1).min(size));
        let history = History::default();
        Ok(Replay { store: self.clone(), history, covenant: None, refused: None, next: 0, from, end })
    }

    async fn covenant_of(&self, entry: &Entry) -> Result<Arc<Covenant>, ReplayProblem> {
        let digest = &entry.covenant;
        let kept = self.kept_covenant(digest).await?;
        let files = kept.ok_or_else(|| ReplayProblem::CovenantMissing(digest.clone()))?;
        let refused = |problem| ReplayProblem::CovenantRefused { digest: digest.clone(), problem };
        let read = tokio::task::spawn_blocking(move || Covenant::from_bundle(&files)).await;
        let covenant = read.map_err(|_| Error::Corrupt("a covenant could not be read"))?;
        Ok(Arc::new(covenant.map_err(refused)?))
    }

    async fn again(
        &self,
        entry: &Entry,
        covenant: &Covenant,
        history: &History,
    ) -> Result<Option<Replayed>, ReplayProblem> {
        let (Some(client), Some(custodian)) = (&entry.client, entry.custodian()) else { return Ok(None) };
        self.answers_hold(entry).await?;
        let file = history.file(client).and_then(|file| file.at(custodian));
        Ok(covenant.replay(entry, file.map(|file| (&file.registration, file.consents.as_slice()))))
    }

    /// An emergency without answers of its own rests on an entry that has them (ruling 25).
    async fn answers_hold(&self, entry: &Entry) -> Result<(), ReplayProblem> {
        let Event::Disclosure(asked) = &entry.event else { return Ok(()) };
        let Some(given) = asked.answered_in else { return Ok(()) };
        let release = match self.entry(given).await? {
            Some(row) => UnconsentedRelease::of(given, &row.entry).map_err(|_| ReplayProblem::Answers)?,
            None => None,
        };
        let holds = match (release, &entry.actor, &entry.client) {
            (Some(release), Some(actor), Some(client)) => {
                release.answers(actor, client, &asked.custodian, asked.ground, entry.at)
            }
            _ => false,
        };
        if holds { Ok(()) } else { Err(ReplayProblem::Answers) }
    }
}

impl Replay {
    /// The next part; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<ReplayedPart>, Error> {
        if self.next >= self.end {
            return Ok(None);
        }
        let rows = self.store.all_from(self.next, PAGE).await?;
        let full = rows.len() == PAGE as usize;
        let last = rows.last().map(|row| row.index + 1).filter(|next| full && *next < self.end);
        self.next = last.unwrap_or(self.end);
        let mut part = ReplayedPart { done: self.next, total: self.end, ..ReplayedPart::default() };
        let end = self.end;
        for row in rows.into_iter().filter(|row| row.index < end) {
            if row.index >= self.from {
                self.decide(&row, &mut part).await;
            }
            if let Err(problem) = self.history.take(&row.entry) {
                part.problems.push((row.index, ReplayProblem::History(problem)));
            }
        }
        Ok(Some(part))
    }

    async fn decide(&mut self, row: &EntryRow, part: &mut ReplayedPart) {
        let digest = &row.entry.covenant;
        if self.refused.as_ref() == Some(digest) {
            part.undecided += 1;
            return;
        }
        match self.replayed(&row.entry).await {
            Ok(None) => {}
            Ok(Some(replayed)) => {
                part.decided += 1;
                let found = replayed.differences.into_iter().map(ReplayProblem::Different);
                part.problems.extend(found.map(|difference| (row.index, difference)));
            }
            Err(problem) => {
                use ReplayProblem::{CovenantMissing, CovenantRefused};
                if matches!(problem, CovenantMissing(_) | CovenantRefused { .. }) {
                    self.refused = Some(digest.clone());
                }
                part.problems.push((row.index, problem));
            }
        }
    }

    async fn replayed(&mut self, entry: &Entry) -> Result<Option<Replayed>, ReplayProblem> {
        // What is about no client holds no ruling, and retention may have let go of its covenant.
        if entry.client.is_none() {
            return Ok(None);
        }
        let covenant = match &self.covenant {
            Some(covenant) if covenant.digest == entry.covenant => covenant.clone(),
            _ => self.store.covenant_of(entry).await?,
        };
        self.covenant = Some(covenant.clone());
        self.store.again(entry, &covenant, &self.history).await
    }
}
