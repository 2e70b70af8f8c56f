"""Pipelines that the live tests drive. What waits or fails is decided by files in the folder of PITCREW_LIVE_RELEASE."""

import os
import pathlib
import time

import pendulum
from airflow import DAG, __version__

if not __version__.startswith("2."):
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.sdk import Asset
else:
    from airflow.datasets import Dataset as Asset
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import PythonOperator
    from airflow.operators.trigger_dagrun import TriggerDagRunOperator

release = pathlib.Path(os.environ["PITCREW_LIVE_RELEASE"])
common = dict(
    catchup=False,
    is_paused_upon_creation=False,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    max_active_runs=16,
)
orders = Asset("file://warehouse/orders")


def mark(name, run):
    return release / (name + "-" + "".join(letter if letter.isalnum() else "_" for letter in run))


def fail_once(run_id, **_):
    print("reading 7 files")
    first = mark("failed", run_id)
    if not first.exists():
        first.touch()
        raise ValueError('column "total" is missing')


def wait(run_id, **_):
    while not mark("go", run_id).exists():
        time.sleep(0.5)


def load_day(logical_date, **_):
    if (release / ("bad-" + logical_date.date().isoformat())).exists():
        raise ValueError("the file of " + logical_date.date().isoformat() + " is empty")


with DAG("smooth", schedule=None, tags=["tier2"], default_args={"owner": "orders"}, **common):
    EmptyOperator(task_id="extract") >> EmptyOperator(task_id="load")

# A task that makes an asset is run by a worker, which takes seconds; nothing waits for this one.
with DAG("making", schedule=None, **common):
    EmptyOperator(task_id="main", outlets=[orders])

with DAG("bumpy", schedule=None, **common):
    PythonOperator(task_id="load", python_callable=fail_once) >> EmptyOperator(task_id="publish")

with DAG("patient", schedule=None, **common):
    PythonOperator(task_id="wait", python_callable=wait)

# Their schedules have ended, so that no run begins by itself.
ended = dict(common, end_date=pendulum.datetime(2026, 10, 31, tz="UTC"))
with DAG("daily", schedule="30 2 * * *", **ended):
    EmptyOperator(task_id="load")

with DAG("picky", schedule="30 2 * * *", **ended):
    PythonOperator(task_id="load", python_callable=load_day)

with DAG("reading", schedule=[orders], **common):
    EmptyOperator(task_id="main")

with DAG("calling", schedule=None, **common):
    TriggerDagRunOperator(task_id="call", trigger_dag_id="smooth")

with DAG("held", schedule=None, **common):
    EmptyOperator(task_id="main")

with DAG("spare", schedule=None, **common):
    EmptyOperator(task_id="main")
