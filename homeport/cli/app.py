"""Commands, and the one place where an error becomes text and an exit code.

Exit codes: 0 done, 1 the input or the account says no, 2 the command line is wrong.
"""

import sys

import typer

from homeport.cli import doctor, leftovers, live, lock, orders, plan, schema, url, validate
from homeport.cli.output import print_errors
from homeport.errors import HomeportError

app = typer.Typer(
    name="homeport",
    help="Inference endpoints in your own cloud account.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("validate")(validate.validate)
app.command("plan")(plan.plan)
app.command("lock")(lock.lock)
app.command("schema")(schema.schema)
app.command("leftovers")(leftovers.leftovers)
app.command("doctor")(doctor.doctor)
app.command("status")(live.status)
app.command("events")(live.events)
app.command("logs")(live.logs)
app.command("url")(url.url)
app.command("wake")(orders.wake)
app.command("pause")(orders.pause)
app.command("resume")(orders.resume)
app.command("scale-to-zero")(orders.scale_to_zero)


def main() -> None:
    """Entry point of the installed command."""
    try:
        app()
    except HomeportError as error:
        print_errors(error)
        sys.exit(1)
