"""The note of a visit: everything on it, safe to copy, as text and as PDF."""

from __future__ import annotations

from datetime import date

import pypdfium2
import pytest

from accounts.models import AccessEvent
from carepaths.actions.decisions import record_performance
from carepaths.actions.encounters import save_draft
from carepaths.actions.signing import amend, sign
from carepaths.actions.voids import void_encounter
from carepaths.core.note import as_text
from carepaths.views.noting import note_of
from tests.carepaths.factories import (
    DAY,
    NOON,
    OPERATE,
    UserFactory,
    answers,
    episode,
    opened,
    saved,
    signed,
)
from tests.carepaths.test_views import body, client, clinician, draft, fever, site, url
from tests.factories import library_version

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures

HIGH = {
    "pain_migration": True,
    "nausea": True,
    "anorexia": False,
    "rlq_tenderness": True,
    "cough_pain": True,
    "peritonitis": "local",
    "neutrophilia": False,
    "temperature": "43.0",
    "wbc": "9.1",
}


def pages(response) -> list[str]:
    """The words of each page of a PDF."""
    document = pypdfium2.PdfDocument(response.content)
    return [page.get_textpage().get_text_bounded() for page in document]


def pdf(client, encounter):
    return client.get(url("note_pdf", encounter.pk))


@pytest.fixture
def appendicitis(site, clinician):
    """A signed first assessment with a high score, a slip and a deviation."""
    enrolment = episode(
        scamp=library_version().scamp,
        site=site,
        by=clinician,
        identity__name="Sample, Alex",
        identity__sex="female",
    )
    deviated = {"choice": "deviated", "kind": "omitted", "reason": "other-diagnosis"}
    encounter = opened(
        enrolment, by=clinician, origin="retrospective", at=NOON + 3 * DAY
    )
    values = answers(**HIGH) | {"crp": {"value": None, "missing": "refused"}}
    values["temperature"]["flags"] = ["implausible"]
    save_draft(
        encounter=encounter,
        answers=values,
        intentions={"operate-high/operate": deviated},
        edit=0,
        by=clinician,
        at=NOON + 3 * DAY,
    )
    return sign(encounter=encounter, edit=1, by=clinician, at=NOON + 3 * DAY)


def test_the_note_holds_what_a_record_needs(appendicitis, clinician):
    record_performance(
        encounter=appendicitis,
        resource="ultrasound",
        status="done",
        done_at=NOON,
        place="Ward 3",
        known_how="Seen",
        by=clinician,
        at=NOON,
    )

    text = as_text(note_of(appendicitis))

    version = appendicitis.version
    for said in (
        "FIRST ASSESSMENT: SUSPECTED APPENDICITIS IN CHILDREN\nSample, Alex",
        "Visit: 10 Mar 2026, 12:00",
        f"Entered: 13 Mar 2026, 12:00 by {clinician} (entered 3 days after the visit)",
        f"version 1, SHA-256 {version.content_id[:12]}",
        "A demonstration plan: its advice is not for care.",
        "Pain on coughing: Yes",
        "Body temperature: 43.0 °C (Unusual (usually 34 to 42 °C)",
        "C-reactive protein: Refused or unable",
        "Body weight: Not asked",
        "Pediatric Appendicitis Score: 7 of 10\n  Pain has moved",
        "Surgical review for appendectomy: Discordant",
        "Pediatric Appendicitis Score 7 (≤ 6): no",
        "Ultrasound of the abdomen: Done (10 Mar 2026, 12:00, Ward 3, not advised, Seen)",
        f"Signed: {clinician}, 13 Mar 2026, 12:00",
    ):
        assert said in text
    assert "DRAFT" not in text


def test_the_note_names_the_tables_of_its_z_scores(site, clinician):
    enrolment = episode(
        scamp=library_version().scamp,
        site=site,
        by=clinician,
        identity__birth_date=date(2017, 3, 10),
        identity__birth_date_precision="day",
        identity__sex="female",
    )
    draft = opened(enrolment, by=clinician, origin="retrospective")
    draft = saved(draft, weight="28.5", height="133")

    text = as_text(note_of(draft))

    assert "CALCULATED" in text
    assert "BMI: 16.1 kg/m²" in text
    assert "Weight for age, WHO: 0." in text
    assert "WHO 2006" in text
    assert "Age: 9 years" not in text  # the head has it


def test_an_amendment_stands_in_the_note_before_and_after(appendicitis, clinician):
    amend(
        encounter=appendicitis,
        answers=answers(**HIGH | {"temperature": "37.0", "cough_pain": False}),
        reason="Read from the wrong line",
        by=clinician,
        at=NOON + 4 * DAY,
    )

    text = as_text(note_of(appendicitis))

    amended = f"Amended: {clinician}, 14 Mar 2026, 12:00 (Read from the wrong line)"
    assert f"{amended}\n  Pain on coughing: Yes → No\n  Body temp" in text
    assert "Body temperature: 43.0 °C → 37.0 °C" in text
    assert "The amended answers lead to other advice" in text


def test_the_next_steps_stand_in_the_note(fever, site, clinician):
    enrolment = episode(scamp=fever, site=site)
    kept = {"scan/scan": {"choice": "followed"}}
    encounter = signed(
        enrolment, by=clinician, intentions=kept, guarding=False, temperature="38.5"
    )

    text = as_text(note_of(encounter))

    tasks = text[text.index("NEXT STEPS") : text.index("SIGNATURE AND")]
    assert "Scan" in tasks
    assert "by 11 Mar 2026" in tasks


def test_a_draft_says_so_in_every_part(client, draft):
    saved(draft, **OPERATE)

    text = client.get(url("note_text", draft.pk)).content.decode()

    blocks = text.strip().split("\n\n")
    assert len(blocks) > 3
    assert all("*** DRAFT ***" in block for block in blocks)


def test_a_draft_says_so_on_every_page_of_its_pdf(client, draft):
    saved(draft, remark="A long story. " * 400)

    found = pages(pdf(client, draft))

    assert len(found) > 1
    assert all(page.count("DRAFT") >= 1 for page in found)
    who = f"record number {draft.enrolment.patient.identity.record_number}"
    assert all(who in " ".join(page.split()) for page in found)
    assert all(f"Page {n} of {len(found)}" in page for n, page in enumerate(found, 1))


def test_entered_in_error_is_stamped_over_all(client, fever, site, clinician):
    encounter = signed(episode(scamp=fever, site=site), by=clinician, **OPERATE)
    void_encounter(encounter=encounter, reason="Twin", by=UserFactory(), at=NOON)

    blocks = client.get(url("note_text", encounter.pk)).content.decode().split("\n\n")
    found = pages(pdf(client, encounter))

    assert all("*** ENTERED IN ERROR ***" in block for block in blocks)
    assert "Reason: Twin" in blocks[1]
    assert all("ENTERED IN ERROR" in page for page in found)


@pytest.mark.parametrize(
    "name", ["Müller-Ångström, Zoë", "Иванов, Алёша", "Nguyễn, Thị", "Παπαδόπουλος"]
)
def test_names_of_many_scripts_are_printed(client, fever, site, clinician, name):
    enrolment = episode(scamp=fever, site=site, identity__name=name)
    encounter = signed(enrolment, by=clinician, **OPERATE)

    assert name in client.get(url("note_text", encounter.pk)).content.decode()
    assert name in pages(pdf(client, encounter))[0]


def test_a_name_no_font_has_is_refused_as_pdf_and_kept_as_text(
    client, fever, site, clinician
):
    enrolment = episode(scamp=fever, site=site, identity__name="\U00013000 Ra")
    encounter = signed(enrolment, by=clinician, **OPERATE)

    response = pdf(client, encounter)

    assert response.status_code == 422
    assert "no font here has \U00013000" in body(response)
    assert (
        "\U00013000 Ra" in client.get(url("note_text", encounter.pk)).content.decode()
    )


def test_what_is_typed_is_never_read_as_markup(client, draft):
    typed = '#panic("x") *bold* = Head $x^2$ <label> @ref // gone \\ [[" {'
    saved(draft, remark=typed)

    found = " ".join(pages(pdf(client, draft))[0].split())
    page = body(client.get(url("note", draft.pk)))

    assert typed in found
    assert "&lt;label&gt;" in page


def test_the_pdf_is_tagged_titled_and_in_english(client, appendicitis):
    response = pdf(client, appendicitis)

    document = pypdfium2.PdfDocument(response.content)
    title = document.get_metadata_dict()["Title"]
    assert response["Content-Type"] == "application/pdf"
    assert title.startswith("First assessment: Suspected appendicitis")
    assert b"/MarkInfo" in response.content
    assert b"/Lang" in response.content


def test_reading_and_printing_the_note_are_in_the_trail(client, draft):
    for page in ("note", "note_text", "note_pdf"):
        client.get(url(page, draft.pk))

    about = AccessEvent.objects.filter(subject="encounter", subject_id=str(draft.pk))
    assert list(about.order_by("pk").values_list("verb", "detail")) == [
        ("saw", {"part": "note"}),
        ("printed", {"part": "note", "form": "text"}),
        ("printed", {"part": "note", "form": "pdf"}),
    ]


def test_the_note_is_for_those_who_see_the_patient(client, fever):
    elsewhere = opened(episode(scamp=fever))

    for page in ("note", "note_text", "note_pdf"):
        assert client.get(url(page, elsewhere.pk)).status_code == 404
