//! What can open gate A: consent, or a statutory or emergency ground (rules.md T2).

/// The ground that a request names, R01 to R15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ground(u8);

impl Ground {
    /// Explicit consent.
    pub const CONSENT: Self = Self(1);

    /// Parses `R01` to `R15`.
    pub fn parse(code: &str) -> Option<Self> {
        let digits = code.strip_prefix('R').filter(|d| d.len() == 2)?;
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
