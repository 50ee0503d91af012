-- The covenants that were ever in force, whole: what a decision of long ago is explained by. Insert-only (triggers).
create table covenant (
    digest text primary key not null,  -- as in the entry of its adoption
    files text not null                -- the files by name, as JSON
);
