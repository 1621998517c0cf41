"""The Django app that receives evidence, and a ready project around it.

In a site of your own: ``INSTALLED_APPS += ["proctor_desktop.endpoint"]``, a ``PROCTOR_DESKTOP``
setting with at least ``DATA_FOLDER`` (see ``conf``), and
``path("api/proctor/", include("proctor_desktop.endpoint.urls"))``.
"""
