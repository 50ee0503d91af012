//! The ladder of ages as data (rules.md T1): at which age, and how able, who must agree.
//!
//! One rung fits every age and competence; who the people of a rung are stands in [`crate::domain::authority`]. It is a
//! table so that a lawyer can read it, `docs/rules.md` can print it, and a test can take every rung away.

/// Who must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// All holders of authority, or the guardian or court order in their place.
    Legal,
    /// The client and all of those.
    ClientAndLegal,
    /// The client alone.
    Client,
    /// The first available of curator or mentor, proxy, partner, relatives.
    Representatives,
}

/// One rung: the ages, whether the client can decide, and who must agree then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// The rows of T1 that it holds.
    pub rows: &'static str,
    /// From this age on.
    pub from: i16,
    /// Up to and including this age.
    pub through: i16,
    /// Able to decide, unable, or either.
    pub able: Option<bool>,
    /// Who must agree.
    pub who: Who,
}

const fn rung(rows: &'static str, from: i16, through: i16, able: Option<bool>, who: Who) -> Rung {
    Rung { rows, from, through, able, who }
}

/// The ladder. WGBO 7:447, 7:450(2) and 7:465 BW; Jeugdwet 7.3.4, 7.3.11 and 7.3.15.
pub const LADDER: [Rung; 7] = [
    rung("T1-01 T1-02", 0, 11, None, Who::Legal),
    rung("T1-03", 12, 15, Some(true), Who::ClientAndLegal),
    rung("T1-06", 12, 15, Some(false), Who::Legal),
    rung("T1-07", 16, 17, Some(true), Who::Client),
    rung("T1-08", 16, 17, Some(false), Who::Legal),
    rung("T1-09", 18, i16::MAX, Some(true), Who::Client),
    rung("T1-10", 18, i16::MAX, Some(false), Who::Representatives),
];

impl Rung {
    fn fits(&self, age: i16, able: bool) -> bool {
        (self.from..=self.through).contains(&age) && self.able.is_none_or(|a| a == able)
    }
}

/// Who must agree at this age; nobody where no rung fits, which is never a yes (ruling 21).
pub(crate) fn who_agrees(age: i16, able: bool) -> Option<Who> {
    let found = |ladder: &[Rung]| ladder.iter().find(|rung| rung.fits(age, able)).map(|rung| rung.who);
    #[cfg(test)]
    if let Some(found) = changed::with(found) {
        return found;
    }
    found(&LADDER)
}

#[cfg(test)]
pub(crate) mod changed {
    //! Another ladder for one thread: what a test changes, at least one case must notice.

    use super::Rung;
    use std::cell::RefCell;

    thread_local! {
        static CHANGED: RefCell<Option<Vec<Rung>>> = const { RefCell::new(None) };
    }

    pub(super) fn with<T>(read: impl FnOnce(&[Rung]) -> T) -> Option<T> {
        CHANGED.with_borrow(|changed| changed.as_deref().map(read))
    }

    /// What `run` says while the ladder is this.
    pub fn ladder<T>(rungs: Vec<Rung>, run: impl FnOnce() -> T) -> T {
        CHANGED.set(Some(rungs));
        let said = run();
        CHANGED.set(None);
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_rung_fits_every_age_and_competence() {
        for age in 0..130 {
            for able in [true, false] {
                let fitting = LADDER.iter().filter(|rung| rung.fits(age, able)).count();
                assert_eq!(fitting, 1, "{age}, able: {able}");
            }
        }
    }

    #[test]
    fn where_no_rung_fits_nobody_can_agree() {
        assert_eq!(changed::ladder(LADDER[1..].to_vec(), || who_agrees(11, true)), None);
        assert_eq!(who_agrees(11, true), Some(Who::Legal));
    }
}
