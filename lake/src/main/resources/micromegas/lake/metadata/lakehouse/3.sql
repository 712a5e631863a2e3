-- num_rows was added and filled before this.
ALTER TABLE lakehouse_partitions ALTER COLUMN num_rows SET NOT NULL;
CREATE INDEX lakehouse_partitions_file_path ON lakehouse_partitions (file_path);
UPDATE lakehouse_migration SET version = 3;
