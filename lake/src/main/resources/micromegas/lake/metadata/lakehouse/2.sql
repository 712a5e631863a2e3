ALTER TABLE lakehouse_partitions ADD COLUMN file_metadata BYTEA;
UPDATE lakehouse_migration SET version = 2;
