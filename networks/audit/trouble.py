"""What keeps the trail from being written, in words for people."""

from __future__ import annotations

import ssl

from networks.models.stored_sentences import Said
from networks.models.stored_sentences import say as _


class Unwritable(Exception):
    """Nothing can be written now; it is tried again. `sentence`: why."""

    def __init__(self, sentence: Said) -> None:
        super().__init__(sentence.in_english)
        self.sentence = sentence


def unwritable(error: OSError) -> Unwritable:
    """Return what an error of the system, of the network or of TLS means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unwritable(_("The receiver's certificate is refused: %(words)s.") % {"words": error.verify_message.rstrip(".")})
    if isinstance(error, TimeoutError):
        return Unwritable(_("The receiver does not answer."))
    words = getattr(error, "reason", "") or error.strerror or str(error)
    return Unwritable(_("The system says: %(words)s.") % {"words": words.rstrip(".")})


def elsewhere() -> Unwritable:
    """Return what it means that a file ends otherwise than with the last line that is remembered."""
    return Unwritable(
        _("The file does not end where the record's last line is remembered: check it with verify_activity, then move it away.")
    )
