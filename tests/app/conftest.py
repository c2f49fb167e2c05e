"""A workbench as a user starts it, and a browser to look at it with."""

import os
import shutil

import pytest
from serving import Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")  # fmt: skip
DRIVER = shutil.which("chromedriver")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the bundled scenario in it."""
    from clientela.app.workspace import Workspace

    made = tmp_path_factory.mktemp("crisis")
    Workspace(made).add_bundled("iraq-2021")
    return made


@pytest.fixture(scope="module")
def server(folder):
    made = Server(folder)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def browser():
    """Chromium without a window. Where there is none, tests that need it are left out."""
    if not CHROMIUM or not DRIVER:
        pytest.skip("needs chromium and chromedriver: 'make browser' installs them")
    made = start_browser()
    yield made
    made.quit()


def start_browser():
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1440,1000", "--disable-dev-shm-usage"):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options, Service(DRIVER))


@pytest.fixture(autouse=True)
def _documents(monkeypatch, tmp_path):
    monkeypatch.setitem(os.environ, "CLIENTELA_DOCUMENTS", str(tmp_path / "documents"))
