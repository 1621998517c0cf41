"""What has become of a session: as a file, its verdict, its report, its delivery."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from proctor_desktop.cli.options import DATA, FILE, Command, existing, write

if TYPE_CHECKING:
    from proctor_desktop.export.verify import Trust

INVALID_EXIT = 1


@click.command()
@DATA
@click.option("--session", default="", help="Which session [default: the newest].")
@click.option("-o", "--output", type=FILE, help="The file to write [default: beside it].")
def export(data: Path, session: str, output: Path | None) -> None:
    """Write a session's evidence into one file."""
    from datetime import UTC, datetime

    from proctor_desktop.export.package import write_package
    from proctor_desktop.journal.ledger import State
    from proctor_desktop.journal.reader import Reader
    from proctor_desktop.journal.session_folder import find

    folder = find(data, session)
    with Reader(folder.path) as reader:
        target = output or folder.path.with_suffix(".evidence")
        summary = write_package(reader, target, datetime.now(UTC))
        print(summary.path)
        collected = set(reader.blobs_in(State.COLLECTED)) & set(summary.missing)
        if collected:
            print(f"{len(collected)} files are not in it: delivered, and removed here since")


def _trust(command: Command) -> Command:
    command = click.option(
        "--server-key",
        multiple=True,
        help="Endpoint key (hex or file) that you trust; receipts by others are invalid.",
    )(command)
    return click.option(
        "--institution-key",
        multiple=True,
        help="Institution key (hex or file) that you trust; exams by others are invalid.",
    )(command)


def _trusted(institution_key: tuple[str, ...], server_key: tuple[str, ...]) -> Trust:
    from proctor_desktop.config.keys import public
    from proctor_desktop.export.verify import Trust

    return Trust(
        tuple(public(key) for key in institution_key), tuple(public(key) for key in server_key)
    )


@click.command()
@click.argument("file", type=FILE)
@_trust
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def verify(
    file: Path, institution_key: tuple[str, ...], server_key: tuple[str, ...], as_json: bool
) -> None:
    """Tell whether an evidence file is whole and genuine (exit 0, 2 with gaps, 1 if not)."""
    import json

    from proctor_desktop.export.verify import verify as check

    verdict = check(existing(file), _trusted(institution_key, server_key))
    if as_json:
        print(json.dumps(verdict.to_json(), indent=2, ensure_ascii=False))
    else:
        print("\n".join(verdict.lines()))
        if verdict.exit_code == INVALID_EXIT:
            print("Do not rely on this file. Get it again from the candidate or the endpoint.")
    sys.exit(verdict.exit_code)


@click.command()
@click.argument("file", type=FILE)
@_trust
@click.option("-o", "--output", type=FILE, help="HTML file [default: FILE with .html].")
@click.option("--csv", "csv_file", type=FILE, help="Write the violations as CSV, too.")
def report(
    file: Path,
    institution_key: tuple[str, ...],
    server_key: tuple[str, ...],
    output: Path | None,
    csv_file: Path | None,
) -> None:
    """Make a report that a person can read."""
    from proctor_desktop.export.report import report_from_package

    made = report_from_package(existing(file), _trusted(institution_key, server_key))
    target = output or file.with_suffix(".html")
    write(target, made.html())
    print(target)
    if csv_file is not None:
        write(csv_file, made.csv())
        print(csv_file)
    if made.verdict.exit_code == INVALID_EXIT:
        print("\n".join(made.verdict.lines()), file=sys.stderr)
        sys.exit(INVALID_EXIT)


@click.command()
@click.argument("file", type=FILE)
@_trust
def replay(file: Path, institution_key: tuple[str, ...], server_key: tuple[str, ...]) -> None:
    """Show that an evidence file's violations follow from its observations."""
    from proctor_desktop.export.replay import replay as play

    result = play(existing(file), _trusted(institution_key, server_key))
    print(
        f"{result.verdict.outcome.value}: {result.events} events, {len(result.recorded)} recorded"
    )
    for line in result.differences():
        print(line)
    if result.verdict.exit_code == INVALID_EXIT:
        print("\n".join(result.verdict.lines()))
        sys.exit(INVALID_EXIT)
    print("the same violations" if result.same else "NOT the same violations")
    sys.exit(0 if result.same else 1)


@click.command()
@click.argument("file", type=FILE, required=False)
@DATA
@click.option("--retry-refused", is_flag=True, help="Send files again that were refused.")
@click.option("--keep-trying", is_flag=True, help="Do not end before all of it is delivered.")
@click.option(
    "--endpoint-key",
    multiple=True,
    help="With FILE: the endpoint's key (hex or file) that you trust; deliver to no other.",
)
@click.option(
    "--institution-key",
    multiple=True,
    help="With FILE: institution key (hex or file) that you trust; deliver no other's exams.",
)
def upload(
    file: Path | None,
    data: Path,
    retry_refused: bool,
    keep_trying: bool,
    endpoint_key: tuple[str, ...],
    institution_key: tuple[str, ...],
) -> None:
    """Send what is still waiting to the endpoint; with FILE, a session from its evidence file."""
    from proctor_desktop.app import NOT_DELIVERED
    from proctor_desktop.monitor.late_delivery import send_all, until_delivered
    from proctor_desktop.monitor.package_delivery import send_package

    if file is None and (endpoint_key or institution_key):
        raise click.UsageError("--endpoint-key and --institution-key go with a FILE.")

    def send() -> int:
        if file is not None:
            return send_package(existing(file), _trusted(institution_key, endpoint_key), print)
        return send_all(data, print, retry_refused)

    waiting = until_delivered(send) if keep_trying else send()
    sys.exit(NOT_DELIVERED if waiting else 0)
