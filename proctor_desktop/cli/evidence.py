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
@click.option(
    "--only",
    default="",
    help="An excerpt: the files of these violations (3,7), or with these hashes. All records stay.",
)
def export(data: Path, session: str, output: Path | None, only: str) -> None:
    """Write a session's evidence into one file."""
    from datetime import UTC, datetime

    from proctor_desktop.export.excerpt import chosen
    from proctor_desktop.export.package import write_package
    from proctor_desktop.journal.reader import Reader
    from proctor_desktop.journal.session_folder import find

    folder = find(data, session)
    with Reader(folder.path) as reader:
        wanted = [one.strip() for one in only.split(",") if one.strip()]
        blobs = chosen(reader.records(), wanted) if wanted else None
        target = output or folder.path.with_suffix(".excerpt.evidence" if wanted else ".evidence")
        made = write_package(reader, target, datetime.now(UTC), blobs)
        print(made.path)
        if wanted:
            print(f"an excerpt: {made.blobs} files, {len(made.withheld)} withheld")


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
@DATA
def upload(data: Path) -> None:
    """Send what is still waiting to the endpoint."""
    from proctor_desktop.app import NOT_DELIVERED
    from proctor_desktop.monitor.late_delivery import send_all

    waiting = send_all(data, print)
    sys.exit(NOT_DELIVERED if waiting else 0)
