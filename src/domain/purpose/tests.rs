use super::*;
use jiff::civil::date;

const SHIPPED: &str = include_str!("../../../policies/purposes.toml");

#[test]
fn the_shipped_purposes_and_their_longest_periods_are_those_of_t3_9() {
    use CalendarLength::{Days, Months};
    let table = [
        ("CAS", "case-conference", Some(Months(6))),
        ("CON", "consultation", Some(Days(14))),
        ("REG", "review-of-support", Some(Months(6))),
        ("WON", "housing", Some(Months(12))),
        ("SCH", "debt-support", Some(Months(12))),
        ("THU", "return-home", Some(Months(12))),
        ("OND", "education", Some(Months(12))),
        ("CRI", "crisis", Some(Months(12))),
        ("MEL", "report", None),
        ("GIO", "supervision-order", None),
        ("RVK", "protection-inquiry", None),
    ];
    let purposes = Purposes::parse(SHIPPED).unwrap();
    let shipped: Vec<_> = purposes.all().map(|p| (p.code.as_str(), p.id.as_str(), p.max_period)).collect();
    assert_eq!(shipped, table);
    for purpose in purposes.all() {
        assert_eq!(purposes.by_id(&purpose.id), purposes.get(purpose.code));
        assert_eq!(purpose.single_use, purpose.code.as_str() == "CON");
        assert_eq!(purpose.agenda, purpose.code.as_str() == "CAS");
    }
}

#[test]
fn what_is_told_for_a_duty_or_a_right_of_its_own_rests_on_that_ground_alone() {
    let purposes = Purposes::parse(SHIPPED).unwrap();
    let grounds = |code: &str| purposes.get(PurposeCode::parse(code).unwrap()).unwrap().grounds.join(" ");
    let table = [
        ("CAS", "R01 R02 R03 R04"),
        ("CON", "R01 R12"),
        ("REG", "R01 R02 R03 R04"),
        ("WON", "R01"),
        ("SCH", "R01"),
        ("THU", "R01 R02 R03 R04"),
        ("OND", "R01"),
        ("CRI", "R01 R02 R03 R04 R09 R10 R15"),
        ("MEL", "R05"),
        ("GIO", "R06"),
        ("RVK", "R07"),
    ];
    for (code, expected) in table {
        assert_eq!(grounds(code), expected, "{code}");
    }
}

#[test]
fn a_period_of_months_ends_with_the_same_day_of_the_month_or_the_last_one() {
    let months = |n, from| CalendarLength::Months(n).until(Timestamp::start_of(from).plus(36_000_000));
    assert_eq!(months(6, date(2026, 6, 1)), Timestamp::end_of(date(2026, 12, 1)));
    assert_eq!(months(6, date(2026, 8, 31)), Timestamp::end_of(date(2027, 2, 28)));
    assert_eq!(months(12, date(2028, 2, 29)), Timestamp::end_of(date(2029, 2, 28)));
    let days = CalendarLength::Days(14).until(Timestamp::start_of(date(2026, 10, 20)));
    assert_eq!(days, Timestamp::end_of(date(2026, 11, 3)));
}

#[test]
fn at_the_end_of_the_calendar_a_period_is_empty() {
    assert_eq!(CalendarLength::Months(12).until(Timestamp::END), Timestamp::END);
    let last = Timestamp::start_of(date(9999, 6, 1));
    assert_eq!(CalendarLength::Months(12).until(last), last);
}

#[test]
fn a_wrong_purpose_is_refused_with_its_name_and_the_remedy() {
    let changes = [
        ("code = \"CON\"", "code = \"CAS\"", "its own"),
        ("id = \"consultation\"", "id = \"case-conference\"", "its own"),
        ("id = \"consultation\"", "id = \"Con sult\"", "lower-case"),
        ("nl = \"Consultatie\"", "nl = \" \"", "nl and en"),
        ("max_period = { days = 14 }", "max_period = { months = 13 }", "max_period"),
        ("max_period = { days = 14 }", "max_period = { days = 13 }", "default_period"),
        ("max_period = { days = 14 }", "max_period = { months = 1 }", "default_period"),
        ("default_period = { days = 14 }", "default_period = { days = 0 }", "default_period"),
        ("[\"R01\", \"R12\"]", "[]", "R01"),
        ("[\"R01\", \"R12\"]", "[\"consent\"]", "R01"),
        ("max_period = { days = 14 }\n", "", "max_period"),
        ("default_period = { days = 14 }\n", "", "default_period"),
        ("grounds = [\"R05\"]", "max_period = { days = 1 }\ngrounds = [\"R05\"]", "leave out"),
        ("code = \"CON\"", "code = \"con\"", "three capitals"),
        ("single_use = true", "single_use = true\nsurprise = 1", "surprise"),
    ];
    for (from, to, remedy) in changes {
        assert!(SHIPPED.contains(from), "{from}");
        let error = Purposes::parse(&SHIPPED.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(remedy), "{to}: {error}");
    }
    assert_eq!(Purposes::parse("purpose = []"), Err(PurposesError::Empty));
}
