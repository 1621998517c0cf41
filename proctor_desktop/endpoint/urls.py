"""The app's addresses, for a site to include under ``api/proctor/``."""

from __future__ import annotations

from django.urls import path

from proctor_desktop.endpoint.api import views

_SESSION = "v1/sessions/<uuid:session>/"

app_name = "proctor_desktop"
urlpatterns = [
    path("v1/sessions/", views.Sessions.as_view(), name="sessions"),
    path("v1/sessions/late/", views.LateSessions.as_view(), name="late-sessions"),
    path(_SESSION, views.SessionDetail.as_view(), name="session"),
    path(f"{_SESSION}records/", views.Records.as_view(), name="records"),
    path(f"{_SESSION}blobs/<str:sha256>/", views.Blob.as_view(), name="blob"),
    path(f"{_SESSION}missing/", views.Missing.as_view(), name="missing"),
    path(f"{_SESSION}heartbeat/", views.Heartbeat.as_view(), name="heartbeat"),
    path(f"{_SESSION}verify-initial/", views.VerifyInitial.as_view(), name="verify-initial"),
    path(f"{_SESSION}end/", views.End.as_view(), name="end"),
    path("record-violation/", views.SimpleViolation.as_view(), name="simple-violation"),
]
