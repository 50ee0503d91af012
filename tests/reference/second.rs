//! The second opinion: a Python process that answers cases in batches.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// The running model.
pub struct Second {
    process: Child,
    cases: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Second {
    /// Starts it, with the same list of parties.
    pub fn start(parties: &Path) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut process = Command::new("python3")
            .arg("-B")
            .arg(root.join("tests/reference/answer.py"))
            .arg(root.join("policies"))
            .arg(parties)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 3.11 or newer is on the path");
        let cases = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self { process, cases, answers }
    }

    /// Its answers, in the order of the cases.
    pub fn answers(&mut self, cases: &[String]) -> Vec<Value> {
        let batch = cases.join("\n") + "\n\n";
        self.cases.as_mut().unwrap().write_all(batch.as_bytes()).expect("the model reads the cases");
        let mut read = || {
            let mut line = String::new();
            self.answers.read_line(&mut line).unwrap();
            serde_json::from_str(&line).expect("the model answers; what went wrong stands above")
        };
        cases.iter().map(|_| read()).collect()
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        drop(self.cases.take());
        let _ = self.process.wait();
    }
}
