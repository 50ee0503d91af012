//! An OpenTelemetry collector, as logbooks and traces reach it: OTLP over gRPC and TLS, when there is something to send.

use std::time::Duration;

use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Error, Identity};

use crate::config::Collector;
use crate::contract::otlp::trace_service_client::TraceServiceClient;
use crate::contract::otlp::{AnyValue, KeyValue};

/// For a connection, and then as long for the handshake.
const CONNECT: Duration = Duration::from_secs(5);

/// Prepares it, with how long it may take to answer. Nothing is connected yet.
pub(super) fn reach(collector: &Collector, answer: Duration) -> Result<TraceServiceClient<Channel>, Error> {
    let ca = Certificate::from_pem(&collector.ca_pem);
    let mut tls = ClientTlsConfig::new().ca_certificate(ca).timeout(CONNECT);
    if let Some((certificate, key)) = &collector.identity {
        tls = tls.identity(Identity::from_pem(certificate, key));
    }
    if let Some(name) = &collector.server_name {
        tls = tls.domain_name(name);
    }
    let endpoint = Endpoint::from_shared(collector.endpoint.clone())?.tls_config(tls)?;
    Ok(TraceServiceClient::new(endpoint.connect_timeout(CONNECT).timeout(answer).connect_lazy()))
}

/// Attributes, as OTLP has them.
pub(super) fn pairs<'a>(attributes: impl IntoIterator<Item = (&'static str, &'a str)>) -> Vec<KeyValue> {
    let pair = |(key, value): (&str, &str)| KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { string_value: value.to_owned() }),
    };
    attributes.into_iter().map(pair).collect()
}

/// Of text that is hexadecimal by its type.
pub(super) fn unhex(text: &str) -> Vec<u8> {
    let digit =
        |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default();
    text.as_bytes().chunks(2).map(|pair| pair.iter().fold(0, |byte, c| byte << 4 | digit(*c))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_the_bytes_that_its_text_says() {
        assert_eq!(unhex("00ff10ab"), [0, 255, 16, 171]);
    }
}
