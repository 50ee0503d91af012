//! What this gateway asks of every token, within the bounds that profile and safety allow.

/// What a token must fit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// The exact `aud`: this gateway.
    pub audience: String,
    /// How far the issuer's clock may run ahead, for `nbf` and `iat`: 0 to 60 s. `exp` has no leeway.
    #[serde(default = "default::leeway_seconds")]
    pub leeway_seconds: u32,
    /// The longest `exp` - `nbf`: 1 to 3,600 s (NL GOV OAuth 1.2).
    #[serde(default = "default::maximum_lifetime_seconds")]
    pub maximum_lifetime_seconds: u32,
    /// An unknown `kid` makes its issuer's key file be read again, at most once in so many seconds.
    #[serde(default = "default::reread_seconds")]
    pub reread_seconds: u32,
    /// How many verified tokens are remembered.
    #[serde(default = "default::remembered_tokens")]
    pub remembered_tokens: u64,
}

mod default {
    pub(super) fn leeway_seconds() -> u32 {
        30
    }
    pub(super) fn maximum_lifetime_seconds() -> u32 {
        15 * 60
    }
    pub(super) fn reread_seconds() -> u32 {
        30
    }
    pub(super) fn remembered_tokens() -> u64 {
        100_000
    }
}

/// A setting outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{setting} must be {expected}")]
pub struct TokenSettingsProblem {
    /// Which setting.
    pub setting: &'static str,
    /// What it must be.
    pub expected: &'static str,
}

impl TokenSettings {
    /// The defaults: 30 s leeway, 15 minutes of life, keys read again at most every 30 s, 100,000 tokens remembered.
    pub fn for_audience(audience: impl Into<String>) -> Self {
        Self {
            audience: audience.into(),
            leeway_seconds: default::leeway_seconds(),
            maximum_lifetime_seconds: default::maximum_lifetime_seconds(),
            reread_seconds: default::reread_seconds(),
            remembered_tokens: default::remembered_tokens(),
        }
    }

    /// Milliseconds.
    pub(super) fn leeway(&self) -> i64 {
        i64::from(self.leeway_seconds) * 1000
    }

    /// Milliseconds.
    pub(super) fn maximum_lifetime(&self) -> i64 {
        i64::from(self.maximum_lifetime_seconds) * 1000
    }

    pub(super) fn check(&self) -> Result<(), TokenSettingsProblem> {
        let problem = |setting, expected| Err(TokenSettingsProblem { setting, expected });
        if self.audience.is_empty() {
            return problem("audience", "the `aud` of tokens for this gateway");
        }
        if self.leeway_seconds > 60 {
            return problem("leeway_seconds", "0 to 60");
        }
        if !(1..=3600).contains(&self.maximum_lifetime_seconds) {
            return problem("maximum_lifetime_seconds", "1 to 3600");
        }
        if self.reread_seconds == 0 {
            return problem("reread_seconds", "1 or more");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::AUDIENCE;

    #[test]
    fn settings_outside_their_bounds_are_refused() {
        let good = TokenSettings::for_audience(AUDIENCE);
        assert_eq!(good.check(), Ok(()));
        for (setting, settings) in [
            ("audience", TokenSettings { audience: String::new(), ..good.clone() }),
            ("leeway_seconds", TokenSettings { leeway_seconds: 61, ..good.clone() }),
            ("maximum_lifetime_seconds", TokenSettings { maximum_lifetime_seconds: 0, ..good.clone() }),
            ("maximum_lifetime_seconds", TokenSettings { maximum_lifetime_seconds: 3601, ..good.clone() }),
            ("reread_seconds", TokenSettings { reread_seconds: 0, ..good.clone() }),
        ] {
            assert_eq!(settings.check().unwrap_err().setting, setting);
        }
    }
}
