-- The exact answer to the last test of a channel.
ALTER TABLE channels ADD COLUMN tested TEXT;
