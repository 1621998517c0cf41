"""What has become of a session: as a file, its verdict, its report, its delivery."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from proctor_desktop.cli.options import (
    DATA,
    FILE,
    PASSPHRASE_FILE,
    SEALING_KEYS,
    Command,
    existing,
    write,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

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
    from proctor_desktop.journal.ledger import State
    from proctor_desktop.journal.mend import mend_unless_in_use
    from proctor_desktop.journal.session_folder import find
    from proctor_desktop.journal.whole import open_whole

    folder = find(data, session)
    mend_unless_in_use(data, folder.path)
    with open_whole(data, folder) as reader:
        wanted = [one.strip() for one in only.split(",") if one.strip()]
        blobs = chosen(reader.records(), wanted) if wanted else None
        target = output or folder.path.with_suffix(".excerpt.evidence" if wanted else ".evidence")
        made = write_package(reader, target, datetime.now(UTC), blobs)
        print(made.path)
        if wanted:
            print(f"an excerpt: {made.blobs} files, {len(made.withheld)} withheld")
        collected = set(reader.blobs_in(State.COLLECTED)) & set(made.missing)
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


def _loaded(keys: tuple[Path, ...], passphrase_file: Path | None) -> list[X25519PrivateKey]:
    from proctor_desktop.config import passphrase
    from proctor_desktop.config.keys import load_sealing

    return [load_sealing(key, passphrase.sources(passphrase_file)) for key in keys]


@click.command()
@click.argument("file", type=FILE)
@_trust
@SEALING_KEYS
@PASSPHRASE_FILE
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def verify(
    file: Path,
    institution_key: tuple[str, ...],
    server_key: tuple[str, ...],
    keys: tuple[Path, ...],
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Tell whether an evidence file is whole and genuine (exit 0, 2 with gaps, 1 if not).

    It is no, too, if a file in it is not sealed to the keys that the exam names. With --key every
    sealed file is opened and compared with its record.
    """
    import json

    from proctor_desktop.export.opening import verify_opened

    trust, private = _trusted(institution_key, server_key), _loaded(keys, passphrase_file)
    verdict, opening = verify_opened(existing(file), trust, private)
    exit_code = opening.exit_code(verdict)
    if as_json:
        body = verdict.to_json() | {"opening": opening.to_json(), "exit_code": exit_code}
        print(json.dumps(body, indent=2, ensure_ascii=False))
    else:
        print("\n".join((*verdict.lines(), *opening.lines())))
        if verdict.exit_code == INVALID_EXIT:
            print("Do not rely on this file. Get it again from the candidate or the endpoint.")
        elif opening.problems:
            print("Do not rely on the files that a problem names: the program makes none such.")
    sys.exit(exit_code)


@click.command()
@click.argument("file", type=FILE)
@_trust
@SEALING_KEYS
@PASSPHRASE_FILE
@click.option("-o", "--output", type=FILE, help="HTML file [default: FILE with .html].")
@click.option("--csv", "csv_file", type=FILE, help="Write the violations as CSV, too.")
def report(
    file: Path,
    institution_key: tuple[str, ...],
    server_key: tuple[str, ...],
    keys: tuple[Path, ...],
    passphrase_file: Path | None,
    output: Path | None,
    csv_file: Path | None,
) -> None:
    """Make a report that a person can read; with --key, sealed pictures are in it."""
    from proctor_desktop.export.report import report_from_package

    trust, private = _trusted(institution_key, server_key), _loaded(keys, passphrase_file)
    made = report_from_package(existing(file), trust, private)
    target = output or file.with_suffix(".html")
    write(target, made.html())
    print(target)
    if csv_file is not None:
        write(csv_file, made.csv())
        print(csv_file)
    for text in made.media.problems:
        print(f"problem: {text}", file=sys.stderr)
    if made.verdict.exit_code == INVALID_EXIT:
        print("\n".join(made.verdict.lines()), file=sys.stderr)
    if made.media.problems or made.verdict.exit_code == INVALID_EXIT:
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
    from proctor_desktop.monitor.farewell import NOT_DELIVERED
    from proctor_desktop.monitor.late_delivery import send_all, until_delivered
    from proctor_desktop.monitor.package_delivery import send_package
    from proctor_desktop.monitor.remaining import Remaining

    if file is None and (endpoint_key or institution_key):
        raise click.UsageError("--endpoint-key and --institution-key go with a FILE.")

    def send() -> Remaining:
        if file is not None:
            return send_package(existing(file), _trusted(institution_key, endpoint_key), print)
        return send_all(data, print, retry_refused)

    left = until_delivered(send) if keep_trying else send()
    sys.exit(NOT_DELIVERED if left else 0)
