//! Numbers with bounds: a setting outside them is refused where it is read, so that no limit can be set to none.

use std::time::Duration;

/// A whole number: at least `LEAST`, `UNSET` if the file says nothing, at most `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "i64")]
pub struct Within<const LEAST: u64, const UNSET: u64, const MOST: u64>(u64);

/// A number outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {least} to {most}")]
pub struct OutOfBounds {
    least: u64,
    most: u64,
}

impl<const LEAST: u64, const UNSET: u64, const MOST: u64> Within<LEAST, UNSET, MOST> {
    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The number, as a count of things in memory.
    pub fn count(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The number, where 32 bits are asked.
    pub fn number(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }

    /// So many seconds.
    pub fn seconds(self) -> Duration {
        Duration::from_secs(self.0)
    }

    /// So many milliseconds.
    pub fn milliseconds(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

impl<const LEAST: u64, const UNSET: u64, const MOST: u64> Default for Within<LEAST, UNSET, MOST> {
    fn default() -> Self {
        const { assert!(LEAST <= UNSET && UNSET <= MOST) };
        Self(UNSET)
    }
}

impl<const LEAST: u64, const UNSET: u64, const MOST: u64> TryFrom<i64> for Within<LEAST, UNSET, MOST> {
    type Error = OutOfBounds;

    fn try_from(number: i64) -> Result<Self, OutOfBounds> {
        match u64::try_from(number) {
            Ok(number) if (LEAST..=MOST).contains(&number) => Ok(Self(number)),
            _ => Err(OutOfBounds { least: LEAST, most: MOST }),
        }
    }
}
