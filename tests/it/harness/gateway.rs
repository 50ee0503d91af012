use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

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
        Self::with(config, setting).await
    }

    /// Starts it with files that were changed while no gateway ran, as `sluis serve --adopt-covenant` does.
    pub async fn start_adopting(setting: Setting) -> Self {
        let mut config = Config::load(&setting.configuration()).unwrap();
        config.adopts_covenant = true;
        Self::with(config, setting).await
    }

    async fn with(config: Config, setting: Setting) -> Self {
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

    /// `sluis client` or `sluis audit` of this organisation, with the token of this officer.
    pub fn officer(&self, what: &str, organisation: &str, subject: &str) -> Command {
        let file = |name: &str| self.setting.path().join(name);
        let token = file(&format!("{organisation}.{subject}.token"));
        let claims = self.setting.token(organisation, "privacy-officer", subject, organisation);
        std::fs::write(&token, claims).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
        command.args([what, "--gateway", &format!("https://localhost:{}", self.address.port())]);
        for (option, file) in [
            ("--ca", file("ca/ca.pem")),
            ("--certificate", file(&format!("{organisation}/cert.pem"))),
            ("--key", file(&format!("{organisation}/key.pem"))),
            ("--token", token),
        ] {
            command.arg(option).arg(file);
        }
        command
    }

    /// Stops it and proves that the whole ledger verifies, and that every ruling in it is what it would be.
    pub async fn finish(mut self) -> (Setting, Audit) {
        let _ = self.stop.take().unwrap().send(());
        self.task.await.unwrap().unwrap();
        let audit = audit(&self.setting).await.unwrap();
        replay(&self.setting).await;
        (self.setting, audit)
    }
}

/// The code with which a program ended, and all that it said.
pub fn ended(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// Verifies the ledger of a setting whose gateway does not run.
pub async fn audit(setting: &Setting) -> Result<Audit, AuditProblem> {
    let store = Store::open_to_verify(&setting.store).await?;
    let audit = store.audit(&setting.verifier, &|_, _| {}).await;
    store.close().await;
    audit
}

/// Decides every ruling of a setting again whose gateway does not run: each is the same. Returns how many.
pub async fn replay(setting: &Setting) -> u64 {
    let store = Store::open_to_verify(&setting.store).await.unwrap();
    let mut replay = store.replay(0, None).await.unwrap();
    let mut decided = 0;
    while let Some(part) = replay.next().await.unwrap() {
        let problems: Vec<String> =
            part.problems.iter().map(|(index, problem)| format!("entry {index}: {problem}")).collect();
        assert!(problems.is_empty() && part.undecided == 0, "{problems:#?}");
        decided += part.decided;
    }
    store.close().await;
    decided
}

/// A gateway as a process of its own, which can be killed.
pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
    log: Arc<Log>,
}

/// What a process said, line by line; also kept in `log.jsonl`.
#[derive(Default)]
struct Log {
    lines: Mutex<(Vec<String>, bool)>,
    more: Condvar,
}

impl Log {
    /// Reads until the process ends.
    fn read(self: Arc<Self>, stderr: ChildStderr, mut file: File) {
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                writeln!(file, "{line}").unwrap();
                self.lines.lock().unwrap().0.push(line);
                self.more.notify_all();
            }
            self.lines.lock().unwrap().1 = true;
            self.more.notify_all();
        });
    }

    /// Waits for a line; `None` if the process ends, or nothing comes for a minute.
    fn find<T>(&self, wanted: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut seen = 0;
        let mut lines = self.lines.lock().unwrap();
        loop {
            if let Some(found) = lines.0[seen..].iter().find_map(|line| wanted(line)) {
                return Some(found);
            }
            seen = lines.0.len();
            if lines.1 {
                return None;
            }
            let (next, late) = self.more.wait_timeout(lines, Duration::from_mins(1)).unwrap();
            if late.timed_out() {
                return None;
            }
            lines = next;
        }
    }
}

impl Process {
    /// Starts it, and returns when it says where it listens, or with its exit code.
    pub fn start(setting: &Setting) -> Result<Self, i32> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
        command.args(["serve", "--config"]).arg(setting.configuration());
        Self::start_command(command, setting)
    }

    /// Starts it by a command of its own.
    pub fn start_command(mut command: Command, setting: &Setting) -> Result<Self, i32> {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let file = File::options().create(true).append(true).open(setting.path().join("log.jsonl")).unwrap();
        let log = Arc::new(Log::default());
        log.clone().read(child.stderr.take().unwrap(), file);
        match log.find(listening) {
            Some(address) => Ok(Self { child, address, log }),
            None => Err(child.wait().unwrap().code().unwrap_or(-1)),
        }
    }

    /// For a start that must be refused: the exit code it ends with.
    pub fn start_and_end(setting: &Setting) -> i32 {
        match Self::start(setting) {
            Err(code) => code,
            Ok(mut process) => {
                assert!(process.log.find(|_| None::<()>).is_none());
                process.child.wait().unwrap().code().unwrap_or(-1)
            }
        }
    }

    /// Waits until it says this.
    pub async fn says(&self, text: &'static str) {
        let log = self.log.clone();
        let said = move || log.find(|line| line.contains(text).then_some(()));
        tokio::task::spawn_blocking(said).await.unwrap().unwrap_or_else(|| panic!("it never said: {text}"));
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

fn listening(line: &str) -> Option<SocketAddr> {
    let event: serde_json::Value = serde_json::from_str(line).ok()?;
    let said = event["fields"]["message"] == "listening";
    said.then(|| event["fields"]["address"].as_str()?.parse().ok()).flatten()
}
