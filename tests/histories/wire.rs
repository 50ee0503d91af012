//! The connections between one replica and the server, on which everything that the store does takes its time: each question and each
//! answer is held up by a delay that the seed gives. Here too a replica loses them, at any step.
//!
//! And here the barrier is broken for the test that must notice: the text of the check at the seal is changed on its way to
//! the server, so that nothing is ever stale. The program itself has no such switch.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::random::Random;

/// How often, and how long, a step is held up.
#[derive(Clone, Copy)]
pub struct Delays {
    percent: usize,
    milliseconds: usize,
}

impl Delays {
    /// Another pace for every life of a replica.
    pub fn of(random: &mut Random) -> Self {
        Self { percent: random.one(&[0, 5, 15, 40]), milliseconds: random.one(&[1, 3, 8]) }
    }

    /// Waits, or not; seldom for long.
    pub async fn pause(self, random: &mut Random) {
        let long = random.below(1000) == 0;
        let time = if random.chance(self.percent) { random.between(0, self.milliseconds) } else { 0 };
        match (long, time) {
            (true, _) => tokio::time::sleep(Duration::from_millis(60)).await,
            (false, 0) => tokio::task::yield_now().await,
            (false, time) => tokio::time::sleep(Duration::from_millis(time as u64)).await,
        }
    }
}

/// What becomes of the connections when the fuse has burnt down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// They are lost, and can be made anew.
    Lost,
    /// There are none any more: the replica is dead.
    Dead,
}

pub struct Wire {
    pub port: u16,
    line: Arc<Line>,
}

struct Line {
    server: u16,
    seed: u64,
    delays: Delays,
    barrier: Barrier,
    /// So many steps until the end.
    fuse: AtomicI64,
    end: watch::Sender<End>,
    /// Connections that are younger than this are not cut off; all others are.
    alive: watch::Sender<(u64, bool)>,
    sent_back: AtomicU64,
}

/// What the proxy makes of the barrier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Barrier {
    Whole,
    /// Nothing is ever stale.
    Unchecked,
    /// No disclosure is ever stale; changes are.
    UncheckedForDisclosures,
}

impl Barrier {
    /// What is changed in the check, and into what.
    fn change(self) -> Option<(&'static [u8], &'static [u8])> {
        match self {
            Self::Whole => None,
            Self::Unchecked => Some((b"then 1 else 0 end as stale", b"then 0 else 0 end as stale")),
            Self::UncheckedForDisclosures => {
                Some((b"case when e.revision is", b"case when e.event <> 'disclosure' and e.revision is"))
            }
        }
    }
}

/// A message that asks for something else before the connection begins.
const BEFORE_START: [u32; 2] = [80_877_103, 80_877_104];

impl Wire {
    pub async fn to(server: u16, barrier: Barrier, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let line = Arc::new(Line {
            server,
            seed,
            delays: Delays::of(&mut Random::of_case(seed, 0)),
            barrier,
            fuse: AtomicI64::new(i64::MAX),
            end: watch::Sender::new(End::Dead),
            alive: watch::Sender::new((0, true)),
            sent_back: AtomicU64::new(0),
        });
        tokio::spawn(line.clone().accept(listener));
        Self { port, line }
    }

    /// Ends it so after so many more steps, and returns when it has; if it is too quiet for that, it ends now.
    pub async fn ends_after(&self, steps: i64, end: End) {
        let mut alive = self.line.alive.subscribe();
        let before = *alive.borrow_and_update();
        self.line.end.send_replace(end);
        self.line.fuse.store(steps, Ordering::SeqCst);
        let ended = alive.wait_for(|now| *now != before);
        if tokio::time::timeout(Duration::from_millis(500), ended).await.is_err() {
            self.line.fuse.store(i64::MAX, Ordering::SeqCst);
            self.line.cut();
        }
    }

    /// How many batches were rolled back: because something in them was decided on what had changed.
    pub fn sent_back(&self) -> u64 {
        self.line.sent_back.load(Ordering::SeqCst)
    }
}

impl Line {
    fn cut(&self) {
        let lives = *self.end.borrow() == End::Lost;
        self.alive.send_modify(|(number, alive)| (*number, *alive) = (*number + 1, lives && *alive));
    }

    /// One question or answer is to go on.
    async fn step(&self, random: &mut Random) {
        if self.fuse.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.cut();
        }
        self.delays.pause(random).await;
    }

    async fn accept(self: Arc<Self>, listener: TcpListener) {
        let mut number = 0;
        let mut alive = self.alive.subscribe();
        loop {
            let accepted = tokio::select! {
                _ = alive.wait_for(|(_, alive)| !alive) => return,
                accepted = listener.accept() => accepted,
            };
            number += 1;
            if let Ok((gateway, _)) = accepted {
                tokio::spawn(self.clone().carry(gateway, number));
            }
        }
    }

    async fn carry(self: Arc<Self>, gateway: TcpStream, number: u64) {
        let mut alive = self.alive.subscribe();
        let born = alive.borrow_and_update().0;
        let Ok(server) = TcpStream::connect(("127.0.0.1", self.server)).await else { return };
        if gateway.set_nodelay(true).and(server.set_nodelay(true)).is_err() {
            return;
        }
        let (asked, answers) = gateway.into_split();
        let (answered, questions) = server.into_split();
        let random = |direction| Random::of_case(self.seed, 2 * number + direction);
        let both = async {
            tokio::try_join!(self.ask(asked, questions, random(0)), self.answer(answered, answers, random(1)))
        };
        tokio::select! {
            _ = alive.wait_for(|(number, _)| *number != born) => {}
            _ = both => {}
        }
    }

    /// Passes questions on, each of them whole: what the gateway waits for an answer to.
    async fn ask(&self, from: OwnedReadHalf, mut to: OwnedWriteHalf, mut random: Random) -> io::Result<()> {
        let mut from = BufReader::new(from);
        let (mut question, mut started) = (Vec::new(), false);
        loop {
            let kind = if started { from.read_u8().await? } else { 0 };
            let length = from.read_u32().await?;
            let mut body = vec![0; (length as usize).saturating_sub(4)];
            from.read_exact(&mut body).await?;
            if started {
                question.push(kind);
            } else {
                let code = body.first_chunk().map(|code| u32::from_be_bytes(*code));
                started = code.is_some_and(|code| !BEFORE_START.contains(&code));
            }
            if let Some((what, by)) = self.barrier.change().filter(|_| kind == b'P') {
                replace(&mut body, what, by);
            }
            if kind == b'Q' && body.starts_with(b"rollback") {
                self.sent_back.fetch_add(1, Ordering::SeqCst);
            }
            question.extend((body.len() as u32 + 4).to_be_bytes());
            question.extend(&body);
            // A part of a question of several messages is not answered before its end.
            if !matches!(kind, b'P' | b'B' | b'D' | b'E' | b'C') {
                self.step(&mut random).await;
                to.write_all(&question).await?;
                question.clear();
            }
        }
    }

    async fn answer(
        &self,
        mut from: OwnedReadHalf,
        mut to: OwnedWriteHalf,
        mut random: Random,
    ) -> io::Result<()> {
        let mut answer = vec![0; 65_536];
        loop {
            let length = from.read(&mut answer).await?;
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.step(&mut random).await;
            to.write_all(&answer[..length]).await?;
        }
    }
}

fn replace(text: &mut Vec<u8>, what: &[u8], by: &[u8]) {
    if let Some(at) = text.windows(what.len()).position(|window| window == what) {
        text.splice(at..at + what.len(), by.iter().copied());
    }
}
