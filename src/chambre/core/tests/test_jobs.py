"""Long work can be left and come back to, stopped, and survives a killed worker."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_tasks_db.models import DBTaskResult

from chambre.core import confiding, jobs, pulse, worker
from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.core.liveness import Alive, is_alive
from chambre.core.models import AuditEntry, Job

BY = Actor.system("test")
QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
gate = threading.Event()
begun = threading.Event()


@jobs.job("test.count", title=gettext_lazy("Counting"))
def count(run, *, to):
    report = jobs.Report(summary=f"{to} counted", facts={"counted": to}, url="/there/")
    for number in range(1, to + 1):
        run.progress(number, to, "counting")
        if number == 3:
            report.refuse("three", why="odd", line=3)
        else:
            report.did(str(number), line=number)
    run.note("over")
    return report


@jobs.job("test.refuse", title="Refusing")
def refuse(run):
    with transaction.atomic():
        audit(run.by, "test.half-done")
        raise Invalid("No such account.", lines=["line 3: 999999"])


@jobs.job("test.fail", title="Failing")
def fail(run):
    raise ZeroDivisionError("secret figure 12")


@jobs.job("test.long", title="Long")
def long(run):
    with transaction.atomic():
        audit(run.by, "test.half-done")
        begun.set()
        for number in range(600):
            jobs.progress(number, 600)
            time.sleep(0.02)


@jobs.job("test.resumable", title="Resumable", resumable=True)
def resumable(run):
    begun.set()
    gate.wait(10)
    jobs.progress(1, 1)
    audit(run.by, "test.done-at-last")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    gate.clear()
    begun.clear()
    monkeypatch.setattr(jobs, "INTERVAL", 0)


@pytest.fixture
def queue(settings):
    settings.TASKS = QUEUE


@pytest.mark.django_db
def test_a_job_ends_with_a_report_line_by_line():
    job = jobs.start_job("test.count", BY, to=4)

    assert (job.state, job.title, job.actor) == ("done", "Counting", "test")
    assert (job.done, job.total, job.message) == (4, 4, "counting")
    assert job.report == {
        "summary": "4 counted",
        "facts": {"counted": 4},
        "url": "/there/",
        "done": [{"line": n, "what": str(n)} for n in (1, 2, 4)],
        "refused": [{"line": 3, "what": "three", "why": "odd"}],
        "done_count": 3,
        "refused_count": 1,
    }
    assert [line.text for line in job.lines.all()] == ["over"]
    assert AuditEntry.objects.get(action="core.job.started").data == {"kind": "test.count"}


@pytest.mark.django_db
def test_a_refusal_leaves_nothing_half_done_and_says_why():
    job = jobs.start_job("test.refuse", BY)

    assert (job.state, job.error, job.error_code) == ("refused", "No such account.", "invalid")
    assert job.report["refused"] == [{"line": None, "what": "line 3: 999999", "why": ""}]
    assert not AuditEntry.objects.filter(action="test.half-done").exists()


@pytest.mark.django_db
def test_a_fault_is_told_without_its_details():
    job = jobs.start_job("test.fail", BY)

    assert (job.state, job.error_code) == ("failed", "fault")
    assert "secret" not in job.error


@pytest.mark.django_db
def test_an_unknown_job_is_refused_at_once():
    with pytest.raises(LookupError):
        jobs.start_job("test.nothing", BY)

    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_report_keeps_a_thousand_lines_and_counts_the_rest():
    report = jobs.Report()
    for number in range(1500):
        report.did("x", line=number)

    assert (len(report.done), report.done_count) == (1000, 1500)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_rolled_back_is_never_run(queue):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.start_job("test.count", BY, to=1)
        raise ZeroDivisionError

    assert worker.run_all() == 0
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_what_waits_once(queue):
    job = jobs.start_job("test.count", BY, to=2)
    assert job.state == "waiting"

    assert worker.run_all("w") == 1
    assert worker.run_all("w") == 0
    job.refresh_from_db()
    assert (job.state, job.worker, job.attempts) == ("done", "w", 1)


@pytest.mark.django_db(transaction=True)
def test_a_waiting_job_is_cancelled_and_never_runs(queue, make_user):
    me = Actor.of(make_user())
    job = jobs.start_job("test.count", me, to=2)

    jobs.cancel_job(job, me)
    worker.run_all("w")

    job.refresh_from_db()
    assert (job.state, job.report) == ("cancelled", None)
    with pytest.raises(Conflict):
        done = jobs.start_job("test.count", me, to=1)
        worker.run_all("w")
        jobs.cancel_job(done, me)


@pytest.mark.django_db(transaction=True)
def test_nobody_stops_or_sees_somebody_elses_work(queue, make_user, client):
    job = jobs.start_job("test.count", Actor.of(make_user("ada@exemple.test")), to=2)
    other = make_user("zoe@exemple.test")

    with pytest.raises(Forbidden):
        jobs.cancel_job(job, Actor.of(other))
    client.force_login(other)
    assert client.get(job.get_absolute_url()).status_code == 404
    assert client.post(reverse("core:job_cancel", args=[job.pk])).status_code == 403
    job.refresh_from_db()
    assert job.state == "waiting"


def _in_background(function):
    def run():
        try:
            function()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_and_stop_is_heard_while_the_transaction_is_open(queue):
    job = jobs.start_job("test.long", BY)
    thread = _in_background(lambda: worker.run_all("w"))
    assert begun.wait(10)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if pulse.look(job).done > 2:
            break
        time.sleep(0.02)
    assert (job.state, job.total) == ("running", 600)
    assert job.done > 2

    jobs.cancel_job(job, BY)
    thread.join(20)

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not AuditEntry.objects.filter(action="test.half-done").exists()
    assert AuditEntry.objects.filter(action="core.job.cancelled").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_stopping_worker_leaves_a_resumable_job_for_the_next(queue):
    job = jobs.start_job("test.resumable", BY)
    gate.set()

    assert worker.run_one("old", stopping=lambda: True)
    job.refresh_from_db()
    assert (job.state, job.ended_at) == ("waiting", None)

    assert worker.run_all("new") == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.worker) == ("done", 2, "new")
    assert AuditEntry.objects.filter(action="test.done-at-last").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_stopping_worker_undoes_what_cannot_be_resumed(queue):
    job = jobs.start_job("test.long", BY)

    worker.run_one("old", stopping=lambda: True)

    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "interrupted")
    assert not AuditEntry.objects.filter(action="test.half-done").exists()


def _left_by_a_dead_worker(kind, **params):
    job = jobs.start_job(kind, BY, **params)
    row = worker.claim("dead")
    jobs._begin(str(job.pk), "dead")
    return job, row


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_job_is_run_again_when_that_is_harmless(queue):
    job, _row = _left_by_a_dead_worker("test.resumable")
    gate.set()

    assert worker.recover() == 1
    job.refresh_from_db()
    assert job.state == "waiting"
    worker.run_all("new")
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_other_jobs_end_as_failed_and_say_so(queue):
    job, row = _left_by_a_dead_worker("test.count", to=2)

    assert worker.recover() == 1
    job.refresh_from_db()
    row.refresh_from_db()
    assert (job.state, job.error_code, row.status) == ("failed", "interrupted", "FAILED")
    assert job.ended_at is not None
    assert worker.recover() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_that_kills_its_workers_is_given_up(queue):
    job = jobs.start_job("test.resumable", BY)
    for number in range(jobs.MAX_ATTEMPTS):
        assert worker.claim(f"dead {number}") is not None
        jobs._begin(str(job.pk), f"dead {number}")
        assert worker.recover() == 1

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 3)
    assert worker.claim("next") is None


@pytest.mark.django_db(transaction=True)
def test_a_living_workers_job_is_left_alone(queue):
    alive = Alive("slow")
    alive.start()
    try:
        job = jobs.start_job("test.count", BY, to=2)
        worker.claim("slow")
        jobs._begin(str(job.pk), "slow")

        assert is_alive("slow")
        assert worker.recover() == 0
        with pytest.raises(RuntimeError, match="alive already"):
            Alive("slow").start()
    finally:
        alive.stop()
    assert not is_alive("slow")
    assert worker.recover() == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_run_each_task_once(queue):
    for _number in range(12):
        jobs.start_job("test.count", BY, to=1)
    barrier = threading.Barrier(3)
    counts = []

    def work(name):
        barrier.wait()
        counts.append(worker.run_all(name))

    threads = [_in_background(lambda n=n: work(f"w{n}")) for n in range(3)]
    for thread in threads:
        thread.join()

    assert sum(counts) == 12
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}


@pytest.mark.django_db(transaction=True)
def test_a_worker_in_a_thread_works_and_signs_off(queue):
    runner = worker.Runner()
    thread = _in_background(runner.run)
    job = jobs.start_job("test.count", BY, to=2)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and job.state != "done":
        time.sleep(0.05)
        job.refresh_from_db()
    assert is_alive(runner.name)
    runner.stop()
    thread.join(20)

    assert job.state == "done"
    assert not is_alive(runner.name)


@pytest.mark.django_db
def test_the_page_of_a_job_shows_its_report(client, make_user):
    user = make_user()
    job = jobs.start_job("test.count", Actor.of(user), to=4)
    client.force_login(user)

    page = client.get(job.get_absolute_url()).content.decode()

    assert "4 counted" in page
    assert "three" in page
    assert "odd" in page
    assert "hx-get" not in page
    assert 'href="/there/"' in page
    assert job.title in client.get(reverse("core:jobs")).content.decode()


@pytest.mark.django_db
def test_a_running_job_refreshes_itself_with_and_without_scripts(client, make_user):
    user = make_user()
    job = Job.objects.create(
        kind="test.count",
        title="Counting",
        user=user,
        actor="ada",
        state="waiting",
        total=4000,
        done=1000,
    )
    client.force_login(user)

    page = client.get(job.get_absolute_url()).content.decode()
    part = client.get(job.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()

    assert '<noscript><metahttp-equiv="refresh"content="3"></noscript>' in "".join(page.split())
    assert 'max="4000" value="1000"' in part
    assert "(25 %)" in part
    assert "<html" not in part
    assert 'hx-trigger="every 1s"' in part


@pytest.mark.django_db
def test_progress_outside_a_job_does_nothing():
    jobs.progress(1, 2, "nobody listens")


@jobs.job("test.confided", title="Confided")
def confided(run):
    jobs.progress(1, 1)
    return jobs.Report(summary=run.confided["word"][::-1])


def test_what_is_confided_is_gone_when_the_job_begins(db, queue):
    row = jobs.start_job("test.confided", BY, confided={"word": "olleh"})

    assert row.sealed
    assert "olleh" not in row.sealed
    jobs.execute(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.sealed, row.report["summary"]) == ("done", "", "hello")
    assert "olleh" not in repr(list(Job.objects.values()))


def test_a_secret_that_no_worker_takes_is_forgotten(db, queue):
    early = jobs.start_job("test.confided", BY, confided={"word": "olleh"})
    late = jobs.start_job("test.confided", BY, confided={"word": "olleh"})
    stopped = jobs.start_job("test.confided", BY, confided={"word": "olleh"})
    Job.objects.filter(pk=late.pk).update(
        created_at=timezone.now() - confiding.KEPT - dt.timedelta(seconds=1)
    )

    assert confiding.forget_unclaimed() == 1
    jobs.cancel_job(stopped, BY)

    jobs.execute(str(late.pk))
    states = {row.pk: (row.state, bool(row.sealed)) for row in Job.objects.all()}
    assert states == {
        early.pk: ("waiting", True), late.pk: ("cancelled", False),
        stopped.pk: ("cancelled", False),
    }  # fmt: skip


def test_nothing_is_confided_to_what_runs_twice(db, queue):
    with pytest.raises(TypeError):
        jobs.start_job("test.resumable", BY, confided={"word": "olleh"})
