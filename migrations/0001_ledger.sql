-- The ledger and what is projected from it. Portable: text, bigint and bytea only, on SQLite and PostgreSQL.
-- Times are milliseconds since 1970-01-01 UTC. A released migration is never edited.

-- One record of the ledger a row. Insert-only (triggers). Everything but `body` is derived from `body` and checked
-- against it by the audit.
create table entry (
    idx bigint primary key not null,   -- position in the tree, from 0, without gaps
    at bigint not null,                -- when it was decided
    event text not null,               -- what happened
    client text,                       -- pseudonym of the client
    custodian text,                    -- whose data
    recipient text,                    -- the organisation of whoever did it
    requester text,                    -- the professional, as a pseudonym
    purpose text,                      -- code of the purpose
    outcome text not null,             -- released, partial, withheld, failed, done
    revision bigint,                   -- the client's revision it was decided on; null while the client is unknown
    request_key text,                  -- organisation/request_id of a first request; null for a repeat
    body bytea not null,               -- the canonical encoding
    leaf bytea not null                -- RFC 6962 leaf hash of body
);
-- Bucketed, so that SQLite does not dirty a random page for every row; a search probes every bucket.
create index entry_client on entry ((idx / 256), client);
create index entry_requester on entry ((idx / 256), requester);
-- Starts with the organisation and, with version 7 UUIDs, the time: nearly sequential.
create index entry_request on entry (request_key);

-- Complete tiles of 256 hashes (C2SP tlog-tiles). Insert-only (triggers).
create table tile (
    level bigint not null,             -- height in tiles above the leaves
    n bigint not null,                 -- which tile of its level
    hashes bytea not null,             -- 256 hashes of 32 bytes
    root bytea not null,               -- the hash of the whole tile
    primary key (level, n)
);

-- The head of the ledger: one row, and the lock of every writer.
create table ledger_head (
    id bigint primary key not null check (id = 1),
    size bigint not null,              -- number of entries
    at bigint not null,                -- the latest time of an entry
    frontier bytea not null,           -- roots of the complete subtrees, largest first
    checkpoint text not null,          -- the signed head (C2SP tlog-checkpoint); empty while the ledger is
    covenant text not null,            -- digest of the covenant in force; empty before the first
    parties text not null,             -- digest of its list of parties
    party_revision bigint not null     -- counts up with every change of the list of parties
);

-- The revision of everything recorded about a client: what a decision rests on.
create table client (
    id text primary key not null,
    revision bigint not null
);

-- What a custodian registered about a client, as in its newest entry.
create table registration (
    client text not null,
    custodian text not null,
    body text not null,
    primary key (client, custodian)
);

-- Consents and objections, each as in its newest entry.
create table consent (
    id text primary key not null,
    client text not null,
    body text not null
);
create index consent_client on consent (client);
