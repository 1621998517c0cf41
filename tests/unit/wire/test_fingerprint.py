"""Keys as people compare them."""

from __future__ import annotations

from proctor_desktop.wire.dsse import keyid
from proctor_desktop.wire.fingerprint import fingerprint


def test_a_fingerprint_is_the_keys_short_name_in_groups_of_four() -> None:
    key = "ab" * 32
    assert fingerprint(key).replace(" ", "") == keyid(key)
    assert [len(group) for group in fingerprint(key).split()] == [4, 4, 4, 4]
