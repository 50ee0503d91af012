use super::*;

/// Gives 1, 1, 1 ..., then 2, 2, 2 ...
#[derive(Default)]
struct Counting(std::sync::atomic::AtomicU8);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(1 + self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
    }
}

fn follower(share: f64) -> (Follower, mpsc::Receiver<Span>) {
    Follower::new(TraceShare::try_from(share).unwrap(), Arc::new(Counting::default()))
}

fn organisation() -> OrganisationId {
    OrganisationId::parse("00000099000000000201").unwrap()
}

fn trace() -> TraceId {
    TraceId::from_bytes([7; 16])
}

fn said(sampled: bool) -> TraceParent {
    TraceParent { trace: trace(), span: [9; 8], sampled }
}

fn begin(follower: Option<&Follower>, from: Option<&TraceParent>) -> Followed {
    let at = (Timestamp(5), Instant::now());
    Followed::begin(follower, Beginning { trace: &trace(), from, at, caller: Some(organisation()) })
}

type Said = (&'static str, SpanKind, SpanId, Option<SpanId>, Option<&'static str>, bool);

fn handed_over(spans: &mut mpsc::Receiver<Span>) -> Vec<Said> {
    std::iter::from_fn(|| spans.try_recv().ok())
        .map(|span| {
            assert_eq!((&span.trace, span.began.0), (&trace(), Timestamp(5)));
            (span.name, span.kind, span.id, span.parent, span.outcome, span.failed)
        })
        .collect()
}

#[test]
fn a_followed_call_hands_over_its_parts_and_then_itself_each_under_what_it_is_a_part_of() {
    let (follower, mut spans) = follower(0.0);
    let call = begin(Some(&follower), Some(&said(true)));
    let heard = call.during(|| {
        let deciding = part("decide");
        drop(deciding);
        let (asking, heard) = question("ask", &organisation());
        ended(asking, "timeout", true);
        ended(part("seal"), "sealed", false);
        heard.unwrap()
    });
    call.end("Disclose", "OK", false);
    assert_eq!(heard, TraceParent { trace: trace(), span: [3; 8], sampled: true });
    let own = Some([1; 8]);
    assert_eq!(
        handed_over(&mut spans),
        [
            ("decide", SpanKind::Internal, [2; 8], own, None, false),
            ("ask", SpanKind::Client, [3; 8], own, Some("timeout"), true),
            ("seal", SpanKind::Internal, [4; 8], own, Some("sealed"), false),
            ("Disclose", SpanKind::Server, [1; 8], Some([9; 8]), Some("OK"), false),
        ]
    );
}

#[test]
fn a_caller_decides_whether_its_call_is_followed_and_the_share_where_it_says_nothing() {
    let (yes, no) = (Some(said(true)), Some(said(false)));
    for (share, from, followed) in
        [(0.0, &yes, true), (1.0, &no, false), (0.0, &None, false), (1.0, &None, true)]
    {
        let (follower, mut spans) = follower(share);
        let call = begin(Some(&follower), from.as_ref());
        let (asking, heard) = call.during(|| question("ask", &organisation()));
        assert_eq!((asking.is_some(), heard.unwrap().sampled), (followed, followed), "{share} {from:?}");
        drop(asking);
        call.end("Disclose", "OK", false);
        assert_eq!(handed_over(&mut spans).len(), if followed { 2 } else { 0 }, "{share} {from:?}");
    }
}

#[test]
fn where_nobody_follows_what_the_caller_says_is_passed_on_and_nothing_else() {
    let ask = |call: &Followed| call.during(|| question("ask", &organisation()));
    for sampled in [true, false] {
        let (asking, heard) = ask(&begin(None, Some(&said(sampled))));
        assert!(asking.is_none());
        assert_eq!(heard, Some(said(sampled)));
    }
    let (asking, heard) = ask(&begin(None, None));
    assert!(asking.is_none() && heard.is_none());
    assert!(part("decide").is_none(), "outside a call nothing is a part of one");
}

#[test]
fn what_is_begun_within_one_call_is_no_part_of_another() {
    let (follower, mut spans) = follower(1.0);
    let (outer, inner) = (begin(Some(&follower), None), begin(Some(&follower), None));
    outer.during(|| {
        inner.during(|| drop(part("inner")));
        drop(part("outer"));
    });
    let parents: Vec<_> = handed_over(&mut spans).into_iter().map(|said| (said.0, said.3)).collect();
    assert_eq!(parents, [("inner", Some([2; 8])), ("outer", Some([1; 8]))]);
}

#[test]
fn a_queue_that_is_full_or_gone_holds_up_nobody() {
    let (follower, mut spans) = follower(1.0);
    let call = begin(Some(&follower), None);
    (0..WAITING + 3).for_each(|_| call.end("Disclose", "OK", false));
    assert_eq!(handed_over(&mut spans).len(), WAITING);
    drop(spans);
    call.end("Disclose", "OK", false);
    drop(call.part("decide"));
}
