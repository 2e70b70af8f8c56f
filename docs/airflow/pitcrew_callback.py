"""Tells Pitcrew when runs of Airflow begin, succeed and fail. Airflow 3 and 2.9 or newer; nothing but Python itself is needed.

Install, for all pipelines: copy this file into the folder of plugins (`[core] plugins_folder`) and set, for the scheduler and the
API server (webserver in Airflow 2),

    PITCREW_URL=https://pitcrew.example/ingest/prod    # `prod` is the name of the connection in pitcrew.yaml
    PITCREW_TOKEN=…                                    # a token of `ingest.sources` in pitcrew.yaml

then restart them. Where nobody may install plugins, leave it out: Pitcrew polls.

Each run is told as a CloudEvent 1.0. A telling that does not get through within a few seconds is dropped and logged: it never
holds up or fails a run, and Pitcrew finds the run by polling.
"""

from __future__ import annotations

import json
import logging
import math
import os
import queue
import sys
import threading
import urllib.request
from datetime import datetime, timezone

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin
from sqlalchemy.orm import object_session

try:
    from airflow import __version__ as airflow_version
except ImportError:
    airflow_version = "3"

log = logging.getLogger("pitcrew")

TIMEOUT_SECONDS = 5
TRIES = 2
# Events that wait to be sent; when Pitcrew is away for long, the oldest are dropped.
LONGEST_QUEUE = 1_000


def instant(at):
    """An ISO 8601 time with an offset, or None."""
    if at is None:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).isoformat()


def attempt_of(dag_run):
    """Counted as Pitcrew counts it from the API: one more than the most cleared task was cleared."""
    dag = getattr(dag_run, "dag", None)
    # Only ever the session that Airflow is in: one of our own would commit, and break the locks of the scheduler.
    session = object_session(dag_run)
    if dag is None or session is None:
        return 1 + (getattr(dag_run, "clear_number", 0) or 0)
    cleared = [0]
    for instance in dag_run.get_task_instances(session=session):
        if dag.has_task(instance.task_id):
            retries = dag.get_task(instance.task_id).retries or 0
            cleared.append(math.ceil((instance.max_tries - retries) / (retries + 1)))
    return 1 + max(cleared)


def event_of(dag_run, kind):
    started = instant(dag_run.start_date)
    ended = instant(dag_run.end_date) if kind != "started" else None
    return {
        "specversion": "1.0",
        "id": "/".join([dag_run.dag_id, dag_run.run_id, started or "none", kind]),
        "source": "airflow",
        "type": "io.pitcrew.run.%s.v1" % kind,
        "time": ended or started or instant(datetime.now(timezone.utc)),
        "datacontenttype": "application/json",
        "data": {
            "pipeline": dag_run.dag_id,
            "run": dag_run.run_id,
            "attempt": attempt_of(dag_run),
            "startedAt": started,
            "endedAt": ended,
            "note": getattr(dag_run, "note", None),
            "airflow": int(airflow_version.split(".")[0]),
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


class Sender:
    """Sends from a thread of its own, so that the scheduler never waits. Begun at the first event: a fork has no threads."""

    def __init__(self):
        self.waiting = queue.Queue(LONGEST_QUEUE)
        self.process = None
        self.lock = threading.Lock()

    def put(self, event):
        with self.lock:
            if self.process != os.getpid():
                self.process = os.getpid()
                self.waiting = queue.Queue(LONGEST_QUEUE)
                threading.Thread(target=self.run, name="pitcrew", daemon=True).start()
        while True:
            try:
                return self.waiting.put_nowait(event)
            except queue.Full:
                log.warning("Pitcrew is away; an event is dropped")
                try:
                    self.waiting.get_nowait()
                except queue.Empty:
                    pass

    def run(self):
        while True:
            event = self.waiting.get()
            for nth in range(TRIES):
                try:
                    send(event)
                    break
                except Exception as error:  # whatever it is, no run may fail for it
                    if nth + 1 == TRIES:
                        log.warning("Pitcrew was not told of %s: %s", event["id"], str(error))


sender = Sender()


def tell(dag_run, kind):
    if not os.environ.get("PITCREW_URL"):
        return
    try:
        sender.put(event_of(dag_run, kind))
    except Exception as error:
        log.warning("Pitcrew could not be told that a run %s: %s", kind, type(error).__name__)


@hookimpl
def on_dag_run_running(dag_run, msg):
    tell(dag_run, "started")


@hookimpl
def on_dag_run_success(dag_run, msg):
    tell(dag_run, "succeeded")


@hookimpl
def on_dag_run_failed(dag_run, msg):
    tell(dag_run, "failed")


class PitcrewPlugin(AirflowPlugin):
    name = "pitcrew"
    listeners = [sys.modules[__name__]]
