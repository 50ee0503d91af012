//! In which language the lines of the covenant's files are (WCAG 2.2, 3.1.2): the words of Cedar and TOML are English, what the parties
//! agreed is Dutch, and comments are in both.
//!
//! What is always true here: nothing of a line is changed or left out. What stands in a place for Dutch is Dutch. A comment says nowhere
//! in which language it is, so its small words tell, and where they do not, its place: Dutch first, English after a stroke.

use crate::domain::Language;
use crate::projection::Phrase;

/// What stands before a text in Dutch, in the list of parties, in the catalogue, and above a rule.
const BEFORE_DUTCH: [&str; 4] = ["label = \"", "basis = \"", "nl = \"", "@source(\""];
/// What stands between the same in both languages.
const STROKE: &str = " / ";
/// Small words that one language has and the other has not.
const DUTCH: &[&str] = &[
    "aan", "al", "alleen", "als", "ander", "anderen", "bij", "daar", "daarna", "dan", "dat", "de", "deze",
    "die", "dit", "door", "een", "elk", "elke", "en", "er", "gaat", "geen", "het", "hier", "hij", "iets",
    "lid", "maar", "meer", "met", "moet", "na", "naar", "niet", "niets", "nooit", "om", "onder", "ook", "op",
    "te", "tot", "uit", "van", "vanaf", "voor", "wat", "wel", "wie", "worden", "wordt", "zij", "zijn", "zo",
    "zonder",
];
const ENGLISH: &[&str] = &[
    "also", "and", "are", "as", "at", "be", "but", "by", "each", "every", "for", "from", "goes", "has",
    "have", "if", "it", "its", "more", "never", "no", "not", "nothing", "on", "only", "or", "so", "somebody",
    "than", "that", "the", "there", "they", "this", "those", "to", "what", "which", "who", "with", "without",
];

/// Reads lines of a file in their order, to stand among English.
#[derive(Default)]
pub(super) struct Lines {
    /// Of the comment that goes on.
    before: Option<Language>,
}

impl Lines {
    /// The next line.
    pub(super) fn read(&mut self, line: &str) -> Phrase {
        let (code, comment) = line.split_at_checked(comment_in(line)).unwrap_or((line, ""));
        let mut read = agreed(code);
        if !code.trim().is_empty() || comment.trim_matches(['/', '#', ' ']).is_empty() {
            self.before = None;
        }
        let has_stroke = comment.contains(STROKE);
        for (at, part) in comment.split(STROKE).enumerate() {
            if at > 0 {
                read.push(STROKE);
            }
            let by_place = if at == 0 { Language::Dutch } else { Language::English };
            self.before = spoken(part).or(has_stroke.then_some(by_place)).or(self.before);
            read.push(Phrase::of(part, self.before.unwrap_or(Language::English), Language::English));
        }
        read
    }
}

/// A whole text.
pub(super) fn text(written: &str) -> Phrase {
    let mut lines = Lines::default();
    Phrase::joined(written.lines().map(|line| lines.read(line)), "\n")
}

/// Where the comment of a line begins: its end, if it has none.
fn comment_in(line: &str) -> usize {
    let mut is_quoted = false;
    for (at, character) in line.char_indices() {
        is_quoted ^= character == '"';
        let begins = character == '#' || line.get(at..).is_some_and(|rest| rest.starts_with("//"));
        if begins && !is_quoted {
            return at;
        }
    }
    line.len()
}

/// What was agreed in Dutch, where it stands between quotes.
fn agreed(code: &str) -> Phrase {
    let (mut read, mut rest) = (Phrase::default(), code);
    while let Some(begin) = BEFORE_DUTCH.iter().filter_map(|key| Some(rest.find(key)? + key.len())).min() {
        let (key, after) = rest.split_at_checked(begin).unwrap_or((rest, ""));
        let (words, more) =
            after.split_at_checked(after.find('"').unwrap_or(after.len())).unwrap_or((after, ""));
        read.push(key);
        read.push(Phrase::as_agreed(words, Language::English));
        rest = more;
    }
    read.then(rest)
}

/// In which language the words of a comment are, if they tell.
fn spoken(comment: &str) -> Option<Language> {
    let comment = comment.trim_start_matches(['/', '#', ' ']);
    for (mark, language) in [("NL ", Language::Dutch), ("EN ", Language::English)] {
        if comment.starts_with(mark) {
            return Some(language);
        }
    }
    let words = comment.split(|character: char| !character.is_alphabetic()).map(str::to_lowercase);
    let (mut dutch, mut english) = (0_u32, 0_u32);
    for word in words {
        dutch = dutch.saturating_add(u32::from(DUTCH.contains(&word.as_str())));
        english = english.saturating_add(u32::from(ENGLISH.contains(&word.as_str())));
    }
    match dutch.cmp(&english) {
        std::cmp::Ordering::Greater => Some(Language::Dutch),
        std::cmp::Ordering::Less => Some(Language::English),
        std::cmp::Ordering::Equal => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The Dutch of a line.
    fn dutch(line: &Phrase) -> Vec<&str> {
        line.pieces()
            .iter()
            .filter(|piece| piece.language.is_some())
            .map(|piece| piece.text.as_str())
            .collect()
    }

    #[test]
    fn what_stands_between_quotes_as_agreed_and_what_a_comment_says_in_dutch_is_dutch() {
        for (line, expected) in [
            (
                "    { role = \"wonen\", label = \"Medewerker wonen\", may = [\"ask\"] },",
                vec!["Medewerker wonen"],
            ),
            ("    { purpose = \"SCH\", basis = \"Wgs art. 8\" },", vec!["Wgs art. 8"]),
            (
                "    { code = \"0-11\", nl = \"0 t/m 11 jaar\", en = \"0 to 11 years\" },",
                vec!["0 t/m 11 jaar"],
            ),
            ("label = { nl = \"Naam\", en = \"Name\" }", vec!["Naam"]),
            ("@source(\"WGBO, art. 7:457 lid 1 BW\")", vec!["WGBO, art. 7:457 lid 1 BW"]),
            ("@reason(\"NO_CONSENT\")", vec![]),
            ("delay_days = 31", vec![]),
            ("# Zorg / care", vec!["# Zorg"]),
            ("    \"R09\", // conflict van plichten / conflict of duties", vec!["// conflict van plichten"]),
            ("// Alleen voor een crisis. / For a crisis only.", vec!["// Alleen voor een crisis."]),
            ("note = \"a # in quotes, van de\"", vec![]),
            ("", vec![]),
        ] {
            let read = Lines::default().read(line);
            assert_eq!((read.to_string().as_str(), dutch(&read)), (line, expected));
        }
    }

    #[test]
    fn a_comment_goes_on_in_its_language_until_something_else_stands_there() {
        let mut lines = Lines::default();
        for (line, expected) in [
            ("// daarom is wat van de", vec!["// daarom is wat van de"]),
            ("// client afhangt hier NO_CONSENT.", vec!["// client afhangt hier NO_CONSENT."]),
            ("//", vec![]),
            ("// client afhangt hier NO_CONSENT.", vec![]),
        ] {
            assert_eq!(dutch(&lines.read(line)), expected, "{line}");
        }
    }

    /// A block of comment says NL where its Dutch begins, and EN where its English does.
    #[test]
    fn every_file_of_the_covenant_reads_as_it_is_written_and_each_half_of_what_it_explains_in_its_language() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(root.join("policies")).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|path| path.is_file()).chain([root.join("deploy/parties.toml")]);
        let mut told = [0, 0];
        for path in files {
            let written = std::fs::read_to_string(&path).unwrap();
            assert_eq!(text(&written).to_string(), written.trim_end(), "{}", path.display());
            let (mut lines, mut half) = (Lines::default(), None);
            for line in written.lines() {
                let read = lines.read(line);
                let said = line.trim_start_matches(['/', '#', ' ']);
                half = match said {
                    "" => None,
                    _ if said.starts_with("NL  ") => Some(0),
                    _ if said.starts_with("EN  ") => Some(1),
                    _ => half,
                };
                if let Some(half) = half {
                    told[half] += 1;
                    assert_eq!(dutch(&read).is_empty(), half == 1, "{}: {line}", path.display());
                }
            }
        }
        assert!(told[0] > 30 && told[1] > 30, "{told:?}");
    }
}
