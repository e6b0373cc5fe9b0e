from __future__ import annotations

import subprocess
from pathlib import Path

from ttv.cli._stack import worker_children
from ttv.settings import Settings


def test_children_take_no_modules_from_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise SystemExit('not yours')")
    (worker,) = worker_children(Settings(data_dir=tmp_path / "data"))

    done = subprocess.run(
        (*worker.command, "--help"), cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
