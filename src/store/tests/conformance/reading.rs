//! Reading the record and the register.

use super::*;
use crate::store::{EntryFilter, Register};

/// Fourteen hundred entries, so that there are several buckets: three clients, custodians, professionals, purposes and
/// outcomes by turns.
async fn busy() -> (World, Vec<Entry>) {
    let world = World::new().await;
    let mut entries = vec![adopted('a', 'a', 1)];
    for turn in 0..1400_usize {
        let oin = [ACCARE, ASSEN, EMMEN];
        let mut entry = with(ask([1, 2, 3][turn % 3], None), |d| {
            d.custodian = organisation(oin[turn / 2 % 3]);
            d.purpose = PurposeCode::parse(["WON", "SCH"][turn / 5 % 2]).unwrap();
            match turn % 4 {
                0 => d.withheld.clear(),
                1 => d.released.clear(),
                2 => d.failure = Some(CustodianFailure::CustodianTimeout),
                _ => {}
            }
        });
        entry.at = NOON.plus(i64::try_from(turn).unwrap());
        if let Some(actor) = &mut entry.actor {
            actor.hat.organisation = organisation(oin[turn / 7 % 3]);
            actor.requester = requester([7, 8][turn / 11 % 2]);
        }
        entries.push(entry);
    }
    for chunk in entries[1..].chunks(200) {
        world.one_batch(chunk.to_vec()).await;
    }
    world.audited(1401).await;
    (world, entries)
}

/// The slow definition of a filter.
fn holds(side: &OrganisationId, filter: &EntryFilter, index: u64, entry: &Entry) -> bool {
    let recipient = entry.actor.as_ref().map(|a| &a.hat.organisation);
    let requester = entry.actor.as_ref().map(|a| &a.requester);
    let own = entry.client.is_none() || entry.custodian() == Some(side) || recipient == Some(side);
    own && filter.client.as_ref().is_none_or(|c| entry.client.as_ref() == Some(c))
        && filter.recipient.as_ref().is_none_or(|r| recipient == Some(r))
        && filter.custodian.as_ref().is_none_or(|c| entry.custodian() == Some(c))
        && filter.requester.as_ref().is_none_or(|r| requester == Some(r))
        && filter.purpose.is_none_or(|p| entry.purpose() == Some(p))
        && filter.outcome.is_none_or(|o| entry.outcome() == o)
        && filter.from.is_none_or(|t| entry.at >= t)
        && filter.until.is_none_or(|t| entry.at < t)
        && filter.before.is_none_or(|b| index < b)
        && filter.after.is_none_or(|a| index >= a)
        && filter.kind.is_none_or(|kind| kind.names().contains(entry.event_name()))
}

#[tokio::test]
async fn an_officer_finds_what_the_filter_says_of_the_own_side_and_nothing_else() {
    let (world, entries) = busy().await;
    let seed = new_seed();
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    let mut found = 0;
    for trial in 0..400_usize {
        // First none, and every filter by itself, with all that it finds; then any of them together.
        let is_alone = trial < 12;
        let chosen = if is_alone { 1 << trial >> 1 } else { random.next() };
        let has = |bit: u32| chosen >> bit & 1 == 1;
        let oin = [ACCARE, ASSEN, EMMEN][random.below(3)];
        let outcomes =
            [Outcome::Released, Outcome::Partial, Outcome::Withheld, Outcome::Failed, Outcome::Done];
        let moment = NOON.plus(i64::try_from(random.below(1400)).unwrap());
        let filter = EntryFilter {
            client: has(0).then(|| client([1, 2, 3, 4][random.below(4)])),
            recipient: has(1).then(|| organisation(oin)),
            custodian: has(2).then(|| organisation([ACCARE, ASSEN, EMMEN][random.below(3)])),
            requester: has(3).then(|| requester([7, 8][random.below(2)])),
            purpose: has(4).then(|| PurposeCode::parse(["WON", "SCH"][random.below(2)]).unwrap()),
            outcome: has(5).then(|| outcomes[random.below(5)]),
            from: has(6).then_some(moment.plus(-900)),
            until: has(7).then_some(moment),
            before: has(8).then(|| random.next() % 1500),
            after: has(9).then(|| random.next() % 1500),
            kind: has(10).then(|| EventKind::ALL[random.below(EventKind::ALL.len())]),
        };
        let sides = [ACCARE, ASSEN, EMMEN, "00000099000000009000"];
        let side = organisation(sides[if is_alone { 0 } else { random.below(4) }]);
        let limit = [0, 1, 10, 5000][if is_alone { 3 } else { random.below(4) }];
        let expected: Vec<u64> = (0..1401)
            .rev()
            .zip(entries.iter().rev())
            .filter(|(index, entry)| holds(&side, &filter, *index, entry))
            .map(|(index, _)| index)
            .take(limit as usize)
            .collect();
        let rows = world.store.entries(&side, &filter, limit).await.unwrap();
        assert_eq!(rows.iter().map(|r| r.index).collect::<Vec<_>>(), expected, "{filter:?} for {side}");
        assert!(rows.iter().all(|r| r.index == 0 || r.entry == entries[usize::try_from(r.index).unwrap()]));
        found += rows.len();
    }
    println!("{found} entries found");
    assert!(found > 1000);
}

#[tokio::test]
async fn page_by_page_an_officer_sees_every_entry_once_although_others_are_added() {
    let (world, entries) = busy().await;
    let side = organisation(ACCARE);
    let mut filter = EntryFilter { client: Some(client(1)), ..EntryFilter::default() };
    let expected: Vec<u64> = (0..1401)
        .rev()
        .filter(|i| holds(&side, &filter, *i, &entries[usize::try_from(*i).unwrap()]))
        .collect();
    let mut seen = Vec::new();
    loop {
        let page = world.store.entries(&side, &filter, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.before = Some(last.index);
        seen.extend(page.iter().map(|row| row.index));
        world.sealed(Entry { at: NOON.plus(2000), ..ask(1, None) }).await;
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_period_is_looked_for_where_it_can_be_and_nothing_of_it_is_missed() {
    const TOLERANCE: i64 = 60_000;
    let world = World::new().await;
    let seed = new_seed();
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    let mut below = |most: i64| i64::try_from(random.next() % u64::try_from(most).unwrap()).unwrap();
    let (mut now, mut times) = (NOON, vec![world.store.newest().await.unwrap()]);
    for _ in 0..30 {
        let batch: Vec<Entry> =
            (0..8).map(|_| Entry { at: now.plus(below(TOLERANCE * 3 / 4)), ..ask(1, None) }).collect();
        times.extend(batch.iter().map(|entry| entry.at));
        assert!(world.one_batch(batch).await.iter().all(|outcome| outcome.starts_with("sealed")));
        // Sometimes hours pass; what was decided a little earlier elsewhere may come a little later.
        now = now.plus(if below(4) == 0 { below(7_200_000) } else { below(TOLERANCE) });
    }
    let size = u64::try_from(times.len()).unwrap();
    for _ in 0..500 {
        let from = NOON.plus(below(now.0 - NOON.0 + 2 * TOLERANCE) - TOLERANCE);
        let until = from.plus(below(3_600_000) + 1);
        let (first, end) = world.store.range_of(Some(from), Some(until), size).await.unwrap();
        for (index, at) in (0..size).zip(&times) {
            let inside = from <= *at && *at < until;
            assert!(!inside || (first <= index && index < end), "{index} at {at:?}: {first} to {end}");
            let near = from.plus(-2 * TOLERANCE) <= *at && *at < until.plus(2 * TOLERANCE);
            assert!(near || index < first || end <= index || first == 0, "{index} at {at:?} is far outside");
        }
    }
    assert_eq!(world.store.range_of(None, None, size).await.unwrap(), (0, size));
}

#[tokio::test]
async fn what_waited_while_the_clock_leapt_is_decided_again() {
    let world = World::new().await;
    let late = Entry { at: NOON.plus(3_600_000), ..ask(2, None) };
    let outcomes = world.one_batch(vec![ask(1, None), late]).await;
    assert_eq!(outcomes, ["stale", "sealed 1"]);
}

#[tokio::test]
async fn an_empty_ledger_has_no_entries_to_show() {
    let world = World::empty().await;
    let side = organisation(ACCARE);
    for client in [None, Some(client(1))] {
        let filter = EntryFilter { client, ..EntryFilter::default() };
        assert!(world.store.entries(&side, &filter, 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_register_remembers_a_client_until_it_is_told_to_forget() {
    let world = World::new().await;
    let register = Register::new(&world.store, 10);
    let unknown = register.current(&client(1)).await.unwrap();
    assert_eq!(unknown.revision, None);
    assert!(unknown.at(&organisation(ACCARE)).is_none());
    world.sealed(registered(1, None)).await;
    world.sealed(recorded(1, 1, &consent(1, false))).await;
    world.sealed(registered(2, None)).await;
    assert!(Arc::ptr_eq(&unknown, &register.current(&client(1)).await.unwrap()));

    register.forget(&client(1));
    let known = register.current(&client(1)).await.unwrap();
    assert_eq!(known.revision, Some(2));
    let file = known.at(&organisation(ACCARE)).unwrap();
    assert_eq!(file.consents, [consent(1, false)]);
    assert_eq!(file.registration.reference.as_str(), "dossier-1");
    assert!(known.at(&organisation(ASSEN)).is_none());
    assert!(Arc::ptr_eq(&known, &register.current(&client(1)).await.unwrap()));

    let other = register.current(&client(2)).await.unwrap();
    assert_eq!(other.revision, Some(1));
    assert!(other.at(&organisation(ACCARE)).unwrap().consents.is_empty());
}

#[tokio::test]
async fn a_new_registration_takes_the_place_of_the_one_before() {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    let mut again = registered(1, Some(1));
    if let Event::Registered { registration, .. } = &mut again.event {
        registration.parents.clear();
    }
    world.sealed(again).await;
    let file = Register::new(&world.store, 10).current(&client(1)).await.unwrap();
    assert_eq!(file.revision, Some(2));
    assert!(file.at(&organisation(ACCARE)).unwrap().registration.parents.is_empty());
    world.audited(3).await;
}

#[tokio::test]
async fn a_kind_of_event_is_found_both_ways_and_is_recorded_with_the_look() {
    let world = World::new().await;
    for number in 1..=3 {
        world.sealed(ask(number, None)).await;
        world.sealed(registered(number, None)).await;
    }
    let side = organisation(ACCARE);
    for (kind, expected) in [
        (None, 7),
        (Some(EventKind::Disclosures), 3),
        (Some(EventKind::Registrations), 3),
        (Some(EventKind::Others), 1),
        (Some(EventKind::AllButReadings), 7),
        (Some(EventKind::Readings), 0),
        (Some(EventKind::Consents), 0),
    ] {
        for client in [None, Some(client(2))] {
            let filter = EntryFilter { kind, client: client.clone(), ..EntryFilter::default() };
            let back = world.store.entries(&side, &filter, 100).await.unwrap();
            let mut forward = world.store.entries_from(&side, &filter, 0, 100, 100).await.unwrap();
            forward.reverse();
            let indexes =
                |rows: &[crate::store::EntryRow]| rows.iter().map(|row| row.index).collect::<Vec<_>>();
            assert_eq!(indexes(&back), indexes(&forward), "{kind:?}");
            let expected = if client.is_some() { expected / 3 } else { expected };
            assert_eq!(back.len(), expected, "{kind:?} {client:?}");
            assert_eq!(filter.read(LogView::Listing, 0, 7).filter.kind, kind);
        }
    }
}
