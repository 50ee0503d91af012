//! A ledger whose entries an operator divided over partitions, by the script that is shipped: it is the same ledger.

use super::*;

const SCRIPT: &str = include_str!("../../../../deploy/postgresql/partition-entries.sql");

/// Stops the gateway of this world, divides its entries, two hundred a part, and starts a gateway again.
async fn divided(world: World) -> World {
    let Database::Postgres(postgres) = &world.database else { panic!("not PostgreSQL") };
    world.store.close().await;
    let cluster = Cluster::shared();
    let script = format!("{}.sql", postgres.database);
    cluster.give(&script, SCRIPT);
    let script = cluster.folder.join(script);
    let own = format!("set role {}", cluster::ROLE);
    let given = ["-v", "entries=200", "-v", "parts=2", "-c", &own, "-f", script.to_str().unwrap()];
    cluster.psql(&postgres.database, &given);
    let store = Store::open(&world.database, 2).await.unwrap();
    let ledger = Ledger::start(&store, signing_key());
    World { store, ledger, ..world }
}

async fn refused(world: &World, statement: &'static str) -> String {
    sqlx::raw_sql(statement).execute(&world.store.writer).await.unwrap_err().to_string()
}

#[tokio::test]
async fn divided_entries_are_the_same_ledger_and_it_goes_on() {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    let consent = consent(1, false);
    world.sealed(recorded(1, 1, &consent)).await;
    world.one_batch((3..150).map(|_| ask(1, Some(2))).collect()).await;
    let before = world.store.checkpoint().await.unwrap();
    let world = divided(world).await;
    assert_eq!(world.store.checkpoint().await.unwrap(), before);
    world.audited(150).await;

    // Over the borders of the parts, and into what comes after the last.
    for from in [150, 300] {
        world.one_batch((from..from + 150).map(|_| ask(1, Some(2))).collect()).await;
    }
    world.sealed(withdrawn(1, 2, &consent)).await;
    assert_eq!(name(&world.seal(ask(1, Some(2))).await), "stale", "a withdrawal holds here too");
    let asked = with(ask(2, None), |disclosure| disclosure.request = request(9));
    assert_eq!(world.sealed(asked.clone()).await.index, 451);
    let again = Entry { nonce: Nonce::new([9; 16]), ..asked };
    assert_eq!(name(&world.seal(again).await), "repeat of 451");
    world.audited(452).await;
    let held: Vec<(String, i64)> = sqlx::query_as(
        "select cast(cast(tableoid as regclass) as text), count(*) from entry group by tableoid order by min(idx)",
    )
    .fetch_all(&world.store.readers)
    .await
    .unwrap();
    let expected = [("entry_0", 200), ("entry_1", 200), ("entry_rest", 52)];
    assert_eq!(held, expected.map(|(part, count)| (part.to_owned(), count)));
}

#[tokio::test]
async fn a_part_is_as_append_only_as_the_whole_and_has_nothing_of_its_own() {
    let world = divided(World::new().await).await;
    for statement in [
        "update entry set outcome = 'x'",
        "update entry_0 set outcome = 'x'",
        "delete from entry where idx = 0",
        "delete from entry_0",
        "truncate entry",
    ] {
        let refused = refused(&world, statement).await;
        assert!(refused.contains("append-only"), "{statement}: {refused}");
    }
    let plan: Vec<String> = sqlx::query_scalar("explain select body from entry where idx = 250")
        .fetch_all(&world.store.readers)
        .await
        .unwrap();
    let plan = plan.join("\n");
    assert!(plan.contains("entry_1") && !plan.contains("entry_0"), "one part is read: {plan}");
    sqlx::raw_sql("alter table entry_0 disable trigger entry_no_delete")
        .execute(&world.store.writer)
        .await
        .unwrap();
    Store::open(&world.database, 1).await.unwrap().close().await;
    assert!(refused(&world, "delete from entry_0").await.contains("append-only"), "it is back after opening");
    for change in [
        "create trigger extra before insert on entry_0 for each row execute function sluis_refuse('no')",
        "create rule extra as on insert to entry_0 do instead nothing",
        "alter table entry_0 enable row level security",
    ] {
        let world = divided(World::new().await).await;
        sqlx::raw_sql(change).execute(&world.store.writer).await.unwrap();
        let opened = Store::open(&world.database, 1).await;
        assert!(matches!(opened, Err(Error::Corrupt(_))), "{change}");
    }
}
