ALTER TABLE channels DROP COLUMN tested;
