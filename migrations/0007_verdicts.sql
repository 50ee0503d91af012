-- What officers said of the entries of samples, to be found from the entry that it is about: few, so the index is small.
create index entry_judged on entry (client, idx) where event = 'sample-judged';
