//! `sluis load`: how much a test deployment does, and how fast.
//!
//! What is always true here:
//! 1. It is for gateways to try things on: without `--test-deployment`, and at a gateway that does not say it is in development
//!    mode, nothing is done.
//! 2. Its clients are nobody: test numbers that it registers itself, under a record of the custodian's test data.
//! 3. It shows counts and times; nothing of a client, not even of these.

mod asking;
mod guard;
mod histogram;
mod population;
mod report;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::ambient::SystemClock;
use crate::cli::client::{Client, ClientProblem, Profile};

use asking::Asking;
pub use histogram::Histogram;
use population::Population;

/// `sluis load`
#[derive(Debug, clap::Args)]
pub struct LoadArguments {
    /// Say that the gateway is one to try things on: entries and clients of this load stay in its ledger
    #[arg(long)]
    test_deployment: bool,
    /// Who asks: a TOML file as for `sluis client`
    #[arg(long)]
    profile: PathBuf,
    /// Who registers the clients and their consents at the custodian: another such file
    #[arg(long)]
    custodian_profile: PathBuf,
    /// A record of the custodian's test data, under which all clients are registered
    #[arg(long)]
    reference: String,
    /// For what is asked
    #[arg(long, default_value = "housing")]
    purpose: String,
    /// Which fields are asked
    #[arg(long, value_delimiter = ',', default_value = "person.name,housing.wish")]
    fields: Vec<String>,
    /// How many clients there are
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    clients: u32,
    /// How many professionals ask, each with a token (if the profile makes tokens)
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    tokens: u32,
    /// How many calls are under way at a time
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1_024))]
    concurrency: u32,
    /// Over how many connections
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    connections: u32,
    /// For how many seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// At most so many calls in all
    #[arg(long, default_value_t = u64::MAX, hide_default_value = true)]
    requests: u64,
    /// So many calls a second, each counted from when it was due; without, as many as there can be
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: Option<u32>,
}

/// Why there was no load.
#[derive(Debug, thiserror::Error)]
pub enum LoadProblem {
    /// It was not said that it may be loaded.
    #[error(
        "--test-deployment is missing: a load leaves clients and entries in the ledger that it is pointed at"
    )]
    NotSaid,
    /// It is not one to try things on.
    #[error("the gateway is not in development mode (`development = true`), so it is not loaded")]
    NotATest,
    /// A call of the preparation failed.
    #[error(transparent)]
    Client(#[from] ClientProblem),
    /// The result cannot be shown.
    #[error("the result cannot be written: {0}")]
    Output(#[from] std::io::Error),
    /// There are no more test numbers.
    #[error("there are not so many test numbers: take fewer --clients")]
    Numbers,
    /// A task ended before its time.
    #[error("a caller ended unexpectedly")]
    Broken,
}

impl LoadArguments {
    /// Prepares the clients, asks, and shows what came of it.
    pub async fn run(self, output: &mut impl Write) -> Result<(), LoadProblem> {
        if !self.test_deployment {
            return Err(LoadProblem::NotSaid);
        }
        let asker = Profile::read(&self.profile)?;
        let recorder = Profile::read(&self.custodian_profile)?.connect().await?;
        guard::only_a_test_deployment(&recorder).await?;
        let population = Population::new(&self, &asker)?;
        population.record(Arc::new(recorder)).await?;
        let callers = self.callers(&asker).await?;
        let measured = Asking {
            population: Arc::new(population),
            callers,
            concurrency: self.concurrency,
            lasts: Duration::from_secs(self.seconds),
            requests: self.requests,
            rate: self.rate,
        };
        let measured = measured.run().await?;
        Ok(report::write(&measured, output)?)
    }

    /// The professionals, spread over the connections. Their tokens outlive the load.
    async fn callers(&self, asker: &Profile) -> Result<Vec<Arc<Client>>, LoadProblem> {
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            connections.push(asker.connect().await?);
        }
        let mut callers = Vec::new();
        for (number, connection) in (1..=self.tokens.max(self.connections)).zip(connections.iter().cycle()) {
            let subject = Profile { subject: Some(format!("load-{number}")), ..Profile::default() };
            let credentials = subject.or(asker.clone()).credentials()?;
            let credentials = credentials.lasting(&SystemClock).map_err(ClientProblem::from)?;
            callers.push(Arc::new(connection.speaking_for(credentials)));
        }
        Ok(callers)
    }
}
