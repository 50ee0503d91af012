//! What can be asked.

use crate::cli::client::{ClientProblem, Named};
use crate::contract::v1::GetReportRequest;

/// Which question. The numbers are those of the list in docs/officer.md.
#[derive(Debug, clap::Subcommand)]
pub(super) enum AuditCommand {
    /// P1: who saw or asked what about a client, when and why
    WhoSaw {
        #[command(flatten)]
        client: Named,
        #[command(flatten)]
        narrowed: Narrowed,
    },
    /// P2: whom a professional looked at, outside office hours and caseload
    Professional(Narrowed),
    /// P3: which fields go to whom for what, and which never
    Matrix(Narrowed),
    /// P4: releases by purpose and ground, and the share of emergencies
    Grounds(Narrowed),
    /// P5: emergencies: answered, told, and judged in time
    Emergencies(Narrowed),
    /// P6: a sample that anybody can draw again
    Sample {
        #[command(flatten)]
        narrowed: Narrowed,
        /// What it is drawn by; without, made of the period and the root of the ledger at its end
        #[arg(long, default_value = "")]
        seed: String,
        /// How many are drawn; without, 2 % and at least 20
        #[arg(long)]
        count: Option<u32>,
    },
    /// P7: what stands out, to be looked at by a person
    Unusual(Narrowed),
    /// P8: consents and registrations that need attention
    Hygiene,
    /// P9: whether withdrawals were honoured
    Withdrawals(During),
    /// P10: what was withheld, by reason
    Denials(Narrowed),
    /// P12: whom a breach may concern, and the 72 hours
    Exposure {
        #[command(flatten)]
        narrowed: Narrowed,
        /// When it was discovered: RFC 3339
        #[arg(long, default_value = "")]
        discovered: String,
    },
    /// P13: whether the register of processing agrees with what was released
    Register(Narrowed),
    /// P14: how the ledger stands: size, root, cosignature, gaps, clock, failures
    Integrity(During),
    /// P15: who read the ledger, this reading included
    Readers(Narrowed),
    /// P16: figures by month, without clients and small counts
    Monthly(During),
    /// P17: clients who were not told yet, and how long already
    Notices(Narrowed),
    /// P18: clients whom one human being looked at in two hats
    TwoHats {
        #[command(flatten)]
        narrowed: Narrowed,
        /// The subject of the other hat's token
        #[arg(long)]
        other: String,
        /// The organisation (OIN) of the other hat; without, your own
        #[arg(long, default_value = "")]
        other_organisation: String,
    },
}

/// Over which period.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct During {
    /// A calendar month, such as 2026-11, instead of --from and --until
    #[arg(long, conflicts_with_all = ["from", "until"])]
    month: Option<String>,
    /// From when: a date or RFC 3339
    #[arg(long, default_value = "")]
    from: String,
    /// Until when: a date lasts through that day
    #[arg(long, default_value = "")]
    until: String,
}

/// Narrowed to what.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Narrowed {
    #[command(flatten)]
    during: During,
    /// Of which professional at your organisation: the subject of the token
    #[arg(long, default_value = "")]
    professional: String,
    /// By or of which organisation (OIN)
    #[arg(long, default_value = "")]
    party: String,
    /// For which purpose
    #[arg(long, default_value = "")]
    purpose: String,
}

impl AuditCommand {
    /// The question as the contract has it.
    pub(super) fn request(self) -> Result<GetReportRequest, ClientProblem> {
        match self {
            Self::WhoSaw { client, narrowed } => about(&client, narrowed.request("who-saw")?),
            Self::Professional(narrowed) => narrowed.request("professional"),
            Self::Matrix(narrowed) => narrowed.request("matrix"),
            Self::Grounds(narrowed) => narrowed.request("grounds"),
            Self::Emergencies(narrowed) => narrowed.request("emergencies"),
            Self::Sample { narrowed, seed, count } => {
                Ok(GetReportRequest { seed, count, ..narrowed.request("sample")? })
            }
            Self::Unusual(narrowed) => narrowed.request("unusual"),
            Self::Hygiene => During::default().request("hygiene"),
            Self::Withdrawals(during) => during.request("withdrawals"),
            Self::Denials(narrowed) => narrowed.request("denials"),
            Self::Exposure { narrowed, discovered } => {
                Ok(GetReportRequest { discovered, ..narrowed.request("exposure")? })
            }
            Self::Register(narrowed) => narrowed.request("register"),
            Self::Integrity(during) => during.request("integrity"),
            Self::Readers(narrowed) => narrowed.request("readers"),
            Self::Monthly(during) => during.request("monthly"),
            Self::Notices(narrowed) => narrowed.request("notices"),
            Self::TwoHats { narrowed, other, other_organisation } => {
                let request = narrowed.request("two-hats")?;
                Ok(GetReportRequest { other_subject: other, other_organisation, ..request })
            }
        }
    }
}

fn about(client: &Named, request: GetReportRequest) -> Result<GetReportRequest, ClientProblem> {
    let client_bsn = client.bsn()?.map(|bsn| bsn.to_string()).unwrap_or_default();
    Ok(GetReportRequest { client_bsn, client_handle: client.handle(), ..request })
}

impl During {
    fn request(self, name: &str) -> Result<GetReportRequest, ClientProblem> {
        let name = name.to_owned();
        let Some(month) = self.month else {
            return Ok(GetReportRequest { name, from: self.from, until: self.until, ..Default::default() });
        };
        let wrong = ClientProblem::Argument("--month must be written as 2026-11");
        let first: jiff::civil::Date = format!("{month}-01").parse().map_err(|_| wrong)?;
        let (from, until) = (first.to_string(), first.last_of_month().to_string());
        Ok(GetReportRequest { name, from, until, ..Default::default() })
    }
}

impl Narrowed {
    fn request(self, name: &str) -> Result<GetReportRequest, ClientProblem> {
        let Self { during, professional, party, purpose } = self;
        let request = during.request(name)?;
        Ok(GetReportRequest { requester_subject: professional, organisation: party, purpose, ..request })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_from_its_first_day_through_its_last() {
        let month = |text: &str| During { month: Some(text.to_owned()), ..During::default() };
        let request = month("2028-02").request("monthly").unwrap();
        assert_eq!((request.from.as_str(), request.until.as_str()), ("2028-02-01", "2028-02-29"));
        assert!(month("2028-13").request("monthly").is_err());
    }
}
