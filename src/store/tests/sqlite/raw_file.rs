//! One bit of the file itself: either it is found, or everything that can be read is what it was.

use std::time::Duration;

use super::*;
use crate::store::{EntryFilter, Register};

/// Everything that the gateway can read of this store, by every way it has.
async fn all_that_can_be_read(store: &Store) -> Result<String, Error> {
    let mut text = format!("{:?} {:?}", store.checkpoint().await?, store.covenant().await?);
    for index in 0..12 {
        text += &format!("{:?} {:?}", store.entry(index).await?, store.receipt(index).await?);
    }
    let register = Register::new(store, 10);
    for number in 0..5 {
        text += &format!("{:?}", register.current(&client(number)).await?);
        let filters = [
            EntryFilter { client: Some(client(number)), ..EntryFilter::default() },
            EntryFilter { requester: Some(requester(number + 5)), ..EntryFilter::default() },
        ];
        for filter in filters {
            text += &format!("{:?}", store.entries(&organisation(ASSEN), &filter, 100).await?);
        }
    }
    for table in [
        "select count(*) from entry",
        "select count(*) from tile",
        "select count(*) from client",
        "select count(*) from consent",
        "select count(*) from registration",
        "select count(*) from ledger_head",
    ] {
        let count: i64 = sqlx::query_scalar(table).fetch_one(&store.readers).await?;
        text += &format!("{count} ");
    }
    Ok(text)
}

#[tokio::test]
async fn any_flipped_bit_of_the_file_is_found_or_changes_nothing() {
    let seed = new_seed();
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    let world = World::new().await;
    for number in 1..=3 {
        world.sealed(registered(number, None)).await;
        world.sealed(recorded(number, 1, &consent(number, false))).await;
        world.sealed(ask(number, Some(2))).await;
    }
    let original = all_that_can_be_read(&world.store).await.unwrap();
    world.store.close().await;
    let bytes = std::fs::read(world.dir.file()).unwrap();
    assert!(!world.dir.0.join("ledger.db-wal").exists(), "everything is in the file");
    let written: Vec<usize> = (0..bytes.len()).filter(|place| bytes[*place] != 0).collect();
    let (mut refused_at_open, mut found, mut unchanged) = (0, 0, 0);
    for trial in 0..300 {
        // Most of a small file is empty: three in four trials hit something.
        let place =
            if trial % 4 == 0 { random.below(bytes.len()) } else { written[random.below(written.len())] };
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 << random.below(8);
        let dir = TempDir::new();
        std::fs::write(dir.file(), damaged).unwrap();
        let opened = tokio::time::timeout(Duration::from_mins(1), Store::open(&dir.file(), 1)).await;
        let opened = opened.unwrap_or_else(|_| panic!("byte {place}, trial {trial}: opening waits for ever"));
        let Ok(store) = opened else {
            refused_at_open += 1;
            continue;
        };
        let audited = tokio::time::timeout(Duration::from_mins(1), store.audit(&world.key, &|_, _| ())).await;
        let audited =
            audited.unwrap_or_else(|_| panic!("byte {place}, trial {trial}: the audit waits for ever"));
        if audited.is_err() {
            found += 1;
        } else {
            let now = all_that_can_be_read(&store).await;
            let same = now.as_ref().is_ok_and(|now| *now == original);
            assert!(same, "byte {place} of {}, trial {trial}: {:?}", bytes.len(), now.err());
            unchanged += 1;
        }
        store.close().await;
    }
    println!("{refused_at_open} refused at opening, {found} found by the audit, {unchanged} without effect");
    assert!(found > 30);
}
