//! Several files as one: a ZIP (APPNOTE 6.3), written while it is handed over.
//!
//! What is always true here: nothing is compressed, so what is hashed is what is in it; and an archive that ends too early has no list of
//! its files, so no program opens it: it is there whole or not at all.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// What was written and not yet taken.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive that is being written.
pub(super) struct Archive {
    written: Written,
    writer: ZipWriter<StreamWriter<Written>>,
}

impl Archive {
    /// With nothing in it yet.
    pub(super) fn new() -> Self {
        let written = Written::default();
        Self { writer: ZipWriter::new_stream(written.clone()), written }
    }

    /// Begins a file. What is written from now on is in it.
    pub(super) fn begin(&mut self, name: &str) -> io::Result<()> {
        let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        Ok(self.writer.start_file(name, plain)?)
    }

    /// More of the file that was begun last.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes())
    }

    /// What can be handed over.
    pub(super) fn take(&self) -> Vec<u8> {
        self.written.take()
    }

    /// Ends it: what is left of it to hand over.
    pub(super) fn end(self) -> io::Result<Vec<u8>> {
        let Self { written, writer } = self;
        writer.finish()?;
        Ok(written.take())
    }

    /// One of these files, whole.
    pub(super) fn of<'a>(files: impl IntoIterator<Item = (String, &'a str)>) -> io::Result<Vec<u8>> {
        let mut archive = Self::new();
        for (name, text) in files {
            archive.begin(&name)?;
            archive.write(text)?;
        }
        archive.end()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn what_goes_in_comes_out_by_its_name_and_in_the_order_in_which_it_went_in() {
        let (mut archive, mut bytes) = (Archive::new(), Vec::new());
        archive.begin("regels.csv").unwrap();
        for line in ["een\n", "twee\n"] {
            archive.write(line).unwrap();
            bytes.extend(archive.take());
        }
        archive.begin("regels.csv.proof").unwrap();
        archive.write("{}").unwrap();
        let half = bytes.clone();
        bytes.extend(archive.end().unwrap());
        let mut read = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut found = Vec::new();
        for at in 0..read.len() {
            let mut file = read.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            found.push((file.name().unwrap().into_owned(), text));
        }
        let expected = [("regels.csv", "een\ntwee\n"), ("regels.csv.proof", "{}")];
        assert_eq!(found, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
        assert!(ZipArchive::new(Cursor::new(half)).is_err(), "half of it is nothing");
    }
}
