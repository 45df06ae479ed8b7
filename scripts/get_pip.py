# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for get-pip.py, which ansible-test would download: runs the pip that Python itself brings."""

import ensurepip
import pathlib
import sys

WHEEL = next(iter(sorted((pathlib.Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))))

sys.path.insert(0, str(WHEEL))
# Options that get-pip.py takes, and pip does not.
sys.argv[1:] = ["install", "--no-index", f"--find-links={WHEEL.parent}", "pip"] + [
    argument for argument in sys.argv[1:] if argument in ("--quiet", "--disable-pip-version-check")
]

from pip._internal.cli.main import main  # noqa: E402

sys.exit(main())
