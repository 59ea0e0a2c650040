"""What an authenticator app shows: the six digits of RFC 6238, made anew by this file's own few lines."""

from __future__ import annotations

import base64
import hmac
import struct
import time

STEP_S = 30


def code_of(secret: str, *, steps: int = 0) -> str:
    """Return the code of a base32 secret now, or so many steps later."""
    counter = struct.pack(">Q", int(time.time()) // STEP_S + steps)
    digest = hmac.new(base64.b32decode(secret), counter, "sha1").digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
