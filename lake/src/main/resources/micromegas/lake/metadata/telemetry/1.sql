CREATE TYPE micromegas_property AS (key TEXT, value TEXT);

CREATE TABLE processes (
  process_id UUID,
  exe VARCHAR(255),
  username VARCHAR(255),
  realname VARCHAR(255),
  computer VARCHAR(255),
  distro VARCHAR(255),
  cpu_brand VARCHAR(255),
  tsc_frequency BIGINT,
  start_time TIMESTAMPTZ,
  start_ticks BIGINT,
  insert_time TIMESTAMPTZ,
  parent_process_id UUID,
  properties micromegas_property[]
);
CREATE INDEX process_id ON processes (process_id);
CREATE INDEX parent_process_id ON processes (parent_process_id);
CREATE INDEX process_start_time ON processes (start_time);

CREATE TABLE streams (
  stream_id UUID,
  process_id UUID,
  dependencies_metadata BYTEA,
  objects_metadata BYTEA,
  tags TEXT[],
  properties micromegas_property[],
  insert_time TIMESTAMPTZ
);
CREATE INDEX stream_id ON streams (stream_id);
CREATE INDEX stream_process_id ON streams (process_id);
CREATE INDEX stream_insert_time ON streams (insert_time);

CREATE TABLE blocks (
  block_id UUID,
  stream_id UUID,
  process_id UUID,
  begin_time TIMESTAMPTZ,
  begin_ticks BIGINT,
  end_time TIMESTAMPTZ,
  end_ticks BIGINT,
  nb_objects INT,
  object_offset BIGINT,
  payload_size BIGINT
);
CREATE INDEX block_id ON blocks (block_id);
CREATE INDEX block_stream_id ON blocks (stream_id);

CREATE TABLE migration (version INTEGER);
INSERT INTO migration VALUES (1);
