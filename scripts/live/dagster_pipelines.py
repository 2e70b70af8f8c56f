"""Jobs and assets that the live tests drive. What waits or fails is decided by files in the folder of PITCREW_LIVE_RELEASE."""

import os
import pathlib
import sys
import time

from dagster import DailyPartitionsDefinition, Definitions, ScheduleDefinition, asset, define_asset_job, in_process_executor, job, op
from pitcrew_sensor import pitcrew_sensors

release = pathlib.Path(os.environ["PITCREW_LIVE_RELEASE"])
days = DailyPartitionsDefinition(start_date="2026-03-01", end_date="2026-10-31")


def mark(name, run):
    return release / (name + "-" + run)


@op
def extract(context):
    context.log.info("reading 7 files")
    print("7 files")
    return 7


@op
def load(context, rows):
    # A run that begins again is another run of Dagster's, of the same root.
    first = mark("failed", context.run.root_run_id or context.run.run_id)
    sys.stderr.write("opening the warehouse\n")
    if not first.exists():
        first.touch()
        raise ValueError('column "total" is missing')
    return rows


@op
def check(rows):
    return rows


@op
def publish(rows):
    print("published")


@op
def wait(context):
    while not mark("go", context.run.run_id).exists():
        time.sleep(0.2)


@op
def load_day(context):
    day = context.partition_key
    if (release / ("bad-" + day)).exists():
        raise ValueError("the file of " + day + " is empty")


@op(config_schema={"day": str})
def load_named(context):
    context.log.info(context.op_config["day"])


@job(tags={"tier": "2", "team": "orders"})
def smooth():
    publish(extract())


@job
def bumpy():
    publish(load(extract()))


# Dagster runs it again by itself.
@job(tags={"dagster/max_retries": "1", "dagster/retry_strategy": "FROM_FAILURE"})
def flaky():
    publish(load(extract()))


@job
def patient():
    wait()


@job
def named():
    load_named()


@job(partitions_def=days)
def daily():
    load_day()


@job(partitions_def=days)
def picky():
    load_day()


@asset(owners=["orders@example.com"], group_name="warehouse")
def orders(context):
    mark("made", "orders").touch()


@asset(deps=[orders], partitions_def=days, group_name="warehouse")
def report(context):
    day = context.partition_key
    if (release / ("bad-" + day)).exists():
        raise ValueError("the report of " + day + " is empty")


@asset(deps=[orders], group_name="warehouse")
def dashboard():
    return None


defs = Definitions(
    assets=[orders, report, dashboard],
    jobs=[smooth, bumpy, flaky, patient, named, daily, picky, define_asset_job("warehouse", selection=["orders", "dashboard"])],
    # It never comes: only what stops and starts it is tried.
    schedules=[ScheduleDefinition(name="nightly", job=smooth, cron_schedule="0 3 29 2 *", execution_timezone="Europe/Berlin")],
    sensors=[*pitcrew_sensors],
    # A process for each step would take seconds.
    executor=in_process_executor,
)
