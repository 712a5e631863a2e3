-- name: log_count
SELECT count(*) AS n FROM view_instance('log_entries', '{pid}')
-- name: log_rows
SELECT time, level, target, msg FROM view_instance('log_entries', '{pid}') ORDER BY time, level, target, msg LIMIT 300
-- name: log_by_level
SELECT level, target, count(*) AS n, min(time) AS t0, max(time) AS t1 FROM view_instance('log_entries', '{pid}') GROUP BY level, target ORDER BY level, target
-- name: log_props
SELECT property_get(properties, 'zone') AS zone, property_get(process_properties, 'build.id') AS build, count(*) AS n FROM view_instance('log_entries', '{pid}') GROUP BY zone, build ORDER BY zone, build
-- name: log_props_json
SELECT DISTINCT jsonb_format_json(properties) AS p FROM view_instance('log_entries', '{pid}') ORDER BY p
-- name: log_global_same
SELECT level, count(*) AS n FROM log_entries WHERE process_id = '{pid}' GROUP BY level ORDER BY level
-- name: log_bins
SELECT date_bin(INTERVAL '1 second', time) AS t, count(*) AS n FROM view_instance('log_entries', '{pid}') GROUP BY t ORDER BY t
-- name: log_msg_md
SELECT length(msg) AS len, count(*) AS n FROM view_instance('log_entries', '{pid}') GROUP BY len ORDER BY len
-- name: measures_by_name
SELECT name, unit, target, count(*) AS n, min(value) AS lo, max(value) AS hi, sum(value) AS s FROM view_instance('measures', '{pid}') GROUP BY name, unit, target ORDER BY name, unit, target
-- name: measures_rows
SELECT time, name, unit, value, jsonb_format_json(properties) AS p FROM view_instance('measures', '{pid}') ORDER BY time, name, value LIMIT 300
-- name: process_row
SELECT process_id, exe, tsc_frequency, start_time, start_ticks, parent_process_id, jsonb_format_json(properties) AS p FROM processes WHERE process_id = '{pid}'
-- name: streams
SELECT stream_id, tags, format, jsonb_format_json(properties) AS p FROM streams WHERE process_id = '{pid}' ORDER BY stream_id
-- name: blocks
SELECT block_id, stream_id, begin_time, end_time, begin_ticks, end_ticks, nb_objects, object_offset, payload_size FROM blocks WHERE process_id = '{pid}' ORDER BY block_id
-- name: log_stats
SELECT time_bin, level, target, sum(count) AS n FROM log_stats WHERE process_id = '{pid}' GROUP BY time_bin, level, target ORDER BY time_bin, level, target
-- name: thread_spans_by_name
SELECT name, depth, target, filename, line, count(*) AS n, sum(duration) AS d, min("begin") AS b, max("end") AS e FROM view_instance('thread_spans', '27e32823-fd56-4e09-8395-58762c2325e5') GROUP BY name, depth, target, filename, line ORDER BY name, depth, line
-- name: thread_spans_rows
SELECT id, parent, depth, hash, "begin", "end", duration, name FROM view_instance('thread_spans', '27e32823-fd56-4e09-8395-58762c2325e5') ORDER BY "begin", id LIMIT 400
-- name: thread_spans_orphans
SELECT count(*) AS n FROM view_instance('thread_spans', '27e32823-fd56-4e09-8395-58762c2325e5') a LEFT JOIN view_instance('thread_spans', '27e32823-fd56-4e09-8395-58762c2325e5') b ON a.parent = b.id WHERE b.id IS NULL
-- name: async_by_name
SELECT event_type, name, depth, count(*) AS n FROM view_instance('async_events', '{pid}') GROUP BY event_type, name, depth ORDER BY event_type, name, depth
-- name: async_rows
SELECT time, event_type, span_id, parent_span_id, depth, name, filename, target, line FROM view_instance('async_events', '{pid}') ORDER BY time, span_id, event_type LIMIT 300
-- name: process_spans
SELECT name, depth, count(*) AS n, sum(duration) AS d FROM process_spans('{pid}', 'thread') GROUP BY name, depth ORDER BY name, depth
-- name: images
SELECT time, name, format, encode(data, 'hex') AS hex FROM view_instance('images', '{pid}')
