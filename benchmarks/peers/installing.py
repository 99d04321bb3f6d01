"""Peers get an environment of their own below `var/peers`, on request only."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "var" / "peers"
PYTHON = FOLDER / "python" / "bin" / "python"
NODE_MODULES = FOLDER / "node" / "node_modules"


def install() -> None:
    """Whatever is pinned in requirements.txt and package.json, from the registries set up here."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", str(FOLDER / "python")], check=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*pip, "-r", str(HERE / "requirements.txt")], check=True)
    if shutil.which("npm") is None:
        print("npm is not here: nlp.js will be left out", file=sys.stderr)
        return
    (FOLDER / "node").mkdir(exist_ok=True)
    shutil.copy(HERE / "package.json", FOLDER / "node")
    npm = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
    subprocess.run(npm, cwd=FOLDER / "node", check=True)
