//! The contract (`proto/sluis/v1`), as generated. Only the wire's own folders speak it; everywhere else domain types
//! travel. Its messages cannot be printed: they may hold client data.

/// Version 1.
#[expect(
    missing_docs,
    clippy::pedantic,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::large_enum_variant,
    reason = "generated"
)]
pub mod v1 {
    tonic::include_proto!("sluis.v1");
}

/// What is said of the OpenTelemetry Protocol (`proto/otlp`): a client, of a service that others serve.
#[expect(missing_docs, clippy::pedantic, clippy::allow_attributes_without_reason, reason = "generated")]
pub mod otlp {
    tonic::include_proto!("opentelemetry.proto.collector.trace.v1");
}

/// The compiled contract, for reflection.
pub const DESCRIPTOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sluis_descriptor.bin"));
