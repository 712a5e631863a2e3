"""Asks a running server as users do. usage: clients.py URI PROCESS_ID"""

import datetime
import sys

import adbc_driver_flightsql.dbapi
import micromegas.flightsql.client
import pyarrow
import pyarrow.flight

uri, process = sys.argv[1:3]
begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
sql = f"SELECT time, level, msg FROM view_instance('log_entries', '{process}') ORDER BY time"

client = micromegas.flightsql.client.FlightSQLClient(uri)

frame = client.query(sql, begin, end)
assert len(frame) > 300, len(frame)
assert list(frame.columns) == ["time", "level", "msg"], frame.columns
assert str(frame["time"].dtype) == "datetime64[ns, UTC]", frame.dtypes

batches = list(client.query_stream(sql, begin, end))
assert sum(batch.num_rows for batch in batches) == len(frame)

empty = client.query(sql, begin, begin + datetime.timedelta(hours=1))
assert len(empty) == 0, len(empty)

statement = client.prepare_statement(sql)
prepared = list(client.prepared_statement_stream(statement))
assert sum(batch.num_rows for batch in prepared) == len(frame)

keeping = micromegas.flightsql.client.FlightSQLClient(uri, preserve_dictionary=True)
targets = f"SELECT target, msg FROM view_instance('log_entries', '{process}') ORDER BY time"
kept = keeping.query_arrow(targets, begin, end)
plain = client.query_arrow(targets, begin, end)
assert pyarrow.types.is_dictionary(kept.schema.field("target").type), kept.schema
assert plain.schema.field("target").type == pyarrow.string(), plain.schema
assert kept.column("target").cast(pyarrow.string()).to_pylist() == plain.column("target").to_pylist()

# pyarrow alone: GetFlightInfo, then DoGet of its ticket; the descriptor is what a FlightSQL library sends.


def field(number, payload):
    return bytes([number << 3 | 2, len(payload)]) + payload


command = field(1, b"type.googleapis.com/arrow.flight.protocol.sql.CommandStatementQuery") + field(
    2, field(1, b"SELECT 1 AS one")
)
with pyarrow.flight.connect(uri) as flight:
    info = flight.get_flight_info(pyarrow.flight.FlightDescriptor.for_command(command))
    assert info.schema.names == ["one"], info.schema
    assert flight.do_get(info.endpoints[0].ticket).read_all().to_pylist() == [{"one": 1}]

try:
    client.query("SELECT nothing FROM log_entries", begin, end)
    raise AssertionError("an unknown column was accepted")
except AssertionError:
    raise
except Exception as error:
    assert "query_id=" in str(error), error

with adbc_driver_flightsql.dbapi.connect(uri) as connection, connection.cursor() as cursor:
    cursor.execute(f"SELECT count(*) AS n FROM view_instance('log_entries', '{process}')")
    assert cursor.fetchone() == (len(frame),)

print("ok")
