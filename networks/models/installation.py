"""Whose database this is: which version brought its tables up to date last, and which secret key sealed what stands in it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256

from django.db import models

from networks.models.trail import ONLY


class Installation(models.Model):
    """One row. `version`: Netadmin's own. `key_check`: `check_of_key` of the secret key, "" before the first start with one."""

    version = models.CharField(max_length=40, blank=True, default="")
    key_check = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"Netadmin {self.version}"


def check_of_key(key: str) -> str:
    """Return 64 hex digits that are the same for the same secret key, and tell nothing of it: it has 512 bits of chance."""
    return hmac.new(key.encode(), b"netadmin: which secret key", sha256).hexdigest()


def note_version(version: str) -> None:
    """Write down which version brought the tables up to date."""
    Installation.objects.update_or_create(pk=ONLY, defaults={"version": version})


def note_key(key: str) -> None:
    """Write down which secret key seals from now on."""
    Installation.objects.update_or_create(pk=ONLY, defaults={"key_check": check_of_key(key)})


def is_key_known(key: str, fallbacks: Iterable[str]) -> bool:
    """Tell whether what stands here was sealed with this key or one before it. Notes the key where none was noted yet.

    False leaves what is noted as it is: once the right key is back, nothing was lost.
    """
    noted = Installation.objects.filter(pk=ONLY).values_list("key_check", flat=True).first()
    if noted == check_of_key(key):
        return True
    if noted and noted not in map(check_of_key, fallbacks):
        return False
    note_key(key)
    return True
