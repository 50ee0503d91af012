//! Tables for people, and for a spreadsheet.

use std::io::{self, Write};

use crate::cli::client::table;
use crate::contract::v1::{GetReportResponse, ReportTable};
use crate::domain::Timestamp;

/// Every table with its title, in aligned columns; moments in Dutch time.
pub(super) fn tables(output: &mut impl Write, answer: &GetReportResponse, language: &str) -> io::Result<()> {
    let dutch = language != "en";
    for shown in &answer.tables {
        writeln!(output, "\n{}", shown.title)?;
        let headings: Vec<&str> = shown.columns.iter().map(|column| column.heading.as_str()).collect();
        let rows: Vec<Vec<String>> = shown
            .rows
            .iter()
            .map(|row| {
                row.cells
                    .iter()
                    .zip(&shown.columns)
                    .map(|(cell, column)| readable(cell, &column.kind, dutch))
                    .collect()
            })
            .collect();
        if rows.is_empty() {
            writeln!(output, "  {}", if dutch { "geen" } else { "none" })?;
            continue;
        }
        table::write_rows(output, &headings, &rows)?;
        if shown.cut_off > 0 {
            let (before, after) = if dutch {
                ("en nog", "rijen; kies een kortere periode")
            } else {
                ("and", "rows more; choose a shorter period")
            };
            writeln!(output, "  {before} {} {after}", shown.cut_off)?;
        }
    }
    let checkpoint = answer.checkpoint.lines().nth(1).unwrap_or_default();
    let recorded = answer.entry_index;
    if dutch {
        writeln!(
            output,
            "\nGemaakt op het register van {checkpoint} regels. Dat u dit las is regel {recorded}."
        )?;
    } else {
        writeln!(
            output,
            "\nMade on the ledger of {checkpoint} entries. That you read this is entry {recorded}."
        )?;
    }
    match (answer.expired_before, dutch) {
        (0, _) => Ok(()),
        (before, true) => writeln!(output, "De bewaartermijn van de regels voor {before} is voorbij."),
        (before, false) => writeln!(output, "The retention of the entries before {before} is over."),
    }
}

/// Every table with its ids as heading; a line without cells parts them.
pub(super) fn csv(output: &mut impl Write, answer: &GetReportResponse) -> io::Result<()> {
    for (at, ReportTable { id, columns, rows, .. }) in answer.tables.iter().enumerate() {
        if at > 0 {
            write!(output, "\r\n")?;
        }
        let heading = std::iter::once("table").chain(columns.iter().map(|column| column.id.as_str()));
        line(output, heading)?;
        for row in rows {
            line(output, std::iter::once(id.as_str()).chain(row.cells.iter().map(String::as_str)))?;
        }
    }
    Ok(())
}

fn line<'a>(output: &mut impl Write, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let quoted: Vec<String> = cells.map(crate::projection::csv_cell).collect();
    write!(output, "{}\r\n", quoted.join(","))
}

fn readable(cell: &str, kind: &str, dutch: bool) -> String {
    match kind {
        "moment" => cell
            .parse()
            .map_or_else(|_| cell.to_owned(), |at: jiff::Timestamp| Timestamp(at.as_millisecond()).local()),
        "share" => percentage(cell, dutch).unwrap_or_else(|| cell.to_owned()),
        _ => cell.to_owned(),
    }
}

/// `0.125` as `12,5 %` or `12.5%`.
fn percentage(share: &str, dutch: bool) -> Option<String> {
    let thousandths: u32 = share.replacen('.', "", 1).parse().ok()?;
    let (whole, tenth) = (thousandths / 10, thousandths % 10);
    Some(if dutch { format!("{whole},{tenth} %") } else { format!("{whole}.{tenth}%") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::v1::{ReportColumn, ReportRow};

    fn answer() -> GetReportResponse {
        let column = |id: &str, kind: &str| ReportColumn {
            id: id.into(),
            heading: id.to_uppercase(),
            kind: kind.into(),
        };
        let cells = ["2026-11-22T11:00:00Z", "0.125", "=1+1"].map(str::to_owned).to_vec();
        let table = ReportTable {
            id: "some".into(),
            title: "Iets".into(),
            columns: vec![column("at", "moment"), column("share", "share"), column("who", "text")],
            rows: vec![ReportRow { cells }],
            cut_off: 2,
        };
        GetReportResponse {
            tables: vec![table],
            checkpoint: "origin\n12\nroot\n".into(),
            entry_index: 12,
            expired_before: 0,
        }
    }

    #[test]
    fn a_table_is_read_in_dutch_time_with_percentages_and_says_what_it_cannot_show() {
        let mut output = Vec::new();
        tables(&mut output, &answer(), "nl").unwrap();
        let text = String::from_utf8(output).unwrap();
        for part in ["Iets", "AT", "2026-11-22 12:00  12,5 %", "en nog 2 rijen", "12 regels", "regel 12"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn a_spreadsheet_gets_ids_plain_values_and_nothing_that_it_would_run() {
        let mut output = Vec::new();
        csv(&mut output, &answer()).unwrap();
        let text = String::from_utf8(output).unwrap();
        let expected =
            "\"table\",\"at\",\"share\",\"who\"\r\n\"some\",\"2026-11-22T11:00:00Z\",\"0.125\",\"'=1+1\"\r\n";
        assert_eq!(text, expected);
    }
}
