//! What a server must be before a ledger is kept in it.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::*;
use crate::store::Postgres;

fn at(database: &Database) -> Postgres {
    let Database::Postgres(postgres) = database else { panic!("not PostgreSQL") };
    postgres.clone()
}

/// An authority, with a certificate of its own for this name: PEM.
fn authority(name: &str) -> (String, String, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
    (ca.pem(), certificate.pem(), key.serialize_pem())
}

async fn why_not(database: Postgres) -> String {
    match Store::open(&Database::Postgres(database), 1).await {
        Ok(_) => "it opened".to_owned(),
        Err(error @ Error::Unfit(_)) => error.to_string(),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn many_gateways_that_start_at_once_on_an_empty_database_make_one_ledger() {
    let database = database_of(Cluster::shared());
    let mut opening = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let database = database.clone();
        opening.spawn(async move { Store::open(&database, 1).await.map(drop) });
    }
    while let Some(opened) = opening.join_next().await {
        opened.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_server_without_tls_or_with_a_strangers_certificate_is_refused_where_tls_is_required() {
    let cluster = Cluster::start(&[]);
    let dir = TempDir::new();
    let file = |name: &str, text: &str| {
        std::fs::write(dir.0.join(name), text).unwrap();
        Some(dir.0.join(name))
    };
    let (ca, certificate, key) = authority("localhost");
    let over_tcp =
        |host: &str, authorities| Postgres { host: host.into(), authorities, ..at(&database_of(&cluster)) };
    let trusted = file("ca.pem", &ca);
    let refused = why_not(over_tcp("localhost", trusted.clone())).await;
    assert!(refused.contains("TLS is required"), "{refused}");

    cluster.give("server.crt", &certificate);
    cluster.give("server.key", &key);
    for setting in [
        "ssl = on".to_owned(),
        format!("ssl_cert_file = '{}/server.crt'", cluster.folder.display()),
        format!("ssl_key_file = '{}/server.key'", cluster.folder.display()),
    ] {
        cluster.sql("postgres", &format!("alter system set {setting}"));
    }
    cluster.kill();
    cluster.resume();
    let store = Store::open(&Database::Postgres(over_tcp("localhost", trusted.clone())), 1).await.unwrap();
    for pool in [&store.writer, &store.readers] {
        let encrypted: i64 =
            sqlx::query_scalar("select count(*) from pg_stat_ssl where ssl and pid = pg_backend_pid()")
                .fetch_one(pool)
                .await
                .unwrap();
        assert_eq!(encrypted, 1);
    }
    store.close().await;
    for (host, authorities) in
        [("127.0.0.1", trusted.clone()), ("localhost", file("other.pem", &authority("localhost").0))]
    {
        let refused = why_not(over_tcp(host, authorities)).await;
        assert!(refused.contains("certificate"), "{host}: {refused}");
    }

    cluster.sql("postgres", "alter role sluis password 'open sesame'");
    cluster.give("data/pg_hba.conf", "local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
    cluster.sql("postgres", "select pg_reload_conf()");
    let with = |password| Postgres { host: "127.0.0.1".into(), password, ..at(&database_of(&cluster)) };
    for password in [None, file("wrong", "open\n")] {
        let refused = why_not(with(password)).await;
        assert!(refused.contains("password") && !refused.contains("open"), "{refused}");
    }
    assert_eq!(why_not(with(file("right", "open sesame\n"))).await, "it opened");
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_acknowledged_is_refused() {
    let cluster = Cluster::start(&["fsync = off"]);
    let refused = why_not(at(&database_of(&cluster))).await;
    assert!(refused.contains("fsync"), "{refused}");
}

#[tokio::test]
async fn a_database_of_another_encoding_or_none_at_all_is_refused() {
    let cluster = Cluster::shared();
    let mut database = at(&database_of(cluster));
    database.database = "sluis_ascii".into();
    let refused = why_not(database.clone()).await;
    assert!(refused.contains("none of this name"), "{refused}");
    cluster
        .sql("postgres", "create database sluis_ascii owner sluis encoding 'SQL_ASCII' template template0");
    let refused = why_not(database).await;
    assert!(refused.contains("UTF8"), "{refused}");
}

#[tokio::test]
async fn a_session_that_writes_is_durable_before_it_answers() {
    let world = World::empty().await;
    cluster_setting(&world, "alter database {} set synchronous_commit = off");
    let store = Store::open(&world.database, 1).await.unwrap();
    let setting: String = sqlx::query_scalar("select current_setting('synchronous_commit')")
        .fetch_one(&store.writer)
        .await
        .unwrap();
    assert_eq!(setting, "on");
}

fn cluster_setting(world: &World, text: &str) {
    let name = at(&world.database).database;
    Cluster::shared().sql("postgres", &text.replace("{}", &name));
}
