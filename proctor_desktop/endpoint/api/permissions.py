"""Who may do what."""

from __future__ import annotations

from django.http import Http404
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from proctor_desktop.endpoint.api.authentication import TokenHolder

VIEW_SESSION = "proctor_desktop_endpoint.view_session"


class OwnSession(BasePermission):
    """A token opens its own session; others do not exist for it.

    One that came with an export opens only the calls that name its method in ``late_methods``.
    People with the permission ``view_session`` may read any session and write none.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raises Http404 for another session's address."""
        user = request.user
        if isinstance(user, TokenHolder):
            if user.session != view.kwargs["session"]:
                raise Http404
            return not user.late or request.method in getattr(view, "late_methods", ())
        return request.method in SAFE_METHODS and user.has_perm(VIEW_SESSION)


class HoldsToken(BasePermission):
    """For calls that name their session in the body: the view compares it itself."""

    def has_permission(self, request: Request, _view: APIView) -> bool:
        """Whether a token was shown."""
        return isinstance(request.user, TokenHolder) and not request.user.late
