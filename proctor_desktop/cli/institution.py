"""What an institution needs: the endpoint, and exam files."""

from __future__ import annotations

from pathlib import Path

import click

from proctor_desktop.cli.options import FILE, PASSPHRASE_FILE, write


@click.command()
@click.option("--data", type=FILE, required=True, help="Folder for database, keys and media.")
@click.option("--port", type=int, required=True, help="Port to listen on; 0 for a free one.")
@click.option("--host", default="127.0.0.1", help="Address to listen on [default: 127.0.0.1].")
@click.option("--institution-key", multiple=True, help="Accept only exams signed by this key.")
def endpoint(data: Path, port: int, host: str, institution_key: tuple[str, ...]) -> None:
    """Receive evidence: a small Django service."""
    from proctor_desktop.config.keys import public
    from proctor_desktop.endpoint.serve import serve

    serve(
        data,
        port,
        host=host,
        institution_keys=tuple(public(key) for key in institution_key),
        ready=lambda address: print(f"endpoint ready at {address}", flush=True),
    )


@click.group()
def exam() -> None:
    """Exam files: sign and look at them."""


@exam.command("sign")
@click.argument("draft", type=FILE)
@click.option("--key", type=FILE, required=True, help="The institution's private key.")
@PASSPHRASE_FILE
@click.option("-o", "--output", type=FILE, required=True, help="The exam file to write.")
def exam_sign(draft: Path, key: Path, passphrase_file: Path | None, output: Path) -> None:
    """Check a draft (JSON) and sign it."""
    from proctor_desktop.config import exam as exam_file
    from proctor_desktop.config import passphrase
    from proctor_desktop.config.keys import load_private

    private = load_private(key, passphrase.sources(passphrase_file))
    output_bytes = exam_file.sign_draft(draft, private, [key.parent, Path()])
    write(output, output_bytes.decode("ascii"))
    print(output)


@exam.command("show")
@click.argument("file", type=FILE)
def exam_show(file: Path) -> None:
    """Say what an exam file holds, who signed it, and to whom it seals."""
    from proctor_desktop.config import exam as exam_file
    from proctor_desktop.wire.fingerprint import fingerprint

    signed = exam_file.load(file)
    print(f"signed by {signed.signer}")
    for key in signed.exam.seal_to:
        print(f"sealed to {key} ({fingerprint(key)})")
    if not signed.exam.seal_to:
        print("sealed to nobody: stills, clips and video stay readable on the candidate's disk")
    print(exam_file.dump_draft(signed.exam))
