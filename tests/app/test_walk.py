"""A walk through the workbench in a real browser, as a person could follow it.

open, move a slider, see the number change, save a branch, retract a source, add a claim,
cancel a run, load the page again and find everything as it was.
"""

import hashlib
import time

import pytest

pytest.importorskip("nicegui")
pytest.importorskip("selenium")

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from serving import Server, children, until

import clientela as ct
from clientela import load
from clientela.app.pages.runs import EXPORTS
from clientela.evidence.documents import paragraphs
from clientela.reading.splicing import added

pytestmark = pytest.mark.xdist_group("browser")

# A document of our own; words that would be a script, were they not escaped, are in it.
REPORT = """The envoy came again on 3 December, two officials said.
A third official denied it. <script>window.broken = "document"</script>
Nobody else would comment 😀 on the visit.
"""
SCRIPT = '<script>window.broken = "{}"</script><img src=x onerror="window.broken=1">'


@pytest.fixture(scope="module", autouse=True)
def prepared(folder):
    """The folder has a document of ours, and names that try to be scripts."""
    path = folder / "report.txt"
    path.write_text(REPORT, encoding="utf-8")
    evidence = folder / "iraq-2021-evidence.yaml"
    text = evidence.read_text()
    document = {
        "title": SCRIPT.format("title"), "publisher": "ours",
        "sha256": hashlib.sha256(REPORT.encode()).hexdigest(), "paragraphs": len(paragraphs(REPORT)),
    }  # fmt: skip
    text = added(text, ("documents",), "ours", document, block=True)
    claim = {
        "document": "ours", "paragraph": 1, "sources": ["diplomats"], "stance": "supports", "credibility": 3,
        "says": SCRIPT.format("claim"), "about": ["visit-took-place"],
        "sha256": hashlib.sha256(paragraphs(REPORT)[0].encode()).hexdigest(),
    }  # fmt: skip
    evidence.write_text(added(text, ("claims",), "script-claim", claim, block=True))
    scenario = folder / "iraq-2021.yaml"
    actor = {"name": SCRIPT.format("actor"), "kind": "party"}
    text = added(scenario.read_text(), ("actors",), "scripted", actor, block=True)
    text = added(text, ("ties", "alliance"), "scripted", {"fatah": {}})
    scenario.write_text(text)


class Walk:
    """What a person does and sees in the browser."""

    def __init__(self, browser, server) -> None:
        self.browser, self.server = browser, server

    def go(self, page: str) -> None:
        self.browser.get(self.server.address.rstrip("/") + page)
        until(lambda: self.browser.find_elements(By.TAG_NAME, "h1"))

    def all(self, css: str):
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str, seconds: float = 30.0):
        return until(lambda: (self.all(css) or [None])[0], seconds)

    def text(self, css: str = "body") -> str:
        return until(lambda: self.one(css).text)

    def sees(self, words: str, seconds: float = 30.0) -> None:
        until(lambda: words in self.one("body").text, seconds)

    def press(self, label: str, within: str = "body") -> None:
        def found():
            for button in self.one(within).find_elements(By.CSS_SELECTOR, "button, a"):
                if button.is_displayed() and button.text.strip() == label:
                    return button
            return None

        button = until(found)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        until(lambda: (button.click(), True)[1])

    def fill(self, label: str, words: str) -> None:
        field = self.field(label)
        field.click()
        field.send_keys(words)

    def field(self, label: str):
        path = f"//label[.//div[contains(@class, 'q-field__label') and normalize-space()={label!r}]]//*[self::input or self::textarea]"
        found = until(lambda: self.browser.find_elements(By.XPATH, path))[0]
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        return found

    def choose(self, label: str, option: str) -> None:
        """An option of a list that opens when it is clicked."""
        self.field(label).click()
        time.sleep(0.3)

        def found():
            return next((o for o in self.all(".q-menu .q-item") if option in o.text), None)

        until(found).click()
        ActionChains(self.browser).send_keys(Keys.ESCAPE).perform()
        time.sleep(0.2)


@pytest.fixture
def walk(browser, server):
    made = Walk(browser, server)
    yield made
    errors = [e for e in browser.get_log("browser") if e["level"] == "SEVERE"]
    assert browser.execute_script("return window.broken") is None, "a script in a name was run"
    assert not [
        e
        for e in errors
        if "favicon" not in e["message"] and "ERR_CONNECTION_REFUSED" not in e["message"]
    ], errors


def test_open_and_see_the_answers(walk):
    walk.go("/")
    assert "/crisis" in walk.browser.current_url
    walk.one("[data-question=us-strike] .big")
    assert walk.text("[data-question=us-strike] .big").endswith("%")
    assert walk.text("[data-question=us-strike] .word") in (
        "unlikely", "roughly even", "likely", "very likely", "very unlikely",
    )  # fmt: skip
    assert "<script>" in walk.one("svg.wide").text.replace("\n", "")  # shown as it is written


def test_move_a_slider_and_see_the_numbers_change_then_save_a_branch(walk, folder):
    before = (folder / "iraq-2021.yaml").read_text()
    walk.go("/what-if?b=&c=%7B%7D")
    walk.one("[data-question]")
    walk.fill("Find a value", "visits by the patron's envoy without")
    slider = walk.one(".parameter input[type=range]")
    walk.browser.execute_script("arguments[0].focus()", slider)
    ActionChains(walk.browser).send_keys(*[Keys.PAGE_UP] * 3).perform()
    until(lambda: walk.all(".difference .change"))
    changed = walk.one("[data-question=obeys-fatah] .after").text
    assert changed.endswith("%")
    walk.fill("Name of the branch", "more-visits")
    walk.fill("What if, in a sentence", "Iran's envoy: comes more often")
    walk.press("Save as a branch")
    walk.sees("Saved as the branch more-visits")
    after = (folder / "iraq-2021.yaml").read_text()
    assert after.startswith(before.rstrip("\n"))  # every other line is as it was
    assert load(folder / "iraq-2021.yaml", branch="more-visits").branch == "more-visits"
    # Loaded again, from its address or without: everything is as it was.
    for again in (walk.browser.refresh, lambda: walk.go("/what-if")):
        again()
        until(lambda: walk.one("[data-question=obeys-fatah] .after").text == changed)


def test_retract_a_source_and_see_the_forecast_move(walk):
    walk.go("/evidence")
    walk.one("[data-source=diplomats]")
    button = walk.one("[data-source=militia-official]") if walk.all("[data-source=militia-official]") else walk.all("[data-source]")[1]  # fmt: skip
    walk.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    walk.sees("The answers without what is retracted")
    until(lambda: walk.all(".propositions .change"))
    address = walk.browser.current_url
    assert "r=" in address
    walk.browser.refresh()
    walk.sees("Retracted for now")
    walk.press("Count all again")
    until(lambda: "Retracted for now" not in walk.text())


def test_add_a_claim_by_selecting_words_in_a_document(walk, folder):
    walk.go("/evidence")
    walk.choose("Document", "ours:")
    walk.one("[data-n='3']")
    walk.browser.execute_script(
        """const line = document.querySelector("[data-n='3']").firstChild, range = document.createRange();
        const at = line.data.indexOf("😀"); range.setStart(line, 0); range.setEnd(line, at + 2);
        getSelection().removeAllRanges(); getSelection().addRange(range);
        line.parentElement.dispatchEvent(new MouseEvent("mouseup", {bubbles: true}));"""
    )
    walk.sees("ours, paragraph 3, characters 0–27")
    words = "Nobody else would comment 😀 on the visit."[:27]
    walk.sees(hashlib.sha256(words.encode("utf-8")).hexdigest()[:16])
    walk.fill("Name of the claim", "nobody-comments")
    walk.fill("What it says, in your words", "No one else spoke of a visit.")
    walk.choose("Who says it", "two Western diplomats")
    walk.choose("On which propositions", "came to Baghdad in two other crises")
    walk.press("Add the claim")
    until(lambda: "nobody-comments:" in (folder / "iraq-2021-evidence.yaml").read_text())
    ledger = load(folder / "iraq-2021.yaml").ledger
    claim = ledger.claims["nobody-comments"]
    assert claim.span == (0, 27)
    assert claim.sha256 == hashlib.sha256(REPORT.splitlines()[2][:27].encode()).hexdigest()


def test_cancel_a_run_and_go_on_with_it(walk, folder):
    walk.go("/crisis")
    walk.one("[data-question]")
    walk.choose("How many", "100,000")
    walk.press("Draw")
    walk.sees("of 100,000 drawn")
    until(lambda: list((folder / "runs").glob("*/parameters/block-00000.parquet")))
    # The page answers while that goes on.
    began = time.monotonic()
    walk.go("/what-if?b=&c=%7B%7D")
    walk.one("[data-question]")
    assert time.monotonic() - began < 20
    walk.press("Stop")
    until(lambda: "of 100,000 drawn" not in walk.text())
    walk.go("/runs")
    walk.sees("not finished")
    kept = len(list((folder / "runs").glob("*/parameters/*.parquet")))
    assert 1 <= kept < 13
    walk.press("Go on")
    walk.sees("of 20,000 drawn")
    until(lambda: "20,000 histories" in walk.text(), 90)


def test_what_is_typed_survives_a_crash_of_the_server(walk, folder, server):
    file = folder / "iraq-2021.yaml"
    walk.go("/scenario")
    editor = walk.one(".cm-content")
    editor.click()
    keys = (
        ActionChains(walk.browser).key_down(Keys.CONTROL).send_keys(Keys.HOME).key_up(Keys.CONTROL)
    )
    keys.send_keys("# typed and not saved").send_keys(Keys.ENTER).perform()
    walk.sees("edits not saved yet")
    saved = file.read_text()
    time.sleep(0.5)
    workers = children(server.process.pid)
    server.kill()
    assert file.read_text() == saved
    until(lambda: not [w for w in workers if w in children(1) or (folder / f"/proc/{w}").exists()], 10)  # fmt: skip
    server.start()
    walk.go("/scenario")
    walk.sees("Edits that had not been saved when the workbench ended are in place again")
    assert "# typed and not saved" in walk.one(".cm-content").text
    walk.press("Save")
    until(lambda: file.read_text().startswith("# typed and not saved\n"))
    first = saved.splitlines()[0]
    while walk.all(".cm-line")[0].text != first:  # what was typed in one go goes in one
        walk.press("Undo")
        time.sleep(0.5)
    walk.press("Save")
    until(lambda: file.read_text() == saved)


def test_a_second_tab_is_told_and_writes_nothing_over(walk, folder):
    walk.go("/scenario")
    walk.one(".cm-content")
    first = walk.browser.current_window_handle
    walk.browser.switch_to.new_window("tab")
    walk.go("/scenario")
    walk.sees("is being edited in another tab")
    assert walk.one(".cm-content").get_attribute("contenteditable") == "false"
    walk.press("Edit here instead")
    until(lambda: walk.one(".cm-content").get_attribute("contenteditable") == "true")
    second = walk.browser.current_window_handle
    walk.one(".cm-content").click()
    ActionChains(walk.browser).key_down(Keys.CONTROL).send_keys(Keys.HOME).key_up(Keys.CONTROL).send_keys("# kept").perform()  # fmt: skip
    walk.sees("edits not saved yet")
    walk.browser.switch_to.window(first)
    walk.sees("is being edited in another tab")
    until(lambda: "# kept" in walk.one(".cm-content").text)  # what is typed there shows here
    walk.browser.switch_to.window(second)
    walk.browser.close()  # and nothing of it is lost
    walk.browser.switch_to.window(first)
    walk.browser.refresh()
    until(lambda: "# kept" in walk.one(".cm-content").text)
    saved = (folder / "iraq-2021.yaml").read_text()
    assert "# kept" not in saved
    time.sleep(1)
    if (
        "is being edited in another tab" in walk.text()
    ):  # it takes a while until a closed tab is gone
        walk.press("Edit here instead")
    until(lambda: walk.one(".cm-content").get_attribute("contenteditable") == "true")
    while walk.all(".cm-line")[0].text != saved.splitlines()[0]:
        walk.press("Undo")
        time.sleep(0.5)


def test_errors_stand_beside_line_and_field_and_completions_are_offered(walk):
    walk.go("/scenario")
    walk.one(".cm-content").click()
    go = "const id = Number(document.querySelector('.editor').id.slice(1)); return goToLine(id, {})"
    line = next(k for k, text in enumerate((walk.server.folder / "iraq-2021.yaml").read_text().splitlines(), 1) if text == "    kind: patron")  # fmt: skip
    walk.browser.execute_script(go.format(line))
    time.sleep(0.3)
    ActionChains(walk.browser).send_keys(Keys.END, "x").perform()
    walk.sees("'patronx' is not accepted")
    assert f"line {line}" in walk.text(".problems")
    until(lambda: walk.all(".cm-line.problem-line"))
    until(lambda: walk.all(".field.wrong"))  # the form's entry that leads there
    ActionChains(walk.browser).key_down(Keys.CONTROL).send_keys("z").key_up(Keys.CONTROL).perform()
    until(lambda: not walk.all(".problems li"))
    ActionChains(walk.browser).send_keys(Keys.ENTER, "au").perform()
    until(lambda: any("autonomy" in o.text for o in walk.all(".cm-tooltip-autocomplete li")))
    ActionChains(walk.browser).send_keys(Keys.ESCAPE).perform()
    while "edits not saved yet" in walk.text():
        walk.press("Undo")
        time.sleep(0.5)


def test_the_chamber_moves_with_a_threshold(walk):
    walk.go("/chamber?c=%7B%7D")
    walk.one(".governments li")
    before = walk.text(".governments")
    slider = walk.one("input[type=range][aria-label^='cabinet: seats in favour']")
    walk.browser.execute_script("arguments[0].focus()", slider)
    ActionChains(walk.browser).send_keys(Keys.PAGE_UP, Keys.PAGE_UP).perform()
    until(lambda: walk.text(".governments") != before)
    walk.sees("What becomes of the answers")
    time.sleep(3)  # both presses of the key have been worked out
    after = walk.text(".governments")
    walk.browser.refresh()
    until(lambda: walk.text(".governments") == after)


def test_everything_of_a_run_can_be_taken(walk, folder):
    import urllib.request

    run = "small"
    ct.run(load(folder / "iraq-2021.yaml"), draws=200, out=folder / "runs" / run)
    for name in EXPORTS:
        with urllib.request.urlopen(f"{walk.server.address}export/{run}/{name}") as answer:
            assert answer.status == 200
            assert len(answer.read()) > 200
    for bad in (f"export/{run}/manifest.json", "export/..%2f..%2fetc/answers.csv", "export/none/answers.csv"):  # fmt: skip
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(walk.server.address + bad)


PAGES = ("crisis", "what-if", "chamber", "evidence", "scenario", "runs")


def test_no_page_asks_anything_of_another_machine(walk):
    import json

    walk.browser.get_log("performance")
    for page in PAGES:
        walk.go(f"/{page}")
        time.sleep(0.5)
    asked = [json.loads(e["message"])["message"] for e in walk.browser.get_log("performance")]
    addresses = {m["params"]["request"]["url"] for m in asked if m["method"] == "Network.requestWillBeSent"}  # fmt: skip
    assert len(addresses) > 10
    assert {
        a for a in addresses if not a.startswith((walk.server.address, "data:", "blob:"))
    } == set()


_CONTROLS = """[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=button], [tabindex='0']")]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.type !== "file")
  .filter(e => !e.closest("[aria-hidden=true], [inert]") && !e.closest(".cm-editor, .disabled"))"""


@pytest.mark.parametrize("page", PAGES)
def test_the_keyboard_alone_reaches_everything(walk, page):
    """Every control is met by Tab, and none holds the focus for ever."""
    walk.go(f"/{page}")
    time.sleep(2)
    # What cannot be reached itself has something within, or around, that can be.
    unreachable = walk.browser.execute_script(
        f"""return {_CONTROLS}.filter(e => e.tabIndex < 0 && !e.querySelector("[tabindex='0'], input, button")
        && !e.closest("[tabindex='0'], label")).map(e => e.outerHTML.slice(0, 200))"""
    )
    assert unreachable == []
    count = walk.browser.execute_script(f"return {_CONTROLS}.filter(e => e.tabIndex >= 0).length")
    walk.browser.execute_script("document.activeElement.blur(); window.scrollTo(0, 0)")
    for _ in range(count + 15):
        ActionChains(walk.browser).send_keys(Keys.TAB).perform()
        if walk.browser.execute_script("document.activeElement.dataset.met = 1; return !!document.activeElement.closest('.cm-editor')"):  # fmt: skip
            ActionChains(walk.browser).send_keys(Keys.ESCAPE, Keys.TAB).perform()
            walk.browser.execute_script("document.activeElement.dataset.met = 1")
    missed = walk.browser.execute_script(f"return {_CONTROLS}.filter(e => e.tabIndex >= 0 && !e.dataset.met).map(e => e.outerHTML.slice(0, 200))")  # fmt: skip
    assert missed == []
    assert count > 8


def test_two_servers_do_not_share_a_page(tmp_path):
    """Where others can connect, nothing is seen without the token that is printed."""
    import urllib.error
    import urllib.request

    from clientela.app.workspace import Workspace

    Workspace(tmp_path).add_starter("elsewhere")
    other = Server(tmp_path, "--host", "0.0.0.0")
    try:
        assert "?token=" in other.address
        plain = other.address.partition("?")[0]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(plain)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert opener.open(other.address).status == 200
    finally:
        other.stop()


_FAINT = """
  const rgb = (c) => { const m = c.match(/[\\d.]+/g).map(Number); return [m[0], m[1], m[2], m[3] ?? 1]; };
  const over = (a, b) => [0, 1, 2].map(k => a[k] * a[3] + b[k] * (1 - a[3])).concat(1);
  const light = (c) => { const l = c.slice(0, 3).map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * l[0] + .7152 * l[1] + .0722 * l[2]; };
  const ground = (e) => { let layers = [], at = e; while (at) { const c = getComputedStyle(at); if (c.backgroundImage !== "none") return null; layers.push(rgb(c.backgroundColor)); if (layers.at(-1)[3] === 1) break; at = at.parentElement; }
    let found = [255, 255, 255, 1]; for (const l of layers.reverse()) found = over(l, found); return found; };
  const faint = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), e = walker.currentNode.parentElement;
    if (!text || ["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT"].includes(e.tagName) || !e.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const style = getComputedStyle(e), back = ground(e);
    if (!back || e.closest(".visually-hidden, .nicegui-error-popup, .q-icon")) continue;
    const ink = over(rgb(e.closest("svg") ? style.fill : style.color), back);
    const [a, b] = [light(ink), light(back)].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.push([ratio.toFixed(2), text.slice(0, 40), e.className.toString().slice(0, 40)].join(" | "));
  }
  return [...new Set(faint)].slice(0, 12);
"""


@pytest.mark.parametrize("page", PAGES)
def test_text_stands_out_in_light_and_dark_and_nothing_is_cut_off_on_a_telephone(walk, page):
    """Contrast of 4.5, or 3 for large letters (WCAG 2.2, 1.4.3 AA); 390 pixels are wide enough."""
    walk.go(f"/{page}")
    time.sleep(2)
    for dark in (False, True):
        walk.browser.execute_script("Quasar.Dark.set(arguments[0])", dark)
        time.sleep(0.7)
        assert walk.browser.execute_script(_FAINT) == [], "dark" if dark else "light"
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    walk.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        time.sleep(0.7)
        assert walk.browser.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        walk.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_theme_is_the_systems_until_one_is_chosen(walk):
    scheme = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    walk.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
    walk.go("/runs")
    until(lambda: walk.browser.execute_script("return Quasar.Dark.isActive"))
    walk.press("Light")
    walk.browser.refresh()
    until(lambda: walk.browser.execute_script("return !Quasar.Dark.isActive"))
    walk.browser.execute_script("localStorage.removeItem('dark')")
    walk.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
