//! Where each client's entries stand, as the ledger grows and as its oldest entries go.

use super::retention::{expire, plan};
use super::*;
use crate::store::EntryFilter;

pub(in crate::store) const GROWN: u64 = 8_300;

/// So many entries that a run of 4,096 has all its sheets and the next has some: of two hundred clients in no order, and of nobody.
pub(in crate::store) async fn grown(random: &mut Random) -> (World, Vec<Option<u8>>) {
    let world = World::new().await;
    let mut clients = vec![None];
    while (clients.len() as u64) < GROWN {
        let several = usize::try_from(GROWN).unwrap() - clients.len();
        let batch: Vec<Option<u8>> = (0..several.min(250))
            .map(|_| Some(random.below(230)).filter(|n| *n < 200).map(|n| u8::try_from(n).unwrap()))
            .collect();
        let looked = || EntryFilter::default().read(LogView::Listing, 0, 1);
        let read = || entry(None, None, Event::LogRead(Box::new(looked())));
        let entries = batch.iter().map(|number| number.map_or_else(read, |number| ask(number, None)));
        world.one_batch(entries.collect()).await;
        clients.extend(batch);
    }
    (world, clients)
}

async fn compare(world: &World, clients: &[Option<u8>], random: &mut Random) {
    for trial in 0..120_usize {
        let number = u8::try_from(random.below(201)).unwrap();
        let bound = |random: &mut Random| random.next() % (GROWN + 300);
        let within = if trial < 30 { 0..u64::MAX } else { bound(random)..bound(random) };
        let expected: Vec<u64> = (0..)
            .zip(clients)
            .filter(|(index, client)| within.contains(index) && **client == Some(number))
            .map(|(index, _)| index)
            .collect();
        let found = world.store.places(&client(number), within.clone()).await.unwrap();
        assert_eq!(found, expected, "client {number} within {within:?}");
        let filter = EntryFilter {
            client: Some(client(number)),
            before: Some(within.end),
            after: Some(within.start),
            ..EntryFilter::default()
        };
        let side = organisation(ACCARE);
        let newest: Vec<u64> =
            world.store.entries(&side, &filter, 7).await.unwrap().iter().map(|row| row.index).collect();
        assert_eq!(newest, expected.iter().rev().take(7).copied().collect::<Vec<_>>());
        let (from, until) = (within.start, within.end.min(GROWN));
        let oldest = world.store.entries_from(&side, &filter, from, until, 70).await.unwrap();
        let oldest: Vec<u64> = oldest.iter().map(|row| row.index).collect();
        assert_eq!(oldest, expected.iter().take(70).copied().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn every_entry_of_a_client_is_found_however_old_and_what_retention_took_is_not() {
    let seed = new_seed();
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    let (world, mut clients) = grown(&mut random).await;
    world.audited(GROWN).await;
    compare(&world, &clients, &mut random).await;
    let sheets: i64 = sqlx::query_scalar("select count(*) from client_place")
        .fetch_one(&world.store.readers)
        .await
        .unwrap();
    assert_eq!(sheets, 32 - 15, "a sheet for every bucket from the first complete run on");

    let expiry = plan(&world).await;
    assert_eq!(expire(&world, expiry).await, format!("sealed {GROWN}"));
    clients.fill(None);
    world.audited(GROWN + 1).await;
    compare(&world, &clients, &mut random).await;
    let left: i64 = sqlx::query_scalar("select coalesce(sum(length(places)), 0) from client_place")
        .fetch_one(&world.store.readers)
        .await
        .unwrap();
    assert_eq!(left, 0);
}
