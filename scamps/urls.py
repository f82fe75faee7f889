"""Addresses of plans: pages below `plans/`, the API below `api/v1/`."""

from django.urls import path

from scamps import api, views

app_name = "scamps"
urlpatterns = [
    path("", views.scamps, name="scamps"),
    path("<slug:key>/<int:number>/", views.version, name="version"),
    path("<slug:key>/<int:number>/since/<int:earlier>/", views.changes, name="changes"),
]

_VERSION = "scamps/<slug:key>/versions/<int:number>/"
api_urlpatterns = [
    path("scamps/", api.ScampList.as_view(), name="scamps"),
    path("scamps/<slug:key>/", api.ScampDetail.as_view(), name="scamp"),
    path(_VERSION, api.VersionDetail.as_view(), name="version"),
    path(f"{_VERSION}plan.json", api.PlanDocument.as_view(), name="plan"),
    path(
        f"{_VERSION}since/<int:earlier>/", api.VersionChanges.as_view(), name="changes"
    ),
]
