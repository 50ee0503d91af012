//! The only place, with [`crate::custodian`]'s client side, that says tonic and prost.

pub mod custodian_server;
pub mod incoming;
