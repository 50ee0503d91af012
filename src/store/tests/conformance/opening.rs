//! What opening a database sets up, checks and refuses.

use super::*;

#[tokio::test]
async fn the_schema_of_another_version_is_refused() {
    for statement in [
        "update _sqlx_migrations set checksum = substr(checksum, 2)",
        "update _sqlx_migrations set success = false",
        "insert into _sqlx_migrations select 999, description, installed_on, success, checksum, execution_time \
         from _sqlx_migrations where version = 1",
    ] {
        let world = World::new().await;
        sqlx::raw_sql(statement).execute(&world.store.writer).await.unwrap();
        let refused = Store::open(&world.database, 1).await;
        assert!(matches!(refused, Err(Error::Schema(_))), "{statement}");
    }
}

#[tokio::test]
async fn a_ledger_is_found_again_as_it_was_left() {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    let before = world.audit().await.unwrap();
    let checkpoint = world.store.checkpoint().await.unwrap();
    world.store.close().await;
    let store = Store::open(&world.database, 1).await.unwrap();
    assert_eq!(store.audit(&world.key, &|_, _| ()).await.unwrap(), before);
    assert_eq!(store.checkpoint().await.unwrap(), checkpoint);
    let ledger = Ledger::start(&store, signing_key());
    let outcome = ledger.seal(Submission { entry: ask(1, Some(1)), spent: vec![] }).await;
    assert_eq!(name(&outcome), "sealed 2");
}
