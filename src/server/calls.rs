//! The calls of one connection: how many are under way, and whether their answers are read.
//!
//! Who opens calls and never reads what is answered makes us hold answers. So calls count until their answer was read to its
//! end, and a connection on which answers wait and none moves is cut off (threats.md T11).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

use crate::identity::PeerCertificate;

/// Who is at the other end of a connection, and its calls: an extension of every request.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The organisation's certificate.
    pub certificate: Arc<PeerCertificate>,
    /// What is under way.
    pub(super) calls: Arc<Calls>,
}

/// The calls of one connection.
#[derive(Debug)]
pub(super) struct Calls {
    most: usize,
    under_way: AtomicUsize,
    /// Answers of which the next part waits for its reader.
    unread: AtomicUsize,
    /// Parts of answers that were taken so far.
    moved: AtomicU64,
}

/// One call under way.
#[derive(Debug)]
pub(super) struct Call(Arc<Calls>);

impl Calls {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            under_way: AtomicUsize::new(0),
            unread: AtomicUsize::new(0),
            moved: AtomicU64::new(0),
        })
    }

    /// One more, if there may be.
    pub(super) fn begin(self: &Arc<Self>) -> Option<Call> {
        let one_more = |n| (n < self.most).then_some(n + 1);
        self.under_way.fetch_update(Relaxed, Relaxed, one_more).is_ok().then(|| Call(self.clone()))
    }

    /// How far its reader is, if anything waits for it.
    pub(super) fn waits_at(&self) -> Option<u64> {
        (self.unread.load(Relaxed) > 0).then(|| self.moved.load(Relaxed))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Relaxed);
    }
}

impl Call {
    /// The same answer; the call is under way until it was read or let go of.
    pub(super) fn read_to_its_end(self, body: Body) -> Body {
        self.0.unread.fetch_add(1, Relaxed);
        Body::new(Unread { body, call: self, waits: true })
    }
}

/// An answer that is being read. It waits for its reader, unless there is nothing to read yet.
struct Unread {
    body: Body,
    call: Call,
    waits: bool,
}

impl Unread {
    fn now_waits(&mut self, waits: bool) {
        let calls = &self.call.0;
        match (self.waits, waits) {
            (false, true) => drop(calls.unread.fetch_add(1, Relaxed)),
            (true, false) => drop(calls.unread.fetch_sub(1, Relaxed)),
            _ => {}
        }
        self.waits = waits;
    }
}

impl HttpBody for Unread {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.call.0.moved.fetch_add(1, Relaxed);
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        self.now_waits(polled.is_ready());
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        self.now_waits(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer that is not empty: an empty one is over at once.
    fn words() -> Body {
        Body::new("words".to_owned())
    }

    fn next(body: &mut Body) -> bool {
        Pin::new(body).poll_frame(&mut Context::from_waker(std::task::Waker::noop())).is_ready()
    }

    #[test]
    fn a_call_is_under_way_until_its_answer_was_let_go_of() {
        let calls = Calls::new(2);
        let (first, second) = (calls.begin().unwrap(), calls.begin().unwrap());
        assert!(calls.begin().is_none());
        let body = first.read_to_its_end(words());
        drop(second);
        assert!(calls.begin().is_some());
        assert_eq!(calls.under_way.load(Relaxed), 1);
        drop(body);
        assert_eq!(calls.under_way.load(Relaxed), 0);
    }

    #[test]
    fn an_answer_waits_for_its_reader_only_where_there_is_something_to_read() {
        let calls = Calls::new(9);
        assert_eq!(calls.waits_at(), None);
        let mut ready = calls.begin().unwrap().read_to_its_end(words());
        assert_eq!(calls.waits_at(), Some(0));
        assert!(next(&mut ready));
        assert_eq!(calls.waits_at(), Some(1));
        drop(ready);
        assert_eq!(calls.waits_at(), None);
        let nothing_yet = tokio_stream::pending::<Result<Frame<Bytes>, Status>>();
        let mut not_yet = calls.begin().unwrap().read_to_its_end(Body::new(Pending(nothing_yet)));
        assert!(!next(&mut not_yet));
        assert_eq!(calls.waits_at(), None, "it waits for us, not for its reader");
        drop(not_yet);
        assert_eq!(calls.unread.load(Relaxed), 0);
    }

    struct Pending(tokio_stream::Pending<Result<Frame<Bytes>, Status>>);

    impl HttpBody for Pending {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            tokio_stream::Stream::poll_next(Pin::new(&mut self.0), cx)
        }
    }
}
