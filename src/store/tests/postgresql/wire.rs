//! A connection between gateway and server that can be cut at a moment of the conversation, or led to another server.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU16};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What becomes of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cut {
    /// The server never hears of it.
    Lost,
    /// The server does it, and the answer is lost.
    Kept,
}

/// Which message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Message {
    /// The one that takes the lock: of a batch, or to look what became of one.
    Begin,
    Commit,
}

impl Message {
    fn is_in(self, bytes: &[u8]) -> bool {
        let text: &[u8] = match self {
            Self::Begin => b"begin isolation",
            Self::Commit => b"commit\0",
        };
        bytes.windows(text.len()).any(|window| window == text)
    }
}

/// Cuts that come one after the other.
type Script = Arc<Mutex<VecDeque<(Message, Cut)>>>;

pub(super) struct Wire {
    port: u16,
    script: Script,
    server: Arc<AtomicU16>,
    /// While it is down nobody gets through.
    pub down: Arc<AtomicBool>,
}

impl Wire {
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire =
            Self { port, script: Script::default(), server: Arc::new(server.into()), down: Arc::default() };
        let (script, is_down, server) = (wire.script.clone(), wire.down.clone(), wire.server.clone());
        tokio::spawn(async move {
            while let Ok((gateway, _)) = listener.accept().await {
                if !is_down.load(Ordering::SeqCst)
                    && let Ok(server) = TcpStream::connect(("127.0.0.1", server.load(Ordering::SeqCst))).await
                {
                    tokio::spawn(carry(gateway, server, script.clone()));
                }
            }
        });
        wire
    }

    pub fn cut(&self, cuts: &[(Message, Cut)]) {
        *self.script.lock().unwrap() = cuts.iter().copied().collect();
    }

    /// How many cuts did not come to pass; none do any more.
    pub fn mend(&self) -> usize {
        self.script.lock().unwrap().drain(..).count()
    }

    /// Whoever connects from now on reaches another server.
    pub fn lead_to(&self, server: u16) {
        self.server.store(server, Ordering::SeqCst);
    }

    /// The same database, through this wire.
    pub fn through(&self, database: &Database) -> Database {
        let Database::Postgres(postgres) = database else { panic!("not PostgreSQL") };
        Database::Postgres(Postgres { host: "127.0.0.1".into(), port: self.port, ..postgres.clone() })
    }
}

async fn carry(mut gateway: TcpStream, mut server: TcpStream, script: Script) {
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = gateway.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                let cut = {
                    let mut script = script.lock().unwrap();
                    script.pop_front_if(|(message, _)| message.is_in(&asked[..length])).map(|(_, cut)| cut)
                };
                if cut == Some(Cut::Lost) || server.write_all(&asked[..length]).await.is_err() {
                    return;
                }
                if cut == Some(Cut::Kept) {
                    let _ = server.read(&mut answered).await;
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Ok(length @ 1..) = read else { return };
                if gateway.write_all(&answered[..length]).await.is_err() {
                    return;
                }
            }
        }
    }
}
