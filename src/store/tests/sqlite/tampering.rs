//! Whatever somebody with the file in hand changes, the audit refuses it and names the place (threats.md T4).

use sqlx::{AnyConnection, Connection as _, Row as _};

use super::*;

const TABLES: [(&str, &[&str]); 10] = [
    (
        "entry",
        &[
            "idx",
            "at",
            "event",
            "client",
            "custodian",
            "recipient",
            "requester",
            "purpose",
            "outcome",
            "revision",
            "request_key",
            "body",
            "leaf",
        ],
    ),
    ("tile", &["level", "n", "hashes", "root"]),
    ("ledger_head", &["id", "size", "at", "frontier", "checkpoint", "covenant", "parties", "party_revision"]),
    ("client_place", &["level", "run", "part", "places"]),
    ("client", &["id", "revision"]),
    ("registration", &["client", "custodian", "body"]),
    ("consent", &["id", "client", "body"]),
    ("covenant", &["digest", "files"]),
    ("retention", &["id", "entry", "before", "until"]),
    ("unconsented_release", &["entry", "client", "custodian", "ground", "tell_by", "review_by", "body"]),
];

/// Somebody with the file in hand: without triggers, without checks.
pub(super) struct Intruder {
    connection: AnyConnection,
    tried: usize,
    refused_by_engine: usize,
}

impl Intruder {
    pub(super) async fn enter(world: &World) -> Self {
        let url = format!("sqlite://{}", world.dir.file().display());
        let connection = AnyConnection::connect(&url).await.unwrap();
        let mut intruder = Self { connection, tried: 0, refused_by_engine: 0 };
        intruder.run("pragma ignore_check_constraints = on; pragma synchronous = off").await.unwrap();
        for (table, _) in TABLES {
            intruder
                .run(&format!("create table temp.kept_{table} as select rowid as row, * from main.{table}"))
                .await
                .unwrap();
        }
        for trigger in [
            "entry_no_update",
            "entry_no_delete",
            "tile_no_update",
            "tile_no_delete",
            "head_no_delete",
            "head_no_shrink",
            "place_no_update",
            "place_no_delete",
            "retention_by_entry",
            "retention_no_delete",
            "covenant_no_update",
            "covenant_no_delete",
            "release_no_delete",
            "release_stays_told",
        ] {
            intruder.run(&format!("drop trigger {trigger}")).await.unwrap();
        }
        intruder
    }

    #[expect(clippy::disallowed_methods, reason = "an intruder's statements are made up on the spot")]
    pub(super) async fn run(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await.map(|_| ())
    }

    #[expect(clippy::disallowed_methods, reason = "an intruder's statements are made up on the spot")]
    async fn rows<const N: usize>(&mut self, sql: &str) -> Vec<[String; N]> {
        let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).fetch_all(&mut self.connection).await;
        rows.unwrap().iter().map(|row| std::array::from_fn(|i| row.get(i))).collect()
    }

    async fn restore(&mut self, table: &str, columns: &[&str]) {
        let columns = columns.join(", ");
        let text = format!(
            "begin; delete from {table}; insert into {table} (rowid, {columns}) select row, {columns} from temp.kept_{table}; commit"
        );
        self.run(&text).await.unwrap();
    }

    pub(super) async fn restore_all(&mut self) {
        for (table, columns) in TABLES {
            self.restore(table, columns).await;
        }
    }

    /// Makes the change, expects the audit to refuse it, and gives what the audit says. `None`: the engine refused.
    pub(super) async fn tamper(&mut self, world: &World, change: &str) -> Option<AuditProblem> {
        let undone = self.run(&format!("begin; {change}; commit")).await.is_err();
        if undone {
            self.run("rollback").await.unwrap();
            self.refused_by_engine += 1;
            return None;
        }
        self.tried += 1;
        match world.audit().await {
            Ok(_) => panic!("the audit found nothing after: {change:.300}"),
            Err(problem) => Some(problem),
        }
    }
}

/// Other values of the same type, as SQL. Texts and blobs come in hexadecimal.
fn others(random: &mut Random, kind: &str, value: &str) -> Vec<String> {
    let spell = |hex: String| match kind {
        "text" => format!("cast(x'{hex}' as text)"),
        _ => format!("x'{hex}'"),
    };
    match kind {
        "integer" => {
            let value: i64 = value.parse().unwrap();
            [value ^ 1, value ^ (1 << 40), value + 2, -value - 1].map(|v| v.to_string()).to_vec()
        }
        "null" => vec!["'x'".into(), "''".into(), "1".into()],
        _ => {
            let mut bytes: Vec<u8> = (0..value.len() / 2)
                .map(|i| u8::from_str_radix(&value[2 * i..2 * i + 2], 16).unwrap())
                .collect();
            let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, b| format!("{text}{b:02x}"));
            let mut all = vec![hex(&[&bytes[..], b"a"].concat())];
            if !bytes.is_empty() {
                all.extend([hex(&bytes[1..]), hex(&bytes[..bytes.len() - 1]), String::new()]);
                for _ in 0..4 {
                    let place = random.below(bytes.len());
                    let bit = 1 << random.below(if kind == "text" { 4 } else { 8 });
                    bytes[place] ^= bit;
                    all.push(hex(&bytes));
                    bytes[place] ^= bit;
                }
            }
            all.into_iter().map(spell).collect()
        }
    }
}

/// Every kind of entry, and every kind of row beside them.
async fn small() -> World {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    world.sealed(registered(2, None)).await;
    world.sealed(recorded(1, 1, &consent(1, false))).await;
    let single = consent(2, true);
    world.sealed(recorded(2, 1, &single)).await;
    let entry = with(ask(2, Some(2)), |d| d.spends = vec![single.id.clone()]);
    let spent = single.spend(entry.spends().unwrap().1);
    let outcome = world.ledger.seal(Submission { entry, spent: vec![spent] }).await;
    assert_eq!(name(&outcome), "sealed 5");
    world.sealed(with(ask(3, None), |d| d.repeat_of = Some(5))).await;
    world.sealed(withdrawn(1, 2, &consent(1, false))).await;
    world.sealed(adopted('b', 'b', 2)).await;
    world
}

async fn with_tiles() -> World {
    let world = small().await;
    let under = |_| Entry { covenant: digest('b'), parties: 2, ..ask(9, None) };
    world.one_batch((0..250).map(under).collect()).await;
    world.one_batch((0..257).map(under).collect()).await;
    world
}

/// Changes every column of the rows that `wanted` picks, one at a time.
pub(super) async fn change_every_column(
    world: &World,
    intruder: &mut Intruder,
    wanted: &dyn Fn(&str, i64) -> bool,
) {
    let seed = new_seed();
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    for (table, columns) in TABLES {
        let before = intruder.tried;
        for column in columns {
            let text = format!(
                "select cast(rowid as text), typeof({column}), case typeof({column}) when 'integer' then cast({column} as text) \
                 when 'null' then '' else hex({column}) end from {table}"
            );
            for [row, kind, value] in intruder.rows::<3>(&text).await {
                if !wanted(table, row.parse().unwrap()) {
                    continue;
                }
                let mut values = others(&mut random, &kind, &value);
                if kind != "null" {
                    values.push("null".into());
                }
                for other in values {
                    let change = format!("update {table} set {column} = {other} where rowid = {row}");
                    if let Some(problem) = intruder.tamper(world, &change).await {
                        let names_it = !matches!(problem, AuditProblem::Store(_))
                            || other == "null"
                            || kind == "null"
                            || (table, *column) == ("ledger_head", "id");
                        assert!(names_it, "{problem:?} names no place after: {change:.300}");
                        intruder.restore(table, columns).await;
                    }
                }
            }
        }
        println!("{table}: {} changes found", intruder.tried - before);
        world.audit().await.expect("all changes were undone");
    }
}

#[tokio::test]
async fn every_changed_column_of_every_row_is_found() {
    let world = small().await;
    let mut intruder = Intruder::enter(&world).await;
    change_every_column(&world, &mut intruder, &|_, _| true).await;
    println!("{} changes found, {} refused by the engine", intruder.tried, intruder.refused_by_engine);
    assert!(intruder.tried > 900);
}

#[tokio::test]
async fn every_changed_column_of_a_tile_is_found() {
    let world = with_tiles().await;
    let mut intruder = Intruder::enter(&world).await;
    change_every_column(&world, &mut intruder, &|table, row| {
        table == "tile" || (table == "entry" && row == 257)
    })
    .await;
    println!("{} changes found, {} refused by the engine", intruder.tried, intruder.refused_by_engine);
}

#[tokio::test]
async fn every_deleted_row_is_found() {
    for world in [small().await, with_tiles().await] {
        let mut intruder = Intruder::enter(&world).await;
        for (table, columns) in TABLES {
            for [row] in intruder
                .rows::<1>(&format!("select cast(rowid as text) from {table} where rowid % 64 < 10"))
                .await
            {
                intruder.tamper(&world, &format!("delete from {table} where rowid = {row}")).await.unwrap();
                intruder.restore(table, columns).await;
            }
            if !intruder.rows::<1>(&format!("select 'row' from {table} limit 1")).await.is_empty() {
                intruder.tamper(&world, &format!("delete from {table}")).await.unwrap();
                intruder.restore(table, columns).await;
            }
        }
        println!("{} deletions found", intruder.tried);
        world.audit().await.expect("all changes were undone");
    }
}

#[tokio::test]
async fn entries_that_changed_places_are_found() {
    let world = small().await;
    let mut intruder = Intruder::enter(&world).await;
    for a in 0..9 {
        for b in a + 1..9 {
            let change = format!(
                "update entry set idx = -1 where idx = {a}; update entry set idx = {a} where idx = {b}; update entry set idx = {b} where idx = -1"
            );
            intruder.tamper(&world, &change).await.unwrap();
            intruder.restore("entry", TABLES[0].1).await;
        }
    }
    assert_eq!(intruder.tried, 36);
    world.audited(9).await;
}

#[tokio::test]
async fn forged_rows_and_a_shortened_ledger_are_found() {
    let world = small().await;
    let mut intruder = Intruder::enter(&world).await;
    let copy = |from: &str, idx: &str| {
        let rest = TABLES[0].1[1..].join(", ");
        format!("insert into entry (idx, {rest}) select {idx}, {rest} from {from}")
    };
    let old = small().await;
    let mut forged: Vec<String> = vec![
        copy("entry where idx = 6", "9"),
        copy("entry where idx = 6", "-1"),
        copy("entry where idx = 6", "9223372036854775807"),
        // The head follows, but nobody can sign it.
        format!("{}; update ledger_head set size = 10", copy("entry where idx = 6", "9")),
        "insert into tile values (0, 0, zeroblob(8192), zeroblob(32))".into(),
        "insert into ledger_head select 2, size, at, frontier, checkpoint, covenant, parties, party_revision from ledger_head".into(),
        "insert into client values ('00000000000000000000000000000000', 1)".into(),
        "insert into registration select '00000000000000000000000000000000', custodian, body from registration limit 1".into(),
        "insert into consent select 'c-00000000000000000000000000000000', client, body from consent limit 1".into(),
    ];
    // Cut off, with and without the head of that time.
    for size in 0..9 {
        forged.push(format!("delete from entry where idx >= {size}"));
        forged.push(format!("delete from entry where idx >= {size}; update ledger_head set size = {size}"));
    }
    for change in forged {
        let problem = intruder.tamper(&world, &change).await.unwrap_or_else(|| panic!("not done: {change}"));
        println!("{problem}: {change:.100}");
        for (table, columns) in TABLES {
            intruder.restore(table, columns).await;
        }
        world.audited(9).await;
    }
    assert!(world.store.audit(&old.key, &|_, _| ()).await.is_ok());
    let other = SigningKey::from_seed(ORIGIN, &[8; 32]).unwrap();
    assert!(matches!(world.store.audit(other.verifier(), &|_, _| ()).await, Err(AuditProblem::Head(_))));
}

#[tokio::test]
async fn a_head_that_is_no_text_any_more_is_named() {
    let world = small().await;
    let mut intruder = Intruder::enter(&world).await;
    // The first byte of the dash before the signature, with one bit changed, makes the text no UTF-8.
    let broken = "update ledger_head set checkpoint = \
         cast(replace(checkpoint, cast(x'e28094' as text), cast(x'e08094' as text)) as text)";
    let problem = intruder.tamper(&world, broken).await.unwrap();
    assert!(matches!(problem, AuditProblem::Head(_)), "{problem:?}");
    intruder.restore_all().await;
    let blob = "update ledger_head set checkpoint = cast(checkpoint as blob)";
    let problem = intruder.tamper(&world, blob).await.unwrap();
    assert!(matches!(problem, AuditProblem::Head(_)), "{problem:?}");
}

#[tokio::test]
async fn a_change_of_any_entry_and_of_any_tile_is_found_and_named_also_where_the_audit_reads_ahead() {
    let seed = new_seed();
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    let world = with_tiles().await;
    let size = world.audit().await.unwrap().size;
    assert!(size > 2 * 256, "two tiles are read ahead, and some entries are not");
    let mut intruder = Intruder::enter(&world).await;
    let columns = &TABLES[0].1[1..];
    for index in 0..size {
        // Every entry, each time another column: of many rows every column has its turn.
        let column = columns[random.below(columns.len())];
        let [[kind, value]] = &intruder
            .rows::<2>(&format!(
                "select typeof({column}), case typeof({column}) when 'integer' then cast({column} as text) when 'null' then '' \
                 else hex({column}) end from entry where idx = {index}"
            ))
            .await[..]
        else {
            panic!("entry {index}");
        };
        let values = others(&mut random, kind, value);
        let other = &values[random.below(values.len())];
        let change = format!("update entry set {column} = {other} where idx = {index}");
        if let Some(problem) = intruder.tamper(&world, &change).await {
            let named =
                matches!(problem, AuditProblem::Entry { index: at, .. } if at.unsigned_abs() == index);
            assert!(named || kind == "null", "{problem:?} does not name entry {index} after: {change:.300}");
            let same = format!(
                "update entry set {column} = (select {column} from temp.kept_entry k where k.idx = entry.idx) where idx = {index}"
            );
            intruder.run(&same).await.unwrap();
        }
    }
    for [level, n, hashes] in
        intruder.rows::<3>("select cast(level as text), cast(n as text), hex(hashes) from tile").await
    {
        for other in others(&mut random, "blob", &hashes) {
            let place = format!("where level = {level} and n = {n}");
            match intruder.tamper(&world, &format!("update tile set hashes = {other} {place}")).await {
                Some(AuditProblem::Tile { level: l, n: m, .. }) => {
                    assert_eq!((l.to_string(), m.to_string()), (level.clone(), n.clone()));
                }
                other => panic!("tile {level}/{n}: {other:?}"),
            }
            intruder.run(&format!("update tile set hashes = x'{hashes}' {place}")).await.unwrap();
        }
    }
    println!("{} changes found, {} refused by the engine", intruder.tried, intruder.refused_by_engine);
    world.audited(size).await;
}
