"""Reading a report back, for the tests: ids, links, tables and the words in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser


class Page(HTMLParser):
    """Ids, tags and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.tags.append(tag)
        if named.get("id"):
            self.ids.append(named["id"])
        self.links += [named[k] for k in ("href", "src", "xlink:href") if named.get(k)]


class Words(HTMLParser):
    """The text of a piece of a page, without its markup; blanks are one space each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(text)

    def handle_data(self, data):
        self.parts.append(data)


def words(text: str) -> str:
    """What a reader reads there."""
    return re.sub(r"\s+", " ", " ".join(Words(text).parts)).strip()


def element(page: str, name: str, tag: str) -> str:
    """The element with this id, as far as its first closing tag of that kind."""
    start = page.index(f'<{tag} id="{name}"')
    return page[start : page.index(f"</{tag}>", start)]


def rows(part: str) -> list[list[str]]:
    """The cells of each row of the tables in a part."""
    return [
        [words(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", part, re.DOTALL)
    ]


def section(page: str, name: str) -> str:
    """From the heading with this id to the next."""
    start = page.index(f'<h2 id="{name}"')
    return page[start : page.find("<h2 ", start + 1)]
