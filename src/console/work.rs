//! Reports that are being made, and those that were: what reads more than a page goes on while the officer does something else.
//!
//! What is always true here:
//! 1. A report is its officer's alone: who asks for another's hears that it is not here.
//! 2. There are never many: at most [`AT_A_TIME`] are made at a time, so that a disclosure does not wait for an officer; an officer
//!    has at most [`EACH`], and the oldest goes first.
//! 3. They are in memory, and go with the gateway: what was found can be asked again, and the ledger says that it was.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use crate::domain::{Actor, Language, TraceId};
use crate::gateway::{Error, Gateway, Progress, ReportRequest, Reported, Requester};
use crate::report::Question;

/// Reports at a time, of all officers together.
const AT_A_TIME: usize = 2;
/// Reports that one officer has at a time.
const EACH: usize = 8;
/// Reports of all officers together.
const MOST: usize = 200;
/// A report that is made this soon is shown at once.
const SOON: Duration = Duration::from_millis(250);

/// A report, made or being made.
pub(super) struct Work {
    /// What it is called in an address.
    pub(super) id: TraceId,
    owner: Actor,
    /// What was asked.
    pub(super) question: Question,
    /// In which words: the period and what else it was narrowed to.
    pub(super) asked: String,
    /// In which language it was asked: what it was narrowed to is written in it.
    pub(super) language: Language,
    /// How far it is.
    pub(super) progress: Arc<Progress>,
    outcome: OnceLock<Result<Reported, Error>>,
    done: Notify,
}

impl Work {
    /// What came out of it; `None` while it is being made.
    pub(super) fn outcome(&self) -> Option<&Result<Reported, Error>> {
        self.outcome.get()
    }
}

/// All of them.
pub(super) struct Works {
    all: Mutex<VecDeque<Arc<Work>>>,
    places: Arc<Semaphore>,
}

impl Default for Works {
    fn default() -> Self {
        Self { all: Mutex::default(), places: Arc::new(Semaphore::new(AT_A_TIME)) }
    }
}

impl Works {
    /// Begins one, and waits a moment for it.
    pub(super) async fn begin(
        &self,
        gateway: &Arc<Gateway>,
        requester: &Requester,
        request: ReportRequest,
        (asked, language): (String, Language),
    ) -> Arc<Work> {
        let work = Arc::new(Work {
            id: TraceId::from_bytes(gateway.random()),
            owner: requester.actor.clone(),
            question: request.question,
            asked,
            language,
            progress: request.progress.clone(),
            outcome: OnceLock::new(),
            done: Notify::new(),
        });
        self.keep(work.clone());
        let (doing, gateway, requester) = (work.clone(), gateway.clone(), requester.clone());
        let places = self.places.clone();
        tokio::spawn(async move {
            let _place = places.acquire().await;
            let outcome = gateway.report(&requester, request).await;
            if let Err(problem) = &outcome {
                tracing::error!(%problem, "a report of the console cannot be made");
            }
            let _ = doing.outcome.set(outcome);
            doing.done.notify_one();
        });
        let _ = tokio::time::timeout(SOON, work.done.notified()).await;
        work
    }

    /// The one with this name, if it is this officer's.
    pub(super) fn of(&self, owner: &Actor, id: &str) -> Option<Arc<Work>> {
        self.all().iter().find(|work| work.id.as_str() == id && work.owner == *owner).cloned()
    }

    /// This officer's, newest first.
    pub(super) fn all_of(&self, owner: &Actor) -> Vec<Arc<Work>> {
        self.all().iter().rev().filter(|work| work.owner == *owner).cloned().collect()
    }

    fn keep(&self, work: Arc<Work>) {
        let mut all = self.all();
        let of_owner = all.iter().filter(|other| other.owner == work.owner).count();
        if of_owner >= EACH
            && let Some(oldest) = all.iter().position(|other| other.owner == work.owner)
        {
            all.remove(oldest);
        }
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back(work);
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<Arc<Work>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
