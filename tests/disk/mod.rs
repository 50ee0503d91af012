//! A disk that fails when a test says so. `disk.c`, compiled here, stands between a program and what it writes; this is the side
//! of the test, which shares a page of memory with it.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `ENOSPC`: no space left.
pub const FULL: u32 = 28;
/// `EIO`: the device failed.
pub const BROKEN: u32 = 5;

/// Which operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Writes = 1,
    Flushes = 2,
    Both = 3,
}

/// What happens at one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails with this error, and is not done.
    Fails(u32),
    /// It is done, and its answer is this error.
    DoneThenFails(u32),
    /// Half of it is done; what comes after fails with this error.
    HalfThenFails(u32),
    /// It takes so many milliseconds.
    Slow(u32),
    /// The program is killed before it.
    Killed,
    /// The program is killed right after it.
    DoneThenKilled,
    /// Nothing; they are counted.
    Counted,
}

/// What is to happen, and when.
#[derive(Debug, Clone, Copy)]
pub struct At {
    pub of: Of,
    /// From 1.
    pub nth: u32,
    /// Whether it also happens at all that come after.
    pub stays: bool,
    pub fault: Fault,
}

/// The disk under the files, and the Unix sockets, whose path holds a text.
pub struct Disk {
    library: PathBuf,
    page: PathBuf,
    control: File,
    files: String,
}

impl Disk {
    /// The disk of a program that is started with its [`Self::environment`].
    pub fn new(folder: &Path, files: &str) -> Self {
        let (library, page) = (folder.join("disk.so"), folder.join("disk"));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/disk/disk.c");
        let mut compiler = Command::new("cc");
        let compiler = compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&library);
        let compiled = compiler.arg(source).arg("-ldl").output();
        let compiled = compiled.expect("a C compiler: apt-get install gcc libc6-dev");
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        fs::write(&page, [0; 256]).unwrap();
        // The server of PostgreSQL runs as another user.
        fs::set_permissions(&page, fs::Permissions::from_mode(0o666)).unwrap();
        Self::at(page, library, files)
    }

    /// The disk of this very program.
    pub fn own(files: &str) -> Option<Self> {
        let page = PathBuf::from(std::env::var_os("SLUIS_TEST_DISK")?);
        Some(Self::at(page, PathBuf::new(), files))
    }

    fn at(page: PathBuf, library: PathBuf, files: &str) -> Self {
        let control = File::options().read(true).write(true).open(&page).unwrap();
        let disk = Self { library, page, control, files: files.to_owned() };
        disk.mend();
        disk
    }

    /// What the program is started with.
    pub fn environment(&self) -> [(&'static str, PathBuf); 2] {
        [("LD_PRELOAD", self.library.clone()), ("SLUIS_TEST_DISK", self.page.clone())]
    }

    /// From now on this happens.
    pub fn fails(&self, at: At) {
        self.mend();
        self.write(32, &[self.files.as_bytes(), &[0]].concat());
        let (how, error) = match at.fault {
            Fault::Fails(error) => (1, error),
            Fault::DoneThenFails(error) => (2, error),
            Fault::HalfThenFails(error) => (3, error),
            Fault::Slow(milliseconds) => (4, milliseconds),
            Fault::Killed => (5, 0),
            Fault::DoneThenKilled => (6, 0),
            Fault::Counted => (4, 0),
        };
        for (word, value) in [(1, at.of as u32), (2, at.nth), (3, at.stays.into()), (4, error), (0, how)] {
            self.write(word * 4, &value.to_ne_bytes());
        }
    }

    /// All is well again. Gives how many operations there were, and at how many of them it happened.
    pub fn mend(&self) -> (u32, u32) {
        self.write(0, &[0; 4]);
        let counts = (self.word(5), self.word(6));
        self.write(20, &[0; 8]);
        counts
    }

    /// At how many it happened so far.
    pub fn hits(&self) -> u32 {
        self.word(6)
    }

    fn write(&self, at: u64, bytes: &[u8]) {
        self.control.write_all_at(bytes, at).unwrap();
    }

    fn word(&self, number: u64) -> u32 {
        let mut bytes = [0; 4];
        self.control.read_exact_at(&mut bytes, number * 4).unwrap();
        u32::from_ne_bytes(bytes)
    }
}
