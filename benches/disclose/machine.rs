//! On what was measured.

use std::path::Path;
use std::process::Command;

use crate::Problem;

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

/// How long all cores together computed so far, and how long they had nothing to do, in microseconds (proc(5), `/proc/stat`: user,
/// nice and system and what interrupts took, beside idle and waiting for a disk).
pub fn computed() -> Result<(f64, f64), Problem> {
    let status = std::fs::read_to_string("/proc/stat")?;
    let line = status.lines().next().ok_or("the times are not told")?;
    let times = line.split_whitespace().skip(1).map(str::parse::<f64>);
    let times = times.collect::<Result<Vec<_>, _>>()?;
    let sum = |at: &[usize]| at.iter().filter_map(|at| times.get(*at)).sum::<f64>() * 10_000.0;
    Ok((sum(&[0, 1, 2, 5, 6]), sum(&[3, 4])))
}
