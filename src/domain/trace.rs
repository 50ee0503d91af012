//! The W3C trace context (`traceparent`, version 00): which trace a call belongs to, which part of it calls, and whether it is followed.
//!
//! It is all that is taken over of a context. A `tracestate` may say anything, is for whoever wrote it, and is not passed on: it would
//! go from one organisation's systems to another's unread.

use std::fmt;

use crate::domain::TraceId;

/// Of a span: one part of a trace.
pub type SpanId = [u8; 8];

/// A `traceparent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace.
    pub trace: TraceId,
    /// The part of it that calls.
    pub span: SpanId,
    /// Whether it is followed there.
    pub sampled: bool,
}

impl TraceParent {
    /// Reads it; `None` if it is not exactly one of version 00.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex = |text: &str, length| {
            text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        let nonzero = |text: &str| text.bytes().any(|b| b != b'0');
        let whole = version == "00" && hex(parent, 16) && nonzero(parent) && hex(flags, 2) && nonzero(trace);
        let trace = TraceId::parse(trace).ok().filter(|_| whole && parts.next().is_none())?;
        let span = u64::from_str_radix(parent, 16).ok()?.to_be_bytes();
        let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
        Some(Self { trace, span, sampled })
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (span, flags) = (u64::from_be_bytes(self.span), u8::from(self.sampled));
        write!(f, "00-{}-{span:016x}-{flags:02x}", self.trace)
    }
}

/// The share of traces that is followed, where the caller does not say. The trace id decides, so that every gateway decides the same
/// (W3C Trace Context level 2: its last 56 bits are random).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "f64")]
pub struct TraceShare(u64);

/// Not a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 0 to 1")]
pub struct NoShare;

const ALL: u64 = 1 << 56;

impl TraceShare {
    /// Whether it takes this trace.
    pub fn takes(self, trace: &TraceId) -> bool {
        let random = trace.as_str().get(18..).and_then(|last| u64::from_str_radix(last, 16).ok());
        random.is_some_and(|random| random < self.0)
    }
}

impl TryFrom<f64> for TraceShare {
    type Error = NoShare;

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a power of two, times at most 1"
    )]
    fn try_from(share: f64) -> Result<Self, NoShare> {
        if (0.0..=1.0).contains(&share) { Ok(Self((share * ALL as f64) as u64)) } else { Err(NoShare) }
    }
}

impl Default for TraceShare {
    /// One of a hundred.
    fn default() -> Self {
        Self(ALL / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_goes_on_if_its_context_is_whole_and_otherwise_a_new_one_begins() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let read = TraceParent::parse(good).unwrap();
        assert_eq!((read.trace.as_str(), read.sampled), ("4bf92f3577b34da6a3ce929d0e0e4736", true));
        assert_eq!(read.to_string(), good);
        assert!(!TraceParent::parse(&good.replace("-01", "-02")).unwrap().sampled);
        for bad in [
            "",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-00",
        ] {
            assert_eq!(TraceParent::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_share_takes_that_part_of_all_traces_and_the_same_ones_everywhere() {
        let trace = |last: u64| TraceId::parse(&format!("{:018}{last:014x}", 7)).unwrap();
        let share = |share: f64| TraceShare::try_from(share).unwrap();
        for (part, last, taken) in [
            (0.0, 0, false),
            (1.0, ALL - 1, true),
            (0.5, ALL / 2 - 1, true),
            (0.5, ALL / 2, false),
            (0.01, ALL / 100 - 1, true),
            (0.01, ALL / 100 + 1, false),
        ] {
            assert_eq!(share(part).takes(&trace(last)), taken, "{part} of {last:x}");
        }
        assert!(TraceShare::default().takes(&trace(ALL / 100 - 1)));
        for none in [-0.01, 1.01, f64::NAN, f64::INFINITY] {
            assert_eq!(TraceShare::try_from(none), Err(NoShare), "{none}");
        }
    }
}
