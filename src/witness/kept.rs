//! A text in a file that is replaced whole and durably, by compare-and-swap.
//!
//! What is always true here: the file holds the old text or the new one, never a part; when a swap returns, the new one
//! survives a power cut; of two who swap at once, in one process or several, one hears that the other was first.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The largest text that is read back.
const MAX_BYTES: u64 = 256 * 1024;

/// Where the text is.
#[derive(Debug, Clone)]
pub struct KeptFile {
    folder: PathBuf,
    name: String,
}

/// How a swap ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Swap {
    /// The new text is there, durably.
    Done,
    /// Nothing was written: this was there, and not what was expected.
    Changed(Option<String>),
}

impl KeptFile {
    /// The file of this name in this folder, which must exist. Beside it come `<name>.new` and `<name>.lock`.
    pub fn new(folder: &Path, name: &str) -> Self {
        Self { folder: folder.to_owned(), name: name.to_owned() }
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    /// What is there; `None` if nothing is. Blocks on the disk.
    pub fn read(&self) -> io::Result<Option<String>> {
        let file = match File::open(self.path()) {
            Err(problem) if problem.kind() == ErrorKind::NotFound => {
                // No folder is not the same as an empty one: a volume that is not mounted holds no answer.
                return fs::metadata(&self.folder).map(|_| None);
            }
            opened => opened?,
        };
        let mut text = String::new();
        if file.take(MAX_BYTES + 1).read_to_string(&mut text)? as u64 > MAX_BYTES {
            return Err(ErrorKind::FileTooLarge.into());
        }
        Ok(Some(text))
    }

    /// Replaces what is there, if it is what is expected. Blocks on the disk, and while another swaps.
    pub fn swap(&self, expected: Option<&str>, new: &str) -> io::Result<Swap> {
        let lock = self.folder.join(format!("{}.lock", self.name));
        let lock = File::options().create(true).truncate(false).write(true).open(lock)?;
        lock.lock()?;
        let found = self.read()?;
        if found.as_deref() != expected {
            return Ok(Swap::Changed(found));
        }
        let next = self.folder.join(format!("{}.new", self.name));
        let mut file = File::create(&next)?;
        file.write_all(new.as_bytes())?;
        file.sync_all()?;
        fs::rename(&next, self.path())?;
        // The new name must survive as well as the bytes.
        File::open(&self.folder)?.sync_all()?;
        Ok(Swap::Done)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    static COUNT: AtomicU32 = AtomicU32::new(0);

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let count = COUNT.fetch_add(1, Ordering::SeqCst);
            let path = std::env::temp_dir().join(format!("sluis-kept-{}-{count}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn only_who_knows_what_is_there_replaces_it() {
        let folder = Folder::new();
        let kept = KeptFile::new(&folder.0, "checkpoint");
        assert_eq!(kept.read().unwrap(), None);
        assert_eq!(kept.swap(Some("one"), "two").unwrap(), Swap::Changed(None));
        assert_eq!(kept.swap(None, "one").unwrap(), Swap::Done);
        assert_eq!(kept.swap(None, "two").unwrap(), Swap::Changed(Some("one".into())));
        assert_eq!(kept.swap(Some("one"), "two").unwrap(), Swap::Done);
        assert_eq!(kept.read().unwrap().as_deref(), Some("two"));
        // What a cut left half-written is not read, and is written over.
        fs::write(folder.0.join("checkpoint.new"), "thr").unwrap();
        assert_eq!(kept.read().unwrap().as_deref(), Some("two"));
        assert_eq!(kept.swap(Some("two"), "three").unwrap(), Swap::Done);
    }

    #[test]
    fn of_many_who_swap_at_once_each_step_is_taken_once() {
        let folder = Folder::new();
        let kept = Arc::new(KeptFile::new(&folder.0, "number"));
        kept.swap(None, "0").unwrap();
        let lanes: Vec<_> = (0..8)
            .map(|_| {
                let kept = kept.clone();
                std::thread::spawn(move || {
                    for _ in 0..10 {
                        let mut known = kept.read().unwrap();
                        loop {
                            let next: u32 = known.as_deref().unwrap().parse().unwrap();
                            match kept.swap(known.as_deref(), &(next + 1).to_string()).unwrap() {
                                Swap::Done => break,
                                Swap::Changed(found) => known = found,
                            }
                        }
                    }
                })
            })
            .collect();
        for lane in lanes {
            lane.join().unwrap();
        }
        assert_eq!(kept.read().unwrap().as_deref(), Some("80"));
    }

    #[test]
    fn a_volume_that_is_not_there_or_a_text_that_is_too_large_is_an_error_and_not_an_answer() {
        let folder = Folder::new();
        let elsewhere = KeptFile::new(&folder.0.join("not mounted"), "checkpoint");
        assert!(elsewhere.read().is_err() && elsewhere.swap(None, "one").is_err());
        fs::write(folder.0.join("checkpoint"), vec![b'x'; 256 * 1024 + 1]).unwrap();
        assert!(KeptFile::new(&folder.0, "checkpoint").read().is_err());
    }
}
