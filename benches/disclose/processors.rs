//! What all processors of the machine did.

use crate::Problem;

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
