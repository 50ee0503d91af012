//! The real server in a folder of its own, and the parties that talk to it.
//!
//! Nothing is mocked: real certificates, real tokens, real SQLite or PostgreSQL on a real disk, the real configuration file.

pub mod caller;
#[path = "../../cluster/mod.rs"]
#[expect(dead_code, reason = "the tests of the store use the rest")]
pub mod cluster;
pub mod collector;
pub mod custodian;
#[path = "../../disk/mod.rs"]
#[expect(dead_code, reason = "the tests of the store use the rest")]
pub mod disk;
mod folder;
pub mod gateway;
pub mod requests;
pub mod setting;
pub mod tiles;
pub mod witness;

pub use caller::Caller;
pub use cluster::Cluster;
pub use collector::Collector;
pub use custodian::HeldUp;
pub use folder::Folder;
pub use gateway::{Process, TestGateway, ended};
pub use requests::*;
pub use setting::{Custody, Setting, shipped_parties};
pub use tiles::{Answer, free_address, get};
pub use witness::WitnessHouse;

/// Care providers and municipalities of `deploy/parties.toml`.
pub const ACCARE: &str = "00000099000000000101";
pub const GGZ_DRENTHE: &str = "00000099000000000102";
pub const VNN: &str = "00000099000000000103";
pub const YORNEO: &str = "00000099000000000104";
pub const AMBIQ: &str = "00000099000000000105";
pub const COSIS: &str = "00000099000000000106";
pub const ASSEN: &str = "00000099000000000201";
pub const HOOGEVEEN: &str = "00000099000000000202";
pub const MIDDEN_DRENTHE: &str = "00000099000000000203";
pub const SCHOOL: &str = "00000099000000000301";
pub const INSTITUTION: &str = "00000099000000000401";
pub const CRISIS_SERVICE: &str = "00000099000000000404";
pub const GATEWAY: &str = "00000099000000000001";

/// The n-th test BSN (999900006 and up) that passes the eleven test.
pub fn bsn(n: usize) -> String {
    (999_900_006_u32..=999_999_990)
        .map(|b| b.to_string())
        .filter(|b| sluis::domain::Bsn::parse(b).is_ok())
        .nth(n)
        .unwrap()
}

/// A fresh request id.
pub fn request_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
