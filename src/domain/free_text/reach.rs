//! Finding telephone numbers, addresses and other numbers of somebody in free text.

/// A telephone number: ten figures from 0, or eleven from 31 with a plus or two noughts, whatever stands between them.
pub(super) fn has_phone(text: &str) -> bool {
    text.char_indices().filter(|(_, c)| matches!(c, '0' | '+')).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let number = text.get(at..).unwrap_or_default();
        !before.ends_with(|c: char| c.is_ascii_digit()) && is_phone(number)
    })
}

fn is_phone(text: &str) -> bool {
    let own = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '+' | '\u{a0}');
    let digits: String = text.chars().take_while(|c| own(*c)).filter(char::is_ascii_digit).collect();
    let local =
        digits.strip_prefix("0031").or_else(|| digits.strip_prefix("31").filter(|_| text.starts_with('+')));
    match local {
        Some(local) => local.trim_start_matches('0').len() >= 9,
        None => text.starts_with('0') && digits.len() >= 10,
    }
}

/// An e-mail address.
pub(super) fn has_email(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';')).any(|word| {
        word.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.split('.').filter(|part| !part.is_empty()).count() > 1
        })
    })
}

/// A Dutch postcode: four figures, not from 0, and two letters. With a space only if they are capitals, so that "2026 is"
/// is none.
pub(super) fn has_postcode(text: &str) -> bool {
    let bytes = text.as_bytes();
    let free = |at: Option<&u8>| at.is_none_or(|b| !b.is_ascii_alphanumeric());
    bytes.windows(6).enumerate().any(|(at, six)| {
        let Some((figures, end)) = six.split_at_checked(4) else { return false };
        let four = figures.iter().all(u8::is_ascii_digit) && figures.first() != Some(&b'0');
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let together = end.iter().all(u8::is_ascii_alphabetic) && free(bytes.get(at + 6));
        let apart = end.first() == Some(&b' ')
            && end.last().is_some_and(u8::is_ascii_uppercase)
            && bytes.get(at + 6).is_some_and(u8::is_ascii_uppercase)
            && free(bytes.get(at + 7));
        four && free(before) && (together || apart)
    })
}

/// Six figures or more together: of an account, a file, a policy.
pub(super) fn has_long_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|figures| figures.len() >= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_or_counts_somebody_is_found_and_other_figures_are_not() {
        for text in [
            "06 12345678",
            "06-12 34 56 78",
            "bel 0592-123456.",
            "+31 6 12 34 56 78",
            "0031612345678",
            "+31 (0)6 12345678",
        ] {
            assert!(has_phone(text), "{text}");
        }
        for text in ["10 uur, 12 uur", "0 tot 4 jaar", "2026-11-22", "+31", "vanaf 2010, 30 uur"] {
            assert!(!has_phone(text), "{text}");
        }
        for text in ["jan@voorbeeld.nl", "mail <a.b@c.example>", "x@y.z,"] {
            assert!(has_email(text), "{text}");
        }
        for text in ["@school", "a@b", "9 @ 10", "@a.b"] {
            assert!(!has_email(text), "{text}");
        }
        for text in ["9401 AB", "9401AB", "9401ab", "in 9401 AB."] {
            assert!(has_postcode(text), "{text}");
        }
        for text in ["2026 is", "19401 AB", "0401 AB", "9401 ABC", "9401abc", "2026 en", "1234"] {
            assert!(!has_postcode(text), "{text}");
        }
        assert!(has_long_number("dossier 123456") && has_long_number("NL91ABNA0417164300"));
        assert!(!has_long_number("12345, 2026-11-22, 16 uur"));
    }
}
