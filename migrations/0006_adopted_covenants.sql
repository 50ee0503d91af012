-- Which covenants came into force, without reading the entries between them: only their entries are in this index.
create index entry_adopted on entry (idx) where event = 'covenant-adopted';
