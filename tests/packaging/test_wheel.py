"""Alongside as somebody gets it who has no checkout: a wheel, an empty environment, one command."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from tests.plugins.server import Server, environment_for, running

pytestmark = [pytest.mark.once, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "paper lantern 47"
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, ROOT / "tools" / "build_assets.py")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `alongside` in an environment that holds the wheel and what it asks for, and nothing of this tree."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    python = environment / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", sys.executable, environment)
    run(UV, "pip", "install", "--quiet", "--python", python, "--requirements", ROOT / "requirements" / "run.txt")
    run(UV, "pip", "install", "--quiet", "--python", python, "--no-deps", wheel)
    run(UV, "pip", "check", "--python", python)
    return environment / "bin" / "alongside"


@dataclass(frozen=True)
class Program:
    """A new program with one worker, begun as docs/howto/start-your-program.md says."""

    server: Server
    start_password: str


@pytest.fixture(scope="module")
def started(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    home = tmp_path_factory.mktemp("home")
    users = [installed, "users"]
    with running(home, command=str(installed)) as server:
        run(*users, "add-program", "Harbor", "--slug", "harbor", "--timezone", "America/New_York", home=home)
        said = run(*users, "add", "sam", "--role", "worker", home=home)
        yield Program(server, re.findall(r"Start password: (\S+)", said)[0])


def test_it_carries_what_is_built_and_leaves_out_what_is_not_needed(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    catalogues = (ROOT / "src" / "alongside" / "locale").rglob("*.po")
    built = [str(po.relative_to(ROOT / "src").with_suffix(".mo")) for po in catalogues]
    vendored = [
        f"alongside/desk/static/desk/vendor/{name}" for name in ("htmx.min.js", "icons.svg", "atkinson-400.woff2")
    ]
    assert {*built, *vendored} <= set(names)
    assert [name for name in names if "/tests/" in name or name.endswith(".pyc")] == []


def test_a_contact_is_recorded(started: Program) -> None:
    with httpx.Client(base_url=started.server.url, follow_redirects=True, timeout=30) as visitor:
        changing = submit(visitor, visitor.get("/"), login="sam", password=started.start_password)
        submit(visitor, changing, oldpassword=started.start_password, password1=PASSWORD, password2=PASSWORD)
        form = visitor.get("/record/")
        item = re.search(r'name="(items\.syringe[^"]+)"', form.text)
        assert item, form.text
        saved = submit(visitor, form, **{item[1]: "37"})
        assert saved.status_code == 200, saved.text
        assert "37" in visitor.get("/today/").text


def test_its_own_assets_are_served(started: Program) -> None:
    page = httpx.get(started.server.url, follow_redirects=True).text
    sheets = re.findall(r'<link[^>]+href="(/static/[^"]+)"', page)
    assert sheets
    assert {httpx.get(started.server.url + sheet).status_code for sheet in sheets} == {200}


def submit(visitor: httpx.Client, page: httpx.Response, **typed: str) -> httpx.Response:
    """Send the page's form that has these fields, with what else it holds, as a browser without JavaScript does."""
    reader = FormReader()
    reader.feed(page.text)
    form = next(form for form in reader.forms if typed.keys() <= form.fields.keys())
    return visitor.post(page.url.join(form.action), data=form.fields | typed)


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class FormReader(HTMLParser):
    """What each form of a page would send if nothing were typed."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input" and self.forms and is_sent(given):
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self.forms and (self._select not in self.forms[-1].fields or "selected" in given):
            self.forms[-1].fields[self._select] = given.get("value", "")


def is_sent(given: dict[str, str]) -> bool:
    return "name" in given and (given.get("type") not in {"checkbox", "radio"} or "checked" in given)


def run(*command: str | Path, home: Path = ROOT) -> str:
    environment = environment_for(home, port=0, database_url="")
    parts = [str(part) for part in command]
    done = subprocess.run(parts, cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
