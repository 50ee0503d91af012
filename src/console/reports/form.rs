//! The form of a question: the parts that it needs or can be narrowed by, with the period that is asked for most.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::console::naming::Naming;
use crate::console::parts::{Choice, Select, Textbox};
use crate::report::{Need, Question, Reach};

/// Days of a period that is asked for most, where it is not a month.
const DAYS: i32 = 30;

/// What is to be filled in.
pub(super) struct Form {
    pub(super) boxes: Vec<Textbox>,
    pub(super) selects: Vec<Select>,
}

/// The form of this question, on this day.
pub(super) fn of(naming: &Naming<'_>, question: Question, today: Date, may_use_bsn: bool) -> Form {
    let mut form = Form { boxes: Vec::new(), selects: Vec::new() };
    let (needs, reach) = (question.needs(), question.reach());
    let everybody = needs.contains(&Need::Everybody);
    if reach != Reach::Register && reach != Reach::All {
        let (from, until) = usual(question, today);
        form.day(naming, "from", ("Vanaf (dag)", "From (day)"), &from.to_string());
        form.day(naming, "until", ("Tot en met (dag)", "Until and including (day)"), &until.to_string());
    }
    if needs.contains(&Need::Client) {
        if may_use_bsn {
            let hint = ("Komt nergens te staan.", "Is kept nowhere.");
            form.text(naming, "bsn", ("BSN van de cliënt", "BSN of the client"), hint);
        }
        let hint = ("De verwijzing die uw organisatie kent.", "The reference that your organisation knows.");
        form.text(naming, "client", ("Verwijzing naar de cliënt", "Reference to the client"), hint);
    }
    let hint = (
        "De naam waarmee de professional aanmeldt. Komt nergens te staan.",
        "The name by which the professional signs in. Is kept nowhere.",
    );
    if needs.contains(&Need::Professional) {
        form.text(naming, "professional", ("Professional", "Professional"), hint);
    }
    if needs.contains(&Need::OtherHat) {
        form.text(naming, "other", ("De andere pet", "The other hat"), hint);
        form.party(
            naming,
            "other_organisation",
            ("Organisatie van de andere pet", "Organisation of the other hat"),
        );
    }
    if question == Question::Exposure {
        form.day(naming, "discovered", ("Ontdekt op", "Discovered on"), "");
    }
    if question == Question::Sample {
        let hint = (
            "Leeg: de gateway neemt een zaad dat niemand kan kiezen.",
            "Empty: the gateway takes a seed that nobody can choose.",
        );
        form.text(naming, "seed", ("Zaad", "Seed"), hint);
        let hint = ("Leeg: 2 %, ten minste 20.", "Empty: 2 %, at least 20.");
        form.text(naming, "count", ("Aantal", "Number"), hint);
    }
    if reach != Reach::Register && !everybody {
        form.party(naming, "organisation", ("Alleen deze organisatie", "This organisation only"));
        let all = Choice::new("", naming.say("alle", "all"));
        let purposes = naming.reader.purposes.all();
        let purposes = purposes.map(|purpose| Choice::new(&purpose.id, naming.purpose(purpose.code)));
        form.selects.push(Select {
            name: "purpose",
            label: naming.say("Alleen dit doel", "This purpose only").to_owned(),
            chosen: String::new(),
            choices: std::iter::once(all).chain(purposes).collect(),
        });
    }
    form
}

/// The last whole month for what is handed on or drawn; otherwise the last days.
fn usual(question: Question, today: Date) -> (Date, Date) {
    match question {
        Question::Monthly | Question::Sample => {
            let last = today.first_of_month().saturating_sub(1.day());
            (last.first_of_month(), last)
        }
        _ => (today.saturating_sub(DAYS.days()), today),
    }
}

impl Form {
    fn day(&mut self, naming: &Naming<'_>, name: &'static str, label: (&str, &str), value: &str) {
        let (label, value) = (naming.say(label.0, label.1).to_owned(), value.to_owned());
        self.boxes.push(Textbox { name, kind: "date", label, hint: String::new(), value });
    }

    fn text(&mut self, naming: &Naming<'_>, name: &'static str, label: (&str, &str), hint: (&str, &str)) {
        let (label, hint) = (naming.say(label.0, label.1).to_owned(), naming.say(hint.0, hint.1).to_owned());
        self.boxes.push(Textbox { name, kind: "text", label, hint, value: String::new() });
    }

    fn party(&mut self, naming: &Naming<'_>, name: &'static str, label: (&str, &str)) {
        let all = Choice::new("", naming.say("alle", "all"));
        let parties = naming.reader.parties.iter().map(|party| Choice::new(&party.id, party.name.clone()));
        self.selects.push(Select {
            name,
            label: naming.say(label.0, label.1).to_owned(),
            chosen: String::new(),
            choices: std::iter::once(all).chain(parties).collect(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_on_or_drawn_is_of_the_last_whole_month() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(usual(Question::Monthly, day("2026-03-31")), (day("2026-02-01"), day("2026-02-28")));
        assert_eq!(usual(Question::Sample, day("2026-01-01")), (day("2025-12-01"), day("2025-12-31")));
        assert_eq!(usual(Question::Denials, day("2026-03-31")), (day("2026-03-01"), day("2026-03-31")));
    }
}
