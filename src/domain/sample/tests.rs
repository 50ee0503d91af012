use crate::domain::entry::{AuthenticationLevel, Nonce};
use crate::domain::event::DisclosureEvent;
use crate::domain::ground::Ground;
use crate::domain::id::{CovenantDigest, Hat, OrganisationId, RequesterRef, Role, TraceId};
use crate::domain::testing::{custodian, purpose, request, team, today};

use super::*;

fn somebody(number: u8, organisation: OrganisationId) -> Actor {
    let hat = Hat { organisation, role: Role::parse("privacy-officer").unwrap() };
    Actor { requester: RequesterRef::from_bytes([number; 16]), hat, level: AuthenticationLevel::High }
}

fn other() -> OrganisationId {
    OrganisationId::parse("00000004444444440000").unwrap()
}

/// Professional 7 of the recipient asked the custodian.
fn asked(change: impl Fn(&mut DisclosureEvent)) -> Entry {
    let mut event = DisclosureEvent {
        request: request(1),
        repeat_of: None,
        custodian: custodian(),
        purpose: purpose("CAS"),
        life_domains: vec![],
        ground: Ground::CONSENT,
        evidence: None,
        related: true,
        released: vec![],
        withheld: vec![],
        failure: None,
        spends: vec![],
        answered_in: None,
        follow_up: None,
    };
    change(&mut event);
    Entry {
        format: Entry::format(),
        at: today(),
        nonce: Nonce::new([1; 16]),
        trace: TraceId::from_bytes([2; 16]),
        covenant: CovenantDigest::parse(&"c0".repeat(32)).unwrap(),
        parties: 1,
        client: Some(ClientRef::from_bytes([4; 16])),
        revision: Some(1),
        actor: Some(somebody(7, team().organisation)),
        event: Event::Disclosure(event),
    }
}

fn judgement(verdict: SampleVerdict, follow_up: SampleFollowUp, note: Option<&str>) -> SampleJudgement {
    let note = note.map(|note| EvidenceReference::parse(note).unwrap());
    SampleJudgement { entry: 3, seed: SampleSeed::parse("2026-11").unwrap(), verdict, follow_up, note }
}

fn fine() -> SampleJudgement {
    judgement(SampleVerdict::InOrder, SampleFollowUp::Nothing, None)
}

#[test]
fn an_officer_of_either_side_judges_and_nobody_of_a_third() {
    let entry = asked(|_| ());
    for (organisation, said) in
        [(custodian(), Ok(())), (team().organisation, Ok(())), (other(), Err(SampleRefused::NotDrawable))]
    {
        assert_eq!(fine().holds_for(&somebody(9, organisation), &entry), said);
    }
}

#[test]
fn nobody_judges_what_they_asked_themselves_in_whatever_hat() {
    for organisation in [custodian(), team().organisation] {
        assert_eq!(
            fine().holds_for(&somebody(7, organisation), &asked(|_| ())),
            Err(SampleRefused::OwnRequest)
        );
    }
}

#[test]
fn what_a_sample_never_draws_is_not_judged_and_is_like_what_is_another_sides() {
    let officer = somebody(9, custodian());
    let repeat = asked(|asked| asked.repeat_of = Some(1));
    let judged =
        Entry { actor: Some(somebody(9, custodian())), event: Event::SampleJudged(fine()), ..asked(|_| ()) };
    let of_nobody = Entry { client: None, ..asked(|_| ()) };
    for entry in [repeat, judged, of_nobody, Entry { actor: None, ..asked(|_| ()) }] {
        assert_eq!(fine().holds_for(&officer, &entry), Err(SampleRefused::NotDrawable));
    }
}

#[test]
fn what_is_in_order_leaves_nothing_to_be_done_and_anything_else_says_where_the_reason_is() {
    use SampleVerdict::{FurtherQuestion, InOrder, NotInOrder};
    for follow_up in SampleFollowUp::ALL {
        let nothing = follow_up == SampleFollowUp::Nothing;
        let in_order = if nothing { Ok(()) } else { Err(SampleRefused::NothingToFollowUp) };
        for note in [None, Some("verslag-12")] {
            assert_eq!(judgement(InOrder, follow_up, note).is_whole(), in_order);
            for verdict in [NotInOrder, FurtherQuestion] {
                let expected = note.map(|_| ()).ok_or(SampleRefused::NoteMissing);
                assert_eq!(judgement(verdict, follow_up, note).is_whole(), expected);
            }
        }
    }
}

#[test]
fn every_word_of_a_verdict_is_read_back_and_no_other_is() {
    for verdict in SampleVerdict::ALL {
        assert_eq!(SampleVerdict::parse(verdict.as_str()), Some(verdict));
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
    }
    for follow_up in SampleFollowUp::ALL {
        assert_eq!(SampleFollowUp::parse(follow_up.as_str()), Some(follow_up));
        assert_eq!(serde_json::to_value(follow_up).unwrap(), follow_up.as_str());
    }
    assert_eq!((SampleVerdict::parse("fine"), SampleFollowUp::parse("")), (None, None));
}

#[test]
fn a_seed_holds_nobodys_number_wherever_it_stands_in_it() {
    for right in
        ["2026-11", "2026-10-31T23:00:00Z/2026-11-30T23:00:00Z/q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="]
    {
        assert!(SampleSeed::parse(right).is_ok(), "{right}");
    }
    for wrong in ["", "met spatie", "123456782", "zaad-123456782", "zaad/1234.56.782", &"x".repeat(129)] {
        assert!(SampleSeed::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_verdict_is_on_the_side_of_the_officer_who_gave_it_whoever_held_the_data() {
    let by = team().organisation;
    let entry =
        Entry { actor: Some(somebody(9, by.clone())), event: Event::SampleJudged(fine()), ..asked(|_| ()) };
    assert_eq!((entry.custodian(), entry.event.comes_after()), (Some(&by), Some(3)));
    assert_eq!((entry.event_name(), entry.event.follows_up()), ("sample-judged", None));
    assert!(!entry.changes_its_client(), "what a decision rests on is the same");
    assert_eq!(Entry::decode(&entry.encode().unwrap()), Ok(entry));
}
