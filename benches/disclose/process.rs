//! The processes that are measured, and what can be seen of them from outside. Each ends with its guard.

use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::Problem;
use crate::setting::{Ports, Setting};

const SLUIS: &str = env!("CARGO_BIN_EXE_sluis");
const READY_WITHIN: Duration = Duration::from_mins(1);
const STOPPED_WITHIN: Duration = Duration::from_secs(30);
const REST: Duration = Duration::from_millis(100);

/// A process that is ended when this is dropped.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// This benchmark once more, as the echo; returns when its port is open.
    pub async fn echo(setting: &Setting) -> Result<Self, Problem> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--echo").arg(setting.echo_port.to_string()).arg(&setting.folder);
        let echo = Self(command.stdin(Stdio::null()).spawn()?);
        let late = Instant::now() + READY_WITHIN;
        while TcpStream::connect(("127.0.0.1", setting.echo_port)).await.is_err() {
            if Instant::now() > late {
                return Err("the echo is not ready".into());
            }
            sleep(REST).await;
        }
        Ok(echo)
    }
}

/// The gateway.
pub struct Gateway {
    server: Server,
    metrics_port: u16,
}

impl Gateway {
    /// Starts it, and waits until it answers.
    pub async fn start(setting: &Setting, ports: Ports) -> Result<Self, Problem> {
        let mut command = Command::new(SLUIS);
        command.arg("serve").arg("--config").arg(setting.configuration(ports));
        let log = File::options().create(true).append(true).open(setting.log())?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut gateway = Self { server: Server(command.spawn()?), metrics_port: ports.metrics };
        let late = Instant::now() + READY_WITHIN;
        // The port is bound early; a handshake is answered only once the gateway serves.
        let connect = || setting.connect(ports.calls, &setting.recipient, 1);
        while !timeout(Duration::from_secs(1), connect()).await.is_ok_and(|connected| connected.is_ok()) {
            if let Some(status) = gateway.server.0.try_wait()? {
                return Err(format!("the gateway did not start: {status}").into());
            }
            if Instant::now() > late {
                return Err("the gateway is not ready".into());
            }
            sleep(REST).await;
        }
        Ok(gateway)
    }

    /// What it holds in memory now, in KiB.
    pub fn memory(&self) -> Result<u32, Problem> {
        self.status("VmRSS:")
    }

    /// The most that it ever held, in KiB.
    pub fn peak_memory(&self) -> Result<u32, Problem> {
        self.status("VmHWM:")
    }

    /// How long it computed so far, on all cores together, in microseconds: the time in user mode and in the kernel,
    /// which Linux counts in hundredths of a second (proc(5)).
    pub fn computed(&self) -> Result<f64, Problem> {
        let status = std::fs::read_to_string(format!("/proc/{}/stat", self.server.0.id()))?;
        let (_, after_name) = status.rsplit_once(')').ok_or("the times are not told")?;
        let times = after_name.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
        Ok(times.sum::<Result<f64, _>>()? * 10_000.0)
    }

    fn status(&self, line: &str) -> Result<u32, Problem> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.0.id()))?;
        let line = status.lines().find_map(|text| text.strip_prefix(line)).ok_or("the memory is not told")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// What its caches did so far.
    pub async fn caches(&self) -> Result<Caches, Problem> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.metrics_port)).await?;
        stream.write_all(b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n").await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok(Caches(
            CACHES
                .map(|cache| Cache { hits: count(&text, cache, "hit"), misses: count(&text, cache, "miss") }),
        ))
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) -> Result<(), Problem> {
        let id = self.server.0.id();
        Command::new("sh").arg("-c").arg(format!("kill -TERM {id}")).status()?;
        let late = Instant::now() + STOPPED_WITHIN;
        while Instant::now() < late {
            match self.server.0.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("the gateway ended with {status}").into()),
                None => sleep(REST).await,
            }
        }
        Err("the gateway does not stop".into())
    }
}

/// The caches, as the gateway's metrics name them.
pub const CACHES: [&str; 3] = ["tokens", "clients", "rulings"];

/// What the caches did, in the order of [`CACHES`].
#[derive(Debug, Clone, Copy)]
pub struct Caches(pub [Cache; 3]);

/// What one cache did.
#[derive(Debug, Clone, Copy)]
pub struct Cache {
    hits: f64,
    misses: f64,
}

impl Caches {
    /// What they did since.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut since = *self;
        for (cache, earlier) in since.0.iter_mut().zip(&earlier.0) {
            cache.hits -= earlier.hits;
            cache.misses -= earlier.misses;
        }
        since
    }
}

impl Cache {
    /// How many of 100 were remembered.
    pub fn percent(self) -> f64 {
        100.0 * self.hits / (self.hits + self.misses)
    }
}

fn count(metrics: &str, cache: &str, outcome: &str) -> f64 {
    let (cache, outcome) = (format!("cache=\"{cache}\""), format!("outcome=\"{outcome}\""));
    let of = |line: &&str| {
        line.starts_with("sluis_cache_total{") && line.contains(&cache) && line.contains(&outcome)
    };
    let value = metrics.lines().find(of).and_then(|line| line.rsplit(' ').next());
    value.and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// Verifies the ledger, and says how many entries it has.
pub fn verified_entries(setting: &Setting) -> Result<u64, Problem> {
    let mut command = Command::new(SLUIS);
    command.args(["ledger", "verify", "--database"]).arg(setting.database()?);
    command.arg("--vkey").arg(setting.folder.join("keys/ledger.vkey"));
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("the ledger does not verify: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let said = String::from_utf8(output.stdout)?;
    let entries = said.lines().find_map(|line| line.trim().strip_prefix("entries"));
    Ok(entries.ok_or("the number of entries is not told")?.trim().parse()?)
}
