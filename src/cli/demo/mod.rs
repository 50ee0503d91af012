//! `sluis demo`: a whole collaboration on one machine, told and checked.
//!
//! The gateway, the custodians and the professionals are real: mutual TLS, tokens, records, a ledger. Only the people are
//! made up. The story is a client of the public API like any other, and a claim in it that does not hold ends it.

mod custodians;
mod desk;
mod earlier;
mod narrator;
mod people;
mod problem;
mod professionals;
mod provider;
mod setting;
mod story;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::Pin;

use tokio::sync::oneshot;

pub use problem::{DemoProblem, StoryProblem};
pub use setting::short_name;

use custodians::Custodians;
use desk::Desk;
use setting::Setting;

/// Why a gateway ended.
pub type GatewayError = Box<dyn std::error::Error + Send + Sync>;

/// A gateway at work.
pub type Serving = Pin<Box<dyn Future<Output = Result<(), GatewayError>> + Send>>;

/// Starts a gateway with this configuration file; it says where it listens, and serves until it is told to stop.
pub type StartGateway =
    fn(config: PathBuf, shutdown: oneshot::Receiver<()>, ready: oneshot::Sender<SocketAddr>) -> Serving;

/// `sluis demo`
#[derive(Debug, clap::Args)]
pub struct DemoArguments {
    /// Tell the story, and stop
    #[arg(long)]
    once: bool,
    /// The folder for everything that is made; it is made afresh
    #[arg(long, default_value = "demo-data")]
    dir: PathBuf,
    /// The gateway's port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The port of the privacy officer's desk; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    console_port: u16,
}

impl DemoArguments {
    /// Tells the story; without `once`, then stays until Ctrl-C.
    pub async fn run(self, start: StartGateway, output: &mut (impl Write + Send)) -> Result<(), DemoProblem> {
        let setting = Setting::make(&self.dir)?;
        earlier::adopt(&setting).await?;
        let custodians = Custodians::start(&setting).await?;
        let listen = (Ipv4Addr::LOCALHOST, self.port).into();
        let desk = Desk::start(&setting, self.console_port).await?;
        let config = setting.configure(listen, &custodians.addresses, &desk)?;
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = oneshot::channel();
        let mut gateway = tokio::spawn(start(config, stopped, ready));
        let address = tokio::select! {
            ended = &mut gateway => return Err(ended_early(ended)),
            Ok(address) = started => address,
        };
        setting.write_profiles(address)?;
        let mut told = Box::pin(story::tell(&setting, output)).await;
        if told.is_ok() {
            told = desk.answers(&setting, output).await;
        }
        if told.is_ok() && !self.once {
            invite(&self.dir, address, output)?;
            desk.invite(output)?;
            tokio::select! {
                ended = &mut gateway => return Err(ended_early(ended)),
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        // A gateway that has ended by itself does not listen any more.
        let _ = stop.send(());
        let ended = gateway.await.map_err(|panicked| DemoProblem::Gateway(panicked.into()))?;
        told.and(ended.map_err(DemoProblem::Gateway))
    }
}

fn ended_early(ended: Result<Result<(), GatewayError>, tokio::task::JoinError>) -> DemoProblem {
    match ended {
        Ok(Ok(())) => DemoProblem::Stopped,
        Ok(Err(problem)) => DemoProblem::Gateway(problem),
        Err(panicked) => DemoProblem::Gateway(panicked.into()),
    }
}

/// What to try next.
fn invite(dir: &Path, address: SocketAddr, output: &mut impl Write) -> Result<(), DemoProblem> {
    let dir = dir.display();
    let client = |party: &str| format!("sluis client --profile {dir}/profiles/{party}.toml");
    let (accare, vnn, assen) = (client("accare"), client("vnn"), client("gemeente-assen"));
    let file = |name: &str| format!("--bsn-file {dir}/clients/{name}.bsn");
    let (first, third) = (file("testjongere-een"), file("testjongere-drie"));
    let (vnn_id, assen_id) = ("00000099000000000103", "00000099000000000201");
    writeln!(
        output,
        "\nDe gateway blijft aan op {address}. Probeer zelf, in een ander venster (Ctrl-C stopt alles):\n\
         The gateway stays up at {address}. Try it yourself, in another window (Ctrl-C stops everything):\n\n\
         {assen} parties\n\
         {assen} fields --purpose review-of-support\n\
         {assen} ask {third} --custodian {vnn_id} --purpose review-of-support \
         --field support.phase --field support.intensity --receipt-out {dir}/receipts/mine.tlog-proof\n\
         {vnn} consents {third}\n\
         {accare} preview {first} --custodian 00000099000000000101 --recipient {assen_id} --recipient-role wonen \
         --purpose housing --field housing.wish\n\
         {accare} --role privacy-officer entries {first}\n\
         {accare} --role privacy-officer checkpoint\n\
         sluis client receipt --receipt {dir}/receipts/first.tlog-proof --leaf $(cat {dir}/receipts/first.leaf) \
         --vkey $(cat {dir}/gateway/ledger.vkey)\n"
    )?;
    Ok(output.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::serve;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_story_holds_from_beginning_to_end_and_shows_no_bsn() {
        let dir = std::env::temp_dir().join(format!("sluis-demo-{}-story", std::process::id()));
        let mut output = Vec::new();
        let told = DemoArguments { once: true, dir: dir.clone(), port: 0, console_port: 0 }
            .run(serve::start, &mut output)
            .await;
        let _ = std::fs::remove_dir_all(&dir);
        let output = String::from_utf8(output).unwrap();
        assert!(told.is_ok(), "{}\n{output}", told.unwrap_err());
        assert!(people::ALL.iter().all(|person| !output.contains(person.bsn)));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_gateway_that_does_not_start_ends_the_demonstration_and_says_why() {
        fn broken(_: PathBuf, _: oneshot::Receiver<()>, _: oneshot::Sender<SocketAddr>) -> Serving {
            Box::pin(async { Err("the port is taken".into()) })
        }
        let dir = std::env::temp_dir().join(format!("sluis-demo-{}-broken", std::process::id()));
        let told = DemoArguments { once: true, dir: dir.clone(), port: 0, console_port: 0 }
            .run(broken, &mut Vec::new())
            .await;
        let _ = std::fs::remove_dir_all(&dir);
        assert_eq!(told.unwrap_err().to_string(), "the gateway: the port is taken");
    }
}
