//! Finding names in free text.

/// Parts of a name that are words of the language too: alone they name nobody.
const PARTICLES: [&str; 22] = [
    "van", "de", "der", "den", "het", "een", "ten", "ter", "te", "la", "le", "el", "al", "in", "op", "bij",
    "aan", "von", "da", "di", "en", "und",
];

/// Whether one of these names, or a part of one, stands in the text as a word by itself. A part is a first name or
/// surname of two letters or more; capitals and accents on the outside do not matter.
pub(super) fn names_somebody<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> bool {
    let said: Vec<String> = words(text).map(str::to_lowercase).collect();
    names.into_iter().flat_map(words).any(|part| {
        let part = part.to_lowercase();
        part.chars().count() >= 2 && !PARTICLES.contains(&part.as_str()) && said.contains(&part)
    })
}

/// The words of a text: runs of letters.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_word_whole_or_in_part() {
        let name = ["Jesse van den Voorbeeld-Test"];
        for text in ["Jesse wil verhuizen.", "(jesse)", "fam. Voorbeeld", "J. TEST", "Jesse's kamer"] {
            assert!(names_somebody(text, name), "{text}");
        }
        for text in ["", "van den", "Jessenia", "een testje", "voorbeelden"] {
            assert!(!names_somebody(text, name), "{text}");
        }
        assert!(!names_somebody("Jesse", []) && !names_somebody("a b", ["A. B."]));
    }
}
