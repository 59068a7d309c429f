-- Whoever replays a few kinds at start does not read the others.
CREATE INDEX ledger_entry_by_kind ON ledger_entry (kind, idx);
