use super::*;
use crate::domain::testing::*;
use crate::domain::{Catalogue, Purposes};
use jiff::civil::date;
use std::sync::LazyLock;

/// Words of lawyers and offices. What a client reads has none of them.
const JARGON: [&str; 30] = [
    "verwerk",
    "grondslag",
    "betrokkene",
    "ingevolge",
    "conform",
    "teneinde",
    "middels",
    "derden",
    "verstrek",
    "inzake",
    "termijn",
    "bsn",
    "casus",
    "regie",
    "afschal",
    "participatie",
    "interventie",
    "diagnos",
    "avg",
    "gegevens",
    "processing",
    "legal basis",
    "data",
    "pursuant",
    "hereby",
    "disclos",
    "recipient",
    "consent",
    "domain",
    "intervention",
];
const READERS: [Capacity; 12] = [
    Capacity::Youth,
    Capacity::Adult,
    Capacity::ParentAuthority,
    Capacity::Guardian,
    Capacity::CourtOrder,
    Capacity::Curator,
    Capacity::Mentor,
    Capacity::Proxy,
    Capacity::Partner,
    Capacity::Relative,
    Capacity::Administrator,
    Capacity::DataSubject,
];

/// Read once: some tests read hundreds of texts.
static SHIPPED: LazyLock<(Purposes, Catalogue)> = LazyLock::new(|| (purposes(), catalogue()));

fn permit(code: &str, listed: &[&str]) -> Permit {
    let listed = fields(listed);
    Permit { recipient: team(), purpose: purpose(code), fields: listed, single_use: code == "CON" }
}

fn read(
    permit: &Permit,
    registration: &Registration,
    reader: Option<Capacity>,
    language: Language,
) -> Vec<String> {
    let (purposes, catalogue) = &*SHIPPED;
    let period = between(today(), Timestamp::end_of(date(2027, 2, 20)));
    let text = ConsentText {
        custodian: "Accare",
        recipient: "Assen",
        role: "Wonen",
        permit,
        purpose: purposes.get(permit.purpose).unwrap(),
        period,
        registration,
        terms: terms(catalogue),
        at: today(),
    };
    let reader = reader.unwrap_or_else(|| text.first_reader());
    text.sentences(reader, language).into_iter().map(|s| s.text).collect()
}

#[test]
fn a_fifteen_year_old_reads_who_tells_what_to_whom_and_that_both_parents_must_agree() {
    let (permit, registration) = (permit("WON", &["A03", "C01", "C04"]), aged(15).with_parents());
    let nl = [
        "Je geeft Accare toestemming om aan Assen (Wonen) te vertellen hoe je heet.",
        "Je geeft Accare toestemming om aan Assen (Wonen) te vertellen hoe je woont.",
        "Je geeft Accare toestemming om aan Assen (Wonen) te vertellen hoe en waar je wil wonen.",
        "Met deze toestemming vertelt Accare niets anders.",
        "Het doel is: hulp bij wonen.",
        "Dit mag vanaf 22 november 2026 tot en met 20 februari 2027.",
        "Je mag nee zeggen.",
        "Als je nee zegt, verandert er niets aan de hulp.",
        "Je mag ook tegen een deel nee zeggen.",
        "Je kunt altijd stoppen, ook met een deel.",
        "Zeg dat dan tegen iemand van Accare.",
        "Je hoeft niet te zeggen waarom.",
        "Daarna vertelt Accare met deze toestemming niets meer.",
        "Wat al verteld is, kan Accare niet terughalen.",
        "In de wet staat hoelang Assen dat bewaart.",
        "Ook alle ouders met gezag moeten ja zeggen.",
        "Zonder dat ja vertelt Accare niets.",
    ];
    let en = [
        "You allow Accare to tell Assen (Wonen) your name.",
        "You allow Accare to tell Assen (Wonen) your housing: what kind of place it is.",
        "You allow Accare to tell Assen (Wonen) your wishes for a place to live.",
        "On this permission Accare tells nothing else.",
        "The purpose is: help with housing.",
        "This is allowed from 22 November 2026 through 20 February 2027.",
        "You may say no.",
        "If you say no, nothing changes in the help.",
        "You may also say no to a part of it.",
        "You can stop at any moment, also with a part of it.",
        "Just tell somebody at Accare.",
        "You need not say why.",
        "After that Accare tells nothing more on this permission.",
        "What was told already, Accare cannot take back.",
        "The law says how long Assen keeps it.",
        "It also needs a yes from every parent with authority.",
        "Without that yes Accare tells nothing.",
    ];
    assert_eq!(read(&permit, &registration, None, Language::Dutch), nl);
    assert_eq!(read(&permit, &registration, None, Language::English), en);
}

#[test]
fn a_parent_of_an_eleven_year_old_reads_about_the_child_and_about_the_other_parent() {
    let (permit, registration) = (permit("CAS", &["A03", "E01", "G03"]), aged(10).with_parents());
    let nl = read(&permit, &registration, None, Language::Dutch);
    let en = read(&permit, &registration, None, Language::English);
    assert_eq!(
        nl[..6],
        [
            "U geeft Accare toestemming om aan Assen (Wonen) te vertellen hoe uw kind heet.",
            "U geeft Accare toestemming om aan Assen (Wonen) te vertellen of uw kind naar school gaat.",
            "U geeft Accare toestemming om aan Assen (Wonen) te vertellen welke hulp de ouders zelf nodig hebben.",
            "Met deze toestemming vertelt Accare niets anders.",
            "Het doel is: een gesprek van de mensen die uw kind helpen.",
            "Elk gesprek gaat over hoogstens drie onderwerpen.",
        ]
    );
    assert_eq!(
        nl[nl.len() - 5..],
        [
            "Ook de andere ouder met gezag moet ja zeggen.",
            "Zonder dat ja vertelt Accare niets.",
            "Een deel gaat over iemand anders.",
            "Die persoon moet daar zelf ja op zeggen.",
            "Zonder dat ja vertelt Accare dat deel niet.",
        ]
    );
    assert_eq!(
        en[..6],
        [
            "You allow Accare to tell Assen (Wonen) your child's name.",
            "You allow Accare to tell Assen (Wonen) your child's place at school, if there is one.",
            "You allow Accare to tell Assen (Wonen) what help the parents need themselves.",
            "On this permission Accare tells nothing else.",
            "The purpose is: a meeting of the people who help your child.",
            "Each meeting is about three subjects at most.",
        ]
    );
    assert_eq!(
        en[en.len() - 5..],
        [
            "It also needs a yes from the other parent with authority.",
            "Without that yes Accare tells nothing.",
            "A part of it is about somebody else.",
            "That person must say yes to that part.",
            "Without that yes Accare does not tell that part.",
        ]
    );
}

#[test]
fn an_adult_alone_reads_that_it_is_told_once_and_that_nobody_else_decides() {
    let (permit, registration) = (permit("CON", &["A05", "B08"]), aged(19));
    let nl = read(&permit, &registration, None, Language::Dutch);
    let en = read(&permit, &registration, None, Language::English);
    assert_eq!(
        [&nl[..2], &nl[3..6], &nl[6..7], &nl[15..]].concat(),
        [
            "U geeft Accare toestemming om aan Assen (Wonen) te vertellen in welke leeftijdsgroep u valt.",
            "U geeft Accare toestemming om aan Assen (Wonen) te vertellen op welke vraag er een antwoord nodig is.",
            "Het doel is: advies vragen over hulp.",
            "Dit mag vanaf 22 november 2026 tot en met 20 februari 2027.",
            "Vertellen mag één keer.",
            "U mag nee zeggen.",
            "Niemand anders hoeft ja te zeggen.",
        ]
    );
    assert_eq!(
        [&en[..2], &en[3..6], &en[6..7], &en[15..]].concat(),
        [
            "You allow Accare to tell Assen (Wonen) your age group.",
            "You allow Accare to tell Assen (Wonen) the question that needs an answer.",
            "The purpose is: asking for advice about help.",
            "This is allowed from 22 November 2026 through 20 February 2027.",
            "It may be told once.",
            "You may say no.",
            "Nobody else needs to say yes.",
        ]
    );
}

/// Every sentence that anybody can get to read: all fields and all purposes that go by consent, for
/// every reader, in every kind of family.
fn everything(language: Language) -> Vec<String> {
    let families = [
        aged(8),
        aged(8).with("mother", Capacity::ParentAuthority),
        aged(14).with_parents(),
        aged(14).with("guardian", Capacity::Guardian),
        aged(14).with_parents().with_order(always(), Some(in_place_of(&["mother"], &["WON"]))),
        aged(17),
        aged(20).with("administrator", Capacity::Administrator),
        aged(20).unable().with("curator", Capacity::Curator),
        aged(20).unable().with("mentor", Capacity::Mentor),
        aged(20).unable().with("proxy", Capacity::Proxy),
        aged(20).unable().with("partner", Capacity::Partner),
        aged(20).unable().with("sister", Capacity::Relative),
    ];
    let all: Vec<FieldCode> = SHIPPED.1.fields().map(|f| f.code).collect();
    let mut sentences = Vec::new();
    let by_consent = || SHIPPED.0.all().filter(|purpose| purpose.max_period.is_some());
    for (family, known) in families.iter().flat_map(|family| by_consent().map(move |p| (family, p))) {
        for fields in [all.clone(), vec![field("A03")]] {
            let (purpose, single_use) = (known.code, known.single_use);
            let permit = Permit { recipient: team(), purpose, fields, single_use };
            for reader in READERS {
                sentences.extend(read(&permit, family, Some(reader), language));
            }
        }
    }
    sentences.sort_unstable();
    sentences.dedup();
    sentences
}

#[test]
fn every_sentence_is_short_and_has_no_word_of_lawyers_or_offices() {
    for language in [Language::Dutch, Language::English] {
        let all = everything(language);
        assert!(all.len() > 62 * 2, "only {} sentences were looked at", all.len());
        for sentence in all {
            let words = sentence.split_whitespace().count();
            assert!(words <= 20, "{words} words: {sentence}");
            assert!(sentence.ends_with('.') && !sentence.contains(['{', '}']), "{sentence}");
            let lower = sentence.to_lowercase();
            let found = JARGON.iter().find(|word| lower.contains(**word));
            assert_eq!(found, None, "{sentence}");
            let longest = lower.split(|c: char| !c.is_alphabetic()).map(|w| w.chars().count()).max();
            assert!(longest <= Some(17), "{sentence}");
        }
    }
}

#[test]
fn every_line_of_the_wording_is_read_by_somebody() {
    for language in [Language::Dutch, Language::English] {
        let all = everything(language).join("\n");
        for line in Line::ALL {
            let longest = line.text(language).split(['{', '}']).max_by_key(|part| part.len()).unwrap();
            assert!(all.contains(longest), "{line:?}");
        }
    }
}

#[test]
fn no_sentence_asks_to_let_the_recipient_use_something() {
    let permit = permit("WON", &["A03"]);
    for sentence in read(&permit, &aged(16), None, Language::Dutch) {
        assert!(!sentence.contains("geeft Assen"), "{sentence}");
    }
    for sentence in read(&permit, &aged(16), None, Language::English) {
        assert!(!sentence.contains("allow Assen") && !sentence.contains("use your"), "{sentence}");
    }
}

#[test]
fn somebody_whom_a_field_is_about_reads_only_that_field() {
    let permit = permit("CAS", &["A03", "D01", "G02"]);
    let registration = aged(16).with("administrator", Capacity::Administrator);
    let told = |reader| {
        let sentences = read(&permit, &registration, Some(reader), Language::English);
        sentences.into_iter().filter(|s| s.starts_with("You allow")).collect::<Vec<_>>()
    };
    assert_eq!(told(Capacity::DataSubject).len(), 1);
    assert!(told(Capacity::DataSubject)[0].contains("who helps from the family"));
    assert_eq!(told(Capacity::Administrator).len(), 1);
    assert!(told(Capacity::Administrator)[0].contains("worries about money"));
    assert_eq!(told(Capacity::Youth).len(), 3);
}
