"""How often an address may knock."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from proctor_desktop.endpoint import conf


class EnrolThrottle(SimpleRateThrottle):
    """Enrolments from one address: each costs signature checks and nobody is known yet."""

    scope = "proctor_desktop_enrol"

    def get_rate(self) -> str:
        """From the app's own settings, not from the site's DRF settings."""
        return conf.current().enrol_rate

    def get_cache_key(self, request: Request, _view: APIView) -> str:
        """One count an address."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
