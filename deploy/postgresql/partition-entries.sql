-- Divides the table of entries by their index, so that each part is small enough to vacuum, to index and to back up by itself.
-- An operator's choice for a large region (docs/scaling.md); the gateway neither asks for it nor notices.
--
-- Stop every gateway and take a backup first. Then, as the role that owns the tables:
--     psql -v ON_ERROR_STOP=1 -v entries=10000000 -v parts=8 -f partition-entries.sql sluis
-- `entries` is how many each part holds, `parts` how many are made now. What comes after them goes into `entry_rest`, so that
-- nothing is refused for want of a part; make the next ones in time, while `entry_rest` is empty:
--     create table entry_8 partition of entry for values from (80000000) to (90000000);
-- The next start of a gateway sets the triggers of the new table, and its audit compares every entry.
begin;

lock table ledger_head in access exclusive mode;
alter table entry rename to entry_before;
create table entry (like entry_before including defaults including constraints) partition by range (idx);
select format('create table entry_%s partition of entry for values from (%s) to (%s)', part, part * :entries, (part + 1) * :entries)
from generate_series(0, :parts - 1) as part
\gexec
create table entry_rest partition of entry default;
insert into entry select * from entry_before;
-- With it go its indexes, whose names the new ones take over, and its triggers.
drop table entry_before;
alter table entry add constraint entry_pkey primary key (idx);
create index entry_client on entry ((idx / 256), client);
create index entry_requester on entry ((idx / 256), requester);
create index entry_request on entry (request_key);
create index entry_adopted on entry (idx) where event = 'covenant-adopted';
create index entry_judged on entry (client, idx) where event = 'sample-judged';

commit;
analyze entry;
