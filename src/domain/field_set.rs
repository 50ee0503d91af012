//! A set of fields, for asking of many fields whether each is in it.

use crate::domain::field::FieldCode;

/// Fields, each at most once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FieldSet([u64; 16]);

impl FieldSet {
    /// Adds it; whether it was not there yet.
    pub fn insert(&mut self, code: FieldCode) -> bool {
        let (word, bit) = place(code);
        let Some(word) = self.0.get_mut(word) else { return false };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Whether it is there.
    pub fn contains(&self, code: FieldCode) -> bool {
        let (word, bit) = place(code);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

impl<'a> FromIterator<&'a FieldCode> for FieldSet {
    fn from_iter<I: IntoIterator<Item = &'a FieldCode>>(codes: I) -> Self {
        let mut set = Self::default();
        codes.into_iter().for_each(|code| {
            set.insert(*code);
        });
        set
    }
}

fn place(code: FieldCode) -> (usize, u64) {
    let number = code.number();
    (number / 64, 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_place_of_its_own() {
        let mut set = FieldSet::default();
        for letter in 'A'..='J' {
            for number in 0..100 {
                let code = FieldCode::parse(&format!("{letter}{number:02}")).unwrap();
                assert!(!set.contains(code), "{code}");
                assert!(set.insert(code) && set.contains(code) && !set.insert(code), "{code}");
            }
        }
    }

    #[test]
    fn a_set_has_what_it_was_made_of_and_nothing_else() {
        let code = |text| FieldCode::parse(text).unwrap();
        let set: FieldSet = [code("A03"), code("J02"), code("A03")].iter().collect();
        assert!(set.contains(code("A03")) && set.contains(code("J02")) && !set.contains(code("A04")));
    }
}
