"""See that there is a Chromium for the browser tests; install the distribution's where that is possible."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def browser_path() -> str | None:
    """The system's Chromium or Chrome, or the one that KEPT_BROWSER names."""
    return os.environ.get("KEPT_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)


def main() -> None:
    if browser_path() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests ...", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, stdout=subprocess.DEVNULL)
    if browser_path() is None:
        sys.exit("kept: the browser tests need Chromium; install it (Debian: apt install chromium), then run again")


if __name__ == "__main__":
    main()
