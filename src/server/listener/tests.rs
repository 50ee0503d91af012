use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::transport::server::Connected as _;

use super::*;
use crate::server::testing::{Authority, OIN, soon};

const LIMITS: ConnectionLimits = ConnectionLimits {
    connections: 10,
    per_address: 10,
    per_organisation: 10,
    calls: 10,
    unread: Duration::from_mins(1),
    handshakes: 10,
    handshake: Duration::from_secs(20),
    lifetime: Duration::from_mins(1),
};

/// A port with the authority it trusts.
struct Port {
    authority: Authority,
    address: SocketAddr,
    tls: Arc<ArcSwap<ServerConfig>>,
    connections: ReceiverStream<Result<Connection, io::Error>>,
}

impl Port {
    async fn open(limits: ConnectionLimits) -> Self {
        Self::open_after(Vec::new(), limits).await
    }

    /// A port whose listener first fails in these ways.
    async fn open_after(failures: Vec<io::Error>, limits: ConnectionLimits) -> Self {
        let authority = Authority::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tls = Arc::new(ArcSwap::new(authority.server()));
        let failures = tokio_stream::iter(failures.into_iter().map(Err));
        let incoming = failures.chain(TcpListenerStream::new(listener));
        let connections = accept_from(incoming, tls.clone(), limits, HTTP2);
        Self { authority, address, tls, connections }
    }

    /// Lets a client of the authority in, and gives both ends.
    async fn let_in(&mut self) -> (tokio_rustls::client::TlsStream<TcpStream>, Connection) {
        let own = self.authority.issue(Some(OIN));
        let client = soon(self.authority.connect(self.address, Some(&own))).await.unwrap();
        let connection = soon(self.connections.next()).await.unwrap().unwrap();
        assert_eq!(connection.address().unwrap(), client.get_ref().0.local_addr().unwrap());
        (client, connection)
    }
}

#[tokio::test]
async fn only_a_certificate_of_the_authority_that_names_an_organisation_gets_in() {
    let mut port = Port::open(LIMITS).await;
    let other = Authority::new().issue(Some(OIN));
    let nameless = port.authority.issue(None);
    for (stranger, who) in
        [(None, "no certificate"), (Some(&other), "other authority"), (Some(&nameless), "no organisation")]
    {
        assert!(port.authority.is_refused(port.address, stranger).await, "{who}");
    }
    let mut noise = TcpStream::connect(port.address).await.unwrap();
    noise.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = soon(noise.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP"));

    let (mut client, mut connection) = port.let_in().await;
    assert_eq!(connection.connect_info().certificate.organisation.as_str(), OIN);
    client.write_all(b"hello").await.unwrap();
    let mut heard = [0; 5];
    soon(connection.read_exact(&mut heard)).await.unwrap();
    assert_eq!(&heard, b"hello");
}

#[tokio::test]
async fn a_client_that_never_finishes_its_handshake_holds_nobody_up_and_is_dropped_at_the_deadline() {
    let mut port = Port::open(ConnectionLimits { handshake: Duration::from_millis(300), ..LIMITS }).await;
    let mut silent = TcpStream::connect(port.address).await.unwrap();
    port.let_in().await;
    assert_eq!(soon(silent.read(&mut [0])).await.unwrap(), 0);
}

#[tokio::test]
async fn when_all_handshakes_are_taken_the_next_client_has_its_turn_after_the_deadline() {
    let limits = ConnectionLimits { handshake: Duration::from_millis(300), handshakes: 1, ..LIMITS };
    let mut port = Port::open(limits).await;
    let _silent = TcpStream::connect(port.address).await.unwrap();
    port.let_in().await;
}

#[tokio::test]
async fn one_connection_too_many_is_refused_and_there_is_room_again_when_one_closes() {
    for limits in [
        ConnectionLimits { connections: 1, ..LIMITS },
        ConnectionLimits { per_address: 1, ..LIMITS },
        ConnectionLimits { per_organisation: 1, ..LIMITS },
    ] {
        let mut port = Port::open(limits).await;
        let first = port.let_in().await;
        let second = port.authority.issue(Some(OIN));
        assert!(port.authority.is_refused(port.address, Some(&second)).await, "{limits:?}");
        drop(first);
        port.let_in().await;
    }
}

#[tokio::test]
async fn no_error_of_the_listener_ends_it() {
    const TOO_MANY_FILES: i32 = 24;
    let failures = vec![
        io::Error::from_raw_os_error(TOO_MANY_FILES),
        io::ErrorKind::ConnectionAborted.into(),
        io::ErrorKind::ConnectionReset.into(),
        io::ErrorKind::OutOfMemory.into(),
        io::ErrorKind::Other.into(),
    ];
    Port::open_after(failures, LIMITS).await.let_in().await;
}

#[tokio::test]
async fn another_tls_configuration_holds_from_the_next_handshake_on() {
    let mut port = Port::open(LIMITS).await;
    let (mut client, mut connection) = port.let_in().await;
    let (before, after) = (port.authority.issue(Some(OIN)), Authority::new());
    port.tls.store(after.server());
    port.authority = after;
    assert!(port.authority.is_refused(port.address, Some(&before)).await);
    port.let_in().await;
    connection.write_all(b"still here").await.unwrap();
    connection.flush().await.unwrap();
    soon(client.read_exact(&mut [0; 10])).await.unwrap();
}

#[tokio::test]
async fn a_connection_ends_at_the_end_of_its_lifetime_even_if_its_client_stays() {
    let mut port = Port::open(ConnectionLimits { lifetime: Duration::from_millis(50), ..LIMITS }).await;
    let (_client, mut connection) = port.let_in().await;
    let ended = soon(connection.read(&mut [0])).await;
    assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::TimedOut);
}

#[tokio::test]
async fn the_port_closes_when_nobody_takes_its_connections_any_more() {
    let port = Port::open(LIMITS).await;
    drop(port.connections);
    soon(async { while TcpStream::connect(port.address).await.is_ok() {} }).await;
}
