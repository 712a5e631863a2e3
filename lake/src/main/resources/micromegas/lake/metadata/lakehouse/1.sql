CREATE TABLE lakehouse_partitions (
  view_set_name VARCHAR(255),
  view_instance_id VARCHAR(255),
  begin_insert_time TIMESTAMPTZ,
  end_insert_time TIMESTAMPTZ,
  min_event_time TIMESTAMPTZ,
  max_event_time TIMESTAMPTZ,
  updated TIMESTAMPTZ,
  file_path VARCHAR(2047),
  file_size BIGINT,
  file_schema_hash BYTEA,
  source_data_hash BYTEA
);
CREATE INDEX lh_part_begin_insert
  ON lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time);
CREATE INDEX lh_part_end_insert
  ON lakehouse_partitions (view_set_name, view_instance_id, end_insert_time);
CREATE INDEX lh_part_min_time
  ON lakehouse_partitions (view_set_name, view_instance_id, min_event_time);
CREATE INDEX lh_part_max_time
  ON lakehouse_partitions (view_set_name, view_instance_id, max_event_time);

CREATE TABLE temporary_files (
  file_path VARCHAR(2047),
  file_size BIGINT,
  expiration TIMESTAMPTZ
);
CREATE INDEX temporary_files_expiration ON temporary_files (expiration);

CREATE TABLE lakehouse_migration (version integer);
INSERT INTO lakehouse_migration VALUES (1);
