"""Derive server/pep668/data/applications.txt: PyPI projects that are programs to run, not libraries to import.

usage: derive_applications.py TABLE... --date DATE

Each TABLE has the columns pypi_name, deb_package, deb_version, section, programs, kind (tab separated), derived from a
Debian suite's indices: kind is `own` (shipped only by a package that is not python3-*, with a program), `companion` (a
program package that depends on a library package) or `dual` (a library package with a program of its name).

Advice to move a library to pipx is false advice, so `own` loses what is imported as well (NOT_APPLICATIONS), and of
the other two kinds only those count that are known to be run alone (KNOWN). OTHERS are not in Debian.
"""

from __future__ import annotations

import argparse
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "server/pep668/data/applications.txt"


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Imported by the code beside them, plugins of a host, part of the system, or named like another project on PyPI.
NOT_APPLICATIONS = names(
    """
androguard apprise autoradio bpython camelot-py catkin-tools cecilia ceph-volume cephfs-shell cephfs-top cloud-init
cnvkit cockpit conda-package-handling cumin cython depthcharge-tools designate-tlds devscripts docker-compose errbot
fades fail2ban flit-core gdown glue gpaw graphite-web gyp gyp-next hachoir heat-cfntools ipahealthcheck jack jupyterhub
jupyterlab kytos-utils lava-dispatcher lava-server libervia-backend libsumo libtraci lift limnoria macs2 macs3 magnus
mailman mayavi mininet mod-python mopidy murano-agent mypy-protobuf obitools obitools3 ont-fast5-api onionbalance
pip-check-reqs plprofiler-client pre-commit-hooks ptpython pyensembl pyfastaq pylint pyp pyqi raven riscemu rocketcea
salt-pepper satellite satellite-tpikonen silkaj snmpsim solo1 sos sumolib supervisor supysonic swift-tools traci trac
tryton trytond trytond-country trytond-currency ueberzug ufw umis unattended-upgrades uncalled walinuxagent weasyprint
xapers xpra yanagiba yokadi
"""
)

KNOWN = names(
    """
autopep8 azure-cli bandit bashate binwalk blacken-docs buildstream certbot click-man cookiecutter csvkit cutadapt
datalad doc8 docformatter elasticsearch-curator flake8 gitup img2pdf internetarchive isort jenkins-job-builder
nbstripout nox pdm poetry pycodestyle pydocstyle pyflakes python-semantic-release radicale refurb ropgadget rstcheck
streamlink subliminal tmuxp validate-pyproject virtualenv yamlfix yapf yubikey-manager nvchecker
"""
)

# pipx's "programs to try", the pipx section of GitHub's runner images, and programs that their own documentation
# tells people to install with pipx or `uv tool`.
OTHERS = names(
    """
aider-chat aws-sam-cli bpytop bumpver cfn-lint checkov clang-format commitizen conan
copier cruft detect-secrets djlint esphome gpustat gsutil hatch linode-cli nvitop oci-cli pip-tools pipx platformio
poethepoet proselint ruff semgrep spotdl thefuck tldr twine uv you-get youtube-dl
"""
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--date", required=True)
    options = parser.parse_args()
    kinds: dict[str, str] = {}
    for table in options.tables:
        for line in table.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                fields = line.split("\t")
                kinds[fields[0]] = fields[5]
    own = {name for name, kind in kinds.items() if kind == "own"} - NOT_APPLICATIONS
    missing = [name for name in sorted(KNOWN) if name not in kinds]
    if missing:
        raise SystemExit(f"not in the tables: {' '.join(missing)}")
    header = [
        "# PyPI projects that are applications, normalized names.",
        f"# source: Debian archive, bookworm and trixie, {options.date}; lists in scripts/derive_applications.py",
    ]
    OUT.write_text("\n".join([*header, *sorted(own | KNOWN | OTHERS)]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
