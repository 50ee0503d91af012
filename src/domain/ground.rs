//! What can open gate A: consent, or a statutory or emergency ground (rules.md T2).

/// The ground that a request names, R01 to R15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ground(u8);

impl Ground {
    /// R01: explicit consent.
    pub const CONSENT: Self = Self(1);
    /// R02: directly involved in the same treatment or help.
    pub const TREATMENT: Self = Self(2);
    /// R03: a representative.
    pub const REPRESENTATIVE: Self = Self(3);
    /// R04: presumed consent between care providers.
    pub const PRESUMED: Self = Self(4);
    /// R05: a report to Veilig Thuis.
    pub const REPORT: Self = Self(5);
    /// R06: an institution carries out a supervision order.
    pub const ORDER: Self = Self(6);
    /// R07: an inquiry by the Child Care and Protection Board.
    pub const INQUIRY: Self = Self(7);
    /// R09: conflict of duties.
    pub const CONFLICT: Self = Self(9);
    /// R10: vital interest.
    pub const VITAL: Self = Self(10);
    /// R12: anonymous consultation, about nobody.
    pub const CONSULTATION: Self = Self(12);
    /// R15: assertive outreach, treated as R09.
    pub const OUTREACH: Self = Self(15);

    /// All of them, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=15).map(Self)
    }

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

    /// Whether it breaks the glass: six answers, a second factor, crisis fields only, and a review afterwards (T2c).
    pub fn is_emergency(self) -> bool {
        matches!(self, Self::CONFLICT | Self::VITAL | Self::OUTREACH)
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
            assert_eq!(ground.is_emergency(), [9, 10, 15].contains(&number));
        }
        for text in ["R00", "R16", "R1", "R001", "r01", "R+1", "R 1", "01", ""] {
            assert_eq!(Ground::parse(text), None, "{text}");
        }
    }
}
