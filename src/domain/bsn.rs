//! The citizen service number.
//!
//! A BSN exists in memory only, for as long as one request: it has no `Debug`, `Display` or `Serialize`, is wiped
//! when dropped, and the gateway stores a keyed pseudonym instead (UAVG art. 46; rules.md §5.6).

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A BSN that passed the eleven test. Passing does not mean that the person exists.
///
/// It cannot be printed:
///
/// ```compile_fail
/// let bsn = sluis::domain::Bsn::parse("999993653").ok().unwrap();
/// println!("{bsn:?}");
/// ```
///
/// ```compile_fail
/// let bsn = sluis::domain::Bsn::parse("999993653").ok().unwrap();
/// println!("{bsn}");
/// ```
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Bsn([u8; 9]);

/// The text is not a BSN. It says no more, so that it can be shown to anyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a BSN has nine digits and passes the eleven test")]
pub struct NotABsn;

impl Bsn {
    /// Parses nine digits, or eight with the leading zero left out, and applies the eleven test with weights
    /// 9 8 7 6 5 4 3 2 -1. `000000000` is refused.
    pub fn parse(text: &str) -> Result<Self, NotABsn> {
        let mut digits = [b'0'; 9];
        let bytes = text.as_bytes();
        let target = match bytes.len() {
            9 => digits.get_mut(..),
            8 => digits.get_mut(1..),
            _ => None,
        };
        target.ok_or(NotABsn)?.copy_from_slice(bytes);
        let bsn = Self(digits);
        let sum: i32 = bsn
            .0
            .iter()
            .zip([9, 8, 7, 6, 5, 4, 3, 2, -1])
            .map(
                |(digit, weight)| {
                    if digit.is_ascii_digit() { Ok(i32::from(digit - b'0') * weight) } else { Err(NotABsn) }
                },
            )
            .sum::<Result<i32, NotABsn>>()?;
        if sum % 11 == 0 && bsn.0 != [b'0'; 9] { Ok(bsn) } else { Err(NotABsn) }
    }

    /// The nine digits, for the keyed pseudonym and nothing else.
    pub fn digits(&self) -> &[u8; 9] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bsn_must_pass_the_eleven_test() {
        for valid in ["123456782", "999993653", "111222333", "12345672", "012345672"] {
            assert!(Bsn::parse(valid).is_ok(), "{valid}");
        }
        for invalid in ["123456789", "000000000", "9999936", "9999936530", "99999365a", "", "١٢٣٤٥٦٧٨٢"]
        {
            assert!(Bsn::parse(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn eight_digits_get_their_leading_zero() {
        assert!(Bsn::parse("12345672").ok() == Bsn::parse("012345672").ok());
    }
}
