//! On what was measured.

use std::path::Path;
use std::process::Command;

/// Cores, processor, kernel and file system, in a line.
pub fn describe(folder: &Path) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processors = read("/proc/cpuinfo");
    let named = processors.lines().filter_map(|line| line.split_once(':'));
    let processor =
        named.into_iter().find(|(name, _)| name.trim() == "model name").map_or("", |(_, name)| name.trim());
    let kernel = read("/proc/sys/kernel/osrelease");
    let file_system = Command::new("stat").args(["-f", "-c", "%T"]).arg(folder).output();
    let file_system = file_system.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let file_system = file_system.unwrap_or_default();
    format!("{cores} cores of {processor}; Linux {}; file system {file_system}", kernel.trim())
}
