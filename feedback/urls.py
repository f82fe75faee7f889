"""Addresses of the reports."""

from django.urls import path

from feedback import api
from feedback.views import cases, earlier, over_time, own, replays
from feedback.views import reports as views

app_name = "feedback"
_REPLAY = "plans/<slug:key>/<int:number>/replay/"
urlpatterns = [
    path("feedback/case/<int:pk>/", cases.case, name="case"),
    path("feedback/earlier/<int:pk>/", earlier.earlier, name="earlier"),
    path("feedback/own/", own.became, name="became"),
    path("feedback/own/news/", own.news, name="news"),
    path("feedback/own/figures/", own.figures, name="own_figures"),
    path(_REPLAY, replays.replay, name="replay"),
    path(f"{_REPLAY}start/", replays.start, name="start_replay"),
    path(f"{_REPLAY}state/", replays.state, name="replay_state"),
    path(f"{_REPLAY}cancel/", replays.cancel, name="cancel_replay"),
    path(f"{_REPLAY}patients/", replays.otherwise, name="replay_patients"),
    path("reports/", views.reports, name="reports"),
    path("reports/frozen/<int:pk>/", views.frozen, name="frozen"),
    path("reports/<slug:key>/<int:number>/", views.report, name="report"),
    path(
        "reports/<slug:key>/<int:number>/over-time/",
        over_time.over_time,
        name="over_time",
    ),
    path(
        "reports/limits/<int:pk>/take-back/",
        over_time.take_limits_back,
        name="take_limits_back",
    ),
    path("reports/<slug:key>/<int:number>/age/", views.age, name="age"),
    path("reports/<slug:key>/<int:number>/freeze/", views.freeze_report, name="freeze"),
    path(
        "reports/<slug:key>/<int:number>/report.csv",
        views.report_csv,
        name="report_csv",
    ),
]
api_urlpatterns = [
    path(
        "scamps/<slug:key>/versions/<int:number>/replays/",
        api.ReplayStart.as_view(),
        name="replays",
    ),
    path("replays/<int:pk>/", api.ReplayState.as_view(), name="replay"),
    path("replays/<int:pk>/cancel/", api.ReplayCancel.as_view(), name="cancel_replay"),
    path("replays/<int:pk>/result/", api.ReplayResult.as_view(), name="replay_result"),
    path(
        "replays/<int:pk>/otherwise/",
        api.ReplayOtherwise.as_view(),
        name="replay_otherwise",
    ),
    path("reports/<slug:key>/<int:number>/", api.ReportView.as_view(), name="report"),
]
