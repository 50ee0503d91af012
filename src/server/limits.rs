//! Every limit of the transport, set explicitly: what a library leaves unlimited, or may come to, is not left to it.

use std::time::Duration;

use tonic::transport::Server;

use crate::config::ServerSettings;

/// Streams a client opened and reset before we took them up: rapid reset, CVE-2023-44487 (T11).
pub const PENDING_RESETS: usize = 20;
/// Streams we had to reset for a client's errors: CVE-2025-8671, RUSTSEC-2024-0003 (T11).
pub const ERROR_RESETS: usize = 1024;
/// All headers of a call together; a token is at most 8 KiB. Bounds CONTINUATION floods, RUSTSEC-2024-0332 (T11).
pub const HEADER_BYTES: u32 = 16 * 1024;
/// One HTTP/2 frame: the smallest maximum there is (RFC 9113 §4.2), so the least that one frame can make us hold.
pub const FRAME_BYTES: u32 = 16 * 1024;
/// What one stream, and one connection, may send ahead of us: memory per connection has a bound (T10).
pub const STREAM_WINDOW: u32 = 64 * 1024;
/// See [`STREAM_WINDOW`].
pub const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// How often a silent client is asked whether it is still there, and how long it may take to say so (T11).
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_mins(1);
/// See [`KEEPALIVE_INTERVAL`].
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// Sets every limit of the protocol; how many calls there are, and how long they take, is for `admission`. What remains is per
/// service and for whoever adds it:
/// `max_decoding_message_size` and `max_encoding_message_size` (unlimited if unset!), both `max_message_bytes`; and
/// no compression, so that there is nothing to inflate (T10).
pub fn apply(server: Server, settings: &ServerSettings) -> Server {
    server
        // Unlimited if unset: tonic's default overrides hyper's (T11).
        .max_concurrent_streams(settings.max_concurrent_streams.number())
        .http2_max_pending_accept_reset_streams(Some(PENDING_RESETS))
        .http2_max_local_error_reset_streams(Some(ERROR_RESETS))
        .http2_max_header_list_size(HEADER_BYTES)
        .max_frame_size(FRAME_BYTES)
        // Fixed windows: adaptive ones grow with what the client claims to need (T10).
        .http2_adaptive_window(Some(false))
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        // So that a revoked certificate does not live on in an old connection (T18). With a grace period, tonic sends
        // no GOAWAY but cuts the connection off; so there is none here, and `listener` ends those who stay.
        .max_connection_age(settings.connection_max_age_seconds.seconds())
        .accept_http1(false)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arc_swap::ArcSwap;
    use tokio::net::TcpListener;
    use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};
    use tonic::{Code, Request, Status};
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_client::HealthClient;
    use tonic_health::pb::health_server::HealthServer;
    use tonic_health::server::{HealthReporter, HealthService};

    use super::*;
    use crate::server::Peer;
    use crate::server::testing::{Authority, OIN, soon};

    fn settings() -> ServerSettings {
        toml::from_str("certificate = 'c'\nkey = 'k'\nclient_ca = 'a'\nmax_concurrent_streams = 7").unwrap()
    }

    /// Serves health, to callers whose organisation is known.
    async fn serve(authority: &Authority) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tls = Arc::new(ArcSwap::new(authority.server()));
        let connections = crate::server::accept(listener, tls, (&settings()).into());
        let known = |request: Request<()>| match request.extensions().get::<Peer>() {
            Some(peer) if peer.certificate.organisation.as_str() == OIN => Ok(request),
            _ => Err(Status::unauthenticated("no organisation")),
        };
        let health = HealthService::from_health_reporter(HealthReporter::new());
        let health = HealthServer::with_interceptor(health, known);
        let server = apply(Server::builder(), &settings()).add_service(health);
        tokio::spawn(server.serve_with_incoming(connections));
        address
    }

    #[tokio::test]
    async fn a_handler_knows_the_organisation_and_headers_have_a_limit() {
        let authority = Authority::new();
        let port = serve(&authority).await.port();
        let own = authority.issue(Some(OIN));
        let tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(authority.pem()))
            .identity(Identity::from_pem(own.certificate, own.key))
            .domain_name("localhost");
        let endpoint = Endpoint::from_shared(format!("https://127.0.0.1:{port}")).unwrap();
        let channel = soon(endpoint.tls_config(tls).unwrap().connect()).await.unwrap();
        let mut client = HealthClient::new(channel);
        for (header_bytes, fits) in [(1, true), (8 * 1024, true), (17 * 1024, false), (1, true)] {
            let mut request = Request::new(HealthCheckRequest::default());
            let value = "a".repeat(header_bytes);
            request.metadata_mut().insert("authorization", value.parse().unwrap());
            let answer = soon(client.check(request)).await;
            assert_eq!(answer.is_ok(), fits, "{header_bytes}: {answer:?}");
            assert_ne!(answer.err().map(|status| status.code()), Some(Code::Unauthenticated));
        }
    }

    #[tokio::test]
    async fn a_client_is_told_how_many_streams_it_may_open() {
        let authority = Authority::new();
        let address = serve(&authority).await;
        let own = authority.issue(Some(OIN));
        let stream = soon(authority.connect(address, Some(&own))).await.unwrap();
        let (_sender, mut connection) = soon(h2::client::handshake(stream)).await.unwrap();
        soon(std::future::poll_fn(|cx| {
            assert!(std::pin::Pin::new(&mut connection).poll(cx).is_pending(), "the server hung up");
            if connection.max_concurrent_send_streams() == 7 {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        }))
        .await;
    }
}
