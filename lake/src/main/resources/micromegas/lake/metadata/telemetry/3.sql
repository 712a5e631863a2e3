DROP INDEX IF EXISTS process_id;
DROP INDEX IF EXISTS stream_id;
DROP INDEX IF EXISTS block_id;
UPDATE migration SET version = 3;
