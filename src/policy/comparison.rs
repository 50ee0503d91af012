//! What differs between two covenants: whole things by their names, and texts line by line.
//!
//! What is always true here: nothing that differs is left out. What is not told in words is in the text of its file.

use std::collections::BTreeMap;
use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use crate::policy::Bundle;

/// Lines around a difference that are the same, so that it can be placed.
const AROUND: usize = 3;
/// So long the smallest difference is looked for; after that any that is right will do.
const PATIENCE: Duration = Duration::from_millis(100);

/// Something that is in either of two covenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared<'a, T> {
    /// Only in the newer one.
    New(&'a T),
    /// Only in the older one.
    Gone(&'a T),
    /// In both, and not necessarily the same.
    Both {
        /// As it was.
        before: &'a T,
        /// As it became.
        now: &'a T,
    },
}

/// Things of two covenants, found in each other by their name, in the order of the names.
pub fn compared<'a, T, K: Ord>(
    before: impl IntoIterator<Item = &'a T>,
    now: impl IntoIterator<Item = &'a T>,
    name: impl Fn(&T) -> K,
) -> Vec<Compared<'a, T>> {
    let mut all: BTreeMap<K, Compared<'a, T>> =
        before.into_iter().map(|thing| (name(thing), Compared::Gone(thing))).collect();
    for thing in now {
        let name = name(thing);
        let found = match all.remove(&name) {
            Some(Compared::Gone(before)) => Compared::Both { before, now: thing },
            _ => Compared::New(thing),
        };
        all.insert(name, found);
    }
    all.into_values().collect()
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It stayed.
    Same,
    /// It was not there before.
    New,
    /// It is not there any more.
    Gone,
}

/// A line of a text, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedLine {
    /// What became of it.
    pub became: Became,
    /// What it says.
    pub text: String,
}

/// The places where two texts differ, each with the lines around it; none where they are the same.
pub fn compared_lines(before: &str, now: &str) -> Vec<Vec<ComparedLine>> {
    let difference = TextDiff::configure().timeout(PATIENCE).diff_lines(before, now);
    let line = |change: similar::Change<&str>| ComparedLine {
        became: match change.tag() {
            ChangeTag::Equal => Became::Same,
            ChangeTag::Insert => Became::New,
            ChangeTag::Delete => Became::Gone,
        },
        text: change.value().trim_end_matches(['\r', '\n']).to_owned(),
    };
    let places = difference.grouped_ops(AROUND);
    let place =
        |parts: &Vec<_>| parts.iter().flat_map(|part| difference.iter_changes(part)).map(line).collect();
    places.iter().map(place).collect()
}

/// The files of which not every byte is the same, by name, each with the places where it differs.
pub fn compared_files<'a>(before: &'a Bundle, now: &'a Bundle) -> Vec<(&'a str, Vec<Vec<ComparedLine>>)> {
    let mut names: BTreeMap<&str, (&str, &str)> =
        before.files().map(|(name, text)| (name, (text, ""))).collect();
    for (name, text) in now.files() {
        names.entry(name).or_default().1 = text;
    }
    let differs = names.into_iter().filter(|(_, (before, now))| before != now);
    differs.map(|(name, (before, now))| (name, compared_lines(before, now))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_gone_or_in_both_is_found_by_its_name() {
        let (before, now) = ([("a", 1), ("b", 1)], [("b", 2), ("c", 1)]);
        let found = compared(&before, &now, |(name, _)| *name);
        assert_eq!(
            found,
            [
                Compared::Gone(&("a", 1)),
                Compared::Both { before: &("b", 1), now: &("b", 2) },
                Compared::New(&("c", 1))
            ]
        );
    }

    /// The old text and the new one, from what is told of the difference, where every line is near one.
    fn both(places: &[Vec<ComparedLine>]) -> (String, String) {
        let told = |but: Became| {
            let lines = places.iter().flatten().filter(|line| line.became != but);
            lines.map(|line| format!("{}\n", line.text)).collect::<Vec<_>>().concat()
        };
        (told(Became::New), told(Became::Gone))
    }

    #[test]
    fn the_lines_that_changed_are_told_with_those_around_them_and_both_texts_can_be_read_from_them() {
        for (before, now, places) in [
            ("a\nb\nc\n", "a\nx\nc\n", 1),
            ("", "a\nb\n", 1),
            ("a\nb\n", "", 1),
            ("a\n", "a\n", 0),
            ("a\nb\nc\n", "c\na\nb\n", 1),
        ] {
            let found = compared_lines(before, now);
            assert_eq!(found.len(), places, "{before:?} {now:?}");
            let same = (before == now).then(Default::default);
            assert_eq!(both(&found), same.unwrap_or((before.to_owned(), now.to_owned())));
        }
        let long = (0..40).map(|n| format!("{n}\n")).collect::<Vec<_>>().concat();
        let changed = long.replace("\n5\n", "\nfive\n").replace("\n30\n", "\nthirty\n");
        let found = compared_lines(&long, &changed);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [8, 8], "two places, three lines around");
    }

    #[test]
    fn a_line_end_or_a_comment_alone_is_a_difference_of_its_file() {
        let bundle = |text: &str| {
            let mut bundle = Bundle::default();
            bundle.insert("parties.toml", text.to_owned());
            bundle.insert("same.cedar", "same".to_owned());
            bundle
        };
        let names = |before: &str, now: &str| {
            let (before, now) = (bundle(before), bundle(now));
            compared_files(&before, &now).into_iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("a\n", "a\n"), [""; 0]);
        assert_eq!(names("a\n", "a\n# why\n"), ["parties.toml"]);
        assert_eq!(names("a", "a\n"), ["parties.toml"]);
    }
}
