//! What holds whoever the people are and whatever they said.

use proptest::prelude::*;

use crate::domain::client::Capacity::{self, *};
use crate::domain::client::Registration;
use crate::domain::consent::{Consent, Objection, Stance};
use crate::domain::lack::Lack;
use crate::domain::relation::is_related;
use crate::domain::testing::*;

const CODES: [&str; 6] = ["C01", "C02", "D01", "A12", "G03", "B01"];
const PEOPLE: [(&str, Capacity); 9] = [
    ("client", Youth),
    ("client", Adult),
    ("mother", ParentAuthority),
    ("father", ParentAuthority),
    ("guardian", Guardian),
    ("institution", CourtOrder),
    ("mentor", Mentor),
    ("administrator", Administrator),
    ("mother", DataSubject),
];

fn code() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&CODES[..])
}

fn somebody() -> impl Strategy<Value = (&'static str, Capacity)> {
    prop::sample::select(&PEOPLE[..])
}

prop_compose! {
    fn a_client()(age in 8_i16..20, unable: bool, registered in prop::collection::vec(2_usize..8, 0..4), order: bool)
        -> Registration
    {
        let client = if unable { aged(age).unable() } else { aged(age) };
        let client = if order { client.with_order(always(), Some(in_place_of(&["father"], &["CAS"]))) } else { client };
        let people = registered.into_iter().map(|i| PEOPLE[i]).filter(|(_, c)| *c != CourtOrder);
        people.fold(client, |client, (name, capacity)| client.with(name, capacity))
    }
}

prop_compose! {
    /// Most of them agreed to by everybody, so that a good part is covered.
    fn a_permit()(
        codes in prop::sample::subsequence(&CODES[..], 0..=CODES.len()),
        yes in prop::collection::vec((somebody(), 0_i64..90), 0..6),
        (everybody, adult) in any::<(bool, bool)>(),
        (from, until) in (-5_i64..95, -60_i64..-6),
    ) -> Consent {
        let permit = permit("CAS", &codes).during(between(days_ago(from), days_ago(until)));
        let all = PEOPLE.iter().filter(|(_, c)| everybody && *c != if adult { Youth } else { Adult }).map(|who| (*who, 10));
        all.chain(yes).fold(permit, |permit, ((name, capacity), days)| match capacity {
            DataSubject => permit.yes_about(name, &codes, days_ago(days)),
            _ => permit.yes(name, capacity, days_ago(days)),
        })
    }
}

prop_compose! {
    fn an_objection()(
        (name, capacity) in somebody(),
        days in 0_i64..90,
        (to_us, role, purposeful) in any::<(bool, bool, bool)>(),
        codes in prop::option::of(prop::sample::subsequence(&CODES[..], 1..=CODES.len())),
    ) -> Consent {
        let objection = Objection {
            recipient: to_us.then(|| team().organisation),
            role: (to_us && role).then(|| team().role),
            purpose: purposeful.then(|| purpose("CAS")),
            fields: codes.map(|codes| fields(&codes)),
        };
        no(name, capacity, days_ago(days), objection)
    }
}

fn consents() -> impl Strategy<Value = Vec<Consent>> {
    prop::collection::vec(prop_oneof![3 => a_permit(), 1 => an_objection()], 0..5)
}

fn now(client: &Registration, consents: &[Consent], code: &str) -> Option<Lack> {
    lack(client, consents, "CAS", code, today())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_permit_never_covers_a_field_that_it_does_not_list(client in a_client(), consents in consents(), code in code()) {
        let listed = consents.iter().filter_map(Consent::permit).any(|p| p.fields.contains(&field(code)));
        prop_assert!(listed || now(&client, &consents, code).is_some());
    }

    #[test]
    fn an_objection_more_never_opens_a_field(
        client in a_client(), consents in consents(), objection in an_objection(), code in code(),
    ) {
        let before = now(&client, &consents, code);
        let after = now(&client, &[consents, vec![objection]].concat(), code);
        prop_assert!(before.is_none() || after.is_some());
    }

    #[test]
    fn a_withdrawn_permit_never_opens_a_field_and_a_field_taken_back_is_closed(
        client in a_client(), mut consents in consents(), (name, _) in somebody(), only in prop::option::of(code()), code in code(),
    ) {
        let before = now(&client, &consents, code);
        let (catalogue, only) = (catalogue(), only.map(|code| fields(&[code])));
        for consent in consents.iter_mut().filter(|c| matches!(c.stance, Stance::Permit(_))) {
            if let Ok(next) = consent.withdraw(&person(name), only.as_deref(), &client, terms(&catalogue), today()) {
                prop_assert_eq!(next.version, consent.version + 1);
                *consent = next;
            }
        }
        let after = now(&client, &consents, code);
        prop_assert!(before.is_none() || after.is_some());
    }

    #[test]
    fn with_nobody_to_agree_nothing_is_covered(age in 0_i16..16, consents in consents(), code in code()) {
        prop_assert_eq!(now(&aged(age), &consents, code), Some(Lack::NobodyCompetent));
    }

    #[test]
    fn who_has_a_covered_field_is_related(client in a_client(), consents in consents(), code in code()) {
        let related = is_related(&team(), &custodian(), Some((&client, &consents)), terms(&catalogue()), today());
        prop_assert!(related || now(&client, &consents, code).is_some());
    }

    #[test]
    fn the_order_of_consents_does_not_matter(client in a_client(), consents in consents(), code in code()) {
        let mut turned = consents.clone();
        turned.reverse();
        prop_assert_eq!(now(&client, &consents, code), now(&client, &turned, code));
    }
}

#[test]
fn such_a_permit_of_everybody_covers_what_the_ladder_asks() {
    // Without this the properties could hold because nothing is ever covered.
    let client = aged(14).with_parents();
    let everybody = permit("CAS", &["C01", "G03"])
        .yes("client", Youth, days_ago(10))
        .parents_yes(days_ago(10))
        .yes_about("mother", &["G03"], days_ago(10));
    assert_eq!(now(&client, std::slice::from_ref(&everybody), "C01"), None);
    assert_eq!(now(&client, &[everybody], "G03"), Some(Lack::DataSubjectMissing));
}
