"""Addresses of the clinician's pages."""

from django.urls import path

from carepaths.views import (
    autosave,
    basis,
    decisions,
    encounters,
    enrolments,
    identities,
    episodes,
    notes,
    outcomes,
    papers,
    patients,
    signing,
    worklist,
)

app_name = "carepaths"
urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("patients/", patients.patients, name="patients"),
    path("patients/new/", identities.register, name="register"),
    path("patients/similar/", identities.similar, name="similar"),
    path("patients/<int:pk>/", patients.patient, name="patient"),
    path("patients/<int:pk>/correct/", identities.correct, name="correct"),
    path("patients/<int:pk>/enrol/", enrolments.enrol, name="enrol"),
    path("enrolments/<int:pk>/", episodes.chart, name="chart"),
    path("enrolments/<int:pk>/decline/", enrolments.decline, name="decline"),
    path("enrolments/<int:pk>/leave/", enrolments.leave, name="leave"),
    path("enrolments/<int:pk>/undo/", enrolments.undo, name="undo"),
    path("enrolments/<int:pk>/open/", encounters.open_, name="open"),
    path("enrolments/<int:pk>/outcomes/", outcomes.outcomes, name="outcomes"),
    path("encounters/<int:pk>/", encounters.encounter, name="encounter"),
    path("encounters/<int:pk>/advice/", encounters.advice, name="advice"),
    path("encounters/<int:pk>/basis/", basis.basis, name="basis"),
    path("encounters/<int:pk>/autosave/", autosave.autosave, name="autosave"),
    path("encounters/<int:pk>/state/", autosave.state, name="state"),
    path("encounters/<int:pk>/sign/", signing.sign, name="sign"),
    path("encounters/<int:pk>/amend/", signing.amend, name="amend"),
    path("encounters/<int:pk>/note/", notes.note, name="note"),
    path("encounters/<int:pk>/note.txt", notes.note_text, name="note_text"),
    path("encounters/<int:pk>/note.pdf", notes.note_pdf, name="note_pdf"),
    path("encounters/<int:pk>/void/", signing.void, name="void"),
    path("plans/<slug:key>/<int:number>/paper/", papers.paper, name="paper"),
    path("plans/<slug:key>/<int:number>/paper.pdf", papers.paper_pdf, name="paper_pdf"),
    path("opportunities/<int:pk>/decide/", decisions.decide, name="decide"),
]
