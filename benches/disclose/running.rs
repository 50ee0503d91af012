//! A setting whose gateways run, with its clients recorded, and a load on them.

use std::sync::Arc;
use std::time::Duration;

use tonic::transport::Channel;

use crate::calls::{Disclosing, Workload};
use crate::load::{self, Sample};
use crate::process::{self, Gateway};
use crate::setting::{Plan, Setting};
use crate::{Arguments, CONNECTIONS, Problem, population};

/// What the gateways hold in memory, in KiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Just started, with the records in memory.
    pub started: u32,
    /// Before the load, with all clients recorded.
    pub before: u32,
}

/// Gateways over one ledger.
pub struct Running {
    /// What they rest on. Dropped after the gateways.
    pub gateways: Vec<Gateway>,
    /// Everything they were started with.
    pub setting: Setting,
    /// What is asked of them.
    pub workload: Arc<Workload>,
    /// The first one's.
    pub memory: Memory,
    channels: Vec<Vec<Channel>>,
    answered: u64,
    turn: u64,
}

impl Running {
    /// Starts the gateways, and records the clients.
    pub async fn start(plan: Plan<'_>) -> Result<Self, Problem> {
        let setting = Setting::make(plan)?;
        let started = Self::start_in(setting).await;
        started.map_err(|(problem, setting)| {
            println!("the gateway said last:\n{}", setting.end_of_log());
            problem
        })
    }

    async fn start_in(setting: Setting) -> Result<Self, (Problem, Setting)> {
        match Self::parts(&setting).await {
            Ok((gateways, channels, workload, memory)) => {
                Ok(Self { gateways, setting, workload, memory, channels, answered: 0, turn: 0 })
            }
            Err(problem) => Err((problem, setting)),
        }
    }

    async fn parts(setting: &Setting) -> Result<Parts, Problem> {
        let (mut gateways, mut channels) = (Vec::new(), Vec::new());
        for ports in &setting.gateways {
            gateways.push(Gateway::start(setting, *ports).await?);
            channels.push(setting.connect(ports.calls, &setting.recipient, CONNECTIONS).await?);
        }
        let (gateway, ports) = gateways.first().zip(setting.gateways.first()).ok_or("there is no gateway")?;
        let started = gateway.memory()?;
        let recorder = setting.connect(ports.calls, &setting.custodian, CONNECTIONS).await?;
        population::record(setting, &recorder).await?;
        let memory = Memory { started, before: gateway.memory()? };
        Ok((gateways, channels, Workload::new(setting)?, memory))
    }

    /// Lets so many callers ask the first so many gateways for a while.
    pub async fn ask(
        &mut self,
        arguments: &Arguments,
        gateways: usize,
        callers: usize,
    ) -> Result<Sample, Problem> {
        self.turn += 1;
        let (turn, workload) = (self.turn, self.workload.clone());
        let seed = |caller: usize| arguments.seed + (turn << 32) + u64::try_from(caller).unwrap_or_default();
        // In turns, so that each gateway has as many callers; over as many connections in all, whoever holds them.
        let channels: Vec<Channel> = (0..CONNECTIONS / gateways)
            .flat_map(|at| self.channels.iter().take(gateways).filter_map(move |of| of.get(at)))
            .cloned()
            .collect();
        let caller = |at, channel| Disclosing::new(channel, &workload, seed(at));
        let asked = load::run(&channels, callers, Duration::from_secs(arguments.seconds), caller).await;
        match asked {
            Ok(sample) => {
                self.answered += sample.requests;
                Ok(sample)
            }
            Err(problem) => {
                println!("the gateway said last:\n{}", self.setting.end_of_log());
                Err(problem)
            }
        }
    }

    /// How long its gateways computed so far, in microseconds.
    pub fn computed(&self) -> Result<f64, Problem> {
        self.gateways.iter().map(Gateway::computed).sum()
    }

    /// The connections to the first gateway.
    pub fn channels(&self) -> &[Channel] {
        self.channels.first().map_or(&[], Vec::as_slice)
    }

    /// Disclosures so far.
    pub fn answered(&self) -> u64 {
        self.answered
    }

    /// Stops the gateways, and has the ledger verified: all that was acknowledged is in it. Returns its entries.
    pub async fn stop(self) -> Result<u64, Problem> {
        let Self { gateways, setting, channels, answered, .. } = self;
        drop(channels);
        for gateway in gateways {
            gateway.stop().await?;
        }
        let recorded = u64::try_from(setting.bsns.len())? * 2 + answered;
        let entries = process::verified_entries(&setting)?;
        if entries < recorded {
            return Err(format!(
                "{recorded} changes and disclosures were acknowledged, {entries} are recorded"
            )
            .into());
        }
        Ok(entries)
    }
}

type Parts = (Vec<Gateway>, Vec<Vec<Channel>>, Arc<Workload>, Memory);
