//! The ledger as tiles (c2sp.org/tlog-tiles), on a port of its own.

use std::net::{Ipv4Addr, SocketAddr};

use super::within::Within;
use crate::domain::OrganisationId;

/// `[tiles]`
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TilesSettings {
    /// Address and port: HTTPS, with the certificate and the client authorities of `[server]`.
    #[serde(default = "listen")]
    pub listen: SocketAddr,
    /// Organisations that may read the checkpoint and the hash tiles without being a party to the covenant.
    #[serde(default)]
    pub witnesses: Vec<OrganisationId>,
    /// Reads per second, per organisation, that go on for ever.
    #[serde(default)]
    pub requests_per_second: Within<1, 500, 1_000_000>,
    /// Reads at once, per organisation, after a quiet time.
    #[serde(default)]
    pub burst: Within<1, 2_000, 1_000_000>,
}

fn listen() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 8444).into()
}
