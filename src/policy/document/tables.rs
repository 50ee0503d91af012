//! The tables of the lawyer's page.

use crate::domain::{CalendarLength, Direction, Field, LADDER, PurposeMembership, ThirdPerson, Who};
use crate::policy::cases::{Case, Rows};
use crate::policy::covenant::Covenant;
use crate::policy::document::{heading, line};

/// A case, by its sentence.
pub(super) fn link(case: &Case) -> String {
    let (folder, name) = (case.side.folder(), &case.name);
    format!("[{}](../policies/cases/{folder}/{name}.toml)", case.sentence())
}

/// Who must agree (T1).
pub(super) fn ladder(page: &mut String, cases: &[Case]) {
    heading(page, "Wie moet instemmen / Who must agree");
    line(
        page,
        "WGBO art. 7:447, 7:450 lid 2 en 7:465 BW; Jeugdwet art. 7.3.4, 7.3.11 en 7.3.15. De leeftijd is die op het moment van",
    );
    line(page, "delen, niet die van instemmen. / The age is that at disclosure, not when agreeing.\n");
    line(
        page,
        "| leeftijd / age | bekwaam / able | wie / who | rij / row | zaken / cases |\n|---|---|---|---|---|",
    );
    for rung in &LADDER {
        let ages = if rung.through == i16::MAX {
            format!("{}+", rung.from)
        } else {
            format!("{}–{}", rung.from, rung.through)
        };
        let able = match rung.able {
            None => "–",
            Some(true) => "ja / yes",
            Some(false) => "nee / no",
        };
        let who = match rung.who {
            Who::Legal => "alle gezagsdragers, of de voogd / all holders of authority, or the guardian",
            Who::ClientAndLegal => {
                "de jongere en alle gezagsdragers / the youth and all holders of authority"
            }
            Who::Client => "de cliënt alleen / the client alone",
            Who::Representatives => {
                "curator of mentor, anders gemachtigde, anders partner, anders familie / curator or mentor, else proxy, \
                 else partner, else relatives"
            }
        };
        let proves = |case: &&Case| rung.rows.split(' ').any(|row| case.proves().iter().any(|p| p == row));
        let count = cases.iter().filter(proves).count();
        line(page, &format!("| {ages} | {able} | {who} | {} | {count} |", rung.rows));
    }
}

fn length(length: Option<CalendarLength>) -> String {
    match length {
        None => "–".to_owned(),
        Some(CalendarLength::Days(days)) => format!("{days} dagen / days"),
        Some(CalendarLength::Months(months)) => format!("{months} maanden / months"),
    }
}

/// The purposes.
pub(super) fn purposes(page: &mut String, covenant: &Covenant) {
    heading(page, "De doelen / The purposes");
    line(
        page,
        "| code | doel | purpose | langste duur / longest | eenmalig / once | agenda | grondslagen / grounds |",
    );
    line(page, "|---|---|---|---|---|---|---|");
    for purpose in covenant.purposes.all() {
        let mark = |yes: bool| if yes { "ja / yes" } else { "–" };
        line(
            page,
            &format!(
                "| {} | {} | {} | {} | {} | {} | {} |",
                purpose.code,
                purpose.label.nl,
                purpose.label.en,
                length(purpose.max_period),
                mark(purpose.single_use),
                mark(purpose.agenda),
                purpose.grounds.join(" ")
            ),
        );
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::CareMunicipality => "zorg→gemeente",
        Direction::MunicipalityCare => "gemeente→zorg",
        Direction::CareSchool => "zorg→school",
        Direction::SchoolCare => "school→zorg",
    }
}

/// What each purpose may carry at most.
pub(super) fn fields(page: &mut String, covenant: &Covenant) {
    heading(page, "Welke gegevens een doel hoogstens draagt / Which fields a purpose carries at most");
    line(
        page,
        "Toestemming kan minder zijn, nooit meer. *Nadrukkelijk*: alleen als de toestemming het los noemt. *Ook*: wie",
    );
    line(
        page,
        "daarnaast moet instemmen. / Consent can be narrower, never wider. *Nadrukkelijk*: only when the consent lists it by",
    );
    line(page, "itself. *Ook*: who must agree beside the others.");
    for purpose in covenant.purposes.all() {
        line(page, &format!("\n### {} {} / {}\n", purpose.code, purpose.label.nl, purpose.label.en));
        line(
            page,
            "| code | gegeven | field | klasse / class | richting / direction | |\n|---|---|---|---|---|---|",
        );
        let carried = |f: &&Field| f.in_purpose(purpose.code) != PurposeMembership::Outside;
        for field in covenant.catalogue.fields().filter(carried) {
            let directions: Vec<_> = field.directions.iter().map(|d| direction(*d)).collect();
            let mut notes = Vec::new();
            if field.in_purpose(purpose.code) == PurposeMembership::OnExplicit {
                notes.push("*nadrukkelijk*");
            }
            match field.third_person {
                None => {}
                Some(ThirdPerson::Parents) => notes.push("*ook* elke ouder / each parent"),
                Some(ThirdPerson::Named) => notes.push("*ook* wie erin genoemd wordt / whom it names"),
            }
            if field.needs_administrator() {
                notes.push("*ook* een bewindvoerder / an administrator");
            }
            let (nl, en, class) = (&field.label.nl, &field.label.en, field.class);
            let (directions, notes) = (directions.join(", "), notes.join("; "));
            line(page, &format!("| {} | {nl} | {en} | {class:?} | {directions} | {notes} |", field.code));
        }
    }
}

/// Every row of the rules, and the cases that prove it.
pub(super) fn rows(page: &mut String, rows: &Rows, cases: &[Case]) {
    heading(page, "Wat bewezen is / What is proven");
    line(
        page,
        "Elke rij van de tabellen T1, T1b, T2 (R01–R15), T2c en T3, elke uitspraak en elk toetsgeval, met de zaken die hem",
    );
    line(
        page,
        "bewijzen. *(toets)*: een toets van het programma. / Each row, ruling and vector, and its cases. *(toets)*: by a test of",
    );
    line(page, "the program.\n");
    line(page, "| rij / row | zegt / says | zaken / cases |\n|---|---|---|");
    for row in &rows.row {
        let mut proof = Vec::new();
        for case in cases.iter().filter(|case| case.proves().contains(&row.id)) {
            let test = if case.proved_by().is_empty() { "" } else { " *(toets)*" };
            proof.push(format!("{}{test}", link(case)));
        }
        line(page, &format!("| {} | {} | {} |", row.id, row.says, proof.join("<br>")));
    }
}
