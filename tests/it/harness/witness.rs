use std::fs;
use std::path::PathBuf;
use std::process::Command;

use sluis::ambient::SystemRandomness;
use sluis::cli::keys;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{GATEWAY, Process, Setting};

/// A witness of our own, as a process, in a folder of its own.
pub struct WitnessHouse {
    pub folder: PathBuf,
    pub vkey: String,
}

impl WitnessHouse {
    /// Over TLS with a certificate of the setting's authority, or plainly on the loopback.
    pub fn new(setting: &Setting, name: &str, tls: bool) -> Self {
        let folder = setting.path().join(name);
        fs::create_dir_all(folder.join("state")).unwrap();
        let (_, vkey) = keys::witness(&folder, &format!("{name}.example/w"), &SystemRandomness).unwrap();
        let certificate = if tls {
            format!("certificate = \"../{GATEWAY}/cert.pem\"\nkey = \"../{GATEWAY}/key.pem\"\n")
        } else {
            String::new()
        };
        let configuration = format!(
            "development = true\nlisten = \"127.0.0.1:0\"\n{certificate}cosigning_key = \"witness.key\"\n\
             state = \"state\"\n\n[[ledger]]\nvkey = \"{}\"\n",
            setting.verifier
        );
        fs::write(folder.join("witness.toml"), configuration).unwrap();
        Self { folder, vkey: fs::read_to_string(vkey).unwrap().trim().to_owned() }
    }

    /// Starts it, and returns when it says where it listens, or with its exit code.
    pub fn start(&self, setting: &Setting) -> Result<Process, i32> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
        command.args(["witness", "--config"]).arg(self.folder.join("witness.toml"));
        Process::start_command(command, setting)
    }

    /// Where it remembers the one ledger that it knows.
    pub fn memory(&self) -> PathBuf {
        fs::read_dir(self.folder.join("state"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|end| end == "checkpoint"))
            .unwrap()
    }
}

impl Setting {
    /// Adds to the end of the configuration.
    pub fn add(&self, text: &str) {
        let before = fs::read_to_string(self.configuration()).unwrap();
        fs::write(self.configuration(), format!("{before}\n{text}")).unwrap();
    }

    /// Has this witness asked, every second.
    pub fn ask_witness(&self, name: &str, vkey: &str, url: &str) {
        let ca = if url.starts_with("https") { "ca = \"ca/ca.pem\"\n" } else { "" };
        self.add(&format!("[[witness]]\nname = \"{name}\"\nvkey = \"{vkey}\"\nurl = \"{url}\"\n{ca}"));
    }

    /// Keeps the newest checkpoint in the folder `elsewhere`, and gives the file.
    pub fn keep_elsewhere(&self) -> PathBuf {
        let folder = self.path().join("elsewhere");
        fs::create_dir_all(&folder).unwrap();
        self.configure("[ledger]\n", "[ledger]\nsecond_place = \"elsewhere\"\nsecond_place_ms = 10\n");
        folder.join("checkpoint")
    }
}

/// One HTTP/1.1 request, word for word; gives the status and the whole answer.
pub async fn http(port: u16, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}
