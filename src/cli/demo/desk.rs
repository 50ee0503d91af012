//! The privacy officer's desk of the demonstration: where it is, and that it answers.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};

use http::StatusCode;

use super::problem::DemoProblem;
use super::provider::Providers;
use super::provider::accounts::ACCOUNTS;
use super::setting::Setting;
use crate::cli::keys::file;
use crate::identity::openid::Https;

/// The console of this demonstration, and where its officers sign in.
pub struct Desk {
    /// Its port.
    pub port: u16,
    /// Where officers sign in.
    pub providers: Providers,
}

impl Desk {
    /// Takes a port (a free one for 0), and starts the providers that send officers back to it.
    pub async fn start(setting: &Setting, port: u16) -> Result<Self, DemoProblem> {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(DemoProblem::Port)?;
        let port = taken.local_addr().map_err(DemoProblem::Port)?.port();
        drop(taken);
        let providers = Providers::start(setting, &address(port)).await?;
        Ok(Self { port, providers })
    }

    /// Where a browser finds it.
    pub fn address(&self) -> String {
        address(self.port)
    }

    /// Asks for the page on which one chooses an organisation, as a browser would.
    pub async fn answers(&self, setting: &Setting, output: &mut impl Write) -> Result<(), DemoProblem> {
        let authorities = file::read(&setting.path("gateway/ca/ca.pem"))?;
        let page = format!("{}/sign-in", self.address()).parse().map_err(|_| DemoProblem::Desk)?;
        let https = Https::new(authorities.as_bytes()).ok_or(DemoProblem::Desk)?;
        let answer = https.get(&page).await.map_err(|_| DemoProblem::Desk)?;
        if answer.status != StatusCode::OK {
            return Err(DemoProblem::Desk);
        }
        writeln!(
            output,
            "\n ✓ Het bureau van de functionaris gegevensbescherming antwoordt.\n   The privacy officer's desk answers."
        )?;
        Ok(())
    }

    /// Says how to sit down at it.
    pub fn invite(&self, output: &mut impl Write) -> Result<(), DemoProblem> {
        let (address, password) = (self.address(), &self.providers.password);
        writeln!(
            output,
            "\nHet bureau van de functionaris gegevensbescherming: {address}\n\
             The privacy officer's desk:                         {address}\n\n\
             De browser waarschuwt: het certificaat is van de demonstratie zelf. Ga door, ook op de pagina waar u zich aanmeldt.\n\
             Your browser warns: the certificate is the demonstration's own. Go on, also on the page where you sign in.\n\n\
             Kies een organisatie en een account; het wachtwoord is voor elk account:\n\
             Choose an organisation and an account; the password is for every account:   {password}\n"
        )?;
        for account in &ACCOUNTS {
            let (nl, en) = account.tells;
            writeln!(
                output,
                "  {:<15} {:<21} {nl}\n  {:<15} {:<21} {en}",
                account.party, account.login, "", ""
            )?;
        }
        Ok(output.flush()?)
    }
}

fn address(port: u16) -> String {
    format!("https://localhost:{port}")
}
