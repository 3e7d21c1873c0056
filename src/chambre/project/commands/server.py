"""``chambre serve``, ``worker``, ``tick``, ``jobs``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import jobs as work
from chambre.core import pulse, schedule
from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import NotFound
from chambre.core.hooks import deliver_pending
from chambre.core.models import Job
from chambre.core.statics import collect_if_stale
from chambre.core.worker import Runner, run_all
from chambre.project.serving import Supervisor, origin_for


def run_server(
    host: str, port: int, *, worker: bool = True, streams: int = 0, beside: Sequence[str] = ()
) -> None:
    """Serve until told to stop, and leave with the right status."""
    collect_if_stale()
    address = f"{origin_for(host, port)}/"

    def ready() -> None:
        click.echo(_("The Chamber is at %(address)s (stop it with Ctrl-C).") % {"address": address})

    supervisor = Supervisor(
        host, port, worker=worker, streams=streams, beside=beside, on_ready=ready
    )
    sys.exit(supervisor.run())


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--worker/--no-worker", default=True, help="Also do the background work.")
@click.option(
    "--streams",
    default=0,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Also serve WebSockets (events as they are recorded) on this port.",
)
def serve(host: str, port: int, worker: bool, streams: int) -> None:
    """Serve the Chamber, and do its background work."""
    run_server(host, port, worker=worker, streams=streams)


@click.command()
@click.option("--once", is_flag=True, help="Do what waits, then leave.")
@click.option("--parent", type=int, hidden=True, help="Stop when this process is gone.")
@json_option
def worker(once: bool, parent: int | None, as_json: bool) -> None:
    """Do the background work: jobs, events, regular work."""
    if once:
        tasks = run_all()
        events = deliver_pending()
        show(
            {"tasks": tasks, "events": events},
            as_json,
            _("Done: %(tasks)d tasks, %(events)d events.") % {"tasks": tasks, "events": events},
        )
        return
    runner = Runner(lambda: parent is not None and os.getppid() != parent)

    def stop(_signum: int, _frame: FrameType | None) -> None:
        runner.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    runner.run()


@click.command()
@click.option("--force", is_flag=True, help="Do all regular work now, due or not.")
@json_option
def tick(force: bool, as_json: bool) -> None:
    """Do the regular work that is due, for machines without a running worker (cron)."""
    done = schedule.tick(force=force)
    deliver_pending()
    lines = [f"{name}: {error or _('done')}" for name, error in done.items()]
    show({"done": done}, as_json, lines or _("Nothing is due."))


@click.group(invoke_without_command=True)
@click.pass_context
def jobs(ctx: click.Context) -> None:
    """List the work in the background; stop it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_jobs)


def _line(job: Job) -> str:
    """A job in one line."""
    when = timezone.localtime(job.created_at).strftime("%Y-%m-%d %H:%M")
    far = f" {job.done}/{job.total}" if job.total else ""
    return f"{job.pk}  {when}  {job.get_state_display()}{far}  {job.title} ({job.actor})"


@jobs.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@json_option
def list_jobs(limit: int = 20, as_json: bool = False) -> None:
    """The last jobs, the newest first."""
    rows = [pulse.look(job) for job in Job.objects.all()[:limit]]
    payload = [
        {
            "id": job.pk,
            "kind": job.kind,
            "title": job.title,
            "state": job.state,
            "done": job.done,
            "total": job.total,
            "message": job.message,
            "by": job.actor,
            "created_at": job.created_at,
            "ended_at": job.ended_at,
            "error": job.error,
        }
        for job in rows
    ]
    show({"jobs": payload}, as_json, [_line(job) for job in rows] or _("Nothing is being done."))


@jobs.command("cancel")
@click.argument("job", type=click.UUID)
@json_option
def cancel_job(job: str, as_json: bool) -> None:
    """Stop the JOB at its next step; what it had begun is undone."""
    row = Job.objects.filter(pk=job).first()
    if row is None:
        raise NotFound(_("There is no such job."))
    row = work.cancel_job(row, administrator())
    show({"id": row.pk, "state": row.state}, as_json, _("It stops at its next step."))
