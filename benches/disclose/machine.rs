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
    let file_system = Command::new("df").arg("--output=fstype").arg(folder).output();
    let file_system =
        file_system.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
    let file_system = file_system.lines().last().unwrap_or("unknown");
    format!("{cores} cores of {processor}; Linux {}; file system {file_system}", kernel.trim())
}
