"""Keeps the Korean sentences in step with the code: `python -m tests.locale.catalog [FOLDER]`; bin/translate starts it."""

from __future__ import annotations

import io
import os
import shutil
import sys
from contextlib import chdir, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.makemessages import Command as MakeMessages
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "networks" / "locale"
PO = Path("ko/LC_MESSAGES/django.po")
# Where people's sentences stand.
SOURCES = ("netadmin", "networks", "templates")
METADATA = {
    "Project-Id-Version": "Netadmin",
    "Language": "ko",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def read_catalog(folder: Path = LOCALE) -> polib.POFile:
    """Return the catalogue that lies in a locale folder. Its lines are never wrapped, so that a diff shows what changed."""
    return polib.pofile(str(folder / PO), wrapwidth=0)


def extract(folder: Path = LOCALE) -> polib.POFile:
    """Return the folder's catalogue as it has to be for the code of now: new sentences empty, lost ones gone.

    Works on a copy: makemessages leaves files beside the templates while it runs. Needs gettext.
    """
    with TemporaryDirectory(prefix="netadmin-translate-") as scratch:
        copy = Path(scratch)
        for name in SOURCES:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("locale", "__pycache__"))
        if (folder / PO).exists():
            (copy / "locale" / PO).parent.mkdir(parents=True)
            shutil.copy(folder / PO, copy / "locale" / PO)
        if not settings.configured:
            settings.configure()
        with chdir(copy), override_settings(LOCALE_PATHS=[copy / "locale"]), redirect_stdout(io.StringIO()):
            call_command(MakeMessages(), locale=["ko"], no_obsolete=True, no_wrap=True, add_location="file", verbosity=0)
        return tidied(read_catalog(copy / "locale"))


def tidied(catalog: polib.POFile) -> polib.POFile:
    """Return the catalogue without guesses and dates: nothing in it changes unless a sentence does."""
    catalog.metadata = dict(METADATA)
    catalog.metadata_is_fuzzy = False
    catalog.header = "Netadmin in Korean. bin/translate keeps it in step with the code."
    for entry in catalog:
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
        entry.occurrences = [(name.removeprefix("./"), line) for name, line in entry.occurrences]
        if entry.fuzzy:
            entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
            entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
    return catalog


def write_catalog(catalog: polib.POFile, folder: Path = LOCALE) -> None:
    """Write the .po, and the .mo that Django reads, so that running Netadmin needs no gettext."""
    (folder / PO).parent.mkdir(parents=True, exist_ok=True)
    catalog.save(str(folder / PO))
    catalog.save_as_mofile(str((folder / PO).with_suffix(".mo")))


def main() -> int:
    """Bring a folder's catalogue up to date, and list what has no translation: status 1 then."""
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else LOCALE
    catalog = extract(folder)
    write_catalog(catalog, folder)
    missing = catalog.untranslated_entries()
    print(f"{len(catalog)} sentences, {len(missing)} without a translation.")
    for entry in missing:
        print(f"  {', '.join(name for name, _line in entry.occurrences)}: {entry.msgid}")
    return 1 if missing else 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
