//! Sluis: a consent-aware information-sharing gateway between care providers and the social domain.
//!
//! Five promises, and where they are kept:
//!
//! 1. *Nothing without ground*: [`domain::coverage`] (consent), [`policy`] (the covenant's rules), both gates per field.
//! 2. *No record, no release*: [`store::Ledger::seal`] and [`domain::SealedDisclosure`]; a value leaves only with the
//!    receipt of an entry that is durable.
//! 3. *Withdrawal is a barrier*: what an entry was decided on is checked again inside the seal.
//! 4. *Every answer is explained, and can be replayed*: [`domain::Verdict`] for every field, [`domain::Entry`] with all
//!    that the decision rested on.
//! 5. *The gateway keeps no content*: [`domain::Bsn`] and [`domain::Value`] cannot be printed or stored.
//!
//! Start with [`gateway`], file `disclose.rs`: the whole product in one function. Then, from the inside out, each layer
//! importing only those before it:
//!
//! | layer | what it is |
//! |---|---|
//! | [`domain`] | what is true whatever the wire, the policy language or the database; no I/O |
//! | [`ledger`] | Merkle tree, checkpoints, receipts: mathematics and formats |
//! | [`projection`] | one entry in the forms that the field uses: NEN 7513, FHIR, Logius, CSV, plain words |
//! | [`report`] | the privacy officer's questions, answered from entries |
//! | [`policy`] | the only place that says Cedar: load the covenant, decide |
//! | [`store`] | the only place that says SQL: the writer that seals, the audit |
//! | [`witness`] | somebody outside remembers the newest head of a ledger |
//! | [`custodian`] | reaching the systems that hold the data |
//! | [`identity`] | who is asking: certificate, token, pseudonym |
//! | [`gateway`] | the use cases |
//! | [`grpc`] | the contract on the wire |
//! | [`console`] | the privacy officer's pages |
//! | [`tlog`] | the ledger over HTTPS, for witnesses and auditors |
//! | [`config`], [`server`], [`cli`] | a running gateway, and the command |
//!
//! [`ambient`] brings in the system's clock and randomness, [`contract`] is what `proto/` compiles to.
//! `docs/architecture.md` tells the life of a disclosure.

pub mod ambient;
pub mod cli;
pub mod config;
pub mod console;
pub mod contract;
pub mod custodian;
pub mod domain;
pub mod gateway;
pub mod grpc;
pub mod identity;
pub mod ledger;
pub mod policy;
pub mod projection;
pub mod report;
pub mod server;
pub mod store;
pub mod tlog;
pub mod witness;
