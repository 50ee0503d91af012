//! The `sluis` command: arguments in, exit code out.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

/// A request is made on one thread and recorded on another, which is where the system's allocator is slow
/// (docs/decisions/016).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match sluis::cli::run(sluis::cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "sluis: {failure}");
            failure.exit_code()
        }
    }
}
