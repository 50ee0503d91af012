//! The page of the benchmarks: each benchmark writes its own section, and leaves what the others wrote as it is.

use std::io;
use std::path::PathBuf;

const HEAD: &str = "# Benchmarks\n\nEach section is written by its own benchmark; compare the ratios, not the figures, between machines.\n";

/// Writes the section of this benchmark into `docs/benchmarks.md`, in the place of the one before.
pub fn write_section(benchmark: &str, section: &str) -> io::Result<()> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks.md");
    let page = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => HEAD.to_owned(),
        page => page?,
    };
    let (begin, end) = (format!("\n<!-- {benchmark} -->\n"), format!("<!-- end of {benchmark} -->\n"));
    let written = format!("{begin}{}\n{end}", section.trim_end());
    let split = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let page = match split {
        Some((before, after)) => format!("{before}{written}{after}"),
        None => format!("{page}{written}"),
    };
    std::fs::write(path, page)
}
