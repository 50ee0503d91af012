use jiff::civil::date;
use zeroize::Zeroizing;

use super::*;
use crate::domain::DelayReason;
use crate::grpc::parse::tests::caller;

fn key() -> PseudonymKey {
    PseudonymKey::new(&Zeroizing::new([1; 32])).unwrap()
}

fn emergency() -> v1::EmergencyEvidence {
    let text = || "Er is op dit moment geen andere weg.".to_owned();
    v1::EmergencyEvidence {
        consent: text(),
        damage: text(),
        conscience: text(),
        subsidiarity: text(),
        effectiveness: text(),
        proportionality: text(),
        consulted: "colleague-1".to_owned(),
    }
}

fn with(kind: Kind) -> v1::GroundEvidence {
    v1::GroundEvidence { ground: Some(kind), note_reference: "note-1".to_owned(), notice: None }
}

fn read(ground: &str, wire: &v1::GroundEvidence) -> Result<GroundEvidence, Vec<(String, &'static str)>> {
    let mut input = Input::default();
    let evidence = input.ground_evidence(Some(wire), Ground::parse(ground), &key(), &caller());
    input.finish(|| evidence).map_err(crate::grpc::refusal::Refusal::into_violations)
}

#[test]
fn of_the_answers_is_kept_which_were_there_and_the_colleague_becomes_a_pseudonym() {
    let six = read("R09", &with(Kind::Emergency(emergency()))).unwrap();
    assert_eq!(six.answered.iter().copied().collect::<Vec<_>>(), Question::of(Ground::CONFLICT));
    let expected = key().requester(caller().organisation(), "colleague-1");
    assert_eq!((six.consulted, six.note.unwrap().as_str()), (Some(expected), "note-1"));

    let five = v1::EmergencyEvidence { subsidiarity: "nee".to_owned(), ..emergency() };
    let five = read("R15", &with(Kind::Emergency(five))).unwrap();
    assert!(five.answered.len() == 5 && !five.answered.contains(&Question::Subsidiarity));
    let kept = serde_json::to_string(&five).unwrap();
    assert!(!kept.contains("weg") && !kept.contains("colleague"), "{kept}");
}

#[test]
fn who_consults_nobody_but_themselves_consulted_nobody() {
    let mut own = caller();
    own.requester.actor.requester = key().requester(own.organisation(), "me");
    let wire = with(Kind::Emergency(v1::EmergencyEvidence { consulted: "me".to_owned(), ..emergency() }));
    let evidence = Input::default().ground_evidence(Some(&wire), Ground::parse("R10"), &key(), &own);
    assert_eq!(evidence.unwrap().consulted, None);
}

#[test]
fn what_is_missing_is_no_error_of_the_message() {
    let order = v1::SupervisionOrderEvidence::default();
    let kinds = [
        ("R03", Kind::Representative(v1::RepresentativeEvidence::default())),
        ("R04", Kind::PresumedConsent(v1::PresumedConsentEvidence::default())),
        ("R05", Kind::Report(v1::ReportEvidence::default())),
        ("R06", Kind::SupervisionOrder(order)),
        ("R07", Kind::Inquiry(v1::InquiryEvidence::default())),
        ("R09", Kind::Emergency(v1::EmergencyEvidence::default())),
    ];
    for (ground, kind) in kinds {
        let wire = v1::GroundEvidence { ground: Some(kind), ..v1::GroundEvidence::default() };
        assert_eq!(read(ground, &wire), Ok(GroundEvidence::default()), "{ground}");
    }
    assert_eq!(read("R09", &v1::GroundEvidence::default()), Ok(GroundEvidence::default()));
}

#[test]
fn each_ground_has_its_own_evidence_and_every_part_of_it_is_read() {
    let text = || "Dit staat zo in het dossier.".to_owned();
    let report = v1::ReportEvidence {
        signals: text(),
        consultation: text(),
        conversation: text(),
        weighing: text(),
        decision: text(),
    };
    let report = read("R05", &with(Kind::Report(report))).unwrap();
    assert_eq!(report.answered.iter().copied().collect::<Vec<_>>(), Question::of(Ground::REPORT));
    let order =
        v1::SupervisionOrderEvidence { order: "order-1".to_owned(), initiative: 2, necessity: text() };
    let order = read("R06", &with(Kind::SupervisionOrder(order))).unwrap();
    assert_eq!(order.order.unwrap().as_str(), "order-1");
    assert_eq!(order.initiative, Some(Initiative::OwnInitiative));
    assert!(order.answered.contains(&Question::Necessity));
    let presumed = v1::PresumedConsentEvidence { expectation: text(), informed: true };
    let presumed = read("R04", &with(Kind::PresumedConsent(presumed))).unwrap();
    assert!(presumed.informed && presumed.answered.contains(&Question::Expectation));
    let person = v1::RepresentativeEvidence { person: "parent-1".to_owned() };
    let representative = read("R03", &with(Kind::Representative(person))).unwrap().representative;
    assert_eq!(representative.unwrap().as_str(), "parent-1");
    let inquiry = read("R07", &with(Kind::Inquiry(v1::InquiryEvidence { weighing: text() }))).unwrap();
    assert!(inquiry.answered.contains(&Question::Weighing));
}

#[test]
fn what_cannot_be_evidence_is_refused_with_its_path_and_never_repeated() {
    type Change = fn(&mut v1::EmergencyEvidence);
    let table: [(Change, &str, &str); 3] = [
        (
            |e| e.damage = "Bel 123 456 782 voor het gevaar".to_owned(),
            "evidence.emergency.damage",
            "IDENTIFIER_DETECTED",
        ),
        (|e| e.consent = "te veel ".repeat(500), "evidence.emergency.consent", "TOO_LONG"),
        (|e| e.consulted = "c".repeat(129), "evidence.emergency.consulted", "TOO_LONG"),
    ];
    for (change, field, reason) in table {
        let mut wire = emergency();
        change(&mut wire);
        assert_eq!(read("R09", &with(Kind::Emergency(wire))), Err(vec![(field.to_owned(), reason)]));
    }
    for ground in ["R01", "R02", "R05", "R08", "R13"] {
        let refused = read(ground, &with(Kind::Emergency(emergency())));
        assert_eq!(refused, Err(vec![("evidence".to_owned(), "EVIDENCE_OF_OTHER_GROUND")]), "{ground}");
    }
    let noted = v1::GroundEvidence { note_reference: "999993653".to_owned(), ..Default::default() };
    assert_eq!(read("R09", &noted), Err(vec![("evidence.note_reference".to_owned(), "MALFORMED")]));
}

#[test]
fn a_notice_is_told_or_delayed_with_a_reason_and_a_day() {
    let delayed =
        |reason, day: &str| Some(When::Delayed(v1::DelayedNotice { reason, review_on: day.to_owned() }));
    let notice = |when| {
        let notice = Some(v1::ClientNotice { when });
        read("R09", &v1::GroundEvidence { notice, ..Default::default() }).map(|e| e.notice)
    };
    let review_on = date(2026, 6, 3);
    let reason = DelayReason::HarmToClient;
    assert_eq!(notice(Some(When::Told(true))), Ok(Some(ClientNotice::Told)));
    assert_eq!(notice(delayed(1, "2026-06-03")), Ok(Some(ClientNotice::Delayed { reason, review_on })));
    for nothing in
        [None, Some(When::Told(false)), delayed(0, "2026-06-03"), delayed(9, "2026-06-03"), delayed(1, "")]
    {
        assert_eq!(notice(nothing), Ok(None));
    }
    let wrong = notice(delayed(1, "soon")).unwrap_err();
    assert_eq!(wrong, [("evidence.notice.delayed.review_on".to_owned(), "DATE_MALFORMED")]);
}
