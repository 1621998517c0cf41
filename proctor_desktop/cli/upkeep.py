"""Keeping the program itself in order, and showing what it does."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from proctor_desktop.cli.options import DATA, FILE
from proctor_desktop.config import paths


@click.group()
def weights() -> None:
    """The model files: get them, check them, list them."""


@weights.command("sync")
def weights_sync() -> None:
    """Get what is missing from its source and check what is there."""
    from proctor_desktop.weights.sync import sync

    sync(paths.weights_store(), print)


@weights.command("verify")
def weights_verify() -> None:
    """Check every model file against its hash (exit 1 if one is missing or wrong)."""
    from proctor_desktop.weights.installed import first_unacceptable
    from proctor_desktop.weights.sync import listing
    from proctor_desktop.weights.sync import verify as check

    print("\n".join(listing()))
    sys.exit(1 if first_unacceptable(check()) else 0)


@weights.command("list")
def weights_list() -> None:
    """Say which model files there are and what is lost without each."""
    from proctor_desktop.weights.sync import listing

    print("\n".join(listing()))


@click.command()
@DATA
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def doctor(data: Path, as_json: bool) -> None:
    """Say what works on this computer, what does not, and how to mend it."""
    import json

    from proctor_desktop import doctor as examination

    findings = examination.examine(data)
    if as_json:
        print(json.dumps(examination.to_json(findings), indent=2, ensure_ascii=False))
    else:
        print(examination.render(findings))
    sys.exit(examination.exit_code(findings))


@click.command()
def selftest() -> None:
    """Run every part of the program once, for real."""
    from proctor_desktop.selftest import run as run_selftest

    sys.exit(run_selftest(print))


@click.command()
@click.option("--camera", default=None, help="A real camera instead of the rendered candidate.")
@click.option("--microphone", default=None, help="A real microphone instead of the made sound.")
@click.option("--output", type=FILE, default=Path("demo-output"), help="Folder for what it makes.")
def demo(camera: str | None, microphone: str | None, output: Path) -> None:
    """Show the main job from camera to verified export, on a rendered candidate."""
    from proctor_desktop.demo.run import run as run_demo

    sys.exit(run_demo(output, camera, microphone, print))
