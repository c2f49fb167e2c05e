"""Draws the screenshots of docs/workbench.md anew: python docs/screenshots.py (needs chromium)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

HERE = Path(__file__).parent / "workbench"
MOVED = {"mechanisms.patronage.visit_rate": 0.02, "mechanisms.patronage.control": 0.85}
HALL = {"chamber.procedure.second-round.present": 165}
PAGES = {
    "crisis": "/crisis",
    "what-if": f"/what-if?b=&c={quote(json.dumps(MOVED))}",
    "chamber": f"/chamber?c={quote(json.dumps(HALL))}",
    "evidence": "/evidence?r=reporters&p=control-weaker",
    "scenario": "/scenario",
    "runs": "/runs",
}
SIZES = {"wide": (1440, 1150), "narrow": (390, 1100)}


def main() -> None:
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        clientela = [sys.executable, "-m", "clientela"]
        said = Path(folder) / "said"
        with said.open("w") as out:
            server = subprocess.Popen(
                [*clientela, "serve", "iraq-2021", "--port", "0", "--no-browser"],
                cwd=folder,
                stderr=out,
            )
        try:
            while not (found := re.search(r"open at (http://\S+)/", said.read_text())):
                time.sleep(0.1)
            for draws in ("10000", "20000"):
                subprocess.run(
                    [*clientela, "run", "iraq-2021.yaml", "--draws", draws, "--out", f"runs/as-written-{draws}"],
                    cwd=Path(folder) / "iraq-2021", check=True, stdout=subprocess.DEVNULL,
                )  # fmt: skip
            _shoot(found[1])
        finally:
            server.terminate()
            server.wait()


def _shoot(address: str) -> None:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    try:
        for page, path in PAGES.items():
            for size, (width, height) in SIZES.items():
                _picture(browser, address + path, HERE / f"{page}-{size}.png", width, height)
        _picture(
            browser, address + PAGES["crisis"], HERE / "crisis-dark.png", 1440, 1150, dark=True
        )
    finally:
        browser.quit()


def _picture(
    browser, address: str, path: Path, width: int, height: int, dark: bool = False
) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
    browser.get(address)
    time.sleep(4)
    browser.save_screenshot(str(path))
    print(path.name)


if __name__ == "__main__":
    main()
