//! Several gateways on one database: one order, one ledger, one truth.

use super::*;
use crate::ledger::SigningKey;
use crate::store::{Postgres, Register};

/// Another gateway on the same database.
async fn replica(world: &World) -> (Store, Ledger) {
    let store = Store::open(&world.database, 2).await.unwrap();
    let ledger = Ledger::start(&store, signing_key());
    (store, ledger)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn any_gateway_seals_and_together_they_make_one_ledger_without_gaps() {
    let world = World::new().await;
    let (second, third) = (replica(&world).await, replica(&world).await);
    let mut tasks = tokio::task::JoinSet::new();
    for ledger in [&world.ledger, &second.1, &third.1] {
        for _ in 0..10 {
            let ledger = ledger.clone();
            tasks.spawn(async move {
                let mut indexes = Vec::new();
                for _ in 0..30 {
                    let entry = ask(1, None);
                    let body = entry.encode().unwrap();
                    match ledger.seal(Submission { entry, spent: vec![] }).await {
                        Ok(SealOutcome::Sealed(sealed)) => {
                            sealed.receipt.verify(&body, ORIGIN, signing_key().verifier()).unwrap();
                            indexes.push(sealed.index);
                        }
                        other => panic!("{}", name(&other)),
                    }
                }
                indexes
            });
        }
    }
    let mut indexes = Vec::new();
    while let Some(done) = tasks.join_next().await {
        indexes.extend(done.unwrap());
    }
    indexes.sort_unstable();
    assert_eq!(indexes, (1..=900).collect::<Vec<u64>>());
    // The tiles too, which no gateway saw all the leaves of.
    world.audited(901).await;
}

#[tokio::test]
async fn what_was_withdrawn_at_one_gateway_is_stale_at_every_other_and_then_known_there() {
    let world = World::new().await;
    let (store, ledger) = replica(&world).await;
    world.sealed(registered(1, None)).await;
    world.sealed(recorded(1, 1, &consent(1, false))).await;
    let register = Register::new(&store, 10);
    assert_eq!(register.current(&client(1)).await.unwrap().revision, Some(2));
    world.sealed(withdrawn(1, 2, &consent(1, false))).await;
    let file = register.current(&client(1)).await.unwrap();
    assert_eq!(file.revision, Some(2), "the other gateway's memory is not asked");
    let asked = ledger.seal(Submission { entry: ask(1, file.revision), spent: vec![] }).await;
    assert_eq!(name(&asked), "stale");
    register.forget(&client(1));
    let file = register.current(&client(1)).await.unwrap();
    assert!(file.at(&organisation(ACCARE)).unwrap().consents[0].withdrawn.is_some());
    let asked = ledger.seal(Submission { entry: ask(1, file.revision), spent: vec![] }).await;
    assert_eq!(name(&asked), "sealed 4");
    world.audited(5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn once_a_withdrawal_is_answered_no_answer_of_any_gateway_rests_on_the_consent() {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    world.sealed(recorded(1, 1, &consent(1, false))).await;
    let gateways = [replica(&world).await, replica(&world).await, replica(&world).await];
    let mut asking = tokio::task::JoinSet::new();
    for (store, ledger) in &gateways {
        let register = Register::new(store, 10);
        for _ in 0..4 {
            let (ledger, register) = (ledger.clone(), register.clone());
            asking.spawn(async move {
                let mut sealed = Vec::new();
                while sealed.len() < 25 {
                    let revision = register.current(&client(1)).await.unwrap().revision;
                    match ledger.seal(Submission { entry: ask(1, revision), spent: vec![] }).await {
                        Ok(SealOutcome::Sealed(proof)) => sealed.push((proof.index, revision)),
                        Ok(SealOutcome::Stale) => register.forget(&client(1)),
                        other => panic!("{}", name(&other)),
                    }
                }
                sealed
            });
        }
    }
    while world.store.checkpoint().await.unwrap().0 < 60 {}
    let barrier = world.sealed(withdrawn(1, 2, &consent(1, false))).await.index;
    let (mut before, mut after) = (0, 0);
    while let Some(sealed) = asking.join_next().await {
        for (index, revision) in sealed.unwrap() {
            assert_eq!(
                revision,
                Some(if index < barrier { 2 } else { 3 }),
                "entry {index}, barrier {barrier}"
            );
            *if index < barrier { &mut before } else { &mut after } += 1;
        }
    }
    println!("{before} before the barrier, {after} after");
    assert!(before > 0 && after > 0);
    world.audited(4 + before + after).await;
}

#[tokio::test]
async fn of_several_gateways_that_start_with_the_same_covenant_one_brings_it_into_force() {
    let world = World::new().await;
    let (_, other) = replica(&world).await;
    assert_eq!(name(&hand_in(&other, adopted('a', 'a', 1)).await), "stale");
    world.audited(1).await;
}

#[tokio::test]
async fn one_request_sent_to_several_gateways_is_first_at_one_of_them() {
    let world = World::new().await;
    let (_, other) = replica(&world).await;
    let asked = || with(ask(1, None), |d| d.request = request(5));
    assert_eq!(name(&world.seal(asked()).await), "sealed 1");
    let again = other.seal(Submission { entry: asked(), spent: vec![] }).await;
    assert_eq!(name(&again), "repeat of 1");
    world.audited(2).await;
}

#[tokio::test]
async fn a_gateway_with_another_key_or_name_writes_nothing_and_stops() {
    let world = World::new().await;
    for (origin, seed) in [(ORIGIN, 8), ("other.example/ledger", 7)] {
        let store = Store::open(&world.database, 1).await.unwrap();
        let key = Arc::new(SigningKey::from_seed(origin, &[seed; 32]).unwrap());
        assert!(store.audit(key.verifier(), &|_, _| ()).await.is_err(), "at the start it is found as well");
        let ledger = Ledger::start(&store, key);
        let refused = ledger.seal(Submission { entry: ask(1, None), spent: vec![] }).await;
        assert_eq!(name(&refused), Error::OtherKey.to_string());
        ledger.stopped().await;
    }
    world.sealed(ask(1, None)).await;
    world.audited(2).await;
}

#[tokio::test]
async fn a_gateway_of_another_version_writes_nothing_and_stops() {
    let world = World::new().await;
    let newer = "insert into _sqlx_migrations select 999, description, installed_on, success, checksum, execution_time \
         from _sqlx_migrations where version = 1";
    sqlx::raw_sql(newer).execute(&world.store.writer).await.unwrap();
    assert_eq!(name(&world.seal(ask(1, None)).await), Error::OtherVersion.to_string());
    world.ledger.stopped().await;
    assert!(matches!(Store::open(&world.database, 1).await, Err(Error::Schema(_))));
    world.audited(1).await;
}

#[tokio::test]
async fn a_gateway_whose_clock_is_ahead_of_the_databases_writes_nothing() {
    let world = World::empty().await;
    let Database::Postgres(postgres) = &world.database else { panic!("not PostgreSQL") };
    let checked = Database::Postgres(Postgres { check_clock: true, ..postgres.clone() });
    let store = Store::open(&checked, 1).await.unwrap();
    let ledger = Ledger::start(&store, signing_key());
    let at = |at: i64, entry: Entry| Entry { at: Timestamp(at), ..entry };
    let long_ago = 1_000_000;
    assert_eq!(name(&hand_in(&ledger, at(long_ago, adopted('a', 'a', 1))).await), "sealed 0");
    let (now, _): (i64, i64) = sqlx::query_as(
        "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint), cast(0 as bigint)",
    )
    .fetch_one(&store.readers)
    .await
    .unwrap();
    let ahead = Error::ClockAhead.to_string();
    for (moment, outcome) in
        [(now + 120_000, ahead.as_str()), (i64::MAX, ahead.as_str()), (now + 30_000, "sealed 1")]
    {
        assert_eq!(name(&hand_in(&ledger, at(moment, ask(1, None))).await), outcome);
    }
    world.audited(2).await;
}

#[tokio::test]
async fn a_gateway_that_hangs_with_the_lock_in_hand_holds_up_the_others_for_seconds_only() {
    let world = World::new().await;
    let (store, _) = replica(&world).await;
    let mut hanging = store.writer.acquire().await.unwrap();
    sqlx::raw_sql("begin; update ledger_head set size = size").execute(&mut *hanging).await.unwrap();
    assert_eq!(name(&world.seal(ask(1, None)).await), "sealed 1");
    let cut_off = sqlx::raw_sql("commit").execute(&mut *hanging).await;
    assert!(cut_off.is_err());
    world.audited(2).await;
}

#[tokio::test]
async fn a_batch_is_checked_by_the_keys_of_its_requests_whatever_the_planner_knows() {
    let world = World::new().await;
    let mut connection = world.store.writer.acquire().await.unwrap();
    let ask =
        "set enable_seqscan = off; set plan_cache_mode = force_generic_plan; set enable_bitmapscan = off";
    sqlx::raw_sql(ask).execute(&mut *connection).await.unwrap();
    let prepare = format!("prepare outdated (bigint, bigint) as {}", crate::store::batch::OUTDATED);
    #[expect(clippy::disallowed_methods, reason = "a static text with a word before it")]
    let prepare = sqlx::AssertSqlSafe(prepare);
    sqlx::raw_sql(prepare).execute(&mut *connection).await.unwrap();
    let rows = sqlx::raw_sql("explain execute outdated (1, 65)").fetch_all(&mut *connection).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| sqlx::Row::get(row, 0)).collect();
    let plan = plan.join("\n");
    assert!(plan.contains("entry_request on entry p") && plan.contains("client_pkey"), "{plan}");
    assert!(!plan.contains("entry_pkey on entry p"), "the whole ledger would be read: {plan}");
}
