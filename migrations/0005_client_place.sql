-- Where each client's entries stand, so that looking for them costs the same however long the ledger is. Made in the seal, a row
-- at each level for every 256 entries, and compared with the entries by the audit. Insert-only, but for what retention takes
-- out of it (triggers).
create table client_place (
    level bigint not null,             -- it is about a run of 256 * 16^level entries
    run bigint not null,               -- which run of its level
    part bigint not null,              -- of the clients whose pseudonym begins with this number: as many hexadecimal digits as the level
    places bytea not null,             -- 24 bytes an entry, in their order: the 16 of the client, and the index
    primary key (level, part, run)
);
