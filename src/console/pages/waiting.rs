//! What waits for this officer: emergencies to review and clients to tell, with until when.

use crate::console::naming::Naming;
use crate::console::parts::{Cell, Grid, Heading, Mood};
use crate::console::{Console, Officer, Problem};
use crate::domain::{Timestamp, UnconsentedRelease};
use crate::projection::words;
use crate::store::{Worklist, WorklistPage};

/// How many of a list are shown.
const SHOWN: u32 = 20;

/// A list, if anything is on it.
pub(super) struct Waiting {
    pub(super) grid: Option<Grid>,
    /// Whether there are more than are shown.
    pub(super) has_more: bool,
}

/// The oldest of a list: recorded.
pub(super) async fn waiting(
    console: &Console,
    officer: &Officer,
    naming: &Naming<'_>,
    list: Worklist,
) -> Result<Waiting, Problem> {
    let asked = WorklistPage { list, all: false, after: None, limit: SHOWN + 1 };
    let releases = console.gateway.worklist(&officer.requester, asked).await;
    let mut releases = releases.map_err(|error| Problem::of(officer.language, &error))?;
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let has_more = releases.len() > shown;
    releases.truncate(shown);
    let now = console.gateway.now();
    let row = |release: &UnconsentedRelease| {
        let by = match list {
            Worklist::Emergencies => release.review_by.unwrap_or(release.tell_by),
            Worklist::Notices => release.tell_by,
        };
        let handle = console.gateway.pseudonyms().handle(&release.client, officer.side());
        vec![
            Cell::link(format!("/entries/{}", release.entry), &release.entry),
            Cell::text(release.at.local()),
            Cell::text(naming.hat(&release.actor.hat)),
            naming.client(Some(&handle)),
            Cell::text(format!("{}: {}", release.ground, words::ground(release.ground, naming.language))),
            due(naming, by, now),
        ]
    };
    let caption = match list {
        Worklist::Emergencies => naming.say("Noodverstrekkingen te beoordelen", "Emergencies to review"),
        Worklist::Notices => naming.say("Cliënten die het nog moeten horen", "Clients still to be told"),
    };
    let headings = [
        ("Regel", "Entry"),
        ("Wanneer", "When"),
        ("Door", "By"),
        ("Cliënt", "Client"),
        ("Grond", "Ground"),
        ("Voor", "Before"),
    ];
    let headings = headings.map(|(dutch, english)| Heading::text(naming.say(dutch, english)));
    let rows: Vec<_> = releases.iter().map(row).collect();
    let grid = Grid { caption: caption.to_owned(), headings: headings.into(), rows };
    Ok(Waiting { grid: (!releases.is_empty()).then_some(grid), has_more })
}

pub(super) fn due(naming: &Naming<'_>, by: Timestamp, now: Timestamp) -> Cell {
    if by <= now {
        Cell::badge(Mood::Bad, format!("{}: {}", naming.say("TE LAAT", "OVERDUE"), by.local()))
    } else {
        Cell::text(by.local())
    }
}
