"""The paper form: all of a plan is on it, in the order of the form, on any paper."""

from __future__ import annotations

from dataclasses import asdict

import pypdfium2
import pytest

from carepaths.core.advised import text_of
from carepaths.core.paper import paper
from carepaths.core.printing import to_pdf
from carepaths.core.reasons import menu
from carepaths.core.sheet import Filling, sheet
from tests.carepaths.factories import episode, publish
from tests.carepaths.test_views import body, client, clinician, site, url
from tests.factories import library_plan, library_version

__all__ = ["client", "clinician", "site"]  # fixtures
LIBRARY = ["suspected-appendicitis", "pediatric-chest-pain", "torus-fracture"]
DIGEST = "ab12" * 16
INCH = 72


def flat(text: str) -> str:
    """The words alone: where lines break and hyphens stand is the printer's."""
    return "".join(text.replace("\ufffe", "").replace("-", "").split())


def pages(made: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(made)
    return [page.get_textpage().get_text_bounded() for page in document]


@pytest.mark.parametrize("key", LIBRARY)
def test_all_of_a_plan_is_on_its_paper_form(key):
    plan = library_plan(key)

    printed = flat(
        "".join(pages(to_pdf("paper", asdict(paper(plan, 3, DIGEST)) | {"size": "a4"})))
    )

    said = [element.label for element in plan.elements]
    said += [option.label for e in plan.elements for option in e.options]
    said += [node.title for node in plan.nodes]
    said += [node.if_unknown for node in plan.nodes if node.kind == "decide"]
    actions = [
        a for node in plan.nodes if node.kind == "recommend" for a in node.actions
    ]
    said += [action.words for action in actions]
    said += [reason.words for reason in plan.reasons]
    said += [score.label for score in plan.scores]
    said += [resource.title for resource in plan.resources]
    said += [check.message for check in plan.checks]
    missing = [words for words in said if flat(text_of(plan, words)) not in printed]
    assert missing == []
    for action in actions:
        offered = menu(plan, action.key)
        for reason in (*offered.first, *offered.more):
            assert flat(reason.words.rstrip("…")) in printed


@pytest.mark.parametrize("key", LIBRARY)
def test_every_branch_is_told_in_words_and_leads_to_a_step(key):
    plan = library_plan(key)
    form = paper(plan, 3, DIGEST)

    for node, step in zip(plan.nodes, form.steps, strict=True):
        if node.kind == "decide":
            assert len(step.ways) == len(node.branches) + bool(node.otherwise) + bool(
                node.unknown
            )
            for branch, way in zip(node.branches, step.ways, strict=False):
                assert way.startswith("If ")
                assert f"go to step {plan.position[branch.to] + 1}," in way


@pytest.mark.parametrize("key", LIBRARY)
def test_the_numbers_follow_the_order_of_the_form(key):
    plan = library_plan(key)
    form = paper(plan, 3, DIGEST)

    for visit in plan.visits:
        on_page = [item.key for item in sheet(plan, visit.key, Filling({})).items]
        on_paper = next(one for one in form.visits if one.key == visit.key)
        numbered = [(i.number, i.key) for g in on_paper.groups for i in g.items]
        assert numbered == list(enumerate(on_page, 1))


def test_ranges_units_and_conditions_are_told():
    form = paper(library_plan(), 1, DIGEST)
    items = {i.key: i for g in form.visits[0].groups for i in g.items}

    assert items["temperature"].unit == "°C"
    assert items["temperature"].ranges == "usual: 34 to 42 °C; possible: 25 to 45 °C"
    assert items["peritonitis"].boxes == ("None", "Local", "Generalized")
    seen = "“Ultrasound of the abdomen performed” is yes"
    assert items["appendix_seen"].only_if == seen
    assert "2 \N{MULTIPLICATION SIGN} Pain on coughing" in form.scores[0].terms


@pytest.mark.parametrize(
    ("size", "inches"), [("a4", (8.27, 11.69)), ("letter", (8.5, 11))]
)
def test_it_prints_on_both_papers_with_the_version_on_each_page(client, size, inches):
    version = library_version()

    response = client.get(
        url("paper_pdf", version.scamp.key, version.number), {"size": size}
    )

    document = pypdfium2.PdfDocument(response.content)
    found = pages(response.content)
    width, height = document[0].get_size()
    assert (width / INCH, height / INCH) == pytest.approx(inches, abs=0.01)
    for number, text in enumerate(found, 1):
        assert f"version 1, SHA-256 {version.content_id[:12]}" in text
        assert f"Page {number} of {len(found)}" in text
        assert "Record no." in text


def test_it_is_black_on_white():
    form = asdict(paper(library_plan(), 1, DIGEST)) | {"size": "a4"}

    for page in pypdfium2.PdfDocument(to_pdf("paper", form)):
        drawn = page.render(scale=1).to_numpy()[:, :, :3].astype(int)
        assert (drawn.max(axis=2) - drawn.min(axis=2)).max() == 0  # no colour at all


def test_an_element_that_no_visit_asks_is_on_paper_all_the_same(db):
    text = "  - {key: fever_curve, label: Curve, type: text}\n"
    plan = publish(replacing=("elements:\n", "elements:\n" + text)).plan

    last = paper(plan, 1, DIGEST).visits[-1]

    assert (last.key, last.title) == ("", "Asked at no visit")
    assert [item.label for item in last.groups[0].items] == ["Curve"]


def test_the_page_says_the_same_and_the_open_page_leads_there(client, clinician, site):
    version = library_version()
    enrolment = episode(scamp=version.scamp, site=site, by=clinician)
    address = url("paper", version.scamp.key, version.number)

    page = body(client.get(address))

    assert f'href="{address}"' in body(client.get(url("open", enrolment.pk)))
    assert f'href="{address}"' in body(client.get(version.get_absolute_url()))
    assert '<li value="8"><b>Body temperature</b>' in page
    assert "step 12, “High score”" in page
    assert f"SHA-256 {version.content_id[:12]}" in page
