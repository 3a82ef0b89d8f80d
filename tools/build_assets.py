"""Bring in what is used but not kept in git: front-end packages, the icon sprite, compiled translations.

Runs in the project's environment. Does nothing when no input has changed.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "alongside"
VENDOR = PACKAGE / "desk" / "static" / "desk" / "vendor"
WORKSHOP = ROOT / "build" / "npm"
MARK = PACKAGE / "desk" / "static" / "desk" / "mark.svg"
APP_ICONS = PACKAGE / "field" / "static" / "field" / "icons"
APP_ICON_SIZES = (192, 512)
NIGHT = "#38183f"
STAMP = ROOT / "build" / "assets.stamp"
ICON_NAMES = ROOT / "tools" / "icons.txt"

#: Target below `vendor/`: where it lies in `node_modules/`.
COPIED = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "idb.js": "idb/build/index.js",
    "pico.classless.min.css": "@picocss/pico/css/pico.classless.min.css",
    "atkinson-400.woff2": "@fontsource/atkinson-hyperlegible/files/atkinson-hyperlegible-latin-400-normal.woff2",
    "atkinson-700.woff2": "@fontsource/atkinson-hyperlegible/files/atkinson-hyperlegible-latin-700-normal.woff2",
    "licenses/atkinson-hyperlegible.txt": "@fontsource/atkinson-hyperlegible/LICENSE",
    "licenses/htmx.txt": "htmx.org/LICENSE",
    "licenses/idb.txt": "idb/LICENSE",
    "licenses/lucide.txt": "lucide-static/LICENSE",
    "licenses/pico.txt": "@picocss/pico/LICENSE.md",
}

SYMBOL_ATTRIBUTES = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round"'
)


def main() -> None:
    if is_current():
        return
    packages = fetch_packages()
    copy_files(packages)
    build_sprite(packages)
    draw_icons()
    compile_translations()
    STAMP.write_text(fingerprint())


def is_current() -> bool:
    outputs = (
        [VENDOR / name for name in COPIED]
        + [VENDOR / "icons.svg"]
        + [APP_ICONS / f"{size}.png" for size in APP_ICON_SIZES]
        + [po.with_suffix(".mo") for po in catalogues()]
    )
    return STAMP.is_file() and STAMP.read_text() == fingerprint() and all(output.is_file() for output in outputs)


def fingerprint() -> str:
    inputs = [ROOT / "package.json", ROOT / "package-lock.json", ICON_NAMES, MARK, Path(__file__), *catalogues()]
    digest = hashlib.sha256()
    for file in inputs:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def catalogues() -> list[Path]:
    return sorted((PACKAGE / "locale").glob("*/LC_MESSAGES/*.po"))


def fetch_packages() -> Path:
    """Install the locked packages into the workshop, unless the same lock is installed there already."""
    lock, packages = (ROOT / "package-lock.json").read_bytes(), WORKSHOP / "node_modules"
    installed = WORKSHOP / "package-lock.json"
    if packages.is_dir() and installed.is_file() and installed.read_bytes() == lock:
        return packages
    shutil.rmtree(WORKSHOP, ignore_errors=True)
    WORKSHOP.mkdir(parents=True)
    for name in ("package.json", ".npmrc"):
        shutil.copy(ROOT / name, WORKSHOP)
    shutil.copy(ROOT / "package-lock.json", installed)
    done = subprocess.run([npm(), "ci", "--silent"], cwd=WORKSHOP, check=False)
    if done.returncode:
        shutil.rmtree(WORKSHOP)
        sys.exit("Installing the front-end packages stopped: npm said no (above). Is this computer online?")
    return packages


def npm() -> str:
    """The system's npm, or one from the Python package that carries Node.js."""
    if found := shutil.which("npm"):
        return found
    own = Path(sys.prefix) / "bin" / "npm"
    if not own.exists():
        requirements = ROOT / "requirements" / "node.txt"
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", requirements], check=True
        )
    return str(own)


def copy_files(packages: Path) -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for target, source in COPIED.items():
        place = VENDOR / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages / source, place)


def build_sprite(packages: Path) -> None:
    """One file for all icons, so that a page shows one with `<use href="…/icons.svg#name">` and no inline drawing."""
    symbols = [symbol(packages / "lucide-static" / "icons", name) for name in icon_names()]
    drawing = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (VENDOR / "icons.svg").write_text(drawing, encoding="utf-8")


def icon_names() -> list[str]:
    lines = (line.strip() for line in ICON_NAMES.read_text(encoding="utf-8").splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def symbol(folder: Path, name: str) -> str:
    file = folder / f"{name}.svg"
    if not file.is_file():
        sys.exit(f"tools/icons.txt names the icon {name}, which lucide does not have. See lucide-static in build/npm.")
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text(encoding="utf-8"), re.DOTALL)
    if shapes is None:
        sys.exit(f"The icon {name} is not a drawing.")
    return f'<symbol id="{name}" {SYMBOL_ATTRIBUTES}>{" ".join(shapes[1].split())}</symbol>'


def draw_icons() -> None:
    """The mark on its ground, as phones want their apps' icons: with room to cut the corners off."""
    import vl_convert

    shapes = re.search(r"<svg[^>]*>(.*)</svg>", MARK.read_text(encoding="utf-8"), re.DOTALL)
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="-8 -8 48 48">'
        f'<rect x="-8" y="-8" width="48" height="48" fill="{NIGHT}"/>{shapes[1] if shapes else ""}</svg>'
    )
    APP_ICONS.mkdir(parents=True, exist_ok=True)
    for size in APP_ICON_SIZES:
        (APP_ICONS / f"{size}.png").write_bytes(vl_convert.svg_to_png(drawing, scale=size / 48))


def compile_translations() -> None:
    for catalogue in catalogues():
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with catalogue.open("rb") as source, catalogue.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale=catalogue.parts[-3]))


if __name__ == "__main__":
    main()
