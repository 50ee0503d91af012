//! What was recorded stays, by the engine's own account as well; and what its owner changes all the same, the audit names.

use super::*;

fn cluster_and_name(world: &World) -> (&'static Cluster, &str) {
    let Database::Postgres(postgres) = &world.database else { panic!("not PostgreSQL") };
    (Cluster::shared(), &postgres.database)
}

#[tokio::test]
async fn the_engine_refuses_to_change_or_delete_what_was_recorded() {
    let world = World::new().await;
    world.one_batch((1..256).map(|_| ask(1, None)).collect()).await;
    for statement in [
        "update entry set outcome = 'released' where idx = 1",
        "update entry set idx = 300 where idx = 255",
        "delete from entry where idx = 255",
        "truncate entry",
        "update tile set root = hashes",
        "delete from tile",
        "truncate tile",
        "update ledger_head set size = size - 1",
        "delete from ledger_head",
        "truncate ledger_head",
        "truncate covenant",
        "update covenant set files = ''",
        "truncate client_place",
        "truncate retention",
        "truncate unconsented_release",
    ] {
        let refused = sqlx::query(statement).execute(&world.store.writer).await.unwrap_err().to_string();
        let words = ["append-only", "stays what it was", "by an entry", "not dropped"];
        assert!(words.iter().any(|word| refused.contains(word)), "{statement}: {refused}");
        let refused = sqlx::query(statement).execute(&world.store.readers).await.unwrap_err().to_string();
        assert!(refused.contains("read-only"), "{statement}: {refused}");
    }
    world.audited(256).await;
}

#[tokio::test]
async fn dropped_triggers_are_back_after_opening_and_any_other_change_of_the_schema_is_refused() {
    let world = World::new().await;
    for dropped in
        ["drop trigger entry_no_update on entry", "alter table entry disable trigger entry_no_update"]
    {
        sqlx::raw_sql(dropped).execute(&world.store.writer).await.unwrap();
        assert!(sqlx::query("update entry set outcome = outcome").execute(&world.store.writer).await.is_ok());
        Store::open(&world.database, 1).await.unwrap().close().await;
        assert!(sqlx::query("update entry set outcome = 'x'").execute(&world.store.writer).await.is_err());
    }
    for change in [
        "create trigger extra before insert on entry execute function sluis_refuse('no')",
        "create rule extra as on insert to consent do instead nothing",
        "drop index consent_client",
        "alter table tile rename column root to roof",
        "alter table tile alter column root drop not null",
        "alter table ledger_head drop constraint ledger_head_id_check",
        "alter table entry enable row level security",
        "create table a (b text)",
    ] {
        let world = World::new().await;
        sqlx::raw_sql(change).execute(&world.store.writer).await.unwrap();
        assert!(matches!(Store::open(&world.database, 1).await, Err(Error::Corrupt(_))), "{change}");
    }
}

#[tokio::test]
async fn what_the_owner_of_the_database_changes_is_found_and_named() {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    world.sealed(recorded(1, 1, &consent(1, false))).await;
    world.one_batch((0..300).map(|_| ask(1, Some(2))).collect()).await;
    world.one_batch((0..300).map(|_| ask(2, None)).collect()).await;
    let size = world.audit().await.unwrap().size;
    let (cluster, name) = cluster_and_name(&world);
    for (change, named) in [
        ("update entry set outcome = 'done' where idx = 5", "entry 5"),
        ("update entry set client = null where idx = 300", "entry 300"),
        ("update entry set body = set_byte(body, 9, 65) where idx = 7", "entry 7"),
        ("update entry set leaf = set_byte(leaf, 0, get_byte(leaf, 0) # 1) where idx = 600", "entry 600"),
        ("update entry set at = at + 1 where idx = 100", "entry 100"),
        ("delete from entry where idx = 400", "entry 401"),
        ("update tile set hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) where n = 1", "tile 0/1"),
        ("delete from tile where n = 0", "tile 0/0"),
        ("update ledger_head set size = size + 1", "the head"),
        ("update ledger_head set checkpoint = replace(checkpoint, '6', '7')", "the head"),
        ("update client set revision = 9", "the table client"),
        ("delete from consent", "the table consent"),
        ("update registration set body = replace(body, 'dossier', 'dosier')", "the table registration"),
        ("update covenant set files = replace(files, 'a', 'b')", "the table covenant"),
        ("insert into covenant select 'x', files from covenant", "the table covenant"),
        ("update retention set before = 3", ""),
    ] {
        cluster.sql(name, &format!("set session_replication_role = replica; {KEEP} {change}"));
        let problem = world.audit().await.expect_err(change).to_string();
        assert!(problem.starts_with(named), "{change}: {problem}");
        cluster.sql(name, &format!("set session_replication_role = replica; {PUT_BACK}"));
        world.audited(size).await;
    }
}

/// Every table aside, in a schema of its own.
const KEEP: &str = "create schema kept; create table kept.entry as table entry; create table kept.tile as table tile; \
     create table kept.ledger_head as table ledger_head; create table kept.client as table client; \
     create table kept.registration as table registration; create table kept.consent as table consent; \
     create table kept.covenant as table covenant; create table kept.retention as table retention;";
const PUT_BACK: &str = "delete from entry; delete from tile; delete from ledger_head; delete from client; delete from registration; \
     delete from consent; delete from covenant; delete from retention; insert into entry table kept.entry; \
     insert into tile table kept.tile; insert into ledger_head table kept.ledger_head; insert into client table kept.client; \
     insert into registration table kept.registration; insert into consent table kept.consent; \
     insert into covenant table kept.covenant; insert into retention table kept.retention; drop schema kept cascade;";
