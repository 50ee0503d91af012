//! The vectors of rules.md §8 that are about consent: what the ledger's reason is.

use jiff::civil::date;

use crate::domain::client::Capacity::*;
use crate::domain::lack::Lack;
use crate::domain::testing::*;
use crate::domain::time::Timestamp;

#[test]
fn vector_1_joint_authority_and_only_the_mother_agrees() {
    let yes = permit("CAS", &["C01"]).yes("mother", ParentAuthority, days_ago(5));
    assert_eq!(lack(&aged(9).with_parents(), &[yes], "CAS", "C01", today()), Some(Lack::MissingHolder));
}

#[test]
fn vector_2_a_consent_of_both_parents_is_suspended_on_the_twelfth_birthday() {
    let client = born(date(2014, 11, 23)).with_parents();
    let consents = [permit("CAS", &["C01"]).parents_yes(days_ago(5))];
    let birthday = Timestamp::start_of(date(2026, 11, 23));
    assert_eq!(lack(&client, &consents, "CAS", "C01", birthday.plus(-1)), None);
    assert_eq!(lack(&client, &consents, "CAS", "C01", birthday), Some(Lack::YouthMissing));
}

#[test]
fn vector_3_a_youth_of_14_and_both_parents_open_what_they_listed_and_nothing_else() {
    let client = aged(14).with_parents();
    let consents =
        [permit("WON", &["C01", "C02"]).yes("client", Youth, days_ago(5)).parents_yes(days_ago(5))];
    assert_eq!(lack(&client, &consents, "WON", "C01", today()), None);
    assert_eq!(lack(&client, &consents, "WON", "C02", today()), None);
    assert_eq!(lack(&client, &consents, "WON", "C03", today()), Some(Lack::NoConsent));
    assert_eq!(lack(&client, &consents, "CAS", "C01", today()), Some(Lack::NoConsent));
}

#[test]
fn vector_4_the_parents_agree_and_the_youth_of_14_refuses() {
    let yes = permit("WON", &["C01"]).parents_yes(days_ago(5));
    let refusal = no("client", Youth, days_ago(4), to_all());
    assert_eq!(
        lack(&aged(14).with_parents(), &[yes, refusal], "WON", "C01", today()),
        Some(Lack::YouthRefused)
    );
}

#[test]
fn vector_5_the_youth_agrees_and_the_father_refuses() {
    let yes =
        permit("WON", &["C01"]).yes("client", Youth, days_ago(5)).yes("mother", ParentAuthority, days_ago(5));
    let refusal = no("father", ParentAuthority, days_ago(4), to_all());
    assert_eq!(
        lack(&aged(14).with_parents(), &[yes, refusal], "WON", "C01", today()),
        Some(Lack::HolderRefused)
    );
}

#[test]
fn vector_7_a_youth_of_15_judged_unable_and_both_parents_agree() {
    let consents = [permit("WON", &["C01"]).parents_yes(days_ago(5))];
    assert_eq!(lack(&aged(15).with_parents().unable(), &consents, "WON", "C01", today()), None);
    assert_eq!(lack(&aged(15).with_parents(), &consents, "WON", "C01", today()), Some(Lack::YouthMissing));
}

#[test]
fn vector_8_a_youth_of_16_agrees_and_the_parents_refuse() {
    let yes = permit("WON", &["C01"]).yes("client", Youth, days_ago(5));
    let refusal = no("father", ParentAuthority, days_ago(4), to_exactly("WON", &["C01"]));
    let consents = [yes, refusal];
    assert_eq!(lack(&aged(16).with_parents(), &consents, "WON", "C01", today()), None);
}

#[test]
fn vector_11_an_institution_with_a_mere_supervision_order_is_not_asked_and_cannot_replace_anybody() {
    let client = aged(9).with_parents().with_order(always(), None);
    let consents = [permit("WON", &["C01"]).yes("mother", ParentAuthority, days_ago(5)).yes(
        "institution",
        CourtOrder,
        days_ago(5),
    )];
    assert_eq!(lack(&client, &consents, "WON", "C01", today()), Some(Lack::MissingHolder));
}

#[test]
fn vector_14_a_consent_that_lists_municipality_and_role_opens_its_fields_to_that_role_only() {
    let client = aged(16);
    let consents = [permit("CAS", &["C01"]).yes("client", Youth, days_ago(5))];
    let request = request(1);
    let organisation = team().organisation;
    for (role, expected) in [("wijkteam", None), ("schuldhulp", Some(Lack::NoConsent))] {
        let recipient = hat(organisation.as_str(), role);
        let ask = crate::domain::Ask {
            recipient: &recipient,
            purpose: purpose("CAS"),
            request: &request,
            profile: crate::domain::ConsentProfile::Dual,
            at: today(),
        };
        assert_eq!(lack_for(&client, &consents, ask, "C01"), expected, "{role}");
    }
}

#[test]
fn vector_17_a_consent_withdrawn_a_second_ago_opens_nothing() {
    let client = aged(16);
    let yes = permit("WON", &["C01"]).yes("client", Youth, days_ago(5));
    let withdrawn =
        yes.withdraw(&person("client"), None, &client, terms(&catalogue()), today().plus(-1000)).unwrap();
    assert_eq!(lack(&client, &[withdrawn], "WON", "C01", today()), Some(Lack::ConsentWithdrawn));
}

#[test]
fn vector_21_a_youth_of_16_alone_does_not_open_what_the_parents_need() {
    let client = aged(16).with_parents();
    let consents = [permit("CAS", &["G03", "C01"]).yes("client", Youth, days_ago(5))];
    assert_eq!(lack(&client, &consents, "CAS", "G03", today()), Some(Lack::DataSubjectMissing));
    assert_eq!(lack(&client, &consents, "CAS", "C01", today()), None);
}

#[test]
fn vector_24_on_the_eighteenth_birthday_a_consent_of_parents_only_expires() {
    let client = born(date(2008, 11, 22)).with_parents().unable().judged(true, date(2026, 11, 22), None);
    let consents = [permit("WON", &["C01"]).parents_yes(days_ago(5))];
    let birthday = Timestamp::start_of(date(2026, 11, 22));
    assert_eq!(lack(&client, &consents, "WON", "C01", birthday.plus(-1)), None);
    assert_eq!(lack(&client, &consents, "WON", "C01", birthday), Some(Lack::ExpiredWithAuthority));
    assert!(!Lack::ExpiredWithAuthority.is_ended(), "the requester hears NO_CONSENT (ruling 2)");
}

#[test]
fn the_yes_of_a_youth_stays_good_at_eighteen() {
    let client = born(date(2008, 11, 22)).with_parents();
    let consents = [permit("WON", &["C01"]).yes("client", Youth, days_ago(5))];
    assert_eq!(lack(&client, &consents, "WON", "C01", today()), None);
}

#[test]
fn where_nobody_is_competent_nothing_is_covered() {
    let client = aged(9);
    let consents = [permit("WON", &["C01"]).parents_yes(days_ago(5)).yes("client", Youth, days_ago(5))];
    assert_eq!(lack(&client, &consents, "WON", "C01", today()), Some(Lack::NobodyCompetent));
}
