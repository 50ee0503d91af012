//! The look: components and tokens of the NL Design System community, unmodified and built in, and sheets of our own.
//!
//! What is always true here:
//! 1. The packages are as their makers published them: `packages.csv` has the SHA-256 of every file, and a test looks.
//! 2. A sheet's address is its content's hash, so a browser may keep it for good, and never shows an older one.
//! 3. An organisation's own tokens come after ours, at an address that is asked again each time: those of the officer's organisation, and
//!    before somebody signed in, or where that has none, those of who runs the gateway.
//! 4. When a page tells that its session ends is a number in a sheet: no page has a script, or a style of its own.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::problem::no_such_page;
use super::speech::language_of;
use super::{Console, Problem};
use crate::domain::OrganisationId;

macro_rules! package {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/console/nl-design-system/", $path))
    };
}

macro_rules! own {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/console/", $name))
    };
}

/// Our own, which come after the packages.
const OWN: &[&str] =
    &[own!("tokens.css"), own!("page.css"), own!("parts.css"), own!("charts.css"), own!("paper.css")];
/// The packages, in the order in which they count: tokens, components.
const PACKAGES: &[&str] = &[
    package!("nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css"),
    package!("utrecht/root-css/dist/index.css"),
    package!("utrecht/document-css/dist/index.css"),
    package!("utrecht/skip-link-css/dist/index.css"),
    package!("utrecht/page-header-css/dist/index.css"),
    package!("utrecht/page-body-css/dist/index.css"),
    package!("utrecht/page-footer-css/dist/index.css"),
    package!("utrecht/nav-bar-css/dist/index.css"),
    package!("utrecht/heading-1-css/dist/index.css"),
    package!("utrecht/heading-2-css/dist/index.css"),
    package!("utrecht/heading-3-css/dist/index.css"),
    package!("utrecht/paragraph-css/dist/index.css"),
    package!("utrecht/link-css/dist/index.css"),
    package!("utrecht/button-css/dist/index.css"),
    package!("utrecht/form-field-css/dist/index.css"),
    package!("utrecht/form-fieldset-css/dist/index.css"),
    package!("utrecht/form-label-css/dist/index.css"),
    package!("utrecht/form-field-description-css/dist/index.css"),
    package!("utrecht/form-field-error-message-css/dist/index.css"),
    package!("utrecht/textbox-css/dist/index.css"),
    package!("utrecht/textarea-css/dist/index.css"),
    package!("utrecht/select-css/dist/index.css"),
    package!("utrecht/radio-button-css/dist/index.css"),
    package!("utrecht/checkbox-css/dist/index.css"),
    package!("utrecht/table-css/dist/index.css"),
    package!("utrecht/alert-css/dist/index.css"),
    package!("utrecht/data-badge-css/dist/index.css"),
    package!("utrecht/data-list-css/dist/index.css"),
    package!("utrecht/pagination-css/dist/index.css"),
    package!("utrecht/unordered-list-css/dist/index.css"),
    package!("utrecht/code-block-css/dist/index.css"),
];

/// What never changes at its address.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// Characters of the hash that make an address.
const ENOUGH: usize = 16;

static SHEET: LazyLock<String> = LazyLock::new(|| [PACKAGES, OWN].concat().join("\n"));
static NAME: LazyLock<String> = LazyLock::new(|| {
    let hash = sha256(SHEET.as_bytes());
    format!("{}.css", hash.get(..ENOUGH).unwrap_or_default())
});
static ADDRESS: LazyLock<String> = LazyLock::new(|| format!("/assets/{}", NAME.as_str()));

/// How long before its session ends an officer is told: time to go on, by more than the twenty seconds of WCAG 2.2, 2.2.1.
const WARNED: Duration = Duration::from_mins(2);
/// What the sheet is called that says when: followed by minutes.
const WARNING: &str = "warned-after-";

/// Where the sheet is with when to tell that a session ends, of a page whose session ends `within` this time.
pub(super) fn warning(within: Duration) -> String {
    format!("/assets/{WARNING}{}.css", within.saturating_sub(WARNED).as_secs() / 60)
}

/// Where the sheet is.
pub(super) fn stylesheet() -> &'static str {
    ADDRESS.as_str()
}

/// Where the tokens of this organisation are; of nobody's yet, those of who runs the gateway.
pub(super) fn theme(of: Option<&OrganisationId>) -> String {
    of.map_or_else(|| "/assets/theme.css".to_owned(), |of| format!("/assets/theme-{of}.css"))
}

/// Whose tokens are asked.
fn themed(name: &str) -> Option<OrganisationId> {
    OrganisationId::parse(name.strip_prefix("theme-")?.strip_suffix(".css")?).ok()
}

/// The addresses of this part.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new().route("/assets/{name}", get(asset)).method_not_allowed_fallback(no_such_page)
}

async fn asset(
    State(console): State<Arc<Console>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match name.as_str() {
        "theme.css" => Ok(css(console.theme.clone(), "no-cache")),
        name if name == NAME.as_str() => Ok(css(SHEET.as_str(), FOR_GOOD)),
        name => match (minutes(name), themed(name)) {
            (Some(minutes), _) => {
                Ok(css(format!(":root {{ --sluis-warned-after: {}s; }}", minutes * 60), FOR_GOOD))
            }
            (_, Some(of)) => Ok(css(console.themes.get(&of).unwrap_or(&console.theme).clone(), "no-cache")),
            _ => Err(Problem::not_found(language_of(&headers))),
        },
    }
}

/// The minutes in the name of a sheet that says when to warn: of at most a day, written in one way.
fn minutes(name: &str) -> Option<u32> {
    let digits = name.strip_prefix(WARNING)?.strip_suffix(".css")?;
    let minutes: u32 = digits.parse().ok().filter(|minutes| *minutes <= 24 * 60)?;
    (digits == minutes.to_string()).then_some(minutes)
}

fn css(text: impl IntoResponse, kept: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, kept)], text).into_response()
}

fn sha256(bytes: &[u8]) -> String {
    let digits =
        digest(&SHA256, bytes).as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]).collect::<Vec<u8>>();
    digits.into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/console/nl-design-system")
    }

    fn files(below: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(below).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                files(&path, found);
            } else if !path.ends_with("packages.csv") {
                let name = path.strip_prefix(folder()).unwrap().to_string_lossy().into_owned();
                found.insert(name, sha256(&fs::read(&path).unwrap()));
            }
        }
    }

    #[test]
    fn the_packages_are_as_their_makers_published_them_and_nothing_else_is_there() {
        let table = fs::read_to_string(folder().join("packages.csv")).unwrap();
        let listed: BTreeMap<String, String> = table
            .lines()
            .skip(1)
            .map(|line| {
                let [package, version, file, hash] = line.split(',').collect::<Vec<_>>()[..] else {
                    panic!("{line}")
                };
                let described = fs::read_to_string(folder().join(package).join("package.json")).unwrap();
                let described: serde_json::Value = serde_json::from_str(&described).unwrap();
                assert_eq!(described["version"], version, "{package}");
                assert_eq!(described["name"], format!("@{package}"));
                assert_eq!(described["license"], "EUPL-1.2", "{package}");
                (format!("{package}/{file}"), hash.to_owned())
            })
            .collect();
        let mut found = BTreeMap::new();
        files(&folder(), &mut found);
        assert_eq!(found, listed);
        let sheets = listed.keys().filter(|name| name.contains("/dist/")).count();
        assert_eq!(PACKAGES.len(), sheets, "a package that is there and is not used");
    }

    #[test]
    fn a_sheet_asks_nothing_of_elsewhere_and_ends_no_style_element() {
        assert!(OWN.iter().all(|own| !own.contains("url(") && !own.contains("@import")));
        for forbidden in ["@import", "url(http", "url(\"http", "url(//", "</"] {
            let found = [PACKAGES, OWN]
                .concat()
                .iter()
                .any(|sheet| sheet.contains(forbidden) && !sheet.contains("data:image/svg+xml"));
            assert!(!found, "{forbidden}");
        }
    }

    #[test]
    fn an_officer_is_told_two_minutes_before_a_session_ends() {
        for (within, minutes) in [(900, 13), (899, 12), (121, 0), (60, 0), (0, 0), (86_400, 1438)] {
            let address = warning(Duration::from_secs(within));
            assert_eq!(address, format!("/assets/warned-after-{minutes}.css"));
            assert_eq!(super::minutes(address.strip_prefix("/assets/").unwrap()), Some(minutes));
        }
        for none in [
            "warned-after-.css",
            "warned-after-013.css",
            "warned-after-+1.css",
            "warned-after-1441.css",
            "warned-after-1",
        ] {
            assert_eq!(super::minutes(none), None, "{none}");
        }
    }

    #[test]
    fn an_address_is_the_hash_of_what_is_there() {
        assert_eq!(stylesheet(), format!("/assets/{}.css", &sha256(SHEET.as_bytes())[..ENOUGH]));
    }
}
