//! What comes after a release without consent, from the command line: worklists, reviews and notices.

use std::io::{self, Write};

use super::{Client, ClientProblem, table, words};
use crate::contract::v1::{
    DelayNoticeRequest, Emergency, JudgeSampleEntryRequest, ListEmergenciesRequest, ListNoticesRequest,
    Notice, NotifyClientRequest, ReviewEmergencyRequest, UnconsentedRelease,
};

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(super) enum FollowUpCommand {
    /// Emergency releases of your organisation's data that wait for a review
    Emergencies {
        /// Also those with a final verdict
        #[arg(long)]
        all: bool,
    },
    /// Judge an emergency release, of which somebody else asked
    Review {
        /// The entry of the release
        index: u64,
        /// justified, not-justified or needs-follow-up
        #[arg(long, value_parser = words::verdict)]
        verdict: i32,
        /// Where your own file says why
        #[arg(long)]
        note: String,
    },
    /// Judge an entry of a sample, of which somebody else asked
    Judge {
        /// The entry that was drawn
        index: u64,
        /// What the sample is drawn by, as its report says
        #[arg(long)]
        seed: String,
        /// in-order, not-in-order or further-question
        #[arg(long, value_parser = words::sample_verdict)]
        verdict: i32,
        /// nothing, talk, correction, breach-procedure or access-adjusted
        #[arg(long, value_parser = words::sample_follow_up, default_value = "nothing")]
        follow_up: i32,
        /// Where your own file says why; may be left out where all is in order
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Clients to be told of a release without consent
    Notices {
        /// Also those of clients who were told
        #[arg(long)]
        all: bool,
    },
    /// Record that the client was told of a release
    Notify {
        /// The entry of the release
        index: u64,
        /// Who was told: `client`, or your own reference for who stands in the client's place
        #[arg(long, default_value = "client")]
        person: String,
        /// conversation, telephone, letter or portal
        #[arg(long, value_parser = words::told_how)]
        how: i32,
        /// Where your own file says so
        #[arg(long)]
        note: String,
    },
    /// Tell the client later
    Delay {
        /// The entry of the release
        index: u64,
        /// harm-to-client, danger-to-others, inquiry-at-risk or out-of-reach
        #[arg(long, value_parser = words::delay_reason)]
        reason: i32,
        /// The day on which it is looked at again, such as 2026-12-01
        #[arg(long)]
        review_on: String,
        /// Where your own file says more
        #[arg(long)]
        note: String,
    },
}

impl FollowUpCommand {
    /// Makes the call (lists: one for each page) and shows the answer.
    pub(super) async fn call(self, gateway: &Client, output: &mut impl Write) -> Result<(), ClientProblem> {
        match self {
            Self::Emergencies { all } => {
                let mut request = ListEmergenciesRequest { all, ..ListEmergenciesRequest::default() };
                loop {
                    let page = gateway.list_emergencies(request.clone()).await?;
                    emergencies(output, &page.emergencies)?;
                    if page.next_page_token.is_empty() {
                        return Ok(());
                    }
                    request.page_token = page.next_page_token;
                }
            }
            Self::Notices { all } => {
                let mut request = ListNoticesRequest { all, ..ListNoticesRequest::default() };
                loop {
                    let page = gateway.list_notices(request.clone()).await?;
                    notices(output, &page.notices)?;
                    if page.next_page_token.is_empty() {
                        return Ok(());
                    }
                    request.page_token = page.next_page_token;
                }
            }
            Self::Review { index: entry_index, verdict, note: note_reference } => {
                let request = ReviewEmergencyRequest { entry_index, verdict, note_reference };
                let answer = gateway.review_emergency(request).await?;
                Ok(writeln!(output, "reviewed (entry {})", answer.entry_index)?)
            }
            Self::Judge { index: entry_index, seed, verdict, follow_up, note: note_reference } => {
                let request =
                    JudgeSampleEntryRequest { entry_index, seed, verdict, follow_up, note_reference };
                let answer = gateway.judge_sample_entry(request).await?;
                Ok(writeln!(output, "judged (entry {})", answer.entry_index)?)
            }
            Self::Notify { index: entry_index, person, how, note: note_reference } => {
                let request = NotifyClientRequest { entry_index, person, how, note_reference };
                let answer = gateway.notify_client(request).await?;
                Ok(writeln!(output, "the client was told (entry {})", answer.entry_index)?)
            }
            Self::Delay { index: entry_index, reason, review_on, note: note_reference } => {
                let request = DelayNoticeRequest { entry_index, reason, review_on, note_reference };
                let answer = gateway.delay_notice(request).await?;
                Ok(writeln!(output, "the client is told later (entry {})", answer.entry_index)?)
            }
        }
    }
}

fn emergencies(output: &mut impl Write, emergencies: &[Emergency]) -> io::Result<()> {
    let row = |emergency: &Emergency| {
        let [entry, at, ground, recipient, client] = release(emergency.release.as_ref());
        let told = if emergency.client_told { "yes" } else { "no" };
        let verdict = words::of_verdict(emergency.verdict);
        [
            entry,
            at,
            ground,
            recipient,
            due(&emergency.review_by, emergency.overdue),
            verdict,
            told.to_owned(),
            client,
        ]
    };
    let heading = ["entry", "at", "ground", "recipient", "review by", "verdict", "client told", "client"];
    table::write(output, heading, &emergencies.iter().map(row).collect::<Vec<_>>())
}

fn notices(output: &mut impl Write, notices: &[Notice]) -> io::Result<()> {
    let row = |notice: &Notice| {
        let [entry, at, ground, recipient, client] = release(notice.release.as_ref());
        let index = |index: u64| if index == 0 { String::new() } else { index.to_string() };
        let (delayed, told) = (index(notice.delayed_in), index(notice.told_in));
        [entry, at, ground, recipient, due(&notice.tell_by, notice.overdue), delayed, told, client]
    };
    let heading = ["entry", "at", "ground", "recipient", "tell by", "delayed in", "told in", "client"];
    table::write(output, heading, &notices.iter().map(row).collect::<Vec<_>>())
}

fn release(release: Option<&UnconsentedRelease>) -> [String; 5] {
    let UnconsentedRelease { entry_index, at, ground, recipient, role, client_handle, .. } =
        release.cloned().unwrap_or_default();
    [entry_index.to_string(), at, ground, format!("{recipient}/{role}"), client_handle]
}

fn due(by: &str, overdue: bool) -> String {
    if overdue { format!("{by} OVERDUE") } else { by.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worklist_shows_what_is_late_and_names_the_client_by_the_handle_alone() {
        let release = Some(UnconsentedRelease {
            entry_index: 7,
            ground: "R09".to_owned(),
            recipient: "00000099000000000201".to_owned(),
            role: "crisisdienst".to_owned(),
            client_handle: "handle-1".to_owned(),
            ..UnconsentedRelease::default()
        });
        let review_by = "2026-11-30T23:00:00Z".to_owned();
        let emergency =
            Emergency { release: release.clone(), review_by, overdue: true, ..Emergency::default() };
        let notice = Notice {
            release,
            tell_by: "2026-11-25T11:00:00Z".to_owned(),
            delayed_in: 9,
            ..Notice::default()
        };
        let mut output = Vec::new();
        emergencies(&mut output, &[emergency]).unwrap();
        notices(&mut output, &[notice]).unwrap();
        let text = String::from_utf8(output).unwrap();
        for part in ["2026-11-30T23:00:00Z OVERDUE", "00000099000000000201/crisisdienst", "handle-1", "R09"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(text.matches("OVERDUE").count(), 1, "{text}");
    }
}
