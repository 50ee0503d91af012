//! The covenant before the one of the demonstration, so that a privacy officer has two to compare: fewer parties and purposes, shorter
//! consents, more time to review.

use std::sync::Arc;

use super::problem::DemoProblem;
use super::setting::{Setting, files};
use crate::ambient::{SystemClock, SystemRandomness};
use crate::cli::keys::file;
use crate::domain::{Clock as _, Entry, Event};
use crate::ledger::SigningKey;
use crate::policy::{Bundle, Covenant};
use crate::store::{Ledger, Store};

/// In which file, what stands there now, and what stood there before.
const CHANGED: [(&str, &str, &str); 6] = [
    ("parties.toml", "    { role = \"schuldhulp\", label = \"Schuldhulpverlener\", may = [\"ask\"] },\n", ""),
    (
        "parties.toml",
        "basis = \"Wmo 2015 art. 5.1.1; Huisvestingswet 2014\"",
        "basis = \"Wmo 2015 art. 5.1.1\"",
    ),
    (
        "purposes.toml",
        "max_period = { months = 6 }\ndefault_period = { months = 6 }",
        "max_period = { months = 3 }\ndefault_period = { months = 3 }",
    ),
    ("catalogue.toml", "value = { type = \"text\", max = 120 }", "value = { type = \"text\", max = 80 }"),
    ("deadlines.toml", "review_working_days = 5", "review_working_days = 10"),
    (
        "purpose.cedar",
        "    resource.membership == Membership::\"member\" ||\n    (resource.membership == Membership::\"on-explicit\" && context.ground == Ground::\"R01\")\n",
        "    resource.membership == Membership::\"member\"\n",
    ),
];

/// What the parties had agreed before.
fn before() -> Bundle {
    let mut bundle = Bundle::default();
    for (name, text) in files() {
        let changes = CHANGED.iter().filter(|(file, ..)| *file == name);
        bundle
            .insert(name, changes.fold(text.to_owned(), |text, (_, now, then)| text.replacen(now, then, 1)));
    }
    bundle
}

/// Brings it into force, before the gateway begins.
pub(super) async fn adopt(setting: &Setting) -> Result<(), DemoProblem> {
    let covenant = Covenant::from_bundle(&before())?;
    let store = Store::open(setting.path("gateway/sluis.db").as_path(), 1).await?;
    let key = SigningKey::parse(file::read(&setting.path("gateway/ledger.key"))?.trim())?;
    let event = Event::CovenantAdopted { parties: covenant.parties_digest };
    let entry = Entry::by_the_gateway(SystemClock.now(), &SystemRandomness, covenant.digest, 1, event);
    Ledger::start(&store, Arc::new(key)).adopt(entry, covenant.files).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::setting;
    use crate::policy::compared_files;

    #[test]
    fn the_covenant_before_is_one_and_differs_in_every_way_that_is_to_be_shown() {
        let (before, now) = (Covenant::from_bundle(&before()).unwrap(), setting::covenant().unwrap());
        let names: Vec<&str> =
            compared_files(&before.files, &now.files).iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            ["catalogue.toml", "deadlines.toml", "parties.toml", "purpose.cedar", "purposes.toml"]
        );
        for (name, stands, _) in CHANGED {
            assert!(files().any(|(file, text)| file == name && text.contains(stands)), "{name}: {stands}");
        }
    }
}
