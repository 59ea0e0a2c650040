"""Builds the project's images without any registry: a base by mmdebstrap, and a dockerd of its own in the machine's network.

The private Engines of tests reach nothing outside, and a build has to fetch packages. So this one uses the machine's network,
makes no bridge and no rule of a firewall, and runs nothing but builds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.leftovers import name_prefix, take_away
from tests.private_engine import unavailable_reason, wait_until

ROOT = Path(__file__).parents[2]
BASE = "debian:trixie-slim"  # what the Dockerfile begins with, unless told otherwise
INCLUDED = "ca-certificates"
NOWHERE = "unix:///nonexistent/docker.sock"
ONLY_BUILDS = ("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-masq=false", "--ip-forward=false")
AUTHORITIES = ("PIP_CERT", "SSL_CERT_FILE")  # where this machine's pip finds a certificate authority of its own


def why_no_build() -> str:
    """Return what is missing here for a build, "" for nothing."""
    if reason := unavailable_reason():
        return reason
    if shutil.which("mmdebstrap") is None:
        return "a build needs mmdebstrap"
    known = subprocess.run(["docker", "buildx", "version"], capture_output=True, env=_environment(NOWHERE), check=False)
    return "a build needs docker-buildx" if known.returncode else ""


def make_base(folder: Path) -> Path:
    """Return a tar of Debian 13 as small as it gets; two minutes."""
    archive = folder / "base.tar"
    made = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={INCLUDED}", "trixie", str(archive)]
    subprocess.run(made, check=True, capture_output=True, timeout=900)
    return archive


class ImageBuilder:
    """A dockerd that builds; a context manager."""

    def __init__(self) -> None:
        self.folder = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix=name_prefix()))
        (self.folder / "daemon.json").write_text("{}")
        folder = self.folder
        command = ["dockerd", "--config-file", f"{folder}/daemon.json", "--pidfile", f"{folder}/pid", "-H", self.url]
        command += ["--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec", *ONLY_BUILDS]
        command += ["--cgroup-parent", f"/{folder.name}", "--exec-opt", "native.cgroupdriver=cgroupfs"]
        with (folder / "dockerd.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=_environment(self.url)
            )
        wait_until((folder / "docker.sock").exists, "the builder's socket", interval_s=0.1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
        take_away(self.folder.name, self.folder)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"unix://{self.folder}/docker.sock"

    def docker(self, *words: str, timeout_s: float = 900) -> str:
        """Return what a docker command prints. Raises RuntimeError with its own words."""
        done = subprocess.run(
            ["docker", *words],
            cwd=ROOT,
            env=_environment(self.url),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"docker {' '.join(words)}: {done.stderr[-4000:]}")
        return done.stdout.strip()

    def build(self, target: str, tag: str, *more: str) -> None:
        """Build one of the Dockerfile's images as the documentation has it, with this machine's certificate authority if any."""
        authority = next((os.environ[name] for name in AUTHORITIES if os.environ.get(name)), "")
        secret = ("--secret", f"id=ca.pem,src={authority}") if authority else ()
        self.docker("build", "--network", "host", "--target", target, "--tag", tag, *secret, *more, ".", timeout_s=1800)

    def bytes_of(self, image: str) -> int:
        """Return how large an image is."""
        return int(self.docker("image", "inspect", "--format", "{{.Size}}", image))

    def save(self, archive: Path, *images: str) -> None:
        """Write images into one file, for `docker load`."""
        self.docker("save", "--output", str(archive), *images)


def _environment(url: str) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
    return known | {"DOCKER_HOST": url, "DOCKER_BUILDKIT": "1"}
