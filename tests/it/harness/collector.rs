use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use super::{GATEWAY, Setting};

/// The OpenTelemetry collector's own receiver of OTLP, as a process of its own. Where it is stands in `SLUIS_OTLP_RECEIVER`; `tests/run`
/// builds it (tests/verifiers/projections/otlp).
pub struct Collector {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Collector {
    /// Where it is; without it, it is said that nothing is tried.
    pub fn program() -> Option<String> {
        let program = std::env::var("SLUIS_OTLP_RECEIVER").ok();
        if program.is_none() {
            println!(
                "!!! NOT VALIDATED: OTLP: SLUIS_OTLP_RECEIVER does not name a receiver; tests/run builds one"
            );
        }
        program
    }

    /// Starts it at this port of localhost.
    pub fn start(program: &str, setting: &Setting, port: u16) -> Self {
        let path = |name: &str| setting.path().join(GATEWAY).join(name);
        let mut child = Command::new(program)
            .arg(format!("127.0.0.1:{port}"))
            .args([path("cert.pem"), path("key.pem")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (said, lines) = mpsc::channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
        let mut collector = Self { child, lines };
        assert!(collector.line().contains("listening"));
        collector
    }

    fn line(&mut self) -> String {
        self.lines.recv_timeout(Duration::from_mins(5)).expect("the collector says something")
    }

    /// The next so many spans that it took.
    pub fn spans(&mut self, count: usize) -> Vec<Value> {
        (0..count).map(|_| serde_json::from_str(&self.line()).unwrap()).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
