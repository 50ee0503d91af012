//! Who is worked on now: around every call, before anything of it is read.
//!
//! What is always true here:
//! 1. A call that cannot be taken up soon is refused at once, with word of when to try again: a queue would only hide it.
//! 2. Nothing is begun after its deadline, and nothing goes on after it: the caller's own or the gateway's, whichever ends
//!    first. What was begun is dropped, up to the seal, which leaves out whatever nobody waits for.
//! 3. Health is answered however busy it is.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderMap, Request, Response};
use tokio::time::{Instant, timeout_at};
use tonic::body::Body;
use tower::{Layer, Service};

use super::calls::{Call, Peer};
use super::turns::{Taken, Turn, Turns};
use crate::grpc::{NotBegun, WaitedSince};

const HEALTH: &str = "/grpc.health.v1.Health/";
const GRPC_TIMEOUT: &str = "grpc-timeout";
/// Longer is no number that gRPC allows.
const DIGITS: usize = 8;

/// How calls are taken up.
#[derive(Clone)]
pub(super) struct Admission {
    /// Whose turn it is.
    pub(super) turns: Arc<Turns>,
    /// How long a call may take.
    pub(super) timeout: Duration,
}

/// The services behind it.
#[derive(Clone)]
pub(super) struct Admitted<S> {
    services: S,
    admission: Admission,
}

impl<S> Layer<S> for Admission {
    type Service = Admitted<S>;

    fn layer(&self, services: S) -> Admitted<S> {
        Admitted { services, admission: self.clone() }
    }
}

type Answer = Result<Response<Body>, Infallible>;

impl<S> Service<Request<Body>> for Admitted<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.services.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let timeout =
            asked(request.headers()).map_or(self.admission.timeout, |d| d.min(self.admission.timeout));
        let deadline = Instant::now() + timeout;
        let Some(peer) = request.extensions().get::<Peer>().cloned() else {
            return Box::pin(self.services.call(request));
        };
        request.extensions_mut().insert(peer.certificate.clone());
        let Some(call) = peer.calls.begin() else { return refused(NotBegun::ConnectionBusy) };
        if request.uri().path().starts_with(HEALTH) {
            return Box::pin(in_time(call, None, deadline, self.services.call(request)));
        }
        match self.admission.turns.take(&peer.certificate.organisation) {
            Err(_) => refused(NotBegun::OrganisationBusy),
            Ok(Taken::Now(turn)) => {
                Box::pin(in_time(call, Some(turn), deadline, self.services.call(request)))
            }
            Ok(Taken::Later(later)) => {
                request.extensions_mut().insert(WaitedSince(std::time::Instant::now()));
                let mut services = self.services.clone();
                Box::pin(async move {
                    match timeout_at(deadline, later).await {
                        Ok(Ok(turn)) => in_time(call, Some(turn), deadline, services.call(request)).await,
                        _ => Ok(NotBegun::TooLate.into_response()),
                    }
                })
            }
        }
    }
}

fn refused(why: NotBegun) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
    Box::pin(std::future::ready(Ok(why.into_response())))
}

/// The answer, if it comes in time. The turn ends with it; the call, when it was read.
async fn in_time(
    call: Call,
    turn: Option<Turn>,
    deadline: Instant,
    answering: impl Future<Output = Answer>,
) -> Answer {
    let answer = timeout_at(deadline, answering).await;
    drop(turn);
    match answer {
        Ok(Ok(answer)) => Ok(answer.map(|body| call.read_to_its_end(body))),
        Ok(Err(never)) => match never {},
        Err(_) => Ok(NotBegun::TooLate.into_response()),
    }
}

/// How long the caller waits, if it says so in the way of gRPC: at most eight digits and a unit.
fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(GRPC_TIMEOUT)?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = digits.parse().ok().filter(|_| digits.len() <= DIGITS && !digits.starts_with('+'))?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3_600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_deadline_is_read_as_grpc_writes_it_and_anything_else_is_none() {
        for (text, expected) in [
            ("1H", Some(Duration::from_hours(1))),
            ("2M", Some(Duration::from_mins(2))),
            ("99999999S", Some(Duration::from_secs(99_999_999))),
            ("250m", Some(Duration::from_millis(250))),
            ("7u", Some(Duration::from_micros(7))),
            ("0n", Some(Duration::ZERO)),
            ("", None),
            ("S", None),
            ("100000000S", None),
            ("-1S", None),
            ("+1S", None),
            ("1.5S", None),
            ("1s", None),
            ("1\u{e9}", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(GRPC_TIMEOUT, http::HeaderValue::from_bytes(text.as_bytes()).unwrap());
            assert_eq!(asked(&headers), expected, "{text}");
        }
        assert_eq!(asked(&HeaderMap::new()), None);
    }
}
