//! `[server]`: the gateway's port, and how much anybody may have of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::within::Within;

/// `[server]`
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port.
    #[serde(default = "server_listen")]
    pub listen: SocketAddr,
    /// The gateway's certificate, leaf first: PEM.
    pub certificate: PathBuf,
    /// Its private key: PEM. Secret.
    pub key: PathBuf,
    /// The authorities whose client certificates are accepted: PEM.
    pub client_ca: PathBuf,
    /// Revocation lists of all those authorities: PEM. Without, revocation is not checked.
    pub revocation_list: Option<PathBuf>,
    /// Whether the contract can be read from the port.
    #[serde(default)]
    pub reflection: bool,
    /// Connections at a time.
    #[serde(default)]
    pub max_connections: Within<1, 1_024, 100_000>,
    /// Connections at a time from one address (IPv6: one /64).
    #[serde(default)]
    pub max_connections_per_address: Within<1, 64, 100_000>,
    /// Connections at a time with certificates of one organisation.
    #[serde(default)]
    pub max_connections_per_organisation: Within<1, 256, 100_000>,
    /// TLS handshakes at a time; others wait for their turn.
    #[serde(default)]
    pub max_handshakes: Within<1, 128, 10_000>,
    /// How long a TLS handshake may take.
    #[serde(default)]
    pub handshake_timeout_ms: Within<100, 5_000, 60_000>,
    /// How long a call may take, waiting for its turn included; a caller may ask for less (`grpc-timeout`).
    #[serde(default)]
    pub request_timeout_ms: Within<100, 10_000, 120_000>,
    /// How long calls may go on after a stop was asked.
    #[serde(default)]
    pub drain_seconds: Within<0, 20, 300>,
    /// Calls that are worked on at a time, of all organisations together. While somebody waits, a turn goes to whoever has fewest.
    #[serde(default)]
    pub max_requests: Within<1, 1_024, 100_000>,
    /// Calls of one organisation that wait for a turn; more are refused.
    #[serde(default)]
    pub max_waiting_per_organisation: Within<0, 128, 100_000>,
    /// Calls under way at a time, per connection; more are refused.
    #[serde(default)]
    pub max_requests_per_connection: Within<1, 64, 10_000>,
    /// How long a connection may leave all its answers unread before it is cut off.
    #[serde(default)]
    pub unread_answers_ms: Within<100, 30_000, 600_000>,
    /// HTTP/2 streams at a time, per connection.
    #[serde(default)]
    pub max_concurrent_streams: Within<1, 128, 10_000>,
    /// The largest message, in and out.
    #[serde(default)]
    pub max_message_bytes: Within<4_096, 262_144, 4_194_304>,
    /// After how long a connection is asked to go, so that revocation and rotation reach everyone.
    #[serde(default)]
    pub connection_max_age_seconds: Within<10, 3_600, 86_400>,
    /// Calls per second, per organisation, that go on for ever.
    #[serde(default)]
    pub requests_per_second: Within<1, 200, 1_000_000>,
    /// Calls at once, per organisation, after a quiet time.
    #[serde(default)]
    pub burst: Within<1, 400, 1_000_000>,
}

fn server_listen() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 8443).into()
}
