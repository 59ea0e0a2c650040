"""Where static files are served from: under names that hold a hash of their content, so that browsers keep them for good."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = r'(?P<matched>\bfrom "(?P<url>\./[^"]+)")'


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Writes the hashed names into the imports of our own modules too: what a page and a module name is loaded once.

    Django's own way, `support_js_module_import_aggregation`, reads the scripts of all packages, and fails where one of them has
    an example in a comment.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", ((_IMPORT, 'from "%(url)s"'),)))
