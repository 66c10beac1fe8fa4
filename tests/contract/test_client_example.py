"""The Python client of the user's own API document, run as it stands there but for host, port and token."""

import re
import subprocess
import sys
from pathlib import Path

from tests.harness.service import Service

DOCUMENT = Path(__file__).parents[2] / "docs" / "websocket-api.md"


def test_the_documented_python_client_runs(service: Service, tmp_path: Path) -> None:
    found = re.search(r"### Python Example\n\n```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found
    example = found[1]
    assert "your_jwt_token_here" in example
    assert "localhost:8000" in example
    script = tmp_path / "client.py"
    adapted = example.replace("your_jwt_token_here", service.token)
    script.write_text(adapted.replace("localhost:8000", f"127.0.0.1:{service.port}"))
    outcome = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=60)
    assert outcome.returncode == 0, outcome.stderr
    analysis, search = outcome.stdout.splitlines()
    assert analysis.startswith("Analysis result: {'url': 'https://app.apollo.io/#/people?personTitles[]=CEO")
    assert search.startswith("Search result: {'next': ")
    assert search.count("'uuid':") == 10
