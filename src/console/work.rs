//! Reports that are being made, and those that were: what reads more than a page goes on while the officer does something else.
//!
//! What is always true here:
//! 1. A report is its officer's alone: who asks for another's hears that it is not here.
//! 2. There are never many: an officer has at most [`EACH`], all together have at most [`MOST`], and the oldest goes first. How many are
//!    made at a time is the gateway's to say.
//! 3. They are in memory, and go with the gateway: what was found can be asked again, and the ledger says that it was.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::domain::{Actor, Language, TraceId};
use crate::gateway::{Error, Gateway, Progress, ReportRequest, Reported, Requester};
use crate::projection::Phrase;
use crate::report::Question;

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
    asked: String,
    /// In which language it was asked: what it was narrowed to is written in it.
    pub(super) language: Language,
    /// How far it is.
    pub(super) progress: Arc<Progress>,
    outcome: OnceLock<Result<Reported, Error>>,
    done: Notify,
}

impl Work {
    /// In which words it was asked, on a page in this language: it may be another by now.
    pub(super) fn asked(&self, page: Language) -> Phrase {
        Phrase::of(&self.asked, self.language, page)
    }

    /// What came out of it; `None` while it is being made.
    pub(super) fn outcome(&self) -> Option<&Result<Reported, Error>> {
        self.outcome.get()
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct Works {
    all: Mutex<VecDeque<Arc<Work>>>,
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
        tokio::spawn(async move {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::hat;
    use crate::domain::{AuthenticationLevel, RequesterRef};

    fn officer(number: usize) -> Actor {
        let requester = RequesterRef::parse(&format!("{number:032x}")).unwrap();
        let hat = hat("00000099000000000101", "privacy-officer");
        Actor { requester, hat, level: AuthenticationLevel::Substantial }
    }

    fn kept(works: &Works, owner: &Actor, number: usize) -> String {
        let work = Work {
            id: TraceId::from_bytes(u128::try_from(number).unwrap().to_be_bytes()),
            owner: owner.clone(),
            question: Question::Matrix,
            asked: String::new(),
            language: Language::Dutch,
            progress: Arc::default(),
            outcome: OnceLock::new(),
            done: Notify::new(),
        };
        let id = work.id.as_str().to_owned();
        works.keep(Arc::new(work));
        id
    }

    fn all_of(works: &Works, owner: &Actor) -> Vec<String> {
        works.all_of(owner).iter().map(|work| work.id.as_str().to_owned()).collect()
    }

    #[test]
    fn an_officer_keeps_the_last_eight_newest_first_and_takes_none_of_anothers() {
        let (works, one, other) = (Works::default(), officer(1), officer(2));
        let others = kept(&works, &other, 1_000);
        let mut made: Vec<String> = (1..=EACH + 3).map(|number| kept(&works, &one, number)).collect();
        made.reverse();
        assert_eq!(all_of(&works, &one), made.get(..EACH).unwrap());
        assert!(works.of(&one, made.last().unwrap()).is_none(), "the oldest is gone");
        assert_eq!(all_of(&works, &other).as_slice(), std::slice::from_ref(&others));
        assert!(works.of(&one, &others).is_none() && works.of(&other, &others).is_some());
    }

    #[test]
    fn all_officers_together_keep_two_hundred_and_the_oldest_of_all_goes_first() {
        let works = Works::default();
        let officers: Vec<Actor> = (0..=MOST / EACH).map(officer).collect();
        let made: Vec<String> =
            (0..MOST + EACH).map(|number| kept(&works, &officers[number / EACH], number)).collect();
        assert_eq!(works.all().len(), MOST);
        assert!(all_of(&works, &officers[0]).is_empty(), "those of the first officer were the oldest");
        for (number, id) in made.iter().enumerate() {
            let is_kept = works.of(&officers[number / EACH], id).is_some();
            assert_eq!(is_kept, number >= EACH, "{number}");
        }
    }
}
