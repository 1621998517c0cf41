"""The program's commands: each parses its words, then calls one function.

Every command imports its parts only when it runs, so that ``--help`` answers at once. A failure
that a person can put right is printed as what, why and remedy; anything else is a bug: it is shown
whole, with an exit code of its own.
"""

from __future__ import annotations

import os
import sys

import click

from proctor_desktop import __version__
from proctor_desktop.cli import evidence, institution, keys, sitting, upkeep
from proctor_desktop.core.errors import EnvironmentProblem

ENVIRONMENT_EXIT = 3
BUG_EXIT = 70
INTERRUPTED_EXIT = 130

_ONE_THREAD = "OPENBLAS_NUM_THREADS"
"""Read by numpy as it is loaded: its matrices are small here, and a thread for each core would only
hold memory and heat the laptop."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def program() -> None:
    """Proctor Desktop: watch an exam, keep the evidence, prove it."""


for _command in (
    *(sitting.monitor, sitting.run),
    *(evidence.export, evidence.verify, evidence.report, evidence.replay, evidence.upload),
    *(institution.endpoint, keys.keys, institution.exam),
    *(upkeep.weights, upkeep.doctor, upkeep.selftest, upkeep.demo),
):
    program.add_command(_command)


def main() -> None:
    """Run the command line; an environment problem becomes a message and exit code 3.

    A bug is shown whole, the way Python shows one, with exit code 70.
    """
    os.environ.setdefault(_ONE_THREAD, "1")
    try:
        program.main(prog_name="proctor-desktop", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(INTERRUPTED_EXIT)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except EnvironmentProblem as problem:
        print(f"{problem.what}: {problem.why}.\n  {problem.remedy}", file=sys.stderr)
        sys.exit(ENVIRONMENT_EXIT)
    except Exception:
        sys.excepthook(*sys.exc_info())
        sys.exit(BUG_EXIT)
