//! HTTP/2 as nobody should speak it: frames by hand, over a real TLS connection with a real certificate.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::harness::Setting;

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const PRIORITY: u8 = 2;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame (RFC 9113 §4.1).
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A header as HPACK writes it without a table and without Huffman (RFC 7541 §6.2.2).
pub fn header(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0];
    for text in [name, value] {
        // A length of more than seven bits goes on in the next bytes.
        match u8::try_from(text.len()) {
            Ok(length) if length < 127 => bytes.push(length),
            _ => {
                bytes.push(127);
                let mut rest = text.len() - 127;
                while rest >= 128 {
                    bytes.push(u8::try_from(rest % 128).unwrap() | 128);
                    rest /= 128;
                }
                bytes.push(u8::try_from(rest).unwrap());
            }
        }
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// The headers of a call.
pub fn call(path: &str, token: &str) -> Vec<u8> {
    [
        header(":method", "POST"),
        header(":scheme", "https"),
        header(":path", path),
        header(":authority", "localhost"),
        header("content-type", "application/grpc"),
        header("te", "trailers"),
        header("authorization", &format!("Bearer {token}")),
    ]
    .concat()
}

/// A message as gRPC frames it.
pub fn message(bytes: &[u8]) -> Vec<u8> {
    [&[0][..], &u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// One connection, whose other side is read and thrown away, or not read at all.
pub struct Wire {
    pub write: WriteHalf<TlsStream<TcpStream>>,
    read: Option<ReadHalf<TlsStream<TcpStream>>>,
}

impl Wire {
    /// Connects with this organisation's certificate, and says how HTTP/2 begins, with these settings.
    pub async fn open(
        setting: &Setting,
        address: SocketAddr,
        organisation: &str,
        settings: &[u8],
    ) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(tls(setting, organisation)).connect(name, stream).await.ok()?;
        let (read, mut write) = tokio::io::split(stream);
        write.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, settings)].concat()).await.ok()?;
        Some(Self { write, read: Some(read) })
    }

    /// Reads whatever comes, and acknowledges nothing.
    pub fn read_on(&mut self) {
        let Some(mut read) = self.read.take() else { return };
        tokio::spawn(async move {
            let mut buffer = [0; 16 * 1024];
            while read.read(&mut buffer).await.is_ok_and(|n| n > 0) {}
        });
    }

    /// Sends; `false` when the other side has hung up.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.write.write_all(bytes).await.is_ok() && self.write.flush().await.is_ok()
    }
}

fn tls(setting: &Setting, organisation: &str) -> Arc<ClientConfig> {
    let read = |file: String| std::fs::read(setting.path().join(file)).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&read("ca/ca.pem".into())).unwrap()).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(&read(format!("{organisation}/cert.pem"))).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(&read(format!("{organisation}/key.pem"))).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}
