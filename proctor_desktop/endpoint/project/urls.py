"""The standalone server's addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/proctor/", include("proctor_desktop.endpoint.urls")),
    path("admin/", admin.site.urls),
]
handler400 = "proctor_desktop.endpoint.api.problems.bad_request"
handler404 = "proctor_desktop.endpoint.api.problems.not_found"
handler500 = "proctor_desktop.endpoint.api.problems.server_error"
