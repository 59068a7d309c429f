-- Who wrote the paper's cells last, so that nobody writes over them unseen
-- (report/report.h); 0: nobody yet, what is there was carried over.  NULL: from
-- before, not known.
ALTER TABLE report ADD COLUMN writer {int};
