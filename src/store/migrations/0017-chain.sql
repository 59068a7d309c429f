-- What no ledger entry tells is bound in another way (people/README.md): rows of
-- the audit are a chain whose end the checkpoint names, and say in what state
-- an act left its object; a session and a report's row have a MAC.  NULL: from
-- before.  Of a number the first eight bytes: the whole of the last chain is
-- in the checkpoint alone.
ALTER TABLE audit ADD COLUMN state {int};
ALTER TABLE audit ADD COLUMN chain {int};
ALTER TABLE report ADD COLUMN mac {int};
ALTER TABLE session ADD COLUMN mac {blob} CHECK (length(mac) = 32);
