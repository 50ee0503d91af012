//! A ledger in PostgreSQL: the conformance suite, and what only a server shared with others can suffer.

use super::*;
use crate::store::Postgres;

#[path = "../conformance/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "one suite, run on both engines")]
mod conformance;

mod faults;
mod guarded;
mod lost;
mod opening;
mod partitions;
mod places;
mod promoted;
mod replicas;
mod wire;

type World = WorldOn<Server>;

/// A database of the cluster that all tests share.
pub(super) struct Server;

impl TestEngine for Server {
    fn database(_: &TempDir) -> Database {
        database_of(Cluster::shared())
    }
}

/// A new database of a cluster, reached over its Unix socket.
fn database_of(cluster: &Cluster) -> Database {
    Database::Postgres(Postgres {
        host: cluster.folder.to_str().unwrap().to_owned(),
        port: cluster.port,
        database: cluster.database(),
        user: cluster::ROLE.to_owned(),
        password: None,
        authorities: None,
        check_clock: false,
    })
}
