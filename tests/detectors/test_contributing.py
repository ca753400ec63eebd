"""The detector that CONTRIBUTING shows is picked up, and passes what every detector passes."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDED = "import floorwalker.detectors.reviews as r, pytest, sys; r.__path__.append(sys.argv[1]); "
ASKED = "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', '-k', 'reviews.one_star', sys.argv[2]]))"


def test_one_file_written_by_following_contributing_adds_a_detector(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    (tmp_path / "one_star.py").write_text(code)
    suite = ROOT / "tests" / "detectors" / "test_every_detector.py"
    done = subprocess.run(
        [sys.executable, "-c", ADDED + ASKED, str(tmp_path), str(suite)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"1[23] passed", done.stdout)
