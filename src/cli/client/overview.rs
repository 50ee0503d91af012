//! `sluis client overview`: what a client, or somebody who represents the client, reads of what was done with the client's data.

use std::io::Write;

use super::arguments::Named;
use super::{Client, ClientProblem};
use crate::contract::v1::GetOwnOverviewRequest;
use crate::domain::Language;
use crate::projection::dossier::sentence;

/// Which overview, for whom.
#[derive(Debug, clap::Args)]
pub(super) struct OverviewOf {
    #[command(flatten)]
    client: Named,
    /// Who reads it: `client`, or your own reference for who represents the client now
    #[arg(long, default_value = "client")]
    reader: String,
    /// nl or en
    #[arg(long, default_value = "nl")]
    pub(super) language: String,
    /// From (RFC 3339), inclusive
    #[arg(long, default_value = "")]
    from: String,
    /// Until (RFC 3339), exclusive
    #[arg(long, default_value = "")]
    until: String,
}

impl OverviewOf {
    pub(super) fn request(&self) -> Result<GetOwnOverviewRequest, ClientProblem> {
        Ok(GetOwnOverviewRequest {
            client: self.client.client()?,
            reader: self.reader.clone(),
            language: self.language.clone(),
            from: self.from.clone(),
            until: self.until.clone(),
        })
    }

    pub(super) async fn call(self, gateway: &Client, output: &mut impl Write) -> Result<(), ClientProblem> {
        let language = Language::parse(&self.language).unwrap_or(Language::Dutch);
        let answer = gateway.get_own_overview(self.request()?).await?;
        for consent in &answer.consents {
            writeln!(output, "{}", consent.text)?;
        }
        for line in &answer.lines {
            writeln!(output, "{}", sentence(&line.at, line.times, &line.text, language))?;
        }
        Ok(())
    }
}
