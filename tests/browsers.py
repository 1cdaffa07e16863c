"""The browser of the tests, and how it is started."""

from shutil import which

# The engine without the window around it draws the same and takes a third of the processor time; it is a package apart.
CHROMIUM = which("chromium-headless-shell") or which("chromium") or "chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
