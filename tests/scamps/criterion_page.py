"""A page with two criteria and a score in one form, as any page may include them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import RequestContext, Template
from django.urls import path

from config.urls import urlpatterns as of_product
from scamps.models import Version

WHERE = "nodes.risk.branches[0].when"
PAGE = """{% extends "base.html" %}{% block title %}Two criteria{% endblock %}
{% block content %}<h1>Two criteria</h1><form method="post" class="card"><div class="card-body">
{% csrf_token %}<input name="other" aria-label="Other" value="{{ sent.other }}">
{% for name, value in texts %}{% include "scamps/_criterion.html" with label=name where=where required=True %}{% endfor %}
{% include "scamps/_criterion.html" with name="score" label="Score" value=score wanted="score" where="scores.pas.expression" %}
<button class="btn btn-primary" name="then" value="save">Save</button></div></form>{% endblock %}"""


def page(request: HttpRequest) -> HttpResponse:
    """Show what the address or the form says; on "save", say what was sent."""
    sent = request.POST or request.GET
    if sent.get("then") == "save":
        return JsonResponse(dict(sent.lists()))
    context = {
        "sent": sent,
        "texts": [(name, sent.get(name, "")) for name in ("one", "two")],
        "score": sent.get("score", ""),
        "where": WHERE,
        "version": Version.objects.with_content().get(number=2),
    }
    return HttpResponse(Template(PAGE).render(RequestContext(request, context)))


urlpatterns = [path("two-criteria/", page), *of_product]
