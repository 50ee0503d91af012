//! `GetReport`: the officer's questions.

use super::caller::Caller;
use super::parse;
use super::refusal::Refusal;
use crate::contract::v1;
use crate::domain::Language;
use crate::gateway::{Gateway, Reported};
use crate::report::{Column, Table};

pub(super) async fn get_report(
    gateway: &Gateway,
    caller: Caller,
    asked: v1::GetReportRequest,
) -> Result<v1::GetReportResponse, Refusal> {
    let (request, language) = parse::report::report(gateway.pseudonyms(), &caller, &asked, gateway.now())?;
    let Reported { tables, checkpoint, entry } = gateway.report(&caller.requester, request).await?;
    Ok(v1::GetReportResponse {
        tables: tables.into_iter().map(|written| table(&written, language)).collect(),
        checkpoint,
        entry_index: entry.index,
        expired_before: gateway.expired_before().await?,
    })
}

fn table(table: &Table, language: Language) -> v1::ReportTable {
    let column = |column: &Column| v1::ReportColumn {
        id: column.id.to_owned(),
        heading: column.heading.said(language).to_owned(),
        kind: column.kind.id().to_owned(),
    };
    let rows = table.rows.iter();
    v1::ReportTable {
        id: table.id.to_owned(),
        title: table.title.said(language).to_owned(),
        columns: table.columns.iter().map(column).collect(),
        rows: rows
            .map(|row| v1::ReportRow { cells: row.iter().map(|cell| cell.written(language)).collect() })
            .collect(),
        cut_off: table.cut_off,
    }
}
