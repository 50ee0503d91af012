-- Append-only, enforced by the engine too: no code of ours, nor an idle hand at the prompt, edits the record.
create or replace function sluis_refuse() returns trigger language plpgsql as $$
begin raise exception '%', tg_argv[0]; end $$;

-- Of an entry whose retention is over, what it said may go; its place and its leaf hash stay.
create or replace function sluis_entry_update() returns trigger language plpgsql as $$
begin
    if old.idx < (select before from retention where id = 1) and new.idx = old.idx and new.leaf = old.leaf
        and new.at = 0 and new.event = '' and new.client is null and new.custodian is null and new.recipient is null
        and new.requester is null and new.purpose is null and new.outcome = '' and new.revision is null
        and new.request_key is null and new.body = ''
    then return new; end if;
    raise exception 'the ledger is append-only';
end $$;
create or replace function sluis_place_update() returns trigger language plpgsql as $$
begin
    if new.level = old.level and new.run = old.run and new.part = old.part and length(new.places) < length(old.places)
        and coalesce((select before from retention where id = 1), 0) > 0
    then return new; end if;
    raise exception 'the ledger is append-only';
end $$;
create or replace function sluis_covenant_delete() returns trigger language plpgsql as $$
begin
    if old.digest <> (select covenant from ledger_head where id = 1)
        and coalesce((select before from retention where id = 1), 0) > 0
    then return old; end if;
    raise exception 'a covenant stays what it was';
end $$;
create or replace function sluis_retention_update() returns trigger language plpgsql as $$
begin
    if new.before > old.before and exists (select 1 from entry e where e.idx = new.entry and e.event = 'expired'
            and cast(convert_from(e.body, 'UTF8') as jsonb) #>> '{event,expired,before}' = cast(new.before as text)
            and cast(convert_from(e.body, 'UTF8') as jsonb) #>> '{event,expired,until}' = cast(new.until as text))
    then return new; end if;
    raise exception 'retention ends by an entry of the ledger';
end $$;
create or replace function sluis_release_delete() returns trigger language plpgsql as $$
begin
    if old.tell_by is null and old.review_by is null
        and old.entry < coalesce((select before from retention where id = 1), 0)
    then return old; end if;
    raise exception 'what is to be done is not dropped';
end $$;

create or replace trigger entry_no_update before update on entry for each row execute function sluis_entry_update();
-- For each row: so that it holds for every partition too, where there are any.
create or replace trigger entry_no_delete before delete on entry for each row
    execute function sluis_refuse('the ledger is append-only');
create or replace trigger entry_no_truncate before truncate on entry
    execute function sluis_refuse('the ledger is append-only');
create or replace trigger tile_no_change before update or delete or truncate on tile
    execute function sluis_refuse('the ledger is append-only');
create or replace trigger place_no_update before update on client_place
    for each row execute function sluis_place_update();
create or replace trigger place_no_delete before delete or truncate on client_place
    execute function sluis_refuse('the ledger is append-only');
create or replace trigger covenant_no_update before update or truncate on covenant
    execute function sluis_refuse('a covenant stays what it was');
create or replace trigger covenant_no_delete before delete on covenant
    for each row execute function sluis_covenant_delete();
create or replace trigger retention_by_entry before update on retention
    for each row execute function sluis_retention_update();
create or replace trigger retention_no_delete before delete or truncate on retention
    execute function sluis_refuse('retention ends by an entry of the ledger');
create or replace trigger release_no_delete before delete on unconsented_release
    for each row execute function sluis_release_delete();
create or replace trigger release_no_truncate before truncate on unconsented_release
    execute function sluis_refuse('what is to be done is not dropped');
create or replace trigger release_stays_told before update on unconsented_release
    for each row when (old.tell_by is null and new.tell_by is not null)
    execute function sluis_refuse('a client who was told stays told');
create or replace trigger head_no_delete before delete or truncate on ledger_head
    execute function sluis_refuse('the ledger is append-only');
create or replace trigger head_no_shrink before update on ledger_head for each row when (new.size < old.size)
    execute function sluis_refuse('the ledger is append-only');
