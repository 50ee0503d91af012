//! What can open gate A: consent, or a statutory or emergency ground (rules.md T2).

/// The ground that a request names, R01 to R15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ground(u8);

impl Ground {
    /// Explicit consent.
    pub const CONSENT: Self = Self(1);

    /// Parses `R01` to `R15`.
    pub fn parse(code: &str) -> Option<Self> {
        let digits =
            code.strip_prefix('R').filter(|d| d.len() == 2 && d.bytes().all(|b| b.is_ascii_digit()))?;
        digits.parse().ok().filter(|n| (1..=15).contains(n)).map(Self)
    }

    /// Whether objections bind it, and somebody unrelated hears nothing but `NO_CONSENT` (rulings 3 and 4).
    pub fn rests_on_trust(self) -> bool {
        self.0 <= 4
    }
}

impl std::fmt::Display for Ground {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "R{:02}", self.0)
    }
}

impl serde::Serialize for Ground {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Ground {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("a ground is R01 to R15"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ground_is_r01_to_r15_and_the_first_four_rest_on_trust() {
        for number in 1..=15 {
            let ground = Ground::parse(&format!("R{number:02}")).unwrap();
            assert_eq!(ground.to_string(), format!("R{number:02}"));
            assert_eq!(ground.rests_on_trust(), number <= 4);
        }
        for text in ["R00", "R16", "R1", "R001", "r01", "R+1", "R 1", "01", ""] {
            assert_eq!(Ground::parse(text), None, "{text}");
        }
    }
}
