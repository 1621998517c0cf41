"""Keys of an institution: made, listed, and their public halves told."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from proctor_desktop.cli.options import FILE, PASSPHRASE_FILE

_PURPOSES = ("signing", "sealing")


@click.group()
def keys() -> None:
    """Keys of institutions: for signing exams, and for opening what was sealed."""


@keys.command("new")
@click.argument("file", type=FILE)
@click.option(
    "--for",
    "purpose",
    type=click.Choice(_PURPOSES),
    default="signing",
    help="What the key is for [default: signing].",
)
@click.option("--passphrase-file", type=FILE, help="Take the passphrase from this file.")
@click.option("--no-passphrase", is_flag=True, help="Leave the key unprotected.")
def new(file: Path, purpose: str, passphrase_file: Path | None, no_passphrase: bool) -> None:
    """Make a key pair: FILE (keep it secret) and its public half beside it as .pub."""
    from proctor_desktop.config import passphrase
    from proctor_desktop.config.keys import Purpose, create, refuse_existing
    from proctor_desktop.wire.fingerprint import fingerprint

    if no_passphrase and passphrase_file is not None:
        raise click.UsageError("--no-passphrase and --passphrase-file exclude each other.")
    refuse_existing(file)  # before anybody is asked for a passphrase in vain
    secret = None if no_passphrase else passphrase.new(passphrase_file)
    public = create(file, Purpose(purpose), secret)
    print(f"{public} {purpose}")
    _tell(f"a key for {purpose}, fingerprint {fingerprint(public)}: {file}")
    _tell(_kept(file, secret))


@keys.command("list")
@click.argument("folder", type=FILE, default=Path())
def listed(folder: Path) -> None:
    """List the private keys in FOLDER [default: this folder]."""
    from proctor_desktop.config.keys import found
    from proctor_desktop.wire.fingerprint import fingerprint

    there = found(folder)
    for one in there:
        purpose = one.purpose.value if one.purpose else "not known"
        name = fingerprint(one.public) if one.public else "not known: no .pub beside it"
        protection = "passphrase" if one.protected else "NO PASSPHRASE"
        file = one.path.name if one.path.name.isprintable() else ascii(one.path.name)
        print(f"{file:<24} {purpose:<9} {protection:<13} {name}")
    if not there:
        _tell(f"there is no private key in {folder}")


@keys.command("export")
@click.argument("file", type=FILE)
@PASSPHRASE_FILE
def export(file: Path, passphrase_file: Path | None) -> None:
    """Print the public half of a private key with what it is for, and its fingerprint."""
    from proctor_desktop.config import passphrase
    from proctor_desktop.config.keys import line, load, public_half, purpose_of
    from proctor_desktop.wire.fingerprint import fingerprint

    key = load(file, passphrase.sources(passphrase_file))
    print(line(key))
    print(f"fingerprint {fingerprint(public_half(key))}, for {purpose_of(key).value}")


def _kept(file: Path, secret: str | None) -> str:
    """What has become of the passphrase."""
    from proctor_desktop.config import os_keyring
    from proctor_desktop.config.keys import keyring_name

    if secret is None:
        return (
            "it has NO PASSPHRASE: whoever gets hold of the file can use it. Keep it on a disk "
            "that is encrypted, or make another one."
        )
    reason = os_keyring.store(keyring_name(file), secret)
    if reason:
        return f"its passphrase is kept nowhere ({reason}): without it the key is of no use"
    return "its passphrase is in this computer's keyring, too"


def _tell(text: str) -> None:
    print(text, file=sys.stderr)
