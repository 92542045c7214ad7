"""Runs Python statements one after another in one namespace that has `gh` (a PyGithub client) and `repo`.

Usage: run-statements.py BASE_URL TOKEN REPOSITORY. Each line on stdin is a JSON string, one statement; each line on
stdout is a JSON object {"output": what it printed, "code": 0, or 1 when it raised}.
"""

import contextlib
import datetime
import io
import json
import sys

import github

base_url, token, repository = sys.argv[1:]
gh = github.Github(login_or_token=token, base_url=base_url, retry=None)
names = {"gh": gh, "repo": gh.get_repo(repository), "datetime": datetime.datetime}

for line in sys.stdin:
    printed, code = io.StringIO(), 0
    with contextlib.redirect_stdout(printed):
        try:
            exec(json.loads(line), names)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
            code = 1
    print(json.dumps({"output": printed.getvalue(), "code": code}), flush=True)
