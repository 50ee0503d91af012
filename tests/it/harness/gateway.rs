use std::fs::File;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use sluis::config::Config;
use sluis::server::{self, ServerError};
use sluis::store::{Audit, AuditProblem, Store};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Caller, Setting};

/// A gateway in this process.
pub struct TestGateway {
    pub setting: Setting,
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), ServerError>>,
}

impl TestGateway {
    pub async fn start(setting: Setting) -> Self {
        let config = Config::load(&setting.configuration()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopping) = oneshot::channel();
        let shutdown = async move {
            let _ = stopping.await;
        };
        let task = tokio::spawn(server::run(config, setting.configuration(), listener, shutdown));
        Self { setting, address, stop: Some(stop), task }
    }

    /// Somebody of this organisation, in this role, with a certificate and a token of their own.
    pub async fn party(&self, organisation: &str, role: &str) -> Caller {
        Caller::connect(&self.setting, self.address, organisation, role).await
    }

    /// Stops it and proves that the whole ledger verifies.
    pub async fn finish(mut self) -> (Setting, Audit) {
        let _ = self.stop.take().unwrap().send(());
        self.task.await.unwrap().unwrap();
        let audit = audit(&self.setting).await.unwrap();
        (self.setting, audit)
    }
}

/// Verifies the ledger of a setting whose gateway does not run.
pub async fn audit(setting: &Setting) -> Result<Audit, AuditProblem> {
    let store = Store::open_to_verify(&setting.database()).await?;
    let audit = store.audit(&setting.verifier, &|_, _| {}).await;
    store.close().await;
    audit
}

/// A gateway as a process of its own, which can be killed.
pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
}

impl Process {
    /// Starts it with its log in `log.jsonl`, and returns when it says where it listens, or with its exit code.
    pub fn start(setting: &Setting) -> Result<Self, i32> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
        command.args(["serve", "--config"]).arg(setting.configuration());
        Self::start_command(command, setting)
    }

    /// Starts it and waits until it ends by itself: for a start that must be refused.
    pub fn start_and_end(setting: &Setting) -> i32 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
        command.args(["serve", "--config"]).arg(setting.configuration()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        loop {
            match child.try_wait().unwrap() {
                Some(status) => return status.code().unwrap_or(-1),
                None if std::time::Instant::now() > deadline => {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    return 0;
                }
                None => std::thread::yield_now(),
            }
        }
    }

    /// Starts it by a command of its own.
    pub fn start_command(mut command: Command, setting: &Setting) -> Result<Self, i32> {
        let log = setting.path().join("log.jsonl");
        let before = listening(&log).len();
        let mut child = command
            .stdout(Stdio::null())
            .stderr(File::options().create(true).append(true).open(&log).unwrap())
            .spawn()
            .unwrap();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return Err(status.code().unwrap_or(-1));
            }
            if let Some(address) = listening(&log).get(before) {
                return Ok(Self { child, address: *address });
            }
            std::thread::yield_now();
        }
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listening(log: &std::path::Path) -> Vec<SocketAddr> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let line = |line: &str| {
        let event: serde_json::Value = serde_json::from_str(line).ok()?;
        let said = event["fields"]["message"] == "listening";
        said.then(|| event["fields"]["address"].as_str()?.parse().ok()).flatten()
    };
    text.lines().filter_map(line).collect()
}
