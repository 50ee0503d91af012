//! Who was given what of a client, in one table: the answer to "wie heeft wat gezien", before anything else is read.
//!
//! What is always true here: every release among the entries that were looked through is in it, an emergency never beside a consent in
//! one row; and the table says whether those entries are all there are.

use std::collections::BTreeSet;

use crate::console::naming::Naming;
use crate::console::parts::{Cell, Grid, Heading};
use crate::domain::{DisclosureEvent, Event, FieldCode, Ground, Hat, OrganisationId, PurposeCode, RequestId};
use crate::projection::words;
use crate::store::EntryRow;

/// What one recipient was given for one purpose on one ground.
struct Received<'a> {
    recipient: &'a Hat,
    custodian: &'a OrganisationId,
    purpose: PurposeCode,
    ground: Ground,
    fields: BTreeSet<FieldCode>,
    /// A retry is the same request (ruling 24).
    requests: BTreeSet<&'a RequestId>,
    /// The newest release.
    last: &'a EntryRow,
}

/// What the entries tell, newest first, and whether they are `all` that the ledger keeps. `None` where nobody was given anything.
pub(super) fn received(naming: &Naming<'_>, rows: &[EntryRow], all: bool) -> Option<Grid> {
    let received = gathered(rows);
    if received.is_empty() {
        return None;
    }
    let headings = vec![
        Heading::text(naming.say("Wie", "Who")),
        Heading::text(naming.say("Welke gegevens", "Which fields")),
        Heading::text(naming.say("Van", "From")),
        Heading::text(naming.say("Doel", "Purpose")),
        Heading::text(naming.say("Grond", "Ground")),
        Heading::number(naming.say("Hoe vaak", "How often")),
        Heading::text(naming.say("Het laatst", "Last")),
    ];
    let rows = received.into_iter().map(|one| row(naming, one)).collect();
    Some(Grid { caption: extent(naming, all), headings, rows })
}

/// Among which entries was looked.
pub(super) fn extent(naming: &Naming<'_>, all: bool) -> String {
    let (dutch, english) = if all {
        (
            "In alles wat het register aan uw kant over deze cliënt bewaart",
            "In all that the ledger keeps about this client on your side",
        )
    } else {
        (
            "Alleen in de nieuwste regels over deze cliënt; wat daarvoor gebeurde, staat in de lijst",
            "In the newest entries about this client only; what happened before is in the list",
        )
    };
    naming.say(dutch, english).to_owned()
}

fn gathered(rows: &[EntryRow]) -> Vec<Received<'_>> {
    let mut gathered: Vec<Received<'_>> = Vec::new();
    for last in rows {
        let (Event::Disclosure(d), Some(actor)) = (&last.entry.event, &last.entry.actor) else { continue };
        let fields: BTreeSet<FieldCode> = d.released.iter().flat_map(|group| group.fields.clone()).collect();
        if fields.is_empty() {
            continue;
        }
        let DisclosureEvent { request, custodian, purpose, ground, .. } = d;
        let (purpose, ground, recipient) = (*purpose, *ground, &actor.hat);
        let is_same = |known: &&mut Received<'_>| {
            (known.recipient, known.custodian, known.purpose, known.ground)
                == (recipient, custodian, purpose, ground)
        };
        if let Some(known) = gathered.iter_mut().find(is_same) {
            known.fields.extend(fields);
            known.requests.insert(request);
        } else {
            let requests = [request].into();
            gathered.push(Received { recipient, custodian, purpose, ground, fields, requests, last });
        }
    }
    gathered
}

fn row(naming: &Naming<'_>, one: Received<'_>) -> Vec<Cell> {
    let ground = format!("{}: {}", one.ground, words::ground(one.ground, naming.language));
    vec![
        Cell::text(naming.hat(one.recipient)),
        Cell::text(naming.fields(one.fields)),
        Cell::text(naming.party(one.custodian)),
        Cell::text(naming.purpose(one.purpose)),
        Cell::text(ground),
        Cell::number(&one.requests.len()),
        Cell::link(format!("/entries/{}", one.last.index), &one.last.entry.at.local()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Entry;
    use crate::domain::testing::{fields, request, today};
    use crate::ledger::Hash;
    use crate::report::testing::{asked, but, repeated};

    fn rows(entries: impl IntoIterator<Item = Entry>) -> Vec<EntryRow> {
        let row = |(index, entry)| EntryRow { index, entry, body: Vec::new(), leaf: Hash([0; 32]) };
        (0..).zip(entries).map(row).collect()
    }

    fn of_another_request(entry: Entry) -> Entry {
        but(entry, |disclosure| disclosure.request = request(2))
    }

    #[test]
    fn what_a_recipient_was_given_again_is_one_row_with_all_of_it_and_a_retry_is_no_second_time() {
        let once = asked(1, today(), &["A03"], &[]);
        let more = of_another_request(asked(1, today(), &["A04", "A03"], &[]));
        let rows = rows([more, repeated(once.clone(), 2), once]);
        let gathered = gathered(&rows);
        let [one] = gathered.as_slice() else { panic!("{} rows", gathered.len()) };
        assert_eq!(one.fields, fields(&["A03", "A04"]).into_iter().collect());
        assert_eq!((one.requests.len(), one.last.index), (2, 0));
    }

    #[test]
    fn an_emergency_is_never_beside_a_consent_and_what_was_withheld_is_nowhere() {
        let consented = asked(1, today(), &["A03"], &["A04"]);
        let urgent = but(consented.clone(), |disclosure| disclosure.ground = Ground::CONFLICT);
        let refused = asked(1, today(), &[], &["A03"]);
        let rows = rows([refused, urgent, consented]);
        let grounds: Vec<Ground> = gathered(&rows).iter().map(|one| one.ground).collect();
        assert_eq!(grounds, [Ground::CONFLICT, Ground::CONSENT]);
        let name = fields(&["A03"]).into_iter().collect();
        assert!(gathered(&rows).iter().all(|one| one.fields == name));
    }

    #[test]
    fn nobody_is_given_anything_by_what_gives_nothing() {
        let refused = asked(1, today(), &[], &["A03"]);
        assert!(gathered(&rows([refused])).is_empty() && gathered(&[]).is_empty());
    }
}
