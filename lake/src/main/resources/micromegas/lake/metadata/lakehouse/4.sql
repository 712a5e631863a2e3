CREATE TABLE partition_metadata (
  file_path VARCHAR(2047) PRIMARY KEY,
  metadata BYTEA NOT NULL,
  insert_time TIMESTAMPTZ NOT NULL
);
INSERT INTO partition_metadata
  SELECT DISTINCT ON (file_path) file_path, file_metadata, coalesce(updated, now())
  FROM lakehouse_partitions
  WHERE file_path IS NOT NULL AND file_metadata IS NOT NULL
  ORDER BY file_path, updated DESC;
ALTER TABLE lakehouse_partitions DROP COLUMN file_metadata;
UPDATE lakehouse_migration SET version = 4;
