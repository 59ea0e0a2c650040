"""The command line of ssh, and the files that it reads: nothing of a user's own configuration, no agent, no question.

They are in a folder that is locked while its process lives, so that one of a killed process, which may hold a key, is known.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from networks.engine.access.facts import SSH_PORT, AccessStep, EngineAccess, EngineAddress, Unopened

SSH = "ssh"
_PREFIX = "netadmin-ssh-"
_YOUNG = "netadmin-new-"  # not locked yet
_OPTIONS = (
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "GlobalKnownHostsFile=/dev/null",
    "UpdateHostKeys=no",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "PreferredAuthentications=publickey",
    "ExitOnForwardFailure=yes",
    "StreamLocalBindMask=0177",
    "StreamLocalBindUnlink=yes",
    "ClearAllForwardings=no",
    "ForwardAgent=no",
    "ForwardX11=no",
    "PermitLocalCommand=no",
    "ControlMaster=no",
    "ControlPath=none",
    "ConnectTimeout=8",
    "ServerAliveInterval=3",  # a dead way is noticed after three of them
    "ServerAliveCountMax=3",
    "LogLevel=INFO",
)


def ssh_command(access: EngineAccess, folder: Path) -> list[str]:
    """Return the argv of the tunnel whose files are in `folder`. Raises Unopened where there is no ssh on this machine.

    `setpriv`, where there is one, has the kernel end ssh with the thread that started it, should this process be killed.
    """
    ssh = shutil.which(SSH)
    if ssh is None:
        raise Unopened(AccessStep.SSH, "there is no ssh on the machine that Netadmin runs on (Debian: openssh-client)")
    address, setpriv = access.address, shutil.which("setpriv")
    before = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
    options = [*_OPTIONS, f"UserKnownHostsFile={folder}/known_hosts", f"HostKeyAlgorithms={_algorithms(access)}"]
    words = [word for option in options for word in ("-o", option)]
    forward = f"{folder}/docker.sock:{address.path}"
    where = ["-i", f"{folder}/key", "-p", str(address.port), "-l", address.user, "-L", forward]
    return [*before, ssh, "-F", "/dev/null", "-N", "-T", *words, *where, "--", address.host]


def write_material(access: EngineAccess, folder: Path) -> Path:
    """Write the key and the known host into a private folder, and return the key's path."""
    if access.ssh is None:
        raise Unopened(AccessStep.SSH, "no key was given")
    key = folder / "key"
    for path, text in ((key, access.ssh.key), (folder / "known_hosts", f"{_known_as(access.address)} {access.ssh.host_key}")):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w", encoding="utf-8") as file:
            file.write(text.strip() + "\n")
    return key


def _known_as(address: EngineAddress) -> str:
    return address.host if address.port == SSH_PORT else f"[{address.host}]:{address.port}"


def _algorithms(access: EngineAccess) -> str:
    """Return which host keys to ask for: of several kinds that a machine has, the one that is known."""
    kind = access.ssh.host_key.split()[0] if access.ssh else ""
    return "rsa-sha2-512,rsa-sha2-256" if kind == "ssh-rsa" else kind


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """Make a private folder, 0700, and remove it when the block ends; first remove what killed processes left. Raises OSError."""
    clear_folders()
    young = Path(tempfile.mkdtemp(prefix=_YOUNG))
    folder = young.with_name(young.name.replace(_YOUNG, _PREFIX, 1))
    lock = os.open(young, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        young.rename(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(young, ignore_errors=True)
        os.close(lock)


def clear_folders() -> None:
    """Remove the folders whose processes are dead: the kernel has freed their locks. Others' it may not open, and leaves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
