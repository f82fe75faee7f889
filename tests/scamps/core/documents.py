"""Small plan documents for the tests of the core, and random ones."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from scamps.core.definition import Plan

SMALL = """\
schema: 1
key: fever
title: Fever
summary: Looks for fever.
elements:
  - {key: temperature, label: Temperature, type: decimal, unit: Cel, precision: 1}
  - {key: cough, label: Cough, type: boolean}
forms:
  - key: visit
    title: Visit
    sections:
      - key: all
        title: All
        items: [{element: temperature}, {element: cough}]
visits:
  - {key: first, title: First visit, start: ask}
nodes:
  - {kind: assess, key: ask, title: Ask, form: visit, next: hot}
  - kind: decide
    key: hot
    title: Hot?
    branches:
      - when: temperature >= 38.0 'Cel'
        to: fever
    otherwise: well
    if_unknown: Take the temperature.
  - kind: recommend
    key: fever
    title: Fever
    actions:
      - {key: rest, words: Rest., direction: do, resource: bed}
  - {kind: finish, key: well, title: Well}
resources:
  - {key: bed, title: Bed, kind: service}
"""

LANGUAGES = ["en", "de", "pt-BR"]


def text_characters() -> st.SearchStrategy[str]:
    return st.characters(exclude_categories=["Cs"], exclude_characters="\x00")


plain_words = st.text(text_characters(), min_size=1, max_size=30).filter(str.strip)
words = plain_words | st.dictionaries(
    st.sampled_from(LANGUAGES), plain_words, min_size=1
)
numbers = st.decimals(
    min_value=Decimal(-1000), max_value=Decimal(1000), places=3, allow_nan=False
) | st.integers(-1000, 1000).map(Decimal)
kebab = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
bounds = st.none() | st.fixed_dictionaries(
    {}, optional={"low": numbers, "high": numbers}
)
criteria = st.sampled_from(["true", "a > 1 and\nb", "  x = 'y'  ", "no", "1"])


def some(entry: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(entry, max_size=2)


elements = st.fixed_dictionaries(
    {
        "key": names,
        "label": words,
        "type": st.sampled_from(["boolean", "integer", "decimal", "date", "text"]),
    },
    optional={
        "unit": st.sampled_from(["Cel", "10*3/uL", "%"]),
        "precision": st.integers(0, 8),
        "possible": bounds,
        "plausible": bounds,
        "valid_for": st.sampled_from(["PT6H", "P3W", "P1Y2M3DT4H5M6S"]),
        "options": some(st.fixed_dictionaries({"key": kebab, "label": words})),
        "help": words,
    },
)
nodes = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("assess"),
            "key": kebab,
            "title": words,
            "form": kebab,
            "next": kebab,
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("decide"),
            "key": kebab,
            "title": words,
            "branches": st.lists(
                st.fixed_dictionaries(
                    {"when": criteria, "to": kebab}, optional={"label": words}
                ),
                min_size=1,
                max_size=3,
            ),
            "if_unknown": words,
        },
        optional={
            "hit": st.sampled_from(["first", "unique"]),
            "otherwise": kebab,
            "unknown": kebab,
        },
    ),
    st.fixed_dictionaries({"kind": st.just("finish"), "key": kebab, "title": words}),
)
documents = st.fixed_dictionaries(
    {
        "schema": st.just(1),
        "key": kebab,
        "title": words,
        "summary": words,
        "elements": some(elements),
        "nodes": some(nodes),
    },
    optional={
        "language": st.sampled_from(LANGUAGES),
        "demonstration": st.booleans(),
        "provenance": st.fixed_dictionaries(
            {"gaps": some(words)},
            optional={
                "next_review": st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1))
            },
        ),
    },
)
plans = documents.map(Plan.model_validate)
