from __future__ import annotations

from django.apps import apps
from django.core.management import call_command


def test_the_migrations_are_those_of_the_models() -> None:
    call_command("makemigrations", "proctor_desktop_endpoint", check=True, dry_run=True)


def test_every_field_says_what_it_is() -> None:
    config = apps.get_app_config("proctor_desktop_endpoint")
    silent = [
        f"{model.__name__}.{field.name}"
        for model in config.get_models()
        for field in model._meta.fields
        if not field.help_text and field.name != "id"
    ]
    assert silent == []
