use super::*;
use crate::domain::field::PurposeMembership;

const SHIPPED: &str = include_str!("../../../policies/catalogue.toml");

fn purposes() -> Purposes {
    Purposes::parse(include_str!("../../../policies/purposes.toml")).unwrap()
}

fn shipped() -> Catalogue {
    Catalogue::parse(SHIPPED, &purposes()).unwrap()
}

/// The codes of a row; `B01-B08` is a range.
fn codes(row: &str) -> BTreeSet<FieldCode> {
    let code = |text: &str| FieldCode::parse(text).unwrap();
    let catalogue = shipped();
    let mut set = BTreeSet::new();
    for item in row.split_whitespace() {
        let (first, last) = item.split_once('-').unwrap_or((item, item));
        set.extend(catalogue.fields().map(|f| f.code).filter(|c| (code(first)..=code(last)).contains(c)));
    }
    set
}

fn having(is: impl Fn(&Field) -> bool) -> BTreeSet<FieldCode> {
    shipped().fields().filter(|field| is(field)).map(|field| field.code).collect()
}

#[test]
fn the_catalogue_has_the_62_releasable_fields_and_each_is_found_by_code_and_by_id() {
    let catalogue = shipped();
    let counts = [
        ('A', 10),
        ('B', 13),
        ('C', 6),
        ('D', 8),
        ('E', 7),
        ('F', 4),
        ('G', 4),
        ('H', 5),
        ('I', 3),
        ('J', 2),
    ];
    for (letter, count) in counts {
        assert_eq!(catalogue.fields().filter(|f| f.domain().letter() == letter).count(), count, "{letter}");
    }
    assert_eq!(catalogue.fields().count(), 62);
    for field in catalogue.fields() {
        assert_eq!(catalogue.field(field.code), Some(field));
        assert_eq!(catalogue.by_id(&field.id), Some(field));
    }
    assert_eq!(catalogue.by_id("*"), None);
    assert_eq!(catalogue.field(FieldCode::parse("J03").unwrap()), None);
}

#[test]
fn each_purpose_carries_exactly_the_set_of_rules_4_3_or_of_its_ground_in_ruling_5() {
    let table = [
        ("CON", "A05 B08"),
        ("CAS", "A03 A05-A12 B01-B03 B05 B07 B08 B10-B12 C01 C02 D01 E01 F01 F04 G02-G04 H02 H03 J01 J02"),
        ("REG", "A03 A04 A06 A09 B01-B08 B11-B13 C05 D02 F01-F04 J01 J02"),
        ("WON", "A03 A04 A06 A07 B02 B08-B10 C01-C06 J02"),
        ("SCH", "A03 A04 A07 B02 B08 B09 C02 D01-D08 J02"),
        ("THU", "A03 A04 A06 A09-A12 B02 B11 C01 C06 E05 G01-G03 H03 I01-I03 J02"),
        ("OND", "A03 A05 B02 B09 B10 E01-E07 I01 I02"),
        ("CRI", "A03 A10 B02 B10 C02 D07 H01-H04 J02"),
        ("MEL", "A03 A04 A06 A09-A11 B02 G01 H02-H04"),
        ("GIO", "A03 A04 A06 A09-A11 B01-B05 B07 B11 B12 C01 C02 E01 F01 G01 H01-H03 I01-I03"),
        ("RVK", "A03 A04 A09 A11 B01 B02 B05 G01 H03 H04 I01"),
    ];
    assert_eq!(table.len(), purposes().all().count());
    for (purpose, row) in table {
        let purpose = PurposeCode::parse(purpose).unwrap();
        let set = having(|field| field.in_purpose(purpose) == PurposeMembership::Member);
        assert_eq!(set, codes(row), "{purpose}");
    }
}

#[test]
fn b01_goes_to_a_school_and_h05_to_anyone_only_when_listed_by_itself() {
    for (purpose, row) in [("OND", "B01"), ("REG", "H05"), ("CRI", "H05"), ("CAS", ""), ("THU", "")] {
        let purpose = PurposeCode::parse(purpose).unwrap();
        let set = having(|field| field.in_purpose(purpose) == PurposeMembership::OnExplicit);
        assert_eq!(set, codes(row), "{purpose}");
    }
}

#[test]
fn fields_travel_only_in_the_directions_of_the_table_and_ruling_6() {
    let care_school = "A03 A05 B01 B02 B09 B10 E02-E06 H01 H02 I01 I02";
    assert_eq!(having(|f| f.travels(Direction::CareSchool)), codes(care_school));
    assert_eq!(having(|f| f.travels(Direction::SchoolCare)), codes("E01 E02 E07"));
    let not_to_municipality = "C05 C06 D02 D05 D08 E04 E06 E07 F03 G04 J01 J02";
    assert_eq!(having(|f| !f.travels(Direction::CareMunicipality)), codes(not_to_municipality));
    let from_municipality =
        "A03-A12 B08 B11 B12 C01 C02 C05 C06 D01-D05 D07 D08 E01 E02 F01 F03 F04 G01-G04 H03-H05 J01 J02";
    assert_eq!(having(|f| f.travels(Direction::MunicipalityCare)), codes(from_municipality));
}

#[test]
fn fields_about_others_ask_those_others() {
    assert_eq!(having(|f| f.third_person == Some(ThirdPerson::Parents)), codes("G03"));
    assert_eq!(having(|f| f.third_person == Some(ThirdPerson::Named)), codes("A10 A12 G02 G04"));
    assert_eq!(having(Field::needs_administrator), codes("D01-D08"));
}

#[test]
fn a_wrong_field_is_refused_with_its_code_and_the_remedy() {
    use FieldProblem as P;
    let unknown = P::UnknownPurpose(PurposeCode::parse("XYZ").unwrap());
    let changes = [
        ("code = \"C01\"", "code = \"N01\"", "N01", P::Never),
        ("code = \"A03\"", "code = \"A02\"", "A02", P::Handle),
        ("code = \"C01\"", "code = \"X01\"", "X01", P::Code),
        ("code = \"C02\"", "code = \"C01\"", "C01", P::DuplicateCode),
        ("housing.situation", "housing", "C01", P::Id),
        ("housing.situation", "housing.Situation", "C01", P::Id),
        ("housing.situation", "housing.a--b", "C01", P::Id),
        ("housing.situation", "money.situation", "C01", P::Domain),
        ("domain = \"C\"", "domain = \"D\"", "C01", P::Domain),
        ("housing.eviction-threat", "housing.situation", "C02", P::DuplicateId),
        ("nl = \"Naam\"", "nl = \"\"", "A03", P::Label),
        ("en = \"Name\"", "en = \" \"", "A03", P::Label),
        (
            "directions = [\"care-municipality\"]\npurposes = [\"WON\"]",
            "directions = []\npurposes = [\"WON\"]",
            "C03",
            P::Directions,
        ),
        ("purposes = [\"WON\"]", "purposes = []", "C03", P::Purposes),
        ("purposes = [\"WON\"]", "purposes = [\"WON\", \"WON\"]", "C03", P::Purposes),
        ("on_explicit = [\"OND\"]", "on_explicit = [\"CAS\"]", "B01", P::Purposes),
        ("purposes = [\"WON\"]", "purposes = [\"XYZ\"]", "C03", unknown),
        ("max = 60", "max = 0", "B04", P::TextLimit),
        ("max = 60", "max = 501", "B04", P::TextLimit),
        ("code = \"medium\"", "code = \"low\"", "B03", P::Codes),
        ("code = \"medium\"", "code = \"Medium\"", "B03", P::Codes),
        ("nl = \"midden\"", "nl = \"\"", "B03", P::Codes),
        ("type = \"yes-no\"", "type = \"code\", codes = []", "B01", P::Codes),
        ("type = \"yes-no\"", "type = \"yes-no\", max = 3", "B01", P::ValueType),
        ("type = \"yes-no\"", "type = \"text\"", "B01", P::ValueType),
        ("type = \"yes-no\"", "type = \"score\"", "B01", P::ValueType),
    ];
    for (from, to, field, problem) in changes {
        assert!(SHIPPED.contains(from), "{from}");
        let error = Catalogue::parse(&SHIPPED.replacen(from, to, 1), &purposes()).unwrap_err();
        assert_eq!(error, CatalogueError::Field { field: field.to_owned(), problem }, "{to}");
    }
}

#[test]
fn what_the_catalogue_does_not_know_is_refused() {
    let changes = [
        ("class = \"K2\"", "class = \"K4\""),
        ("\"care-municipality\"", "\"care-police\""),
        ("third_person = \"parents\"", "third_person = \"anyone\""),
        ("third_person = \"parents\"", "third_persons = \"parents\""),
        ("purposes = [\"WON\"]", "purposes = [\"*\"]"),
    ];
    for (from, to) in changes {
        assert!(SHIPPED.contains(from), "{from}");
        let outcome = Catalogue::parse(&SHIPPED.replacen(from, to, 1), &purposes());
        assert!(matches!(outcome, Err(CatalogueError::Syntax(_))), "{to}");
    }
    assert!(matches!(Catalogue::parse("field = []", &purposes()), Err(CatalogueError::Empty)));
    assert!(Catalogue::parse("", &purposes()).is_err());
}
