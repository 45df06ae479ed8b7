# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for get-pip.py, which ansible-test would download: runs the pip that Python itself brings."""

import ensurepip
import pathlib
import sys
import sysconfig

# Debian and Fedora keep the wheels of ensurepip in a folder of their own.
FOLDERS = (sysconfig.get_config_var("WHEEL_PKG_DIR"), pathlib.Path(ensurepip.__file__).parent / "_bundled")
WHEEL = next(wheel for folder in FOLDERS if folder for wheel in pathlib.Path(folder).glob("pip-*.whl"))

sys.path.insert(0, str(WHEEL))
# Options that get-pip.py takes, and pip does not.
sys.argv[1:] = ["install", "--no-index", f"--find-links={WHEEL.parent}", "pip"] + [
    argument for argument in sys.argv[1:] if argument in ("--quiet", "--disable-pip-version-check")
]

from pip._internal.cli.main import main  # noqa: E402

sys.exit(main())
