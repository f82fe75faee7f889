"""Addresses of plans: pages below `plans/`, the API below `api/v1/`."""

from django.urls import path

from scamps.api import adoption as adoption_api
from scamps.api import documents as documents_api
from scamps.api import plans as api
from scamps.views import (
    adoption,
    alerts,
    arrivals,
    beginning,
    case,
    cases,
    comments,
    committee,
    criteria,
    drafts,
    history,
    outline,
    outline_steps,
    plans,
    presence,
    proving,
    reviews,
)

app_name = "scamps"
_OUTLINE = "<slug:key>/<int:number>/outline/"
urlpatterns = [
    path("", plans.scamps, name="scamps"),
    path("<slug:key>/<int:number>/", plans.version, name="version"),
    path("<slug:key>/<int:number>/tree/", plans.tree, name="tree"),
    path("<slug:key>/<int:number>/since/<int:earlier>/", plans.changes, name="changes"),
    path("<slug:key>/committee/", committee.committee, name="committee"),
    path("<slug:key>/alerts/", alerts.alerts, name="alerts"),
    path("<slug:key>/alerts/rule/", alerts.rule, name="alert_rule"),
    path("<slug:key>/alerts/<int:pk>/", alerts.alert, name="alert"),
    path("begin/", drafts.begin, name="begin"),
    path("begin/empty/", beginning.begin_empty, name="begin_empty"),
    path("<slug:key>/<int:number>/revise/", drafts.revise, name="revise"),
    path("<slug:key>/<int:number>/edit/", drafts.edit, name="edit"),
    path(_OUTLINE, outline.outline, name="outline"),
    path(f"{_OUTLINE}undo/", outline_steps.undo, name="outline_undo"),
    path(f"{_OUTLINE}<slug:section>/", outline.add, name="add"),
    path(f"{_OUTLINE}<slug:section>/<slug:part>/", outline.part, name="part"),
    path(
        f"{_OUTLINE}<slug:section>/<slug:part>/<slug:verb>/",
        outline_steps.step,
        name="part_step",
    ),
    path("<slug:key>/<int:number>/criterion/", criteria.criterion, name="criterion"),
    path("<slug:key>/upstream/", adoption.upstream, name="upstream"),
    path("<slug:key>/<int:number>/plan.<str:form>", plans.document, name="document"),
    path("<slug:key>/<int:number>/adopt/", adoption.adopt_plan, name="adopt"),
    path("<slug:key>/<int:number>/criterion/rows/", criteria.rows, name="rows"),
    path("<slug:key>/<int:number>/presence/", presence.presence, name="presence"),
    path(
        "<slug:key>/<int:number>/arrivals/<int:pk>/", arrivals.arrival, name="arrival"
    ),
    path("<slug:key>/<int:number>/comments/", comments.comments, name="comments"),
    path("<slug:key>/<int:number>/comments/<int:pk>/", comments.thread, name="thread"),
    path("<slug:key>/<int:number>/history/", history.history, name="history"),
    path(
        "<slug:key>/<int:number>/history/<int:pk>/restore/",
        history.restoring,
        name="restore",
    ),
    path("<slug:key>/<int:number>/prove/", proving.prove, name="prove"),
    path("<slug:key>/<int:number>/review/", reviews.review, name="review"),
    path("<slug:key>/<int:number>/step/<slug:verb>/", reviews.step, name="step"),
    path("<slug:key>/<int:number>/cases/", cases.cases, name="cases"),
    path("<slug:key>/<int:number>/cases.yaml", cases.download, name="cases_yaml"),
    path("<slug:key>/<int:number>/cases/file/", cases.upload, name="cases_file"),
    path("<slug:key>/<int:number>/cases/new/", case.new, name="case_new"),
    path("<slug:key>/<int:number>/cases/proof/", cases.from_proof, name="case_proof"),
    path("<slug:key>/<int:number>/cases/<int:pk>/", case.case, name="case"),
    path("<slug:key>/<int:number>/cases/<int:pk>/edit/", case.edit, name="case_edit"),
    path(
        "<slug:key>/<int:number>/cases/<int:pk>/confirm/",
        case.confirm,
        name="case_confirm",
    ),
    path(
        "<slug:key>/<int:number>/cases/<int:pk>/remove/",
        case.remove,
        name="case_remove",
    ),
    path(
        "<slug:key>/<int:number>/cases/<int:pk>/restore/",
        case.restore,
        name="case_restore",
    ),
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
    path(
        "scamps/<slug:key>/adoption/",
        adoption_api.AdoptionDetail.as_view(),
        name="adoption",
    ),
    path("check/", documents_api.CheckDocument.as_view(), name="check"),
    path("compare/", documents_api.CompareDocuments.as_view(), name="compare"),
]
