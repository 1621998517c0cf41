"""Settings of the standalone server, from the environment.

Importing this touches no file but the secret key's, and that only to read it: ``serve.prepare``
makes what is missing. Names that ``serve`` sets itself are marked with (serve).

``PROCTOR_ENDPOINT_DATA``               the data folder (serve)
``PROCTOR_ENDPOINT_INSTITUTION_KEYS``   public keys in hex, separated by commas (serve)
``PROCTOR_ENDPOINT_ALLOWED_HOSTS``      host names that the server answers to, beside loopback
``PROCTOR_ENDPOINT_TLS_PROXY``          1 behind a proxy that ends TLS and sets X-Forwarded-Proto
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from proctor_desktop.config.paths import default_data_folder


def _listed(name: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


DATA = Path(os.environ.get("PROCTOR_ENDPOINT_DATA") or default_data_folder().with_name("endpoint"))
SECRET_KEY_FILE = DATA / "secret.key"
SECRET_KEY = (
    SECRET_KEY_FILE.read_text().strip() if SECRET_KEY_FILE.is_file() else secrets.token_urlsafe(50)
)
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_listed("PROCTOR_ENDPOINT_ALLOWED_HOSTS")]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "proctor_desktop.endpoint",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "proctor_desktop.endpoint.project.urls"
WSGI_APPLICATION = "proctor_desktop.endpoint.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# A commit is on disk when it returns (FULL). Request threads never checkpoint the log themselves:
# ``sqlite_checkpoint`` says why.
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(DATA / "endpoint.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL;"
                "PRAGMA synchronous=FULL;"
                "PRAGMA fullfsync=ON;"
                "PRAGMA wal_autocheckpoint=0"
            ),
        },
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator")
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "static/"

SESSION_COOKIE_HTTPONLY = True
if os.environ.get("PROCTOR_ENDPOINT_TLS_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

PROCTOR_DESKTOP = {
    "DATA_FOLDER": DATA,
    "INSTITUTION_KEYS": _listed("PROCTOR_ENDPOINT_INSTITUTION_KEYS"),
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # One line a refused request is the access log's matter; what is suspicious is logged by
        # "proctor_desktop.endpoint.security".
        "django.request": {"level": "ERROR"},
        "waitress.queue": {"level": "ERROR"},  # a short queue is no trouble
    },
}
