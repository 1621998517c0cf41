"""The app as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class EndpointConfig(AppConfig):
    """Own label, own keys: it can live in any site."""

    name = "proctor_desktop.endpoint"
    label = "proctor_desktop_endpoint"
    verbose_name = "Proctor Desktop"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from proctor_desktop.endpoint import checks  # noqa: F401, PLC0415 - importing registers
