"""Sends with OpenTelemetry's SDK. usage: opentelemetry_clients.py HTTP_ENDPOINT GRPC_ENDPOINT"""

import logging
import sys

from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetrics
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpans
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpans
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

http, grpc = sys.argv[1:3]


def send(service, spans, metrics, logs):
    resource = Resource.create({"service.name": service, "service.instance.id": "1"})
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(spans, max_export_batch_size=512))
    meters = MeterProvider([PeriodicExportingMetricReader(metrics)], resource=resource)
    loggers = LoggerProvider(resource=resource)
    loggers.add_log_record_processor(BatchLogRecordProcessor(logs, max_export_batch_size=512))
    logger = logging.getLogger(service)
    logger.addHandler(LoggingHandler(logger_provider=loggers))
    logger.setLevel(logging.INFO)
    tracer = tracers.get_tracer("scope")
    meter = meters.get_meter("scope")
    counter = meter.create_counter("counter")
    histogram = meter.create_histogram("histogram")
    for i in range(100):
        with tracer.start_as_current_span("span", attributes={"i": i}):
            logger.info("message %d", i)
            counter.add(1)
            histogram.record(i)
    for provider in (tracers, meters, loggers):
        assert provider.force_flush(), service
        provider.shutdown()


send(
    "python-http",
    HttpSpans(endpoint=http + "/v1/traces"),
    HttpMetrics(endpoint=http + "/v1/metrics"),
    HttpLogs(endpoint=http + "/v1/logs"),
)
send(
    "python-grpc",
    GrpcSpans(endpoint=grpc, insecure=True),
    GrpcMetrics(endpoint=grpc, insecure=True),
    GrpcLogs(endpoint=grpc, insecure=True),
)
print("ok")
