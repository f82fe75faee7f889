"""Three ways to use a page: a finger, the keys alone, a browser without a script."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

MOST_TABS = 400


class Hand:
    """What every way can do; each names a control as the page's markup does."""

    options: dict[str, object] = {}

    def __init__(self, browser: Browser) -> None:
        self.context: BrowserContext = browser.new_context(**self.options)
        self.page: Page = self.context.new_page()

    def pick(self, name: str, value: str) -> None:
        """Choose one of a group of radio buttons by its label."""
        self._reach(f'label:has(> input[name="{name}"][value="{value}"])')

    def fill(self, field: str, text: str) -> None:
        """Type into the field with this id."""
        self._reach(f"#{field}")
        self.page.keyboard.type(text)

    def go(self, words: str) -> None:
        """Press the button, or follow the link, that begins with these words."""
        self._touch(self._control(words))

    def _reach(self, selector: str) -> None:
        self._touch(self.page.locator(selector).first)

    def _control(self, words: str) -> Locator:
        named, main = re.compile(f"^{words}"), self.page.locator("#main")
        button = main.get_by_role("button", name=named)
        return button.or_(main.get_by_role("link", name=named)).first

    def _touch(self, control: Locator) -> None:
        control.click()


class Finger(Hand):
    options = {"has_touch": True, "viewport": {"width": 820, "height": 1180}}

    def _touch(self, control: Locator) -> None:
        control.tap()


class NoScript(Hand):
    options = {"java_script_enabled": False}


class Keys(Hand):
    """Tab, arrows, Space and Enter: nothing is focused or clicked otherwise."""

    def pick(self, name: str, value: str) -> None:
        group = f'input[name="{name}"]'
        values = self.page.locator(group).evaluate_all("all => all.map(e => e.value)")
        self._tab_to(group)
        here = self.page.evaluate("document.activeElement.value")
        self.page.keyboard.press("Space")
        for _ in range(values.index(value) - values.index(here)):
            self.page.keyboard.press("ArrowRight")
        expect(self.page.locator(f'{group}[value="{value}"]')).to_be_checked()

    def fill(self, field: str, text: str) -> None:
        self._tab_to(f"#{field}")
        self.page.keyboard.type(text)

    def go(self, words: str) -> None:
        control = self._control(words)
        control.wait_for()
        for _ in range(MOST_TABS):
            if control.evaluate("one => one === document.activeElement"):
                self.page.keyboard.press("Enter")
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not come to “{words}”")

    def _tab_to(self, selector: str) -> None:
        for _ in range(MOST_TABS):
            if self.page.evaluate("s => document.activeElement?.matches(s)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not come to {selector}")
