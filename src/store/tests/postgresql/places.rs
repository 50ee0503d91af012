//! That a search by client is not a search of the whole ledger.

use super::*;
use crate::store::places;

const ENTRIES: &str = "insert into entry (idx, at, event, client, outcome, body, leaf) \
     select i, 0, 'disclosure', md5(cast(i % 997 as text)), 'done', convert_to(repeat('x', 900), 'UTF8'), '' from generate_series(0, 39999) i";

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn no_statement_reads_the_whole_ledger_for_it() {
    let world = World::empty().await;
    for text in [ENTRIES, "analyze entry"] {
        sqlx::query(text).execute(&world.store.writer).await.unwrap();
    }
    for (text, values) in
        [(places::SORTED, ["96", "'3'", "'4'"]), (places::NEWEST, ["30000", "39000", "md5('7')"])]
    {
        let text =
            (1..).zip(values).fold(text.to_owned(), |text, (n, value)| text.replace(&format!("${n}"), value));
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("explain {text}")))
            .fetch_all(&world.store.readers)
            .await
            .unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains("entry_client") && !plan.contains("Seq Scan"), "{plan}");
    }
}
