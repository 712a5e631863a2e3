"""Finds the spans of SQL in a trace, read as Perfetto publishes it. usage: perfetto_trace.py URI PROCESS_ID FILE"""

import collections
import datetime
import pathlib
import sys

import micromegas.flightsql.client
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
spans = client.query_arrow(
    f"""
    SELECT CASE thread_name WHEN 'async' THEN 'Async Operations' ELSE thread_name END AS track, name,
           count(*) AS spans, sum(duration) AS nanos
    FROM process_spans('{process}', 'both') GROUP BY track, name
    """,
    datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
    datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1),
).to_pylist()
assert len({span["track"] for span in spans}) > 1, spans
assert begins == {(span["track"], span["name"]): span["spans"] for span in spans}, begins
assert ends == begins, ends
assert nanos == {(span["track"], span["name"]): span["nanos"] for span in spans}, nanos

print("ok")
