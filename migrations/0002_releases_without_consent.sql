-- Releases on a ground that does not rest on the client's trust, and what became of each: the worklists of privacy
-- officers. A row opens with its release and is never deleted, and a client who was told stays told (triggers).
create table unconsented_release (
    entry bigint primary key not null, -- the entry of the release
    client text not null,
    custodian text not null,           -- whose data
    ground text not null,
    tell_by bigint,                    -- until when the client is told; null once that is done
    review_by bigint,                  -- until when an emergency is judged; null once that is done
    body text not null                 -- the release and the newest entries about it, whole
);
create index unconsented_release_custodian on unconsented_release (custodian, entry);
create index unconsented_release_client on unconsented_release (client, entry);
