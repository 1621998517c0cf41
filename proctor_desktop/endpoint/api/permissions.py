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

    People with the permission ``view_session`` may read any session and write none.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raises Http404 for another session's address."""
        user = request.user
        if isinstance(user, TokenHolder):
            if user.session != view.kwargs["session"]:
                raise Http404
            return True
        return request.method in SAFE_METHODS and user.has_perm(VIEW_SESSION)


class HoldsToken(BasePermission):
    """For calls that name their session in the body: the view compares it itself."""

    def has_permission(self, request: Request, _view: APIView) -> bool:
        """Whether a token was shown."""
        return isinstance(request.user, TokenHolder)
