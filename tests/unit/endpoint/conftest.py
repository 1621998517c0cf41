"""Django once a run, on a database of its own; what a test writes is rolled back."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

_DATA = Path(tempfile.mkdtemp(prefix="proctor-endpoint-tests-"))
atexit.register(shutil.rmtree, _DATA, ignore_errors=True)

# Test modules import models, so this cannot wait for a fixture.
with pytest.MonkeyPatch.context() as _environment:
    _environment.setenv("PROCTOR_ENDPOINT_DATA", str(_DATA))
    _environment.setitem(
        os.environ, "DJANGO_SETTINGS_MODULE", "proctor_desktop.endpoint.project.settings"
    )
    django.setup()

from tests.unit.endpoint.sitting import Sitting  # noqa: E402


@pytest.fixture(scope="session")
def _database() -> Iterator[None]:
    call_command("migrate", interactive=False, verbosity=0)
    yield
    connection.close()


@pytest.fixture(autouse=True)
def data_folder(_database: None, tmp_path: Path) -> Iterator[Path]:
    """The endpoint's data folder of this test."""
    folder = tmp_path / "endpoint"
    folder.mkdir()
    cache.clear()
    site = {"PROCTOR_DESKTOP": {"DATA_FOLDER": folder}, "ALLOWED_HOSTS": ["testserver"]}
    with override_settings(**site), transaction.atomic():
        yield folder
        transaction.set_rollback(True)


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    """An enrolled candidate with an empty journal."""
    found = Sitting(tmp_path / "candidate")
    assert found.enrol().status_code == 201
    return found
