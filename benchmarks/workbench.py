"""How long a user of the workbench waits, measured in a browser (needs chromium and chromedriver).

    python benchmarks/workbench.py [--times 12] [--sessions 20]

First paint of each page, with nothing cached by the browser and again; from a slider that moves to
new numbers on the page (2,000 coupled histories); both again while a run of 500,000 histories goes
on in other processes; and many sessions on one server at once.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table
from selenium import webdriver
from selenium.webdriver.common.by import By

PAGES = ("crisis", "what-if", "chamber", "evidence", "scenario", "runs")
FROM_NOTHING = "/what-if?b=&c=%7B%7D"
_MOVE = """
const done = arguments[0], slider = document.querySelector(".parameter input[type=range]");
const shown = document.getElementById("drawn").parentElement, before = shown.innerHTML, began = performance.now();
const watch = new MutationObserver(() => { if (shown.innerHTML !== before) { watch.disconnect(); done(performance.now() - began); } });
watch.observe(shown, { childList: true, subtree: true, characterData: true });
slider.value = Number(slider.min) + Math.random() * (slider.max - slider.min);
slider.dispatchEvent(new Event("input", { bubbles: true }));
setTimeout(() => done(null), 30000);
"""
_PAINT = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def browser() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1440,1000"):
        options.add_argument(argument)
    made = webdriver.Chrome(options)
    made.set_script_timeout(60)
    return made


def paint(made: webdriver.Chrome, address: str) -> float:
    """Milliseconds to the first paint with content."""
    made.get(address)
    while (found := made.execute_script(_PAINT)) is None:
        time.sleep(0.02)
    return found


def ready_to_move(made: webdriver.Chrome, address: str) -> None:
    """Opens the page of sliders and finds one."""
    made.get(address + FROM_NOTHING)
    wait_for(made, "[data-question]")
    made.find_element(By.CSS_SELECTOR, "input[type=search]").send_keys("control that the patron")
    wait_for(made, ".parameter input[type=range]")


def wait_for(made: webdriver.Chrome, css: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not made.find_elements(By.CSS_SELECTOR, css):
        if time.monotonic() > end:
            sys.exit(f"{css} has not come within {seconds:.0f} seconds")
        time.sleep(0.05)


def moves(made: webdriver.Chrome, times: int) -> list[float]:
    """Milliseconds from moving a slider to new numbers, of so many moves to places not yet seen."""
    found = []
    for _ in range(times):
        found.append(made.execute_async_script(_MOVE))
        time.sleep(0.4)
    return found


def sessions(made: webdriver.Chrome, address: str, count: int) -> list[float | None]:
    """Every session, a tab each, moves a slider at once; milliseconds until each has its numbers."""
    tabs = [made.current_window_handle]
    ready_to_move(made, address)
    while len(tabs) < count:
        made.switch_to.new_window("tab")
        ready_to_move(made, address)
        tabs.append(made.current_window_handle)
    start = _MOVE.replace("const done = arguments[0]", "window.took = undefined; const done = (t) => window.took = t")  # fmt: skip
    for tab in tabs:
        made.switch_to.window(tab)
        made.execute_script(start)
    found = []
    for tab in tabs:
        made.switch_to.window(tab)
        end = time.monotonic() + 60
        while (took := made.execute_script("return window.took === undefined ? -1 : window.took")) == -1:  # fmt: skip
            if time.monotonic() > end:
                took = None
                break
            time.sleep(0.05)
        found.append(took)
    return found


def row(table: Table, what: str, values: list[float | None]) -> None:
    known = [v for v in values if v is not None]
    lost = len(values) - len(known)
    middle = f"{statistics.median(known):.0f}" if known else "–"
    table.add_row(what, middle, f"{max(known):.0f}" if known else "–", f"{lost or ''}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the workbench in a browser.")
    parser.add_argument("--times", type=int, default=12)
    parser.add_argument("--sessions", type=int, default=20)
    given = parser.parse_args()
    table = Table("milliseconds", "median", "longest", "never", title="What a user waits for")
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        command = [sys.executable, "-m", "clientela", "serve", "iraq-2021", "--port", "0", "--no-browser"]  # fmt: skip
        with said.open("w") as out:
            server = subprocess.Popen(command, cwd=folder, stderr=out)
        try:
            while not (found := re.search(r"open at (http://\S+)/", said.read_text())):
                time.sleep(0.05)
            measure(table, found[1], given)
        finally:
            server.terminate()
            server.wait()
    Console().print(table)


def measure(table: Table, address: str, given: argparse.Namespace) -> None:
    made = browser()
    try:
        row(table, "first paint, the first page of a browser that has cached nothing", [paint(made, f"{address}/crisis")])  # fmt: skip
        again = [paint(made, f"{address}/{page}") for page in PAGES for _ in range(3)]
        row(table, "first paint, every page, thrice", again)
        ready_to_move(made, address)
        row(table, "slider to new numbers", moves(made, given.times))
        made.get(f"{address}/crisis")
        wait_for(made, "[data-question]")
        _draw_many(made)
        busy = [paint(made, f"{address}/{page}") for page in PAGES]
        row(table, "first paint, while 500,000 histories are drawn", busy)
        ready_to_move(made, address)
        row(table, "slider to new numbers, while 500,000 histories are drawn", moves(made, given.times))  # fmt: skip
        running = bool(made.find_elements(By.CSS_SELECTOR, "[role=progressbar]"))
        print("still drawing at the end of it:", running)
        for button in made.find_elements(By.TAG_NAME, "button"):
            if button.text == "Stop":
                button.click()
        time.sleep(3)
        row(table, f"slider to new numbers, {given.sessions} sessions moving at once", sessions(made, address, given.sessions))  # fmt: skip
    finally:
        made.quit()


def _draw_many(made: webdriver.Chrome) -> None:
    """Draws 500,000 histories, so that the work lasts as long as it is measured."""
    made.find_element(By.XPATH, "//label[contains(., 'How many')]//input").click()
    wait_for(made, ".q-menu .q-item")
    for item in made.find_elements(By.CSS_SELECTOR, ".q-menu .q-item"):
        if "500,000" in item.text:
            item.click()
    time.sleep(0.5)
    next(b for b in made.find_elements(By.TAG_NAME, "button") if b.text == "Draw").click()
    wait_for(made, "[role=progressbar]")


if __name__ == "__main__":
    main()
