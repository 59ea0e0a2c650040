# What bin/run and bin/test share: messages, Python, .venv, packages. Sourced, from the project's folder; POSIX sh.

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" # where dockerd and ip are, also for people whose PATH leaves these out
export PATH
may_install=yes # --no-install says no

say() {
  printf '%s\n' "$*"
}

# end_with SENTENCE…: says what to do, one sentence a line, and ends with status 1.
end_with() {
  printf '%s\n' "$@" >&2
  exit 1
}

is_root() {
  [ "$(id -u)" -eq 0 ]
}

can_install() {
  [ "$may_install" = yes ] && is_root && command -v apt-get >/dev/null
}

# install_packages NAME…: those of them that this distribution has (Ubuntu's docker.io brings the client along, for one).
install_packages() {
  say "Installing with apt: $*"
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  apt-get update -qq || say "apt-get update failed (see its words above): going on with the lists that are there."
  known=
  for package in "$@"; do
    case $(apt-cache policy "$package") in
      *"Candidate: (none)"* | "") say "This distribution has no package $package: left out." ;;
      *) known="$known $package" ;;
    esac
  done
  # shellcheck disable=SC2086 # one word per package is meant
  [ -z "$known" ] || apt-get install -y -qq --no-install-recommends $known >/dev/null ||
    end_with "apt-get install failed: see its words above."
}

distribution_python=/usr/bin/python3

# find_python TEST: prints the first Python, 3.11 or newer, for which the Python statement TEST does not fail. The
# distribution's own comes first: it gets its fixes with the system, and was built with what a compiler learns from a profile,
# which one that pyenv built was not: everything took half as long again there.
find_python() {
  for candidate in "$distribution_python" python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c "import sys; assert sys.version_info >= (3, 11); $1" >/dev/null 2>&1; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

# make_venv: a .venv with pip; one whose Python has gone (an upgrade), or that was interrupted in the making, is made anew.
make_venv() {
  if [ -x .venv/bin/pip ] && .venv/bin/python -c 'import sys; assert sys.version_info >= (3, 11)' 2>/dev/null; then
    return
  fi
  if ! python=$(find_python 'import ensurepip, venv'); then
    if can_install; then
      install_packages python3-venv
    elif find_python pass >/dev/null; then
      end_with "This Python cannot make a virtual environment: its venv module is missing." \
        "Install it as root (apt-get install python3-venv), then start this again."
    fi
    python=$(find_python 'import ensurepip, venv') ||
      end_with "No Python 3.11 or newer with its venv module was found." "Install one (apt-get install python3 python3-venv), then start this again."
  fi
  say "Making .venv with $("$python" -V)"
  "$python" -m venv --clear .venv || end_with "Making .venv failed: see the words above."
}

# install_lock LOCK…: installs these lock files, unless .venv already holds exactly them; the first one may be asked for alone.
install_lock() {
  if [ "$(cat ".venv/installed-$#" 2>/dev/null)" = "$(describe_lock "$@")" ]; then
    return
  fi
  say "Installing the locked requirements into .venv"
  rm -f .venv/installed-*
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$1" ${2:+-r "$2"} ||
    end_with "Installing the requirements failed: see pip's words above. It needs a package index that it can reach."
  describe_lock "$@" >".venv/installed-$#"
  describe_lock "$1" >.venv/installed-1
}

describe_lock() {
  printf '%s %s\n' "$(.venv/bin/python -V)" "$(cksum "$@")"
}

# ask_engine URL: status 0 when an Engine answers GET /_ping there within 5 s; else says why not, status 1.
# What this cannot ask (ssh://, TLS) passes: the server itself will say.
ask_engine() {
  .venv/bin/python - "$1" <<'PYTHON'
import http.client, os, signal, socket, sys
from urllib.parse import urlsplit

url = urlsplit(sys.argv[1])
signal.alarm(5)  # a total deadline: a socket's own counts each read anew
try:
    if url.scheme == "unix":
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(4)
        connection.sock.connect(url.path)
    elif url.scheme in ("tcp", "http") and not os.environ.get("DOCKER_TLS_VERIFY"):
        connection = http.client.HTTPConnection(url.hostname or "localhost", url.port or 2375, timeout=4)
    elif url.scheme in ("ssh", "tcp", "http", "https"):
        sys.exit(0)
    else:
        sys.exit("an address begins with unix://, tcp:// or ssh://")
    connection.request("GET", "/_ping")
    status = connection.getresponse().status
    sys.exit(0 if status == 200 else f"it answered with status {status}")
except PermissionError:
    sys.exit("you may not open it")
except (OSError, ValueError, http.client.HTTPException) as error:
    sys.exit(getattr(error, "strerror", None) or str(error) or type(error).__name__)
PYTHON
}
