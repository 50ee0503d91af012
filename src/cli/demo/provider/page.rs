//! The page on which somebody of the demonstration signs in. Nothing that was sent stands on it.

use std::fmt::Write as _;

use super::accounts::ACCOUNTS;

/// With the accounts of this party, for the question with this number.
pub fn sign_in(party: &str, question: &str, again: bool) -> String {
    let mut accounts = String::new();
    for (at, account) in ACCOUNTS.iter().filter(|account| account.party == party).enumerate() {
        let checked = if at == 0 { " checked" } else { "" };
        let _ = writeln!(
            accounts,
            "<p><label><input type=\"radio\" name=\"login\" value=\"{}\"{checked}> <b>{}</b>: {}<br><small lang=\"en\">{}\
             </small></label></p>",
            account.login, account.login, account.tells.0, account.tells.1
        );
    }
    let wrong = if again {
        "<p role=\"alert\">Dit wachtwoord is niet het goede. <span lang=\"en\">This is not the password.</span></p>"
    } else {
        ""
    };
    format!(
        "<!doctype html><html lang=\"nl\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>Aanmelden bij {party} (demonstratie)</title><style>:root {{ color-scheme: light dark }} \
         body {{ font-family: sans-serif; margin: 2rem auto; max-width: 40rem; padding: 0 1rem }} \
         button, [type=password] {{ font: inherit; min-height: 2rem; max-width: 100% }}</style></head>\n\
         <body><main><h1>Aanmelden bij {party}</h1>\n<p>Deze aanmelddienst hoort bij de demonstratie en bestaat alleen op deze \
         machine. <span lang=\"en\">This sign-in service is part of the demonstration, and exists on this machine only.</span></p>\
         {wrong}\n<form method=\"post\" action=\"/{party}/sign-in\">\n<input type=\"hidden\" name=\"question\" \
         value=\"{question}\">\n<fieldset><legend>Wie bent u? <span lang=\"en\">Who are you?</span></legend>\n{accounts}</fieldset>\n\
         <p><label>Wachtwoord <span lang=\"en\">(password)</span>: <input type=\"password\" name=\"password\" required \
         autocomplete=\"current-password\"></label></p>\n<p><button>Aanmelden <span lang=\"en\">(sign in)</span></button></p>\n</form></main>\
         </body></html>\n"
    )
}
