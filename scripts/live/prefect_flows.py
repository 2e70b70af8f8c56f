"""Flows that the live tests drive. What waits or fails is decided by files in the folder of PITCREW_LIVE_RELEASE."""

import os
import pathlib
import time

from prefect import flow, runtime, serve, task

release = pathlib.Path(os.environ["PITCREW_LIVE_RELEASE"])


def mark(name):
    return release / (name + "-" + str(runtime.flow_run.id))


@task
def extract():
    print("reading 7 files")


@task
def load(first=None):
    if first is not None and not first.exists():
        first.touch()
        raise ValueError('column "total" is missing')


@task
def load_day(day):
    if (release / ("bad-" + day)).exists():
        raise ValueError("the file of " + day + " is empty")


@task
def wait(until):
    while not until.exists():
        time.sleep(0.5)


@flow(log_prints=True)
def smooth(note: str = "none"):
    extract()
    load()


@flow(log_prints=True)
def bumpy():
    extract()
    load(mark("failed"))


@flow(log_prints=True)
def patient(day: str = "none"):
    wait(mark("go"))


@flow(log_prints=True)
def daily(day: str):
    load_day(day)


@flow(log_prints=True)
def picky(day: str):
    load_day(day)


@flow(log_prints=True)
def held():
    load()


@flow(log_prints=True)
def spare():
    load()


if __name__ == "__main__":
    serve(
        smooth.to_deployment("live", tags=["tier2"]),
        *[each.to_deployment("live") for each in (bumpy, patient, daily, picky, spare)],
        held.to_deployment("live", cron="30 2 1 1 *", paused=True),
        limit=6,
        pause_on_shutdown=False,
        print_starting_message=False,
    )
