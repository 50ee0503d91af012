//! Acute danger: what opens without consent, for what a crisis needs, and who judges that afterwards.

use std::io::Write;

use jiff::ToSpan;

use super::{Story, StoryProblem, people, released};
use crate::contract::v1::{
    ClientNotice, DelayReason, DelayedNotice, EmergencyEvidence, GroundEvidence, ListEmergenciesRequest,
    ListNoticesRequest, ReviewVerdict, UnconsentedRelease, client_notice, ground_evidence,
};

const NEEDED: [&str; 4] = ["person.name", "safety.crisis-plan", "safety.agreements", "housing.wish"];

impl<W: Write> Story<'_, '_, W> {
    pub(super) async fn emergency(&mut self) -> Result<(), StoryProblem> {
        self.narrator.chapter("Een nacht met acuut gevaar", "A night of acute danger")?;
        self.narrator.say(
            "Testjongere Zeven is weg, en in gevaar. Het wijkteam zoekt mee. Toestemming vragen kan niet meer.",
            "Testjongere Zeven is missing, and in danger. The neighbourhood team joins the search. There is no asking for consent.",
        )?;
        self.register_at(&people::IN_DANGER, "accare").await?;
        let called = self.in_danger(None).await?;
        self.narrator.claim(
            called.released.is_empty()
                && called.withheld.first().is_some_and(|first| first.reason == "EMERGENCY_INCOMPLETE"),
            "Nood roepen is niet genoeg: zonder de zes antwoorden blijft alles dicht.",
            "Crying emergency is not enough: without the six answers all stays closed.",
        )?;
        let opened = self.in_danger(Some(self.evidence())).await?;
        self.show(&opened)?;
        let last = opened.withheld.first().map(|w| (w.field.as_str(), w.reason.as_str()));
        self.narrator.claim(
            Some(released(&opened).as_slice()) == NEEDED.get(..3)
                && last == Some(("housing.wish", "NO_CONSENT")),
            "Met de antwoorden, een collega en een notitie opent wat een crisis vraagt. De woonwens niet.",
            "With the answers, a colleague and a note, what a crisis needs opens. The housing wish does not.",
        )?;
        let officer = &self.people.officer;
        let reviews = officer.list_emergencies(ListEmergenciesRequest::default()).await?.emergencies;
        let notices = officer.list_notices(ListNoticesRequest::default()).await?.notices;
        let about = |release: Option<&UnconsentedRelease>| {
            release.is_some_and(|release| release.entry_index == opened.entry_index)
        };
        let (review, notice) = (reviews.first(), notices.first());
        self.narrator.claim(
            reviews.len() == 1
                && review.is_some_and(|one| {
                    about(one.release.as_ref())
                        && one.verdict() == ReviewVerdict::Unspecified
                        && !one.review_by.is_empty()
                        && !one.overdue
                }),
            "Het wacht nu bij de functionaris van Accare, die binnen vijf werkdagen kijkt of het kon wachten.",
            "It now waits for Accare's officer, who judges within five working days whether it could have waited.",
        )?;
        self.narrator.claim(
            notices.len() == 1 && notice.is_some_and(|one| about(one.release.as_ref()) && !one.overdue),
            "Dat de jongere het nog moet horen, blijft openstaan tot iemand vastlegt dat het verteld is.",
            "That the youth is still to be told stays open until somebody records that it was.",
        )
    }

    async fn in_danger(
        &self,
        evidence: Option<GroundEvidence>,
    ) -> Result<super::DiscloseResponse, StoryProblem> {
        let bsn = people::IN_DANGER.bsn;
        let question = self.question(bsn, "accare", "crisis", &NEEDED, ("R09", evidence))?;
        Ok(self.people.assen_night.disclose(question).await?)
    }

    /// The six answers. The gateway keeps that they were given, and forgets what they say.
    fn evidence(&self) -> GroundEvidence {
        let emergency = EmergencyEvidence {
            consent: "De jongere en de ouders zijn vannacht niet te bereiken.".to_owned(),
            damage: "Zonder het crisisplan is ernstig letsel vrijwel zeker.".to_owned(),
            conscience: "Zwijgen zou betekenen dat wij niet helpen zoeken.".to_owned(),
            subsidiarity: "Er is geen andere weg om snel te weten wat helpt.".to_owned(),
            effectiveness: "Wie het plan kent, weet waar te zoeken en wat te doen.".to_owned(),
            proportionality: "Alleen het plan en de afspraken, alleen aan het wijkteam.".to_owned(),
            consulted: "wijkteam-1".to_owned(),
        };
        // The day after, by the clock that passed the birthdays.
        let review_on = self.today.saturating_add((people::BIRTHDAY_IN + 2).days()).to_string();
        let delayed = DelayedNotice { reason: DelayReason::OutOfReach.into(), review_on };
        GroundEvidence {
            ground: Some(ground_evidence::Ground::Emergency(emergency)),
            note_reference: "verslag-2026-17".to_owned(),
            notice: Some(ClientNotice { when: Some(client_notice::When::Delayed(delayed)) }),
        }
    }
}
