CREATE SCHEMA IF NOT EXISTS micromegas_java;

CREATE TABLE micromegas_java.block_errors (
  view_set TEXT NOT NULL,
  block_id UUID NOT NULL,
  process_id UUID NOT NULL,
  stream_id UUID NOT NULL,
  insert_time TIMESTAMPTZ NOT NULL,
  nb_objects INTEGER NOT NULL,
  decoder_version INTEGER NOT NULL,
  error TEXT NOT NULL,
  first_seen TIMESTAMPTZ NOT NULL,
  last_seen TIMESTAMPTZ NOT NULL,
  attempts INTEGER NOT NULL,
  PRIMARY KEY (view_set, block_id)
);
CREATE INDEX block_errors_insert_time ON micromegas_java.block_errors (view_set, insert_time);

-- Partition files that are being written; the row goes away with the commit of the partition.
CREATE TABLE micromegas_java.file_uploads (
  file_path TEXT PRIMARY KEY,
  registered_at TIMESTAMPTZ NOT NULL,
  owner TEXT NOT NULL
);
CREATE INDEX file_uploads_registered_at ON micromegas_java.file_uploads (registered_at);

-- The table of db-scheduler 16, as its documentation gives it for PostgreSQL.
CREATE TABLE micromegas_java.scheduled_tasks (
  task_name TEXT NOT NULL,
  task_instance TEXT NOT NULL,
  task_data BYTEA,
  execution_time TIMESTAMPTZ,
  picked BOOLEAN NOT NULL,
  picked_by TEXT,
  last_success TIMESTAMPTZ,
  last_failure TIMESTAMPTZ,
  consecutive_failures INT,
  last_heartbeat TIMESTAMPTZ,
  version BIGINT NOT NULL,
  priority SMALLINT,
  state TEXT,
  PRIMARY KEY (task_name, task_instance)
);
CREATE INDEX execution_time_idx ON micromegas_java.scheduled_tasks (execution_time);
CREATE INDEX last_heartbeat_idx ON micromegas_java.scheduled_tasks (last_heartbeat);
CREATE INDEX priority_execution_time_idx
  ON micromegas_java.scheduled_tasks (priority DESC, execution_time ASC);

CREATE TABLE micromegas_java.schema_version (version INTEGER NOT NULL);
INSERT INTO micromegas_java.schema_version VALUES (1);
