-- Every table, column, index, constraint, trigger, rule and policy of the current schema but the list of migrations, and
-- the functions that triggers call, as text that does not name the schema. A table may be divided into partitions: then it is the
-- whole that counts, and what is the engine's own of each part follows from it.
with ours as (
    select c.oid, c.relname, case c.relkind when 'p' then 'r' else c.relkind end as relkind, c.relpersistence, c.relrowsecurity
    from pg_class c
    where c.relnamespace = cast(current_schema() as regnamespace) and c.relkind in ('r', 'p', 'f')
        and c.relname <> '_sqlx_migrations' and not c.relispartition
)
select concat_ws(' ', 'table', c.relname, c.relkind, c.relpersistence, c.relrowsecurity) as part from ours c
union all
select concat_ws(' ', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid))
from ours c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
union all
select replace(replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON '), ' ' || current_schema() || '.', ' ')
from ours c join pg_index i on i.indrelid = c.oid
union all
select concat_ws(' ', 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid))
from ours c join pg_constraint k on k.conrelid = c.oid
union all
select concat_ws(' ', replace(pg_get_triggerdef(t.oid), ' ' || current_schema() || '.', ' '), t.tgenabled,
    p.prosrc, p.provolatile, p.prosecdef)
from ours c join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal join pg_proc p on p.oid = t.tgfoid
union all
select concat_ws(' ', 'rule', c.relname, r.rulename) from ours c join pg_rewrite r on r.ev_class = c.oid
union all
select concat_ws(' ', 'policy', c.relname, p.polname) from ours c join pg_policy p on p.polrelid = c.oid
union all
-- A part has nothing of its own but its columns and the copies that the engine makes of what the whole has.
select concat_ws(' ', 'part', c.relname, t.tgname, t.tgenabled) from pg_class c join pg_trigger t on t.tgrelid = c.oid
where c.relnamespace = cast(current_schema() as regnamespace) and c.relispartition
    and (t.tgenabled <> 'O' or t.tgparentid = 0 and not t.tgisinternal)
union all
select concat_ws(' ', 'part', c.relname, c.relkind, c.relpersistence, c.relrowsecurity, c.relhasrules) from pg_class c
where c.relnamespace = cast(current_schema() as regnamespace) and c.relispartition and c.relkind not in ('i', 'I')
    and (c.relkind <> 'r' or c.relpersistence <> 'p' or c.relrowsecurity or c.relhasrules)
order by 1
