"""Fails on words that have no place in the tree: work left undone, tests that sleep or skip, paths of one machine."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = (".cc", ".h", ".proto", ".sql", ".py", ".sh", ".cmake", ".ts", ".tsx")
SCRIPTS = ("deploy/up", "deploy/down", "deploy/install", "tests/run", ".ci/run")
THIS = "tests/checks/sources.py"

# What is found, and the cure.
CODE_RULES = [
    (r"\b(TODO|FIXME|XXX|HACK)\b", "unfinished by its own words: finish it, or write an issue"),
]
TEST_RULES = [
    (r"\b(sleep_for|sleep_until|usleep|nanosleep|SleepFor|time\.sleep)\b",
     "tests do not sleep: inject a clock, wait for the condition, or give the reason in a comment on the line"),
    (r"\b(DISABLED_|GTEST_SKIP|unittest\.skip|skipTest)", "a test that does not run proves nothing: mend it or delete it"),
    (r"EXPECT_TRUE\(true\)|assertTrue\(True\)", "this asserts nothing"),
]


def machine_paths():
    """Folders of the machine that this checkout lies on; no file may name them."""
    parent = str(ROOT.parent)
    common = {"/", "/tmp", "/root", "/home", "/usr/src", "/srv", "/opt", "/var/tmp"}
    return [] if parent in common or parent.startswith("/tmp/") else [parent + "/"]


def is_test(path):
    return path.startswith("tests/") or re.search(r"_test(_\w+)?\.(cc|h)$", path) is not None


def faults_of(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        for machine_path in machine_paths():
            if machine_path in line:
                yield number, f"names {machine_path}, a path of one machine: work it out at run time"
        if not path.endswith(CODE) and path not in SCRIPTS:
            continue
        for pattern, cure in CODE_RULES:
            if re.search(pattern, line):
                yield number, cure
        for pattern, cure in TEST_RULES if is_test(path) else []:
            if re.search(pattern, line) and not re.search(r"(//|#) \w", line):
                yield number, cure


def main():
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], check=True, stdout=subprocess.PIPE).stdout
    faults = 0
    for path in listed.decode().split("\0"):
        if not path or path == THIS or not (ROOT / path).is_file():
            continue
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, cure in faults_of(path, text):
            print(f"{path}:{number}: {cure}")
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
