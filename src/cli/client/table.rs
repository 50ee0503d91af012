//! Aligned columns of plain text.

use std::io::{self, Write};

/// Writes a heading and rows, each column as wide as its widest cell, counted in characters.
pub fn write<const N: usize>(
    output: &mut impl Write,
    heading: [&str; N],
    rows: &[[String; N]],
) -> io::Result<()> {
    write_rows(output, &heading, rows)
}

/// The same, of as many columns as there are.
pub fn write_rows(
    output: &mut impl Write,
    heading: &[&str],
    rows: &[impl AsRef<[String]>],
) -> io::Result<()> {
    let mut widths: Vec<usize> = heading.iter().map(|cell| width(cell)).collect();
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row.as_ref()) {
            *widest = (*widest).max(width(cell));
        }
    }
    line(output, heading, &widths)?;
    let dashes: Vec<String> = widths.iter().map(|wide| "-".repeat(*wide)).collect();
    line(output, &dashes, &widths)?;
    rows.iter().try_for_each(|row| line(output, row.as_ref(), &widths))
}

fn line(output: &mut impl Write, cells: &[impl AsRef<str>], widths: &[usize]) -> io::Result<()> {
    let mut text = String::new();
    for (cell, wide) in cells.iter().zip(widths) {
        // One row stays one line, and nothing from the other side can move the cursor.
        let cell = plain(cell.as_ref());
        text.push_str(&cell);
        text.extend(std::iter::repeat_n(' ', wide.saturating_sub(width(&cell)) + 2));
    }
    writeln!(output, "  {}", text.trim_end())
}

fn plain(cell: &str) -> String {
    cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[String; 2]]) -> String {
        let mut output = Vec::new();
        write(&mut output, ["field", "value"], rows).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_in_characters() {
        let rows = [["één".to_owned(), "x".to_owned()], ["housing.wish".to_owned(), "rustig".to_owned()]];
        let expected =
            "  field         value\n  ------------  ------\n  één           x\n  housing.wish  rustig\n";
        assert_eq!(table(&rows), expected);
    }

    #[test]
    fn a_cell_cannot_break_its_line_or_steer_the_terminal() {
        let shown = table(&[["a\nb".to_owned(), "\u{1b}[2Jc".to_owned()]]);
        assert_eq!(shown.lines().count(), 3);
        assert!(shown.contains("a b") && shown.contains(" [2Jc") && !shown.contains('\u{1b}'));
    }

    #[test]
    fn without_rows_there_is_a_heading() {
        assert_eq!(table(&[]), "  field  value\n  -----  -----\n");
    }
}
