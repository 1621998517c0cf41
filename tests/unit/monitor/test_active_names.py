"""Which programs were active while a piece of video was recorded."""

from __future__ import annotations

from proctor_desktop.monitor.active_names import ActiveNames
from tests.playbook import moment


def test_a_span_names_each_program_that_was_active_in_it_once_and_in_order() -> None:
    programs = ActiveNames()
    for at_s, name in ((0, "exam"), (10, "editor"), (12, "exam"), (14, ""), (20, "browser")):
        programs.active(moment(at_s), name)
    assert programs.between(moment(1), moment(9)) == ("exam",)
    assert programs.between(moment(9), moment(13)) == ("exam", "editor")
    assert programs.between(moment(10), moment(11)) == ("editor",)
    assert programs.between(moment(15), moment(19)) == ()
    assert programs.between(moment(30), moment(40)) == ("browser",)


def test_what_was_active_before_anything_is_known_is_not_guessed() -> None:
    assert ActiveNames().between(moment(0), moment(9)) == ()


def test_the_past_is_forgotten_but_for_what_is_active_still() -> None:
    programs = ActiveNames()
    programs.active(moment(0), "editor")
    programs.active(moment(1), "exam")
    programs.active(moment(5000), "browser")
    assert programs.between(moment(0), moment(4999)) == ("exam",)
