from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from proctor_desktop.core.chain import digest
from proctor_desktop.endpoint.api.permissions import VIEW_SESSION
from tests.unit.endpoint.sitting import JPEG, PREFIX, Sitting

READS = ["", "records/", "missing/"]
WRITES = ["records/", "heartbeat/", "verify-initial/", "end/"]


@pytest.fixture
def person() -> User:
    return User.objects.create_user("proctor")


def allowed(person: User) -> APIClient:
    app, codename = VIEW_SESSION.split(".")
    permission = Permission.objects.get(content_type__app_label=app, codename=codename)
    person.user_permissions.add(permission)
    client = APIClient()
    client.force_login(User.objects.get(pk=person.pk))
    return client


@pytest.mark.parametrize("path", READS)
def test_without_a_token_nothing_is_read(sitting: Sitting, path: str) -> None:
    for token in ("", "x" * 43, "é" * 5, " "):
        sitting.token = token
        assert sitting.get(path).status_code == 401


@pytest.mark.parametrize("path", WRITES)
def test_without_a_token_nothing_is_written(sitting: Sitting, path: str) -> None:
    sitting.token = ""
    assert sitting.post(path, {}).status_code == 401
    assert sitting.put(JPEG).status_code == 401


def test_other_sessions_do_not_exist_for_a_token(sitting: Sitting, tmp_path: Path) -> None:
    other = Sitting(tmp_path / "other")
    other.enrol()
    other.base, nowhere = sitting.base, f"{PREFIX}{uuid.uuid4()}/"
    answers = [other.get(path) for path in READS] + [other.post(path, {}) for path in WRITES]
    answers.append(other.put(JPEG))
    other.base = nowhere
    answers.append(other.get())
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_person_needs_the_permission(sitting: Sitting, person: User) -> None:
    client = APIClient()
    client.force_login(person)
    assert client.get(sitting.base).status_code == 403
    assert allowed(person).get(sitting.base).json()["session"] == sitting.journal.session


@pytest.mark.parametrize("path", WRITES)
def test_a_person_writes_nothing(sitting: Sitting, person: User, path: str) -> None:
    client = allowed(person)
    assert client.post(sitting.base + path, {}, format="json").status_code == 403
    blob = f"{sitting.base}blobs/{digest(JPEG)}/"
    assert client.put(blob, JPEG, content_type="image/jpeg").status_code == 403


@pytest.mark.parametrize("path", READS)
def test_a_session_that_is_not_there_is_not_found(person: User, path: str) -> None:
    assert allowed(person).get(f"{PREFIX}{uuid.uuid4()}/{path}").status_code == 404
