"""A version as a paper form, for when the system is down."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from carepaths.core.paper import Paper
from carepaths.core.paper import paper as lay_out
from carepaths.core.printing import Unprintable, to_pdf
from carepaths.views.notes import pdf_response
from scamps.models import Version

SIZES = {"a4": "a4", "letter": "us-letter"}


def paper(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the form as a page to print."""
    version = _find(request, key, number)
    return _page(request, version, _form(version))


def paper_pdf(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Answer with the form as PDF, A4 unless `?size=letter`."""
    version = _find(request, key, number)
    form = _form(version)
    size = request.GET.get("size", "a4")
    try:
        made = to_pdf("paper", asdict(form) | {"size": SIZES.get(size, "a4")})
    except Unprintable as lacking:
        return _page(request, version, form, lacking.characters)
    return pdf_response(made, f"{key}-{number}-paper.pdf")


def _find(request: HttpRequest, key: str, number: int) -> Version:
    visible = Version.objects.visible_to(request.user).with_content()
    return get_object_or_404(visible, scamp__key=key, number=number)


def _form(version: Version) -> Paper:
    return lay_out(version.plan, version.number, version.content_id)


def _page(
    request: HttpRequest, version: Version, form: Paper, lacking: str = ""
) -> HttpResponse:
    context = {"version": version, "form": form, "lacking": lacking}
    status = 422 if lacking else 200
    return render(request, "carepaths/paper.html", context, status=status)
