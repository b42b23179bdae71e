ALTER TABLE channels DROP COLUMN combine_seconds;
ALTER TABLE channels DROP COLUMN combine;
