//! All that a covenant says of one thing, a line for each part, so that two can be compared.

use crate::console::naming::Naming;
use crate::console::pages::covenant::{capability, does, own_basis};
use crate::domain::{
    CalendarLength, Direction, Field, Party, PartyKind, Purpose, PurposeMembership, ThirdPerson, ValueType,
};
use crate::policy::{InForce, Rule};
use crate::projection::Phrase;

/// Lines of a name and what belongs to it.
struct Lines<'a> {
    naming: &'a Naming<'a>,
    lines: Vec<Phrase>,
}

impl<'a> Lines<'a> {
    fn new(naming: &'a Naming<'a>) -> Self {
        Self { naming, lines: Vec::new() }
    }

    fn add(&mut self, dutch: &str, english: &str, value: impl Into<Phrase>) {
        self.lines.push(Phrase::from(format!("{}: ", self.naming.say(dutch, english))).then(value));
    }

    fn yes_or_no(&mut self, dutch: &str, english: &str, is_so: bool) {
        let value = if is_so { self.naming.say("ja", "yes") } else { self.naming.say("nee", "no") };
        self.add(dutch, english, value);
    }
}

/// Who it is, what it may do, and why the law lets it receive.
pub(super) fn party(naming: &Naming<'_>, party: &Party) -> Vec<Phrase> {
    let mut lines = Lines::new(naming);
    lines.add("Naam", "Name", &party.name);
    let (dutch, english) = kind(party.kind);
    lines.add("Soort", "Kind", naming.say(dutch, english));
    for role in &party.roles {
        let label = naming.agreed(&role.label);
        lines.add("Rol", "Role", label.clone().then(format!(" ({})", role.role)));
        for may in &role.may {
            lines.add("Mag", "May", label.clone().then(format!(", {}", capability(naming, *may))));
        }
    }
    for basis in &party.legal_bases {
        let value = own_basis(naming, basis);
        lines.add("Eigen grondslag om te ontvangen", "Own legal basis to receive", value);
    }
    lines.yes_or_no("Mag het BSN gebruiken", "May use the BSN", party.may_use_bsn);
    lines.add("Wie instemt van 12 tot 16", "Who agrees from 12 to 16", party.consent_profile.as_str());
    if let Some(activities) = &party.activities {
        lines.add("Register van verwerkingen", "Register of processing activities", activities);
    }
    lines.lines
}

/// What it may carry at most, on which grounds, and how long.
pub(super) fn purpose(naming: &Naming<'_>, purpose: &Purpose) -> Vec<Phrase> {
    let mut lines = Lines::new(naming);
    lines.add("Naam", "Name", naming.say(&purpose.label.nl, &purpose.label.en));
    lines.add("Naam in het register", "Name in the ledger", &purpose.id);
    purpose.grounds.iter().for_each(|ground| lines.add("Grond", "Ground", ground));
    if let Some(length) = purpose.max_period {
        lines.add("Langste toestemming", "Longest consent", time(naming, length));
    }
    if let Some(length) = purpose.default_period {
        lines.add("Voorgestelde toestemming", "Proposed consent", time(naming, length));
    }
    lines.yes_or_no("Eén keer te gebruiken", "Used once", purpose.single_use);
    lines.yes_or_no("Met een agenda van leefgebieden", "With an agenda of life domains", purpose.agenda);
    lines.add(
        "Kleinste groep bij een vraag zonder naam",
        "Smallest group of a question without a name",
        purpose.smallest_group.to_string(),
    );
    for field in naming.reader.catalogue.fields() {
        let name = naming.field(field.code);
        match field.in_purpose(purpose.code) {
            PurposeMembership::Member => lines.add("Mag bevatten", "May carry", &name),
            PurposeMembership::OnExplicit => lines.add(
                "Mag alleen bevatten als de toestemming het zelf noemt",
                "May carry only when the consent lists it by itself",
                &name,
            ),
            PurposeMembership::Outside => {}
        }
    }
    lines.lines
}

/// What sort of field it is, where it may go, and for what.
pub(super) fn field(naming: &Naming<'_>, field: &Field) -> Vec<Phrase> {
    let mut lines = Lines::new(naming);
    lines.add("Naam", "Name", naming.say(&field.label.nl, &field.label.en));
    lines.add("Naam in het register", "Name in the ledger", &field.id);
    lines.add("Voor de cliënt", "For the client", naming.say(&field.plain.nl, &field.plain.en));
    lines.add("Gevoeligheid", "Sensitivity", format!("{:?}", field.class));
    for way in &field.directions {
        let (dutch, english) = direction(*way);
        lines.add("Richting", "Direction", naming.say(dutch, english));
    }
    for code in &field.purposes {
        lines.add("Voor", "For", naming.purpose(*code));
    }
    for code in &field.on_explicit {
        lines.add(
            "Alleen als de toestemming het noemt, voor",
            "Only when the consent lists it, for",
            naming.purpose(*code),
        );
    }
    if let Some(third) = field.third_person {
        let who = match third {
            ThirdPerson::Parents => naming.say("de ouders", "the parents"),
            ThirdPerson::Named => naming.say("wie erin genoemd wordt", "whom it names"),
        };
        lines.add("Ook akkoord nodig van", "Also agreed by", who);
    }
    match &field.value {
        ValueType::Text { max } => {
            lines.add("Vorm", "Form", format!("{} {max}", naming.say("tekst, hoogstens", "text, at most")));
        }
        ValueType::Code { terms } => terms.iter().for_each(|term| {
            let label = naming.say(&term.label.nl, &term.label.en);
            lines.add("Keuze", "Choice", format!("{label} ({})", term.code));
        }),
        ValueType::Date => lines.add("Vorm", "Form", naming.say("dag", "day")),
        ValueType::YesNo => lines.add("Vorm", "Form", naming.say("ja of nee", "yes or no")),
        ValueType::Contact => lines.add("Vorm", "Form", naming.say("contactgegevens", "contact details")),
    }
    field.mapping.iter().for_each(|name| lines.add("In standaarden", "In standards", name));
    lines.lines
}

/// What it does, what it rests on, and when it counts.
pub(super) fn rule(naming: &Naming<'_>, rule: &Rule) -> Vec<Phrase> {
    let mut lines = Lines::new(naming);
    lines.add("Wat zij doet", "What it does", does(naming, rule));
    if let Some(source) = &rule.source {
        lines.add("Waarop zij rust", "What it rests on", naming.agreed(source));
    }
    match rule.in_force {
        InForce::Never => lines.add("Geldt", "In force", naming.say("nooit", "never")),
        InForce::Days { from, until } => {
            if let Some(day) = from {
                lines.add("Geldt vanaf", "In force from", day.to_string());
            }
            if let Some(day) = until {
                lines.add("Geldt tot en met", "In force through", day.to_string());
            }
        }
    }
    lines.add("Bestand", "File", &rule.file);
    lines.lines
}

fn time(naming: &Naming<'_>, length: CalendarLength) -> String {
    match length {
        CalendarLength::Days(days) => format!("{days} {}", naming.say("dagen", "days")),
        CalendarLength::Months(months) => format!("{months} {}", naming.say("maanden", "months")),
    }
}

fn direction(direction: Direction) -> (&'static str, &'static str) {
    match direction {
        Direction::CareMunicipality => {
            ("van zorg naar gemeente of zorg", "from care to municipality or care")
        }
        Direction::MunicipalityCare => ("van gemeente naar zorg", "from municipality to care"),
        Direction::CareSchool => ("van zorg naar school", "from care to school"),
        Direction::SchoolCare => ("van school naar zorg", "from school to care"),
    }
}

fn kind(kind: PartyKind) -> (&'static str, &'static str) {
    match kind {
        PartyKind::Care => ("zorgaanbieder", "care provider"),
        PartyKind::Municipality => ("gemeente", "municipality"),
        PartyKind::School => ("school", "school"),
        PartyKind::Gi => ("gecertificeerde instelling", "certified institution"),
        PartyKind::Rvdk => ("Raad voor de Kinderbescherming", "Child Care and Protection Board"),
        PartyKind::VeiligThuis => ("Veilig Thuis", "Veilig Thuis"),
        PartyKind::EmergencyService => ("hulpdienst", "emergency service"),
    }
}
