//! The `sluis` command: arguments in, exit code out.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match sluis::cli::run(sluis::cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "sluis: {failure}");
            failure.exit_code()
        }
    }
}
