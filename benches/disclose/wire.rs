//! Messages as bytes: what is asked every time is written once, and of an answer only what is checked is read.
//!
//! So that what is measured is the gateway, and little of it whoever asks.

use prost::bytes::{Buf, BufMut, Bytes};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

use crate::Problem;

/// Passes messages on as they are.
pub struct AsBytes;

impl Codec for AsBytes {
    type Encode = Vec<u8>;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for AsBytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, message: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&message);
        Ok(())
    }
}

impl Decoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}

/// The fields of a message: the number of each, and its bytes if it has a length.
pub struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    /// The next one; `None` at the end.
    pub fn next(&mut self) -> Result<Option<(u64, &'a [u8])>, Problem> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        match key % 8 {
            0 => self.varint().map(|_| Some((key / 8, &[][..]))),
            2 => {
                let length = usize::try_from(self.varint()?)?;
                let (content, rest) = self.0.split_at_checked(length).ok_or("an answer ends too soon")?;
                self.0 = rest;
                Ok(Some((key / 8, content)))
            }
            _ => Err("an answer has a field of another form".into()),
        }
    }

    fn varint(&mut self) -> Result<u64, Problem> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or("an answer ends too soon")?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Ok(number);
            }
        }
        Err("an answer has a number that does not end".into())
    }
}
