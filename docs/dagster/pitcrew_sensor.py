"""Tells Pitcrew when runs of Dagster begin, succeed, fail and are cancelled. Nothing but Dagster and Python itself is needed.

Not needed: without it Pitcrew polls. It saves the wait of a poll, less the interval of the sensors.

Install: copy this file into one code location, add its sensors there,

    defs = Definitions(..., sensors=[*pitcrew_sensors])

and set, for the daemon and the code location,

    PITCREW_URL=https://pitcrew.example/ingest/prod    # `prod` is the name of the connection in pitcrew.yaml
    PITCREW_TOKEN=…                                    # a token of `ingest.sources` in pitcrew.yaml

then reload the location. They are on by default, and see the runs of all code locations; without PITCREW_URL they do nothing.

Each run is told as a CloudEvent 1.0. A telling that does not get through within a few seconds is logged and left: Pitcrew finds
the run by polling.
"""

import json
import os
import urllib.request
from datetime import datetime, timezone

from dagster import DagsterRunStatus, DefaultSensorStatus, run_status_sensor

TIMEOUT_SECONDS = 5
EVERY_SECONDS = 10

KINDS = {
    DagsterRunStatus.STARTED: "started",
    DagsterRunStatus.SUCCESS: "succeeded",
    DagsterRunStatus.FAILURE: "failed",
    DagsterRunStatus.CANCELED: "cancelled",
}


def instant(seconds):
    """An ISO 8601 time with an offset, or None."""
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def event_of(context, kind):
    run = context.dagster_run
    record = context.instance.get_run_record_by_id(run.run_id)
    # As it is now: tags that tell of retries are added after the run has ended.
    tags = record.dagster_run.tags if record else run.tags
    origin = run.remote_job_origin.repository_origin if run.remote_job_origin else None
    started = instant(record.start_time if record else None)
    ended = instant(record.end_time if record else None) if kind != "started" else None
    return {
        "specversion": "1.0",
        "id": "%s/%s" % (run.run_id, kind),
        "source": "dagster",
        "type": "io.pitcrew.run.%s.v1" % kind,
        "time": ended or started or datetime.now(timezone.utc).isoformat(),
        "datacontenttype": "application/json",
        "data": {
            "run": run.run_id,
            "job": run.job_name,
            "location": origin.code_location_origin.location_name if origin else "unknown",
            "repository": origin.repository_name if origin else "__repository__",
            "assets": [list(key.path) for key in run.asset_selection] if run.asset_selection else None,
            "tags": {key: value for key, value in tags.items() if not key.startswith(".dagster/")},
            "startedAt": started,
            "endedAt": ended,
        },
    }


def send(event):
    """Posts one event. Raises where it was not stored."""
    call = urllib.request.Request(
        os.environ["PITCREW_URL"],
        data=json.dumps(event).encode(),
        headers={
            "Content-Type": "application/cloudevents+json",
            "Authorization": "Bearer " + os.environ.get("PITCREW_TOKEN", ""),
        },
        method="POST",
    )
    with urllib.request.urlopen(call, timeout=TIMEOUT_SECONDS):
        pass


def sensor_for(status, kind):
    @run_status_sensor(
        name="pitcrew_" + kind,
        run_status=status,
        monitor_all_code_locations=True,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
    )
    def sensor(context):
        if not os.environ.get("PITCREW_URL"):
            return
        try:
            send(event_of(context, kind))
        except Exception as error:  # the next runs must be told all the same
            context.log.warning("Pitcrew was not told of %s: %s", context.dagster_run.run_id, error)

    return sensor


pitcrew_sensors = [sensor_for(status, kind) for status, kind in KINDS.items()]
