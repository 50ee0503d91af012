//! Addresses: what stands in one, so that it can be read back as it was meant.

use std::fmt::Write as _;

/// As a value in an address (RFC 3986 §2.1): letters, digits and `-_./` stand for themselves.
pub(super) fn percent(text: &str) -> String {
    let mut written = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_./".contains(&byte) {
            written.push(char::from(byte));
        } else {
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}

/// A path with what is asked of it; what is empty is left out.
pub(super) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(name);
        address.push('=');
        address.push_str(&percent(value));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_go_back_to_holds_nothing_that_ends_it() {
        assert_eq!(percent("/entries?purpose=housing&x=a b"), "/entries%3Fpurpose%3Dhousing%26x%3Da%20b");
    }

    #[test]
    fn what_is_asked_cannot_become_something_else_that_is_asked() {
        assert_eq!(with_query("/entries", &[]), "/entries");
        let asked = [("purpose", ""), ("field", "a&page=1#é"), ("ground", "R01")];
        assert_eq!(with_query("/entries", &asked), "/entries?field=a%26page%3D1%23%C3%A9&ground=R01");
    }
}
