"""Writes the partition files of src/test/resources/reference as the reference writes its own.

Facts: LZ4_RAW, data pages of version 2, dictionaries, chunk statistics, row groups of at most
131,072 rows (here 4, so that there is more than one), required columns, ARROW:schema. The rows say
that they come from here, so that a test can tell them from decoded ones.

    python reference_partitions.py ../resources/reference
"""

import sys

import pyarrow as pa
import pyarrow.parquet as pq

PROCESS = "11111111-1111-4111-8111-111111111111"
STREAM = "22222222-2222-4222-8222-222222222222"
BLOCKS = ["33333333-3333-4333-8333-33333333333%d" % i for i in range(2)]
EVENTS = 3
# 2026-05-06T11:10:00Z, and 11:20:00Z
INSERTED = [1778065800 * 10**9 + 600 * i * 10**9 for i in range(2)]
MINUTE = 60 * 10**9
EMPTY_OBJECT = bytes([0x40, 0, 0, 0])

TIME = pa.timestamp("ns", tz="+00:00")
NAME = pa.dictionary(pa.int32(), pa.string())
PROPERTIES = pa.dictionary(pa.int32(), pa.binary())
TAGS = pa.list_(pa.field("tag", pa.string(), nullable=False))


def schema(*columns):
    return pa.schema(
        [pa.field(name, kind, nullable=name in ("streams.tags", "time_bin")) for name, kind in columns]
    )


LOG_ENTRIES = schema(
    ("process_id", NAME), ("stream_id", NAME), ("block_id", NAME), ("insert_time", TIME),
    ("exe", NAME), ("username", NAME), ("computer", NAME), ("time", TIME), ("target", NAME),
    ("level", pa.int32()), ("msg", pa.string()), ("properties", PROPERTIES),
    ("process_properties", PROPERTIES),
)
LOG_STATS = schema(
    ("time_bin", TIME), ("process_id", NAME), ("level", pa.int32()), ("target", NAME),
    ("count", pa.int64()),
)
BLOCK_ROWS = schema(
    ("block_id", pa.string()), ("stream_id", pa.string()), ("process_id", pa.string()),
    ("begin_time", TIME), ("begin_ticks", pa.int64()), ("end_time", TIME),
    ("end_ticks", pa.int64()), ("nb_objects", pa.int32()), ("object_offset", pa.int64()),
    ("payload_size", pa.int64()), ("insert_time", TIME),
    ("streams.dependencies_metadata", pa.binary()), ("streams.objects_metadata", pa.binary()),
    ("streams.tags", TAGS), ("streams.properties", PROPERTIES), ("streams.insert_time", TIME),
    ("streams.format", pa.string()), ("processes.start_time", TIME),
    ("processes.start_ticks", pa.int64()), ("processes.tsc_frequency", pa.int64()),
    ("processes.exe", pa.string()), ("processes.username", pa.string()),
    ("processes.realname", pa.string()), ("processes.computer", pa.string()),
    ("processes.distro", pa.string()), ("processes.cpu_brand", pa.string()),
    ("processes.insert_time", TIME), ("processes.parent_process_id", pa.string()),
    ("processes.properties", PROPERTIES),
)

THREAD_SPANS = schema(
    ("id", pa.int64()), ("parent", pa.int64()), ("depth", pa.uint32()), ("hash", pa.uint32()),
    ("begin", TIME), ("end", TIME), ("duration", pa.int64()), ("name", NAME), ("target", NAME),
    ("filename", NAME), ("line", pa.uint32()),
)
# 2026-05-06T08:00:00Z
STARTED = 1778054400 * 10**9


def span_row(number, parent, depth, begin, end, name):
    second = 10**9
    return (number, parent, depth, 7, STARTED + begin * second, STARTED + end * second,
            (end - begin) * second, name, "reference", "main.rs", 1)


def log_rows(block):
    return [
        (PROCESS, STREAM, BLOCKS[block], INSERTED[block], "game", "ann", "vm",
         INSERTED[block] - 10**9 + event * 10**6, "target", 4,
         "reference %d/%d" % (block, event), EMPTY_OBJECT, EMPTY_OBJECT)
        for event in range(EVENTS)
    ]


def block_row(block):
    begin = INSERTED[block] - 10**9
    return (BLOCKS[block], STREAM, PROCESS, begin, 0, begin + EVENTS * 10**6, 0, EVENTS, 0, 4,
            INSERTED[block], b"\x80", b"\x80", ["log"], EMPTY_OBJECT, INSERTED[0], "micromegas-transit",
            INSERTED[0], 0, 10**9, "reference game", "ann", "Ann", "vm", "linux", "cpu",
            INSERTED[0], "", EMPTY_OBJECT)


def write(folder, name, kind, rows):
    columns = [pa.array([row[i] for row in rows], type=field.type) for i, field in enumerate(kind)]
    with pq.ParquetWriter(
        "%s/%s.parquet" % (folder, name), kind, version="2.6", compression="lz4",
        data_page_version="2.0", use_dictionary=True, write_statistics=True,
        write_page_index=True, use_compliant_nested_type=False,
    ) as writer:
        writer.write_table(pa.Table.from_arrays(columns, schema=kind), row_group_size=4)


folder = sys.argv[1]
write(folder, "log_entries-0", LOG_ENTRIES, log_rows(0))
write(folder, "log_entries-1", LOG_ENTRIES, log_rows(1))
write(folder, "log_entries-both", LOG_ENTRIES, log_rows(0) + log_rows(1))
write(folder, "blocks", BLOCK_ROWS, [block_row(0), block_row(1)])
write(folder, "log_stats", LOG_STATS, [
    ((INSERTED[block] - 10**9) // MINUTE * MINUTE, PROCESS, 4, "target", EVENTS)
    for block in range(2)
])
write(folder, "thread_spans", THREAD_SPANS, [
    span_row(-1, 0, 0, 0, 20, "main-7"),
    span_row(0, -1, 1, 1, 15, "run"),
    span_row(1, 0, 2, 2, 12, "step of the reference"),
])
