"""The standalone server for any WSGI server; its settings come from the environment."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proctor_desktop.endpoint.project.settings")
application = get_wsgi_application()
