"""The two commands, `run` and `test` (and `bench`, `soak`), from nothing but Python 3.11+ and git.

Creates `.venv`, installs the pinned dependencies and the system parts, then runs the command. Standard library only:
it runs before anything is installed. A second start only compares a fingerprint.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "packaging" / "constraints.txt"
STAMP = VENV / "cuedrop.stamp"
PARALLEL = ("-n", "2", "--dist", "loadfile")  # a file's tests share their OBS
FAILED_AT_MOST = 5  # tests that may fail beside others and pass alone; more is no bad luck
ALONE_TRIES = 2
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# What the window, the cameras and the sound need; then what the tests need to try the real things.
DEBIAN_RUN = (
    "libvlc5 vlc-plugin-base vlc-plugin-access-extra libportaudio2 libxcb-cursor0 libxkbcommon-x11-0 libegl1 "
    "libgl1-mesa-dri libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 "
    "libxcb-xinerama0 libdbus-1-3 libfontconfig1 fontconfig fonts-dejavu-core"
).split()
DEBIAN_TEST = (
    "obs-studio xvfb xdotool libxtst6 ffmpeg jackd2 chromium chromium-driver imagemagick openssl e2fsprogs mount "
    "nginx-light libnginx-mod-rtmp mpv espeak-ng pulseaudio libasound2-plugins"
).split()
FEDORA_RUN = "vlc-libs vlc-plugins-base portaudio xcb-util-cursor libxkbcommon-x11 mesa-dri-drivers".split()
FEDORA_TEST = (
    "obs-studio xorg-x11-server-Xvfb xdotool ffmpeg jack-audio-connection-kit chromium chromedriver espeak-ng".split()
)


def main() -> int:
    """Run one command; returns its exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may have an older one
        print("Cuedrop needs Python 3.11 or newer. Install it and run this again with it.")
        return 2
    arguments, rest = _arguments()
    install_system_parts(for_tests=arguments.command != "run")
    install_python_parts()
    os.chdir(ROOT)
    commands = {"run": run, "test": test, "bench": bench, "soak": soak}
    return commands[arguments.command](arguments, rest)


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    own, rest = sys.argv[1:], []
    if "--" in own:
        cut = own.index("--")
        own, rest = own[:cut], own[cut + 1 :]
    parser = argparse.ArgumentParser(prog="bootstrap.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="open the console; everything after -- goes to cuedrop")
    tests = commands.add_parser("test", help="check and test everything; everything after -- goes to pytest")
    tests.add_argument("--fast", action="store_true", help="leave out what is slow or needs real outside programs")
    commands.add_parser("bench", help="measure, print a table, write JSON; after --: names of benches")
    commands.add_parser("soak", help="the long campaigns; after --: names and options")
    return parser.parse_args(own), rest


# --- the commands ---


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Open the console; without a display, and nothing else asked for, play the practice show."""
    if not rest and not _has_display():
        print("There is no display here: playing the practice show without a window. It ends by itself.", flush=True)
        rest = ["rehearse"]
    return _call(PYTHON, "-m", "console", *rest)


def test(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Everything that must be green: the checks beside the quick tests, then the real things."""
    if rest:
        return _call(PYTHON, "-m", "pytest", *rest)
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(_check_all)
        codes = [_test_all("not real and not slow")]
        failed = checked.result()
    if not arguments.fast:
        codes.append(_test_all("real or slow", "--durations=12"))
    for name, output in failed.items():
        print(f"\n{name} failed:\n{output}")
    print(f"Checks: {'all green' if not failed else ', '.join(failed) + ' failed'}.")
    return max(codes) or len(failed)


def _test_all(marked: str, *options: str) -> int:
    """The tests that are marked so, two at a time; what fails beside another is told, and must pass alone.

    Alone it may be tried twice: a rented machine can be held up by its neighbours too.
    """
    code = _call(PYTHON, "-m", "pytest", "--quiet", "--cache-clear", *options, *PARALLEL, "-m", marked)
    for _ in range(ALONE_TRIES):
        failed = _failed() if code == 1 else []
        if not 0 < len(failed) <= FAILED_AT_MOST:
            break
        print(f"\n{len(failed)} failed and must pass alone:", *failed, sep="\n  ", flush=True)
        code = _call(PYTHON, "-m", "pytest", "--quiet", "--cache-clear", *failed)
    return code


def _failed() -> list[str]:
    """The tests that failed in the last run: pytest's own list."""
    noted = ROOT / "out" / "pytest" / "v" / "cache" / "lastfailed"
    return list(json.loads(noted.read_text())) if noted.exists() else []


def bench(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Measure every figure against a floor of the same run."""
    return _call(PYTHON, "-m", "tests.bench", *rest)


def soak(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Run the long campaigns."""
    return _call(PYTHON, "-m", "tests.soak", *rest)


def _check_all() -> dict[str, str]:
    """What failed, by name, with its output."""
    tools = {
        "format": ["ruff", "format", "--check", "--quiet", "."],
        "lint": ["ruff", "check", "--quiet", "."],
        "house": ["lint-imports", "--no-cache", "--no-logo"],
        "types": ["mypy"],
    }
    failed = {}
    for name, (tool, *options) in tools.items():
        command = [str(PYTHON.with_name(tool + PYTHON.suffix)), *options]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            failed[name] = done.stdout + done.stderr
    return failed


def _call(*command: str | Path) -> int:
    try:
        return subprocess.call([str(part) for part in command])
    except KeyboardInterrupt:
        return 130


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# --- the Python parts ---


def install_python_parts() -> None:
    """Make `.venv` as the lock says. Does nothing when its fingerprint is that of the last time."""
    wanted = _fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Installing the Python parts into .venv (once, about a minute) ...", flush=True)
    if not PYTHON.exists() or STAMP.exists():
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", str(VENV)])
    _pip("--require-hashes", "-r", str(LOCK))
    _pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(wanted)


def _pip(*arguments: str) -> None:
    """Install; what pip says is shown only when it fails. Ends the program then."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *arguments]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout[-4000:])
        sys.exit("The Python parts could not be installed: see above. Look at the network, then run this again.")


def _fingerprint() -> str:
    parts = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


# --- the system parts ---


def install_system_parts(*, for_tests: bool) -> None:
    """Install what is missing where that can be done; elsewhere print the command, and go on with what works."""
    family = _family()
    if family == "debian":
        _install_debian(DEBIAN_RUN + (DEBIAN_TEST if for_tests else []))
    elif family == "fedora":
        wanted = FEDORA_RUN + (FEDORA_TEST if for_tests else [])
        missing = [name for name in wanted if _fails("rpm", "-q", name)]
        _advise(f"sudo dnf install {' '.join(missing)}" if missing else "")
    elif family == "macos":
        casks = [("VLC", "vlc"), ("OBS", "obs")]
        missing = [cask for app, cask in casks if not Path(f"/Applications/{app}.app").exists()]
        _advise(f"brew install --cask {' '.join(missing)}" if missing else "")
    elif family == "windows":
        programs = Path(os.environ.get("PROGRAMFILES", "C:/Program Files"))
        ids = [("VideoLAN/VLC", "VideoLAN.VLC"), ("obs-studio", "OBSProject.OBSStudio")]
        missing = [name for folder, name in ids if not (programs / folder).exists()]
        _advise(" & ".join(f"winget install --exact --id {name}" for name in missing))


def _family() -> str:
    if sys.platform == "darwin":
        return "macos"
    if sys.platform == "win32":
        return "windows"
    try:
        release = Path("/etc/os-release").read_text()
    except OSError:
        return "other"
    pairs = dict(line.split("=", 1) for line in release.splitlines() if "=" in line)
    words = f"{pairs.get('ID', '')} {pairs.get('ID_LIKE', '')}".replace('"', "").split()
    return next((name for name in ("debian", "fedora") if name in words), "debian" if "ubuntu" in words else "other")


def _install_debian(wanted: list[str]) -> None:
    if _fails(sys.executable, "-c", "import ensurepip"):
        wanted = [*wanted, "python3-venv"]
    missing = _missing_debian(wanted)
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not is_root and not shutil.which("sudo"):
        _advise(f"apt-get update && {' '.join(install)}   (as root)")
        return
    as_root = [] if is_root else ["sudo", "--preserve-env=DEBIAN_FRONTEND"]
    print(f"Installing system parts: {' '.join(missing)} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], install):
        done = subprocess.run(
            [*as_root, *command], env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode:
            print(done.stdout.decode(errors="replace")[-2000:])
            _advise(f"sudo apt-get update && sudo {' '.join(install)}")
            return


def _missing_debian(wanted: list[str]) -> list[str]:
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n", *wanted],
        check=False,
        capture_output=True,
        text=True,
    )
    there = {line.split()[0] for line in asked.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if name not in there]


def _fails(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode != 0
    except OSError:
        return True


def _advise(command: str) -> None:
    if command:
        print(f"Some system parts are missing. Cuedrop goes on with what works; to have all of it:\n  {command}")


if __name__ == "__main__":
    sys.exit(main())
