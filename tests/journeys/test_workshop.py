"""The committee's story: a whole plan written in the browser, without its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.actions import sync_roles
from scamps.actions.drafts import start_draft
from scamps.core.definition import digest
from scamps.core.edit import data_of
from scamps.models import Scamp, Version
from tests.factories import (
    LONG_AGO,
    SeatFactory,
    UserFactory,
    active_version,
    library_plan,
    library_version,
)

KEY = "pediatric-chest-pain"
STEPS = {"assess": "Asks", "decide": "Decides", "recommend": "Advises"}


@pytest.fixture
def author(page: Page, live_server, transactional_db) -> Page:
    """The browser of a publisher, who may begin plans."""
    signed_in(page, live_server.url)
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def signed_in(page: Page, base: str, seat: Scamp | None = None) -> None:
    """Sign a publisher in, of *seat* or of another plan."""
    sync_roles(roles=settings.ROLES)
    role = Group.objects.get(name="publisher")
    where = {"scamp": seat} if seat else {}
    user = SeatFactory(role=role, starts_on=LONG_AGO, **where).user
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value}
    page.context.clear_cookies()
    page.context.add_cookies([cookie | {"url": base}])


class Desk:
    """The outline editor of one draft in a browser."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home

    def add(self, section: str, parts: list[dict[str, Any]]) -> None:
        """Fill the empty form of a section for one part after the other."""
        self.follow(f"{section}/")
        for part in parts[:-1]:
            self.enter(part)
            self.send("Add, then another", f"{section}/")
        self.enter(parts[-1])
        self.send("Add", f"{section}/{parts[-1]['key']}/")

    def change(self, section: str, key: str, part: Mapping[str, Any]) -> None:
        """Fill the form of a part that is there, and save it."""
        self.follow(f"{section}/{key}/")
        self.enter(part)
        self.send("Save", f"{section}/{key}/")

    def follow(self, address: str) -> None:
        """Go to a form by its link in the outline."""
        link = self.page.locator(f'a[href$="/outline/{address}"]')
        link.wait_for(state="attached")
        if not link.is_visible():  # the outline may be swapped meanwhile, and opened
            section = self.page.locator("#outline details", has=link)
            section.evaluate_all("all => all.forEach(one => { one.open = true })")
        link.press("Enter")
        self.page.wait_for_url(self.home + address)
        self.page.locator("#part").wait_for()

    def send(self, words: str, address: str) -> None:
        """Press the button of the form, and see what was typed saved."""
        seen = self.page.locator("[name=seen]").first.input_value()
        button = self.page.locator("#part").get_by_role(
            "button", name=words, exact=True
        )
        button.press("Enter")
        old = self.page.locator(f'[name=seen][value="{seen}"]')
        old.first.wait_for(state="detached")
        expect(self.page).to_have_url(self.home + address)

    def enter(self, part: Mapping[str, Any], at: str = "") -> None:
        """Type, choose and tick what *part* says into the fields below *at*."""
        for name, value in part.items():
            match value:
                case Mapping():
                    self.enter(value, f"{at}{name}.")
                case list():
                    self.rows(f"{at}{name}", value)
                case _:
                    self.put(f"{at}{name}", value)

    def rows(self, name: str, rows: list[Any]) -> None:
        if self.page.locator(f'[id="{_id(name)}-picks"]').count():
            self.pick_rows(name, rows)
            return
        for number, row in enumerate(rows):
            self.need_row(name, number)
            if isinstance(row, dict):
                self.enter(row, f"{name}.{number}.")
            else:
                self.put(f"{name}.{number}", row)

    def pick_rows(self, name: str, rows: list[Any]) -> None:
        """Tick what is to be added. The plan's order is theirs, unless they are told."""
        keys = [row["element"] if isinstance(row, dict) else row for row in rows]
        offered = self.page.locator(f'[name="{name}+"]')
        listed = offered.evaluate_all("all => all.map(one => one.value)")
        more = {
            number: {key: value for key, value in row.items() if key != "element"}
            for number, row in enumerate(rows)
            if isinstance(row, dict) and row.keys() != {"element"}
        }
        if keys == sorted(keys, key=listed.index) and not more:
            self.tick(name, keys)  # saved with the form
            return
        for group in [keys] if more else [[key] for key in keys]:
            self.tick(name, group)
            self.page.locator(f'button[value="take:{name}"]').press("Enter")
            taken = f'[name^="{name}."][value="{group[-1]}"][type=hidden]'
            self.page.locator(taken).wait_for(state="attached")
        for number, values in more.items():
            self.enter(values, f"{name}.{number}.")

    def tick(self, name: str, keys: list[str]) -> None:
        for key in keys:
            box = self.page.locator(f'[name="{name}+"][value="{key}"]')
            if not box.is_visible():
                self.reveal(box)
            box.press("Space")

    def need_row(self, name: str, number: int) -> None:
        row = self.page.locator(f'[name="{name}.{number}.~was"]')
        if not row.count():
            button = self.page.locator(f'button[value="add:{name}"]')
            self.reveal(button)
            button.press("Enter")
            row.wait_for(state="attached")

    def put(self, name: str, value: Any) -> None:
        """Type into, choose from, or tick the control of one field."""
        control = self.page.locator(f'[name="{name}"]').first
        kind, is_seen = control.evaluate("one => [one.type, one.checkVisibility()]")
        if not is_seen:
            self.reveal(control)
        match kind:
            case "select-one":
                control.select_option(str(value))
            case "radio":
                word = {True: "yes", False: "no"}.get(value, value)
                self.page.press(f'[name="{name}"][value="{word}"]', "Space")
            case "checkbox":
                control.set_checked(value)
            case "hidden":
                assert control.input_value() == value
            case _:
                control.fill(f"{value:f}" if isinstance(value, Decimal) else str(value))

    def reveal(self, control: Locator) -> None:
        """Open what the control is folded away in."""
        folds = self.page.locator("#part details:not([open])", has=control)
        while not control.is_visible() and folds.count():
            folds.first.locator("> summary").press("Enter")


def _id(name: str) -> str:
    return "f-" + re.sub(r"[^a-z0-9_-]+", "-", name)


def begun(page: Page, base: str, title: str) -> Desk:
    page.goto(f"{base}/plans/begin/empty/")
    page.fill("#id_title", title)
    page.fill("#id_key", KEY)
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("#outline")).to_be_visible()
    return Desk(page, page.url)


def write_the_tree(desk: Desk, nodes: list[dict[str, Any]]) -> None:
    """Each step names those that follow; each is opened where it stands in the tree."""
    page, first = desk.page, nodes[0]
    desk.page.goto(f"{desk.home}nodes/")
    page.locator("#part").get_by_role("link", name="It asks").click()
    for index, node in enumerate(nodes):
        if index:
            page.locator(f'a.tree-box[data-node="{node["key"]}"]').click()
            page.locator(".part-head .chip", has_text=node["key"]).wait_for()
            kinds, word = page.locator(".kinds"), STEPS[node["kind"]]
            kinds.get_by_role("link", name=word).press("Enter")
            kinds.locator("[aria-current]", has_text=word).wait_for()
        known = {one["key"] for one in nodes[:index]}
        told = {
            k: v for k, v in node.items() if k != "kind" and (k != "key" or not index)
        }
        desk.enter(_naming(told, known))
        desk.send("Add" if node is first else "Save", f"nodes/{node['key']}/")


def _naming(node: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """The values of a step; a way to one that is not there yet is a name for it."""
    named = dict(node)
    for field in ("next", "otherwise"):
        if field in node and node[field] not in known:
            named[f"{field}+"] = named.pop(field)
    named["branches"] = [
        {name if name != "to" else "to+": value for name, value in branch.items()}
        for branch in node.get("branches", ())
    ]
    return {name: value for name, value in named.items() if value != []}


def test_the_chest_pain_plan_is_written_in_the_browser(author: Page, live_server):
    plan = library_plan(KEY)
    data = data_of(plan)
    desk = begun(author, live_server.url, data["title"])

    about = {name: data[name] for name in ("summary", "demonstration")}
    desk.change("about", "plan", about)
    provenance = data["provenance"]
    desk.add("sources", provenance.pop("sources"))
    desk.change("about", "provenance", provenance)
    for section in ("elements", "scores", "resources", "forms"):
        desk.add(section, data[section])
    for side in ("inclusion", "exclusion"):
        desk.change("population", side, {side: data["population"][side]})
    write_the_tree(desk, data["nodes"])
    for section in ("visits", "outcomes"):
        desk.add(section, data[section])

    assert Version.objects.get().content_id == digest(plan)


def test_a_step_is_written_without_a_script(browser, live_server, transactional_db):
    version = active_version()
    draft = start_draft(plan=version.plan, by=UserFactory(), at=timezone.now())
    page = browser.new_context(java_script_enabled=False).new_page()
    signed_in(page, live_server.url, seat=draft.scamp)
    page.goto(f"{live_server.url}/plans/small-plan/2/outline/")

    page.get_by_role("link", name=re.compile("Fever")).first.click()
    page.get_by_role("button", name="Add a way").click()
    page.locator("[name='branches.1.when']").fill("not fever")
    page.locator("#r-branches-1 .or-new input").fill("Look again")
    page.locator("#r-branches-1").get_by_role("button", name="Up", exact=True).click()
    page.get_by_role("button", name="Save", exact=True).last.click()

    node = Version.objects.get(pk=draft.pk).plan.node["hot"]
    assert [one.to for one in node.branches] == ["look-again", "cool"]
    expect(page.locator("#outline")).to_contain_text("Look again")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#outline")).not_to_contain_text("Look again")
    page.context.close()


def test_the_keys_alone_move_an_action_and_stay_with_it(author: Page, live_server):
    version = library_version()
    draft = start_draft(plan=version.plan, by=UserFactory(), at=timezone.now())
    signed_in(author, live_server.url, seat=draft.scamp)
    address = "/plans/suspected-appendicitis/2/outline/nodes/low/"
    author.goto(live_server.url + address)

    down = author.locator('button[value="down:actions.0"]')
    down.focus()
    author.keyboard.press("Enter")

    up = author.locator('button[value="up:actions.1"]')
    expect(up).to_be_focused()
    title = author.locator("#f-title")
    title.focus()
    author.keyboard.type(" of all")
    author.keyboard.press("Enter")
    expect(author.locator("#last")).to_contain_text("Changed the step")
    node = Version.objects.get(pk=draft.pk).plan.node["low"]
    assert [one.key for one in node.actions] == ["observe", "no-ultrasound"]
    expect(author.locator('a.tree-box[aria-current="true"]')).to_contain_text("of all")
