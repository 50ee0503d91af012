//! Arriving: to a provider, and back with an answer.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::flows::{COOKIE as FLOW, Flow, LONGEST};
use super::problem::NotSignedIn;
use super::{Back, set_cookie};
use crate::console::address::percent;
use crate::console::frame::{Frame, page};
use crate::console::officer::{COOKIE, cookie};
use crate::console::speech::language_of;
use crate::console::{Console, Problem};
use crate::domain::{Actor, Capability, Hat, Language};
use crate::gateway::Denied;
use crate::identity::openid::{Begun, SignedIn};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Choice {
    frame: Frame,
    /// The address of each, and what its organisation is called.
    providers: Vec<(String, String)>,
}

/// `/sign-in`: which organisation? If there is one, that.
pub(super) async fn choose(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    back: Result<Query<Back>, QueryRejection>,
) -> Response {
    let back = back.map(|Query(back)| back).unwrap_or_default();
    let anew = if back.anew.is_empty() { "" } else { "&anew=yes" };
    let to = |id: &str| format!("/sign-in/{id}?back={}{anew}", percent(back.within()));
    if let [only] = console.providers.as_slice() {
        return Redirect::to(&to(only.id())).into_response();
    }
    let covenant = console.gateway.covenant();
    let named = |provider: &crate::identity::openid::Provider| {
        let party = covenant.covenant.parties.get(provider.organisation());
        let name = party.map_or_else(|| provider.organisation().to_string(), |party| party.name.clone());
        (to(provider.id()), name)
    };
    let mut providers: Vec<_> = console.providers.iter().map(named).collect();
    providers.sort_by(|a, b| a.1.cmp(&b.1));
    let frame = Frame::for_anybody(language_of(&headers), "Aanmelden", "Sign in");
    page(StatusCode::OK, &Choice { frame, providers })
}

/// `/sign-in/{provider}`: to the provider.
pub(super) async fn begin(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    back: Result<Query<Back>, QueryRejection>,
) -> Result<Response, Problem> {
    let language = language_of(&headers);
    let place = console.providers.iter().position(|provider| provider.id() == id);
    let found = place.and_then(|place| Some((place, console.providers.get(place)?)));
    let (place, provider) = found.ok_or_else(|| Problem::not_found(language))?;
    let back = back.map(|Query(back)| back).unwrap_or_default();
    let (now, ticket) = (console.system.now(), console.secret());
    let begun = Begun { state: console.secret(), nonce: console.secret(), verifier: console.secret() };
    let asks = (console.minimum_level, console.longest());
    let address = provider.address(&begun, &console.redirect(), asks, !back.anew.is_empty(), now).await;
    let address = address.map_err(|problem| refuse(language, &id, &problem.into()))?;
    console.flows.begin(&ticket, Flow { provider: place, begun, back: back.within().to_owned(), at: now });
    let kept =
        format!("{FLOW}={ticket}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}", LONGEST / 1_000);
    Ok((set_cookie(&[kept]), Redirect::to(&address)).into_response())
}

/// What a provider answers. It may say more.
#[derive(Default, serde::Deserialize)]
pub(super) struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// `/sign-in/done`: back with an answer.
pub(super) async fn end(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, Problem> {
    let language = language_of(&headers);
    let answer = answer.map(|Query(answer)| answer).unwrap_or_default();
    let (now, state) = (console.system.now(), answer.state.as_deref().unwrap_or_default());
    let flow = cookie(&headers, FLOW).and_then(|ticket| console.flows.end(ticket, state, now));
    let flow = flow.ok_or_else(|| refuse(language, "", &NotSignedIn::Unknown))?;
    let provider = console.providers.get(flow.provider);
    let provider = provider.ok_or_else(|| refuse(language, "", &NotSignedIn::Unknown))?;
    let refuse = |why: NotSignedIn| refuse(language, provider.id(), &why);
    if let Some(error) = &answer.error {
        return Err(refuse(NotSignedIn::of(error)));
    }
    let code = answer.code.as_deref().ok_or_else(|| refuse(NotSignedIn::Refused))?;
    let redirect = console.redirect();
    let came = provider.signed_in(
        &flow.begun,
        (code, answer.iss.as_deref()),
        (&redirect, console.longest()),
        &console.pseudonyms,
        now,
    );
    let signed_in = came.await.map_err(|problem| refuse(problem.into()))?;
    let hat = hat(&console, &signed_in).map_err(|why| match why {
        Ok(denied) => Problem::denied(language, denied),
        Err(why) => refuse(why),
    })?;
    let actor = Actor { requester: signed_in.requester, hat, level: signed_in.level };
    let permitted = console.gateway.covenant().permits(&actor, console.minimum_level, &[Capability::Audit]);
    permitted.map_err(|denied| Problem::denied(language, denied))?;
    // Whoever signs in anew gets a session of their own, and leaves the one before.
    if let Some(before) = cookie(&headers, COOKIE) {
        console.sessions.end(before);
    }
    let random = std::array::from_fn(|_| console.gateway.random());
    let ticket = console.sessions.begin(actor, signed_in.shown, random, console.clock.now());
    metrics::counter!("sluis_console_sign_ins_total", "outcome" => "SIGNED_IN").increment(1);
    tracing::info!(provider = provider.id(), "an officer signed in");
    let session = format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax", ticket.as_str());
    let gone = format!("{FLOW}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    Ok((set_cookie(&[session, gone]), Redirect::to(&flow.back)).into_response())
}

/// The one role that may audit. Which of two somebody wears is not for the console to choose.
fn hat(console: &Console, signed_in: &SignedIn) -> Result<Hat, Result<Denied, NotSignedIn>> {
    let covenant = console.gateway.covenant();
    let party = covenant.covenant.parties.get(&signed_in.organisation).ok_or(Ok(Denied::PartyUnknown))?;
    let known = signed_in.roles.iter().filter_map(|role| party.role(role));
    let mut may = known.clone().filter(|role| role.may.contains(&Capability::Audit));
    match may.next() {
        Some(one) if may.all(|other| other.role == one.role) => {
            Ok(Hat { organisation: signed_in.organisation.clone(), role: one.role.clone() })
        }
        Some(_) => Err(Err(NotSignedIn::SeveralRoles)),
        None if known.clone().next().is_some() => Err(Ok(Denied::RoleMayNot)),
        None => Err(Ok(Denied::RoleUnknown)),
    }
}

/// Says why in the log, to whoever can mend it, and on the page what to do.
fn refuse(language: Language, provider: &str, why: &NotSignedIn) -> Problem {
    let said = why.said();
    if let NotSignedIn::Provider(problem) = why {
        tracing::warn!(provider, %problem, "an officer was not signed in");
    } else {
        tracing::info!(provider, code = said.3, "an officer was not signed in");
    }
    metrics::counter!("sluis_console_sign_ins_total", "outcome" => said.3).increment(1);
    Problem::not_let_in(language, said)
}
