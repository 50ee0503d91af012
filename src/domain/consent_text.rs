//! What a client reads or hears before saying yes: short sentences, in plain Dutch (B1) and in English.
//!
//! It says who tells what to whom: "you allow A to tell B ..." and never "you allow B to use your data", for what a
//! municipality does with data rests on law and not on a choice (AP 2016; rules.md 3.3). It says what an informed yes
//! needs (GDPR art. 4(11), 7; rules.md T3-1 to T3-6), in the same words for the same draft every time.

mod wording;

use jiff::civil::Date;

use crate::domain::authority::Extra;
use crate::domain::client::{Capacity, Grantor, Registration};
use crate::domain::consent::Permit;
use crate::domain::field::{Field, FieldCode};
use crate::domain::profile::Terms;
use crate::domain::purpose::{Label, Purpose};
use crate::domain::time::{Period, Timestamp};

use wording::{Address, Line};
pub use wording::{Language, wording};

/// What a sentence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Who tells this field to whom.
    Telling(FieldCode),
    /// What it is for.
    Purpose,
    /// From when until when, and how often.
    Period,
    /// That one may say no.
    Refusing,
    /// That one can stop, and how.
    Stopping,
    /// What happens with what was told.
    AlreadyTold,
    /// Who else must agree.
    Agreeing,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What it is about.
    pub part: Part,
    /// What it says.
    pub text: String,
}

/// A permit, and everything that its text needs.
#[derive(Debug, Clone, Copy)]
pub struct ConsentText<'a> {
    /// The name of who tells.
    pub custodian: &'a str,
    /// The name of who hears.
    pub recipient: &'a str,
    /// What people call the role there.
    pub role: &'a str,
    /// What may be told.
    pub permit: &'a Permit,
    /// What for.
    pub purpose: &'a Purpose,
    /// From when until when.
    pub period: Period,
    /// Who else must agree is read from it.
    pub registration: &'a Registration,
    /// The plain words of each field, and who decides.
    pub terms: Terms<'a>,
    /// When it is read.
    pub at: Timestamp,
}

impl ConsentText<'_> {
    /// Who reads it if nobody else is named: the first who must agree.
    pub fn first_reader(&self) -> Capacity {
        let people = self
            .registration
            .must_agree(self.permit.purpose, self.terms.profile, self.at)
            .unwrap_or_default();
        let by_age = match self.registration.age(self.at) {
            ..12 => Capacity::ParentAuthority,
            12..18 => Capacity::Youth,
            18.. => Capacity::Adult,
        };
        people.first().map_or(by_age, |person| person.capacity)
    }

    /// The sentences, for somebody in this capacity.
    pub fn sentences(&self, reader: Capacity, language: Language) -> Vec<Sentence> {
        let writer = Writer { text: self, address: Address::of(reader), language };
        let fields: Vec<&Field> = self.fields().filter(|field| concerns(field, reader)).collect();
        let mut sentences: Vec<Sentence> = fields.iter().map(|field| writer.tells(field)).collect();
        let mut say =
            |part, lines: &[Line]| sentences.extend(lines.iter().map(|line| writer.line(part, *line)));
        say(Part::Purpose, &[Line::NothingElse, Line::Purpose]);
        if self.purpose.agenda {
            say(Part::Purpose, &[Line::Agenda]);
        }
        say(Part::Period, &[Line::Period]);
        if self.permit.single_use || self.purpose.single_use {
            say(Part::Period, &[Line::Once]);
        }
        say(Part::Refusing, &[Line::MayRefuse, Line::NoConsequence, Line::InPart]);
        say(Part::Stopping, &[Line::MayStop, Line::HowToStop, Line::NoReason, Line::AfterStop]);
        say(Part::AlreadyTold, &[Line::AlreadyTold, Line::TheirLaw]);
        say(Part::Agreeing, &self.others(reader));
        sentences
    }

    fn fields(&self) -> impl Iterator<Item = &Field> {
        self.permit.fields.iter().filter_map(|code| self.terms.catalogue.field(*code))
    }

    /// Who must agree beside the reader, and what if they do not.
    fn others(&self, reader: Capacity) -> Vec<Line> {
        let Ok(ladder) = self.registration.must_agree(self.permit.purpose, self.terms.profile, self.at)
        else {
            return vec![Line::NobodyKnown];
        };
        let mut lines = whole(&ladder, reader);
        if !lines.is_empty() {
            lines.push(Line::WithoutThem);
        }
        let extras: Vec<Extra> =
            self.fields().flat_map(|field| self.registration.extras(field, self.at)).collect();
        let administrator =
            |extra: &Extra| matches!(extra, Extra::Person(g) if g.capacity == Capacity::Administrator);
        let parts = lines.len();
        if reader != Capacity::Administrator && extras.iter().any(administrator) {
            lines.push(Line::TheAdministrator);
        }
        if reader != Capacity::DataSubject && extras.iter().any(|extra| !administrator(extra)) {
            lines.extend([Line::AboutOthers, Line::ThatPerson]);
        }
        if lines.len() > parts {
            lines.push(Line::WithoutPart);
        }
        if lines.is_empty() { vec![Line::NobodyElse] } else { lines }
    }
}

/// Whoever agrees to a part reads that part only: money for the administrator, the own data for somebody else.
fn concerns(field: &Field, reader: Capacity) -> bool {
    match reader {
        Capacity::Administrator => field.needs_administrator(),
        Capacity::DataSubject => field.third_person.is_some(),
        _ => true,
    }
}

/// Who must agree to all of it beside the reader.
fn whole(ladder: &[Grantor], reader: Capacity) -> Vec<Line> {
    let is = |capacity: Capacity| ladder.iter().filter(|g| g.capacity == capacity).count();
    let left = |capacity| is(capacity) - usize::from(reader == capacity && is(capacity) > 0);
    let mut lines = Vec::new();
    if !reader.is_client() && ladder.iter().any(|g| g.capacity.is_client()) {
        lines.push(Line::TheClient);
    }
    match (left(Capacity::ParentAuthority), reader == Capacity::ParentAuthority) {
        (0, _) => {}
        (1, true) => lines.push(Line::TheOtherParent),
        (1, false) => lines.push(Line::TheParent),
        (_, _) => lines.push(Line::AllParents),
    }
    let single = [
        (Capacity::Guardian, Line::TheGuardian),
        (Capacity::CourtOrder, Line::TheAppointed),
        (Capacity::Curator, Line::TheCurator),
        (Capacity::Mentor, Line::TheMentor),
        (Capacity::Proxy, Line::TheProxy),
        (Capacity::Partner, Line::ThePartner),
        (Capacity::Relative, Line::TheFamily),
    ];
    lines.extend(single.into_iter().filter(|(capacity, _)| left(*capacity) > 0).map(|(_, line)| line));
    lines
}

struct Writer<'a> {
    text: &'a ConsentText<'a>,
    address: Address,
    language: Language,
}

impl Writer<'_> {
    fn tells(&self, field: &Field) -> Sentence {
        let line = Line::Tells.text(self.language).replace("{plain}", self.of(&field.plain));
        Sentence { part: Part::Telling(field.code), text: self.fill(&line) }
    }

    fn line(&self, part: Part, line: Line) -> Sentence {
        Sentence { part, text: self.fill(line.text(self.language)) }
    }

    fn of<'l>(&self, label: &'l Label) -> &'l str {
        self.language.pick(label.nl.as_str(), label.en.as_str())
    }

    /// Names come last, so that nothing in a name is read as a mark.
    fn fill(&self, line: &str) -> String {
        let ConsentText { custodian, recipient, role, purpose, period, .. } = *self.text;
        let line = line.replace("{purpose}", self.of(purpose.plain.as_ref().unwrap_or(&purpose.label)));
        let last = period.until().plus(-1).date();
        let names = [
            ("{from}", self.day(period.from().date())),
            ("{until}", self.day(last)),
            ("{role}", role.to_owned()),
            ("{recipient}", recipient.to_owned()),
            ("{custodian}", custodian.to_owned()),
        ];
        let line = self.address.apply(&line);
        names.into_iter().fold(line, |line, (mark, name)| line.replace(mark, &name))
    }

    fn day(&self, day: Date) -> String {
        let month = usize::try_from(day.month() - 1).ok().and_then(|at| MONTHS.get(at));
        let month = month.map_or("", |(nl, en)| self.language.pick(nl, en));
        format!("{} {month} {}", day.day(), day.year())
    }
}

/// The months, in Dutch and in English.
pub(in crate::domain) const MONTHS: [(&str, &str); 12] = [
    ("januari", "January"),
    ("februari", "February"),
    ("maart", "March"),
    ("april", "April"),
    ("mei", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("augustus", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("november", "November"),
    ("december", "December"),
];

#[cfg(test)]
mod tests;
