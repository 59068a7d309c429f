-- A kept answer is given again only if its MAC says that this program wrote it
-- (people/mac.h).  NULL: from before; the first start of this program gives it
-- one.
ALTER TABLE kept_answer ADD COLUMN mac {blob} CHECK (length(mac) = 32);
