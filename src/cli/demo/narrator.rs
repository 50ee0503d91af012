//! Telling the story so that it can be read aloud: Dutch first, then English. Every claim is checked as it is told.

use std::io::{self, Write};

use super::problem::StoryProblem;

/// Who tells it.
pub struct Narrator<'a, W> {
    /// Where it is told.
    pub output: &'a mut W,
    chapter: usize,
    step: &'static str,
    claims: usize,
}

impl<'a, W: Write> Narrator<'a, W> {
    /// A story to be told here.
    pub fn new(output: &'a mut W) -> Self {
        Self { output, chapter: 0, step: "the beginning", claims: 0 }
    }

    /// Where the story is.
    pub fn step(&self) -> String {
        format!("{} ({})", self.chapter, self.step)
    }

    /// How many claims were checked.
    pub fn claims(&self) -> usize {
        self.claims
    }

    /// A new chapter.
    pub fn chapter(&mut self, nl: &str, en: &'static str) -> io::Result<()> {
        self.chapter += 1;
        self.step = en;
        writeln!(self.output, "\n{}. {nl}\n   {en}\n", self.chapter)
    }

    /// A sentence.
    pub fn say(&mut self, nl: &str, en: &str) -> io::Result<()> {
        writeln!(self.output, "   {nl}\n   {en}")
    }

    /// A sentence that must be true.
    pub fn claim(&mut self, holds: bool, nl: &str, en: &'static str) -> Result<(), StoryProblem> {
        if !holds {
            return Err(StoryProblem::Claim(en));
        }
        self.claims += 1;
        Ok(writeln!(self.output, " ✓ {nl}\n   {en}")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_does_not_hold_stops_the_story_and_is_named() {
        let mut output = Vec::new();
        let mut narrator = Narrator::new(&mut output);
        narrator.chapter("Toestemming", "Consent").unwrap();
        narrator.claim(true, "Dit klopt.", "This holds.").unwrap();
        let refused = narrator.claim(false, "Dit klopt niet.", "This does not.").unwrap_err();
        assert_eq!(refused.to_string(), "this does not hold: This does not.");
        assert_eq!((narrator.step().as_str(), narrator.claims()), ("1 (Consent)", 1));
        let told = String::from_utf8(output).unwrap();
        assert!(told.contains(" ✓ Dit klopt.\n   This holds.") && !told.contains("Dit klopt niet."));
    }
}
