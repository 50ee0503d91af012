//! The frames of HTTP/2 as they come in, by their headers alone (RFC 9113 §4.1): to know a flood of those that ask for an answer and
//! carry nothing, PING and SETTINGS (CVE-2019-9512, CVE-2019-9515). No limit of the protocol's own ends such a connection.
//!
//! What is always true here: whoever calls may also ask how far away we are, as clients that measure their connection do with every
//! answer. Only what goes far beyond that is a flood.

use std::time::Duration;

use tokio::time::Instant;

/// What a client says first (RFC 9113 §3.4), in bytes.
const PREFACE: usize = 24;
/// A frame's header, in bytes.
const HEADER: u8 = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
/// How long is counted.
const WINDOW: Duration = Duration::from_secs(1);
/// How many may come in that time for nothing, and beside each frame that is of a call.
const FREE: u32 = 1_000;
const BESIDE_EACH: u32 = 4;

/// The frames of one connection.
#[derive(Debug)]
pub(super) struct Frames {
    /// Bytes that are no header: of the preface, or of a frame's content.
    skip: usize,
    /// Bytes of this header so far, and what they say.
    header: u8,
    length: usize,
    kind: u8,
    since: Instant,
    asking: u32,
    calling: u32,
}

impl Frames {
    /// Of a connection that begins.
    pub(super) fn new(now: Instant) -> Self {
        Self { skip: PREFACE, header: 0, length: 0, kind: 0, since: now, asking: 0, calling: 0 }
    }

    /// Takes what was read. Whether it is a flood.
    pub(super) fn flood(&mut self, mut bytes: &[u8], now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= WINDOW {
            (self.since, self.asking, self.calling) = (now, 0, 0);
        }
        while let Some((byte, rest)) = bytes.split_first() {
            if self.skip > 0 {
                let skipped = self.skip.min(bytes.len());
                self.skip -= skipped;
                bytes = bytes.get(skipped..).unwrap_or_default();
                continue;
            }
            bytes = rest;
            match self.header {
                0..=2 => self.length = (self.length << 8) | usize::from(*byte),
                3 => self.kind = *byte,
                _ => {}
            }
            self.header += 1;
            if self.header == HEADER {
                self.end_header();
            }
        }
        self.asking > self.calling.saturating_mul(BESIDE_EACH).saturating_add(FREE)
    }

    fn end_header(&mut self) {
        match self.kind {
            PING | SETTINGS => self.asking = self.asking.saturating_add(1),
            HEADERS => self.calling = self.calling.saturating_add(1),
            DATA if self.length > 0 => self.calling = self.calling.saturating_add(1),
            _ => {}
        }
        (self.skip, self.header, self.length) = (self.length, 0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, content: usize) -> Vec<u8> {
        let length = u32::try_from(content).unwrap().to_be_bytes();
        let mut frame = vec![length[1], length[2], length[3], kind, 0, 0, 0, 0, 1];
        frame.resize(9 + content, PING);
        frame
    }

    /// Hands them over in parts of this size, in one moment.
    fn floods(frames: &[Vec<u8>], part: usize) -> bool {
        let now = Instant::now();
        let mut counted = Frames::new(now);
        let bytes = [vec![PING; PREFACE], frames.concat()].concat();
        bytes.chunks(part).any(|part| counted.flood(part, now))
    }

    #[test]
    fn questions_for_nothing_are_a_flood_and_those_beside_calls_are_not_however_they_are_cut() {
        let many = |frame: Vec<u8>, times: u32| vec![frame; usize::try_from(times).unwrap()];
        let call = [frame(HEADERS, 300), frame(DATA, 2_000), frame(PING, 8), frame(SETTINGS, 0)].concat();
        for (what, frames, is_flood) in [
            ("pings", many(frame(PING, 8), FREE + 1), true),
            ("settings", many(frame(SETTINGS, 6), FREE + 1), true),
            ("as many as are free", many(frame(PING, 8), FREE), false),
            ("calls that measure", many(call, 10 * FREE), false),
            ("empty data carries no call", many([frame(DATA, 0), frame(PING, 8)].concat(), FREE + 1), true),
            ("content that looks like frames", vec![frame(DATA, 60_000)], false),
        ] {
            for part in [1, 7, 9, 4_096, 1 << 20] {
                assert_eq!(floods(&frames, part), is_flood, "{what} in parts of {part}");
            }
        }
    }

    #[test]
    fn what_comes_over_time_is_no_flood() {
        let mut now = Instant::now();
        let mut counted = Frames::new(now);
        assert!(!counted.flood(&[0; PREFACE], now));
        for _ in 0..10 {
            assert!(!counted.flood(&frame(PING, 8).repeat(usize::try_from(FREE).unwrap()), now));
            now += WINDOW;
        }
    }
}
