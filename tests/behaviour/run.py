#!/usr/bin/env python3
"""Runs the behaviour tests of these files, of all files by default, on one suite. Usage: run.py [-k PATTERN] [FILE...]"""

import argparse
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import shared  # noqa: E402


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", dest="pattern", action="append", help="only tests whose name holds this")
    parser.add_argument("files", nargs="*")
    asked = parser.parse_args(arguments)
    loader = unittest.TestLoader()
    if asked.pattern:
        loader.testNamePatterns = [f"*{pattern}*" for pattern in asked.pattern]
    files = asked.files or sorted(HERE.glob("*_test.py"))
    tests = unittest.TestSuite(loader.loadTestsFromName(pathlib.Path(file).stem) for file in files)
    try:
        result = unittest.TextTestRunner(verbosity=2).run(tests)
    finally:
        shared.close()
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":

    sys.exit(main(sys.argv[1:]))
