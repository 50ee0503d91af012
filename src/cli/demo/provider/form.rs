//! Forms and queries as browsers write them (`application/x-www-form-urlencoded`).

/// The values by their names; the first of each.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads it; what cannot be read is left as it is.
    pub fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(n, v)| (plain(n), plain(v)))
                .collect(),
        )
    }

    /// The value of this name; empty if it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }
}

/// Undoes the percent-encoding.
pub fn plain(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|digit| digit.map_or('x', char::from));
                let text: String = digits.iter().collect();
                u8::from_str_radix(&text, 16).unwrap_or(b'?')
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// As a value of a query.
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let write = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let text = "a b&c=d/é%+";
        let form = Form::read(&format!("x={}&y=1+2&z", encoded(text)));
        assert_eq!((form.get("x"), form.get("y"), form.get("z"), form.get("none")), (text, "1 2", "", ""));
    }
}
