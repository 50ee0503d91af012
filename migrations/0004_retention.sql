-- How far retention has come: one row. Of the entries before it only those are left that something still rests on; of the
-- others the row keeps its place and its leaf hash. Moves forward only, by an entry that says so (triggers).
create table retention (
    id bigint primary key not null check (id = 1),
    entry bigint not null,             -- the entry that says so; -1 before the first
    before bigint not null,            -- the first entry whose retention was not over
    until bigint not null              -- the newest moment before it
);
insert into retention (id, entry, before, until) values (1, -1, 0, 0);
