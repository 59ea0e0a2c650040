"""The images of several servers, built without a registry, and the secrets that their containers are given."""

from __future__ import annotations

import os
from pathlib import Path

from tests.installed.image_builder import BASE, ImageBuilder, make_base

TARGETS = {"netadmin": "netadmin", "netadmin-proxy": "proxy", "netadmin-database": "database"}
USER = 10001
DATABASE_PASSWORD = "0123456789abcdef0123456789abcdef"


def build_images(folder: Path) -> Path:
    """Return a file of all of them, for `docker load`; some minutes."""
    base = make_base(folder)
    with ImageBuilder() as builder:
        builder.docker("import", str(base), BASE)
        for image, target in TARGETS.items():
            builder.build(target, image)
        builder.save(folder / "images.tar", *TARGETS)
    return folder / "images.tar"


def write_secrets(folder: Path) -> Path:
    """Return a folder of the three secrets, as docs/postgresql.md has them made."""
    folder.mkdir(mode=0o700)
    texts = {
        "database-password": DATABASE_PASSWORD,
        "database-url": f"postgresql://netadmin:{DATABASE_PASSWORD}@database:5432/netadmin",
        "secret-key": "k" * 64,
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
        os.chown(folder / name, USER, USER)
        (folder / name).chmod(0o400)
    return folder
